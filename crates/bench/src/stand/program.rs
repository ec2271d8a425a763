//! A server that runs until it is dropped.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{READY_WITHIN, StandError, Usage};

/// A server of this machine, which ends with the value.
pub(crate) struct Program {
    child: Child,
    /// It has processes of its own to end.
    leads: bool,
    address: SocketAddr,
    ready_after: Duration,
}

impl Program {
    /// Starts `command`, which listens on `port`, and waits until `GET path` is answered with 200.
    ///
    /// # Errors
    ///
    /// A [`StandError`] when it does not start, ends, or is not ready in time.
    pub(crate) fn start(command: &mut Command, port: u16, path: &str) -> Result<Self, StandError> {
        let mut program = Self::spawn(command, port)?;
        program.ready_after = program.until_ready(command, path)?;
        Ok(program)
    }

    /// The same for a program that has processes of its own, and says one line before it listens.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub(crate) fn start_saying(command: &mut Command, port: u16, path: &str) -> Result<(Self, String), StandError> {
        let mut program = Self::spawn(command.stdout(Stdio::piped()), port)?;
        program.leads = true;
        let mut line = String::new();
        if let Some(said) = program.child.stdout.take() {
            // Whoever ends without a word ends the line too.
            BufReader::new(said).read_line(&mut line).map_err(StandError::io(name(command)))?;
        }
        program.ready_after = program.until_ready(command, path)?;
        Ok((program, line))
    }

    fn spawn(command: &mut Command, port: u16) -> Result<Self, StandError> {
        let child = command.stdin(Stdio::null()).spawn().map_err(StandError::io(name(command)))?;
        let address = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port));
        Ok(Self { child, leads: false, address, ready_after: Duration::ZERO })
    }

    fn until_ready(&mut self, command: &Command, path: &str) -> Result<Duration, StandError> {
        let (what, began) = (name(command), Instant::now());
        while !answers(self.address, path) {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(StandError::Failed(format!("{what}: it ended with {status}")));
            }
            if began.elapsed() > READY_WITHIN {
                return Err(StandError::Failed(format!("{what}: it is not ready after {READY_WITHIN:?}")));
            }
            sleep(Duration::from_millis(1));
        }
        Ok(began.elapsed())
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// From the start of the process until it answered.
    pub(crate) fn ready_after(&self) -> Duration {
        self.ready_after
    }

    /// What it has used.
    ///
    /// # Errors
    ///
    /// [`StandError::Failed`] when it has ended.
    pub(crate) fn usage(&self) -> Result<Usage, StandError> {
        Usage::of(self.pid())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.leads {
            use rustix::process::{Pid, Signal, kill_process};
            let pid = Pid::from_child(&self.child);
            let _ = kill_process(pid, Signal::TERM);
        } else {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

fn name(command: &Command) -> String {
    format!("starting {}", command.get_program().display())
}

/// Whether `GET path` is answered with 200. A probe, without a client's cost: it is sent a thousand times a second.
fn answers(address: SocketAddr, path: &str) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        Ok(&status == b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}
