//! Keys in PEM (RFC 7468): PKCS#8 private ones, without leaving copies of the key behind, and public ones.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";
/// Characters in a line of base64 (RFC 7468, section 2).
const LINE: usize = 64;

/// `der` as PEM.
pub(crate) fn encode(der: &[u8]) -> Zeroizing<String> {
    let base64 = Zeroizing::new(STANDARD.encode(der));
    let lines = base64.len() / LINE + 1;
    let mut pem = Zeroizing::new(String::with_capacity(BEGIN.len() + END.len() + base64.len() + lines + 3));
    pem.push_str(BEGIN);
    for (i, c) in base64.chars().enumerate() {
        if i % LINE == 0 {
            pem.push('\n');
        }
        pem.push(c);
    }
    pem.push('\n');
    pem.push_str(END);
    pem.push('\n');
    pem
}

/// The DER inside `pem`, or `None` when it is not one PEM block labelled `PRIVATE KEY`.
pub(crate) fn decode(pem: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let text = str::from_utf8(pem).ok()?.trim();
    let body = text.strip_prefix(BEGIN)?.strip_suffix(END)?;
    let mut base64 = Zeroizing::new(String::with_capacity(body.len()));
    base64.extend(body.chars().filter(|c| !c.is_ascii_whitespace()));
    // Decoding is given room for all of it: growing would leave copies behind.
    let mut der = Zeroizing::new(Vec::with_capacity(body.len()));
    STANDARD.decode_vec(base64.as_str(), &mut der).ok()?;
    Some(der)
}

const BEGIN_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----";
const END_PUBLIC: &str = "-----END PUBLIC KEY-----";

/// A public key as PEM (RFC 7468, section 13). It is no secret, and copies of it may stay.
pub(crate) fn encode_public(der: &[u8]) -> String {
    let base64: Vec<char> = STANDARD.encode(der).chars().collect();
    let lines: Vec<String> = base64.chunks(LINE).map(|line| line.iter().collect()).collect();
    format!("{BEGIN_PUBLIC}\n{}\n{END_PUBLIC}\n", lines.join("\n"))
}

/// The DER of each public key in `text`, or `None` when there is anything else in it.
pub(crate) fn decode_public(text: &str) -> Option<Vec<Vec<u8>>> {
    let mut ders = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (body, after) = rest.strip_prefix(BEGIN_PUBLIC)?.split_once(END_PUBLIC)?;
        let base64: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        ders.push(STANDARD.decode(base64).ok()?);
        rest = after.trim();
    }
    Some(ders)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_back_in_lines_of_64() {
        for length in [1, 47, 48, 49, 1_200] {
            let der: Vec<u8> = (0..length).map(|i| u8::try_from(i % 251).unwrap()).collect();
            let pem = encode(&der);
            assert!(pem.lines().all(|line| line.len() <= LINE));
            assert_eq!(decode(pem.as_bytes()).unwrap().as_slice(), der);
        }
    }

    #[test]
    fn other_labels_and_torn_files_are_refused() {
        let pem = encode(b"key");
        assert!(decode(pem.replace("PRIVATE", "PUBLIC").as_bytes()).is_none());
        assert!(decode(&pem.as_bytes()[..pem.len() - 10]).is_none());
        assert!(decode(pem.repeat(2).as_bytes()).is_none());
        assert!(decode(b"").is_none());
    }
}
