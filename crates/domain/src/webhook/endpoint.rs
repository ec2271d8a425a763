//! Who is told.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};

use super::{EventType, WebhookUrl};
use crate::ports::Entropy;
use crate::session::named;
use crate::{Timestamp, WebhookDescription, WebhookId};

/// A receiver of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEndpoint {
    /// Which endpoint it is.
    pub id: WebhookId,
    /// Where events are sent.
    pub url: WebhookUrl,
    /// What it is, in the words of whoever made it.
    pub description: Option<WebhookDescription>,
    /// What it is told; everything when empty.
    pub events: BTreeSet<EventType>,
    /// Why nothing is sent to it, when nothing is.
    pub disabled: Option<DisabledWhy>,
    /// The secret that signs, encrypted.
    pub sealed_secret: Vec<u8>,
    /// The secret before it, while it still signs too.
    pub previous: Option<PreviousSecret>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A secret that was replaced, and signs beside its successor for a while, so that a receiver can change over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousSecret {
    /// The secret, encrypted.
    pub sealed: Vec<u8>,
    /// Until when it signs.
    pub until: Timestamp,
}

named! {
    /// Why nothing is sent to an endpoint.
    pub enum DisabledWhy {
        /// An administrator switched it off.
        Administrator = "administrator",
        /// It answered 410 Gone.
        Gone = "gone",
    }
}

/// What an administrator says of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookChange {
    /// Where events are sent.
    pub url: WebhookUrl,
    /// What it is.
    pub description: Option<WebhookDescription>,
    /// What it is told; everything when empty.
    pub events: BTreeSet<EventType>,
    /// Whether anything is sent to it.
    pub enabled: bool,
}

impl WebhookEndpoint {
    /// The most endpoints of an installation: each change of an account is recorded once for each.
    pub const MOST: usize = 50;

    /// A new endpoint, with its secret encrypted.
    #[must_use]
    pub fn create(id: WebhookId, wanted: WebhookChange, sealed_secret: Vec<u8>, now: Timestamp) -> Self {
        let WebhookChange { url, description, events, enabled } = wanted;
        let disabled = (!enabled).then_some(DisabledWhy::Administrator);
        let (created_at, updated_at) = (now, now);
        Self { id, url, description, events, disabled, sealed_secret, previous: None, created_at, updated_at }
    }

    /// It is as an administrator wants it now; one that is off stays off for the same reason.
    #[must_use]
    pub fn change(self, wanted: WebhookChange, now: Timestamp) -> Self {
        let WebhookChange { url, description, events, enabled } = wanted;
        let off = self.disabled.unwrap_or(DisabledWhy::Administrator);
        Self { url, description, events, disabled: (!enabled).then_some(off), updated_at: now, ..self }
    }

    /// It has another secret; the present one signs beside it for `overlap`.
    #[must_use]
    pub fn rotate(self, sealed_secret: Vec<u8>, overlap: Duration, now: Timestamp) -> Self {
        let previous = Some(PreviousSecret { sealed: self.sealed_secret, until: now.plus(overlap) });
        Self { sealed_secret, previous, updated_at: now, ..self }
    }

    /// It answered that it is gone for good.
    #[must_use]
    pub fn gone(self, now: Timestamp) -> Self {
        Self { disabled: Some(DisabledWhy::Gone), updated_at: now, ..self }
    }

    /// Whether events are sent to it.
    #[must_use]
    pub const fn is_enabled(&self) -> bool {
        self.disabled.is_none()
    }

    /// Whether it is told of `kind`.
    #[must_use]
    pub fn wants(&self, kind: EventType) -> bool {
        self.events.is_empty() || self.events.contains(&kind)
    }

    /// The secrets that sign `now`, encrypted, the present one first.
    pub fn signing(&self, now: Timestamp) -> impl Iterator<Item = &[u8]> {
        let previous = self.previous.as_ref().filter(|previous| now < previous.until);
        std::iter::once(self.sealed_secret.as_slice()).chain(previous.map(|previous| previous.sealed.as_slice()))
    }
}

/// The secret that an endpoint and this service share: 32 random bytes. It does not print itself.
#[derive(Clone)]
pub struct WebhookSecret(SecretSlice<u8>);

impl WebhookSecret {
    /// How many bytes it has; Standard Webhooks asks for 24 to 64.
    pub const BYTES: usize = 32;
    /// What its text begins with.
    const PREFIX: &'static str = "whsec_";

    /// A new secret.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = vec![0; Self::BYTES];
        entropy.fill(&mut bytes);
        Self(bytes.into())
    }

    /// The secret of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: SecretSlice<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes that sign.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }

    /// The text in which it is handed to a receiver, which is base64 behind `whsec_`.
    #[must_use]
    pub fn encode(&self) -> SecretString {
        format!("{}{}", Self::PREFIX, STANDARD.encode(self.expose())).into()
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const DAY: Duration = Duration::from_secs(24 * 3_600);

    fn wanted(enabled: bool) -> WebhookChange {
        let url = WebhookUrl::parse("https://recordings.example.org/in").unwrap();
        WebhookChange { url, description: None, events: BTreeSet::new(), enabled }
    }

    fn endpoint() -> WebhookEndpoint {
        WebhookEndpoint::create(WebhookId::from(Uuid::nil()), wanted(true), vec![1], Timestamp::EPOCH)
    }

    #[test]
    fn a_replaced_secret_signs_beside_its_successor_for_a_day() {
        let rotated = endpoint().rotate(vec![2], DAY, Timestamp::EPOCH);
        let signing = |at| rotated.signing(at).map(<[u8]>::to_vec).collect::<Vec<_>>();
        let end = Timestamp::EPOCH.plus(DAY);
        assert_eq!(signing(end.minus(Duration::from_micros(1))), [vec![2], vec![1]]);
        assert_eq!(signing(end), [vec![2]]);
        let again = rotated.rotate(vec![3], DAY, Timestamp::EPOCH);
        assert_eq!(again.signing(Timestamp::EPOCH).collect::<Vec<_>>(), [[3], [2]]);
    }

    #[test]
    fn an_endpoint_is_on_or_off_as_it_was_wanted() {
        assert!(endpoint().is_enabled());
        let off = WebhookEndpoint::create(WebhookId::from(Uuid::nil()), wanted(false), vec![1], Timestamp::EPOCH);
        assert_eq!(off.disabled, Some(DisabledWhy::Administrator));
        assert!(!off.is_enabled());
    }

    #[test]
    fn an_endpoint_becomes_what_is_wanted_of_it_and_keeps_the_rest() {
        let url = WebhookUrl::parse("https://analysis.example.org/in").unwrap();
        let description = Some(WebhookDescription::parse("Analysis").unwrap());
        let events = BTreeSet::from([EventType::UserErased]);
        let change =
            WebhookChange { url: url.clone(), description: description.clone(), events: events.clone(), enabled: true };
        let later = Timestamp::EPOCH.plus(DAY);
        let expected = WebhookEndpoint { url, description, events, updated_at: later, ..endpoint() };
        assert_eq!(endpoint().change(change, later), expected);
        let changed = [endpoint().rotate(vec![2], DAY, later), endpoint().gone(later)];
        assert!(changed.iter().all(|endpoint| endpoint.updated_at == later && endpoint.created_at == Timestamp::EPOCH));
    }

    #[test]
    fn an_endpoint_that_is_gone_stays_so_until_it_is_switched_on() {
        let gone = endpoint().gone(Timestamp::EPOCH);
        assert_eq!(gone.clone().change(wanted(false), Timestamp::EPOCH).disabled, Some(DisabledWhy::Gone));
        assert!(gone.change(wanted(true), Timestamp::EPOCH).is_enabled());
        let off = endpoint().change(wanted(false), Timestamp::EPOCH);
        assert_eq!(off.disabled, Some(DisabledWhy::Administrator));
    }

    #[test]
    fn an_endpoint_is_told_what_it_asked_for_and_everything_when_it_asked_for_nothing() {
        assert!(endpoint().wants(EventType::UserDeleted));
        let picky = WebhookEndpoint { events: [EventType::UserErased].into(), ..endpoint() };
        assert!(picky.wants(EventType::UserErased) && !picky.wants(EventType::UserDeleted));
    }

    #[test]
    fn a_secret_is_handed_over_as_standard_webhooks_writes_it_and_prints_nothing() {
        let secret = WebhookSecret::from_bytes(vec![0; 32].into());
        assert_eq!(secret.encode().expose_secret(), "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
    }
}
