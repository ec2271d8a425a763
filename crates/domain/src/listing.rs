//! Lists in pages: how many items, and where the next page begins.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// How many items a page has at most: 1 to 200.
///
/// # Examples
///
/// ```
/// use voxgate_domain::{InvalidPageLimit, PageLimit};
///
/// assert_eq!(PageLimit::default().get(), 50);
/// assert_eq!(PageLimit::parse("200")?.get(), PageLimit::MAX);
/// assert_eq!(PageLimit::parse("201"), Err(InvalidPageLimit));
/// # Ok::<(), InvalidPageLimit>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLimit(u16);

/// The number is no page's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number between 1 and {}", PageLimit::MAX)]
pub struct InvalidPageLimit;

impl PageLimit {
    /// The most items of a page.
    pub const MAX: u16 = 200;

    /// Parses a limit in decimal digits.
    ///
    /// # Errors
    ///
    /// [`InvalidPageLimit`] when it is no number between 1 and [`PageLimit::MAX`].
    pub fn parse(text: &str) -> Result<Self, InvalidPageLimit> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().map_err(|_| InvalidPageLimit)?;
        if digits && (1..=Self::MAX).contains(&number) { Ok(Self(number)) } else { Err(InvalidPageLimit) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl Default for PageLimit {
    /// 50 items.
    fn default() -> Self {
        Self(50)
    }
}

/// Where the next page begins, sealed: whoever holds it can only bring it back. On the wire it is base64url without
/// padding (RFC 4648, section 5).
///
/// # Examples
///
/// ```
/// use voxgate_domain::{Cursor, InvalidCursor};
///
/// let cursor = Cursor::from_sealed(vec![7; 24]);
/// assert_eq!(Cursor::parse(&cursor.encode())?, cursor);
/// assert_eq!(Cursor::parse("what is this?"), Err(InvalidCursor));
/// # Ok::<(), InvalidCursor>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(Vec<u8>);

/// The text is no cursor that we gave out for this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a next_cursor of the same list")]
pub struct InvalidCursor;

impl Cursor {
    /// No cursor of ours is longer; what is longer need not be looked at.
    const MAX_CHARS: usize = 512;

    /// A cursor of what was sealed.
    #[must_use]
    pub const fn from_sealed(sealed: Vec<u8>) -> Self {
        Self(sealed)
    }

    /// Takes over what somebody presents as a cursor. Whether it is ours shows when it is opened.
    ///
    /// # Errors
    ///
    /// [`InvalidCursor`] when it has characters that none has, or is too long.
    pub fn parse(text: &str) -> Result<Self, InvalidCursor> {
        if text.is_empty() || text.len() > Self::MAX_CHARS {
            return Err(InvalidCursor);
        }
        URL_SAFE_NO_PAD.decode(text).map(Self).map_err(|_| InvalidCursor)
    }

    /// What was sealed.
    #[must_use]
    pub fn sealed(&self) -> &[u8] {
        &self.0
    }

    /// The text on the wire.
    #[must_use]
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0)
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Where the next page begins, when there is one.
    pub next: Option<Cursor>,
}

/// Which page of a list is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageQuery {
    /// How many items at most.
    pub limit: PageLimit,
    /// Where it begins; at the start of the list when there is none.
    pub cursor: Option<Cursor>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("1", Some(1))]
    #[case("200", Some(200))]
    #[case("0", None)]
    #[case("201", None)]
    #[case("-1", None)]
    #[case("+5", None)]
    #[case("5.0", None)]
    #[case("", None)]
    #[case("99999999999999999999", None)]
    fn a_page_has_one_to_two_hundred_items(#[case] text: &str, #[case] limit: Option<u16>) {
        assert_eq!(PageLimit::parse(text).ok().map(PageLimit::get), limit);
    }

    #[test]
    fn a_cursor_comes_back_by_its_text() {
        let cursor = Cursor::from_sealed(vec![0, 255, 7]);
        assert_eq!(cursor.sealed(), [0, 255, 7]);
        assert_eq!(Cursor::parse(&cursor.encode()), Ok(cursor));
        assert!(Cursor::parse(&"A".repeat(512)).is_ok());
        for bad in ["", "a b", "==", &"A".repeat(513)] {
            assert_eq!(Cursor::parse(bad), Err(InvalidCursor), "{bad:?}");
        }
    }
}
