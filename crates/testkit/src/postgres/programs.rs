//! PostgreSQL's own programs: where they are and how they are run.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use super::PostgresError;

/// Runs one statement; what it answers.
pub(super) fn psql(url: &str, statement: &str) -> Result<String, PostgresError> {
    let mut command = match binary("psql") {
        Ok(path) => Command::new(path),
        Err(_) => Command::new("psql"),
    };
    run(command.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--command", statement, url]))
}

/// Runs a command to its end; what it wrote.
pub(super) fn run(command: &mut Command) -> Result<String, PostgresError> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let program = command.get_program().to_string_lossy().into_owned();
    Err(PostgresError::Failed { program, output: String::from_utf8_lossy(&output.stderr).into_owned() })
}

/// The path of one of PostgreSQL's own programs, which most systems keep out of `PATH`.
pub(super) fn binary(name: &str) -> Result<PathBuf, PostgresError> {
    static TOLD: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
        let told = Command::new("pg_config").arg("--bindir").output().ok()?;
        Some(PathBuf::from(String::from_utf8_lossy(&told.stdout).trim()))
    });
    let mut installed: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    installed.sort();
    let path = env::var_os("PATH").unwrap_or_default();
    TOLD.clone()
        .into_iter()
        .chain(installed.into_iter().rev())
        .chain(env::split_paths(&path))
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
        .ok_or(PostgresError::NotInstalled)
}

/// A command that runs one of PostgreSQL's programs, as somebody else when we are root, whom it refuses.
pub(super) fn command(name: &str) -> Result<Command, PostgresError> {
    let mut command = Command::new(binary(name)?);
    command.current_dir("/");
    #[cfg(unix)]
    if let Some((uid, gid)) = stand_in()? {
        use std::os::unix::process::CommandExt as _;
        command.uid(uid).gid(gid);
    }
    Ok(command)
}

#[cfg(unix)]
pub(super) fn own(folder: &Path) -> Result<(), PostgresError> {
    if let Some((uid, gid)) = stand_in()? {
        std::os::unix::fs::chown(folder, Some(uid), Some(gid))?;
    }
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn own(_: &Path) -> Result<(), PostgresError> {
    Ok(())
}

/// Who we are.
#[cfg(unix)]
pub(super) fn user() -> io::Result<u32> {
    use std::os::unix::fs::MetadataExt as _;
    // What a process makes belongs to it: the way to ask without unsafe code.
    Ok(tempfile::tempfile()?.metadata()?.uid())
}

#[cfg(not(unix))]
pub(super) fn user() -> io::Result<u32> {
    Ok(0)
}

/// Who runs the server when we are root: the user `postgres`, or else `nobody`.
#[cfg(unix)]
fn stand_in() -> Result<Option<(u32, u32)>, PostgresError> {
    if user()? != 0 {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd")?;
    let ids = |wanted: &str| {
        let mut fields = accounts
            .lines()
            .map(|line| line.split(':'))
            .find_map(|mut fields| (fields.next() == Some(wanted)).then_some(fields))?;
        Some((fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    Ok(ids("postgres").or_else(|| ids("nobody")))
}

/// Lets a command live on when the group of this process is ended, as test runners do.
pub(super) fn detach(command: &mut Command) -> &mut Command {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        command.process_group(0);
    }
    command
}
