//! A proxy that cuts connections in the middle of what they say.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use crate::dice::Dice;
use crate::post::Post;

/// Where a connection is cut.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// After so many bytes to the server: in a statement.
    Asking(u64),
    /// After so many bytes from the server: in an answer.
    Answering(u64),
    /// Before the answer to this commit, counted from the first: it is done, and nobody is told.
    Committing(u64),
}

/// A proxy in front of a server.
#[derive(Clone)]
pub(crate) struct Severing {
    pub(crate) port: u16,
    /// Whether it cuts.
    cuts: Arc<AtomicBool>,
    pub(crate) cut: Arc<AtomicUsize>,
    pub(crate) cut_at_a_commit: Arc<AtomicUsize>,
    dice: Arc<Mutex<Dice>>,
    post: Arc<Mutex<Option<Post>>>,
}

impl Severing {
    /// One before `127.0.0.1:server` that cuts nothing yet.
    pub(crate) async fn before(server: u16, dice: Dice) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            cuts: Arc::default(),
            cut: Arc::default(),
            cut_at_a_commit: Arc::default(),
            dice: Arc::new(Mutex::new(dice)),
            post: Arc::default(),
        };
        let running = proxy.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let proxy = running.clone();
                tokio::spawn(async move {
                    if let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await {
                        proxy.join(client, server).await;
                    }
                });
            }
        });
        proxy
    }

    /// Cuts every connection sooner or later from now on, and tells `post` each time.
    pub(crate) fn begin(&self, post: &Post) {
        *self.post.lock().unwrap() = Some(post.clone());
        self.cuts.store(true, Ordering::SeqCst);
    }

    pub(crate) fn end(&self) {
        self.cuts.store(false, Ordering::SeqCst);
    }

    fn choose(&self) -> Cut {
        let mut dice = self.dice.lock().unwrap();
        // As many short lives as long ones: in the greeting, in the first statement, after hundreds.
        let size = 2_u32.pow(u32::try_from(dice.between(5, 17)).unwrap());
        let bytes = dice.between(1, u64::from(size));
        match dice.below(4) {
            0 => Cut::Asking(bytes),
            1 => Cut::Answering(bytes),
            // The first one is where statements are prepared.
            2 => Cut::Committing(1),
            _ => Cut::Committing(dice.between(1, 9)),
        }
    }

    /// Both directions until one ends; then both connections are closed, whatever is under way.
    async fn join(&self, client: TcpStream, server: TcpStream) {
        client.set_nodelay(true).unwrap();
        server.set_nodelay(true).unwrap();
        let (cut, (from_client, to_client), (from_server, to_server)) =
            (self.choose(), client.into_split(), server.into_split());
        tokio::select! {
            () = self.carry(from_client, to_server, cut, true) => {}
            () = self.carry(from_server, to_client, cut, false) => {}
        }
    }

    async fn carry(&self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, cut: Cut, asking: bool) {
        /// What PostgreSQL answers to a commit.
        const COMMITTED: &[u8] = b"C\0\0\0\x0bCOMMIT\0";
        let (mut buffer, mut carried, mut commits) = ([0; 8_192], 0_u64, 0_u64);
        while let Ok(count @ 1..) = from.read(&mut buffer).await {
            let said = &buffer[..count];
            let committed = said.windows(COMMITTED.len()).position(|words| words == COMMITTED);
            commits += u64::from(committed.is_some());
            let last = match cut {
                _ if !self.cuts.load(Ordering::SeqCst) => None,
                Cut::Asking(limit) if asking => (carried + count as u64 > limit).then(|| limit.saturating_sub(carried)),
                Cut::Answering(limit) if !asking => {
                    (carried + count as u64 > limit).then(|| limit.saturating_sub(carried))
                }
                Cut::Committing(which) if !asking && commits >= which => committed.map(|at| at as u64),
                _ => None,
            };
            if let Some(last) = last {
                let kept = usize::try_from(last).unwrap_or(usize::MAX).min(count);
                let _ = to.write_all(&said[..kept]).await;
                self.cut.fetch_add(1, Ordering::SeqCst);
                self.cut_at_a_commit.fetch_add(usize::from(matches!(cut, Cut::Committing(..))), Ordering::SeqCst);
                if let Some(post) = &*self.post.lock().unwrap() {
                    post.fault();
                }
                return;
            }
            if to.write_all(said).await.is_err() {
                return;
            }
            carried += count as u64;
        }
    }
}
