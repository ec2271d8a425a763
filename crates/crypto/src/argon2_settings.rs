//! How passwords are hashed.

use std::fmt;
use std::num::NonZero;

use argon2::{KeyId, Params, ParamsBuilder};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::{ExposeSecret as _, SecretSlice};

/// How passwords are hashed: argon2id (RFC 9106) of version 1.3 with these costs.
///
/// The default is the second recommendation of the OWASP Password Storage Cheat Sheet, 19 MiB and two passes, with as
/// many threads as the machine has cores and 256 jobs that may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argon2Settings {
    memory_kib: u32,
    iterations: u32,
    parallelism: u32,
    threads: usize,
    queue: usize,
}

/// Why settings for hashing are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Argon2SettingsError {
    /// Less memory than resists guessing on graphics cards, or more than a login may take.
    #[error("memory must be {} to {} KiB", Argon2Settings::MEMORY_KIB.0, Argon2Settings::MEMORY_KIB.1)]
    Memory,
    /// Too few or too many passes.
    #[error("iterations must be {} to {}", Argon2Settings::ITERATIONS.0, Argon2Settings::ITERATIONS.1)]
    Iterations,
    /// Too few or too many lanes.
    #[error("parallelism must be {} to {}", Argon2Settings::PARALLELISM.0, Argon2Settings::PARALLELISM.1)]
    Parallelism,
    /// Few costs at once: weaker than any recommendation.
    #[error("memory (KiB) times iterations must be at least 35840, such as 19456 with 2 or 47104 with 1")]
    TooWeak,
    /// Too few or too many threads.
    #[error("threads must be 1 to 1024")]
    Threads,
    /// Too short or too long a queue.
    #[error("the queue must have room for 1 to 65536 jobs")]
    Queue,
}

impl Argon2Settings {
    /// The least and the most memory of one hash, in KiB.
    pub const MEMORY_KIB: (u32, u32) = (7_168, 1_048_576);
    /// The fewest and the most passes.
    pub const ITERATIONS: (u32, u32) = (1, 16);
    /// The fewest and the most lanes. They are computed one after the other: more lanes cost an attacker nothing.
    pub const PARALLELISM: (u32, u32) = (1, 16);
    /// The least product of memory in KiB and passes among the recommendations of the OWASP cheat sheet, which has
    /// 46 MiB × 1, 19 MiB × 2, 12 MiB × 3, 9 MiB × 4 and 7 MiB × 5, the last of which is the least.
    const MIN_WORK: u32 = 35_840;

    /// Settings with the given costs and the default threads and queue.
    ///
    /// # Errors
    ///
    /// An [`Argon2SettingsError`] that says which bound was passed.
    pub fn new(memory_kib: u32, iterations: u32, parallelism: u32) -> Result<Self, Argon2SettingsError> {
        let within = |value: u32, (least, most): (u32, u32)| (least..=most).contains(&value);
        if !within(memory_kib, Self::MEMORY_KIB) {
            return Err(Argon2SettingsError::Memory);
        }
        if !within(iterations, Self::ITERATIONS) {
            return Err(Argon2SettingsError::Iterations);
        }
        if !within(parallelism, Self::PARALLELISM) {
            return Err(Argon2SettingsError::Parallelism);
        }
        if memory_kib.saturating_mul(iterations) < Self::MIN_WORK {
            return Err(Argon2SettingsError::TooWeak);
        }
        Ok(Self { memory_kib, iterations, parallelism, ..Self::default() })
    }

    /// The same with `threads` threads, each of which holds the memory of one hash.
    ///
    /// # Errors
    ///
    /// [`Argon2SettingsError::Threads`] for none or more than 1024.
    pub fn with_threads(self, threads: usize) -> Result<Self, Argon2SettingsError> {
        if (1..=1_024).contains(&threads) { Ok(Self { threads, ..self }) } else { Err(Argon2SettingsError::Threads) }
    }

    /// The same with room for `queue` waiting jobs.
    ///
    /// # Errors
    ///
    /// [`Argon2SettingsError::Queue`] for none or more than 65536.
    pub fn with_queue(self, queue: usize) -> Result<Self, Argon2SettingsError> {
        if (1..=65_536).contains(&queue) { Ok(Self { queue, ..self }) } else { Err(Argon2SettingsError::Queue) }
    }

    /// Costs too low for a service, for tests that are not about them.
    #[cfg(test)]
    pub(crate) const fn weak(threads: usize, queue: usize) -> Self {
        Self { memory_kib: 64, iterations: 1, parallelism: 1, threads, queue }
    }

    /// Memory of one hash, in KiB.
    #[must_use]
    pub const fn memory_kib(&self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    #[must_use]
    pub const fn iterations(&self) -> u32 {
        self.iterations
    }

    /// Lanes.
    #[must_use]
    pub const fn parallelism(&self) -> u32 {
        self.parallelism
    }

    /// Threads that hash.
    #[must_use]
    pub const fn threads(&self) -> usize {
        self.threads
    }

    /// Jobs that may wait for a thread.
    #[must_use]
    pub const fn queue(&self) -> usize {
        self.queue
    }

    /// The parameters for the argon2 crate; `pepper` leaves its id in them.
    pub(crate) fn params(&self, pepper: Option<&Pepper>) -> Result<Params, argon2::Error> {
        let mut builder = ParamsBuilder::new();
        builder.m_cost(self.memory_kib).t_cost(self.iterations).p_cost(self.parallelism);
        builder.output_len(Params::DEFAULT_OUTPUT_LEN);
        if let Some(pepper) = pepper {
            builder.keyid(KeyId::new(pepper.id.as_bytes())?);
        }
        builder.build()
    }
}

impl Default for Argon2Settings {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(2, NonZero::get).min(1_024);
        Self { memory_kib: 19_456, iterations: 2, parallelism: 1, threads, queue: 256 }
    }
}

/// A secret that goes into every hash beside the password, so that a stolen database alone cannot be guessed at
/// (RFC 9106, section 3.1, the secret value K). Its id stands in the PHC string, so that it can be replaced.
#[derive(Clone)]
pub struct Pepper {
    id: String,
    secret: SecretSlice<u8>,
}

/// Why a pepper is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PepperError {
    /// The id does not fit into a PHC string.
    #[error("the id of a pepper must be 1 to 8 letters, digits, hyphens or underscores")]
    Id,
    /// The secret is guessable or absurdly long.
    #[error("a pepper must have 16 to 1024 bytes")]
    Secret,
}

impl Pepper {
    /// A pepper and its id.
    ///
    /// # Errors
    ///
    /// A [`PepperError`] for an id that a PHC string cannot hold, or a secret shorter than 128 bits.
    pub fn new(id: &str, secret: SecretSlice<u8>) -> Result<Self, PepperError> {
        let sane = id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        if !sane || !(1..=KeyId::MAX_LEN).contains(&id.len()) {
            return Err(PepperError::Id);
        }
        if !(16..=1_024).contains(&secret.expose_secret().len()) {
            return Err(PepperError::Secret);
        }
        Ok(Self { id: id.to_owned(), secret })
    }

    /// The id in the base64 of a PHC string.
    pub(crate) fn encoded_id(&self) -> String {
        STANDARD_NO_PAD.encode(&self.id)
    }

    pub(crate) fn secret(&self) -> &[u8] {
        self.secret.expose_secret()
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pepper({}, …)", self.id)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(19_456, 2, 1, None)]
    #[case(47_104, 1, 1, None)]
    #[case(7_168, 5, 1, None)]
    #[case(7_168, 4, 1, Some(Argon2SettingsError::TooWeak))]
    #[case(19_456, 1, 1, Some(Argon2SettingsError::TooWeak))]
    #[case(64, 16, 1, Some(Argon2SettingsError::Memory))]
    #[case(u32::MAX, 1, 1, Some(Argon2SettingsError::Memory))]
    #[case(19_456, 0, 1, Some(Argon2SettingsError::Iterations))]
    #[case(19_456, 2, 0, Some(Argon2SettingsError::Parallelism))]
    fn costs_are_bounded(#[case] m: u32, #[case] t: u32, #[case] p: u32, #[case] error: Option<Argon2SettingsError>) {
        assert_eq!(Argon2Settings::new(m, t, p).err(), error);
    }

    #[test]
    fn there_is_a_thread_and_room_to_wait() {
        let settings = Argon2Settings::default();
        assert_eq!(settings.with_threads(0), Err(Argon2SettingsError::Threads));
        assert_eq!(settings.with_queue(0), Err(Argon2SettingsError::Queue));
        assert!(settings.threads() >= 1 && settings.queue() == 256);
    }

    #[test]
    fn a_pepper_is_long_enough_and_does_not_print() {
        let secret = |text: &str| SecretSlice::from(text.as_bytes().to_vec());
        let pepper = Pepper::new("p1", secret("marked-secret-of-32-bytes-or-so")).unwrap();
        assert!(!format!("{pepper:?}").contains("marked"));
        assert_eq!(Pepper::new("p1", secret("short")).unwrap_err(), PepperError::Secret);
        assert_eq!(Pepper::new("nine-char", secret("0123456789abcdef")).unwrap_err(), PepperError::Id);
    }
}
