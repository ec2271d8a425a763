//! An SMTP server in the process, on a free port of the loopback interface, that keeps what it gets.

use std::collections::{HashSet, VecDeque};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use mailin::{Action, Handler, Response, SessionBuilder, response};

/// What the server does with the next mails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes them.
    #[default]
    Accept,
    /// Refuses each recipient with this code: 4xx to be tried again, 5xx for good.
    Refuse(u16),
    /// Takes the content and drops the connection without an answer, so that nobody knows whether the mail was taken. It
    /// is kept.
    DropAfterData,
    /// The same the first time that a mail comes; the second time it is taken.
    DropOnceAfterData,
    /// Takes them, and says so only after this while.
    TakeSlowly(Duration),
}

/// A mail as it came over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedMail {
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// Headers and body, dot-stuffing undone.
    pub raw: Vec<u8>,
}

impl ReceivedMail {
    /// Headers and body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }
}

/// The server. It stops when the value is dropped.
#[derive(Debug)]
pub struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Debug, Default)]
struct State {
    behaviour: Behaviour,
    mails: VecDeque<ReceivedMail>,
    dropped: HashSet<Vec<u8>>,
    stopped: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SmtpServer {
    /// Starts it.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if theirs.state().stopped {
                    break;
                }
                let shared = Arc::clone(&theirs);
                // A client that goes away in the middle is part of many a test.
                thread::spawn(move || serve(stream, shared).ok());
            }
        });
        Ok(Self { address, shared })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Says what to do with the next mails.
    pub fn behave(&self, behaviour: Behaviour) {
        self.shared.state().behaviour = behaviour;
    }

    /// The next mail that nobody asked for yet, or `None` when none comes within `patience`.
    #[must_use]
    pub fn next_mail(&self, patience: Duration) -> Option<ReceivedMail> {
        let waited =
            self.shared.arrived.wait_timeout_while(self.shared.state(), patience, |state| state.mails.is_empty());
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.mails.pop_front()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.shared.state().stopped = true;
        // Wakes the thread that waits for connections, so that it sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(stream: TcpStream, shared: Arc<Shared>) -> io::Result<()> {
    let mut replies = stream.try_clone()?;
    let mut lines = BufReader::new(stream);
    let peer = replies.peer_addr()?.ip();
    let keeper = Keeper {
        shared: Arc::clone(&shared),
        mail: ReceivedMail { from: String::new(), to: Vec::new(), raw: Vec::new() },
    };
    let mut session = SessionBuilder::new("testkit").build(peer, keeper);
    session.greeting().write_to(&mut replies)?;
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let reply = session.process(&line);
        match reply.action {
            Action::NoReply => {}
            Action::Close => return send(&mut replies, &reply),
            Action::Reply | Action::UpgradeTls if reply == DROPPED => return Ok(()),
            Action::Reply | Action::UpgradeTls => send(&mut replies, &reply)?,
        }
    }
}

fn send(replies: &mut TcpStream, reply: &Response) -> io::Result<()> {
    replies.write_all(&reply.buffer()?)
}

/// Stands for no answer at all.
const DROPPED: Response = Response::custom(599, String::new());

/// Keeps the mail of one connection until it is complete.
struct Keeper {
    shared: Arc<Shared>,
    mail: ReceivedMail,
}

impl Handler for Keeper {
    fn mail(&mut self, _: IpAddr, _: &str, from: &str) -> Response {
        self.mail = ReceivedMail { from: from.to_owned(), to: Vec::new(), raw: Vec::new() };
        response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        if let Behaviour::Refuse(code) = self.shared.state().behaviour {
            return Response::custom(code, "refused by the test".to_owned());
        }
        self.mail.to.push(to.to_owned());
        response::OK
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.mail.raw.extend_from_slice(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let mut state = self.shared.state();
        state.mails.push_back(self.mail.clone());
        self.shared.arrived.notify_all();
        let behaviour = state.behaviour;
        match behaviour {
            Behaviour::DropAfterData => DROPPED,
            Behaviour::DropOnceAfterData if state.dropped.insert(self.mail.raw.clone()) => DROPPED,
            Behaviour::TakeSlowly(pause) => {
                drop(state);
                thread::sleep(pause);
                response::OK
            }
            Behaviour::Accept | Behaviour::Refuse(_) | Behaviour::DropOnceAfterData => response::OK,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Speaks SMTP by hand; the code of the last answer, or nothing when the server hung up.
    fn deliver(server: &SmtpServer) -> Option<u16> {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        let mut replies = BufReader::new(stream.try_clone().unwrap());
        let mut reply = || {
            let mut line = String::new();
            replies.read_line(&mut line).unwrap();
            line.get(..3).and_then(|code| code.parse::<u16>().ok())
        };
        reply();
        let mut last = None;
        let message = "Subject: hi\r\n\r\n..stuffed\r\n.\r\n";
        for line in ["HELO test\r\n", "MAIL FROM:<a@b.org>\r\n", "RCPT TO:<c@d.org>\r\n", "DATA\r\n", message] {
            stream.write_all(line.as_bytes()).unwrap();
            last = reply();
            if last.is_none_or(|code| code >= 400) {
                break;
            }
        }
        last
    }

    #[test]
    fn a_mail_is_kept_as_it_came() {
        let server = SmtpServer::start().unwrap();
        assert_eq!(deliver(&server), Some(250));
        let mail = server.next_mail(Duration::from_secs(5)).unwrap();
        assert_eq!((mail.from.as_str(), mail.to.as_slice()), ("a@b.org", ["c@d.org".to_owned()].as_slice()));
        assert_eq!(mail.text(), "Subject: hi\r\n\r\n.stuffed\r\n");
        assert_eq!(server.next_mail(Duration::from_millis(10)), None);
    }

    #[test]
    fn it_refuses_and_hangs_up_when_told() {
        let server = SmtpServer::start().unwrap();
        server.behave(Behaviour::Refuse(451));
        assert_eq!(deliver(&server), Some(451));
        assert_eq!(server.next_mail(Duration::from_millis(10)), None);
        server.behave(Behaviour::DropAfterData);
        assert_eq!(deliver(&server), None);
        assert!(server.next_mail(Duration::from_secs(5)).is_some());
        server.behave(Behaviour::DropOnceAfterData);
        assert_eq!((deliver(&server), deliver(&server)), (None, Some(250)));
    }
}
