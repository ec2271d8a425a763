//! One connection, kept open.

use std::net::SocketAddr;
use std::time::Duration;

use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::LoadError;

/// Longer than any answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection to a server.
pub(super) struct Connection(SendRequest<Full<Bytes>>);

impl Connection {
    pub(super) async fn open(server: SocketAddr) -> Result<Self, LoadError> {
        let lost = |error: &dyn std::fmt::Display| LoadError::Connection(error.to_string());
        let stream = TcpStream::connect(server).await.map_err(|error| lost(&error))?;
        stream.set_nodelay(true).map_err(|error| lost(&error))?;
        let (sender, driver) = handshake(TokioIo::new(stream)).await.map_err(|error| lost(&error))?;
        tokio::task::spawn_local(async move {
            // How it ended is what the next request says.
            let _ = driver.await;
        });
        Ok(Self(sender))
    }

    /// Status and body of the answer.
    pub(super) async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), LoadError> {
        timeout(PATIENCE, self.exchange(request)).await.unwrap_or(Err(LoadError::Late(PATIENCE)))
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), LoadError> {
        let lost = |error: hyper::Error| LoadError::Connection(error.to_string());
        self.0.ready().await.map_err(lost)?;
        let response = self.0.send_request(request).await.map_err(lost)?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(lost)?;
        Ok((status, body.to_bytes()))
    }
}
