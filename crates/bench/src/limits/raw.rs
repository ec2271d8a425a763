//! Hashes and signatures alone, on all cores.

use std::hint::black_box;
use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaPublicKeyComponents,
};

/// Voxgate's parameters (docs/configuration.md): memory in KiB, passes, lanes.
pub(crate) const ARGON2: (u32, u32, u32) = (19_456, 2, 1);

/// How often a thing can be done in a second, on `threads` threads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw {
    pub(crate) per_second: f64,
    pub(crate) threads: usize,
}

/// Why there is no figure.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct RawError(String);

fn failed(error: impl std::fmt::Display) -> RawError {
    RawError(error.to_string())
}

/// Does `work` again and again on every core for `lasting`; each thread has a worker of its own.
fn on_all_cores<W: FnMut() -> Result<(), RawError>>(
    lasting: Duration,
    worker: impl Fn() -> Result<W, RawError> + Sync,
) -> Result<Raw, RawError> {
    let threads = available_parallelism().map_or(1, NonZero::get);
    let one = || -> Result<f64, RawError> {
        let mut work = worker()?;
        // What is done for the first time is slower.
        work()?;
        let (began, mut done) = (Instant::now(), 0.0);
        while began.elapsed() < lasting {
            work()?;
            done += 1.0;
        }
        Ok(done / began.elapsed().as_secs_f64())
    };
    let rates: Result<Vec<f64>, RawError> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(failed("a thread gave up")))).collect()
    });
    Ok(Raw { per_second: rates?.into_iter().sum(), threads })
}

/// argon2id hashes, with the memory of each thread used again as in the server.
///
/// # Errors
///
/// A [`RawError`] when the parameters are none.
pub(crate) fn argon2(lasting: Duration) -> Result<Raw, RawError> {
    let (memory, passes, lanes) = ARGON2;
    on_all_cores(lasting, || {
        let params = Params::new(memory, passes, lanes, None).map_err(failed)?;
        let mut blocks = vec![Block::default(); params.block_count()];
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        Ok(move || {
            let mut hash = [0; 32];
            hasher
                .hash_password_into_with_memory(
                    b"Bench!mark-kettle-orbit-47",
                    b"sixteen bytes...",
                    &mut hash,
                    &mut blocks,
                )
                .map_err(failed)?;
            black_box(hash);
            Ok(())
        })
    })
}

/// RS256 signatures with a key of 2048 bits.
///
/// # Errors
///
/// A [`RawError`] when no key can be made.
pub(crate) fn rsa_sign(lasting: Duration) -> Result<Raw, RawError> {
    let pair = Arc::new(KeyPair::generate(KeySize::Rsa2048).map_err(failed)?);
    on_all_cores(lasting, || {
        let (pair, random) = (Arc::clone(&pair), SystemRandom::new());
        let mut signature = vec![0; pair.public_modulus_len()];
        Ok(move || {
            pair.sign(&RSA_PKCS1_SHA256, &random, black_box(MESSAGE), &mut signature).map_err(failed)?;
            black_box(&signature);
            Ok(())
        })
    })
}

/// Checks of such a signature.
///
/// # Errors
///
/// A [`RawError`] when no key can be made.
pub(crate) fn rsa_verify(lasting: Duration) -> Result<Raw, RawError> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), MESSAGE, &mut signature).map_err(failed)?;
    let (n, e) = (pair.public_key().modulus(), pair.public_key().exponent());
    let (n, e) = (n.big_endian_without_leading_zero(), e.big_endian_without_leading_zero());
    on_all_cores(lasting, || {
        let components = RsaPublicKeyComponents { n, e };
        let key: ParsedPublicKey = components.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).map_err(failed)?;
        let signature = signature.clone();
        Ok(move || key.verify_sig(black_box(MESSAGE), black_box(&signature)).map_err(failed))
    })
}

/// As long as header and claims of an access token are.
const MESSAGE: &[u8] = &[b'x'; 560];
