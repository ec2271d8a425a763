//! argon2id, RS256 tokens and their key ring, one-time codes, field encryption and randomness behind the ports of the domain.
//!
//! - **Is**: the adapters of [`PasswordHasher`](voxgate_domain::ports::PasswordHasher),
//!   [`TokenIssuer`](voxgate_domain::ports::TokenIssuer), [`TokenVerifier`](voxgate_domain::ports::TokenVerifier),
//!   [`TokenHasher`](voxgate_domain::ports::TokenHasher), [`FieldCipher`](voxgate_domain::ports::FieldCipher),
//!   [`OneTimeCodes`](voxgate_domain::ports::OneTimeCodes),
//!   [`PasswordStrength`](voxgate_domain::ports::PasswordStrength), [`Entropy`](voxgate_domain::ports::Entropy) and
//!   [`Clock`](voxgate_domain::ports::Clock), and the key files they need.
//! - **Is not**: a decision. When a key is rotated, who may log in and what a token is good for is decided elsewhere.
//! - **May depend on it**: the binary alone; everything else sees the ports.
//!
//! How a token is checked stands in `voxgate-verify`, which services beside Voxgate link too.
//!
//! Signatures, encryption, digests and randomness come from aws-lc-rs, password hashing from the RustCrypto `argon2`,
//! one-time codes from `totp-rs`.
//!
//! # Files
//!
//! | file | what | mode |
//! | --- | --- | --- |
//! | `<JWT_KEYS_DIR>/` | everything below | 0700 |
//! | `<kid>.pem` | an RSA private key in PKCS#8, named by its RFC 7638 thumbprint | 0600 |
//! | `ring.json` | when each key begins to sign, until when it verifies, and who made it | 0600 |
//! | `encryption.keys` | the field encryption ring of a development machine | 0600 |
//! | `audit/` | a ring of its own for the seals of the audit trail; each key also as `<kid>.pub.pem` | 0700 |
//! | `audit/head.json` | the newest seal | 0600 |

mod argon2_hasher;
mod argon2_settings;
mod clock;
mod encryption_keys;
mod entropy;
mod field_cipher;
mod hashing_pool;
mod jwt;
mod jwt_issuer;
mod jwt_verifier;
mod key_ring;
mod pem;
mod private_files;
mod published_key;
mod seal_anchor;
mod seal_keys;
mod sha256_digest;
mod signing_key;
mod stored_hash;
mod strength;
mod token_hasher;
mod totp;

pub use argon2_hasher::Argon2Hasher;
pub use argon2_settings::{Argon2Settings, Argon2SettingsError, Pepper, PepperError};
pub use clock::SystemClock;
pub use encryption_keys::{EncryptionKeyError, EncryptionKeys};
pub use entropy::SystemEntropy;
pub use field_cipher::AesGcmCipher;
pub use hashing_pool::PoolGauges;
pub use jwt::JwtTokens;
pub use key_ring::{KeyInfo, KeyOrigin, KeyRing, KeyRingError, Rotation};
pub use private_files::PrivateFileError;
pub use seal_anchor::SealAnchorFile;
pub use seal_keys::{SealKeys, SealPublicKeys};
pub use sha256_digest::Sha256Digest;
pub use strength::ZxcvbnStrength;
pub use token_hasher::Sha256TokenHasher;
pub use totp::TotpCodes;
