//! What every measurement needs.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::load::{Client, Lasting, Measured, run};
use crate::stand::{Data, Kind, Limits, Program, Size, StandError, Usage, Voxgate, free_port};
use crate::works::{MfaPeople, People};

use super::{BenchError, Options};

/// How many people there are at least who can log in, and how many of them enroll an app.
const MFA_PEOPLE: usize = 256;
/// What every load does before it is counted.
const WARM_UP: Duration = Duration::from_millis(500);

/// What every measurement needs.
pub(super) struct Context<'a> {
    pub(super) options: &'a Options,
    pub(super) binary: PathBuf,
    root: PathBuf,
}

/// A load with what it cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Costed {
    pub(super) measured: Measured,
    /// Processor time of the server for one request.
    pub(super) cpu: Duration,
    /// That of the database server for one request, where there is one.
    pub(super) database_cpu: Duration,
    /// Memory of the server at the end.
    pub(super) resident: u64,
}

impl<'a> Context<'a> {
    pub(super) fn new(options: &'a Options) -> Result<Self, BenchError> {
        let binary = options.binary.clone().unwrap_or_else(|| PathBuf::from("target/release/voxgate"));
        let binary = binary.canonicalize().map_err(StandError::io(format!(
            "{}: build the server by `cargo build --release`, or name one by --binary",
            binary.display()
        )))?;
        std::fs::create_dir_all(&options.data).map_err(StandError::io(options.data.display().to_string()))?;
        let root = options.data.canonicalize().map_err(StandError::io(options.data.display().to_string()))?;
        Ok(Self { options, binary, root })
    }

    /// How much is in a large database.
    pub(super) fn large(&self) -> Size {
        let Options { users, events, .. } = *self.options;
        if self.options.smoke { Size { users: 1_200, events: 3_000 } } else { Size { users, events } }
    }

    /// How much is in a small one.
    pub(super) const fn small(&self) -> Size {
        Size { users: 1_000, events: 1_000 }
    }

    /// A database to measure on.
    pub(super) async fn data(&self, kind: Kind, size: Size) -> Result<Data, BenchError> {
        crate::say(&format!("{}: {} users, {} events", kind.name(), size.users, size.events));
        Ok(Data::prepare(kind, size, &self.root, &self.binary).await?)
    }

    /// The server on `data`.
    pub(super) fn voxgate(&self, data: &Data, limits: &Limits) -> Result<Voxgate, BenchError> {
        Ok(Voxgate::start(&self.binary, &data.url, &data.folder, limits)?)
    }

    /// Everybody logs in.
    pub(super) async fn people(&self, server: &Voxgate, data: &Data, count: usize) -> Result<Arc<People>, BenchError> {
        let file = data.folder.join("enrolled.json");
        let mfa = if self.options.smoke { 64 } else { MFA_PEOPLE };
        let mfa = Arc::new(MfaPeople::enroll(server.address(), mfa, &file).await?);
        Ok(Arc::new(People::log_in(server.address(), count, mfa).await?))
    }

    /// The program that shows what handlers cost which do one thing.
    pub(super) fn limit_server(&self, data: &Data) -> Result<Program, BenchError> {
        let (this, port) = (std::env::current_exe().map_err(StandError::io("looking for this program"))?, free_port()?);
        let mut command = Command::new(this);
        command.args(["limit-server", "--port", &port.to_string(), "--database", &data.url]).stdout(Stdio::null());
        Ok(Program::start(&mut command, port, "/nothing")?)
    }

    /// A load on the server of process `pid`, with what it cost.
    pub(super) async fn load<C: Client + Send + 'static>(
        &self,
        (server, pid): (SocketAddr, u32),
        database: Option<u32>,
        clients: Vec<C>,
        counted: Duration,
    ) -> Result<Costed, BenchError> {
        let seen = Arc::new(Mutex::new(Vec::<(Usage, Usage)>::new()));
        let mark = {
            let seen = Arc::clone(&seen);
            move || {
                let ours = Usage::of(pid).unwrap_or_default();
                let theirs = database.and_then(|pid| Usage::of_family(pid).ok()).unwrap_or_default();
                if let Ok(mut seen) = seen.lock() {
                    seen.push((ours, theirs));
                }
            }
        };
        let warm_up = WARM_UP.min(counted);
        let measured = run(server, clients, Lasting { warm_up, counted }, mark).await?;
        let seen = seen.lock().map_err(|_| BenchError::Other("a mark was lost".to_owned()))?;
        let [(ours, theirs), (ours_after, theirs_after), ..] = seen.as_slice() else {
            return Err(BenchError::Other("a mark was lost".to_owned()));
        };
        let requests = u32::try_from(measured.requests).unwrap_or(u32::MAX).max(1);
        Ok(Costed {
            measured,
            cpu: ours_after.cpu.saturating_sub(ours.cpu) / requests,
            database_cpu: theirs_after.cpu.saturating_sub(theirs.cpu) / requests,
            resident: ours_after.resident,
        })
    }
}

/// The server and its process.
pub(super) fn target(server: &Voxgate) -> (SocketAddr, u32) {
    (server.address(), server.pid())
}
