//! The mails that came, each read once: a folder of thousands is looked at again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::harness::token_in;

/// The folder of mails, and what of it was read.
pub(crate) struct Mailbox {
    dir: PathBuf,
    read: BTreeSet<String>,
    /// Tokens by the address that they were sent to, and the name of the mail, which sorts by when it was queued.
    links: BTreeMap<String, BTreeMap<String, String>>,
}

impl Mailbox {
    /// What comes from now on.
    pub(crate) fn new(dir: PathBuf) -> Self {
        let mut mailbox = Self { dir, read: BTreeSet::new(), links: BTreeMap::new() };
        mailbox.read = mailbox.names();
        mailbox
    }

    fn names(&self) -> BTreeSet<String> {
        let Ok(entries) = std::fs::read_dir(&self.dir) else { return BTreeSet::new() };
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with(".eml")).collect()
    }

    fn look(&mut self) {
        let names = self.names();
        for name in names.difference(&self.read) {
            let mail = std::fs::read_to_string(self.dir.join(name)).unwrap();
            let to = mail.lines().find_map(|line| line.strip_prefix("To: ")).unwrap_or_default().to_owned();
            if mail.contains("/verify-email?token=") || mail.contains("/reset-password?token=") {
                self.links.entry(to).or_default().insert(name.clone(), token_in(&mail));
            }
        }
        self.read = names;
    }

    /// How many links came to `address` so far.
    pub(crate) fn links_to(&mut self, address: &str) -> usize {
        self.look();
        self.links.get(address).map_or(0, BTreeMap::len)
    }

    /// The tokens of the links to `address`, in the order in which they were sent, once `number` came.
    pub(crate) async fn links(&mut self, address: &str, number: usize) -> Result<Vec<String>, String> {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.links_to(address) < number {
            if Instant::now() > deadline {
                return Err(format!("{} links came to {address} instead of {number}", self.links_to(address)));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(self.links.get(address).map(|links| links.values().cloned().collect()).unwrap_or_default())
    }
}
