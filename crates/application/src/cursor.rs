//! Cursors of lists: sealed, so that nobody can make one up, and bound to their list.

use secrecy::ExposeSecret as _;
use uuid::Uuid;
use voxgate_domain::ports::CipherError;
use voxgate_domain::{Cursor, PageQuery, Timestamp};

use crate::{Application, Error};

/// How many items to ask the store for: one more than asked for tells whether there is another page.
pub(crate) fn one_more(page: &PageQuery) -> u32 {
    u32::from(page.limit.get()).saturating_add(1)
}

/// Cuts `items` to the page; the last of them when there is another page behind it.
pub(crate) fn cut<'a, T>(items: &'a mut Vec<T>, page: &PageQuery) -> Option<&'a T> {
    let limit = usize::from(page.limit.get());
    let more = items.len() > limit;
    items.truncate(limit);
    items.last().filter(|_| more)
}

impl Application {
    /// A cursor of `list` behind the item of this id.
    ///
    /// # Errors
    ///
    /// An error of the cipher.
    pub(crate) fn seal_cursor(&self, list: &str, last: Uuid) -> Result<Cursor, Error> {
        self.seal_place(list, last.as_bytes())
    }

    /// A cursor of `list` behind the item of this time and id.
    ///
    /// # Errors
    ///
    /// An error of the cipher.
    pub(crate) fn seal_time_cursor(&self, list: &str, at: Timestamp, id: Uuid) -> Result<Cursor, Error> {
        let mut place = at.unix_micros().to_be_bytes().to_vec();
        place.extend(id.as_bytes());
        self.seal_place(list, &place)
    }

    /// The time and id of the item behind which the next page of `list` begins.
    ///
    /// # Errors
    ///
    /// As [`open_cursor`](Self::open_cursor).
    pub(crate) fn open_time_cursor(&self, list: &str, cursor: &Cursor) -> Result<(Timestamp, Uuid), Error> {
        let place = self.open_place(list, cursor)?;
        let (micros, id) = place.split_first_chunk::<8>().ok_or(Error::InvalidCursor)?;
        let at = Timestamp::from_unix_micros(i64::from_be_bytes(*micros)).ok_or(Error::InvalidCursor)?;
        Ok((at, Uuid::from_slice(id).map_err(|_| Error::InvalidCursor)?))
    }

    /// A cursor of `list` behind the item of this place, whatever says where that is.
    ///
    /// # Errors
    ///
    /// An error of the cipher.
    pub(crate) fn seal_place(&self, list: &str, place: &[u8]) -> Result<Cursor, Error> {
        Ok(Cursor::from_sealed(self.ports.cipher.seal(&context(list), place)?))
    }

    /// The id of the item behind which the next page of `list` begins.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCursor`] when it is not ours, or of another list, or its key is gone.
    pub(crate) fn open_cursor(&self, list: &str, cursor: &Cursor) -> Result<Uuid, Error> {
        Uuid::from_slice(&self.open_place(list, cursor)?).map_err(|_| Error::InvalidCursor)
    }

    /// The place behind which the next page of `list` begins.
    ///
    /// # Errors
    ///
    /// As [`open_cursor`](Self::open_cursor).
    pub(crate) fn open_place(&self, list: &str, cursor: &Cursor) -> Result<Vec<u8>, Error> {
        match self.ports.cipher.open(&context(list), cursor.sealed()) {
            Ok(plain) => Ok(plain.expose_secret().to_vec()),
            Err(CipherError::NotAuthentic | CipherError::UnknownKey { .. }) => Err(Error::InvalidCursor),
            Err(error @ CipherError::Failed(_)) => Err(error.into()),
        }
    }
}

fn context(list: &str) -> String {
    format!("cursor/{list}")
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::test_support::Doubles;

    #[test]
    fn a_cipher_that_fails_is_no_fault_of_the_cursor() {
        let app = Doubles::new().application();
        let open = |sealed: &[u8]| app.open_place("users", &Cursor::from_sealed(sealed.to_vec()));
        let Err(Error::Internal(error)) = open(b"broken") else { panic!("the cipher fails") };
        assert!(matches!(error.downcast_ref(), Some(CipherError::Failed(_))), "{error}");
        assert_eq!(open(b"place").unwrap(), b"place");
    }
}
