//! One-time codes of authenticator apps.

use secrecy::SecretString;

use super::Cause;
use crate::factor::{OneTimeCode, TotpSecret};
use crate::{EmailAddress, Timestamp};

/// Makes secrets for authenticator apps and checks the codes that these show (RFC 6238: SHA-1, six digits, 30 seconds).
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait OneTimeCodes: Send + Sync {
    /// A new random secret of 160 bits (RFC 4226, section 4).
    fn generate_secret(&self) -> TotpSecret;

    /// The ways in which an app takes `secret` over, for the account `label`.
    ///
    /// # Errors
    ///
    /// A [`CodesError`] when it cannot be written out.
    fn invitation(&self, secret: &TotpSecret, label: &EmailAddress) -> Result<AppInvitation, CodesError>;

    /// The latest time step, at most `skew` steps from `now`, whose code is `code`; found in a time that does not tell
    /// how much of the code was right.
    fn matching_step(&self, secret: &TotpSecret, code: &OneTimeCode, now: Timestamp, skew: u64) -> Option<u64>;
}

/// The ways in which an app takes a secret over: each of them is the secret.
#[derive(Clone, Debug)]
pub struct AppInvitation {
    /// The secret in base32, to be typed.
    pub secret: SecretString,
    /// An `otpauth:` URI, to be opened.
    pub otpauth_uri: SecretString,
    /// A picture of that URI in SVG, to be scanned: a QR code (ISO/IEC 18004).
    pub qr_svg: SecretString,
}

/// A secret cannot be written out for an app.
#[derive(Debug, thiserror::Error)]
#[error("the secret cannot be written out for an app")]
pub struct CodesError(#[source] pub Cause);
