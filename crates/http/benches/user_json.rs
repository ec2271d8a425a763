//! What it costs to write a user as JSON, as `GET /users/me` answers, and a page of them.
//!
//! The view is not public. Its own file is compiled into this program: no copy of it, and no door made for this alone.
//!
//! `cargo bench -p voxgate-http`

#![expect(clippy::unwrap_used, dead_code, reason = "a benchmark that cannot go on fails; of the views one is used")]

#[path = "../src/routes/users/view.rs"]
mod view;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use uuid::Uuid;
use view::UserBody;
use voxgate_domain::{
    DisplayName, EmailAddress, Locale, PhoneNumber, Profile, RoleName, TimeZone, Timestamp, User, UserStatus,
};

fn ada() -> User {
    let now = Timestamp::from_unix_micros(1_790_000_000_123_456).unwrap();
    let profile = Profile {
        first_name: DisplayName::parse("Ada").ok(),
        last_name: DisplayName::parse("Lovelace").ok(),
        phone_number: PhoneNumber::parse("+41791234567").ok(),
        date_of_birth: None,
        locale: Locale::parse("de-CH").ok(),
        time_zone: TimeZone::parse("Europe/Zurich").ok(),
    };
    let email = EmailAddress::parse("ada@example.org").unwrap();
    let user = User::register(Uuid::from_u128(1).into(), email, profile, now);
    User { status: UserStatus::Active, email_verified_at: Some(now), last_login_at: Some(now), ..user }
}

fn user_json(criterion: &mut Criterion) {
    let roles = vec![RoleName::patient(), RoleName::admin()];
    let (user, body) = (ada(), UserBody::of(ada(), roles.clone()));
    let page: Vec<UserBody> = (0..50).map(|_| UserBody::of(ada(), roles.clone())).collect();
    assert!(serde_json::to_string(&body).unwrap().contains(r#""email":"ada@example.org""#));

    let mut group = criterion.benchmark_group("user");
    group.bench_function("view and JSON", |bencher| {
        // The user comes from the store and goes into the view: made anew for each, and not counted.
        let made = || (user.clone(), roles.clone());
        let write = |(user, roles)| serde_json::to_vec(&UserBody::of(user, roles)).unwrap();
        bencher.iter_batched(made, write, BatchSize::SmallInput);
    });
    group.bench_function("JSON", |bencher| bencher.iter(|| serde_json::to_vec(black_box(&body)).unwrap()));
    group.bench_function("JSON of a page of 50", |bencher| {
        bencher.iter(|| serde_json::to_vec(black_box(&page)).unwrap());
    });
    group.finish();
}

criterion_group!(benches, user_json);
criterion_main!(benches);
