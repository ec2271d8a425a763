//! A Redis that a test has for itself, and may kill.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Why there is no Redis to test with.
#[derive(Debug, thiserror::Error)]
pub enum RedisError {
    /// It is not installed.
    #[error("Redis is not installed: `apt-get install redis-server`")]
    NotInstalled,
    /// It did not start.
    #[error("redis-server does not answer: {0}")]
    Failed(String),
    /// A file or a process.
    #[error("a file or process of the test server")]
    Io(#[from] io::Error),
}

/// A Redis on a free port of the loopback interface. It keeps nothing on disk.
#[derive(Debug)]
pub struct RedisServer {
    port: u16,
    options: Vec<String>,
    dir: TempDir,
    running: Option<Running>,
}

/// The server, behind a shell that ends it when this process ends, however that comes.
#[derive(Debug)]
struct Running {
    shell: Child,
    server: String,
}

impl RedisServer {
    /// Starts one.
    ///
    /// # Errors
    ///
    /// A [`RedisError`] that says what to do, so that a test without Redis fails and is not skipped.
    pub fn start() -> Result<Self, RedisError> {
        Self::start_with(&[])
    }

    /// Starts one that answers by TLS alone, by this certificate and key in PEM.
    ///
    /// # Errors
    ///
    /// As [`RedisServer::start`].
    pub fn start_with_tls(certificate: &str, key: &str) -> Result<Self, RedisError> {
        let dir = tempfile::tempdir()?;
        let path = |name: &str| dir.path().join(name).display().to_string();
        std::fs::write(path("server.crt"), certificate)?;
        std::fs::write(path("server.key"), key)?;
        let port = free_port()?;
        let tls = [port.to_string(), path("server.crt"), path("server.key")];
        let [port_option, certificate, key] = &tls;
        let options = ["--port", "0", "--tls-port", port_option, "--tls-cert-file", certificate, "--tls-key-file", key]
            .map(str::to_owned);
        let options = [options.as_slice(), &["--tls-auth-clients", "no"].map(str::to_owned)].concat();
        let mut server = Self { port, options, dir, running: None };
        server.restart()?;
        Ok(server)
    }

    /// Starts one with further options of `redis-server`.
    ///
    /// # Errors
    ///
    /// As [`RedisServer::start`].
    pub fn start_with(options: &[&str]) -> Result<Self, RedisError> {
        let port = free_port()?;
        let mut all = vec!["--port".to_owned(), port.to_string()];
        all.extend(options.iter().map(|option| (*option).to_owned()));
        let mut server = Self { port, options: all, dir: tempfile::tempdir()?, running: None };
        server.restart()?;
        Ok(server)
    }

    /// Where it is: `redis://127.0.0.1:port`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Its port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Ends it with SIGKILL; all that it knew is gone.
    pub fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            let _ = running.signal("KILL");
            let _ = running.shell.kill();
            let _ = running.shell.wait();
        }
    }

    /// Starts it, on the same port.
    ///
    /// # Errors
    ///
    /// As [`RedisServer::start`].
    pub fn restart(&mut self) -> Result<(), RedisError> {
        self.kill();
        self.running = Some(self.spawn()?);
        let deadline = Instant::now() + Duration::from_secs(10);
        while !self.answers() {
            if Instant::now() > deadline {
                return Err(RedisError::Failed(std::fs::read_to_string(self.log()).unwrap_or_default()));
            }
            sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Stops it as it is (SIGSTOP): connections stay, and nothing is answered.
    ///
    /// # Errors
    ///
    /// When the signal cannot be sent.
    pub fn freeze(&self) -> Result<(), RedisError> {
        self.signal("STOP")
    }

    /// Lets it go on (SIGCONT).
    ///
    /// # Errors
    ///
    /// When the signal cannot be sent.
    pub fn thaw(&self) -> Result<(), RedisError> {
        self.signal("CONT")
    }

    /// What it answers to a command, as it is on the wire.
    ///
    /// # Errors
    ///
    /// When it does not answer.
    pub fn ask(&self, command: &str) -> Result<String, RedisError> {
        let mut stream = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], self.port)))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "{command}\r\nQUIT\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    fn signal(&self, name: &str) -> Result<(), RedisError> {
        self.running
            .as_ref()
            .map_or_else(|| Err(RedisError::Failed("it does not run".to_owned())), |it| it.signal(name))
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("log")
    }

    fn spawn(&self) -> Result<Running, RedisError> {
        // The shell reads from this process until that ends, and ends the server then.
        const KEEPER: &str = r#""$@" >/dev/null 2>&1 </dev/null & echo $!; read -r _; kill -KILL $! 2>/dev/null"#;
        if Command::new("redis-server").arg("--version").stdout(Stdio::null()).status().is_err() {
            return Err(RedisError::NotInstalled);
        }
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "sh", "redis-server", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        command.arg("--dir").arg(self.dir.path()).arg("--logfile").arg(self.log()).args(&self.options);
        let mut shell = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut server = String::new();
        if let Some(output) = shell.stdout.as_mut() {
            let mut byte = [0];
            while output.read(&mut byte)? == 1 && byte != *b"\n" {
                server.extend(byte.map(char::from));
            }
        }
        Ok(Running { shell, server })
    }

    /// Whether it is there: it says something to a ping, be it only that it wants TLS or a password.
    fn answers(&self) -> bool {
        let ask = || -> io::Result<bool> {
            let mut stream = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], self.port)))?;
            stream.set_read_timeout(Some(Duration::from_millis(200)))?;
            if self.options.iter().any(|option| option == "--tls-port") {
                return Ok(true);
            }
            stream.write_all(b"PING\r\n")?;
            Ok(stream.read(&mut [0; 16])? > 0)
        };
        ask().unwrap_or(false)
    }
}

impl Running {
    fn signal(&self, name: &str) -> Result<(), RedisError> {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(&self.server).status()?;
        if sent.success() { Ok(()) } else { Err(RedisError::Failed(format!("kill -{name}"))) }
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
