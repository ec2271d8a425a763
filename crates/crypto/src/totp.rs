//! One-time codes of authenticator apps.

use qrcode::QrCode;
use qrcode::render::svg;
use secrecy::{SecretSlice, SecretString};
use subtle::ConstantTimeEq as _;
use totp_rs::{Builder, Secret, Totp};
use voxgate_domain::factor::{OneTimeCode, TotpSecret};
use voxgate_domain::ports::{AppInvitation, CodesError, OneTimeCodes};
use voxgate_domain::{EmailAddress, Timestamp};
use zeroize::Zeroizing;

/// TOTP (RFC 6238) with SHA-1, six digits and steps of 30 seconds: what every authenticator app does, also those that
/// ignore what an `otpauth:` URI says of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct TotpCodes;

/// Seconds in a step.
const STEP: u64 = 30;
/// Who asks for the code, as the app shows it.
const ISSUER: &str = "Voxgate";
/// The least width and height of the picture, in pixels.
const QR_PIXELS: u32 = 240;

impl OneTimeCodes for TotpCodes {
    fn generate_secret(&self) -> TotpSecret {
        loop {
            let mut bytes = vec![0; TotpSecret::BYTES];
            if aws_lc_rs::rand::fill(&mut bytes).is_err() {
                tracing::error!(
                    "the operating system gives no random bytes: stopping rather than using guessable ones"
                );
                std::process::abort();
            }
            // It has the right length at the first try.
            if let Some(secret) = TotpSecret::from_bytes(SecretSlice::from(bytes)) {
                return secret;
            }
        }
    }

    fn invitation(&self, secret: &TotpSecret, label: &EmailAddress) -> Result<AppInvitation, CodesError> {
        // A colon parts issuer and account in a label, so an account cannot have one.
        let account = label.as_typed().replace(':', "_");
        let totp = totp(secret, &account).map_err(|error| CodesError(error.into()))?;
        let uri = totp.to_url().map_err(|error| CodesError(error.into()))?;
        let qr = QrCode::new(uri.as_bytes()).map_err(|error| CodesError(error.into()))?;
        let picture = qr.render::<svg::Color<'_>>().min_dimensions(QR_PIXELS, QR_PIXELS).build();
        // Within a page there is no place for the declaration of a document of its own.
        let svg = picture.find("<svg").and_then(|begin| picture.get(begin..)).unwrap_or_default();
        Ok(AppInvitation {
            secret: SecretString::from(Secret::from(secret.expose().to_vec()).to_base32()),
            otpauth_uri: SecretString::from(uri),
            qr_svg: SecretString::from(svg),
        })
    }

    fn matching_step(&self, secret: &TotpSecret, code: &OneTimeCode, now: Timestamp, skew: u64) -> Option<u64> {
        let totp = totp(secret, ISSUER).ok()?;
        let present = u64::try_from(now.unix_seconds()).ok()? / STEP;
        let mut found = None;
        // Every step is looked at, whichever matches, so that the time does not tell which.
        for step in present.saturating_sub(skew)..=present.saturating_add(skew) {
            let expected = Zeroizing::new(totp.generate(step.saturating_mul(STEP)).to_string());
            if bool::from(expected.as_bytes().ct_eq(code.expose().as_bytes())) {
                found = Some(step);
            }
        }
        found
    }
}

fn totp(secret: &TotpSecret, account: &str) -> Result<Totp, totp_rs::TotpError> {
    Builder::new()
        .with_secret(Secret::from(secret.expose().to_vec()))
        .with_step_duration(STEP)
        .with_account_name(account)
        .with_issuer(Some(ISSUER))
        .build()
}

#[cfg(test)]
#[path = "totp_tests.rs"]
mod tests;
