//! Every metric there is. The table in `docs/observability.md`, the dashboard and the alerts are held to it by tests.

/// How a metric behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// Only grows, from the start of the process on.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts by buckets.
    Histogram,
}

impl MetricKind {
    /// Its name in the exposition format.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// A metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// How it behaves.
    pub kind: MetricKind,
    /// The names of its labels. Each has a small, closed set of values, none of which tells of a person.
    pub labels: &'static [&'static str],
    /// What it tells, in one line.
    pub meaning: &'static str,
}

macro_rules! metrics {
    ($($constant:ident = $kind:ident $name:literal $labels:tt, $meaning:literal;)+) => {
        $(
            #[doc = concat!("`", $name, "`: ", $meaning, ".")]
            pub const $constant: &str = $name;
        )+

        /// Every metric, in the order of the docs.
        pub const ALL: &[Metric] = &[
            $(Metric { name: $name, kind: MetricKind::$kind, labels: &$labels, meaning: $meaning },)+
        ];
    };
}

metrics! {
    HTTP_REQUESTS = Counter "voxgate_http_requests_total" ["method", "route", "status"], "requests answered, by route template and class of status";
    HTTP_DURATION = Histogram "voxgate_http_request_duration_seconds" ["method", "route", "status"], "time from the head of a request to that of its answer";
    HTTP_IN_FLIGHT = Gauge "voxgate_http_requests_in_flight" [], "requests that are being handled";
    HTTP_SHED = Counter "voxgate_http_requests_shed_total" [], "requests refused because too many were being handled";
    LOGINS = Counter "voxgate_logins_total" ["outcome"], "logins and codes of second factors, by what came of them";
    LOCKOUTS = Counter "voxgate_lockouts_total" [], "addresses locked after too many failures";
    RATE_LIMIT_HITS = Counter "voxgate_rate_limit_hits_total" ["limit"], "requests refused by a rate limit";
    RATE_LIMITER_DEGRADED = Gauge "voxgate_rate_limiter_degraded" [], "1 while limits are kept in the process because the shared store does not answer";
    FAILURE_SOURCES = Gauge "voxgate_login_failure_sources" ["at_least"], "networks with at least so many failed logins in the last ten minutes";
    FAILURES_OF_WORST_SOURCE = Gauge "voxgate_login_failures_of_worst_source" [], "failed logins in the last ten minutes from the network with the most";
    AUDIT_EVENTS = Counter "voxgate_audit_events_total" ["event", "outcome"], "audit events committed by this process";
    AUDIT_UNSEALED = Gauge "voxgate_audit_unsealed_events" [], "audit events that are not sealed yet";
    AUDIT_SEAL_LAG = Gauge "voxgate_audit_seal_lag_seconds" [], "age of the oldest audit event that is not sealed yet";
    HASHING_THREADS = Gauge "voxgate_hashing_threads" [], "threads that hash passwords";
    HASHING_BUSY = Gauge "voxgate_hashing_busy_threads" [], "threads that are hashing";
    HASHING_QUEUE_DEPTH = Gauge "voxgate_hashing_queue_depth" [], "passwords that wait to be hashed";
    HASHING_QUEUE_LIMIT = Gauge "voxgate_hashing_queue_limit" [], "passwords that may wait";
    HASHING_WAIT = Gauge "voxgate_hashing_wait_seconds" [], "how long the last hash had to wait for a thread";
    HASHING_DURATION = Gauge "voxgate_hashing_duration_seconds" [], "how long a hash takes of late";
    HASHING_JOBS = Counter "voxgate_hashing_jobs_total" ["outcome"], "hashes done, skipped because nobody waited any more, or refused because the queue was full";
    DATABASE_CONNECTIONS = Gauge "voxgate_database_connections" ["pool", "state"], "connections to the database in use, idle, and allowed";
    DATABASE_WAITING = Gauge "voxgate_database_waiting" ["pool"], "requests that wait for a connection to the database";
    MAIL_QUEUE_DEPTH = Gauge "voxgate_mail_queue_depth" [], "mails that have not left";
    MAIL_OLDEST = Gauge "voxgate_mail_oldest_seconds" [], "age of the oldest mail that has not left";
    WEBHOOK_ATTEMPTS = Counter "voxgate_webhook_attempts_total" ["outcome"], "webhooks sent by this process: delivered, put off to be sent again, or given up";
    WEBHOOK_QUEUE_DEPTH = Gauge "voxgate_webhook_queue_depth" [], "webhooks that were neither delivered nor given up, to endpoints that are switched on";
    WEBHOOK_OLDEST = Gauge "voxgate_webhook_oldest_seconds" [], "age of the oldest of them";
    BACKLOG_READ = Gauge "voxgate_backlog_read_timestamp_seconds" [], "when the mail queue and the seal lag were last read from the database";
    READY = Gauge "voxgate_ready" [], "1 while the service wants requests";
    BUILD_INFO = Gauge "voxgate_build_info" ["version"], "always 1";
    PROCESS_CPU = Counter "process_cpu_seconds_total" [], "processor time used";
    PROCESS_RESIDENT = Gauge "process_resident_memory_bytes" [], "memory in use";
    PROCESS_VIRTUAL = Gauge "process_virtual_memory_bytes" [], "address space in use";
    PROCESS_VIRTUAL_MAX = Gauge "process_virtual_memory_max_bytes" [], "address space allowed";
    PROCESS_OPEN_FDS = Gauge "process_open_fds" [], "open file descriptors";
    PROCESS_MAX_FDS = Gauge "process_max_fds" [], "file descriptors allowed";
    PROCESS_THREADS = Gauge "process_threads" [], "threads";
    PROCESS_START = Gauge "process_start_time_seconds" [], "when the process started";
}
