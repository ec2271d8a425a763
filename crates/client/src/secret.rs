//! Text that must not be seen.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A password, token or code. It does not print, is not compared, and is wiped from memory when it is dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// The text, for where it has to go.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use crate::types::{Login, TokenPair};

    #[test]
    fn a_secret_is_sent_and_not_printed() {
        let login = Login::new("ada@example.org", "violet-Otter7-harbour");
        assert!(serde_json::to_string(&login).unwrap().contains("violet-Otter7-harbour"));
        assert!(!format!("{login:?}").contains("violet"));
    }

    #[test]
    fn a_token_pair_does_not_print_its_tokens() {
        let pair: TokenPair = serde_json::from_str(
            r#"{"access_token": "marked-a", "token_type": "Bearer", "expires_in": 900, "refresh_token": "marked-r",
                "refresh_expires_in": 604800, "session_id": "019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d"}"#,
        )
        .unwrap();
        assert_eq!(pair.access_token.expose(), "marked-a");
        assert!(!format!("{pair:?}").contains("marked"), "{pair:?}");
    }
}
