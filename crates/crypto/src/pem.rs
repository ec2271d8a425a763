//! PKCS#8 private keys in PEM (RFC 7468, section 10), without leaving copies of the key behind.

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
