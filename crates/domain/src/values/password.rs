//! Passwords and their hashes.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization as _;

/// A password as somebody typed it, in NFKC (NIST SP 800-63B-4, section 3.1.1.2), never printed, wiped after use.
///
/// Having one says nothing about its quality: a stored password from before a stricter policy must still compare. The
/// proof of quality is [`NewPassword`](crate::policy::NewPassword), which only the policy can make.
///
/// # Examples
///
/// ```
/// use voxgate_domain::{Password, PasswordError};
///
/// let password = Password::parse("ﬁsh and chips")?;
/// assert_eq!(password.expose(), "fish and chips");
/// assert_eq!(format!("{password:?}"), "Password(…)");
/// assert_eq!(Password::parse(&"x".repeat(129)).unwrap_err(), PasswordError::TooLong);
/// # Ok::<(), PasswordError>(())
/// ```
#[derive(Clone)]
pub struct Password(SecretString);

/// Why a text can be no password at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// There is nothing in it.
    #[error("must not be empty")]
    Empty,
    /// It is longer than any password may be: refused before any work is done on it.
    #[error("at most 128 characters")]
    TooLong,
    /// It has a control character, which no keyboard types and some clients drop.
    #[error("must not have control characters")]
    ControlCharacter,
}

impl Password {
    /// The most code points after NFKC.
    pub const MAX_CHARS: usize = 128;
    /// A longer text is refused before it is normalised: 128 code points of any script fit in.
    const MAX_RAW_BYTES: usize = 4_096;

    /// Takes `text` as a password.
    ///
    /// # Errors
    ///
    /// A [`PasswordError`] when it can be no password whatever the policy says.
    pub fn parse(text: &str) -> Result<Self, PasswordError> {
        if text.is_empty() {
            return Err(PasswordError::Empty);
        }
        if text.len() > Self::MAX_RAW_BYTES {
            return Err(PasswordError::TooLong);
        }
        let normalized = SecretString::from(text.nfkc().collect::<String>());
        if normalized.expose_secret().chars().count() > Self::MAX_CHARS {
            return Err(PasswordError::TooLong);
        }
        if normalized.expose_secret().chars().any(char::is_control) {
            return Err(PasswordError::ControlCharacter);
        }
        Ok(Self(normalized))
    }

    /// The text, for hashing and checking. Keep it no longer than that takes.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The hash of a password in the PHC string format, with its algorithm, parameters and salt: argon2id (RFC 9106) as
/// Voxgate makes them.
#[derive(Clone)]
pub struct PasswordHash(SecretString);

impl PasswordHash {
    /// Takes over the PHC string that a hasher made or a store kept.
    #[must_use]
    pub fn from_phc(phc: String) -> Self {
        Self(SecretString::from(phc))
    }

    /// The PHC string, for storing and verifying.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// Two hashes are the same when their PHC strings are; that says nothing of two passwords.
impl PartialEq for PasswordHash {
    fn eq(&self, other: &Self) -> bool {
        use subtle::ConstantTimeEq as _;
        self.expose().as_bytes().ct_eq(other.expose().as_bytes()).into()
    }
}

impl Eq for PasswordHash {}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_code_points_after_nfkc() {
        assert!(Password::parse(&"é".repeat(128)).is_ok());
        assert_eq!(Password::parse(&"e\u{301}".repeat(128)).unwrap().expose().chars().count(), 128);
        assert_eq!(Password::parse(&"é".repeat(129)).unwrap_err(), PasswordError::TooLong);
    }

    #[test]
    fn ten_kilobytes_are_refused_without_work_on_them() {
        assert_eq!(Password::parse(&"\u{fdfa}".repeat(3_334)).unwrap_err(), PasswordError::TooLong);
    }

    #[test]
    fn compatible_forms_are_one_password() {
        assert_eq!(Password::parse("ｐａｓｓ").unwrap().expose(), "pass");
    }

    #[test]
    fn neither_password_nor_hash_prints() {
        let password = Password::parse("marked-secret").unwrap();
        let hash = PasswordHash::from_phc("$argon2id$marked-secret".into());
        assert_eq!(format!("{password:?} {hash:?}"), "Password(…) PasswordHash(…)");
    }

    #[test]
    fn a_hash_is_the_text_that_was_kept() {
        let [one, same, other] =
            ["$argon2id$a", "$argon2id$a", "$argon2id$b"].map(|phc| PasswordHash::from_phc(phc.into()));
        assert_eq!(one.expose(), "$argon2id$a");
        assert!(one == same && one != other);
    }

    #[test]
    fn a_password_has_no_control_characters() {
        assert_eq!(Password::parse("with\0nul").unwrap_err(), PasswordError::ControlCharacter);
        assert_eq!(Password::parse("").unwrap_err(), PasswordError::Empty);
    }
}
