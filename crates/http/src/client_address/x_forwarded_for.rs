//! `X-Forwarded-For`: addresses, comma-separated, the nearest proxy's word last.

use std::net::IpAddr;

use actix_web::http::header::{HeaderMap, HeaderName};

use super::hop::address;

pub(super) const NAME: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The entries from the right, over all lines of the header; `None` for one that is no address.
pub(super) fn from_the_right(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let lines: Vec<_> = headers.get_all(NAME).collect();
    lines.into_iter().rev().flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b',').map(entry))
}

fn entry(bytes: &[u8]) -> Option<IpAddr> {
    address(std::str::from_utf8(bytes).ok()?)
}
