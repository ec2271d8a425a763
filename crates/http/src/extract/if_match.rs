//! `If-Match`: change only what was read (RFC 9110, section 13.1.1).

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{FromRequest, HttpRequest};

use crate::problem::{Kind, Problem};

/// The entity tags of the `If-Match` header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum IfMatch {
    /// No header, or `*`: whatever it is now.
    Any,
    /// One of these versions; other tags were never ours and cannot match.
    OneOf(Vec<i64>),
}

impl FromRequest for IfMatch {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut values = request.headers().get_all(header::IF_MATCH).peekable();
        ready(Ok(if values.peek().is_some() { Self::parse(values) } else { Self::Any }))
    }
}

impl IfMatch {
    fn parse<'a>(values: impl Iterator<Item = &'a HeaderValue>) -> Self {
        let tags: Vec<&str> =
            values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).map(str::trim).collect();
        if tags.contains(&"*") {
            return Self::Any;
        }
        // The comparison is strong: a weak tag (W/"1") matches nothing.
        let version = |tag: &&str| tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok();
        Self::OneOf(tags.iter().filter_map(version).collect())
    }

    /// The version to insist on, given that the caller saw `current` just now; none when any will do.
    ///
    /// # Errors
    ///
    /// `precondition_failed` when it cannot be the one.
    pub(crate) fn expect(&self, current: i64) -> Result<Option<i64>, Problem> {
        match self {
            Self::Any => Ok(None),
            Self::OneOf(versions) if versions.contains(&current) => Ok(Some(current)),
            Self::OneOf(_) => Err(Problem::new(Kind::PreconditionFailed)),
        }
    }
}

/// The entity tag of a version.
pub(crate) fn etag(version: i64) -> header::ETag {
    header::ETag(header::EntityTag::new_strong(version.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(r#""7""#, Some(Some(7)))]
    #[case(r#""6", "7""#, Some(Some(7)))]
    #[case("*", Some(None))]
    #[case(r#""6""#, None)]
    #[case(r#"W/"7""#, None)]
    #[case("7", None)]
    #[case("", None)]
    fn a_change_is_made_to_what_was_read(#[case] header: &str, #[case] expected: Option<Option<i64>>) {
        let header = HeaderValue::from_str(header).unwrap();
        assert_eq!(IfMatch::parse([&header].into_iter()).expect(7).ok(), expected);
    }
}
