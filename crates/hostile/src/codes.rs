//! Codes of the second factor, and one-time tokens.

use secrecy::ExposeSecret as _;
use voxgate_crypto::TotpCodes;
use voxgate_domain::factor::TotpSecret;
use voxgate_domain::ports::OneTimeCodes as _;
use voxgate_domain::{OneTimeCode, RecoveryCode, SecretToken, Timestamp};

pub(super) fn codes(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(code) = OneTimeCode::parse(text) {
        assert!(code.expose().len() == OneTimeCode::DIGITS && code.expose().bytes().all(|byte| byte.is_ascii_digit()));
        again(OneTimeCode::parse(code.expose()).ok().as_ref().map(OneTimeCode::expose), code.expose());
        let secret = TotpSecret::from_bytes(vec![b'k'; TotpSecret::BYTES].into());
        let step = secret.and_then(|secret| TotpCodes.matching_step(&secret, &code, Timestamp::EPOCH, 1));
        assert!(step.is_none_or(|step| step <= 1), "a step that is more than one away");
    }
    if let Some(code) = RecoveryCode::presented(text) {
        let token = |code: &RecoveryCode| code.as_token().map(|token| token.expose().to_owned());
        assert!(token(&code).is_some_and(|token| token.bytes().all(|byte| byte.is_ascii_alphanumeric())));
        // However it is written, it is the same.
        let grouped = code.grouped();
        let small = grouped.expose_secret().to_ascii_lowercase();
        for written in [grouped.expose_secret(), small.as_str()].into_iter().filter(|written| written.len() <= 64) {
            assert_eq!(RecoveryCode::presented(written).as_ref().and_then(token), token(&code));
        }
    }
    if let Some(token) = SecretToken::presented(text) {
        assert!(token.expose().bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')));
        again(SecretToken::presented(token.expose()).as_ref().map(SecretToken::expose), token.expose());
    }
}

fn again(read: Option<&str>, text: &str) {
    assert_eq!(read, Some(text), "it reads otherwise the second time");
}
