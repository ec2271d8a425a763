//! The secret of an authenticator app and the codes that it shows.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretSlice, SecretString};

/// The secret that an authenticator app shares with the service: 160 bits (RFC 4226, section 4).
#[derive(Clone)]
pub struct TotpSecret(SecretSlice<u8>);

impl TotpSecret {
    /// Bytes in a secret.
    pub const BYTES: usize = 20;

    /// The secret in `bytes`, or `None` when they are too few or too many.
    #[must_use]
    pub fn from_bytes(bytes: SecretSlice<u8>) -> Option<Self> {
        (bytes.expose_secret().len() == Self::BYTES).then_some(Self(bytes))
    }

    /// The bytes, for computing codes and for sealing.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// A code as somebody reads it off their app: six digits. A secret for as long as it is good.
#[derive(Clone)]
pub struct OneTimeCode(SecretString);

/// It is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 6 digits")]
pub struct MalformedCode;

impl OneTimeCode {
    /// Digits in a code.
    pub const DIGITS: usize = 6;

    /// The code in `text`; spaces, which apps show between the groups, do not matter.
    ///
    /// # Errors
    ///
    /// [`MalformedCode`] when it is not six digits.
    pub fn parse(text: &str) -> Result<Self, MalformedCode> {
        if text.len() > 4 * Self::DIGITS {
            return Err(MalformedCode);
        }
        let digits: String = text.chars().filter(|c| *c != ' ').collect();
        let fits = digits.len() == Self::DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
        if fits { Ok(Self(SecretString::from(digits))) } else { Err(MalformedCode) }
    }

    /// The digits, for comparing.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for OneTimeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_digits_however_they_are_grouped() {
        assert_eq!(OneTimeCode::parse(" 492 039 ").unwrap().expose(), "492039");
        let padded = |spaces: usize| OneTimeCode::parse(&format!("492039{}", " ".repeat(spaces)));
        assert!(padded(18).is_ok() && padded(19).is_err());
        for bad in ["", "49203", "4920391", "49203a", "٤٩٢٠٣٩", &" ".repeat(1_000)] {
            assert!(OneTimeCode::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn neither_secret_nor_code_prints() {
        let secret = TotpSecret::from_bytes(vec![b'm'; 20].into()).unwrap();
        assert_eq!((secret.expose(), format!("{secret:?}").as_str()), ([b'm'; 20].as_slice(), "TotpSecret(…)"));
        assert_eq!(format!("{:?}", OneTimeCode::parse("492039")), "Ok(OneTimeCode(…))");
        assert!(TotpSecret::from_bytes(vec![0; 19].into()).is_none());
    }
}
