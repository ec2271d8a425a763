//! The disk is full: under the SQLite file, under PostgreSQL, and under the folder of mails.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use voxgate_testkit::postgres::{Cluster, Fsync};

use crate::harness::{Backend, Voxgate};
use crate::line::Weather;
use crate::service::{Data, Load, Service};
use crate::turns::turn;
use crate::{dice, number, say};

/// A file system of a few megabytes.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// One at `folder`; `None` where nobody may mount.
    fn at(folder: &Path, megabytes: usize) -> Option<Self> {
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder).output().unwrap();
        if mounted.status.success() {
            return Some(Self(folder.to_owned()));
        }
        say!("SKIPPED, since a small disk cannot be mounted: {}", String::from_utf8_lossy(&mounted.stderr).trim());
        None
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }

    /// Takes all space that is left.
    fn fill(&self) {
        let mut file = File::options().create(true).append(true).open(self.ballast()).unwrap();
        while file.write_all(&[0; 4_096]).is_ok() {}
    }

    fn free(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Whoever still has a file open there keeps it until they end.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// How many requests were answered 503 so far.
fn refused(service: &Service) -> usize {
    service.line.tally.unavailable.load(Ordering::Relaxed)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_under_sqlite_refuses_writes_and_loses_nothing() {
    let _turn = turn().await;
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::at(folder.path(), 64) else { return };
    let fills = number("FAULT_FILLS", 2);
    let (mut dice, begun) = (dice(), Instant::now());
    let file = folder.path().join("voxgate.db");
    let url = format!("sqlite://{}", file.display());
    let service = Service::start_on(Data::File(file), Some(url), Weather::Outages, &[]).await;
    let root = service.root().await;
    let mut load = Load::begin(&service, &mut dice);
    load.goes_on_for(Duration::from_secs(2)).await;
    for _ in 0..fills {
        let (full, lasts) = (Instant::now(), Duration::from_millis(dice.between(500, 2_500)));
        service.post.fault();
        while full.elapsed() < lasts {
            // A checkpoint gives some space back, which is taken too.
            disk.fill();
            load.goes_on_for(Duration::from_millis(20)).await;
            service.voxgate.profile(&root).await.expect(200);
        }
        service.voxgate.get("/health/live").await.expect(200);
        service.post.fault();
        disk.free();
        service.recovers().await;
        load.goes_on_for(Duration::from_millis(dice.between(500, 1_500))).await;
    }
    let mut visitors = load.ends().await;
    service.everything_is_as_told(&mut visitors).await;
    assert!(refused(&service) > 0, "the disk was never full");
    // Without the rules for columns: to clients older than the service `json_valid(NULL)` is 0, which breaks some.
    assert_eq!(service.sql("PRAGMA ignore_check_constraints = ON; PRAGMA integrity_check").trim(), "ok");
    say!("{fills} times full in {:.1?}", begun.elapsed());
}

/// Ends a server before its disk goes.
struct Ending(Arc<Cluster>);

impl Drop for Ending {
    fn drop(&mut self) {
        let _ = self.0.crash();
    }
}

/// How long a full disk under PostgreSQL may stay unnoticed.
const NOTICED_WITHIN: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_under_postgres_refuses_writes_and_loses_nothing() {
    let _turn = turn().await;
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::at(folder.path(), 256) else { return };
    let fills = number("FAULT_FILLS", 1);
    let (mut dice, begun) = (dice(), Instant::now());
    let cluster = Arc::new(Cluster::private_in(folder.path(), Fsync::On).unwrap_or_else(|error| panic!("{error}")));
    let ending = Ending(Arc::clone(&cluster));
    let (url, data) = (cluster.admin_url(), Data::Cluster(Arc::clone(&cluster)));
    let service = Service::start_on(data, Some(url), Weather::Outages, &[]).await;
    let mut load = Load::begin(&service, &mut dice);
    load.goes_on_for(Duration::from_secs(2)).await;
    for _ in 0..fills {
        let (full, lasts) = (Instant::now(), Duration::from_millis(dice.between(1_500, 3_500)));
        service.post.fault();
        // Rows fit into the pages that are there already, for a while.
        let unnoticed = || refused(&service) == 0 && full.elapsed() < NOTICED_WITHIN;
        while full.elapsed() < lasts || unnoticed() {
            disk.fill();
            load.goes_on_for(Duration::from_millis(20)).await;
        }
        service.voxgate.get("/health/live").await.expect(200);
        disk.free();
        service.recovers().await;
        load.goes_on_for(Duration::from_millis(dice.between(500, 1_500))).await;
    }
    let mut visitors = load.ends().await;
    service.everything_is_as_told(&mut visitors).await;
    assert!(refused(&service) > 0, "nobody noticed");
    drop(ending);
    say!("the disk full under PostgreSQL {fills} times in {:.1?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_under_the_mail_folder_delays_mail_and_nothing_else() {
    let _turn = turn().await;
    let voxgate = Voxgate::start(Backend::Sqlite).await;
    let folder = voxgate.dir.path().join("mail");
    let Some(disk) = SmallDisk::at(&folder, 1) else { return };
    disk.fill();
    let people: Vec<String> = (0..20).map(|n| format!("person{n}@example.org")).collect();
    for email in &people {
        voxgate.register(email).await.expect(202);
    }
    let deadline = Instant::now() + Duration::from_secs(20);
    while !voxgate.log().contains("mail put off") {
        assert!(Instant::now() < deadline, "{}", voxgate.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["ballast"], "no half mail");

    disk.free();
    for email in &people {
        voxgate.mail_to(email, 1).await;
    }
    for email in &people {
        assert_eq!(voxgate.mails_to(email).len(), 1, "{email}");
    }
}
