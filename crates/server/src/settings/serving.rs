//! Settings of how the service is reached, how much it takes, and how it stops.

use std::time::Duration;

use ipnet::IpNet;
use voxgate_http::Capacity;

use super::reader::Reader;
use super::{Environment, parse, variables as var};

/// How much the service takes at once, and how it stops.
#[derive(Debug)]
pub(crate) struct Serving {
    pub(crate) capacity: Capacity,
    pub(crate) metrics_peers: Vec<IpNet>,
    /// How long it goes on accepting after it was told to stop, so that load balancers notice.
    pub(crate) drain_delay: Duration,
    /// How long requests in flight may take after it was told to stop, the delay included.
    pub(crate) grace: Duration,
}

impl Serving {
    pub(super) fn read(reader: &mut Reader<'_>, environment: Option<Environment>) -> Option<Self> {
        let capacity = read_capacity(reader);
        let metrics_peers = reader.read(var::METRICS_PEERS, parse::networks);
        let grace = reader.read(var::SHUTDOWN_GRACE, parse::duration(0..=600));
        let by_itself = match environment {
            Some(Environment::Production) => grace.map_or(Duration::ZERO, |grace| (grace / 2).min(AUTO_DELAY)),
            Some(Environment::Development) | None => Duration::ZERO,
        };
        let drain_delay = reader.read(var::SHUTDOWN_DRAIN_DELAY, |text| match text {
            "auto" => Ok(by_itself),
            text => parse::duration(0..=600)(text),
        });
        if let (Some(delay), Some(grace)) = (drain_delay, grace)
            && !delay.is_zero()
            && delay >= grace
        {
            return reader.note(var::SHUTDOWN_DRAIN_DELAY, "must be less than SHUTDOWN_GRACE");
        }
        Some(Self { capacity: capacity?, metrics_peers: metrics_peers?, drain_delay: drain_delay?, grace: grace? })
    }
}

/// The delay in production, where there is a load balancer: a few of its health checks.
const AUTO_DELAY: Duration = Duration::from_secs(5);

fn read_capacity(reader: &mut Reader<'_>) -> Option<Capacity> {
    let headers_within = reader.read(var::REQUEST_HEADERS_TIMEOUT, parse::duration(1..=60));
    let keep_alive = reader.read(var::KEEP_ALIVE_TIMEOUT, parse::duration(1..=600));
    let body_within = reader.read(var::REQUEST_BODY_TIMEOUT, parse::duration(1..=60));
    let done_within = reader.read(var::REQUEST_TIMEOUT, parse::duration(1..=600));
    let max_connections = reader.read(var::MAX_CONNECTIONS, parse::number(16..=1_000_000));
    let max_in_flight = reader.read(var::MAX_REQUESTS_IN_FLIGHT, parse::number(1..=100_000));
    Some(Capacity {
        headers_within: headers_within?,
        keep_alive: keep_alive?,
        body_within: body_within?,
        done_within: done_within?,
        max_connections: max_connections?,
        max_in_flight: max_in_flight?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{KEY, faulty, read};
    use super::*;

    #[test]
    fn the_delay_of_a_drain_fits_into_its_grace() {
        assert_eq!(faulty(&[("SHUTDOWN_DRAIN_DELAY", "10s")]), ["SHUTDOWN_DRAIN_DELAY"]);
        assert_eq!(faulty(&[("SHUTDOWN_DRAIN_DELAY", "2s"), ("SHUTDOWN_GRACE", "1s")]), ["SHUTDOWN_DRAIN_DELAY"]);
        let delay = |set: &[(&str, &str)]| read(set).unwrap().serving.drain_delay;
        assert_eq!(delay(&[]), Duration::ZERO);
        assert_eq!(delay(&[("SHUTDOWN_GRACE", "0s")]), Duration::ZERO);
        assert_eq!(delay(&[("SHUTDOWN_DRAIN_DELAY", "9s")]), Duration::from_secs(9));
    }

    #[test]
    fn production_waits_for_load_balancers_when_nothing_is_set() {
        let production = [
            ("APP_ENV", "production"),
            ("PUBLIC_URL", "https://accounts.example.org"),
            ("ENCRYPTION_KEYS", KEY),
            ("SHUTDOWN_GRACE", "4s"),
        ];
        assert_eq!(read(&production[..3]).unwrap().serving.drain_delay, AUTO_DELAY);
        assert_eq!(read(&production).unwrap().serving.drain_delay, Duration::from_secs(2));
    }

    #[test]
    fn peers_are_networks() {
        let peers = read(&[("METRICS_PEERS", "10.0.0.0/8, fd00::/8,192.0.2.1")]).unwrap().serving.metrics_peers;
        assert_eq!(
            peers.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["10.0.0.0/8", "fd00::/8", "192.0.2.1/32"]
        );
        assert_eq!(faulty(&[("METRICS_PEERS", "everybody")]), ["METRICS_PEERS"]);
    }

    #[test]
    fn the_defaults_are_those_of_the_server() {
        assert_eq!(read(&[]).unwrap().serving.capacity, Capacity::default());
    }
}
