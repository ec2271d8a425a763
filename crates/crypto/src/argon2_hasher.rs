//! The password hasher.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use voxgate_domain::policy::NewPassword;
use voxgate_domain::ports::{HasherError, PasswordHasher, Verification};
use voxgate_domain::{Password, PasswordHash};

use crate::argon2_settings::{Argon2Settings, Pepper};
use crate::hashing_pool::{HashingPool, Memory, NotDone, PoolGauges};
use crate::stored_hash::{self, HashFault, StoredHash};

/// Hashes passwords with argon2id (RFC 9106) into PHC strings, on threads of its own.
///
/// It also verifies argon2d and argon2i hashes and other costs, by what their string says, and calls them outdated.
/// A hash of another algorithm is [`HasherError::Failed`].
pub struct Argon2Hasher {
    pool: HashingPool,
    config: Arc<Config>,
}

struct Config {
    settings: Argon2Settings,
    /// The first is the one of new hashes, when it is current.
    peppers: Vec<Pepper>,
    has_current_pepper: bool,
    decoy: StoredHash,
}

impl Config {
    fn pepper(&self) -> Option<&Pepper> {
        self.peppers.first().filter(|_| self.has_current_pepper)
    }
}

impl Argon2Hasher {
    /// Starts the threads; hashes have no pepper.
    ///
    /// # Errors
    ///
    /// [`HasherError::Failed`] when the threads cannot be started.
    pub fn new(settings: Argon2Settings) -> Result<Self, HasherError> {
        Self::with_peppers(settings, None, Vec::new())
    }

    /// Starts the threads. New hashes have the pepper `current`; those with a pepper of `former` still verify and are
    /// outdated.
    ///
    /// # Errors
    ///
    /// [`HasherError::Failed`] when the threads cannot be started.
    pub fn with_peppers(
        settings: Argon2Settings,
        current: Option<Pepper>,
        former: Vec<Pepper>,
    ) -> Result<Self, HasherError> {
        let decoy = stored_hash::decoy(&settings, current.as_ref()).map_err(failed)?;
        let keep_blocks = settings.params(None).map_err(failed)?.block_count();
        let pool = HashingPool::start(settings.threads(), settings.queue(), keep_blocks).map_err(failed)?;
        let has_current_pepper = current.is_some();
        let peppers = current.into_iter().chain(former).collect();
        Ok(Self { pool, config: Arc::new(Config { settings, peppers, has_current_pepper, decoy }) })
    }

    /// How busy the threads are, for metrics.
    #[must_use]
    pub fn gauges(&self) -> PoolGauges {
        self.pool.gauges()
    }

    /// When it is worth coming back, if a password would be refused now because the queue is full: so that nothing else
    /// need be done for whoever would be refused in the end. It counts as a refusal.
    #[must_use]
    pub fn full_for(&self) -> Option<Duration> {
        self.pool.full_for()
    }

    /// How many jobs wait for a thread.
    #[must_use]
    pub fn queue_depth(&self) -> usize {
        self.pool.gauges().queue_depth
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Config, &mut Memory) -> Result<T, HashFault> + Send + 'static,
    ) -> Result<T, HasherError> {
        let config = Arc::clone(&self.config);
        match self.pool.run(move |memory| job(&config, memory)).await {
            Ok(result) => result.map_err(failed),
            Err(NotDone::Full { retry_after }) => Err(HasherError::Overloaded { retry_after }),
            Err(NotDone::Lost) => Err(HasherError::Failed("the hashing thread gave up".into())),
        }
    }

    async fn make(&self, password: Password) -> Result<PasswordHash, HasherError> {
        let make = move |config: &Config, memory: &mut Memory| {
            stored_hash::make(password.expose().as_bytes(), &config.settings, config.pepper(), memory)
        };
        self.run(make).await.map(PasswordHash::from_phc)
    }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> HasherError {
    HasherError::Failed(Box::new(error))
}

#[async_trait]
impl PasswordHasher for Argon2Hasher {
    async fn hash(&self, password: &NewPassword) -> Result<PasswordHash, HasherError> {
        self.make(password.password().clone()).await
    }

    async fn verify<'a>(
        &self,
        password: &'a Password,
        hash: Option<&'a PasswordHash>,
    ) -> Result<Verification, HasherError> {
        let stored = hash.map(|hash| StoredHash::parse(hash.expose())).transpose().map_err(failed)?;
        let password = password.clone();
        self.run(move |config, memory| {
            let compared = stored.as_ref().unwrap_or(&config.decoy);
            let same = match compared.matches(password.expose().as_bytes(), &config.peppers, memory) {
                // Nobody can say whether it is right. It costs what a wrong one does, and is answered like one: an error
                // would tell that there is an account.
                Err(lost @ HashFault::UnknownPepper(_)) => {
                    tracing::error!(error = %lost, "a password cannot be verified: put its pepper back into PASSWORD_PEPPERS");
                    config.decoy.matches(password.expose().as_bytes(), &config.peppers, memory)?;
                    false
                }
                compared => compared?,
            };
            Ok(match stored {
                Some(stored) if same => {
                    Verification::Match { outdated: stored.is_outdated(&config.settings, config.pepper()) }
                }
                _ => Verification::Mismatch,
            })
        })
        .await
    }

    async fn rehash(&self, password: &Password) -> Result<PasswordHash, HasherError> {
        self.make(password.clone()).await
    }
}

impl fmt::Debug for Argon2Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Argon2Hasher").field("settings", &self.config.settings).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use secrecy::SecretSlice;

    use super::*;

    fn hasher() -> Argon2Hasher {
        Argon2Hasher::new(Argon2Settings::weak(2, 16)).unwrap()
    }

    fn password(text: &str) -> Password {
        Password::parse(text).unwrap()
    }

    fn pepper(id: &str) -> Pepper {
        Pepper::new(id, SecretSlice::from(format!("a long secret for pepper {id}").into_bytes())).unwrap()
    }

    const CURRENT: Result<Verification, ()> = Ok(Verification::Match { outdated: false });
    const OUTDATED: Result<Verification, ()> = Ok(Verification::Match { outdated: true });
    const MISMATCH: Result<Verification, ()> = Ok(Verification::Mismatch);

    async fn verify(hasher: &Argon2Hasher, text: &str, hash: &PasswordHash) -> Result<Verification, ()> {
        hasher.verify(&password(text), Some(hash)).await.map_err(|_| ())
    }

    #[tokio::test]
    async fn a_password_matches_its_hash_and_no_other_does() {
        let hasher = hasher();
        let hash = hasher.rehash(&password("xK9#mQ2$vL7p")).await.unwrap();
        assert!(hash.expose().starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        assert_eq!(verify(&hasher, "xK9#mQ2$vL7p", &hash).await, CURRENT);
        assert_eq!(verify(&hasher, "xK9#mQ2$vL7P", &hash).await, MISMATCH);
        assert_ne!(hash, hasher.rehash(&password("xK9#mQ2$vL7p")).await.unwrap(), "salts differ");
    }

    #[tokio::test]
    async fn the_default_costs_are_those_of_the_contract() {
        let hasher = Argon2Hasher::new(Argon2Settings::default()).unwrap();
        let hash = hasher.rehash(&password("xK9#mQ2$vL7p")).await.unwrap();
        assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(verify(&hasher, "xK9#mQ2$vL7p", &hash).await, CURRENT);
    }

    #[tokio::test]
    async fn a_hash_of_other_costs_matches_and_is_outdated() {
        let hash = hasher().rehash(&password("secret")).await.unwrap();
        let stronger = Argon2Hasher::new(Argon2Settings::new(7_168, 5, 1).unwrap()).unwrap();
        assert_eq!(verify(&stronger, "secret", &hash).await, OUTDATED);
    }

    #[tokio::test]
    async fn a_pepper_can_be_introduced_replaced_and_is_needed() {
        let (plain, settings) = (hasher(), Argon2Settings::weak(1, 16));
        let first = Argon2Hasher::with_peppers(settings, Some(pepper("p1")), vec![]).unwrap();
        let second = Argon2Hasher::with_peppers(settings, Some(pepper("p2")), vec![pepper("p1")]).unwrap();
        let old = plain.rehash(&password("secret")).await.unwrap();
        let peppered = first.rehash(&password("secret")).await.unwrap();

        assert_eq!(verify(&first, "secret", &peppered).await, CURRENT);
        assert_eq!(verify(&first, "secret", &old).await, OUTDATED);
        assert_eq!(verify(&second, "secret", &peppered).await, OUTDATED);
        assert_eq!(verify(&second, "Secret", &peppered).await, MISMATCH);
        assert_eq!(verify(&plain, "secret", &peppered).await, MISMATCH, "lost: nobody can say");
    }

    #[tokio::test]
    async fn without_a_hash_the_same_work_is_done_and_nothing_matches() {
        let hasher = hasher();
        let hash = hasher.rehash(&password("secret")).await.unwrap();
        let done = hasher.gauges().done;
        assert_eq!(hasher.verify(&password("secret"), None).await.unwrap(), Verification::Mismatch);
        assert_eq!(verify(&hasher, "secret", &hash).await, CURRENT);
        assert_eq!(hasher.gauges().done, done + 2, "one job each");

        let costs = |phc: &str| phc.split('$').nth(3).map(str::to_owned);
        let decoy = stored_hash::make(b"x", &hasher.config.settings, None, &mut Memory::default()).unwrap();
        assert_eq!(costs(&decoy), costs(hash.expose()));
        assert!(!hasher.config.decoy.is_outdated(&hasher.config.settings, None), "the decoy has today's costs");
    }

    #[tokio::test]
    async fn a_hash_of_an_unknown_algorithm_fails_rather_than_mismatches() {
        let bcrypt = PasswordHash::from_phc("$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW".into());
        let failed = hasher().verify(&password("secret"), Some(&bcrypt)).await;
        assert!(matches!(failed, Err(HasherError::Failed(_))));
    }

    #[tokio::test]
    async fn a_storm_of_logins_is_answered_at_once_past_the_queue() {
        let settings = Argon2Settings::new(65_536, 2, 1).unwrap().with_threads(1).unwrap().with_queue(2).unwrap();
        let hasher = Arc::new(Argon2Hasher::new(settings).unwrap());
        let storm: Vec<_> = (0..20)
            .map(|_| {
                let hasher = Arc::clone(&hasher);
                tokio::spawn(async move {
                    let begun = Instant::now();
                    (hasher.verify(&password("secret"), None).await, begun.elapsed())
                })
            })
            .collect();
        let mut refused = 0;
        for login in storm {
            match login.await.unwrap() {
                (Err(HasherError::Overloaded { retry_after }), waited) => {
                    assert!(retry_after.as_secs() >= 1 && waited.as_millis() < 100);
                    refused += 1;
                }
                (other, _) => assert_eq!(other.unwrap(), Verification::Mismatch),
            }
        }
        assert!(refused >= 17, "one hashes, two wait");
    }

    #[tokio::test]
    async fn neither_debug_nor_errors_show_a_secret() {
        let settings = Argon2Settings::weak(1, 1);
        let secret = SecretSlice::from(b"marked-secret-0123".to_vec());
        let hasher = Argon2Hasher::with_peppers(settings, Some(Pepper::new("p", secret).unwrap()), vec![]).unwrap();
        let hash = PasswordHash::from_phc("$argon2id$marked".into());
        let error = hasher.verify(&password("marked"), Some(&hash)).await.unwrap_err();
        assert!(!format!("{hasher:?} {error:?} {error}").contains("marked"));
    }
}
