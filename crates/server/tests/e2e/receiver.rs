//! A receiver of webhooks, as a sibling service has one.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName};
use serde_json::Value;
use standardwebhooks::Webhook;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What it does with what comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It takes it.
    Takes,
    /// It takes it after a while.
    TakesSlowly(Duration),
    /// It answers with this status.
    Answers(u16),
    /// It fails, each time in another way: by an answer, by closing the connection, and by never answering.
    Fails,
}

/// A message that came.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    /// Whether it was taken.
    pub(crate) taken: bool,
}

impl Message {
    pub(crate) fn id(&self) -> String {
        self.headers["webhook-id"].to_str().unwrap().to_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    pub(crate) fn user(&self) -> String {
        self.json()["data"]["user_id"].as_str().unwrap_or_default().to_owned()
    }

    /// Whether `secret` signed it, by the reference implementation.
    pub(crate) fn is_signed_by(&self, secret: &str) -> bool {
        Webhook::new(secret).unwrap().verify(self.body.as_bytes(), &self.headers).is_ok()
    }
}

/// A running receiver. Clones are the same.
#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    mood: Arc<Mutex<Mood>>,
    messages: Arc<Mutex<Vec<Message>>>,
}

impl Receiver {
    pub(crate) async fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://127.0.0.1:{}/webhooks", listener.local_addr().unwrap().port());
        let receiver = Self { url, mood: Arc::new(Mutex::new(mood)), messages: Arc::default() };
        let running = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let receiver = running.clone();
                tokio::spawn(async move { receiver.receive(stream).await });
            }
        });
        receiver
    }

    pub(crate) fn becomes(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Everything that came, in the order in which it came.
    pub(crate) fn messages(&self) -> Vec<Message> {
        self.messages.lock().unwrap().clone()
    }

    /// What was taken.
    pub(crate) fn taken(&self) -> Vec<Message> {
        self.messages().into_iter().filter(|message| message.taken).collect()
    }

    /// What was taken, once that is as `enough` wants it.
    pub(crate) async fn taken_until(&self, patience: Duration, enough: impl Fn(&[Message]) -> bool) -> Vec<Message> {
        let deadline = Instant::now() + patience;
        loop {
            let taken = self.taken();
            if enough(&taken) {
                return taken;
            }
            let seen = || taken.iter().map(|one| (one.kind(), one.user())).collect::<Vec<_>>();
            assert!(Instant::now() < deadline, "{} came, and was taken: {:?}", self.messages().len(), seen());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Receives one message and closes the connection.
    async fn receive(self, mut stream: TcpStream) {
        let Some((headers, body)) = read(&mut stream).await else { return };
        let mood = *self.mood.lock().unwrap();
        let taken = matches!(mood, Mood::Takes | Mood::TakesSlowly(_));
        let number = {
            let mut messages = self.messages.lock().unwrap();
            messages.push(Message { headers, body, taken });
            messages.len()
        };
        let status = match mood {
            Mood::Takes => 204,
            Mood::TakesSlowly(pause) => {
                tokio::time::sleep(pause).await;
                204
            }
            Mood::Answers(status) => status,
            Mood::Fails => match number % 4 {
                0 => 500,
                1 => 503,
                2 => return,
                _ => {
                    tokio::time::sleep(Duration::from_secs(30)).await;
                    return;
                }
            },
        };
        let answer = format!("HTTP/1.1 {status} Status\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let _ = stream.write_all(answer.as_bytes()).await;
    }
}

/// The head and body of a request.
async fn read(stream: &mut TcpStream) -> Option<(HeaderMap, String)> {
    let (mut read, mut buffer) = (Vec::new(), [0; 4_096]);
    loop {
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        read.extend_from_slice(&buffer[..count]);
        let text = std::str::from_utf8(&read).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let fields = head.lines().skip(1).filter_map(|line| line.split_once(": "));
        let headers: HeaderMap = fields
            .map(|(name, value)| (HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap()))
            .collect();
        let length: usize = headers["content-length"].to_str().unwrap().parse().unwrap();
        if body.len() >= length {
            return Some((headers, body.to_owned()));
        }
    }
}
