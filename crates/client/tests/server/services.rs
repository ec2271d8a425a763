//! Service accounts: programs that call for themselves.

use futures_util::TryStreamExt as _;
use futures_util::future::join_all;
use voxgate_client::Error;
use voxgate_client::queries::{ListEvents, ListRevocations};
use voxgate_client::types::{NewServiceAccount, SecretRotation, ServiceAccountSecret};

use crate::harness::Voxgate;

const ADA: &str = "ada@example.org";

async fn recordings(voxgate: &Voxgate) -> ServiceAccountSecret {
    let account = NewServiceAccount::new("recordings", vec!["revocations:read".to_owned()]);
    voxgate.admin().await.create_service_account(&account).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_gets_its_tokens_by_itself_and_once() {
    let voxgate = Voxgate::start().await;
    let made = recordings(&voxgate).await;
    let service = voxgate.client.with_service_account(made.account.id, made.client_secret);
    voxgate.verified(ADA).await;
    let session = voxgate.log_in(ADA).await;
    let id = session.id();
    session.log_out().await.unwrap();

    let query = ListRevocations::default();
    for page in join_all((0..20).map(|_| service.list_revocations(&query))).await {
        assert!(page.unwrap().items.iter().any(|revocation| revocation.session_id == id));
    }
    let query = ListRevocations::default().with_limit(1);
    let revocations: Vec<_> = service.list_revocations_all(&query).try_collect().await.unwrap();
    assert!(revocations.iter().any(|revocation| revocation.session_id == id));
    let admin = voxgate.log_in("root@example.org").await;
    let issued = ListEvents::default().with_event("token.issued");
    assert_eq!(admin.list_events_all(&issued).try_collect::<Vec<_>>().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_secret_that_was_replaced_gets_no_further_token() {
    let voxgate = Voxgate::start().await;
    let made = recordings(&voxgate).await;
    let admin = voxgate.log_in("root@example.org").await;
    let rotation = SecretRotation::default().with_overlap_seconds(0);
    let new = admin.rotate_service_secret(made.account.id, &rotation).await.unwrap();
    let former = voxgate.client.with_service_account(made.account.id, made.client_secret);
    let error = former.list_revocations(&ListRevocations::default()).await.unwrap_err();
    assert!(matches!(error, Error::NotRenewed(_)), "{error}");
    assert_eq!(error.problem().unwrap().error.as_deref(), Some("invalid_client"));
    let service = voxgate.client.with_service_account(made.account.id, new.client_secret);
    service.list_revocations(&ListRevocations::default()).await.unwrap();
}
