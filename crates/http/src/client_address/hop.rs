//! One address as proxies write it.

use std::net::{IpAddr, SocketAddr};

/// The address in `text`: with or without a port, an IPv6 address with or without brackets. Nothing else is one: no name,
/// no `unknown`, no zone.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim_matches([' ', '\t']);
    let plain = || text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok().filter(IpAddr::is_ipv6);
    plain().or_else(with_port).or_else(bracketed).map(|address| address.to_canonical())
}
