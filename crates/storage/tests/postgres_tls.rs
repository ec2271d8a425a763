//! A connection to PostgreSQL by TLS, to a server that is what it says and to one that is not.
#![expect(clippy::unwrap_used, reason = "what a test needs and does not get shall stop it")]

use std::fs;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use voxgate_domain::ports::Store as _;
use voxgate_storage::{Database, PoolOptions};
use voxgate_testkit::postgres::{Cluster, Fsync};

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

#[tokio::test]
async fn a_server_is_believed_only_by_a_certificate_of_the_authority_and_of_its_name() {
    let cluster = Cluster::private(Fsync::Off).unwrap_or_else(|error| panic!("{error}"));
    let (ours, others) = (authority("ours"), authority("others"));
    let key = KeyPair::generate().unwrap();
    let named = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = named.signed_by(&key, &ours).unwrap();
    cluster.use_tls(&certificate.pem(), &key.serialize_pem()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let pem = |name: &str, authority: &CertifiedIssuer<'static, KeyPair>| {
        let path = folder.path().join(name);
        fs::write(&path, authority.pem()).unwrap();
        path.display().to_string()
    };
    let (ours, others) = (pem("ours.pem", &ours), pem("others.pem", &others));
    let by_name = cluster.admin_url().replace("127.0.0.1", "localhost");
    let ping = async |url: String| {
        let database = Database::connect(&url, PoolOptions::default()).await.unwrap();
        database.ping().await
    };

    ping(format!("{by_name}?sslmode=verify-full&sslrootcert={ours}")).await.unwrap();
    // Another authority; the public ones; another name.
    ping(format!("{by_name}?sslmode=verify-full&sslrootcert={others}")).await.unwrap_err();
    ping(format!("{by_name}?sslmode=require")).await.unwrap_err();
    let by_address = cluster.admin_url();
    ping(format!("{by_address}?sslmode=verify-full&sslrootcert={ours}")).await.unwrap_err();
    // A server without TLS is not spoken to in plain text instead.
    let plain = Cluster::private(Fsync::Off).unwrap();
    let url = plain.admin_url().replace("127.0.0.1", "localhost");
    ping(format!("{url}?sslmode=verify-full&sslrootcert={ours}")).await.unwrap_err();
}
