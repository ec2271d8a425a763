//! The README's tour works as it is written.

use std::process::Command;

use crate::harness::{Backend, Voxgate};

/// The shell blocks of the tour, in order.
fn tour(readme: &str) -> Vec<&str> {
    let tour = readme.split_once("## A tour with curl").unwrap().1.split_once("\n## ").unwrap().0;
    tour.split("```sh\n").skip(1).map(|block| block.split_once("```").unwrap().0).collect()
}

pub(crate) async fn the_tour_of_the_readme_works_as_written(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("MAIL_DIR", "var/mail")]).await;
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).unwrap();
    let blocks = tour(&readme);
    assert!(blocks.len() >= 9, "the tour has {} blocks", blocks.len());

    // Only the port is another one, and a person reads for a moment before the next step.
    let script = format!("set -e\n{}", blocks.join("\necho\nsleep 1\n"));
    let script = script.replace("localhost:8000", voxgate.base.trim_start_matches("http://"));
    let dir = voxgate.dir.path().to_owned();
    let run = move || Command::new("bash").args(["-c", &script]).current_dir(dir).output().expect("bash runs");
    let output = tokio::task::spawn_blocking(run).await.unwrap();

    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(!said.contains("urn:voxgate:problem"), "a step of the tour failed:\n{said}");
    for expected in [
        "verification_sent",
        "Subject: ",
        "access_token",
        "recovery_codes",
        "\"first_name\":\"Ada\"",
        "laptop",
        "reset_sent",
    ] {
        assert!(said.contains(expected), "{expected:?} is missing in:\n{said}");
    }
    assert_eq!(said.matches("HTTP/1.1 204").count(), 6, "{said}");
    // After the logout.
    assert_eq!(said.matches("HTTP/1.1 401").count(), 1, "{said}");
}
