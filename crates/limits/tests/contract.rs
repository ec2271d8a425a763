//! The limiter of the process keeps what every limiter must.

use std::sync::Arc;

use voxgate_limits::InProcess;

#[tokio::test(flavor = "multi_thread")]
async fn it_keeps_what_every_limiter_must() {
    voxgate_testkit::limits::hold(Arc::new(InProcess::new())).await;
}
