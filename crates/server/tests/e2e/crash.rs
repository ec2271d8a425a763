//! A crash loses nothing that was acknowledged.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Backend, Voxgate, token_in};
use crate::person::{PASSWORD, person};

pub(crate) async fn what_was_acknowledged_survives_a_kill(backend: Backend) {
    let mut voxgate = Voxgate::start(backend).await;
    let mut acknowledged = Vec::new();
    for round in 0..3_u32 {
        let answered = Arc::new(AtomicUsize::new(0));
        let burst: FuturesUnordered<_> = (0..40_u32)
            .map(|n| {
                let email = format!("r{round}n{n}@example.org");
                let body = json!({"email": email, "password": PASSWORD});
                let request = voxgate.request(Method::POST, "/auth/register").json(&body);
                let answered = Arc::clone(&answered);
                async move {
                    let done = request.send().await.is_ok_and(|answer| answer.status() == 202);
                    answered.fetch_add(usize::from(done), Ordering::SeqCst);
                    done.then_some(email)
                }
            })
            .collect();
        // The kill comes in the midst of the burst: after some answers, and before others.
        let collecting = tokio::spawn(async move { burst.filter_map(std::future::ready).collect::<Vec<_>>().await });
        let deadline = Instant::now() + Duration::from_secs(30);
        while answered.load(Ordering::SeqCst) < 1 + round as usize * 5 {
            assert!(Instant::now() < deadline, "no registration comes through");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        voxgate.kill();
        acknowledged.extend(collecting.await.unwrap());
        voxgate.start_again().await;
    }

    // Each has its mail, its row and its event: the link works, and the person's copy of their data has it.
    for email in &acknowledged {
        let token = token_in(&voxgate.mail_to(email, 1).await);
        voxgate.post("/auth/verify-email", json!({"token": token})).await.expect(204);
        assert!(voxgate.mails_to(email).len() <= 2, "more than one duplicate to {email}");
        let me = person(email, &voxgate.log_in(email, PASSWORD).await.expect(200).json());
        let copy = voxgate.call(Method::GET, "/users/export", &me.access_token, Value::Null).await.expect(200).json();
        let events = copy["audit_events"].as_array().unwrap();
        assert_eq!(events.iter().filter(|event| event["event"] == "user.registered").count(), 1, "{email}");
    }
}
