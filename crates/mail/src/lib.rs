//! The mailer port of the domain by SMTP or into a folder, and the templates of the messages.
//!
//! - **Is**: [`MailComposer`], which makes an e-mail of a [`Mail`](voxgate_domain::mail::Mail), and two ways for it to
//!   leave: [`SmtpMailer`] and, for development, [`FolderMailer`].
//! - **Is not**: a queue. What is sent when, and how often it is tried, is decided by whoever works off the outbox.
//! - **May depend on it**: the binary alone; everything else sees the port
//!   [`Mailer`](voxgate_domain::ports::Mailer).
//!
//! # To add a language
//!
//! 1. Copy `src/wording/english.rs` to a file of the new language and translate its texts.
//! 2. Add a variant to `Language` in `src/wording/mod.rs`; the compiler then asks for its tag and its wording.
//!
//! A language is complete or does not compile: every wording matches over all purposes of links and all notices, without
//! a wildcard. A message added to the domain stops the build of each language in the same way. The layout, one in text
//! and one in HTML, is common to all (`templates/`). Who has no language, or one that is not there, gets English.
//!
//! # What a mail never has
//!
//! Names or other facts of a person, in subject or text; images or anything else loaded from outside; a link to
//! anywhere but `PUBLIC_URL`.

mod composer;
mod folder;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod layout;
mod smtp;
mod wording;

pub use composer::{ComposerError, MailComposer, Sender};
pub use folder::FolderMailer;
pub use smtp::{SmtpMailer, SmtpUrlError};
