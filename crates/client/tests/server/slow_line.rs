//! A line to the service on which answers wait.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::harness::Voxgate;

/// Requests go through at once; answers wait until they are released.
pub(crate) struct SlowLine {
    pub(crate) base: String,
    answered: watch::Receiver<bool>,
    release: watch::Sender<bool>,
}

impl SlowLine {
    pub(crate) async fn to(voxgate: &Voxgate) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let service = voxgate.base.trim_start_matches("http://").to_owned();
        let (heard, answered) = watch::channel(false);
        let (release, released) = watch::channel(false);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, service.clone(), heard.clone(), released.clone()));
            }
        });
        Self { base, answered, release }
    }

    /// Waits until the service has answered something.
    pub(crate) async fn answered(&self) {
        self.answered.clone().wait_for(|answered| *answered).await.unwrap();
    }

    /// Lets the answers go.
    pub(crate) fn release(&self) {
        self.release.send(true).unwrap();
    }
}

async fn carry(client: TcpStream, service: String, heard: watch::Sender<bool>, mut released: watch::Receiver<bool>) {
    let service = TcpStream::connect(service).await.unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_service, mut to_service) = service.into_split();
    tokio::spawn(async move { copy(&mut from_client, &mut to_service).await });
    let mut answer = vec![0; 16_384];
    while let Ok(read @ 1..) = from_service.read(&mut answer).await {
        heard.send_replace(true);
        if released.wait_for(|released| *released).await.is_err() || to_client.write_all(&answer[..read]).await.is_err()
        {
            return;
        }
    }
}
