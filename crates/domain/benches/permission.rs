//! What judging a permission costs: done at each request of a route that needs one.
//!
//! `cargo bench -p voxgate-domain`

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on fails")]

use std::hint::black_box;
use std::net::IpAddr;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use uuid::Uuid;
use voxgate_domain::policy::AccessPolicy;
use voxgate_domain::ports::Principal;
use voxgate_domain::role::seed_roles;
use voxgate_domain::session::Device;
use voxgate_domain::{AuthMethods, EmailAddress, Permission, Profile, RoleName, Session, Timestamp, User};

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

/// Somebody with the roles of these names, who has a second factor and used it.
fn principal(roles: &[&str]) -> Principal {
    let now = Timestamp::EPOCH;
    let email = EmailAddress::parse("ada@example.org").unwrap();
    let user = User::register(Uuid::from_u128(1).into(), email, Profile::default(), now);
    let device = Device { name: None, user_agent: None, ip_address: HERE };
    let until = now.plus(Duration::from_secs(3_600));
    let methods = AuthMethods::PasswordAndCode;
    let session = Session::open(Uuid::from_u128(2).into(), user.id, device, methods, now, until);
    let roles = seed_roles().into_iter().filter(|role| roles.contains(&role.name.as_str())).collect();
    Principal { user: User { mfa_enabled: true, ..user }, session, roles }
}

fn permission(criterion: &mut Criterion) {
    let policy = AccessPolicy {
        second_factor_roles: [RoleName::admin()].into(),
        networks: ["10.0.0.0/8", "127.0.0.0/8"].join(",").parse().unwrap(),
    };
    let administrator = principal(&["patient", "clinician", "admin"]);
    let patient = principal(&["patient"]);
    let judge = |who: &Principal| policy.judge(black_box(who), HERE, Permission::UsersWrite, None);
    assert!(judge(&administrator).is_ok() && judge(&patient).is_err());

    let mut group = criterion.benchmark_group("permission");
    group.bench_function("given", |bencher| bencher.iter(|| judge(&administrator)));
    group.bench_function("refused", |bencher| bencher.iter(|| judge(&patient)));
    group.finish();
}

criterion_group!(benches, permission);
criterion_main!(benches);
