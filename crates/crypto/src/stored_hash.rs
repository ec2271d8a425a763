//! Hashes as they are stored: PHC strings of argon2, ours and imported ones.

use argon2::password_hash::phc::{Ident, Output, ParamsString, PasswordHash as Phc, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::argon2_settings::{Argon2Settings, Pepper};
use crate::hashing_pool::{Memory, OutOfMemory};

/// Why a hash was not computed. No message has anything of the password or the hash in it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HashFault {
    #[error("the stored hash is no PHC string of argon2")]
    NotArgon2,
    #[error("the stored hash demands more memory or passes than a login may take")]
    TooCostly,
    #[error("the stored hash was made with the pepper {0:?}, which is not configured")]
    UnknownPepper(String),
    #[error(transparent)]
    Memory(#[from] OutOfMemory),
    #[error("argon2: {0}")]
    Argon2(#[from] argon2::Error),
    #[error("no random salt")]
    NoEntropy,
}

/// The most that a stored hash may demand; an absurd one would otherwise stop the service for everybody.
const MAX_MEMORY_KIB: u32 = 262_144;
/// Memory in KiB times passes: sixteen times the default costs and some.
const MAX_WORK: u64 = 1_048_576;
/// Lanes; each has a lower bound of memory too.
const MAX_LANES: u32 = 64;

/// Random bytes in a salt (RFC 9106, section 3.1, recommends 16).
const SALT_BYTES: usize = 16;

/// A hash that was parsed and whose demands are bounded.
#[derive(Clone, Debug)]
pub(crate) struct StoredHash {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    pepper_id: Option<String>,
    salt: Salt,
    output: Output,
}

impl StoredHash {
    /// Parses a PHC string of argon2d, argon2i or argon2id.
    pub(crate) fn parse(phc: &str) -> Result<Self, HashFault> {
        let phc = Phc::new(phc).map_err(|_| HashFault::NotArgon2)?;
        let algorithm = Algorithm::try_from(phc.algorithm.as_str()).map_err(|_| HashFault::NotArgon2)?;
        // Strings of before version 1.3 name none (the reference implementation's encoding).
        let version = phc.version.map_or(Ok(Version::V0x10), Version::try_from).map_err(|_| HashFault::NotArgon2)?;
        let params = Params::try_from(&phc).map_err(|_| HashFault::NotArgon2)?;
        let work = u64::from(params.m_cost()) * u64::from(params.t_cost());
        if params.m_cost() > MAX_MEMORY_KIB || work > MAX_WORK || params.p_cost() > MAX_LANES {
            return Err(HashFault::TooCostly);
        }
        let pepper_id = phc.params.get_str("keyid").map(str::to_owned);
        let (Some(salt), Some(output)) = (phc.salt, phc.hash) else { return Err(HashFault::NotArgon2) };
        if salt.len() < argon2::MIN_SALT_LEN {
            return Err(HashFault::NotArgon2);
        }
        Ok(Self { algorithm, version, params, pepper_id, salt, output })
    }

    /// Whether `password` makes the same hash.
    pub(crate) fn matches(&self, password: &[u8], peppers: &[Pepper], memory: &mut Memory) -> Result<bool, HashFault> {
        let pepper = match &self.pepper_id {
            None => None,
            Some(id) => {
                let known = peppers.iter().find(|pepper| pepper.encoded_id() == *id);
                Some(known.ok_or_else(|| HashFault::UnknownPepper(id.clone()))?)
            }
        };
        let argon2 = context(self.algorithm, self.version, &self.params, pepper)?;
        let mut output = Zeroizing::new([0; Output::MAX_LENGTH]);
        let output = output.get_mut(..self.output.len()).ok_or(HashFault::NotArgon2)?;
        let blocks = memory.blocks(self.params.block_count())?;
        argon2.hash_password_into_with_memory(password, &self.salt, output, blocks)?;
        Ok(self.output.as_bytes().ct_eq(output).into())
    }

    /// Whether a hash made today would differ in more than its salt.
    pub(crate) fn is_outdated(&self, settings: &Argon2Settings, pepper: Option<&Pepper>) -> bool {
        let costs = (self.params.m_cost(), self.params.t_cost(), self.params.p_cost());
        self.algorithm != Algorithm::Argon2id
            || self.version != Version::V0x13
            || costs != (settings.memory_kib(), settings.iterations(), settings.parallelism())
            || self.pepper_id != pepper.map(Pepper::encoded_id)
            || self.output.len() != Params::DEFAULT_OUTPUT_LEN
            || self.salt.len() < SALT_BYTES
    }
}

/// The PHC string of a new hash of `password` with a random salt.
pub(crate) fn make(
    password: &[u8],
    settings: &Argon2Settings,
    pepper: Option<&Pepper>,
    memory: &mut Memory,
) -> Result<String, HashFault> {
    let mut salt = [0; SALT_BYTES];
    aws_lc_rs::rand::fill(&mut salt).map_err(|_| HashFault::NoEntropy)?;
    let params = settings.params(pepper)?;
    let argon2 = context(Algorithm::Argon2id, Version::V0x13, &params, pepper)?;
    let mut output = Zeroizing::new([0; Params::DEFAULT_OUTPUT_LEN]);
    let blocks = memory.blocks(params.block_count())?;
    argon2.hash_password_into_with_memory(password, &salt, output.as_mut_slice(), blocks)?;
    encode(&params, &salt, output.as_slice()).ok_or(HashFault::NotArgon2)
}

/// A hash with today's costs that no password is known for: comparing with it takes the work of any other.
pub(crate) fn decoy(settings: &Argon2Settings, pepper: Option<&Pepper>) -> Result<StoredHash, HashFault> {
    let mut random = [0; SALT_BYTES + Params::DEFAULT_OUTPUT_LEN];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| HashFault::NoEntropy)?;
    let (salt, output) = random.split_at(SALT_BYTES);
    let phc = encode(&settings.params(pepper)?, salt, output).ok_or(HashFault::NotArgon2)?;
    StoredHash::parse(&phc)
}

fn encode(params: &Params, salt: &[u8], output: &[u8]) -> Option<String> {
    let phc = Phc {
        algorithm: Ident::new(Algorithm::Argon2id.as_str()).ok()?,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(Output::new(output).ok()?),
    };
    Some(phc.to_string())
}

fn context<'a>(
    algorithm: Algorithm,
    version: Version,
    params: &Params,
    pepper: Option<&'a Pepper>,
) -> Result<Argon2<'a>, argon2::Error> {
    match pepper {
        None => Ok(Argon2::new(algorithm, version, params.clone())),
        Some(pepper) => Argon2::new_with_secret(pepper.secret(), algorithm, version, params.clone()),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Of the tests of the reference implementation (P-H-C/phc-winner-argon2, `src/test.c`).
    #[rstest]
    #[case("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    #[case("$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc")]
    #[case("$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8")]
    #[case("$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY")]
    fn known_hashes_of_other_programs_verify(#[case] phc: &str) {
        let stored = StoredHash::parse(phc).unwrap();
        let mut memory = Memory::default();
        assert!(stored.matches(b"password", &[], &mut memory).unwrap());
        assert!(!stored.matches(b"Password", &[], &mut memory).unwrap());
        assert!(stored.is_outdated(&Argon2Settings::default(), None));
    }

    #[rstest]
    #[case("$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    #[case("$argon2id$v=19$m=65536,t=4294967295,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    #[case("$argon2id$v=19$m=65536,t=1,p=4096$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    fn absurd_demands_are_refused_before_any_work(#[case] phc: &str) {
        assert!(matches!(StoredHash::parse(phc), Err(HashFault::TooCostly)));
    }

    #[rstest]
    #[case("")]
    #[case("plain")]
    #[case("$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW")]
    #[case("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ")]
    #[case("$argon2id$v=18$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    #[case("$argon2id$v=19$m=1,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    #[case("$argon2id$v=19$m=256,t=2,p=1,x=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    fn what_is_no_argon2_hash_is_refused(#[case] phc: &str) {
        assert!(matches!(StoredHash::parse(phc), Err(HashFault::NotArgon2)));
    }
}
