//! Which fields hold secrets. The document says so of passwords alone, so the rest is listed here.

use crate::Error;
use crate::document::{Kind, Schema};

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
const HARMLESS: &[&str] = &["FieldError.code", "Problem.code", "ServiceToken.token_type", "TokenPair.token_type"];

/// What makes a name sound like a secret.
const SOUNDS: &[&str] = &["token", "secret", "password", "code", "key"];

/// Whether the field holds a secret. A field that sounds like one has to be listed.
pub(crate) fn is_secret(owner: &str, field: &str, schema: &Schema) -> Result<bool, Error> {
    let listed = SECRET.contains(&field) || (field == "code" && SECRET_CODES.contains(&owner));
    if listed || schema.format.as_deref() == Some("password") {
        return Ok(true);
    }
    let name = format!("{owner}.{field}");
    if SOUNDS.iter().any(|sound| field.contains(sound)) && is_text(schema) && !HARMLESS.contains(&name.as_str()) {
        return Err(Error::Undecided(name));
    }
    Ok(false)
}

/// Whether it is free text, or a list of it: nothing else can be a secret.
fn is_text(schema: &Schema) -> bool {
    if let Some(items) = &schema.items {
        return is_text(items);
    }
    let textual = match &schema.kind {
        Some(Kind::One(kind)) => kind == "string",
        Some(Kind::Several(kinds)) => kinds.iter().any(|kind| kind == "string"),
        None => false,
    };
    textual && schema.format.is_none() && schema.values.is_none()
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
        let text = || Some(Kind::One("string".to_owned()));
        let schema = Schema { kind: text(), ..Schema::default() };
        let error = is_secret("Webhook", "signing_secret", &schema).unwrap_err();
        assert!(matches!(error, Error::Undecided(name) if name == "Webhook.signing_secret"));
        let time = Schema { kind: text(), format: Some("date-time".to_owned()), ..Schema::default() };
        assert!(!is_secret("Webhook", "signing_secret_until", &time).unwrap());
    }
}
