//! What `voxgate-domain` promises to whoever links it, held by tests.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const DOMAIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../domain");

/// Itself among them.
const MOST_CRATES: usize = 30;

/// What `cargo tree` lists for the domain, itself among it.
fn tree(arguments: &[&str]) -> BTreeSet<String> {
    let manifest = format!("{DOMAIN}/Cargo.toml");
    let cargo = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .args(["--manifest-path", &manifest, "--package", "voxgate-domain"])
        .args(arguments)
        .output()
        .unwrap();
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    let text = String::from_utf8(cargo.stdout).unwrap();
    let names = text.lines().filter_map(|line| line.split_once(' ')).map(|(name, _)| name.to_owned());
    names.collect()
}

#[test]
fn whoever_links_the_domain_builds_at_most_thirty_crates() {
    let crates = tree(&[]);
    assert!(crates.contains("voxgate-domain") && crates.contains("uuid"), "{crates:?}");
    assert!(crates.len() <= MOST_CRATES, "{} crates: {crates:?}", crates.len());
    for optional in ["serde", "mockall"] {
        assert!(!crates.contains(optional), "{optional} is there without its feature");
    }
}

#[test]
fn fixtures_add_no_crate_and_mocks_mockall() {
    let plain = tree(&[]);
    assert_eq!(tree(&["--features", "fixtures"]), plain);
    assert!(tree(&["--features", "mocks"]).contains("mockall"));
}

/// The sources of the ports.
fn ports() -> Vec<(String, String)> {
    let folder = Path::new(DOMAIN).join("src/ports");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap()))
        .collect()
}

#[test]
fn every_port_has_a_mock_that_can_be_reached() {
    let ports = ports();
    let list = ports.iter().find(|(file, _)| file == "mod.rs").map(|(_, text)| text.clone()).unwrap();
    let exported: BTreeSet<&str> = list.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let mut traits = 0;
    for (file, text) in &ports {
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let Some(rest) = line.strip_prefix("pub trait ") else { continue };
            let name = rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap();
            let attributes = lines.iter().take(number).rev().take_while(|line| line.starts_with("#["));
            let mocked = attributes.copied().any(|line| line == r#"#[cfg_attr(feature = "mocks", mockall::automock)]"#);
            assert!(mocked, "{file}: {name} has no mock");
            let mock = format!("Mock{name}");
            assert!(exported.contains(mock.as_str()), "ports/mod.rs does not export {mock}");
            traits += 1;
        }
    }
    assert!(traits > 30, "the ports were not found: {traits}");
}

#[test]
fn the_front_page_names_every_feature_and_every_module() {
    let page = fs::read_to_string(Path::new(DOMAIN).join("src/lib.rs")).unwrap();
    let manifest: String = fs::read_to_string(Path::new(DOMAIN).join("Cargo.toml")).unwrap();
    let docs: String = page.lines().filter(|line| line.starts_with("//!")).map(|line| format!("{line}\n")).collect();
    let (_, features) = manifest.split_once("[features]").unwrap_or_else(|| panic!("no features"));
    let (features, _) = features.split_once("\n[").unwrap();
    let features = features.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "));
    for (feature, _) in features {
        assert!(docs.contains(&format!("| `{feature}` |")), "the front page says nothing of the feature {feature}");
    }
    let lines: Vec<&str> = page.lines().collect();
    for pair in lines.windows(2) {
        let Some(module) = pair[1].strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';')) else { continue };
        // A link to what a feature brings would be broken without it.
        let row = if pair[0].starts_with("#[cfg") { format!("| `{module}` |") } else { format!("| [`{module}`] |") };
        assert!(docs.contains(&row), "the front page says nothing of the module {module}");
    }
}

/// All sources below `folder`.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path.extension() {
            None if path.is_dir() && !path.ends_with("target") => sources(&path),
            Some(extension) if extension == "rs" => vec![(path.clone(), fs::read_to_string(path).unwrap())],
            _ => Vec::new(),
        })
        .collect()
}

/// The variants of the errors that a source declares, such as `TextError::Empty`.
fn error_variants(source: &str) -> Vec<String> {
    let word = |text: &str| text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned();
    let (mut derives_error, mut inside, mut variants) = (false, None, Vec::new());
    for line in source.lines() {
        if line.starts_with("#[derive(") {
            derives_error = line.contains("Error");
        } else if let Some(rest) = line.strip_prefix("pub enum ") {
            inside = derives_error.then(|| word(rest));
        } else if line == "}" {
            inside = None;
        } else if let (Some(name), Some(variant)) = (&inside, line.strip_prefix("    "))
            && variant.starts_with(|c: char| c.is_ascii_uppercase())
        {
            variants.push(format!("{name}::{}", word(variant)));
        }
    }
    variants
}

/// What of a source is run by tests alone.
fn tests_in((path, source): &(PathBuf, String)) -> &str {
    let file = path.file_name().unwrap().to_string_lossy();
    let apart = path.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "contract");
    if apart || file.ends_with("tests.rs") {
        source
    } else {
        source.find("#[cfg(test)]\nmod tests").map_or("", |begins| source.get(begins..).unwrap_or_default())
    }
}

#[test]
fn every_variant_of_every_error_is_met_by_a_test() {
    let variants: Vec<String> =
        sources(&Path::new(DOMAIN).join("src")).iter().flat_map(|(_, source)| error_variants(source)).collect();
    assert!(variants.len() > 50, "{variants:?}");
    let all = sources(&Path::new(DOMAIN).join(".."));
    let named = |variant: &str| {
        all.iter().map(tests_in).any(|tests| {
            let mut after = tests.split(variant).skip(1);
            after.any(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
        })
    };
    let missing: Vec<&String> = variants.iter().filter(|variant| !named(variant)).collect();
    assert!(missing.is_empty(), "no test meets {missing:?}");
}
