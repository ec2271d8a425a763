//! The arrows of docs/architecture.md, held by a test.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// Which crates of the workspace each crate may link.
const ARROWS: &[(&str, &[&str])] = &[
    ("voxgate-domain", &[]),
    ("voxgate-application", &["voxgate-domain"]),
    ("voxgate-crypto", &["voxgate-domain", "voxgate-verify"]),
    ("voxgate-grouping", &[]),
    ("voxgate-storage", &["voxgate-domain", "voxgate-grouping"]),
    ("voxgate-limits", &["voxgate-domain"]),
    ("voxgate-mail", &["voxgate-domain"]),
    ("voxgate-redis", &["voxgate-domain", "voxgate-grouping"]),
    ("voxgate-webhooks", &["voxgate-domain"]),
    ("voxgate-testkit", &["voxgate-domain"]),
    ("mocked-suite", &["voxgate-domain"]),
    ("voxgate-verify", &["voxgate-domain"]),
    ("example-actix-service", &["voxgate-domain", "voxgate-verify"]),
    ("example-axum-service", &["voxgate-domain", "voxgate-verify"]),
    ("voxgate-http", &["voxgate-application", "voxgate-domain"]),
    // Outside of the service: what callers link knows the OpenAPI document and nothing else.
    ("voxgate-client", &[]),
    ("voxgate-client-codegen", &[]),
    // It drives the binary from outside; what it makes is hashed and sealed as the service does.
    ("voxgate-bench", &["voxgate-crypto", "voxgate-domain", "voxgate-testkit"]),
    // What reads outside bytes is tried by it wherever it is; the service does not link it.
    (
        "voxgate-hostile",
        &[
            "voxgate-application",
            "voxgate-crypto",
            "voxgate-domain",
            "voxgate-http",
            "voxgate-mail",
            "voxgate-redis",
            "voxgate-storage",
            "voxgate-verify",
        ],
    ),
    (
        "voxgate",
        &[
            "voxgate-application",
            "voxgate-crypto",
            "voxgate-domain",
            "voxgate-http",
            "voxgate-limits",
            "voxgate-mail",
            "voxgate-redis",
            "voxgate-storage",
            "voxgate-webhooks",
        ],
    ),
];

/// What must not be linked where: crate, dependency, why.
const NEVER: &[(&str, &[&str], &str)] = &[
    (
        "voxgate-domain",
        &[
            "tokio",
            "actix-web",
            "diesel",
            "diesel-async",
            "lettre",
            "deadpool-redis",
            "redis",
            "governor",
            "jsonwebtoken",
            "argon2",
        ],
        "the domain is pure: no runtime, no protocol, no database, no cryptography",
    ),
    (
        "voxgate-application",
        &["tokio", "actix-web", "diesel", "diesel-async", "lettre", "redis", "governor", "jsonwebtoken", "argon2"],
        "use cases reach the world through ports alone",
    ),
    (
        "voxgate-http",
        &["diesel", "diesel-async", "lettre", "redis", "governor", "jsonwebtoken", "argon2", "aws-lc-rs"],
        "HTTP turns requests into calls of use cases; it never sees an adapter",
    ),
];

fn packages() -> BTreeMap<String, Package> {
    let metadata = MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata answers");
    metadata.packages.into_iter().map(|package| (package.name.to_string(), package)).collect()
}

fn linked(package: &Package) -> BTreeSet<String> {
    let normal = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
    normal.map(|dependency| dependency.name.clone()).collect()
}

#[test]
fn crates_of_the_workspace_link_only_inwards() {
    let packages = packages();
    let members: BTreeSet<&String> = packages.keys().collect();
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    for (name, package) in &packages {
        let allowed = arrows.get(name.as_str()).unwrap_or_else(|| {
            panic!("{name} has no place in the architecture: add it to docs/architecture.md and to this test")
        });
        for dependency in linked(package).iter().filter(|dependency| members.contains(dependency)) {
            assert!(
                allowed.contains(&dependency.as_str()),
                "{name} must not link {dependency}: arrows point inwards, see docs/architecture.md"
            );
        }
    }
}

#[test]
fn the_inner_crates_link_nothing_of_the_outside() {
    let packages = packages();
    for (name, forbidden, why) in NEVER {
        for dependency in linked(&packages[*name]) {
            assert!(!forbidden.contains(&dependency.as_str()), "{name} must not link {dependency}: {why}");
        }
    }
}

/// The workspace forbids it, which no attribute in a source can lift; a crate that does not inherit that could have some.
#[test]
fn no_crate_may_have_unsafe_code() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let read = |path: &str| std::fs::read_to_string(path).expect("a manifest that can be read");
    assert!(section(&read(&format!("{root}/Cargo.toml")), "workspace.lints.rust").contains(FORBID_UNSAFE));
    for (name, package) in packages() {
        let manifest = read(package.manifest_path.as_str());
        assert!(section(&manifest, "lints").contains("workspace = true"), "{name} does not inherit the lints");
    }
    // What is no member: the fuzzers, which are a workspace of their own.
    assert!(section(&read(&format!("{root}/fuzz/Cargo.toml")), "lints.rust").contains(FORBID_UNSAFE));
}

const FORBID_UNSAFE: &str = "unsafe_code = \"forbid\"";

/// The lines of one table of a manifest.
fn section<'a>(manifest: &'a str, name: &str) -> &'a str {
    let begin = format!("[{name}]\n");
    let (_, rest) = manifest.split_once(&begin).unwrap_or(("", ""));
    rest.split("\n[").next().unwrap_or_default()
}

#[test]
fn the_domain_builds_without_any_runtime_or_adapter() {
    // Directly or through anything: the whole tree of the domain, without optional features.
    let metadata = MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/Cargo.toml"))
        .exec()
        .expect("cargo metadata answers");
    let resolve = metadata.resolve.as_ref().expect("a resolved tree");
    let domain =
        metadata.packages.iter().find(|package| package.name.as_str() == "voxgate-domain").expect("the domain");
    let mut seen = BTreeSet::new();
    let mut open = vec![domain.id.clone()];
    while let Some(id) = open.pop() {
        let node = resolve.nodes.iter().find(|node| node.id == id).expect("a node of the tree");
        for dependency in &node.deps {
            let normal = dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
            if normal && seen.insert(dependency.pkg.clone()) {
                open.push(dependency.pkg.clone());
            }
        }
    }
    let names: BTreeSet<String> = metadata
        .packages
        .iter()
        .filter(|package| seen.contains(&package.id))
        .map(|package| package.name.to_string())
        .collect();
    for forbidden in NEVER[0].1 {
        assert!(!names.contains(*forbidden), "the domain links {forbidden} through something: {}", NEVER[0].2);
    }
}
