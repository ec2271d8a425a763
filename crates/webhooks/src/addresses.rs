//! To which addresses a name may lead.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use voxgate_domain::policy::WebhookPolicy;

/// The name leads to addresses where no webhook is sent, and to no other.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("an address where no webhook is sent")]
pub(crate) struct Forbidden;

/// Resolves names by the system, and leaves out what the policy refuses.
pub(crate) struct AllowedAddresses(pub(crate) WebhookPolicy);

impl Resolve for AllowedAddresses {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.0;
        Box::pin(async move {
            // The port is that of the URL.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(allowed(policy, found)?)
        })
    }
}

fn allowed(policy: WebhookPolicy, found: impl Iterator<Item = SocketAddr>) -> Result<Addrs, Forbidden> {
    let allowed: Vec<SocketAddr> = found.filter(|address| policy.allows(address.ip())).collect();
    if allowed.is_empty() { Err(Forbidden) } else { Ok(Box::new(allowed.into_iter())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_addresses_of_a_name_only_the_harmless_are_left() {
        let of = |addresses: &[&str]| {
            let found: Vec<SocketAddr> = addresses.iter().map(|address| address.parse().unwrap()).collect();
            allowed(WebhookPolicy::default(), found.into_iter()).map(Iterator::count).ok()
        };
        assert_eq!(of(&["169.254.169.254:0", "10.0.0.7:0", "[fe80::1]:0"]), Some(1));
        assert_eq!(of(&["169.254.169.254:0", "127.0.0.1:0"]), None);
        assert_eq!(of(&[]), None);
    }
}
