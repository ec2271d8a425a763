//! What the pages say, in each language.

use super::language::Language;

/// What the pages say.
pub(super) struct Texts {
    pub(super) needs_script: &'static str,
    pub(super) working: &'static str,
    pub(super) code_label: &'static str,
    pub(super) verify_title: &'static str,
    pub(super) verify_intro: &'static str,
    pub(super) verify_button: &'static str,
    pub(super) verify_done: &'static str,
    pub(super) reset_title: &'static str,
    pub(super) reset_intro: &'static str,
    pub(super) reset_rules: &'static str,
    pub(super) reset_label: &'static str,
    pub(super) reset_show: &'static str,
    pub(super) reset_button: &'static str,
    pub(super) reset_done: &'static str,
    /// By the code of the problem or of the fault of the field.
    pub(super) messages: &'static [(&'static str, &'static str)],
}

impl Texts {
    /// The texts in `language`.
    pub(super) const fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
        }
    }
}

const ENGLISH: Texts = Texts {
    needs_script: "This page needs JavaScript. You can also enter the code from the mail in your app.",
    working: "One moment …",
    code_label: "Code from the mail",
    verify_title: "Confirm your e-mail address",
    verify_intro: "Press the button to confirm that this address is yours.",
    verify_button: "Confirm address",
    verify_done: "Thank you. Your address is confirmed; you can close this page.",
    reset_title: "Choose a password",
    reset_intro: "Choose the new password for your account. All your devices will be logged out.",
    reset_rules: "At least 12 characters, with upper and lower case, a digit and a special character.",
    reset_label: "New password",
    reset_show: "Show password",
    reset_button: "Set password",
    reset_done: "Your password is set. You can log in with it now and close this page.",
    messages: &[
        ("no_token", "Enter the code from the mail."),
        ("invalid_token", "This link was used before, or has expired. Please ask for a new one."),
        ("required", "Enter a password."),
        ("too_short", "It is too short: at least 12 characters."),
        ("too_long", "It is too long: at most 128 characters."),
        ("malformed", "It has a character that cannot be typed everywhere."),
        ("no_uppercase", "An upper-case letter is missing."),
        ("no_lowercase", "A lower-case letter is missing."),
        ("no_digit", "A digit is missing."),
        ("no_special", "A special character is missing, such as ! or -."),
        ("personal", "It must not contain your address or name."),
        ("guessable", "It is too easy to guess. Avoid common words, dates and sequences."),
        ("reused", "It must not be one of your last passwords."),
        ("rate_limited", "Too many tries. Please wait a little and try again."),
        ("unavailable", "This does not work just now. Please try again in a minute."),
        ("offline", "The service could not be reached. Please check your connection and try again."),
        ("other", "Something went wrong. Please try again later."),
    ],
};

const GERMAN: Texts = Texts {
    needs_script: "Diese Seite braucht JavaScript. Sie können den Code aus der E-Mail auch in Ihrer App eingeben.",
    working: "Einen Moment …",
    code_label: "Code aus der E-Mail",
    verify_title: "E-Mail-Adresse bestätigen",
    verify_intro: "Drücken Sie den Knopf, um zu bestätigen, dass diese Adresse Ihnen gehört.",
    verify_button: "Adresse bestätigen",
    verify_done: "Vielen Dank. Ihre Adresse ist bestätigt; Sie können diese Seite schliessen.",
    reset_title: "Passwort wählen",
    reset_intro: "Wählen Sie das neue Passwort Ihres Kontos. Alle Ihre Geräte werden abgemeldet.",
    reset_rules: "Mindestens 12 Zeichen, mit Gross- und Kleinbuchstaben, einer Ziffer und einem Sonderzeichen.",
    reset_label: "Neues Passwort",
    reset_show: "Passwort anzeigen",
    reset_button: "Passwort setzen",
    reset_done: "Ihr Passwort ist gesetzt. Sie können sich damit anmelden und diese Seite schliessen.",
    messages: &[
        ("no_token", "Geben Sie den Code aus der E-Mail ein."),
        ("invalid_token", "Dieser Link wurde schon benutzt oder ist abgelaufen. Bitte fordern Sie einen neuen an."),
        ("required", "Geben Sie ein Passwort ein."),
        ("too_short", "Es ist zu kurz: mindestens 12 Zeichen."),
        ("too_long", "Es ist zu lang: höchstens 128 Zeichen."),
        ("malformed", "Es enthält ein Zeichen, das sich nicht überall eingeben lässt."),
        ("no_uppercase", "Ein Grossbuchstabe fehlt."),
        ("no_lowercase", "Ein Kleinbuchstabe fehlt."),
        ("no_digit", "Eine Ziffer fehlt."),
        ("no_special", "Ein Sonderzeichen fehlt, zum Beispiel ! oder -."),
        ("personal", "Es darf weder Ihre Adresse noch Ihren Namen enthalten."),
        ("guessable", "Es ist zu leicht zu erraten. Vermeiden Sie gängige Wörter, Daten und Folgen."),
        ("reused", "Es darf keines Ihrer letzten Passwörter sein."),
        ("rate_limited", "Zu viele Versuche. Bitte warten Sie ein wenig und versuchen Sie es wieder."),
        ("unavailable", "Das geht gerade nicht. Bitte versuchen Sie es in einer Minute wieder."),
        ("offline", "Der Dienst ist nicht erreichbar. Bitte prüfen Sie Ihre Verbindung und versuchen Sie es wieder."),
        ("other", "Etwas ist schiefgegangen. Bitte versuchen Sie es später wieder."),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_messages() {
        let codes = |texts: &Texts| texts.messages.iter().map(|(code, _)| *code).collect::<Vec<_>>();
        assert_eq!(codes(&ENGLISH), codes(&GERMAN));
    }
}
