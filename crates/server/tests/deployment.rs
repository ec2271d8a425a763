//! The files under `deploy/` name settings that exist.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Variables of other programs in the same files: PostgreSQL, mailpit, and what the Dockerfile is built with.
const OF_OTHERS: &[&str] =
    &["POSTGRES_", "MP_", "BUILD_IMAGE", "RUNTIME_IMAGE", "IMAGE", "VERSION", "REVISION", "CREATED"];

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Every setting: `.env.example` is held to the list in the code by a test of its own.
fn settings() -> BTreeSet<String> {
    let example = fs::read_to_string(root().join(".env.example")).expect("the example is there");
    let names = example.lines().filter_map(|line| line.trim_start_matches("# ").split_once('='));
    names.map(|(name, _)| name.to_owned()).filter(|name| is_name(name)).collect()
}

fn is_name(text: &str) -> bool {
    text.len() > 2
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// The variable that a line sets: `NAME: value`, `- NAME=value`, `ENV NAME=value`, `Environment=NAME=value`,
/// `- name: NAME` and `{"name": "NAME", …}`.
fn variables(line: &str) -> Vec<&str> {
    let line = line.trim().trim_start_matches("- ");
    let line = line.trim_start_matches("ENV ").trim_start_matches("Environment=");
    let set = line.split_once(['=', ':']).map(|(name, _)| name);
    let yaml = line.strip_prefix("name: ");
    let json = line.split("\"name\": \"").skip(1).filter_map(|rest| rest.split('"').next());
    set.into_iter().chain(yaml).chain(json).filter(|name| is_name(name)).collect()
}

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder that can be read") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // Tools of the check, secrets of a working copy, and what is about other programs.
        if path.is_dir() && !["check", "secrets", "grafana", "prometheus"].contains(&name.as_str()) {
            files(&path, found);
        } else if ["Dockerfile", ".yaml", ".json", ".env", ".service"].iter().any(|end| name.ends_with(end)) {
            found.push(path);
        }
    }
}

#[test]
fn deployment_files_set_only_what_can_be_set() {
    let settings = settings();
    let mut paths = Vec::new();
    files(&root().join("deploy"), &mut paths);
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    for path in &paths {
        let text = fs::read_to_string(path).expect("a text file");
        for variable in text.lines().flat_map(variables) {
            let setting = variable.strip_suffix("_FILE").unwrap_or(variable);
            if settings.contains(setting) {
                seen.insert(setting.to_owned());
            } else if !OF_OTHERS.iter().any(|other| variable.starts_with(other)) {
                wrong.push(format!("{}: {variable}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "no such settings, see crates/server/src/settings/variables.rs:\n{}", wrong.join("\n"));
    // Each way of writing a variable was understood: they come from every kind of file.
    for setting in ["BIND_ADDR", "DATABASE_URL", "ENCRYPTION_KEYS", "MIGRATE_ON_START", "PUBLIC_URL", "SHUTDOWN_GRACE"]
    {
        assert!(seen.contains(setting), "{setting} is set by no file under deploy");
    }
}

#[test]
fn every_way_of_setting_a_variable_is_understood() {
    for line in [
        "  BIND_ADDR: 0.0.0.0:8000",
        "      - BIND_ADDR=0.0.0.0:8000",
        "BIND_ADDR=0.0.0.0:8000",
        "ENV BIND_ADDR=0.0.0.0:8000 \\",
        "Environment=BIND_ADDR=0.0.0.0:8000",
        "            - name: BIND_ADDR",
        "        {\"name\": \"BIND_ADDR\", \"value\": \"0.0.0.0:8000\"},",
    ] {
        assert_eq!(variables(line), ["BIND_ADDR"], "{line}");
    }
    assert_eq!(variables("      capabilities: {drop: [ALL]}"), [""; 0]);
}
