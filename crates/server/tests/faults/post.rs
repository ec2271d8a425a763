//! The mails that came, by their ids, with when they came: the second copy of one needs a fault as its excuse.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use voxgate_testkit::smtp::SmtpServer;

use crate::harness::token_in;

pub(crate) const PROOF: &str = "Voxgate: confirm your e-mail address";
pub(crate) const PASSWORD_CHANGED: &str = "Voxgate: your password was changed";

/// One mail, however often it came.
#[derive(Clone, Debug)]
struct Mail {
    to: String,
    subject: String,
    token: Option<String>,
    came: Vec<Instant>,
}

/// A receiver of mail. Clones are the same.
#[derive(Clone)]
pub(crate) struct Post {
    pub(crate) server: Arc<SmtpServer>,
    /// By message id, which sorts by when the mail was queued.
    mails: Arc<Mutex<BTreeMap<String, Mail>>>,
    faults: Arc<Mutex<Vec<Instant>>>,
    /// Ends the reader with the last of those who use it.
    _reader: Arc<Reader>,
}

struct Reader(Arc<AtomicBool>);

impl Drop for Reader {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Post {
    pub(crate) fn start() -> Self {
        let server = Arc::new(SmtpServer::start().unwrap());
        let mails: Arc<Mutex<BTreeMap<String, Mail>>> = Arc::default();
        let over = Arc::new(AtomicBool::new(false));
        let reader = (Arc::clone(&server), Arc::clone(&mails), Arc::clone(&over));
        std::thread::spawn(move || {
            let (server, mails, over) = reader;
            while !over.load(Ordering::Relaxed) {
                if let Some(mail) = server.next_mail(Duration::from_millis(200)) {
                    keep(&mut mails.lock().unwrap(), &mail.text());
                }
            }
        });
        Self { server, mails, faults: Arc::default(), _reader: Arc::new(Reader(over)) }
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.server.address())
    }

    /// Something is broken now.
    pub(crate) fn fault(&self) {
        self.faults.lock().unwrap().push(Instant::now());
    }

    /// The token of the link to prove `address` that was queued last, of those that came.
    pub(crate) fn latest_link_to(&self, address: &str) -> Option<String> {
        let mails = self.mails.lock().unwrap();
        mails.values().rev().find(|mail| mail.to == address && mail.subject == PROOF)?.token.clone()
    }

    /// How many mails of this subject came to `address`, each counted once.
    pub(crate) fn number(&self, address: &str, subject: &str) -> usize {
        let mails = self.mails.lock().unwrap();
        mails.values().filter(|mail| mail.to == address && mail.subject == subject).count()
    }

    /// How many mails came, and how many copies of the one that came most often.
    pub(crate) fn copies(&self) -> (usize, usize) {
        let mails = self.mails.lock().unwrap();
        (mails.len(), mails.values().map(|mail| mail.came.len()).max().unwrap_or_default())
    }

    /// That no mail came more than once without a fault, and once more for each; what came.
    pub(crate) fn has_no_more_copies_than_faults(&self) -> String {
        /// The reader may look a little later than the mail came.
        const LATE: Duration = Duration::from_secs(1);
        let (mails, faults) = (self.mails.lock().unwrap(), self.faults.lock().unwrap());
        let mut by_copies: BTreeMap<usize, usize> = BTreeMap::new();
        for (id, mail) in mails.iter() {
            let (first, last) = (*mail.came.first().unwrap(), *mail.came.last().unwrap());
            let excuses = faults.iter().filter(|at| **at + LATE >= first && **at <= last).count();
            assert!(
                mail.came.len() <= 1 + excuses,
                "{id} came {} times with {excuses} faults: {mail:?}",
                mail.came.len()
            );
            *by_copies.entry(mail.came.len()).or_default() += 1;
        }
        let told = by_copies.into_iter().map(|(copies, number)| format!("{number} came {copies}×"));
        format!("{} mails: {}", mails.len(), told.collect::<Vec<_>>().join(", "))
    }
}

fn keep(mails: &mut BTreeMap<String, Mail>, text: &str) {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned();
    let (id, subject) = (field("Message-ID: "), field("Subject: "));
    assert!(!id.is_empty(), "a mail without an id: {text}");
    let token = (subject == PROOF).then(|| token_in(text));
    let mail = mails.entry(id).or_insert_with(|| Mail { to: field("To: "), subject, token, came: Vec::new() });
    mail.came.push(Instant::now());
}
