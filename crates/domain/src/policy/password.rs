//! What a new password must be (NIST SP 800-63B-4, section 3.1.1.2; OWASP ASVS 5.0, V6.2).

use crate::ports::PasswordStrength;
use crate::{DisplayName, EmailAddress, Password, PasswordError, Profile};

/// A password that the policy accepted: the only kind that can be hashed for storing.
#[derive(Clone, Debug)]
pub struct NewPassword(Password);

impl NewPassword {
    /// The password.
    #[must_use]
    pub const fn password(&self) -> &Password {
        &self.0
    }
}

/// What makes a password bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordFault {
    /// Nothing in it.
    #[error("must not be empty")]
    Empty,
    /// Too few characters.
    #[error("at least 12 characters")]
    TooShort,
    /// Too many characters.
    #[error("at most 128 characters")]
    TooLong,
    /// A control character.
    #[error("must not have control characters")]
    ControlCharacter,
    /// No upper-case letter.
    #[error("at least one upper-case letter")]
    NoUppercase,
    /// No lower-case letter.
    #[error("at least one lower-case letter")]
    NoLowercase,
    /// No digit.
    #[error("at least one digit")]
    NoDigit,
    /// Nothing but letters and digits.
    #[error("at least one character that is neither letter nor digit")]
    NoSpecial,
    /// The person's address or name is in it.
    #[error("must not contain your address or name")]
    Personal,
    /// It is common, or made in a way that guessing programs try early.
    #[error("too easy to guess: avoid common passwords, words with substitutions, dates, sequences and repeats")]
    Guessable,
    /// One of the last passwords of the account.
    #[error("must not be one of your last 5 passwords")]
    Reused,
}

impl PasswordFault {
    /// The name on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "required",
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::ControlCharacter => "malformed",
            Self::NoUppercase => "no_uppercase",
            Self::NoLowercase => "no_lowercase",
            Self::NoDigit => "no_digit",
            Self::NoSpecial => "no_special",
            Self::Personal => "personal",
            Self::Guessable => "guessable",
            Self::Reused => "reused",
        }
    }
}

impl From<PasswordError> for PasswordFault {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Empty => Self::Empty,
            PasswordError::TooLong => Self::TooLong,
            PasswordError::ControlCharacter => Self::ControlCharacter,
        }
    }
}

/// What a guesser may know of the person.
#[derive(Clone, Copy, Debug)]
pub struct PersonalFacts<'a> {
    /// Their address.
    pub email: &'a EmailAddress,
    /// Their particulars.
    pub profile: &'a Profile,
}

impl PersonalFacts<'_> {
    /// Words of at least three characters that must not be in the password, in lower case.
    fn words(&self) -> Vec<String> {
        let names = [&self.profile.first_name, &self.profile.last_name];
        let names = names.into_iter().flatten().flat_map(|name| DisplayName::as_str(name).split_whitespace());
        let local = self.email.local_part();
        let parts = local.split(['.', '_', '-', '+']);
        [self.email.normalized(), local]
            .into_iter()
            .chain(parts)
            .chain(names)
            .map(str::to_lowercase)
            .filter(|word| word.chars().count() >= 3)
            .collect()
    }
}

/// What a new password must be.
///
/// # Examples
///
/// ```
/// use voxgate_domain::policy::{PasswordFault, PasswordPolicy, PersonalFacts};
/// use voxgate_domain::ports::PasswordStrength;
/// use voxgate_domain::{EmailAddress, Password, Profile};
///
/// /// Knows nothing and lets everything pass; a service asks an estimator such as zxcvbn.
/// struct Credulous;
/// impl PasswordStrength for Credulous {
///     fn guesses_log10(&self, _: &str, _: &[&str]) -> f64 {
///         f64::INFINITY
///     }
/// }
///
/// let (email, profile) = (EmailAddress::parse("ada@example.org")?, Profile::default());
/// let about = PersonalFacts { email: &email, profile: &profile };
/// let policy = PasswordPolicy::default();
///
/// let faults = policy.accept(Password::parse("Ada-1815")?, about, &Credulous).unwrap_err();
/// assert_eq!(faults, [PasswordFault::TooShort, PasswordFault::Personal]);
/// assert!(policy.accept(Password::parse("xK9#mQ2$vL7p")?, about, &Credulous).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PasswordPolicy {
    /// The fewest code points after NFKC.
    pub min_chars: usize,
    /// The fewest guesses a good guesser would need, as a power of ten.
    pub min_guesses_log10: f64,
    /// How many of the last passwords must not come back.
    pub history: usize,
}

impl Default for PasswordPolicy {
    /// 12 characters, ten thousand million guesses, none of the last 5.
    fn default() -> Self {
        Self { min_chars: 12, min_guesses_log10: 10.0, history: 5 }
    }
}

impl PasswordPolicy {
    /// Accepts `password`, or lists all that is wrong with it.
    ///
    /// # Errors
    ///
    /// Every [`PasswordFault`] found, at least one.
    pub fn accept(
        &self,
        password: Password,
        about: PersonalFacts<'_>,
        strength: &dyn PasswordStrength,
    ) -> Result<NewPassword, Vec<PasswordFault>> {
        let mut faults = self.faults_in_form(&password, Some(about));
        // Estimating costs far more than the checks of form: done only for what passed them.
        if faults.is_empty() {
            let words = about.words();
            let hints: Vec<&str> = words.iter().map(String::as_str).collect();
            if strength.guesses_log10(password.expose(), &hints) < self.min_guesses_log10 {
                faults.push(PasswordFault::Guessable);
            }
        }
        if faults.is_empty() { Ok(NewPassword(password)) } else { Err(faults) }
    }

    /// What is wrong with the form of `password`, so that it can be listed beside the faults of other fields: all but
    /// how easy it is to guess and whether it was used before.
    #[must_use]
    pub fn faults_in_form(&self, password: &Password, about: Option<PersonalFacts<'_>>) -> Vec<PasswordFault> {
        let text = password.expose();
        let lower = text.to_lowercase();
        let personal = about.is_some_and(|about| about.words().iter().any(|word| lower.contains(word.as_str())));
        let checks = [
            (text.chars().count() < self.min_chars, PasswordFault::TooShort),
            (!text.chars().any(char::is_uppercase), PasswordFault::NoUppercase),
            (!text.chars().any(char::is_lowercase), PasswordFault::NoLowercase),
            (!text.chars().any(char::is_numeric), PasswordFault::NoDigit),
            (text.chars().all(char::is_alphanumeric), PasswordFault::NoSpecial),
            (personal, PasswordFault::Personal),
        ];
        checks.into_iter().filter_map(|(bad, fault)| bad.then_some(fault)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(PasswordError::Empty, PasswordFault::Empty)]
    #[case(PasswordError::TooLong, PasswordFault::TooLong)]
    #[case(PasswordError::ControlCharacter, PasswordFault::ControlCharacter)]
    fn what_is_no_password_has_that_fault(#[case] error: PasswordError, #[case] fault: PasswordFault) {
        assert_eq!(PasswordFault::from(error), fault);
    }

    #[test]
    fn every_fault_has_a_name_of_its_own() {
        let faults = [
            PasswordFault::Empty,
            PasswordFault::TooShort,
            PasswordFault::TooLong,
            PasswordFault::ControlCharacter,
            PasswordFault::NoUppercase,
            PasswordFault::NoLowercase,
            PasswordFault::NoDigit,
            PasswordFault::NoSpecial,
            PasswordFault::Personal,
            PasswordFault::Guessable,
            PasswordFault::Reused,
        ];
        let names: BTreeSet<&str> = faults.iter().map(|fault| fault.code()).collect();
        assert_eq!(names.len(), faults.len(), "{names:?}");
        assert!(names.contains("too_short") && names.contains("required"), "{names:?}");
    }

    struct Strength(f64);
    impl PasswordStrength for Strength {
        fn guesses_log10(&self, _: &str, _: &[&str]) -> f64 {
            self.0
        }
    }

    fn check(text: &str, strength: f64) -> Vec<PasswordFault> {
        let email = EmailAddress::parse("ada.king@example.org").unwrap();
        let profile = Profile {
            first_name: DisplayName::parse("Augusta").ok(),
            last_name: DisplayName::parse("Lovelace").ok(),
            ..Profile::default()
        };
        let about = PersonalFacts { email: &email, profile: &profile };
        let password = Password::parse(text).unwrap();
        PasswordPolicy::default().accept(password, about, &Strength(strength)).err().unwrap_or_default()
    }

    #[rstest]
    #[case("xK9#mQ2$vL7", &[PasswordFault::TooShort])]
    #[case("xK9#mQ2$vL7p", &[])]
    #[case("xk9#mq2$vl7p", &[PasswordFault::NoUppercase])]
    #[case("XK9#MQ2$VL7P", &[PasswordFault::NoLowercase])]
    #[case("xKq#mQz$vLup", &[PasswordFault::NoDigit])]
    #[case("xK9amQ2bvL7p", &[PasswordFault::NoSpecial])]
    #[case("short", &[PasswordFault::TooShort, PasswordFault::NoUppercase, PasswordFault::NoDigit, PasswordFault::NoSpecial])]
    fn length_and_classes_are_required(#[case] text: &str, #[case] faults: &[PasswordFault]) {
        assert_eq!(check(text, 12.0), faults);
    }

    #[rstest]
    #[case("x9#ADA.KING@Example.orgQ")]
    #[case("x9#Ada.King$vL7p")]
    #[case("x9#kInG$vL7pQQ")]
    #[case("x9#$aUGUSTAvL7p")]
    #[case("LOVELACE#9x-vL7p")]
    fn address_and_names_are_refused_in_any_case(#[case] text: &str) {
        assert_eq!(check(text, 12.0), [PasswordFault::Personal]);
    }

    #[test]
    fn what_a_guesser_finds_early_is_refused() {
        assert_eq!(check("xK9#mQ2$vL7p", 9.9), [PasswordFault::Guessable]);
        assert_eq!(check("xK9#mQ2$vL7p", 10.0), []);
    }
}
