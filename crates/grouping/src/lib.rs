//! Questions that come at the same time, answered together: what group commit is for writes.
//!
//! - **Is**: [`Grouping`], by which requests that ask a server the same kind of question share a round trip when there are
//!   many of them, and wait for nobody when there are few.
//! - **Is not**: a cache. No question is answered by what was asked before it came.
//! - **May depend on it**: adapters, beside which it stands. It knows no other crate.

use std::fmt;
use std::sync::Arc;

use tokio::sync::{Semaphore, SemaphorePermit, mpsc, oneshot};

/// How large groups are, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How many groups are being answered at once. Few: the more questions share one, the less each costs. More than
    /// one, so that a server which falls silent on one connection holds up a part of them alone.
    pub at_once: usize,
    /// The most questions of a group.
    pub group: usize,
    /// How many questions may wait for a group; whoever comes then waits to be heard.
    pub queue: usize,
}

/// Nobody will answer: answering panicked, or the service is stopping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the group was not answered")]
pub struct Lost;

/// Gathers questions into groups.
///
/// A group holds what waits when its turn comes, so that groups grow by themselves as the load does. It begins after each
/// of its questions has come: all are answered by what was true then. Whoever gave up meanwhile is left out.
pub struct Grouping<Q, A> {
    places: Arc<Semaphore>,
    waiting: mpsc::Sender<Question<Q, A>>,
}

struct Question<Q, A> {
    question: Q,
    answer: oneshot::Sender<A>,
}

impl<Q: Send + 'static, A: Send + 'static> Grouping<Q, A> {
    /// Answers groups by `answer`, which gives an answer for each question, in their order.
    ///
    /// Must be called in the runtime of tokio that lives as long as the service: that is where groups are answered, so that
    /// none ends with the request that asked first.
    pub fn start<F, Fut>(options: Options, answer: F) -> Self
    where
        F: Fn(Vec<Q>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Vec<A>> + Send + 'static,
    {
        let places = Arc::new(Semaphore::new(options.at_once.max(1)));
        let (waiting, questions) = mpsc::channel(options.queue.max(1));
        tokio::spawn(gather(options.group, Arc::clone(&places), questions, Arc::new(answer)));
        Self { places, waiting }
    }

    /// The place of a group, when one is free and nobody waits for it: whoever holds it may ask by themselves, without a
    /// way to another task and back.
    #[must_use]
    pub fn place(&self) -> Option<SemaphorePermit<'_>> {
        self.places.try_acquire().ok()
    }

    /// The answer to `question`.
    ///
    /// # Errors
    ///
    /// [`Lost`], when there is none.
    pub async fn ask(&self, question: Q) -> Result<A, Lost> {
        let (answer, answered) = oneshot::channel();
        self.waiting.send(Question { question, answer }).await.map_err(|_| Lost)?;
        answered.await.map_err(|_| Lost)
    }
}

impl<Q, A> Clone for Grouping<Q, A> {
    fn clone(&self) -> Self {
        Self { places: Arc::clone(&self.places), waiting: self.waiting.clone() }
    }
}

impl<Q, A> fmt::Debug for Grouping<Q, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grouping").field("places", &self.places.available_permits()).finish_non_exhaustive()
    }
}

/// Makes a group of whoever waits whenever there is a place for one; ends with the last that could ask.
async fn gather<Q, A, F, Fut>(
    most: usize,
    places: Arc<Semaphore>,
    mut questions: mpsc::Receiver<Question<Q, A>>,
    answer: Arc<F>,
) where
    Q: Send + 'static,
    A: Send + 'static,
    F: Fn(Vec<Q>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Vec<A>> + Send + 'static,
{
    while let Some(first) = questions.recv().await {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let mut group = vec![first];
        while group.len() < most
            && let Ok(question) = questions.try_recv()
        {
            group.push(question);
        }
        group.retain(|question| !question.answer.is_closed());
        if group.is_empty() {
            continue;
        }
        let answer = Arc::clone(&answer);
        tokio::spawn(async move {
            let (questions, askers): (Vec<Q>, Vec<_>) =
                group.into_iter().map(|Question { question, answer }| (question, answer)).unzip();
            for (asker, answer) in askers.into_iter().zip(answer(questions).await) {
                // Whoever asked may have gone meanwhile.
                let _ = asker.send(answer);
            }
            drop(place);
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use futures_util::future::join_all;
    use tokio::sync::Notify;

    use super::*;

    const OPTIONS: Options = Options { at_once: 1, group: 8, queue: 64 };

    #[tokio::test]
    async fn each_gets_the_answer_to_its_own_question() {
        let grouping = Grouping::start(OPTIONS, |group: Vec<u32>| async move { group.iter().map(|n| n * 2).collect() });
        let answers = join_all((0..100).map(|n| grouping.ask(n))).await;
        assert_eq!(answers, (0..100).map(|n| Ok(n * 2)).collect::<Vec<_>>());
    }

    /// The groups that were seen.
    type Groups = Arc<Mutex<Vec<Vec<u32>>>>;

    /// A grouping that answers only when told, and what groups it saw.
    fn slow() -> (Grouping<u32, u32>, Arc<Notify>, Groups) {
        let (go, groups) = (Arc::new(Notify::new()), Arc::new(Mutex::new(Vec::new())));
        let (gate, seen) = (Arc::clone(&go), Arc::clone(&groups));
        let grouping = Grouping::start(OPTIONS, move |group: Vec<u32>| {
            seen.lock().unwrap().push(group.clone());
            let gate = Arc::clone(&gate);
            async move {
                gate.notified().await;
                group
            }
        });
        (grouping, go, groups)
    }

    #[tokio::test]
    async fn who_comes_while_one_is_answered_shares_the_next_up_to_its_size() {
        let (grouping, go, groups) = slow();
        let asking = |n| {
            tokio::spawn({
                let grouping = grouping.clone();
                async move { grouping.ask(n).await }
            })
        };
        let first = asking(0);
        tokio::time::sleep(Duration::from_millis(20)).await;
        let others: Vec<_> = (1..=12).map(asking).collect();
        tokio::time::sleep(Duration::from_millis(20)).await;
        for _ in 0..3 {
            go.notify_one();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(first.await.unwrap(), Ok(0));
        assert!(join_all(others).await.into_iter().all(|answer| answer.unwrap().is_ok()));
        assert_eq!(groups.lock().unwrap().iter().map(Vec::len).collect::<Vec<_>>(), [1, 8, 4]);
    }

    #[tokio::test]
    async fn who_gave_up_is_left_out_and_holds_nobody_up() {
        let (grouping, go, groups) = slow();
        let first = tokio::spawn({
            let grouping = grouping.clone();
            async move { grouping.ask(0).await }
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
        for n in 1..5 {
            let impatient = tokio::time::timeout(Duration::from_millis(5), grouping.ask(n)).await;
            assert!(impatient.is_err());
        }
        go.notify_one();
        assert_eq!(first.await.unwrap(), Ok(0));
        go.notify_one();
        assert_eq!(grouping.ask(9).await, Ok(9));
        assert_eq!(*groups.lock().unwrap(), [vec![0], vec![9]]);
    }

    #[tokio::test]
    async fn a_place_is_free_when_nothing_is_under_way() {
        let (grouping, go, _) = slow();
        let place = grouping.place();
        assert!(place.is_some() && grouping.place().is_none());
        let asked = tokio::spawn({
            let grouping = grouping.clone();
            async move { grouping.ask(1).await }
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
        // Who waits goes first, and not who comes when the place is given back.
        drop(place);
        assert!(grouping.place().is_none());
        go.notify_one();
        assert_eq!(asked.await.unwrap(), Ok(1));
        assert!(grouping.place().is_some());
    }

    #[tokio::test]
    async fn an_answer_that_panics_is_lost_and_the_next_is_not() {
        let grouping = Grouping::start(OPTIONS, |group: Vec<u32>| async move {
            assert!(!group.contains(&13), "an unlucky number");
            group
        });
        assert_eq!(grouping.ask(13).await, Err(Lost));
        assert_eq!(grouping.ask(7).await, Ok(7));
    }
}
