//! What production refuses.

use secrecy::ExposeSecret as _;
use voxgate_mail::SmtpMailer;
use voxgate_storage::Database;

use super::reader::Reader;
use super::{Environment, Settings, variables as var};

/// Notes every setting that is not fit for production.
pub(super) fn refuse_insecure(settings: &Settings, reader: &mut Reader<'_>) {
    if settings.environment != Environment::Production {
        return;
    }
    if settings.public_url.scheme() != "https" {
        let _: Option<()> = reader.note(var::PUBLIC_URL, "must be https in production");
    }
    if !Database::is_private(settings.database.url.expose_secret()) {
        let wrong = "must have ?sslmode=verify-full in production, unless the database is on this machine";
        let _: Option<()> = reader.note(var::DATABASE_URL, wrong);
    }
    if settings.mail.smtp_url.as_ref().is_some_and(|url| !SmtpMailer::always_encrypts(url.expose_secret())) {
        let _: Option<()> = reader.note(var::SMTP_URL, "must be smtps://…, or smtp://…?tls=required, in production");
    }
    if settings.limits.redis.as_ref().is_some_and(|redis| !redis.is_private()) {
        let wrong = "must be rediss://… in production, when it has a password and Redis is on another machine";
        let _: Option<()> = reader.note(var::REDIS_URL, wrong);
    }
    if settings.keys.encryption.is_none() {
        let wrong = "must be set in production: make a key with `openssl rand -base64 32`";
        let _: Option<()> = reader.note(var::ENCRYPTION_KEYS, wrong);
    }
    if settings.allowed_origins.iter().any(|origin| !origin.starts_with("https://")) {
        let _: Option<()> = reader.note(var::CORS_ALLOWED_ORIGINS, "must be https origins in production");
    }
}
