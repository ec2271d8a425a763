//! Programs that a test runs.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Why a test of a service cannot go on, or what it found.
#[derive(Debug, thiserror::Error)]
pub enum SiblingError {
    /// The binary of Voxgate was not built.
    #[error(
        "there is no {}: build it with `cargo build --locked --workspace --all-features --bin voxgate`, or name another \
         in VOXGATE_BINARY",
        path.display()
    )]
    NotBuilt {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A program did not do what it should in time.
    #[error("{what}; it said:\n{log}")]
    Late {
        /// What it did not do.
        what: &'static str,
        /// What it said.
        log: String,
    },
    /// Another answer than expected.
    #[error("{what}: {answer}")]
    Unexpected {
        /// What was asked.
        what: String,
        /// What came.
        answer: String,
    },
    /// A file or a process.
    #[error("a file or process of the test")]
    Io(#[from] io::Error),
    /// A request that got no answer.
    #[error("a request got no answer")]
    Http(#[from] reqwest::Error),
}

/// A program that runs, with what it says; killed when dropped.
#[derive(Debug)]
pub(super) struct Running {
    process: Child,
    log: PathBuf,
}

impl Running {
    /// Starts `command`, which says things into a file of `dir`.
    pub(super) fn start(mut command: Command, dir: &Path) -> Result<Self, SiblingError> {
        let log = dir.join("said.log");
        let file = File::create(&log)?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        Ok(Self { process: command.spawn()?, log })
    }

    /// Everything it said.
    pub(super) fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until a whole line of it is what `find` looks for.
    pub(super) async fn waits_for<T>(
        &mut self,
        what: &'static str,
        find: impl Fn(&str) -> Option<T>,
    ) -> Result<T, SiblingError> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let said = self.said();
            let whole = said.rsplit_once('\n').map_or("", |(whole, _)| whole);
            if let Some(found) = whole.lines().find_map(&find) {
                return Ok(found);
            }
            if self.process.try_wait()?.is_some() || Instant::now() > deadline {
                return Err(SiblingError::Late { what, log: said });
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Ends it as a crash would.
    pub(super) fn kill(&mut self) -> Result<(), SiblingError> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Asks it to stop, and waits until it has; whether it says that all went well.
    pub(super) async fn stop(&mut self) -> Result<bool, SiblingError> {
        Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status()?;
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(status) = self.process.try_wait()? {
                return Ok(status.success());
            }
            if Instant::now() > deadline {
                return Err(SiblingError::Late { what: "it does not stop", log: self.said() });
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
