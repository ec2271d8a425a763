//! The command line, and how the service starts and stops.

use std::io::Write as _;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::harness::{Backend, Voxgate, empty_database, voxgate};

/// Runs a command in `dir` with `input` on standard input.
fn run(dir: &TempDir, args: &[&str], settings: &[(&str, &str)], input: &str) -> Output {
    let settings: Vec<(String, String)> = settings.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let mut command = voxgate(dir.path(), &settings);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn an_operator_sets_everything_up_by_command() {
    let dir = tempfile::tempdir().unwrap();
    let ok = |args: &[&str], input: &str| {
        let output = run(&dir, args, &[], input);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    assert!(ok(&["migrate"], "").contains("applied 0001"));
    assert_eq!(ok(&["migrate"], ""), "the database is up to date\n");
    assert!(ok(&["keys", "generate"], "").starts_with("made "));
    assert!(ok(&["keys", "rotate", "--lead", "1s"], "").contains("signs from"));
    assert_eq!(ok(&["keys", "list"], "").lines().count(), 2);
    assert!(ok(&["roles", "init"], "").contains("made patient"));
    assert_eq!(ok(&["roles", "init"], ""), "every role is there\n");
    let admin = ["admin", "create", "--email", "root@example.org", "--password-stdin"];
    assert!(ok(&admin, "xK9#mQ2$vL7pQw\n").starts_with("made administrator "));
    assert!(ok(&["openapi"], "").contains("\"openapi\": \"3.1"));
    assert!(ok(&["config", "check"], "").contains("every setting is valid"));

    let again = run(&dir, &admin, &[], "xK9#mQ2$vL7pQw\n");
    assert_eq!((again.status.code(), text(&again.stderr)), (Some(2), "error: the address has an account\n".into()));
    let weak = run(&dir, &["admin", "create", "--email", "a@b.example", "--password-stdin"], &[], "Password123!\n");
    assert_eq!(weak.status.code(), Some(2));
    assert!(text(&weak.stderr).contains("too easy to guess"), "{}", text(&weak.stderr));
}

pub(crate) async fn replicas_that_migrate_at_once_do_not_collide(backend: Backend) {
    let dir = tempfile::tempdir().unwrap();
    let (url, _database) = empty_database(backend, dir.path());
    let replica = || {
        let mut command = voxgate(dir.path(), &[("DATABASE_URL".to_owned(), url.clone())]);
        command.arg("migrate").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let replicas: Vec<_> = (0..4).map(|_| replica()).collect();

    let mut applied = Vec::new();
    for replica in replicas {
        let output = replica.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        applied
            .extend(text(&output.stdout).lines().filter_map(|line| line.strip_prefix("applied ")).map(str::to_owned));
    }

    // All of them succeed, and each step was applied by one.
    applied.sort();
    let steps = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/sqlite")).unwrap();
    let mut steps: Vec<String> = steps.map(|step| step.unwrap().file_name().into_string().unwrap()).collect();
    steps.sort();
    assert_eq!(applied, steps);
}

#[test]
fn faulty_settings_stop_every_command_with_one_message() {
    let dir = tempfile::tempdir().unwrap();
    let faulty = [("BIND_ADDR", "nowhere"), ("LOCKOUT_DURATION", "long"), ("APP_ENV", "test")];
    for args in [&["serve"][..], &["config", "check"], &["migrate"], &[]] {
        let output = run(&dir, args, &faulty, "");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let message = text(&output.stderr);
        assert!(faulty.iter().all(|(name, _)| message.contains(name)), "{message}");
    }
    assert_eq!(run(&dir, &["no-such-command"], &[], "").status.code(), Some(2));
}

#[test]
fn production_refuses_keys_of_a_development_start() {
    let dir = tempfile::tempdir().unwrap();
    // A development command makes keys.
    assert_eq!(run(&dir, &["roles", "init"], &[], "").status.code(), Some(0));
    let production = [
        ("APP_ENV", "production"),
        ("PUBLIC_URL", "https://accounts.example.org"),
        ("ENCRYPTION_KEYS", "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
    ];
    let refused = run(&dir, &["serve"], &production, "");
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("development start"), "{}", text(&refused.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_ready_within_a_second_and_stops_when_asked() {
    let mut voxgate = Voxgate::start(Backend::Sqlite).await;
    voxgate.get("/health/ready").await.expect(200);
    let health = voxgate.get("/health").await.expect(200).json();
    assert_eq!(health["status"], "ok");
    assert_eq!(voxgate.stop().await, Some(0));

    // The best of three: other tests run beside this one.
    let mut starts = Vec::new();
    for _ in 0..3 {
        let begun = Instant::now();
        voxgate.start_again().await;
        starts.push(begun.elapsed());
        assert_eq!(voxgate.stop().await, Some(0));
    }
    assert!(starts.iter().min() < Some(&Duration::from_secs(1)), "{starts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn retention_shows_what_would_go_and_lets_it_go() {
    let mut voxgate = Voxgate::start(Backend::Sqlite).await;
    let me = voxgate.logged_in("ada@example.org").await;
    let account = "/users/account";
    voxgate.call(reqwest::Method::DELETE, account, &me.access_token, serde_json::Value::Null).await.expect(204);
    voxgate.mail_to(&me.email, 2).await;
    assert_eq!(voxgate.stop().await, Some(0));
    let retention = |args: &[&str]| {
        let output = voxgate.command(&[&["retention"], args].concat());
        (output.status.code(), text(&output.stdout))
    };

    let (code, said) = retention(&["run", "--dry-run"]);
    assert_eq!((code, said.contains("would purge 0 users")), (Some(0), true), "not old enough: {said}");
    // A month later, as far as the database knows.
    let month = 31_u64 * 24 * 3_600 * 1_000_000;
    voxgate.sqlite(&format!("UPDATE users SET deleted_at = deleted_at - {month}"));
    let id = voxgate.sqlite("SELECT lower(hex(id)) FROM users");
    let hold = ["--user", id.trim(), "--reason", "subpoena 12"];
    assert_eq!(retention(&[&["hold"], &hold[..]].concat()).0, Some(0));
    assert!(retention(&["run", "--dry-run"]).1.contains("would purge 0 users"));
    assert_eq!(retention(&[&["release"], &hold[..]].concat()).0, Some(0));
    assert_eq!(retention(&[&["release"], &hold[..]].concat()).0, Some(2));
    assert!(retention(&["run", "--dry-run"]).1.contains("would purge 1 users"));
    assert!(retention(&["run"]).1.contains("purged 1 users"));
    assert!(retention(&["run"]).1.contains("purged 0 users"));

    // Not even the free pages of the file remember the person; the trail knows the id.
    let file = std::fs::read(voxgate.dir.path().join("voxgate.db")).unwrap();
    assert!(!file.windows(me.email.len()).any(|bytes| bytes.eq_ignore_ascii_case(me.email.as_bytes())));
    let trail = voxgate.sqlite("SELECT event FROM audit_logs WHERE subject_id = (SELECT id FROM users)");
    for event in ["user.registered", "user.deleted", "legal_hold.set", "legal_hold.released", "user.purged"] {
        assert!(trail.lines().any(|line| line == event), "{event} is not in {trail}");
    }
}
