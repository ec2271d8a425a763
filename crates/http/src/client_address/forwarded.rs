//! `Forwarded` (RFC 7239): elements, comma-separated, of pairs like `for=192.0.2.1`, semicolon-separated.
//!
//! It is read from the right, as no parser that was found does: one that reads from the left can be led astray by what
//! the caller sent, such as a quotation mark that never closes, and would lose the proxy's own element behind it.

use std::net::IpAddr;

use actix_web::http::header::{self, HeaderMap};

use super::hop::address;

/// The elements from the right, over all lines of the header; `None` for one that names no address.
pub(super) fn from_the_right(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let lines: Vec<_> = headers.get_all(header::FORWARDED).collect();
    lines.into_iter().rev().flat_map(|line| outside_quotes(line.as_bytes(), b',').map(element))
}

/// The parts of `text` between separators that are not within quotation marks, the last one first.
fn outside_quotes(text: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut quoted = false;
    text.rsplit(move |byte| {
        quoted ^= *byte == b'"';
        !quoted && *byte == separator
    })
}

/// The address of the one `for` of an element.
fn element(bytes: &[u8]) -> Option<IpAddr> {
    let mut nodes = outside_quotes(bytes, b';').filter_map(|pair| {
        let (name, value) = std::str::from_utf8(pair).ok()?.split_once('=')?;
        name.trim_matches([' ', '\t']).eq_ignore_ascii_case("for").then_some(value)
    });
    match (nodes.next(), nodes.next()) {
        (Some(node), None) => address(unquoted(node.trim_matches([' ', '\t']))),
        _ => None,
    }
}

/// A value without the quotation marks around it. No address has a character that would be escaped.
fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value)
}
