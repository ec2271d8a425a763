//! Encryption of stored fields.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce};
use secrecy::SecretSlice;
use voxgate_domain::ports::{CipherError, FieldCipher};
use zeroize::Zeroizing;

use crate::encryption_keys::EncryptionKeys;

/// AES-256-GCM (NIST SP 800-38D) with a ring of keys.
///
/// What is sealed is, in this order: a byte 1 for this format, the length of the key's id in a byte, the id, a random
/// nonce of 96 bits, the ciphertext and its tag of 128 bits. Format, id and context are authenticated with it.
///
/// Nonces are random, so a key should seal no more than 2^32 fields (section 8.3 of the same).
#[derive(Debug)]
pub struct AesGcmCipher {
    keys: EncryptionKeys,
}

const FORMAT: u8 = 1;

impl AesGcmCipher {
    /// A cipher with the keys of `keys`.
    #[must_use]
    pub const fn new(keys: EncryptionKeys) -> Self {
        Self { keys }
    }
}

impl FieldCipher for AesGcmCipher {
    fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, CipherError> {
        let (id, key) = self.keys.current().ok_or_else(|| failed("there is no key"))?;
        let mut nonce = [0; NONCE_LEN];
        aws_lc_rs::rand::fill(&mut nonce).map_err(failed)?;
        // Room for the tag as well: growing would leave a copy of the plain text behind.
        let mut body = Zeroizing::new(Vec::with_capacity(plain.len() + AES_256_GCM.tag_len()));
        body.extend_from_slice(plain);
        let nonce_to_use = Nonce::assume_unique_for_key(nonce);
        key.seal_in_place_append_tag(nonce_to_use, Aad::from(aad(id, context)), &mut *body).map_err(failed)?;

        let mut sealed = Vec::with_capacity(2 + id.len() + NONCE_LEN + body.len());
        sealed.push(FORMAT);
        sealed.push(u8::try_from(id.len()).map_err(failed)?);
        sealed.extend_from_slice(id.as_bytes());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        Ok(sealed)
    }

    fn open(&self, context: &str, sealed: &[u8]) -> Result<SecretSlice<u8>, CipherError> {
        let Sealed { id, nonce, body } = Sealed::parse(sealed).ok_or(CipherError::NotAuthentic)?;
        let key = self.keys.find(id).ok_or_else(|| CipherError::UnknownKey { key_id: id.to_owned() })?;
        let mut body = Zeroizing::new(body.to_vec());
        let plain = key
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(aad(id, context)), &mut body)
            .map_err(|_| CipherError::NotAuthentic)?;
        Ok(SecretSlice::from(plain.to_vec()))
    }

    fn is_current(&self, sealed: &[u8]) -> bool {
        Sealed::parse(sealed).is_some_and(|sealed| sealed.id == self.keys.current_id())
    }
}

/// The parts of what was sealed.
struct Sealed<'a> {
    id: &'a str,
    nonce: [u8; NONCE_LEN],
    body: &'a [u8],
}

impl<'a> Sealed<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (&[format, length], rest) = bytes.split_first_chunk()?;
        let (id, rest) = rest.split_at_checked(usize::from(length))?;
        let (nonce, body) = rest.split_first_chunk()?;
        let id = str::from_utf8(id).ok().filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_graphic()))?;
        (format == FORMAT && body.len() >= AES_256_GCM.tag_len()).then_some(Self { id, nonce: *nonce, body })
    }
}

/// What is authenticated beside the text. The id's length comes first, so that no id and context read as another pair.
fn aad(id: &str, context: &str) -> Vec<u8> {
    let length = u8::try_from(id.len()).unwrap_or(u8::MAX);
    [b"voxgate field\0".as_slice(), &[FORMAT, length], id.as_bytes(), context.as_bytes()].concat()
}

fn failed(cause: impl Into<voxgate_domain::ports::Cause>) -> CipherError {
    CipherError::Failed(cause.into())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    const OLD: &str = "k1:bWFya2VkLXNlY3JldC1vZi0zMi1ieXRlcy0wMTIzNDU=";
    const NEW: &str = "k2:b3RoZXItLXNlY3JldC1vZi0zMi1ieXRlcy0wMTIzNDU=";

    fn cipher(ring: &str) -> AesGcmCipher {
        AesGcmCipher::new(EncryptionKeys::parse(ring).unwrap())
    }

    #[test]
    fn what_was_sealed_opens_in_its_context_alone() {
        let cipher = cipher(OLD);
        for plain in [b"".as_slice(), b"JBSWY3DPEHPK3PXP", &[0; 5_000]] {
            let sealed = cipher.seal("factor/1", plain).unwrap();
            assert_eq!(cipher.open("factor/1", &sealed).unwrap().expose_secret(), plain);
            assert!(matches!(cipher.open("factor/2", &sealed), Err(CipherError::NotAuthentic)));
        }
        let one = cipher.seal("a", b"same").unwrap();
        assert_ne!(one, cipher.seal("a", b"same").unwrap(), "nonces differ");
    }

    #[test]
    fn a_flipped_bit_anywhere_is_refused() {
        let cipher = cipher(&format!("{OLD},{NEW}"));
        let sealed = cipher.seal("factor/1", b"JBSWY3DPEHPK3PXP").unwrap();
        for position in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[position / 8] ^= 1 << (position % 8);
            assert!(cipher.open("factor/1", &changed).is_err(), "bit {position}");
        }
        for length in 0..sealed.len() {
            assert!(cipher.open("factor/1", &sealed[..length]).is_err(), "cut to {length}");
        }
        assert!(cipher.open("factor/1", &[&sealed[..], b"x"].concat()).is_err());
    }

    #[test]
    fn after_a_rotation_the_old_key_still_opens_and_the_new_one_seals() {
        let (before, after) = (cipher(OLD), cipher(&format!("{NEW},{OLD}")));
        let old = before.seal("c", b"secret").unwrap();
        let new = after.seal("c", b"secret").unwrap();
        assert_eq!(after.open("c", &old).unwrap().expose_secret(), b"secret");
        assert!(after.is_current(&new) && !after.is_current(&old) && !after.is_current(b""));
        assert!(matches!(before.open("c", &new), Err(CipherError::UnknownKey { key_id }) if key_id == "k2"));
    }

    #[test]
    fn the_id_of_another_key_does_not_open_it() {
        let cipher = cipher(&format!("{OLD},{NEW}"));
        let mut sealed = cipher.seal("c", b"secret").unwrap();
        sealed[3] = b'2';
        assert!(matches!(cipher.open("c", &sealed), Err(CipherError::NotAuthentic)));
    }
}
