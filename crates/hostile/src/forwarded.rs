//! `X-Forwarded-For` and `Forwarded`.

use std::net::{IpAddr, Ipv4Addr};

use voxgate_http::{ClientSettings, ForwardingHeader, fuzzing};

const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));
const CALLER: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));

/// What a caller sends changes nothing: neither by somebody who is no proxy, nor left of what a proxy wrote.
pub(super) fn forwarded(bytes: &[u8]) {
    for header in [ForwardingHeader::Either, ForwardingHeader::XForwardedFor, ForwardingHeader::Forwarded] {
        let trusted_proxies = "10.0.0.0/8".parse().unwrap_or_default();
        let settings = ClientSettings { trusted_proxies, header, ..ClientSettings::default() };
        let who = |peer, list: &[&[u8]], elements: &[&[u8]]| fuzzing::client_address(&settings, peer, list, elements);
        assert_eq!(who(STRANGER, &[bytes], &[bytes]), STRANGER);

        let behind = |separator: &str, own: &str| [bytes, separator.as_bytes(), own.as_bytes()].concat();
        let (list, elements) = (behind(", ", "203.0.113.9"), behind(", ", "for=203.0.113.9"));
        // One that a header cannot hold never arrives, and the proxy's word with it.
        let arrives = bytes.iter().all(|byte| *byte >= b' ' && *byte != 0x7f || *byte == b'\t');
        if arrives {
            let reads_list = header != ForwardingHeader::Forwarded;
            if reads_list {
                assert_eq!(who(PROXY, &[&list], &[]), CALLER);
                assert_eq!(who(PROXY, &[bytes, b"203.0.113.9"], &[]), CALLER);
            } else {
                assert_eq!(who(PROXY, &[], &[&elements]), CALLER);
                assert_eq!(who(PROXY, &[], &[bytes, b"for=203.0.113.9"]), CALLER);
            }
        }
        // Nobody is made up: an address stands in what came, or is the proxy's own.
        let found = who(PROXY, &[bytes], &[bytes]);
        assert!(found == PROXY || bytes.len() >= 2, "{found}");
    }
}
