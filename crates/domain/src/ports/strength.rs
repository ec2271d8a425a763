//! Estimates of how hard a password is to guess.

/// Estimates how hard a password is to guess.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait PasswordStrength: Send + Sync {
    /// The guesses that a good guesser who knows `hints` would need for `password`, as a power of ten. It knows common
    /// and breached passwords, words with substitutions, dates, sequences, repeats and keyboard walks.
    fn guesses_log10<'a>(&self, password: &'a str, hints: &'a [&'a str]) -> f64;
}
