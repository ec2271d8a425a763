//! What making an e-mail of a message costs: the wording, text and HTML, and the MIME form as SMTP takes it and as the
//! folder of development has it, which is made beside it by the same door.
//!
//! `cargo bench -p voxgate-mail --features fuzzing`

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on fails")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use url::Url;
use voxgate_domain::mail::{LinkPurpose, Mail, Message, Notice};
use voxgate_domain::{EmailAddress, Locale, SecretToken, Timestamp};
use voxgate_mail::MailComposer;
use voxgate_mail::fuzzing::composed;

fn mail(message: Message) -> Mail {
    Mail {
        id: "0199d1a2-7c00-7000-8000-000000000001".parse().unwrap(),
        to: EmailAddress::parse("ada@example.org").unwrap(),
        locale: Locale::parse("de-CH").ok(),
        message,
    }
}

fn rendering(criterion: &mut Criterion) {
    let url = Url::parse("https://auth.example.org/").unwrap();
    let composer = MailComposer::new(url, "Voxgate <no-reply@mail.example.org>".parse().unwrap()).unwrap();
    let token = SecretToken::presented("q7Vd0zKp3-xYb_1mN8rT5wQ2sL6hJ4fG9cA0eU3iO7k").unwrap();
    let link = Message::Link { purpose: LinkPurpose::VerifyAddress, token, expires_at: Timestamp::EPOCH };

    let mut group = criterion.benchmark_group("mail, for SMTP and for the folder");
    for (name, mail) in [("a link", mail(link)), ("a notice", mail(Message::Notice(Notice::PasswordChanged)))] {
        group.bench_function(name, |bencher| bencher.iter(|| composed(&composer, black_box(&mail)).unwrap()));
    }
    group.finish();
}

criterion_group!(benches, rendering);
criterion_main!(benches);
