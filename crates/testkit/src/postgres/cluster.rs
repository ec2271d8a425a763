//! The server.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use super::PostgresError;
use super::programs;

/// The server that the tests of this machine share, for as long as this process lives.
pub(super) fn shared() -> Result<&'static Cluster, PostgresError> {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    if let Some(cluster) = SHARED.get() {
        return Ok(cluster);
    }
    let fsync = if env::var("TEST_DATABASE_FSYNC").is_ok_and(|value| value == "off") { Fsync::Off } else { Fsync::On };
    let cluster = Cluster::shared(fsync)?;
    Ok(SHARED.get_or_init(|| cluster))
}

/// Whether a commit waits for the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fsync {
    /// It does, as in production.
    On,
    /// It does not.
    Off,
}

/// A server on a free port of the loopback interface.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    fsync: Fsync,
    /// Held for as long as the server is wanted.
    _lease: File,
}

impl Cluster {
    /// A server that nobody else uses, for tests that stop it.
    ///
    /// # Errors
    ///
    /// A [`PostgresError`] that says what to do.
    pub fn private(fsync: Fsync) -> Result<Self, PostgresError> {
        Self::private_in(&env::temp_dir(), fsync)
    }

    /// The same with its files in `folder`, which everybody may enter. Whoever unmounts it stops the server before.
    ///
    /// # Errors
    ///
    /// A [`PostgresError`] that says what to do.
    pub fn private_in(folder: &Path, fsync: Fsync) -> Result<Self, PostgresError> {
        Self::named(folder, &format!("{:016x}", RandomState::new().hash_one(0)), fsync)
    }

    fn shared(fsync: Fsync) -> Result<Self, PostgresError> {
        let folder = env::var_os("TEST_DATABASE_DIR").map_or_else(env::temp_dir, PathBuf::from);
        Self::named(&folder, if fsync == Fsync::On { "shared" } else { "shared-nofsync" }, fsync)
    }

    /// The address of its `postgres` database.
    #[must_use]
    pub fn admin_url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Runs statements by `psql` as the superuser; what they answer.
    ///
    /// # Errors
    ///
    /// [`PostgresError::Failed`] with what `psql` says.
    pub fn psql(&self, statements: &str) -> Result<String, PostgresError> {
        programs::psql(&self.admin_url(), statements)
    }

    /// The program `name` that came with the server, such as `pgbench`.
    ///
    /// # Errors
    ///
    /// [`PostgresError::NotInstalled`] when it is not there.
    pub fn program(name: &str) -> Result<Command, PostgresError> {
        programs::command(name)
    }

    /// Stops it at once, as a crash would.
    ///
    /// # Errors
    ///
    /// [`PostgresError::Failed`] when it does not stop.
    pub fn crash(&self) -> Result<(), PostgresError> {
        self.control("stop", &["--mode=immediate"])
    }

    /// Kills its first process with SIGKILL. Those that it began notice when they look next: until then they go on, and
    /// keep it from being started again.
    ///
    /// # Errors
    ///
    /// [`PostgresError::Failed`] when there is none.
    pub fn kill(&self) -> Result<(), PostgresError> {
        let pid = fs::read_to_string(self.data().join("postmaster.pid"))?;
        let pid = pid.lines().next().unwrap_or_default().to_owned();
        programs::run(Command::new("kill").args(["-KILL", &pid])).map(drop)
    }

    /// Starts it again after a crash, on the same port.
    ///
    /// # Errors
    ///
    /// [`PostgresError::Failed`] when it does not answer in time.
    pub fn restart(&self) -> Result<(), PostgresError> {
        /// How long what a killed server left behind may keep the next one from starting.
        const LEFT_BEHIND: Duration = Duration::from_secs(10);
        let begun = Instant::now();
        loop {
            match self.start() {
                Err(_) if begun.elapsed() < LEFT_BEHIND => thread::sleep(Duration::from_millis(50)),
                done => return done,
            }
        }
    }

    /// Lets it answer with TLS, by this certificate and key in PEM, from a restart on that this makes.
    ///
    /// # Errors
    ///
    /// A [`PostgresError`] when it does not start so.
    pub fn use_tls(&self, certificate: &str, key: &str) -> Result<(), PostgresError> {
        for (name, text) in [("server.crt", certificate), ("server.key", key)] {
            let path = self.data().join(name);
            fs::write(&path, text)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
            programs::own(&path)?;
        }
        let mut settings = OpenOptions::new().append(true).open(self.data().join("postgresql.conf"))?;
        writeln!(settings, "ssl = on")?;
        self.crash()?;
        self.restart()
    }

    /// The server of this name: the one that runs, or a new one. One process at a time decides that.
    fn named(folder: &Path, name: &str, fsync: Fsync) -> Result<Self, PostgresError> {
        programs::binary("postgres")?;
        let base = folder.join(format!("voxgate-postgres-{}-{name}", programs::user()?));
        let starting = lock_file(&base.with_extension("start.lock"))?;
        starting.lock()?;
        let lease = lock_file(&base.with_extension("use.lock"))?;
        lease.lock_shared()?;
        if base.exists() {
            let port = fs::read_to_string(base.join("port")).ok().and_then(|port| port.trim().parse().ok());
            let found =
                Self { folder: base.clone(), port: port.unwrap_or_default(), fsync, _lease: lease.try_clone()? };
            if found.answers() {
                return Ok(found);
            }
            // What a machine that went down left behind.
            found.crash().ok();
            fs::remove_dir_all(&base)?;
        }
        let cluster = Self { folder: base, port: free_port()?, fsync, _lease: lease };
        // First, so that no server is left behind, whenever this process ends.
        cluster.watch()?;
        cluster.init()?;
        cluster.start()?;
        fs::write(cluster.folder.join("port"), cluster.port.to_string())?;
        Ok(cluster)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn init(&self) -> Result<(), PostgresError> {
        fs::create_dir_all(&self.folder)?;
        programs::own(&self.folder)?;
        let mut command = programs::command("initdb")?;
        command.arg("--pgdata").arg(self.data());
        programs::run(command.args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]))?;
        Ok(())
    }

    fn start(&self) -> Result<(), PostgresError> {
        let fsync = if self.fsync == Fsync::On { "on" } else { "off" };
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c max_connections=400 -c fsync={fsync} \
             -c shared_buffers=64MB",
            self.port,
            self.folder.display(),
        );
        self.control("start", &["--options", &options])
    }

    fn control(&self, act: &str, options: &[&str]) -> Result<(), PostgresError> {
        let mut command = programs::command("pg_ctl")?;
        command.arg(act).arg("--pgdata").arg(self.data()).arg("--log").arg(self.folder.join("log"));
        // The server keeps what it inherits open: with a pipe of ours we would wait for its end.
        let status = command.args(options).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        if status.success() {
            return Ok(());
        }
        let output = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        Err(PostgresError::Failed { program: format!("pg_ctl {act}"), output })
    }

    /// Whether it runs, even when all of its connections are taken.
    fn answers(&self) -> bool {
        let port = self.port.to_string();
        let asked = programs::command("pg_isready")
            .and_then(|mut command| programs::run(command.args(["--host=127.0.0.1", "--port", &port, "--timeout=5"])));
        asked.is_ok()
    }

    /// Starts the watchdog. It outlives this process, since the server may be in use by another by then.
    fn watch(&self) -> Result<(), PostgresError> {
        const WATCHDOG: &str = r#"
            idle=0
            while [ "$idle" -lt 10 ]; do
                sleep 1
                if flock --nonblock --exclusive "$1.use.lock" true; then idle=$((idle + 1)); else idle=0; fi
            done
            exec 9> "$1.start.lock"
            flock --exclusive 9
            # Somebody came between the last look and the lock: watch on.
            flock --nonblock --exclusive "$1.use.lock" true || { exec 9>&-; exec sh -c "$0" "$0" "$1"; }
            kill -QUIT "$(head -n 1 "$1/data/postmaster.pid")"
            rm -rf "$1"
            case "$1" in *shared*) ;; *) rm -f "$1.start.lock" "$1.use.lock" ;; esac
        "#;
        let mut watchdog = Command::new("sh");
        watchdog.args(["-c", WATCHDOG, WATCHDOG]).arg(&self.folder);
        watchdog.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        programs::detach(&mut watchdog).spawn()?;
        Ok(())
    }
}

fn lock_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
