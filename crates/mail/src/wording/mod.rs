//! What the messages say, in every language.

mod english;
mod german;

use voxgate_domain::Locale;
use voxgate_domain::mail::{LinkPurpose, Notice};

/// The languages there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// For everybody else, too.
    English,
    German,
}

impl Language {
    /// Every one there is.
    pub(crate) const ALL: &'static [Self] = &[Self::English, Self::German];

    /// The language of `locale`, or English.
    pub(crate) fn of(locale: Option<&Locale>) -> Self {
        let wanted = locale.map(Locale::language);
        Self::ALL.iter().copied().find(|language| Some(language.tag()) == wanted).unwrap_or(Self::English)
    }

    /// Its tag (BCP 47), for `lang` and `Content-Language`.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// What the messages say in it.
    pub(crate) const fn wording(self) -> &'static dyn Wording {
        match self {
            Self::English => &english::English,
            Self::German => &german::German,
        }
    }
}

/// What one message says. Nothing of it is about a person, so that a subject can be seen on a locked screen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    /// The subject, and the heading without the product's name.
    pub(crate) subject: &'static str,
    pub(crate) heading: &'static str,
    /// What happened.
    pub(crate) paragraphs: &'static [&'static str],
    /// What following the link does; empty where there is none.
    pub(crate) action: &'static str,
    /// What to do when it was somebody else.
    pub(crate) advice: &'static str,
}

/// The messages in one language. An implementation matches without a wildcard, so that a new message is missed nowhere.
pub(crate) trait Wording: Sync {
    /// A message with a link.
    fn link(&self, purpose: LinkPurpose) -> Words;
    /// A message that something happened.
    fn notice(&self, notice: Notice) -> Words;
    /// Until when a link is good; `until` is a time like `2026-05-12 14:30 UTC`.
    fn good_until(&self, until: &str) -> String;
    /// Until when an account is locked.
    fn locked_until(&self, until: &str) -> String;
    /// When a login on a new device was, and from which address.
    fn logged_in_at(&self, at: &str, address: &str) -> String;
    /// Until when an emergency access is open, and what it is called in the audit trail.
    fn open_until(&self, until: &str, access: &str) -> String;
    /// The sentence before the token.
    fn token_alone(&self) -> &'static str;
    /// Who wrote, and that nobody reads answers.
    fn footer(&self) -> &'static str;
}
