//! Recovery codes, for when the app is lost.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

use crate::SecretToken;
use crate::ports::Entropy;

/// A recovery code: 80 random bits in base32, in groups that people can copy. Of the alphabet those letters are left out
/// that look like a digit; whoever types them means the digit.
#[derive(Clone)]
pub struct RecoveryCode(SecretString);

/// The alphabet of Crockford's base32.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl RecoveryCode {
    /// Random bytes in a code.
    pub const BYTES: usize = 10;
    /// Characters in a group.
    const GROUP: usize = 4;
    /// No text longer than this is looked at.
    const MAX_CHARS: usize = 64;

    /// A new code.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; Self::BYTES];
        entropy.fill(&mut bytes);
        let mut code = String::with_capacity(Self::BYTES * 8 / 5);
        let (mut bits, mut held) = (0_u32, 0_u32);
        for byte in &bytes {
            bits = (bits << 8) | u32::from(*byte);
            held += 8;
            while held >= 5 {
                held -= 5;
                code.push(letter(bits >> held));
            }
            bits &= (1 << held) - 1;
        }
        bytes.fill(0);
        Self(SecretString::from(code))
    }

    /// Takes over what somebody presents as a code, in any case and grouping, or `None` when it can be none.
    #[must_use]
    pub fn presented(text: &str) -> Option<Self> {
        if text.len() > Self::MAX_CHARS {
            return None;
        }
        let code: String = text
            .chars()
            .filter(|c| !matches!(c, '-' | ' '))
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        let sane = !code.is_empty() && code.bytes().all(|b| b.is_ascii_alphanumeric());
        sane.then(|| Self(SecretString::from(code)))
    }

    /// The code as its owner sees it: `ABCD-EFGH-JKMN-PQRS`.
    #[must_use]
    pub fn grouped(&self) -> SecretString {
        let mut text = String::with_capacity(self.0.expose_secret().len() * 5 / Self::GROUP);
        for (position, c) in self.0.expose_secret().chars().enumerate() {
            if position > 0 && position % Self::GROUP == 0 {
                text.push('-');
            }
            text.push(c);
        }
        SecretString::from(text)
    }

    /// The code as a token, for hashing it.
    #[must_use]
    pub fn as_token(&self) -> Option<SecretToken> {
        SecretToken::presented(self.0.expose_secret())
    }
}

fn letter(bits: u32) -> char {
    let position = usize::try_from(bits & 31).unwrap_or(0);
    ALPHABET.get(position).map_or('0', |byte| char::from(*byte))
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bytes(u8);
    impl Entropy for Bytes {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.iter_mut().zip(self.0..).for_each(|(byte, value)| *byte = value);
        }
    }

    #[test]
    fn a_code_has_all_its_80_bits_in_four_groups() {
        let grouped = |first| RecoveryCode::generate(&Bytes(first)).grouped().expose_secret().to_owned();
        assert_eq!(grouped(0), "000G-40R4-0M30-E209");
        assert_ne!(grouped(0), grouped(1));
        assert_eq!(RecoveryCode::BYTES * 8, 80);
    }

    #[test]
    fn case_grouping_and_letters_that_look_like_digits_do_not_matter() {
        let code = RecoveryCode::generate(&Bytes(0));
        let typed = RecoveryCode::presented(" oo0G 4or4 Om30-e2o9 ").unwrap();
        assert_eq!(typed.as_token().unwrap().expose(), code.as_token().unwrap().expose());
    }

    #[test]
    fn what_can_be_no_code_is_told_at_once_and_none_prints() {
        for bad in ["", " - ", "quote'", "nul\0", "ABCD-ÉFGH", &"A".repeat(65)] {
            assert!(RecoveryCode::presented(bad).is_none(), "{bad:?}");
        }
        assert!(RecoveryCode::presented(&"A".repeat(64)).is_some());
        assert_eq!(format!("{:?}", RecoveryCode::presented("ABCD")), "Some(RecoveryCode(…))");
    }
}
