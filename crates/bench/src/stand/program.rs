//! A server that runs until it is dropped.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{READY_WITHIN, StandError, Usage};

/// A server of this machine, which ends with the value.
pub(crate) struct Program {
    child: Child,
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
        let what = format!("starting {}", command.get_program().display());
        let began = Instant::now();
        let child = command.stdin(Stdio::null()).spawn().map_err(StandError::io(&what))?;
        let address = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port));
        let mut program = Self { child, address, ready_after: Duration::ZERO };
        while !answers(address, path) {
            if let Ok(Some(status)) = program.child.try_wait() {
                return Err(StandError::Failed(format!("{what}: it ended with {status}")));
            }
            if began.elapsed() > READY_WITHIN {
                return Err(StandError::Failed(format!("{what}: it is not ready after {READY_WITHIN:?}")));
            }
            sleep(Duration::from_millis(1));
        }
        program.ready_after = began.elapsed();
        Ok(program)
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
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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
