//! Short texts with a rule: names, devices, phone numbers, language tags.

use std::fmt;

use oxilangtag::LanguageTag;
use unicode_normalization::UnicodeNormalization as _;

/// Why a text is not the value it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// There is nothing in it.
    #[error("must not be empty")]
    Empty,
    /// It has more characters than the value may have.
    #[error("at most {max} characters")]
    TooLong {
        /// The most characters allowed.
        max: usize,
    },
    /// It has not the form of the value; `expected` says what that is.
    #[error("{expected}")]
    Malformed {
        /// What would be right.
        expected: &'static str,
    },
}

/// NFC without white space around it, 1 to `max` characters, none of which is a control or a direction mark.
pub(crate) fn tidy(text: &str, max: usize) -> Result<String, TextError> {
    // The bound comes before the work: normalisation of a huge text is not free.
    if text.len() > max * 16 {
        return Err(TextError::TooLong { max });
    }
    let tidy: String = text.trim().nfc().collect();
    if tidy.is_empty() {
        return Err(TextError::Empty);
    }
    if tidy.chars().count() > max {
        return Err(TextError::TooLong { max });
    }
    if tidy.chars().any(is_unprintable) {
        return Err(TextError::Malformed { expected: "must not have control characters" });
    }
    Ok(tidy)
}

/// Control characters, line separators and the marks that reorder text, which would disguise it.
fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $parse:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "String", into = "String"))]
        pub struct $name(String);

        impl $name {
            /// Parses `text`.
            ///
            /// # Errors
            ///
            /// A [`TextError`] that says what is wrong.
            pub fn parse(text: &str) -> Result<Self, TextError> {
                let parse: fn(&str) -> Result<String, TextError> = $parse;
                parse(text).map(Self)
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        /// The value is personal: it is not written into logs by accident.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

text!(
    /// A given or family name as its owner writes it: 1 to 100 characters, in NFC, no control characters.
    DisplayName,
    |text| tidy(text, 100)
);

text!(
    /// What a person calls a device, "Ada's phone": 1 to 100 characters, in NFC, no control characters.
    DeviceName,
    |text| tidy(text, 100)
);

text!(
    /// Why somebody does something to another person's account, for the audit trail: 1 to 500 characters, in NFC, no
    /// control characters.
    Reason,
    |text| tidy(text, 500)
);

text!(
    /// What operators call a service: 1 to 64 of `a` to `z`, digits, `-`, `_` and `.`, the first a letter.
    ServiceName,
    |text| {
        let expected = "must have 1 to 64 of a-z, 0-9, -, _ and ., the first a letter";
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.');
        let fits = text.len() <= 64 && text.starts_with(|c: char| c.is_ascii_lowercase());
        if fits && text.bytes().all(plain) { Ok(text.to_owned()) } else { Err(TextError::Malformed { expected }) }
    }
);

text!(
    /// What an endpoint of webhooks is: 1 to 200 characters, in NFC, no control characters.
    WebhookDescription,
    |text| tidy(text, 200)
);

text!(
    /// A telephone number in the international form of ITU-T E.164: `+`, then 7 to 15 digits, the first not zero.
    PhoneNumber,
    |text| {
        let expected = "must be an E.164 number like +41791234567";
        let digits = text.strip_prefix('+').ok_or(TextError::Malformed { expected })?;
        let fits = (7..=15).contains(&digits.len()) && !digits.starts_with('0');
        if fits && digits.bytes().all(|b| b.is_ascii_digit()) {
            Ok(text.to_owned())
        } else {
            Err(TextError::Malformed { expected })
        }
    }
);

text!(
    /// A language tag of BCP 47 (RFC 5646) in its canonical case, at most 35 characters (RFC 5646, section 4.4.1).
    Locale,
    |text| {
        if text.len() > 35 {
            return Err(TextError::TooLong { max: 35 });
        }
        LanguageTag::parse_and_normalize(text)
            .map(LanguageTag::into_inner)
            .map_err(|_| TextError::Malformed { expected: "must be a language tag like en or de-CH" })
    }
);

impl Locale {
    /// The language alone: `de` of `de-CH`.
    #[must_use]
    pub fn language(&self) -> &str {
        self.0.split_once('-').map_or(self.as_str(), |(language, _)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(" Zoë ", Some("Zoë"))]
    #[case("Zoe\u{308}", Some("Zoë"))]
    #[case("", None)]
    #[case("\u{202e}evil", None)]
    #[case("two\nlines", None)]
    #[case("nul\0", None)]
    fn a_name_is_printable_and_in_nfc(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(DisplayName::parse(text).ok().as_ref().map(DisplayName::as_str), expected);
    }

    #[test]
    fn a_name_has_at_most_a_hundred_characters() {
        assert!(DisplayName::parse(&"ë".repeat(100)).is_ok());
        assert_eq!(DisplayName::parse(&"ë".repeat(101)), Err(TextError::TooLong { max: 100 }));
        assert_eq!(DisplayName::parse(&"x".repeat(1 << 20)), Err(TextError::TooLong { max: 100 }));
    }

    #[test]
    fn space_around_a_name_is_taken_off_unless_there_is_very_much_of_it() {
        assert_eq!(DisplayName::parse(&format!("{}x", " ".repeat(1_599))).unwrap().as_str(), "x");
        assert_eq!(DisplayName::parse(&format!("{}x", " ".repeat(1_600))), Err(TextError::TooLong { max: 100 }));
    }

    #[test]
    fn what_is_wrong_with_a_text_is_said() {
        assert_eq!(
            DisplayName::parse("two\nlines"),
            Err(TextError::Malformed { expected: "must not have control characters" })
        );
        assert_eq!(DisplayName::parse("  "), Err(TextError::Empty));
        let number = PhoneNumber::parse("0791234567");
        assert_eq!(number, Err(TextError::Malformed { expected: "must be an E.164 number like +41791234567" }));
    }

    #[rstest]
    #[case("+41791234567", true)]
    #[case("+1234567", true)]
    #[case("+123456789012345", true)]
    #[case("+1234567890123456", false)]
    #[case("+0123456789", false)]
    #[case("0791234567", false)]
    #[case("+41 79 123 45 67", false)]
    #[case("+", false)]
    fn a_phone_number_is_e164(#[case] text: &str, #[case] ok: bool) {
        assert_eq!(PhoneNumber::parse(text).is_ok(), ok);
    }

    #[rstest]
    #[case("en", Some("en"))]
    #[case("DE-ch", Some("de-CH"))]
    #[case("zh-hant-tw", Some("zh-Hant-TW"))]
    #[case("", None)]
    #[case("e", None)]
    #[case("english language", None)]
    #[case("de_CH", None)]
    fn a_locale_is_a_language_tag(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(Locale::parse(text).ok().as_ref().map(Locale::as_str), expected);
    }

    #[rstest]
    #[case("en")]
    #[case("en-GB")]
    fn a_locale_has_a_language(#[case] text: &str) {
        assert_eq!(Locale::parse(text).unwrap().language(), "en");
    }
}
