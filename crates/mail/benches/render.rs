//! What it costs to make an e-mail: the words, both layouts, the headers, and the bytes that leave.
//!
//! Composing is not public. Its own files are compiled into this program: no copy of them, and no door made for this
//! alone.
//!
//! `cargo bench -p voxgate-mail`

#![expect(
    clippy::unwrap_used,
    unreachable_pub,
    dead_code,
    reason = "a benchmark that cannot go on fails; not all of the files is used"
)]

#[path = "../src/composer.rs"]
mod composer;
#[path = "../src/layout.rs"]
mod layout;
#[path = "../src/wording/mod.rs"]
mod wording;

use std::hint::black_box;

use composer::{MailComposer, TextEncoding};
use criterion::{Criterion, criterion_group, criterion_main};
use url::Url;
use voxgate_domain::mail::{LinkPurpose, Mail, Message, Notice};
use voxgate_domain::{EmailAddress, Locale, SecretToken, Timestamp};

const TOKEN: &str = "q7Vd0zKp3-xYb_1mN8rT5wQ2sL6hJ4fG9cA0eU3iO7k";

fn mail(message: Message) -> Mail {
    Mail {
        id: "0199d1a2-7c00-7000-8000-000000000001".parse().unwrap(),
        to: EmailAddress::parse("ada.king@example.org").unwrap(),
        locale: Locale::parse("de-CH").ok(),
        message,
    }
}

fn render(criterion: &mut Criterion) {
    let url = Url::parse("https://auth.example.org/").unwrap();
    let composer = MailComposer::new(url, "Voxgate <no-reply@mail.example.org>").unwrap();
    let bytes = |mail: &Mail| composer.compose(mail, TextEncoding::Portable).unwrap().formatted();
    let expires_at = Timestamp::from_unix_micros(1_790_000_000_000_000).unwrap();
    let token = SecretToken::presented(TOKEN).unwrap();
    let link = mail(Message::Link { purpose: LinkPurpose::VerifyAddress, token, expires_at });
    let notice = mail(Message::Notice(Notice::AlreadyRegistered));

    let mut group = criterion.benchmark_group("mail");
    group.bench_function("with a link", |bencher| bencher.iter(|| bytes(black_box(&link))));
    group.bench_function("a notice", |bencher| bencher.iter(|| bytes(black_box(&notice))));
    group.finish();
}

criterion_group!(benches, render);
criterion_main!(benches);
