//! `voxgate health`: for container health checks, which have no curl.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use crate::cli::Health;
use crate::failure::{Failure, While as _};
use crate::settings::Settings;
use crate::terminal::say;

const PATIENCE: Duration = Duration::from_secs(3);

/// Asks a running service whether it is ready.
pub(crate) fn check(health: &Health, settings: &Settings) -> Result<(), Failure> {
    let address = reachable(health.address.unwrap_or(settings.bind_addr));
    let doing = "asking the service";
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).doing(doing)?;
    stream.set_read_timeout(Some(PATIENCE)).doing(doing)?;
    stream.set_write_timeout(Some(PATIENCE)).doing(doing)?;
    write!(stream, "GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").doing(doing)?;
    let mut answer = String::new();
    stream.take(4_096).read_to_string(&mut answer).doing(doing)?;
    match answer.split_whitespace().nth(1) {
        Some("200") => {
            say("ready");
            Ok(())
        }
        status => {
            let cause = format!("it answered {}", status.unwrap_or("nothing")).into();
            Err(Failure::Run { doing, cause })
        }
    }
}

/// A service that listens on every address is reached by the loopback one.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
