use super::*;

use actix_web::http::header::{self, HeaderName, HeaderValue};
use proptest::prelude::*;
use rstest::rstest;

const CALLER: &str = "203.0.113.7";

fn behind(header: ForwardingHeader) -> ClientSettings {
    ClientSettings { trusted_proxies: "10.0.0.0/8, 2001:db8:a::/48".parse().unwrap(), header, ..Default::default() }
}

fn headers(lines: &[(HeaderName, &[u8])]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(name.clone(), HeaderValue::from_bytes(value).unwrap());
    }
    headers
}

fn resolved(peer: &str, lines: &[(HeaderName, &[u8])], header: ForwardingHeader) -> String {
    behind(header).resolve(peer.parse().unwrap(), &headers(lines)).0.to_string()
}

#[rstest]
#[case::one_proxy("203.0.113.7", CALLER)]
#[case::two_proxies("203.0.113.7, 10.0.0.2", CALLER)]
#[case::a_forged_left_end("1.2.3.4, 10.0.0.9, 203.0.113.7", CALLER)]
#[case::rubbish_on_the_left("<script>, \u{e9}, 203.0.113.7", CALLER)]
#[case::with_a_port("203.0.113.7:4711", CALLER)]
#[case::ipv6("2001:db8::1", "2001:db8::1")]
#[case::ipv6_in_brackets("[2001:db8::1]", "2001:db8::1")]
#[case::ipv6_with_a_port("[2001:db8::1]:4711", "2001:db8::1")]
#[case::mapped("::ffff:203.0.113.7", CALLER)]
#[case::a_mapped_proxy("203.0.113.7, ::ffff:10.0.0.2", CALLER)]
#[case::nothing("", "10.0.0.1")]
#[case::no_address("unknown", "10.0.0.1")]
#[case::no_address_behind_a_proxy("203.0.113.7, localhost, 10.0.0.2", "10.0.0.2")]
#[case::proxies_alone("10.0.0.3, 10.0.0.2", "10.0.0.3")]
#[case::a_zone("fe80::1%eth0", "10.0.0.1")]
fn x_forwarded_for_is_read_from_the_right(#[case] value: &str, #[case] caller: &str) {
    let lines = [(x_forwarded_for::NAME, value.as_bytes())];
    assert_eq!(resolved("10.0.0.1", &lines, ForwardingHeader::XForwardedFor), caller);
}

#[rstest]
#[case::one_proxy("for=203.0.113.7", CALLER)]
#[case::in_full("For=\"203.0.113.7:4711\";proto=https;by=10.0.0.1", CALLER)]
#[case::two_proxies("for=203.0.113.7 , for=10.0.0.2;host=a", CALLER)]
#[case::ipv6("for=\"[2001:db8::1]:4711\"", "2001:db8::1")]
#[case::separators_in_quotes("for=203.0.113.7;host=\"a,b;for=1.2.3.4\"", CALLER)]
#[case::a_quote_that_never_closes("for=\"1.2.3.4, for=203.0.113.7", CALLER)]
#[case::a_forged_left_end("for=1.2.3.4, for=10.0.0.9, for=203.0.113.7", CALLER)]
#[case::hidden("for=_hidden", "10.0.0.1")]
#[case::unknown("for=203.0.113.7, for=unknown, for=10.0.0.2", "10.0.0.2")]
#[case::two_at_once("for=203.0.113.7;for=1.2.3.4", "10.0.0.1")]
#[case::no_for("by=203.0.113.7", "10.0.0.1")]
fn forwarded_is_read_from_the_right(#[case] value: &str, #[case] caller: &str) {
    let lines = [(header::FORWARDED, value.as_bytes())];
    assert_eq!(resolved("10.0.0.1", &lines, ForwardingHeader::Forwarded), caller);
}

#[test]
fn somebody_who_is_no_trusted_proxy_is_not_believed() {
    let lines: [(HeaderName, &[u8]); 2] = [(x_forwarded_for::NAME, b"1.2.3.4"), (header::FORWARDED, b"for=1.2.3.4")];
    for header in [ForwardingHeader::Either, ForwardingHeader::XForwardedFor, ForwardingHeader::Forwarded] {
        assert_eq!(resolved(CALLER, &lines, header), CALLER);
        assert_eq!(resolved("::ffff:203.0.113.7", &lines, header), CALLER);
    }
}

#[test]
fn several_lines_are_one_list() {
    let lines: [(HeaderName, &[u8]); 2] =
        [(x_forwarded_for::NAME, b"1.2.3.4, 203.0.113.7"), (x_forwarded_for::NAME, b"10.0.0.2")];
    assert_eq!(resolved("10.0.0.1", &lines, ForwardingHeader::Either), CALLER);
}

#[test]
fn the_header_that_proxies_do_not_write_is_not_read() {
    let both: [(HeaderName, &[u8]); 2] =
        [(x_forwarded_for::NAME, b"203.0.113.7"), (header::FORWARDED, b"for=198.51.100.1")];
    assert_eq!(resolved("10.0.0.1", &both, ForwardingHeader::Either), CALLER);
    assert_eq!(resolved("10.0.0.1", &both, ForwardingHeader::XForwardedFor), CALLER);
    assert_eq!(resolved("10.0.0.1", &both, ForwardingHeader::Forwarded), "198.51.100.1");
    assert_eq!(resolved("10.0.0.1", &both[1..], ForwardingHeader::Either), "198.51.100.1");
    assert_eq!(resolved("10.0.0.1", &both[1..], ForwardingHeader::XForwardedFor), "10.0.0.1");
}

/// Header values of all kinds: any bytes that can be sent, and those that look like something.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop::collection::vec(prop_oneof![Just(b'\t'), 32..=126_u8, 128..=255_u8], 0..200);
    let pieces = prop::sample::select(vec![
        "for=",
        "\"",
        ",",
        ";",
        "[",
        "]",
        ":",
        "10.0.0.1",
        "203.0.113.7",
        "::ffff:1.2.3.4",
        "unknown",
        " ",
        "\\",
        "%",
    ]);
    prop_oneof![bytes, prop::collection::vec(pieces, 0..20).prop_map(|pieces| pieces.concat().into_bytes())]
}

proptest! {
    #[test]
    fn no_header_makes_it_panic_and_the_callers_part_changes_nothing(
        sent in value(),
        more in value(),
        header in prop::sample::select(vec![ForwardingHeader::XForwardedFor, ForwardingHeader::Forwarded]),
    ) {
        let (name, own) = match header {
            ForwardingHeader::Forwarded => (header::FORWARDED, "for=203.0.113.7"),
            _ => (x_forwarded_for::NAME, "203.0.113.7"),
        };
        let _ = resolved("10.0.0.1", &[(name.clone(), &sent), (name.clone(), &more)], header);
        // A proxy appends to what was sent, to the line or as a line.
        let appended = [&sent, b", ".as_slice(), own.as_bytes()].concat();
        prop_assert_eq!(resolved("10.0.0.1", &[(name.clone(), &more), (name.clone(), &appended)], header), CALLER);
        prop_assert_eq!(resolved("10.0.0.1", &[(name.clone(), &sent), (name, own.as_bytes())], header), CALLER);
    }
}
