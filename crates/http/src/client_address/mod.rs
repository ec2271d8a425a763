//! From where a caller calls: the peer of the connection, or who stands behind the proxies that are trusted.
//!
//! A proxy appends to the header the address that it was called from. So the header is read from its right end, one entry
//! for each proxy that is trusted: the first address that is no trusted proxy is the caller. What stands further left was
//! sent by the caller and is not even looked at; neither is the header of somebody who is no trusted proxy.

mod forwarded;
mod hop;
mod x_forwarded_for;

use std::net::IpAddr;

use actix_web::HttpMessage;
use actix_web::http::header::HeaderMap;
use voxgate_domain::Networks;

use crate::problem::Problem;

/// From where callers call, and who may.
#[derive(Clone, Debug, Default)]
pub struct ClientSettings {
    /// The proxies whose word on the caller's address counts.
    pub trusted_proxies: Networks,
    /// The header that they give it by.
    pub header: ForwardingHeader,
    /// The networks that may call at all; everybody when there are none.
    pub allowed: Networks,
}

/// The header by which proxies tell the caller's address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardingHeader {
    /// `X-Forwarded-For` where there is one, else `Forwarded`.
    #[default]
    Either,
    /// `X-Forwarded-For` alone.
    XForwardedFor,
    /// `Forwarded` (RFC 7239) alone: for proxies that write this one and let the other pass as the caller sent it.
    Forwarded,
}

/// The address of the caller of a request, as a middleware found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl ClientAddress {
    /// That of `request`.
    ///
    /// # Errors
    ///
    /// An internal one, when no middleware found it.
    pub(crate) fn of(request: &impl HttpMessage) -> Result<Self, Problem> {
        request.extensions().get().copied().ok_or_else(|| Problem::internal("the caller's address was not looked for"))
    }
}

impl ClientSettings {
    /// The address behind `peer`, who sent `headers`.
    pub(crate) fn resolve(&self, peer: IpAddr, headers: &HeaderMap) -> ClientAddress {
        let mut address = peer.to_canonical();
        if !self.trusted_proxies.contain(address) {
            return ClientAddress(address);
        }
        let reads_other = self.header == ForwardingHeader::Forwarded
            || self.header == ForwardingHeader::Either && !headers.contains_key(x_forwarded_for::NAME);
        let hops: &mut dyn Iterator<Item = Option<IpAddr>> = if reads_other {
            &mut forwarded::from_the_right(headers)
        } else {
            &mut x_forwarded_for::from_the_right(headers)
        };
        // An entry that is no address ends it: the last proxy that could be named is all that is known.
        while let Some(Some(hop)) = hops.next().filter(|_| self.trusted_proxies.contain(address)) {
            address = hop;
        }
        ClientAddress(address)
    }

    /// Whether somebody at `address` may call at all.
    pub(crate) fn allows(&self, address: ClientAddress) -> bool {
        self.allowed.is_empty() || self.allowed.contain(address.0)
    }
}

#[cfg(test)]
mod tests;
