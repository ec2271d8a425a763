//! The load: clients that ask again as soon as they are answered, each on a connection of its own.

mod connection;
mod measured;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use http::{Method, StatusCode};
use http_body_util::Full;
use hyper::body::Bytes;
use tokio::task::LocalSet;

pub(crate) use measured::Measured;

use connection::Connection;

/// One request.
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) bearer: Option<String>,
    pub(crate) json: Option<Bytes>,
    /// Where it comes from, when that is not one with the connection.
    pub(crate) from: Option<Ipv4Addr>,
}

impl Ask {
    /// `GET path`, as whoever has the access token `bearer`.
    pub(crate) fn get(path: impl Into<String>, bearer: &str) -> Self {
        Self { method: Method::GET, path: path.into(), bearer: Some(bearer.to_owned()), json: None, from: None }
    }

    /// `POST path` with a body, as nobody.
    pub(crate) fn post(path: impl Into<String>, json: &serde_json::Value) -> Self {
        Self { method: Method::POST, path: path.into(), bearer: None, json: Some(json.to_string().into()), from: None }
    }

    /// The same as whoever has the access token `bearer`.
    pub(crate) fn by(self, bearer: &str) -> Self {
        Self { bearer: Some(bearer.to_owned()), ..self }
    }

    /// The same from `address`.
    pub(crate) fn from(self, address: Ipv4Addr) -> Self {
        Self { from: Some(address), ..self }
    }

    /// The request, of a client that is at `from` unless it says otherwise.
    fn into_request(self, from: Ipv4Addr) -> Result<http::Request<Full<Bytes>>, http::Error> {
        let mut request = http::Request::builder().method(self.method).uri(self.path).header("host", "localhost");
        request = request.header("x-forwarded-for", self.from.unwrap_or(from).to_string());
        if let Some(bearer) = self.bearer {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        if self.json.is_some() {
            request = request.header("content-type", "application/json");
        }
        request.body(Full::new(self.json.unwrap_or_default()))
    }
}

/// What a client does: it asks, is answered, and asks again.
pub(crate) trait Client {
    /// The next request, or none when there is nothing left to ask.
    fn ask(&mut self) -> Option<Ask>;

    /// Takes the answer to it.
    ///
    /// # Errors
    ///
    /// What is wrong with it, when it is not the one that the work is about.
    fn answered(&mut self, status: StatusCode, body: &[u8]) -> Result<(), String>;
}

/// Why a load came to no figure.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    /// The server cannot be reached, or hung up.
    #[error("no connection to the server: {0}")]
    Connection(String),
    /// It did not answer in time.
    #[error("no answer within {0:?}")]
    Late(Duration),
    /// It answered something else than the work is about.
    #[error("{0}")]
    Answer(String),
    /// The thread of the load gave up.
    #[error("the load gave up")]
    Lost,
}

/// How long a load lasts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lasting {
    /// Before anything is counted.
    pub(crate) warm_up: Duration,
    /// While it is counted.
    pub(crate) counted: Duration,
}

/// Runs `clients` on `server`, all on one thread of their own, and measures what is answered after the warm-up.
/// `mark` is called when counting begins and when it ends.
///
/// # Errors
///
/// A [`LoadError`] as soon as one answer is not what it should be: what is fast and wrong is no figure.
pub(crate) async fn run<C: Client + Send + 'static>(
    server: SocketAddr,
    clients: Vec<C>,
    lasting: Lasting,
    mut mark: impl FnMut() + Send + 'static,
) -> Result<Measured, LoadError> {
    let load = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| LoadError::Connection(error.to_string()))?;
        LocalSet::new().block_on(&runtime, async {
            let begin = Instant::now() + lasting.warm_up;
            let end = begin + lasting.counted;
            let marks = tokio::task::spawn_local(async move {
                tokio::time::sleep_until(begin.into()).await;
                mark();
                tokio::time::sleep_until(end.into()).await;
                mark();
            });
            let each = clients.into_iter().zip(0..).map(|(client, number)| {
                let from = Ipv4Addr::from_bits(Ipv4Addr::new(10, 0, 0, 1).to_bits() + number);
                ask_again_and_again(server, client, from, begin, end)
            });
            let all = try_join_all(each).await?;
            marks.await.map_err(|_| LoadError::Lost)?;
            Ok(Measured::of(all, lasting.counted))
        })
    });
    load.await.unwrap_or(Err(LoadError::Lost))
}

/// Asks `server` one thing, and insists on `status`.
///
/// # Errors
///
/// A [`LoadError`] when there is another answer, or none.
pub(crate) async fn once(server: SocketAddr, ask: Ask, status: u16) -> Result<serde_json::Value, LoadError> {
    let (method, path) = (ask.method.clone(), ask.path.clone());
    let request =
        ask.into_request(Ipv4Addr::new(10, 255, 0, 1)).map_err(|error| LoadError::Answer(error.to_string()))?;
    let exchange = async { Connection::open(server).await?.send(request).await };
    let (found, body) = LocalSet::new().run_until(exchange).await?;
    if found.as_u16() != status {
        return Err(LoadError::Answer(unexpected(&format!("{method} {path}"), found, &body)));
    }
    Ok(serde_json::from_slice(&body).unwrap_or_default())
}

/// Says what was answered instead of what should have been.
pub(crate) fn unexpected(what: &str, status: StatusCode, body: &[u8]) -> String {
    let body: String = String::from_utf8_lossy(body).chars().take(500).collect();
    format!("{what} was answered {status}: {body}")
}

/// The times of the answers that came between `begin` and `end`.
async fn ask_again_and_again(
    server: SocketAddr,
    mut client: impl Client,
    from: Ipv4Addr,
    begin: Instant,
    end: Instant,
) -> Result<Vec<Duration>, LoadError> {
    let mut connection = Connection::open(server).await?;
    let mut times = Vec::new();
    while let Some(ask) = client.ask() {
        let asked = Instant::now();
        if asked >= end {
            break;
        }
        let request = ask.into_request(from).map_err(|error| LoadError::Answer(error.to_string()))?;
        let (status, body) = connection.send(request).await?;
        let answered = Instant::now();
        client.answered(status, &body).map_err(LoadError::Answer)?;
        if (begin..=end).contains(&answered) {
            times.push(answered - asked);
        }
    }
    Ok(times)
}
