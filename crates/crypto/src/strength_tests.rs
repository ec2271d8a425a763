//! Which passwords are easy to guess, and how long it takes to find out.

use std::time::{Duration, Instant};

use rstest::rstest;

use super::*;

const HINTS: &[&str] = &["ada.king@example.org", "ada.king", "ada", "king", "augusta", "lovelace"];
/// What the password policy of the domain asks for by default.
const NEEDED: f64 = 10.0;

fn log10(password: &str) -> f64 {
    ZxcvbnStrength.guesses_log10(password, HINTS)
}

#[rstest]
fn what_guessers_try_early_is_found(
    #[values(
        "Password123!",
        "Qwerty12345!",
        "P@ssw0rd2024!",
        "Summer2025!!ab",
        "Welcome2Hospital!",
        "Abcdefg12345!",
        "aaaaaaaaaA1!",
        "1qaz2wsx#EDC4rfv",
        "Monday-2024-05-12",
        "Iloveyou2023!!",
        "Hospital2024!!",
        "Sunshine!1234567",
        "Mississippi#2024",
        "Passwort2024!!!!",
        "Krankenhaus#2025",
        "Voxgate!Voxgate1",
        "P4ssw@rd-2024!",
        "Willkommen-2025!",
        "Lovelace.1815!!",
        "12.05.1984-Ada!",
        "Aa1!Aa1!Aa1!Aa1!",
        "Zaq12wsx!Zaq12wsx",
        "Dezember_2024!!",
        "!!!Dragon!!!1999",
        "Football.Football1",
        "Qwertz!Uiop123"
    )]
    password: &str,
) {
    assert!(log10(password) < NEEDED, "{password}: {}", log10(password));
}

#[rstest]
fn what_chance_made_is_accepted(
    #[values(
        "xK9#mQ2$vL7p",
        "xK9#mQ2$vL7pQw",
        "correct-Horse7battery-Staple",
        "Zürich!Regen7wolken-Tisch",
        "q7!Vd@0z$Kp+3",
        "a-B1-c2-D3-e",
        "@$!+(0{4[3<1Aa",
        "9f2C-77b1-E0aa-413d",
        "Gabel3.Mond.Ofen.Kiste",
        "Ω7λ-Привет-Kx2q"
    )]
    password: &str,
) {
    assert!(log10(password) >= NEEDED, "{password}: {}", log10(password));
}

#[test]
fn what_the_hints_say_is_no_secret() {
    let password = "Xylophonist-84!q";
    assert!(ZxcvbnStrength.guesses_log10(password, &["xylophonist"]) < log10(password));
}

#[test]
fn a_long_password_is_as_hard_as_its_harder_end() {
    let random = "xK9#mQ2$vL7pQw";
    assert!(log10(&format!("{random}{}", "a".repeat(100))) >= NEEDED);
    assert!(log10(&format!("{}{random}", "a".repeat(100))) >= NEEDED);
    assert!(log10(&"aA1!".repeat(32)) < NEEDED);
    assert!(log10(&"P@ssw0rd".repeat(16)) < NEEDED);
}

#[test]
fn the_worst_of_128_characters_takes_little_time() {
    let repeat = |text: &str| text.chars().cycle().take(128).collect::<String>();
    let worst = [
        repeat("4@8({[<3€6&#!1|0$5+7%2"),
        repeat("4@a8b({[<c3e69g1!|i17|l0o$5s+7t%x2z"),
        repeat("p4@$5w0rd!1|7+(<{["),
        repeat("1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/"),
        repeat("20240512"),
        repeat("a"),
        repeat("passwordmonkeydragon"),
        repeat("\u{1F600}4@8({[<3"),
    ];
    let _warm_up = log10("loads the word lists");
    for password in worst {
        // The best of many: other tests run beside this one.
        let took = (0..25)
            .map(|_| {
                let begun = Instant::now();
                let _ = log10(&password);
                begun.elapsed()
            })
            .min();
        assert!(took < Some(Duration::from_millis(20)), "{took:?} for {password}");
    }
}

#[test]
fn every_text_has_an_estimate() {
    for text in ["", " ", "\u{0301}", "ß", "🙂", "!", "!!!!", &"-".repeat(128)] {
        assert!(log10(text).is_finite(), "{text:?}: {}", log10(text));
    }
}
