//! E-mail addresses.

use std::fmt;
use std::hash::{Hash, Hasher};

use email_address::Options;

/// An e-mail address that mail can be sent to.
///
/// It keeps the form as typed, for writing to its owner, and a normalised form, for telling accounts apart: the local
/// part in ASCII lower case, the domain in its IDNA form (UTS #46). The local part is ASCII (RFC 5321, section 4.1.2):
/// folding other scripts would merge addresses that only look alike.
///
/// # Examples
///
/// ```
/// use voxgate_domain::{EmailAddress, EmailAddressError};
///
/// let ada = EmailAddress::parse("Ada@example.org")?;
/// assert_eq!(ada, EmailAddress::parse("ada@EXAMPLE.org")?);
/// assert_eq!(ada.deliverable(), "Ada@example.org");
/// assert_eq!(EmailAddress::parse("Ada <ada@example.org>"), Err(EmailAddressError::Malformed));
/// # Ok::<(), EmailAddressError>(())
/// ```
#[derive(Clone)]
pub struct EmailAddress {
    typed: String,
    normalized: String,
}

/// Why a text is not an e-mail address that Voxgate takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EmailAddressError {
    /// There is nothing in it.
    #[error("must not be empty")]
    Empty,
    /// It is longer than an address can be on the wire (RFC 5321, section 4.5.3.1.3).
    #[error("at most 254 characters")]
    TooLong,
    /// It has not the form `local@domain` with a domain that can exist.
    #[error("must be an e-mail address like name@example.org")]
    Malformed,
}

impl EmailAddress {
    /// The longest address, in bytes (RFC 5321, section 4.5.3.1.3, with erratum 1690 to RFC 3696).
    pub const MAX_BYTES: usize = 254;

    /// Parses `text`, ignoring white space around it.
    ///
    /// # Errors
    ///
    /// An [`EmailAddressError`] that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, EmailAddressError> {
        let typed = text.trim();
        if typed.is_empty() {
            return Err(EmailAddressError::Empty);
        }
        if typed.len() > Self::MAX_BYTES {
            return Err(EmailAddressError::TooLong);
        }
        let (local, domain) = typed.rsplit_once('@').ok_or(EmailAddressError::Malformed)?;
        // A quoted local part is legal, rare, and a way to smuggle odd characters: refused.
        if !local.is_ascii() || local.contains('"') {
            return Err(EmailAddressError::Malformed);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| EmailAddressError::Malformed)?;
        let normalized = format!("{}@{domain}", local.to_ascii_lowercase());
        if normalized.len() > Self::MAX_BYTES {
            return Err(EmailAddressError::TooLong);
        }
        let rules = Options::default().with_required_tld().without_display_text().without_domain_literal();
        email_address::EmailAddress::parse_with_options(&normalized, rules)
            .map_err(|_| EmailAddressError::Malformed)?;
        Ok(Self { typed: typed.to_owned(), normalized })
    }

    /// The form its owner typed, without white space around it.
    #[must_use]
    pub fn as_typed(&self) -> &str {
        &self.typed
    }

    /// The form by which two addresses are the same account.
    #[must_use]
    pub fn normalized(&self) -> &str {
        &self.normalized
    }

    /// The part before the `@`, in lower case.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.normalized.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// The form to give to a mail server: the local part as typed, the domain in ASCII.
    #[must_use]
    pub fn deliverable(&self) -> String {
        let local = self.typed.rsplit_once('@').map_or("", |(local, _)| local);
        let domain = self.normalized.rsplit_once('@').map_or("", |(_, domain)| domain);
        format!("{local}@{domain}")
    }
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.normalized == other.normalized
    }
}

impl Eq for EmailAddress {}

impl Hash for EmailAddress {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.normalized.hash(state);
    }
}

/// An address is personal: it is not written into logs by accident.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

    #[test]
    fn an_address_does_not_print() {
        let address = EmailAddress::parse("ada@example.org").unwrap();
        assert_eq!(format!("{address:?}"), "EmailAddress(…)");
    }

    #[test]
    fn addresses_that_differ_in_case_alone_are_one() {
        let typed = ["Ada@Example.org", "ada@example.ORG"].map(|text| EmailAddress::parse(text).unwrap());
        assert_eq!(std::collections::HashSet::from(typed).len(), 1);
    }

    #[test]
    fn other_addresses_are_others_and_are_told_apart_by_their_hash() {
        let [ada, grace] = ["ada@example.org", "grace@example.org"].map(|text| EmailAddress::parse(text).unwrap());
        assert_ne!(ada, grace);
        let hash = |address: &EmailAddress| BuildHasherDefault::<DefaultHasher>::default().hash_one(address);
        assert_ne!(hash(&ada), hash(&grace));
    }

    #[rstest]
    #[case("Ada.Lovelace@Example.ORG", "ada.lovelace@example.org")]
    #[case("  a+tag@example.org\n", "a+tag@example.org")]
    #[case("info@BÜCHER.example", "info@xn--bcher-kva.example")]
    #[case("info@xn--bcher-kva.example", "info@xn--bcher-kva.example")]
    fn an_address_is_normalised(#[case] typed: &str, #[case] normalized: &str) {
        assert_eq!(EmailAddress::parse(typed).unwrap().normalized(), normalized);
    }

    #[rstest]
    #[case("", EmailAddressError::Empty)]
    #[case("   ", EmailAddressError::Empty)]
    #[case("plain", EmailAddressError::Malformed)]
    #[case("@example.org", EmailAddressError::Malformed)]
    #[case("a@", EmailAddressError::Malformed)]
    #[case("a@localhost", EmailAddressError::Malformed)]
    #[case("a@[127.0.0.1]", EmailAddressError::Malformed)]
    #[case("a@b@example.org", EmailAddressError::Malformed)]
    #[case("\"a b\"@example.org", EmailAddressError::Malformed)]
    #[case("a..b@example.org", EmailAddressError::Malformed)]
    #[case("a@exam ple.org", EmailAddressError::Malformed)]
    #[case("a\r\nBcc: x@example.org", EmailAddressError::Malformed)]
    #[case("Ada <ada@example.org>", EmailAddressError::Malformed)]
    #[case("\u{131}nfo@example.org", EmailAddressError::Malformed)]
    #[case("\u{212a}ate@example.org", EmailAddressError::Malformed)]
    fn what_is_no_address_is_refused(#[case] typed: &str, #[case] error: EmailAddressError) {
        assert_eq!(EmailAddress::parse(typed).unwrap_err(), error);
    }

    #[test]
    fn an_address_longer_than_the_wire_allows_is_refused() {
        let long = format!("{}@{}.org", "a".repeat(64), "b".repeat(250));
        assert_eq!(EmailAddress::parse(&long).unwrap_err(), EmailAddressError::TooLong);
    }

    /// `ü` has two bytes as it is typed, and seven in ASCII.
    #[rstest]
    #[case("b", 55, Ok(()))]
    #[case("b", 56, Err(EmailAddressError::TooLong))]
    #[case("ü", 49, Ok(()))]
    #[case("ü", 50, Err(EmailAddressError::TooLong))]
    fn the_longest_address_has_254_bytes_as_it_is_typed_and_in_ascii(
        #[case] label: &str,
        #[case] rest: usize,
        #[case] expected: Result<(), EmailAddressError>,
    ) {
        let [local, whole, rest] = [64, 63, rest].map(|length| "b".repeat(length));
        let text = format!("{local}@{label}.{whole}.{whole}.{rest}.org");
        let grows = if label.is_ascii() { 0 } else { 5 };
        assert_eq!(text.len() + grows, if expected.is_ok() { 254 } else { 255 });
        assert_eq!(EmailAddress::parse(&text).map(drop), expected);
    }

    #[test]
    fn case_does_not_make_another_account_but_is_kept_for_delivery() {
        let typed = EmailAddress::parse("Ada@Bücher.example").unwrap();
        assert_eq!(typed, EmailAddress::parse("ada@bücher.example").unwrap());
        assert_eq!(typed.deliverable(), "Ada@xn--bcher-kva.example");
    }
}
