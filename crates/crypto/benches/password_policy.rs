//! What judging a new password costs: its form, and how easy it is to guess.
//!
//! `cargo bench -p voxgate-crypto --bench password_policy`

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on fails")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use voxgate_crypto::ZxcvbnStrength;
use voxgate_domain::policy::{PasswordPolicy, PersonalFacts};
use voxgate_domain::{DisplayName, EmailAddress, Password, Profile};

fn password_policy(criterion: &mut Criterion) {
    let (policy, strength) = (PasswordPolicy::default(), ZxcvbnStrength);
    let email = EmailAddress::parse("ada.king@example.org").unwrap();
    let profile = Profile { first_name: DisplayName::parse("Ada").ok(), ..Profile::default() };
    let accept = |password: &Password| {
        let about = PersonalFacts { email: &email, profile: &profile };
        black_box(policy.accept(black_box(password).clone(), about, &strength)).is_ok()
    };

    let mut group = criterion.benchmark_group("password policy");
    for (name, text, accepted) in [
        ("random of 16", "xK9#mQ2$vL7pT4&w".to_owned(), true),
        ("phrase of 38", "Correct-horse-battery-staple-orbit-47!".to_owned(), true),
        ("common", "P@ssw0rd2024!".to_owned(), false),
        ("too short: refused by its form", "xK9#mQ2$".to_owned(), false),
        ("the longest", "xK9#mQ2$".repeat(16), true),
    ] {
        let password = Password::parse(&text).unwrap();
        // What repeats itself may be either; the others are what the requirements say.
        assert!(text.len() == 128 || accept(&password) == accepted, "{name}");
        group.bench_function(name, |bencher| bencher.iter(|| accept(&password)));
    }
    group.finish();
}

criterion_group!(benches, password_policy);
criterion_main!(benches);
