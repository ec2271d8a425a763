//! Every setting there is: its environment variable, default and meaning. The docs and `.env.example` are held to this
//! table by a test.

/// A setting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variable {
    /// The environment variable. With `_FILE` behind it, the name of a file that holds the value.
    pub(crate) name: &'static str,
    /// What holds when it is not set; empty when nothing does.
    pub(crate) default: &'static str,
    /// What it means, in one line.
    pub(crate) meaning: &'static str,
    /// Whether its value is never shown.
    pub(crate) secret: bool,
}

macro_rules! variables {
    ($($name:ident = $default:literal, $(#[$secret:ident])? $meaning:literal;)+) => {
        $(pub(crate) const $name: Variable = Variable {
            name: stringify!($name),
            default: $default,
            meaning: $meaning,
            secret: variables!(@secret $($secret)?),
        };)+

        /// Every one, in the order of the docs.
        pub(crate) const ALL: &[Variable] = &[$($name,)+];
    };
    (@secret secret) => { true };
    (@secret) => { false };
}

variables! {
    APP_ENV = "development", "`development` or `production`, which refuses insecure settings";
    BIND_ADDR = "127.0.0.1:8000", "address and port to listen on";
    PUBLIC_URL = "http://localhost:8000", "base of every link in a mail; the `Host` header is never used";
    DATABASE_URL = "sqlite://var/voxgate.db", #[secret] "`sqlite://path` or `postgres://user:password@host/name?sslmode=verify-full`, with `&sslrootcert=path` for an authority of your own";
    DATABASE_POOL_SIZE = "16", "most connections to PostgreSQL, 1 to 1000";
    MIGRATE_ON_START = "true", "whether `serve` applies migrations; else run `voxgate migrate` first";
    SMTP_URL = "", #[secret] "`smtps://user:password@host` or `smtp://…?tls=required`; without it mail goes to `MAIL_DIR`";
    MAIL_DIR = "var/mail", "folder for `.eml` files when there is no `SMTP_URL`";
    MAIL_FROM = "Voxgate <no-reply@localhost>", "sender of every mail";
    JWT_KEYS_DIR = "var/keys", "folder of the RSA keys that sign access tokens";
    JWT_ISSUER = "", "`iss` of access tokens; `PUBLIC_URL` when not set";
    JWT_AUDIENCE = "voxgate", "`aud` of access tokens";
    ENCRYPTION_KEYS = "", #[secret] "`id:base64 of 32 bytes`, comma-separated, the current one first; made in `JWT_KEYS_DIR` in development";
    ACCESS_TOKEN_TTL = "15m", "life of an access token";
    REFRESH_TOKEN_TTL = "7d", "life of a session from its login";
    SESSION_IDLE_TIMEOUT = "7d", "how long a session may go without a refresh";
    REFRESH_REUSE_LEEWAY = "10s", "how long a rotated refresh token still works, for a client that lost the answer";
    LOCKOUT_THRESHOLD = "5", "failed logins in a row that lock an address, 1 to 100";
    LOCKOUT_DURATION = "15m", "how long such a lock lasts";
    EMERGENCY_ACCESS_TTL = "1h", "how long an emergency access is open";
    RETENTION_DELETED_USERS = "30d", "how long the personal fields of a closed account are kept";
    RETENTION_ENDED_SESSIONS = "90d", "how long a session is kept that is over";
    RETENTION_USED_TOKENS = "30d", "how long a one-time token is kept after its expiry";
    RETENTION_SENT_MAIL = "30d", "how long the record of a mail is kept that has left or was given up";
    RETENTION_USER_EVENTS = "30d", "how long an event for webhooks is kept that was delivered or given up: how far back a replay goes";
    WEBHOOK_TIMEOUT = "15s", "how long a receiver of webhooks may take to answer, 1s to 60s";
    WEBHOOK_RETRY_MIN = "1s", "about how long after the first failure a webhook is sent again; the wait doubles from there";
    WEBHOOK_RETRY_MAX = "1h", "about the longest such wait";
    WEBHOOK_GIVE_UP_AFTER = "3d", "how long after it was queued a webhook is given up, and waits to be replayed";
    WEBHOOK_AUTHORITY = "", "certificates in PEM of an authority of your own whose receivers of webhooks are believed too; best as `WEBHOOK_AUTHORITY_FILE`";
    MFA_REQUIRED_ROLES = "auto", "roles whose holders need a second factor to administer, comma-separated, or `none`; `auto`: `admin,auditor` in production, none in development";
    REDIS_URL = "", #[secret] "`redis://host:port/db` or `rediss://user:password@host:port/db`, with `?sslrootcert=path` for an authority of your own; where replicas count requests together, without it each counts for itself";
    RATE_LIMIT_PER_USER = "100/1m", "requests of somebody who is logged in, or `off`";
    RATE_LIMIT_PER_IP = "600/1m", "requests from an IPv4 address or an IPv6 /64, or `off`";
    RATE_LIMIT_LOGIN_PER_IP = "10/1m", "logins and second steps from there, or `off`";
    RATE_LIMIT_RESET_PER_ACCOUNT = "3/1h", "password resets, and apart from them verifications, asked for one address, or `off`";
    RATE_LIMIT_REGISTER_PER_IP = "20/1h", "registrations from an IPv4 address or an IPv6 /64, or `off`";
    RATE_LIMIT_PER_SERVICE = "1200/1m", "requests of a service account, all its instances together, or `off`";
    RATE_LIMIT_SHARED_NETWORKS = "", "networks (CIDR, comma-separated) whose people share an address, such as a clinic's: from there logins count per account, not per address";
    TRUSTED_PROXIES = "", "networks (CIDR, comma-separated) of the proxies whose word on the caller's address counts";
    TRUSTED_PROXY_HEADER = "auto", "the header they give it by: `x-forwarded-for`, `forwarded` (RFC 7239), or `auto`: the first where there is one, else the second";
    IP_ALLOWLIST = "", "networks (CIDR, comma-separated) that may call at all; everybody when empty";
    ADMIN_IP_ALLOWLIST = "", "networks (CIDR, comma-separated) from which what needs a permission may be done; everywhere when empty";
    CORS_ALLOWED_ORIGINS = "", "exact origins of browser applications, comma-separated";
    ARGON2_MEMORY_KIB = "19456", "memory of one password hash; never below the default";
    ARGON2_ITERATIONS = "2", "passes over it; never below the default";
    ARGON2_PARALLELISM = "1", "lanes of it";
    PASSWORD_PEPPERS = "", #[secret] "`id:secret`, comma-separated, the current one first; mixed into every password hash, losing them loses every password";
    HASHING_QUEUE = "256", "most passwords that wait to be hashed; more are answered 503";
    REQUEST_HEADERS_TIMEOUT = "5s", "how long a client may take to send the head of a request, 1s to 60s";
    KEEP_ALIVE_TIMEOUT = "75s", "how long a connection is kept on which no further request begins; longer than that of the load balancer";
    REQUEST_BODY_TIMEOUT = "10s", "how long a client may take to send a body, 1s to 60s";
    REQUEST_TIMEOUT = "30s", "how long a request may take before it is answered 503";
    MAX_CONNECTIONS = "10000", "most open connections; further ones wait to be accepted";
    MAX_REQUESTS_IN_FLIGHT = "1024", "most requests handled at once; more are answered 503, health and metrics excepted";
    SHUTDOWN_GRACE = "10s", "how long requests in flight may take after SIGTERM, `SHUTDOWN_DRAIN_DELAY` included";
    SHUTDOWN_DRAIN_DELAY = "auto", "how long it goes on accepting after SIGTERM, while `/health/ready` says 503; less than `SHUTDOWN_GRACE`; `auto`: `5s` in production (at most half the grace), none in development";
    METRICS_PEERS = "", "networks whose peers may read `/metrics` without a token, comma-separated; this machine always may";
    LOG_LEVEL = "info", "filter of the log, as `tracing` reads it: `info`, `voxgate_http=debug,info`";
    LOG_FORMAT = "auto", "`text`, `json`, or `auto`: text in development, JSON lines in production";
    LOG_BODY_FIELDS = "", "fields of request bodies that are logged, of `locale`, `timezone`, `token_delivery`, `status`, `roles`";
    OTEL_EXPORTER_OTLP_ENDPOINT = "", "collector of traces, by OTLP over HTTP: `http://localhost:4318`; without it none are sent";
}
