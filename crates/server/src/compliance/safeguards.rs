//! What each safeguard asks, and whether it holds. Pure: settings and evidence in, a report out.

use std::fmt::Display;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use voxgate_crypto::{KeyInfo, KeyOrigin};
use voxgate_domain::Timestamp;
use voxgate_mail::SmtpMailer;
use voxgate_storage::Database;

use super::evidence::{Coverage, Evidence, PERIOD, Tally};
use super::{Report, Safeguard, Status};
use crate::settings::Settings;

const DAY: Duration = Duration::from_secs(24 * 3_600);
/// The longest a private key signs (NIST SP 800-57 part 1 rev. 5, section 5.3.6).
const KEY_LIFE: Duration = Duration::from_secs(3 * 365 * 24 * 3_600);
/// The longest an event may wait for its seal while the service runs.
const SEAL_LAG: Duration = Duration::from_secs(5 * 60);
/// How often the daily job must have run.
const RETENTION_EVERY: Duration = Duration::from_secs(2 * 24 * 3_600);

/// What `settings` and `evidence` come to.
pub(crate) fn assess(settings: &Settings, evidence: &Evidence) -> Report {
    let safeguards = vec![
        access_control(settings, evidence),
        emergency_access(settings, evidence),
        automatic_logoff(settings),
        encryption_at_rest(settings, evidence),
        audit_controls(evidence),
        authentication(settings, evidence),
        transmission_security(settings),
        login_monitoring(settings, evidence),
        password_management(settings),
        key_management(evidence),
        retention(settings, evidence),
    ];
    Report {
        format: 1,
        generated_at: evidence.now,
        version: env!("CARGO_PKG_VERSION"),
        environment: if settings.is_production() { "production" } else { "development" },
        passed: safeguards.iter().all(|safeguard| safeguard.status == Status::Pass),
        safeguards,
    }
}

fn status(holds: bool) -> Status {
    if holds { Status::Pass } else { Status::Fail }
}

/// A setting as operators know it.
fn set(name: &str, value: impl Display) -> String {
    format!("{name}={value}")
}

fn span(duration: Duration) -> humantime::FormattedDuration {
    humantime::format_duration(duration)
}

fn tally(tally: Tally, what: &str) -> String {
    let more = if tally.or_more { " or more" } else { "" };
    format!("{}{more} {what} in the last {} days", tally.count, PERIOD.as_secs() / DAY.as_secs())
}

fn access_control(settings: &Settings, evidence: &Evidence) -> Safeguard {
    let admins = evidence.privileged.iter().find(|coverage| coverage.role.as_str() == "admin");
    let admins = admins.map_or(0, |coverage| coverage.holders);
    Safeguard {
        clause: "45 CFR 164.312(a)(1), (a)(2)(i)",
        title: "Access control; unique user identification",
        criterion: "Every route declares a permission or is public (a server with another route does not start), every \
                    user has one address, and there is an administrator",
        settings: vec![set("APP_ENV", if settings.is_production() { "production" } else { "development" })],
        evidence: vec![format!("{admins} active administrators")],
        status: status(admins > 0),
    }
}

fn emergency_access(settings: &Settings, evidence: &Evidence) -> Safeguard {
    Safeguard {
        clause: "45 CFR 164.312(a)(2)(ii)",
        title: "Emergency access procedure",
        criterion: "Somebody can take emergency access; it ends by itself and is audited",
        settings: vec![set("EMERGENCY_ACCESS_TTL", span(settings.policies.emergency.duration))],
        evidence: vec![
            format!("{} active holders of roles that may take it", evidence.emergency_holders),
            tally(evidence.emergencies_granted, "emergency accesses granted"),
            tally(evidence.emergencies_denied, "refused"),
        ],
        status: status(evidence.emergency_holders > 0),
    }
}

fn automatic_logoff(settings: &Settings) -> Safeguard {
    let session = &settings.policies.session;
    Safeguard {
        clause: "45 CFR 164.312(a)(2)(iii)",
        title: "Automatic logoff",
        criterion: "A session ends after a time without use and after a time in any case; an access token lives an hour at \
                    most",
        settings: vec![
            set("SESSION_IDLE_TIMEOUT", span(session.idle_timeout)),
            set("REFRESH_TOKEN_TTL", span(session.session_ttl)),
            set("ACCESS_TOKEN_TTL", span(session.access_token_ttl)),
        ],
        evidence: vec!["a session that ended is refused on the next request".to_owned()],
        status: status(session.access_token_ttl <= Duration::from_secs(3_600) && session.idle_timeout <= DAY * 30),
    }
}

fn encryption_at_rest(settings: &Settings, evidence: &Evidence) -> Safeguard {
    let by_operator = settings.keys.encryption.is_some();
    let made = |keys: &[KeyInfo]| keys.iter().all(|key| key.origin == KeyOrigin::Operator);
    let operator_keys = made(&evidence.signing_keys) && made(&evidence.seal_keys);
    let whose = |by_operator| if by_operator { "given by the operator" } else { "made by a development start" };
    Safeguard {
        clause: "45 CFR 164.312(a)(2)(iv)",
        title: "Encryption and decryption",
        criterion: "Secrets are stored hashed or encrypted (AES-256-GCM) under keys that an operator made",
        settings: vec![set("ENCRYPTION_KEYS", if by_operator { "set" } else { "not set" })],
        evidence: vec![
            format!("encryption keys: {}", whose(by_operator)),
            format!("signing keys: {}", whose(operator_keys)),
        ],
        status: status(by_operator && operator_keys),
    }
}

fn audit_controls(evidence: &Evidence) -> Safeguard {
    let trail = &evidence.trail;
    let waits = evidence.oldest_unsealed.map(|oldest| evidence.now.since(oldest));
    let verdict = match (&trail.finding, &trail.last_seal) {
        (Some(finding), _) => format!("the trail is not whole: {finding}"),
        (None, Some((number, hash))) if *number > 0 => {
            format!("{} events verified; the trail is whole up to seal {number} ({hash})", trail.events)
        }
        (None, _) => "nothing is sealed yet".to_owned(),
    };
    let lag = waits.map_or("no event waits for its seal".to_owned(), |waits| {
        format!("the oldest event that waits for its seal has waited {}", span(Duration::from_secs(waits.as_secs())))
    });
    Safeguard {
        clause: "45 CFR 164.312(b), (c)(1), (c)(2)",
        title: "Audit controls; integrity",
        criterion: "The audit trail verifies against its seals, and no event has waited more than five minutes for one",
        settings: Vec::new(),
        evidence: vec![verdict, lag],
        status: status(trail.finding.is_none() && trail.events > 0 && waits.is_none_or(|waits| waits <= SEAL_LAG)),
    }
}

fn authentication(settings: &Settings, evidence: &Evidence) -> Safeguard {
    let roles = &settings.policies.access.second_factor_roles;
    let names = roles.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let line = |coverage: &Coverage| {
        format!("{}: {} of {} active users have a second factor", coverage.role, coverage.with_factor, coverage.holders)
    };
    let covered = evidence.privileged.iter().all(|coverage| coverage.with_factor == coverage.holders);
    Safeguard {
        clause: "45 CFR 164.312(d)",
        title: "Person or entity authentication",
        criterion: "Roles with privileges must have a second factor, and every holder has one",
        settings: vec![set("MFA_REQUIRED_ROLES", if names.is_empty() { "none" } else { &names })],
        evidence: evidence.privileged.iter().map(line).collect(),
        status: status(covered && !roles.is_empty()),
    }
}

fn transmission_security(settings: &Settings) -> Safeguard {
    let https = settings.public_url.scheme() == "https";
    let database = Database::is_private(settings.database.url.expose_secret());
    let mail = settings.mail.smtp_url.as_ref().map(|url| SmtpMailer::always_encrypts(url.expose_secret()));
    let yes = |holds| if holds { "yes" } else { "no" };
    Safeguard {
        clause: "45 CFR 164.312(e)(1), (e)(2)",
        title: "Transmission security",
        criterion: "Callers, database and mail server are reached by verified TLS, or on this machine",
        settings: vec![set("PUBLIC_URL", settings.public_url.as_str().trim_end_matches('/'))],
        evidence: vec![
            format!("callers by https: {}", yes(https)),
            format!("database by verified TLS or local: {}", yes(database)),
            mail.map_or("mail goes to a folder".to_owned(), |mail| format!("mail server always by TLS: {}", yes(mail))),
        ],
        status: status(https && database && mail.unwrap_or(true)),
    }
}

fn login_monitoring(settings: &Settings, evidence: &Evidence) -> Safeguard {
    let lockout = &settings.policies.lockout;
    Safeguard {
        clause: "45 CFR 164.308(a)(5)(ii)(C)",
        title: "Log-in monitoring",
        criterion: "Failed logins are recorded, and no more than ten in a row are let pass",
        settings: vec![set("LOCKOUT_THRESHOLD", lockout.threshold), set("LOCKOUT_DURATION", span(lockout.duration))],
        evidence: vec![tally(evidence.failed_logins, "failed logins"), tally(evidence.lockouts, "lockouts")],
        status: status(lockout.threshold <= 10),
    }
}

fn password_management(settings: &Settings) -> Safeguard {
    let hashing = &settings.hashing;
    Safeguard {
        clause: "45 CFR 164.308(a)(5)(ii)(D)",
        title: "Password management",
        criterion: "Argon2id with 19 MiB and two passes at least (the settings refuse less); at least 12 characters, none \
                    that are common, breached or about the person, none of the last five",
        settings: vec![
            set("ARGON2_MEMORY_KIB", hashing.memory_kib),
            set("ARGON2_ITERATIONS", hashing.iterations),
            set("PASSWORD_PEPPERS", if hashing.peppers.is_empty() { "not set" } else { "set" }),
        ],
        evidence: vec!["a hash with weaker parameters is renewed at its owner's next login".to_owned()],
        status: status(hashing.memory_kib >= 19_456 && hashing.iterations >= 2),
    }
}

fn key_management(evidence: &Evidence) -> Safeguard {
    let current = |keys: &[KeyInfo]| {
        let signing = keys.iter().filter(|key| key.signs_from <= evidence.now && key.verifies_until.is_none());
        signing.max_by_key(|key| key.signs_from).map(|key| (key.key_id.clone(), key.created_at))
    };
    let age = |created: Timestamp| evidence.now.since(created);
    let line = |what: &str, key: &Option<(String, Timestamp)>| match key {
        Some((id, created)) => format!("{what}: {id}, {} days old", age(*created).as_secs() / DAY.as_secs()),
        None => format!("{what}: none"),
    };
    let keys = [current(&evidence.signing_keys), current(&evidence.seal_keys)];
    let [tokens, seals] = &keys;
    Safeguard {
        clause: "45 CFR 164.312(a)(2)(iv); NIST SP 800-57 part 1",
        title: "Key management",
        criterion: "The keys that sign are at most three years old",
        settings: Vec::new(),
        evidence: vec![line("access tokens", tokens), line("audit trail", seals)],
        status: status(keys.iter().all(|key| key.as_ref().is_some_and(|(_, created)| age(*created) <= KEY_LIFE))),
    }
}

fn retention(settings: &Settings, evidence: &Evidence) -> Safeguard {
    let policy = &settings.policies.retention;
    let last = evidence.last_retention.map(|at| evidence.now.since(at));
    let recently = last.is_some_and(|last| last <= RETENTION_EVERY);
    Safeguard {
        clause: "45 CFR 164.316(b)(2)(i); 164.310(d)(2)(i)",
        title: "Retention and disposal",
        criterion: "Audit events are never purged; what is due to be purged was so within two days",
        settings: vec![
            set("RETENTION_DELETED_USERS", span(policy.deleted_users)),
            set("RETENTION_ENDED_SESSIONS", span(policy.ended_sessions)),
        ],
        evidence: vec![
            evidence.last_retention.map_or("nothing was ever purged".to_owned(), |at| format!("last purged at {at}")),
            (if evidence.retention_due { "something is due to be purged" } else { "nothing is due to be purged" })
                .to_owned(),
        ],
        status: status(recently || !evidence.retention_due),
    }
}
