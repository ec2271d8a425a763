//! Real mail over SMTP, and what happens while the server is gone.

use std::time::Duration;

use serde_json::json;
use voxgate_testkit::smtp::{Behaviour, SmtpServer};

use crate::harness::{Backend, Voxgate, token_in};
use crate::person::PASSWORD;

#[tokio::test(flavor = "multi_thread")]
async fn mail_arrives_over_smtp_and_waits_while_the_server_refuses() {
    let server = SmtpServer::start().unwrap();
    let url = format!("smtp://{}", server.address());
    let voxgate = Voxgate::start_with(Backend::Sqlite, &[("SMTP_URL", &url)]).await;

    server.behave(Behaviour::Refuse(550));
    voxgate.register("ada@example.org").await.expect(202);
    assert!(tokio::task::block_in_place(|| server.next_mail(Duration::from_secs(2))).is_none());

    // Nobody asks for it again: the outbox tries until it leaves.
    server.behave(Behaviour::Accept);
    let mail = tokio::task::block_in_place(|| server.next_mail(Duration::from_secs(30))).expect("the mail comes");
    let token = token_in(&mail.text());
    voxgate.post("/auth/verify-email", json!({"token": token})).await.expect(204);
    voxgate.log_in("ada@example.org", PASSWORD).await.expect(200);
}
