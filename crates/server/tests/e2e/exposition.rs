//! The text format of Prometheus, read strictly.

use std::collections::BTreeMap;

/// What was read.
pub(crate) struct Scrape {
    /// The kind of each family.
    pub(crate) kinds: BTreeMap<String, String>,
    pub(crate) samples: Vec<Sample>,
}

/// One line.
#[derive(Debug)]
pub(crate) struct Sample {
    /// The metric, without what a histogram puts behind its name.
    pub(crate) family: String,
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) value: f64,
}

impl Scrape {
    /// Reads `text`; whatever a Prometheus would not take stops the test.
    pub(crate) fn parse(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line has no end");
        let mut scrape = Self { kinds: BTreeMap::new(), samples: Vec::new() };
        for line in text.lines().filter(|line| !line.is_empty()) {
            match line.strip_prefix("# ").map(|comment| comment.split(' ').collect::<Vec<_>>()) {
                Some(words) if words[0] == "TYPE" => {
                    let again = scrape.kinds.insert(words[1].to_owned(), words[2].to_owned());
                    assert_eq!((again, words.len()), (None, 3), "{line}");
                }
                Some(words) => assert_eq!(words[0], "HELP", "{line}"),
                None => {
                    let sample = scrape.sample(line);
                    let twice = |other: &Sample| (&other.name, &other.labels) == (&sample.name, &sample.labels);
                    assert!(!scrape.samples.iter().any(twice), "twice: {line}");
                    scrape.samples.push(sample);
                }
            }
        }
        scrape
    }

    fn sample(&self, line: &str) -> Sample {
        let end = line.find(['{', ' ']).unwrap_or_else(|| panic!("no value: {line}"));
        let (name, mut rest) = line.split_at(end);
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'), "{line}");
        let mut labels = BTreeMap::new();
        if let Some(inside) = rest.strip_prefix('{') {
            rest = inside;
            while !rest.starts_with('}') {
                let (label, value) = rest.split_once("=\"").unwrap_or_else(|| panic!("no label: {line}"));
                let end = closing_quote(value).unwrap_or_else(|| panic!("no end of a label: {line}"));
                let (value, behind) = value.split_at(end);
                assert_eq!(labels.insert(label.to_owned(), value.to_owned()), None, "{line}");
                rest = behind.trim_start_matches('"');
                rest = rest.strip_prefix(',').unwrap_or(rest);
            }
            rest = rest.strip_prefix('}').unwrap_or_default();
        }
        let value = rest.strip_prefix(' ').and_then(|value| value.parse().ok());
        let value = value.unwrap_or_else(|| panic!("no number: {line}"));
        let base = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix));
        let of_histogram = base.filter(|base| self.kinds.get(*base).is_some_and(|kind| kind == "histogram"));
        let family = of_histogram.unwrap_or(name).to_owned();
        assert!(self.kinds.contains_key(&family), "no type before {line}");
        Sample { family, name: name.to_owned(), labels, value }
    }
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })
}

/// The sum of the samples of `metric` that have all of `labels`.
pub(crate) fn sum(scrape: &Scrape, metric: &str, labels: &[(&str, &str)]) -> f64 {
    let samples = scrape.samples.iter().filter(|sample| sample.name == metric);
    let has =
        |sample: &&Sample| labels.iter().all(|(name, value)| sample.labels.get(*name).is_some_and(|v| v == value));
    samples.filter(has).map(|sample| sample.value).sum()
}
