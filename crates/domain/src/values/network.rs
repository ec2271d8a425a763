//! Networks, and where a caller comes from.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv6Net};

/// A list of networks in CIDR notation (RFC 4632, RFC 4291).
///
/// # Examples
///
/// ```
/// use voxgate_domain::{InvalidNetworks, Networks};
///
/// let clinic: Networks = "10.0.0.0/8, 2001:db8::/32".parse()?;
/// assert!(clinic.contain([10, 1, 2, 3].into()));
/// assert!(!clinic.contain([203, 0, 113, 7].into()));
/// # Ok::<(), InvalidNetworks>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

/// The text is no list of networks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be networks like 10.0.0.0/8 or 2001:db8::/32, comma-separated; {0:?} is none")]
pub struct InvalidNetworks(String);

impl Networks {
    /// Whether `address` is in one of them. An IPv4 address counts as such however it is written.
    #[must_use]
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Comma-separated; an address alone is a network of one.
impl FromStr for Networks {
    type Err = InvalidNetworks;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        items
            .map(|item| network(item).ok_or_else(|| InvalidNetworks(item.to_owned())))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn network(text: &str) -> Option<IpNet> {
    let network = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?;
    match network {
        // Whoever means IPv4 writes it so: a mapped network would contain nobody, since addresses are canonical.
        IpNet::V6(mapped) if mapped.addr().to_ipv4_mapped().is_some() => None,
        network => Some(network.trunc()),
    }
}

/// Where a caller comes from, as far as limits tell callers apart: an IPv4 address, or the /64 of an IPv6 address. A
/// subscriber has at least a whole /64 (RFC 6177; RFC 4291, section 2.5.1), and could take a new address for each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source(IpAddr);

impl Source {
    /// The source that `address` belongs to.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6(subnet(address)),
            address @ IpAddr::V4(_) => address,
        })
    }
}

/// The first address of the /64.
fn subnet(address: Ipv6Addr) -> Ipv6Addr {
    Ipv6Net::new(address, 64).map_or(address, |network| network.network())
}

/// `203.0.113.7`, `2001:db8::/64`.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => write!(f, "{address}"),
            IpAddr::V6(address) => write!(f, "{address}/64"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("10.0.0.0/8", "10.1.2.3", true)]
    #[case("10.0.0.0/8", "11.0.0.1", false)]
    #[case("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    #[case("10.9.9.9/8", "10.1.2.3", true)]
    #[case("203.0.113.7", "203.0.113.7", true)]
    #[case("203.0.113.7", "203.0.113.8", false)]
    #[case("2001:db8::/32, 192.0.2.0/24", "192.0.2.200", true)]
    #[case("2001:db8::/32, 192.0.2.0/24", "2001:db8:ffff::1", true)]
    #[case("2001:db8::/32", "2001:db9::1", false)]
    #[case("0.0.0.0/0", "2001:db8::1", false)]
    #[case("", "127.0.0.1", false)]
    fn a_network_contains_its_addresses(#[case] networks: Networks, #[case] address: IpAddr, #[case] contains: bool) {
        assert_eq!(networks.contain(address), contains);
    }

    #[rstest]
    #[case("10.0.0.0/33")]
    #[case("10.0.0/8")]
    #[case("example.org")]
    #[case("10.0.0.0/8;192.0.2.0/24")]
    #[case("::ffff:10.0.0.0/104")]
    #[case("::ffff:10.0.0.0/4")]
    #[case("10.0.0.0/8, here")]
    fn what_is_no_network_is_refused(#[case] text: &str) {
        assert!(text.parse::<Networks>().is_err());
    }

    #[rstest]
    #[case("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    #[case("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    #[case("203.0.113.7", "::ffff:203.0.113.7", true)]
    #[case("203.0.113.7", "203.0.113.8", false)]
    #[case("::ffff:203.0.113.7", "::ffff:203.0.113.8", false)]
    fn callers_are_told_apart_by_ipv4_address_and_by_slash_64(
        #[case] one: IpAddr,
        #[case] other: IpAddr,
        #[case] same: bool,
    ) {
        assert_eq!(Source::of(one) == Source::of(other), same);
    }

    #[test]
    fn a_source_prints_as_what_it_is() {
        assert_eq!(Source::of("2001:db8:1:2:3:4:5:6".parse().unwrap()).to_string(), "2001:db8:1:2::/64");
        assert_eq!(Source::of("203.0.113.7".parse().unwrap()).to_string(), "203.0.113.7");
    }
}
