//! What the documents point at is there.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a text file")
}

fn files(dir: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder that can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.ends_with("target") {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
}

fn documents() -> Vec<PathBuf> {
    let mut documents = vec![root().join("README.md")];
    files(&root().join("docs"), "md", &mut documents);
    files(&root().join("deploy"), "md", &mut documents);
    documents
}

/// The names of all functions of the workspace.
fn functions() -> BTreeSet<String> {
    let mut sources = Vec::new();
    files(&root().join("crates"), "rs", &mut sources);
    let mut names = BTreeSet::new();
    for source in sources {
        for line in read(&source).lines() {
            let name = line.split_once("fn ").map(|(_, rest)| rest.split(['(', '<']).next().unwrap_or_default());
            names.extend(name.map(ToOwned::to_owned));
        }
    }
    names
}

/// The targets of the links in `text`.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

/// What a heading is linked by.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

#[test]
fn every_test_that_counters_a_threat_is_there() {
    let functions = functions();
    let text = read(&root().join("docs/security-model.md"));
    let (_, table) = text.split_once("## Threats and tests").expect("the section");
    let (table, _) = table.split_once("\n## ").expect("its end");
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---")).collect();
    assert!(rows.len() > 40, "the table has {} rows", rows.len());
    for row in rows.into_iter().skip(1) {
        let tests = row.trim_end_matches(" |").rsplit(" | ").next().unwrap_or_default();
        let names: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "nothing proves: {row}");
        for name in names {
            assert!(functions.contains(name), "there is no test {name}, which docs/security-model.md relies on");
        }
    }
}

/// The list is that of the requirements: a row for each bug.
#[test]
fn every_attack_is_tried_by_tests_that_are_there() {
    let functions = functions();
    let text = read(&root().join("docs/reliability.md"));
    let (_, section) = text.split_once("## Attacks").expect("the section");
    let (section, _) = section.split_once("\n## ").unwrap_or((section, ""));
    let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| ")).skip(2).collect();
    assert_eq!(rows.len(), 36, "rows of the table of attacks");
    let mut named = BTreeSet::new();
    for row in rows {
        let names: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "nothing tries: {row}");
        for name in names {
            assert!(functions.contains(name), "there is no test {name}, which docs/reliability.md relies on");
            named.insert(name.to_owned());
        }
    }
    // And the other way round: an attack that is tried is in the list.
    let mut sources = Vec::new();
    files(&root().join("crates/server/tests/e2e/attacks"), "rs", &mut sources);
    for source in sources {
        for line in read(&source).lines().filter_map(|line| line.strip_prefix("pub(crate) async fn ")) {
            let name = line.split('(').next().unwrap_or_default();
            assert!(named.contains(name), "{name} is not in docs/reliability.md");
        }
    }
}

#[test]
fn every_fault_is_tried_by_tests_that_are_there() {
    let functions = functions();
    let text = read(&root().join("docs/reliability.md"));
    let (_, section) = text.split_once("## Faults").expect("the section");
    let mut rows = section.lines().filter(|line| line.starts_with("| ") && line.contains(" `")).peekable();
    assert!(rows.peek().is_some(), "the table of faults");
    for row in rows.filter(|row| !row.starts_with("| `")) {
        let name = row.split(" | ").nth(2).unwrap_or_default().trim_matches('`');
        assert!(functions.contains(name), "there is no test {name}, which docs/reliability.md relies on");
    }
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    for document in documents() {
        let text = read(&document);
        let folder = document.parent().expect("a folder");
        for link in links(&text).filter(|link| !link.starts_with("http")) {
            let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { document.clone() } else { folder.join(file) };
            assert!(target.exists(), "{}: nothing is at {link}", document.display());
            let heading = |line: &str| line.starts_with('#') && anchor(line.trim_start_matches(['#', ' '])) == fragment;
            let found = fragment.is_empty() || read(&target).lines().any(heading);
            assert!(found, "{}: no heading is at {link}", document.display());
        }
    }
}
