//! The targets on the corpus that is checked in, and on what is made of it at random: what fuzzing found once stays
//! mended, with every toolchain. `PROPTEST_CASES=100000 cargo test -p voxgate-hostile` tries for longer.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestError, TestRunner};
use voxgate_hostile::{TARGETS, run};

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// The names of what is in `folder`, without extensions.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder that can be read");
    let stem = |path: PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let mut names: Vec<String> = entries.filter_map(|entry| stem(entry.expect("an entry").path())).collect();
    names.sort_unstable();
    names
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = fuzz().join("corpus").join(target);
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder).expect("a corpus").map(|entry| entry.expect("an entry").path()).collect();
    files.sort_unstable();
    files.iter().map(|file| fs::read(file).expect("a file that can be read")).collect()
}

#[test]
fn every_target_has_a_program_and_a_corpus() {
    let targets: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(TESTED, targets);
    assert_eq!(names(&fuzz().join("fuzz_targets")), targets);
    assert_eq!(names(&fuzz().join("corpus")), targets);
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).expect("a manifest");
    for target in targets {
        let program = fs::read_to_string(fuzz().join(format!("fuzz_targets/{target}.rs"))).expect("a program");
        assert!(program.contains(&format!("run(\"{target}\", bytes)")), "{target} runs another target");
        assert!(manifest.contains(&format!("name = \"{target}\"")), "{target} is not in fuzz/Cargo.toml");
        assert!(corpus(target).len() >= 3, "{target} has too small a corpus");
    }
}

/// Two tests a target, so that a name says what broke.
macro_rules! targets {
    ($($target:ident,)+) => {
        const TESTED: &[&str] = &[$(stringify!($target),)+];
        $(mod $target {
            #[test]
            fn keeps_its_promises_on_the_corpus() {
                super::corpus(stringify!($target)).iter().for_each(|bytes| super::run(stringify!($target), bytes));
            }

            #[test]
            fn keeps_its_promises_on_what_is_made_of_the_corpus() {
                super::try_at_random(stringify!($target));
            }
        })+
    };
}

targets! { claims, codes, cursor, export, forwarded, headers, json, keys, mail, networks, query, settings, texts, token, }

fn try_at_random(target: &str) {
    let edits = prop::collection::vec(edit(), 0..6);
    let made = (select(corpus(target)), edits).prop_map(|(mut bytes, edits)| {
        edits.iter().for_each(|edit| edit.make(&mut bytes));
        bytes
    });
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&made, |bytes| {
        run(target, &bytes);
        Ok(())
    });
    // As text, which is what most inputs are.
    let shown = outcome.map_err(|error| match error {
        TestError::Fail(why, bytes) => format!("{why}: {:?} ({bytes:?})", String::from_utf8_lossy(&bytes)),
        TestError::Abort(why) => why.to_string(),
    });
    assert_eq!(shown, Ok(()));
}

/// A change of some bytes.
#[derive(Clone, Debug)]
enum Edit {
    Put(Index, Vec<u8>),
    Cut(Index, usize),
    Repeat(Index, usize),
    Flip(Index, u8),
}

fn edit() -> impl Strategy<Value = Edit> {
    let odd = select(vec![
        &b"\0"[..],
        b"\r\n",
        b"\n",
        b"\"",
        b"'",
        b"<",
        b">",
        b"\\",
        b",",
        b";",
        b"=",
        b".",
        b"@",
        b"..",
        b"%00",
        b"\xff",
        "\u{202e}".as_bytes(),
        "\u{feff}".as_bytes(),
        "e\u{301}".as_bytes(),
        "\u{212a}".as_bytes(),
        b"{\"a\":",
        b"[",
        b"1e999",
        b"-1",
    ]);
    let bytes = prop_oneof![3 => odd.prop_map(<[u8]>::to_vec), 1 => prop::collection::vec(any::<u8>(), 1..8)];
    prop_oneof![
        (any::<Index>(), bytes).prop_map(|(at, bytes)| Edit::Put(at, bytes)),
        (any::<Index>(), 1..16_usize).prop_map(|(at, count)| Edit::Cut(at, count)),
        (any::<Index>(), 1..400_usize).prop_map(|(at, count)| Edit::Repeat(at, count)),
        (any::<Index>(), any::<u8>()).prop_map(|(at, mask)| Edit::Flip(at, mask)),
    ]
}

impl Edit {
    fn make(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Put(at, new) => {
                let at = at.index(bytes.len() + 1);
                bytes.splice(at..at, new.iter().copied());
            }
            Self::Cut(at, count) => {
                let at = at.index(bytes.len() + 1);
                bytes.drain(at..(at + count).min(bytes.len()));
            }
            Self::Repeat(at, count) => {
                let at = at.index(bytes.len() + 1);
                if let Some(byte) = bytes.get(at).copied() {
                    bytes.splice(at..at, std::iter::repeat_n(byte, *count));
                }
            }
            Self::Flip(at, mask) => {
                let at = at.index(bytes.len() + 1);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= mask;
                }
            }
        }
    }
}
