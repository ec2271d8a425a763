//! The settings, from the environment alone.

mod limits;
mod parse;
mod production;
mod reader;
mod report;
mod serving;
#[cfg(test)]
mod tests;
pub(crate) mod variables;
mod webhooks;

use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::SecretString;
use url::Url;
use voxgate_application::Policies;
use voxgate_crypto::{Argon2Settings, Pepper};
use voxgate_domain::policy::{AccessPolicy, EmergencyPolicy, LockoutPolicy, RetentionPolicy, SessionPolicy};
use voxgate_http::ClientSettings;
use voxgate_mail::Sender;

pub(crate) use limits::Limits;
pub(crate) use reader::{Faults, Lookup};
pub(crate) use report::effective;
pub(crate) use serving::Serving;

use reader::Reader;
use variables as var;

/// Where the service runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Environment {
    /// On somebody's machine: keys are made as needed.
    Development,
    /// For real: insecure settings are refused.
    Production,
}

/// How the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// Everything that can be set.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) environment: Environment,
    pub(crate) bind_addr: SocketAddr,
    pub(crate) public_url: Url,
    pub(crate) database: Database,
    pub(crate) mail: Mail,
    /// The certificates of an authority whose receivers of webhooks are believed too.
    pub(crate) webhook_authority: Option<String>,
    pub(crate) keys: Keys,
    pub(crate) policies: Policies,
    pub(crate) limits: Limits,
    pub(crate) clients: ClientSettings,
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) hashing: Hashing,
    pub(crate) serving: Serving,
    pub(crate) log: Log,
}

/// Where data are kept.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) url: SecretString,
    pub(crate) pool_size: usize,
    pub(crate) migrate_on_start: bool,
}

/// How mail leaves.
#[derive(Debug)]
pub(crate) struct Mail {
    pub(crate) smtp_url: Option<SecretString>,
    pub(crate) dir: PathBuf,
    pub(crate) from: Sender,
}

/// The keys, and what access tokens say of their maker.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) dir: PathBuf,
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) encryption: Option<SecretString>,
}

/// How passwords are hashed.
#[derive(Debug)]
pub(crate) struct Hashing {
    pub(crate) memory_kib: u32,
    pub(crate) iterations: u32,
    pub(crate) parallelism: u32,
    /// The current one first.
    pub(crate) peppers: Vec<Pepper>,
    pub(crate) queue: usize,
}

/// What is logged, and how.
#[derive(Debug)]
pub(crate) struct Log {
    pub(crate) level: String,
    pub(crate) format: LogFormat,
    /// The fields of request bodies that are logged.
    pub(crate) body_fields: Vec<&'static str>,
    /// Where spans are sent.
    pub(crate) collector: Option<Url>,
}

impl Settings {
    /// Reads the settings through `lookup`.
    ///
    /// # Errors
    ///
    /// [`Faults`] with every faulty variable.
    pub(crate) fn read(lookup: &Lookup<'_>) -> Result<Self, Faults> {
        let mut reader = Reader::new(lookup);
        let settings = Self::read_all(&mut reader);
        if let Some(settings) = &settings {
            production::refuse_insecure(settings, &mut reader);
        }
        reader.finish()?;
        settings.ok_or_else(|| Faults(Vec::new()))
    }

    /// Reads each setting, also after a faulty one, so that all faults are found.
    fn read_all(reader: &mut Reader<'_>) -> Option<Self> {
        let environment = reader.read(
            var::APP_ENV,
            parse::word(&[("development", Environment::Development), ("production", Environment::Production)]),
        );
        let bind_addr = reader.read(var::BIND_ADDR, parse::plain);
        let public_url = reader.read(var::PUBLIC_URL, parse::base_url);
        let database = read_database(reader);
        let mail = read_mail(reader);
        let webhook_authority = reader.read_optional(var::WEBHOOK_AUTHORITY, parse::text);
        let keys = read_keys(reader, public_url.as_ref());
        let policies = read_policies(reader, environment);
        let limits = limits::read_limits(reader);
        let clients = limits::read_clients(reader);
        let allowed_origins = reader.read(var::CORS_ALLOWED_ORIGINS, parse::origins);
        let hashing = read_hashing(reader);
        let serving = Serving::read(reader, environment);
        let log = read_log(reader, environment);
        Some(Self {
            environment: environment?,
            bind_addr: bind_addr?,
            public_url: public_url?,
            database: database?,
            mail: mail?,
            webhook_authority: webhook_authority?,
            keys: keys?,
            policies: policies?,
            limits: limits?,
            clients: clients?,
            allowed_origins: allowed_origins?,
            hashing: hashing?,
            serving: serving?,
            log: log?,
        })
    }

    /// Whether the service runs for real.
    pub(crate) fn is_production(&self) -> bool {
        self.environment == Environment::Production
    }
}

fn read_database(reader: &mut Reader<'_>) -> Option<Database> {
    let url = reader.read(var::DATABASE_URL, parse::database_url);
    let pool_size = reader.read(var::DATABASE_POOL_SIZE, parse::number(1..=1_000));
    let migrate_on_start = reader.read(var::MIGRATE_ON_START, parse::switch);
    Some(Database { url: url?.into(), pool_size: pool_size?, migrate_on_start: migrate_on_start? })
}

fn read_mail(reader: &mut Reader<'_>) -> Option<Mail> {
    let smtp_url = reader.read_optional(var::SMTP_URL, parse::smtp_url);
    let dir = reader.read(var::MAIL_DIR, parse::plain);
    let from = reader.read(var::MAIL_FROM, parse::plain);
    let smtp_url = smtp_url?.map(|url| SecretString::from(String::from(url)));
    Some(Mail { smtp_url, dir: dir?, from: from? })
}

fn read_keys(reader: &mut Reader<'_>, public_url: Option<&Url>) -> Option<Keys> {
    let dir = reader.read(var::JWT_KEYS_DIR, parse::plain);
    let issuer = reader.read_optional(var::JWT_ISSUER, parse::text);
    let audience = reader.read(var::JWT_AUDIENCE, parse::text);
    let encryption = reader.read_optional(var::ENCRYPTION_KEYS, parse::encryption_keys);
    let public_url = public_url.map(|url| url.as_str().trim_end_matches('/').to_owned());
    Some(Keys { dir: dir?, issuer: issuer?.or(public_url)?, audience: audience?, encryption: encryption? })
}

const DAY: u64 = 24 * 3_600;

fn read_policies(reader: &mut Reader<'_>, environment: Option<Environment>) -> Option<Policies> {
    let access_token_ttl = reader.read(var::ACCESS_TOKEN_TTL, parse::duration(1..=3_600));
    let session_ttl = reader.read(var::REFRESH_TOKEN_TTL, parse::duration(1..=90 * DAY));
    let idle_timeout = reader.read(var::SESSION_IDLE_TIMEOUT, parse::duration(1..=90 * DAY));
    let reuse_leeway = reader.read(var::REFRESH_REUSE_LEEWAY, parse::duration(0..=60));
    let threshold = reader.read(var::LOCKOUT_THRESHOLD, parse::number(1..=100));
    let duration = reader.read(var::LOCKOUT_DURATION, parse::duration(1..=DAY));
    let emergency = reader.read(var::EMERGENCY_ACCESS_TTL, parse::duration(1..=DAY));
    let retention = read_retention(reader);
    let webhooks = webhooks::read_webhooks(reader, environment);
    let networks = reader.read(var::ADMIN_IP_ALLOWLIST, parse::plain);
    let by_environment: &[&str] = match environment {
        Some(Environment::Production) => &["admin", "auditor"],
        Some(Environment::Development) | None => &[],
    };
    let second_factor_roles = reader.read(var::MFA_REQUIRED_ROLES, parse::roles(by_environment));
    Some(Policies {
        session: SessionPolicy {
            access_token_ttl: access_token_ttl?,
            session_ttl: session_ttl?,
            idle_timeout: idle_timeout?,
            reuse_leeway: reuse_leeway?,
            ..SessionPolicy::default()
        },
        lockout: LockoutPolicy { threshold: threshold?, duration: duration? },
        emergency: EmergencyPolicy { duration: emergency? },
        retention: retention?,
        webhooks: webhooks?,
        access: AccessPolicy { second_factor_roles: second_factor_roles?, networks: networks? },
        ..Policies::default()
    })
}

fn read_retention(reader: &mut Reader<'_>) -> Option<RetentionPolicy> {
    let mut days = |variable| reader.read(variable, parse::duration(DAY..=3_653 * DAY));
    let deleted_users = days(var::RETENTION_DELETED_USERS);
    let ended_sessions = days(var::RETENTION_ENDED_SESSIONS);
    let spent_tokens = days(var::RETENTION_USED_TOKENS);
    let sent_mail = days(var::RETENTION_SENT_MAIL);
    let user_events = days(var::RETENTION_USER_EVENTS);
    Some(RetentionPolicy {
        deleted_users: deleted_users?,
        ended_sessions: ended_sessions?,
        spent_tokens: spent_tokens?,
        sent_mail: sent_mail?,
        user_events: user_events?,
    })
}

fn read_hashing(reader: &mut Reader<'_>) -> Option<Hashing> {
    let memory_kib = reader.read(var::ARGON2_MEMORY_KIB, parse::number(19_456..=Argon2Settings::MEMORY_KIB.1));
    let iterations = reader.read(var::ARGON2_ITERATIONS, parse::number(2..=Argon2Settings::ITERATIONS.1));
    let parallelism = reader.read(var::ARGON2_PARALLELISM, parse::number(1..=Argon2Settings::PARALLELISM.1));
    let peppers = reader.read(var::PASSWORD_PEPPERS, parse::peppers);
    let queue = reader.read(var::HASHING_QUEUE, parse::number(1..=65_536));
    Some(Hashing {
        memory_kib: memory_kib?,
        iterations: iterations?,
        parallelism: parallelism?,
        peppers: peppers?,
        queue: queue?,
    })
}

fn read_log(reader: &mut Reader<'_>, environment: Option<Environment>) -> Option<Log> {
    let level = reader.read(var::LOG_LEVEL, |text| {
        text.parse::<tracing_subscriber::filter::EnvFilter>().map_err(|error| error.to_string())?;
        Ok(text.to_owned())
    });
    let by_environment = match environment {
        Some(Environment::Production) => LogFormat::Json,
        Some(Environment::Development) | None => LogFormat::Text,
    };
    let words = [("auto", by_environment), ("text", LogFormat::Text), ("json", LogFormat::Json)];
    let format = reader.read(var::LOG_FORMAT, parse::word(&words));
    let body_fields = reader.read(var::LOG_BODY_FIELDS, parse::some_of(&voxgate_http::LOGGABLE_FIELDS));
    let collector = reader.read_optional(var::OTEL_EXPORTER_OTLP_ENDPOINT, parse::http_url);
    Some(Log { level: level?, format: format?, body_fields: body_fields?, collector: collector? })
}
