//! Codes by the vectors of RFC 6238, and by another program.

use std::process::Command;

use rstest::rstest;
use secrecy::ExposeSecret as _;

use super::*;

fn secret(bytes: &[u8]) -> TotpSecret {
    TotpSecret::from_bytes(bytes.to_vec().into()).unwrap()
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_unix_micros(i64::try_from(seconds).unwrap() * 1_000_000).unwrap()
}

fn code(digits: &str) -> OneTimeCode {
    OneTimeCode::parse(digits).unwrap()
}

fn base32(secret: &TotpSecret) -> String {
    let email = EmailAddress::parse("ada@example.org").unwrap();
    TotpCodes.invitation(secret, &email).unwrap().secret.expose_secret().to_owned()
}

/// RFC 6238, appendix B, the rows of SHA-1; of its eight digits the last six.
#[rstest]
#[case(59, "287082")]
#[case(1_111_111_109, "081804")]
#[case(1_111_111_111, "050471")]
#[case(1_234_567_890, "005924")]
#[case(2_000_000_000, "279037")]
#[case(20_000_000_000, "353130")]
fn the_vectors_of_rfc_6238_match(#[case] seconds: u64, #[case] digits: &str) {
    let secret = secret(b"12345678901234567890");
    assert_eq!(TotpCodes.matching_step(&secret, &code(digits), at(seconds), 0), Some(seconds / 30));
}

#[test]
fn a_code_matches_one_step_early_and_late_and_no_further() {
    let secret = secret(b"12345678901234567890");
    let step = 1_111_111_109_u64 / 30;
    for (off, found) in [(-2_i64, None), (-1, Some(step)), (0, Some(step)), (1, Some(step)), (2, None)] {
        let now = at((step.cast_signed() + off).cast_unsigned() * 30 + 29);
        assert_eq!(TotpCodes.matching_step(&secret, &code("081804"), now, 1), found, "{off}");
    }
    assert_eq!(TotpCodes.matching_step(&secret, &code("081805"), at(1_111_111_109), 1), None);
}

#[test]
fn the_codes_are_those_of_oathtool() {
    for seconds in [0, 59, 1_700_000_000, 1_800_000_015, 4_000_000_000] {
        let secret = TotpCodes.generate_secret();
        let told = Command::new("oathtool")
            .args(["--totp=sha1", "--base32", "--digits=6", "--time-step-size=30s"])
            .arg(format!("--now=@{seconds}"))
            .arg(base32(&secret))
            .output()
            .unwrap_or_else(|error| panic!("oathtool does not run ({error}): sudo apt-get install -y oathtool"));
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        let digits = String::from_utf8(told.stdout).unwrap();
        let step = TotpCodes.matching_step(&secret, &code(digits.trim()), at(seconds), 0);
        assert_eq!(step, Some(seconds / 30), "{seconds}");
    }
}

#[test]
fn an_app_takes_the_secret_over_in_three_ways() {
    let email = EmailAddress::parse("Ada+mfa@example.org").unwrap();
    let invitation = TotpCodes.invitation(&secret(b"12345678901234567890"), &email).unwrap();
    let in_base32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    assert_eq!(invitation.secret.expose_secret(), in_base32);
    let uri = invitation.otpauth_uri.expose_secret();
    assert_eq!(uri, &format!("otpauth://totp/Voxgate:Ada%2Bmfa%40example.org?secret={in_base32}&issuer=Voxgate"));
    let svg = invitation.qr_svg.expose_secret();
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>") && !svg.contains("<script"), "{svg}");
    assert!(!format!("{invitation:?}").contains(in_base32));
}

#[test]
fn an_address_with_a_colon_has_a_label_too() {
    let email = EmailAddress::parse("\"a:b\"@example.org");
    let Ok(email) = email else { return };
    assert!(TotpCodes.invitation(&TotpCodes.generate_secret(), &email).is_ok());
}

#[test]
fn no_two_secrets_are_alike() {
    assert_ne!(TotpCodes.generate_secret().expose(), TotpCodes.generate_secret().expose());
}
