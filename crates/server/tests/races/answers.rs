//! Counting answers and events.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::harness::Answer;

/// How many answers there were of each kind: `204`, or `400 invalid_token` with the code of a problem.
pub(crate) fn kinds<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for answer in answers {
        let kind = if answer.status < 400 { answer.status.to_string() } else { problem(answer) };
        *counts.entry(kind).or_default() += 1;
    }
    counts
}

fn problem(answer: &Answer) -> String {
    format!("{} {}", answer.status, answer.code())
}

/// What [`kinds`] must be; a kind that is expected no times is not there.
pub(crate) fn counts<const N: usize>(expected: [(&str, usize); N]) -> BTreeMap<String, usize> {
    expected.into_iter().filter(|(_, count)| *count > 0).map(|(kind, count)| (kind.to_owned(), count)).collect()
}

/// Fails when an answer is of another kind than these.
pub(crate) fn only(answers: &[Answer], kinds: &[&str]) {
    for kind in self::kinds(answers).into_keys() {
        assert!(kinds.contains(&kind.as_str()), "{kind} is not among {kinds:?}");
    }
}

/// How many of the answers are a success.
pub(crate) fn successes(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.status < 300).count()
}

/// The events of this name and outcome, newest first.
pub(crate) fn of<'a>(events: &'a [Value], name: &str, outcome: &str) -> Vec<&'a Value> {
    events.iter().filter(|event| event["event"] == name && event["outcome"] == outcome).collect()
}

/// How many successes of this name there are among `events`.
pub(crate) fn done(events: &[Value], name: &str) -> usize {
    of(events, name, "success").len()
}
