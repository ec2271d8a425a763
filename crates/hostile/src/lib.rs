//! What every reader of outside bytes must keep, whatever it is given.
//!
//! - **Is**: a target a reader, in [`TARGETS`]: it takes bytes and fails when the reader breaks a promise, not only when
//!   it panics. `fuzz/` drives the targets by coverage; the tests of this crate run them on `fuzz/corpus` and on what
//!   is made of it at random, with every toolchain.
//! - **Is not**: linked by the service.
//! - **May depend on it**: `fuzz/` alone.

mod codes;
mod cursor;
mod export;
mod forms;
mod forwarded;
mod headers;
mod keys;
mod mail;
mod networks;
mod settings;
mod texts;
mod token;

/// What is given bytes, and fails when they break something.
pub type Target = fn(&[u8]);

/// Every target by its name, which is that of its folder in `fuzz/corpus` and of its program in `fuzz/fuzz_targets`.
pub const TARGETS: &[(&str, Target)] = &[
    ("claims", token::claims),
    ("codes", codes::codes),
    ("cursor", cursor::cursor),
    ("export", export::export),
    ("forwarded", forwarded::forwarded),
    ("headers", headers::headers),
    ("json", forms::json),
    ("keys", keys::keys),
    ("mail", mail::mail),
    ("networks", networks::networks),
    ("query", forms::query),
    ("settings", settings::settings),
    ("texts", texts::texts),
    ("token", token::token),
];

/// Runs the target of that name.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|(known, _)| *known == name);
    assert!(target.is_some(), "there is no target {name}");
    target.into_iter().for_each(|(_, target)| target(bytes));
}
