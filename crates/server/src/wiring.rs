//! Plugging adapters into ports.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::ExposeSecret as _;
use voxgate_application::{Application, AuditTrail, Ports, Throttle, TrailPorts};
use voxgate_crypto::{
    AesGcmCipher, Argon2Hasher, Argon2Settings, EncryptionKeys, JwtTokens, KeyOrigin, KeyRing, KeyRingError,
    SealAnchorFile, SealKeys, Sha256Digest, Sha256TokenHasher, SystemClock, SystemEntropy, TotpCodes, ZxcvbnStrength,
};
use voxgate_domain::ports::{Clock as _, Mailer, RateLimiter, SealSigner, SealVerifier, WebhookSender};
use voxgate_limits::{Failover, FailoverOptions, InProcess};
use voxgate_mail::{FolderMailer, MailComposer, SmtpMailer};
use voxgate_redis::{RedisLimiter, RedisOptions};
use voxgate_storage::{Database, GroupedReads, PoolOptions};
use voxgate_webhooks::HttpsSender;

use crate::failure::{Failure, While as _};
use crate::settings::{Keys, Limits, Settings};

/// Opens the database.
pub(crate) async fn database(settings: &Settings) -> Result<Database, Failure> {
    let options = PoolOptions { max_connections: settings.database.pool_size, ..PoolOptions::default() };
    Database::connect(settings.database.url.expose_secret(), options).await.doing("opening the database")
}

/// Brings the database up to date, or refuses one that is not; whether it was empty before.
pub(crate) async fn prepare(settings: &Settings, database: &Database) -> Result<bool, Failure> {
    let doing = "preparing the database";
    if settings.database.migrate_on_start {
        let applied = database.migrate().await.doing(doing)?;
        return Ok(applied.iter().any(|name| name.starts_with("0001")));
    }
    let pending = database.pending_migrations().await.doing(doing)?;
    if pending.is_empty() {
        return Ok(false);
    }
    let wrong = format!("{} are missing: run `voxgate migrate`", pending.join(", "));
    Err(Failure::Run { doing, cause: wrong.into() })
}

/// The signing keys; in development they are made when there are none. In production a key that a development start
/// made is refused.
pub(crate) fn signing_keys(settings: &Settings) -> Result<JwtTokens, Failure> {
    let keys = &settings.keys;
    let doing = "loading the signing keys";
    let load = || JwtTokens::load(keys.dir.clone(), keys.issuer.clone(), keys.audience.clone(), SystemClock.now());
    let tokens = match load() {
        Err(KeyRingError::Missing { .. }) if !settings.is_production() => {
            KeyRing::generate(&keys.dir, SystemClock.now(), KeyOrigin::Development).doing("making signing keys")?;
            load()
        }
        loaded => loaded,
    }
    .doing(doing)?;
    if settings.is_production() && tokens.ring().has_development_key() {
        let wrong = "a key was made by a development start: use another JWT_KEYS_DIR and run `voxgate keys generate`";
        return Err(Failure::Run { doing, cause: wrong.into() });
    }
    Ok(tokens)
}

/// Where the keys of the audit trail are: beside those of the tokens.
pub(crate) fn seal_keys_dir(settings: &Settings) -> PathBuf {
    settings.keys.dir.join("audit")
}

/// The keys that sign the seals of the audit trail, by the rules of [`signing_keys`].
pub(crate) fn seal_keys(settings: &Settings) -> Result<Arc<SealKeys>, Failure> {
    let dir = seal_keys_dir(settings);
    let doing = "loading the keys of the audit trail";
    let load = || SealKeys::load(dir.clone(), SystemClock.now());
    let keys = match load() {
        Err(KeyRingError::Missing { .. }) if !settings.is_production() => {
            let made = SealKeys::generate(&dir, SystemClock.now(), KeyOrigin::Development);
            match made {
                // Another process of this machine was faster.
                Ok(_) | Err(KeyRingError::Exists { .. }) => {}
                Err(error) => return Err(error).doing("making a key for the audit trail"),
            }
            load()
        }
        loaded => loaded,
    }
    .doing(doing)?;
    if settings.is_production() && keys.has_development_key() {
        let wrong = "a key was made by a development start: use another JWT_KEYS_DIR and run `voxgate keys generate`";
        return Err(Failure::Run { doing, cause: wrong.into() });
    }
    Ok(Arc::new(keys))
}

/// What seals and verifies the audit trail, signing by `signer` and trusting `verifier`.
pub(crate) fn audit_trail(
    settings: &Settings,
    database: &Database,
    signer: Arc<dyn SealSigner>,
    verifier: Arc<dyn SealVerifier>,
) -> AuditTrail {
    AuditTrail::new(TrailPorts {
        trail: Arc::new(database.clone()),
        digest: Arc::new(Sha256Digest),
        signer,
        verifier,
        anchor: Arc::new(SealAnchorFile::new(&seal_keys_dir(settings))),
        clock: Arc::new(SystemClock),
    })
}

/// The use cases over real adapters.
pub(crate) fn application(
    settings: &Settings,
    database: &Database,
    tokens: Arc<JwtTokens>,
) -> Result<Application, Failure> {
    application_with(settings, database, tokens, hasher(settings)?)
}

/// The same, with a hasher that others look at too.
pub(crate) fn application_with(
    settings: &Settings,
    database: &Database,
    tokens: Arc<JwtTokens>,
    passwords: Arc<Argon2Hasher>,
) -> Result<Application, Failure> {
    let store = Arc::new(database.clone());
    let ports = Ports {
        authenticator: Arc::new(GroupedReads::start(database.clone())),
        webhooks: Arc::clone(&store) as _,
        store,
        passwords,
        strength: Arc::new(ZxcvbnStrength),
        issuer: Arc::clone(&tokens) as _,
        verifier: tokens,
        token_hasher: Arc::new(Sha256TokenHasher),
        cipher: Arc::new(cipher(&settings.keys)?),
        codes: Arc::new(TotpCodes),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    };
    Ok(Application::new(ports, settings.policies.clone()))
}

/// The rate limits, counted in Redis where there is one, and else, or while it does not answer, by `in_process`.
pub(crate) async fn throttle(limits: &Limits, in_process: Arc<InProcess>) -> Result<Throttle, Failure> {
    let limiter: Arc<dyn RateLimiter> = match &limits.redis {
        Some(address) => {
            let redis = RedisLimiter::new(address, RedisOptions::default()).doing("reading REDIS_URL")?;
            Arc::new(Failover::start(Arc::new(redis), in_process, FailoverOptions::default()).await)
        }
        None => in_process,
    };
    Ok(Throttle::new(limiter, Arc::new(Sha256TokenHasher), limits.rates.clone()))
}

/// Whatever delivers mail.
pub(crate) fn mailer(settings: &Settings) -> Result<Arc<dyn Mailer>, Failure> {
    let composer =
        MailComposer::new(settings.public_url.clone(), settings.mail.from.clone()).doing("reading PUBLIC_URL")?;
    Ok(match &settings.mail.smtp_url {
        Some(url) => Arc::new(SmtpMailer::new(url.expose_secret(), composer).doing("reading SMTP_URL")?),
        None => Arc::new(FolderMailer::new(settings.mail.dir.clone(), composer).doing("making MAIL_DIR")?),
    })
}

/// Whatever sends webhooks.
pub(crate) fn webhook_sender(settings: &Settings) -> Result<Arc<dyn WebhookSender>, Failure> {
    let sender = HttpsSender::new(settings.policies.webhooks, settings.webhook_authority.as_deref());
    Ok(Arc::new(sender.doing("reading WEBHOOK_AUTHORITY")?))
}

/// What hashes passwords, on threads of its own.
pub(crate) fn hasher(settings: &Settings) -> Result<Arc<Argon2Hasher>, Failure> {
    let hashing = &settings.hashing;
    let settings = Argon2Settings::new(hashing.memory_kib, hashing.iterations, hashing.parallelism)
        .and_then(|settings| settings.with_queue(hashing.queue))
        .doing("reading the ARGON2 settings")?;
    let mut peppers = hashing.peppers.clone().into_iter();
    let hasher = Argon2Hasher::with_peppers(settings, peppers.next(), peppers.collect());
    hasher.map(Arc::new).doing("starting the hashing threads")
}

fn cipher(keys: &Keys) -> Result<AesGcmCipher, Failure> {
    Ok(AesGcmCipher::new(encryption_keys(keys)?))
}

/// The keys that encrypt what is stored; in development they are made when there are none.
pub(crate) fn encryption_keys(keys: &Keys) -> Result<EncryptionKeys, Failure> {
    match &keys.encryption {
        Some(text) => EncryptionKeys::parse(text.expose_secret()).doing("reading ENCRYPTION_KEYS"),
        None => EncryptionKeys::load_or_create(&encryption_key_file(keys)).doing("making a development encryption key"),
    }
}

/// Where they are when no setting gives them.
pub(crate) fn encryption_key_file(keys: &Keys) -> PathBuf {
    keys.dir.join("encryption.keys")
}
