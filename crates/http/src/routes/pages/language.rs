//! Which language a person reads.

use actix_web::HttpRequest;
use actix_web::http::header;

/// A language that the pages are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// English, for everybody else too.
    English,
    /// German.
    German,
}

impl Language {
    /// The language of `Accept-Language` that the person likes best (RFC 9110, section 12.5.4).
    pub(super) fn of(request: &HttpRequest) -> Self {
        let accepted = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self::preferred(accepted.unwrap_or_default())
    }

    /// The language tag.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    fn preferred(accepted: &str) -> Self {
        let known = accepted.split(',').filter_map(|range| {
            let (tag, weight) = range.split_once(';').map_or((range, 1.0), |(tag, weight)| (tag, quality(weight)));
            let language = match tag.trim().split('-').next()?.to_ascii_lowercase().as_str() {
                "de" => Self::German,
                "en" => Self::English,
                _ => return None,
            };
            (weight > 0.0).then_some((language, weight))
        });
        // Of equals the first is meant.
        let best = known.fold(None, |best: Option<(Self, f32)>, next| match best {
            Some(best) if best.1 >= next.1 => Some(best),
            _ => Some(next),
        });
        best.map_or(Self::English, |(language, _)| language)
    }
}

fn quality(parameter: &str) -> f32 {
    let value = parameter.trim().strip_prefix("q=").and_then(|value| value.trim().parse().ok());
    value.filter(|value: &f32| (0.0..=1.0).contains(value)).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("", Language::English)]
    #[case("fr", Language::English)]
    #[case("de", Language::German)]
    #[case("de-CH, de;q=0.9, en;q=0.8", Language::German)]
    #[case("en;q=0.5, de;q=0.7", Language::German)]
    #[case("en, de", Language::English)]
    #[case("fr, de;q=0.2", Language::German)]
    #[case("de;q=0, en;q=0.1", Language::English)]
    #[case("de;q=nonsense, en", Language::English)]
    fn the_language_liked_best_wins(#[case] accepted: &str, #[case] language: Language) {
        assert_eq!(Language::preferred(accepted), language);
    }
}
