//! Which fields hold secrets. The document says so of passwords alone, so the rest is listed here.

use crate::Error;
use crate::document::Schema;

/// Secrets: whoever reads one can act with it.
const SECRET: &[&str] = &[
    "access_token",
    "client_secret",
    "mfa_token",
    "otpauth_uri",
    "qr_svg",
    "recovery_code",
    "recovery_codes",
    "refresh_token",
    "secret",
    "token",
];

/// Types whose `code` is one of the second factor; elsewhere a `code` is the name of a problem.
const SECRET_CODES: &[&str] = &["FactorProof", "MfaVerification", "Reauthentication", "TotpCode"];

/// What sounds like a secret and is none.
const HARMLESS: &[&str] = &[
    "FieldError.code",
    "Login.token_delivery",
    "MfaStatus.recovery_codes_remaining",
    "Problem.code",
    "TokenPair.token_type",
];

/// What makes a name sound like a secret.
const SOUNDS: &[&str] = &["token", "secret", "password", "code", "key"];

/// Whether the field holds a secret. A field that sounds like one has to be listed.
pub(crate) fn is_secret(owner: &str, field: &str, schema: &Schema) -> Result<bool, Error> {
    let listed = SECRET.contains(&field) || (field == "code" && SECRET_CODES.contains(&owner));
    if listed || schema.format.as_deref() == Some("password") {
        return Ok(true);
    }
    let name = format!("{owner}.{field}");
    let sounds = SOUNDS.iter().any(|sound| field.contains(sound));
    let named = schema.reference.is_some() || schema.items.as_ref().is_some_and(|items| items.reference.is_some());
    if sounds && !named && !HARMLESS.contains(&name.as_str()) {
        return Err(Error::Undecided(name));
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_a_secret_wherever_it_is() {
        let schema = Schema { format: Some("password".to_owned()), ..Schema::default() };
        assert!(is_secret("Anything", "phrase", &schema).unwrap());
    }

    #[test]
    fn a_code_is_a_secret_where_it_is_one_of_the_second_factor() {
        assert!(is_secret("TotpCode", "code", &Schema::default()).unwrap());
        assert!(!is_secret("Problem", "code", &Schema::default()).unwrap());
    }

    #[test]
    fn what_sounds_like_a_secret_has_to_be_decided() {
        let error = is_secret("Webhook", "signing_secret", &Schema::default()).unwrap_err();
        assert!(matches!(error, Error::Undecided(name) if name == "Webhook.signing_secret"));
    }
}
