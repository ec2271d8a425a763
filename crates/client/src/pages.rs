//! Lists, page by page.

use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};

use crate::Error;

/// The items of a list. The next page is asked for when the one before is used up; an error ends the stream.
pub type Items<'a, T> = BoxStream<'a, Result<T, Error>>;

/// A page of a list.
pub(crate) trait Page {
    /// What it lists.
    type Item;

    /// The items, and the cursor of the next page when there is one.
    fn into_parts(self) -> (Vec<Self::Item>, Option<String>);
}

/// The items of every page, from the one at the cursor `first` on.
pub(crate) fn items<'a, P, F, G>(first: Option<String>, fetch: F) -> Items<'a, P::Item>
where
    P: Page + 'a,
    P::Item: Send,
    F: Fn(Option<String>) -> G + Send + 'a,
    G: Future<Output = Result<P, Error>> + Send + 'a,
{
    let pages = stream::try_unfold(Some(first), move |cursor| {
        let page = cursor.map(&fetch);
        async move {
            let Some(page) = page else { return Ok(None) };
            let (items, next) = page.await?.into_parts();
            Ok(Some((items, next.map(Some))))
        }
    });
    pages.map_ok(|items| stream::iter(items.into_iter().map(Ok))).try_flatten().boxed()
}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::sync::Mutex;

    use super::*;

    struct Numbers(Vec<u8>, Option<String>);

    impl Page for Numbers {
        type Item = u8;

        fn into_parts(self) -> (Vec<u8>, Option<String>) {
            (self.0, self.1)
        }
    }

    #[tokio::test]
    async fn every_page_is_read_once_and_in_order() {
        let asked = Mutex::new(Vec::new());
        let fetch = |cursor: Option<String>| {
            asked.lock().unwrap().push(cursor.clone());
            ready(Ok(match cursor.as_deref() {
                None => Numbers(vec![1, 2], Some("b".to_owned())),
                Some("b") => Numbers(vec![], Some("c".to_owned())),
                _ => Numbers(vec![3], None),
            }))
        };
        let items: Vec<u8> = items(None, fetch).try_collect().await.unwrap();
        assert_eq!(items, [1, 2, 3]);
        assert_eq!(*asked.lock().unwrap(), [None, Some("b".to_owned()), Some("c".to_owned())]);
    }

    #[tokio::test]
    async fn a_page_is_not_asked_for_before_it_is_needed() {
        let fetch = |cursor: Option<String>| {
            assert_eq!(cursor, None, "the second page was not wanted yet");
            ready(Ok(Numbers(vec![1, 2], Some("b".to_owned()))))
        };
        assert_eq!(items(None, fetch).try_next().await.unwrap(), Some(1));
    }

    #[tokio::test]
    async fn an_error_ends_the_list() {
        let fetch = |_| ready(Err::<Numbers, _>(Error::Stopped));
        let mut items = items(None, fetch);
        assert!(items.try_next().await.is_err());
        assert!(items.try_next().await.unwrap().is_none());
    }
}
