//! How hard a password is to guess.

use std::borrow::Cow;

use voxgate_domain::ports::PasswordStrength;
use zeroize::Zeroizing;
use zxcvbn::zxcvbn;

/// The estimate of zxcvbn (Wheeler, USENIX Security 2016), corrected where it is too kind and bounded in time.
///
/// zxcvbn knows common passwords, English words and names, substitutions, dates, years, sequences, repeats and keyboard
/// walks. What is added here:
///
/// - **Words of this service**, in both of its languages, are known too, as are the words in the hints.
/// - **Plainer readings.** Where a separator touches a word, zxcvbn often takes both for random characters
///   (`Clinic-Berlin-1984`), and it never reads two signs as one letter in one password (`P4ssw@rd`). So the password is
///   also read without separators, and with signs between letters as letters. The guesser of such a reading still has
///   to guess what was taken away: a factor of 8 for each kind of separator people like and 33 (the printable signs of
///   ASCII) for any other, 2 for each place where some stand or not, 3 for each kind of substitution. The lowest
///   estimate counts.
/// - **A bound on time.** zxcvbn takes time by the square of the length and by the product of possible substitutions.
///   Of a long password the harder of its first and last 40 characters counts, each of which is a lower bound; beyond a
///   few dozen possible substitutions, signs are not read as letters, except in the last reading.
#[derive(Clone, Copy, Debug, Default)]
pub struct ZxcvbnStrength;

/// Characters looked at from either end.
const WINDOW: usize = 40;
/// The separators that people like, one of which costs `PER_LIKED` (log10 of 8) and any other `PER_OTHER` (log10 of 33).
const LIKED: &[char] = &['-', '.', '_', ' ', '!', '#', '@', '?'];
const PER_LIKED: f64 = 0.90;
const PER_OTHER: f64 = 1.52;
/// log10 of the guesses for whether separators stand at a place.
const PER_PLACE: f64 = 0.30;
/// log10 of the guesses for using a sign in place of a letter.
const PER_SUBSTITUTION: f64 = 0.48;
/// More combinations of substitutions than that are not tried by zxcvbn.
const MAX_COMBINATIONS: usize = 32;

/// What people of this service think of first, and the calendar and greetings in German, which zxcvbn lacks.
const WORDS: &[&str] = &[
    "voxgate",
    "voice",
    "hospital",
    "clinic",
    "patient",
    "doctor",
    "nurse",
    "health",
    "medical",
    "analysis",
    "stimme",
    "krankenhaus",
    "klinik",
    "klinikum",
    "arzt",
    "ärztin",
    "praxis",
    "gesundheit",
    "pflege",
    "passwort",
    "kennwort",
    "willkommen",
    "hallo",
    "schatz",
    "liebe",
    "ichliebedich",
    "sommer",
    "winter",
    "herbst",
    "frühling",
    "fruehling",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "januar",
    "februar",
    "märz",
    "april",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "dezember",
    "berlin",
    "hamburg",
    "münchen",
    "muenchen",
    "wien",
    "zürich",
    "zuerich",
    "deutschland",
    "österreich",
    "schweiz",
];

impl PasswordStrength for ZxcvbnStrength {
    fn guesses_log10<'a>(&self, password: &'a str, hints: &'a [&'a str]) -> f64 {
        let words: Vec<&str> = hints.iter().copied().chain(WORDS.iter().copied()).collect();
        let count = password.chars().count();
        if count <= WINDOW {
            return estimate(password, &words);
        }
        let head = Zeroizing::new(password.chars().take(WINDOW).collect::<String>());
        let tail = Zeroizing::new(password.chars().skip(count - WINDOW).collect::<String>());
        estimate(&head, &words).max(estimate(&tail, &words))
    }
}

/// The lowest estimate of all readings.
fn estimate(text: &str, words: &[&str]) -> f64 {
    // Of an empty text zxcvbn says minus infinity.
    let guesses = |text: &str| zxcvbn(text, words).guesses_log10().max(0.0);
    let typed = guesses(&bounded(text));
    let [parted, disguised] = [Signs::Separate, Signs::Disguise].map(|signs| Reading::of(text, signs));
    let mut lowest = typed;
    if *parted.text != text {
        lowest = lowest.min(guesses(&parted.text) + parted.cost);
    }
    if *disguised.text != text && disguised.text != parted.text {
        lowest = lowest.min(guesses(&disguised.text) + disguised.cost);
    }
    lowest
}

/// What a sign between letters is taken for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Signs {
    /// A separator.
    Separate,
    /// A letter, where it looks like one.
    Disguise,
}

/// A password without separators, and with signs read as letters or not.
struct Reading {
    text: Zeroizing<String>,
    /// log10 of the guesses for what was left out.
    cost: f64,
}

impl Reading {
    fn of(text: &str, signs: Signs) -> Self {
        let chars = Zeroizing::new(text.chars().collect::<Vec<_>>());
        let mut reading = Self { text: Zeroizing::new(String::with_capacity(text.len())), cost: 0.0 };
        let mut seen = Vec::new();
        let mut runs = chars.chunk_by(|a, b| a.is_alphabetic() == b.is_alphabetic()).peekable();
        while let Some(run) = runs.next() {
            let before_letters = runs.peek().is_some() && signs == Signs::Disguise;
            let mut separated = false;
            for &c in run {
                // One or two signs before letters are letters in disguise, and so is a single digit; longer runs and
                // those at the end are numbers and separators.
                let disguised = before_letters && (run.len() == 1 || run.len() == 2 && !c.is_ascii_digit());
                match as_letter(c) {
                    Some(letter) if disguised => {
                        reading.text.push(letter);
                        reading.pay_once(&mut seen, c, PER_SUBSTITUTION);
                    }
                    _ if c.is_alphanumeric() => reading.text.push(c),
                    _ => {
                        separated = true;
                        reading.pay_once(&mut seen, c, if LIKED.contains(&c) { PER_LIKED } else { PER_OTHER });
                    }
                }
            }
            if separated {
                reading.cost += PER_PLACE;
            }
        }
        reading
    }

    /// A kind of sign is guessed once, however often it stands there.
    fn pay_once(&mut self, seen: &mut Vec<char>, sign: char, cost: f64) {
        if !seen.contains(&sign) {
            seen.push(sign);
            self.cost += cost;
        }
    }
}

/// The letter that a sign or digit most often stands for.
const fn as_letter(c: char) -> Option<char> {
    match c {
        '@' | '4' => Some('a'),
        '3' | '€' => Some('e'),
        '!' | '|' | '1' => Some('i'),
        '0' => Some('o'),
        '$' => Some('s'),
        '+' => Some('t'),
        _ => None,
    }
}

/// `text`, with signs that zxcvbn would read as letters exchanged for others that it does not, one for one, when it has
/// so many kinds of them that trying every combination would take long.
fn bounded(text: &str) -> Cow<'_, str> {
    /// The signs by the letter that zxcvbn reads them as.
    const SIGNS: [&str; 12] = ["4@", "8", "({[<", "3", "69", "1!|", "1|7", "0", "$5", "+7", "%", "2"];
    let kinds = |signs: &&str| signs.chars().filter(|&sign| text.contains(sign)).count().max(1);
    if SIGNS.iter().map(kinds).product::<usize>() <= MAX_COMBINATIONS {
        return Cow::Borrowed(text);
    }
    let neutral = |c| match c {
        '@' => '^',
        '(' => ')',
        '{' => '}',
        '[' => ']',
        '<' => '>',
        '!' => '?',
        '|' => '\\',
        '$' => '&',
        '+' => '=',
        '%' => '*',
        other => other,
    };
    Cow::Owned(text.chars().map(neutral).collect())
}

#[cfg(test)]
#[path = "strength_tests.rs"]
mod tests;
