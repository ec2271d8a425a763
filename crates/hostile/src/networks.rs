//! Lists of networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use voxgate_domain::{Networks, Source};

/// An address in a list is in it however it is written, and a list means one thing however it is spaced.
pub(super) fn networks(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(address) = text.trim().parse::<IpAddr>() {
        let source = Source::of(address);
        assert_eq!(source, Source::of(address.to_canonical()));
    }
    let Ok(networks) = text.parse::<Networks>() else { return };
    assert_eq!(format!(" ,{text} , ").parse::<Networks>(), Ok(networks.clone()));
    assert_eq!(networks.is_empty(), text.split(',').all(|item| item.trim().is_empty()));
    for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
        let address = item.split('/').next().and_then(|address| address.parse::<IpAddr>().ok());
        assert!(address.is_some_and(|address| networks.contain(address)), "{item} is not in {text}");
    }
    if let Some(IpAddr::V4(address)) = text.split(['/', ',']).next().and_then(|item| item.trim().parse().ok()) {
        assert!(networks.contain(address.to_ipv6_mapped().into()));
    }
    // Who lists IPv4 networks alone lets nobody in by IPv6, and the other way round.
    if !text.contains(':') {
        assert!(!networks.contain(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into()));
    } else if !text.contains('.') {
        assert!(!networks.contain(Ipv4Addr::new(203, 0, 113, 9).into()));
    }
}
