//! Whose keys are believed: TLS with an authority of one's own.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    unreachable_pub,
    dead_code,
    reason = "a test that cannot go on fails; what is shared by tests is not all used by each"
)]

mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use support::{AUDIENCE, Key, jwks};
use voxgate_verify::{Gate, GateError};

/// A Voxgate that publishes its keys by TLS; its address and the PEM of its authority.
fn serve(document: Vec<u8>) -> (String, String) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let names = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = names.signed_by(&key, &authority).unwrap();

    let chain = vec![CertificateDer::from(certificate.der().to_vec())];
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, socket.unwrap());
            let mut request = [0; 4_096];
            // Whoever does not trust the certificate goes away here.
            if stream.read(&mut request).is_err() {
                continue;
            }
            let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", document.len());
            let _ = stream.write_all(&[head.as_bytes(), &document].concat());
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    (url, authority.pem())
}

#[tokio::test]
async fn keys_are_believed_by_an_authority_that_one_trusts_and_by_no_other() {
    let (url, authority) = serve(jwks(&[&Key::new("a")]));
    let builder = || Gate::builder(&url, AUDIENCE).unwrap();

    let stranger = builder().connect().await.unwrap().ready().await;
    assert!(stranger.is_err(), "the system does not know that authority");
    let (_, another) = serve(Vec::new());
    let misled = builder().authorities(another.as_bytes()).unwrap().connect().await.unwrap().ready().await;
    assert!(misled.is_err());

    let trusting = builder().authorities(authority.as_bytes()).unwrap().connect().await.unwrap();
    trusting.ready().await.unwrap();
}

#[tokio::test]
async fn what_is_no_certificate_is_refused_at_the_start() {
    let builder = Gate::builder("https://auth.example.org", AUDIENCE).unwrap();
    let fault = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let refused = match builder.authorities(fault.as_bytes()) {
        Ok(builder) => builder.connect().await.map(drop),
        Err(error) => Err(error),
    };
    assert!(matches!(refused, Err(GateError::Tls(_))), "{refused:?}");
}
