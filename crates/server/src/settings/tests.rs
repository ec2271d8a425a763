use std::collections::{BTreeSet, HashMap};

use super::*;

pub(super) const KEY: &str = "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

pub(super) fn read(set: &[(&str, &str)]) -> Result<Settings, Faults> {
    let set: HashMap<String, String> = set.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Settings::read(&move |name| set.get(name).cloned())
}

pub(super) fn faulty(set: &[(&str, &str)]) -> Vec<&'static str> {
    read(set).unwrap_err().0.into_iter().map(|fault| fault.name).collect()
}

#[test]
fn nothing_needs_to_be_set() {
    let settings = read(&[]).unwrap();
    assert_eq!(settings.environment, Environment::Development);
    assert_eq!(settings.keys.issuer, "http://localhost:8000");
    assert_eq!(settings.policies.session, SessionPolicy::default());
    assert_eq!(settings.policies.lockout, LockoutPolicy::default());
}

#[test]
fn one_message_names_every_faulty_variable() {
    let set = [("APP_ENV", "staging"), ("BIND_ADDR", "here"), ("ACCESS_TOKEN_TTL", "soon"), ("LOCKOUT_THRESHOLD", "0")];
    let message = read(&set).unwrap_err().to_string();
    assert!(message.starts_with("4 faulty settings:"), "{message}");
    for (name, _) in set {
        assert!(message.contains(name), "{message}");
    }
}

#[test]
fn production_refuses_what_is_insecure_and_names_each() {
    let set = [
        ("APP_ENV", "production"),
        ("PUBLIC_URL", "http://accounts.example.org"),
        ("DATABASE_URL", "postgres://voxgate@db.example.org/voxgate"),
        ("SMTP_URL", "smtp://mail.example.org"),
        ("REDIS_URL", "redis://:secret@redis.example.org"),
        ("CORS_ALLOWED_ORIGINS", "http://app.example.org"),
    ];
    let named = ["PUBLIC_URL", "DATABASE_URL", "SMTP_URL", "REDIS_URL", "ENCRYPTION_KEYS", "CORS_ALLOWED_ORIGINS"];
    assert_eq!(faulty(&set), named);
}

#[test]
fn administrators_and_auditors_need_a_second_factor_in_production() {
    let roles = |set: &[(&str, &str)]| -> Vec<String> {
        let roles = read(set).unwrap().policies.access.second_factor_roles;
        roles.iter().map(ToString::to_string).collect()
    };
    let production = [
        ("APP_ENV", "production"),
        ("PUBLIC_URL", "https://accounts.example.org"),
        ("ENCRYPTION_KEYS", KEY),
        ("MFA_REQUIRED_ROLES", ""),
    ];
    assert_eq!(roles(&production), ["admin", "auditor"]);
    assert_eq!(roles(&[&production[..3], &[("MFA_REQUIRED_ROLES", "none")]].concat()), [""; 0]);
    assert_eq!(roles(&[]), [""; 0]);
    assert_eq!(roles(&[("MFA_REQUIRED_ROLES", "clinician, admin")]), ["admin", "clinician"]);
    assert_eq!(faulty(&[("MFA_REQUIRED_ROLES", "Admin")]), ["MFA_REQUIRED_ROLES"]);
}

#[test]
fn a_wildcard_or_inexact_origin_is_refused() {
    for origins in ["*", "https://*.example.org", "https://app.example.org/", "app.example.org", "null"] {
        assert_eq!(faulty(&[("CORS_ALLOWED_ORIGINS", origins)]), ["CORS_ALLOWED_ORIGINS"], "{origins}");
    }
    let two = read(&[("CORS_ALLOWED_ORIGINS", "https://a.example.org, https://b.example.org:8443")]).unwrap();
    assert_eq!(two.allowed_origins, ["https://a.example.org", "https://b.example.org:8443"]);
}

#[test]
fn password_hashing_cannot_be_weakened() {
    assert_eq!(
        faulty(&[("ARGON2_MEMORY_KIB", "8"), ("ARGON2_ITERATIONS", "1")]),
        ["ARGON2_MEMORY_KIB", "ARGON2_ITERATIONS"]
    );
}

#[test]
fn keys_peppers_and_the_sender_are_looked_at_before_a_start() {
    let set = [("MAIL_FROM", "nobody"), ("ENCRYPTION_KEYS", "k1:short"), ("PASSWORD_PEPPERS", "p1:short")];
    assert_eq!(faulty(&set), set.map(|(name, _)| name));
    let message = read(&set).unwrap_err().to_string();
    assert!(!message.contains("short"), "a part of a secret is shown: {message}");
    let peppers = read(&[("PASSWORD_PEPPERS", "p2:0123456789abcdef, p1:fedcba9876543210")]).unwrap().hashing.peppers;
    assert_eq!(format!("{peppers:?}"), "[Pepper(p2, …), Pepper(p1, …)]");
}

#[test]
fn limits_are_those_of_the_contract_unless_they_are_set_or_switched_off() {
    let text = |limit: Option<voxgate_domain::policy::Limit>| limit.map_or("off".to_owned(), |limit| limit.to_string());
    let rates = read(&[]).unwrap().limits.rates;
    let all = [rates.per_user, rates.per_ip, rates.login_per_ip, rates.reset_per_account, rates.register_per_ip];
    assert_eq!(all.map(text), ["100/60s", "600/60s", "10/60s", "3/3600s", "20/3600s"]);
    assert_eq!(read(&[("RATE_LIMIT_PER_USER", "off")]).unwrap().limits.rates.per_user, None);
}

#[test]
fn every_faulty_limit_and_network_is_named() {
    let set = [
        ("REDIS_URL", "http://redis"),
        ("RATE_LIMIT_PER_USER", "0/1m"),
        ("RATE_LIMIT_PER_IP", "many"),
        ("RATE_LIMIT_LOGIN_PER_IP", "10/m"),
        ("RATE_LIMIT_RESET_PER_ACCOUNT", "3/2d"),
        ("RATE_LIMIT_REGISTER_PER_IP", "none"),
        ("RATE_LIMIT_SHARED_NETWORKS", "clinic"),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("TRUSTED_PROXY_HEADER", "x-real-ip"),
        ("IP_ALLOWLIST", "10.0.0.0/8;192.0.2.0/24"),
        ("ADMIN_IP_ALLOWLIST", "office"),
    ];
    let named: BTreeSet<&str> = faulty(&set).into_iter().collect();
    assert_eq!(named, set.into_iter().map(|(name, _)| name).collect());
}

#[test]
fn a_secret_comes_from_a_file_but_not_from_both() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{KEY}\n")).unwrap();
    let path = file.path().to_str().unwrap();
    let settings = read(&[("ENCRYPTION_KEYS_FILE", path)]).unwrap();
    assert!(settings.keys.encryption.is_some());
    assert_eq!(faulty(&[("ENCRYPTION_KEYS_FILE", path), ("ENCRYPTION_KEYS", KEY)]), ["ENCRYPTION_KEYS"]);
    assert_eq!(faulty(&[("ENCRYPTION_KEYS_FILE", "/nowhere")]), ["ENCRYPTION_KEYS"]);
}

#[test]
fn secrets_are_shown_by_nothing() {
    let set = [
        ("SMTP_URL", "smtps://u:marked@mail.example.org"),
        ("DATABASE_URL", "postgres://u:marked@db/voxgate"),
        ("REDIS_URL", "rediss://u:marked@redis.example.org"),
    ];
    let settings = read(&set).unwrap();
    let faulty = read(&[("REDIS_URL", "redis:marked"), ("SMTP_URL", "marked")]).unwrap_err().to_string();
    assert!(!faulty.contains("marked"), "{faulty}");
    let lookup = |name: &str| set.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
    let shown = format!("{settings:?} {:?}", effective(&lookup));
    assert!(!shown.contains("marked"), "{shown}");
}

#[test]
fn the_example_file_and_the_docs_list_every_variable() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let example = std::fs::read_to_string(format!("{root}/.env.example")).unwrap();
    let docs = std::fs::read_to_string(format!("{root}/docs/configuration.md")).unwrap();
    for variable in variables::ALL {
        let line = format!("{}={}", variable.name, variable.default);
        assert!(example.lines().any(|l| l.trim_start_matches("# ") == line), ".env.example lacks the line {line:?}");
        let row = format!("| `{}` | {} | {} |", variable.name, default_cell(variable.default), variable.meaning);
        assert!(docs.contains(&row), "docs/configuration.md lacks the row {row:?}");
    }
}

fn default_cell(default: &str) -> String {
    if default.is_empty() { "none".to_owned() } else { format!("`{default}`") }
}
