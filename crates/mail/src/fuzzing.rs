//! The e-mails themselves, for `voxgate-hostile` alone: nothing here is part of the interface.

use voxgate_domain::mail::Mail;

use crate::composer::{MailComposer, TextEncoding};
use crate::layout::Content;

/// The e-mail of `mail` as it is sent, and as it is written into a folder.
#[must_use]
pub fn composed(composer: &MailComposer, mail: &Mail) -> Option<[Vec<u8>; 2]> {
    let sent = composer.compose(mail, TextEncoding::Portable).ok()?.formatted();
    Some([sent, composer.compose(mail, TextEncoding::Readable).ok()?.formatted()])
}

/// The HTML of a message that says `text` wherever it says something.
#[must_use]
pub fn html_saying(text: &str) -> Option<String> {
    let content =
        Content { language: text, heading: text, paragraphs: &[text, text], link: None, advice: text, footer: text };
    content.html().ok()
}
