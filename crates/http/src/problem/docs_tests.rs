//! docs/errors.md lists the catalogue.

use super::Kind;

#[test]
fn the_docs_list_every_problem_with_its_status_and_no_other() {
    let docs = include_str!("../../../../docs/errors.md");
    let listed: Vec<(&str, &str)> = docs
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(code, rest)| (code, rest.split(" | ").next().unwrap_or_default()))
        .collect();
    let catalogue: Vec<(&str, String)> =
        Kind::ALL.iter().map(|kind| (kind.code(), kind.status().as_u16().to_string())).collect();
    let catalogue: Vec<(&str, &str)> = catalogue.iter().map(|(code, status)| (*code, status.as_str())).collect();
    assert_eq!(listed, catalogue);
}
