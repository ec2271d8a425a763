//! Credentials that nobody chose.

use crate::harness::{Backend, Voxgate};

pub(crate) async fn default_credentials(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("LOCKOUT_THRESHOLD", "100")]).await;
    let names = ["admin@example.org", "admin@localhost.localdomain", "root@example.org", "voxgate@example.org"];
    for email in names {
        for password in ["admin", "password", "changeme", "voxgate", "Password123!", "Admin12345!!"] {
            voxgate.log_in(email, password).await.expect_problem(401, "invalid_credentials");
        }
    }
    // Nor does an operator make an account with one.
    for weak in ["admin", "changeme", "Password123!"] {
        let args = ["admin", "create", "--email", "root@example.org", "--password-stdin"];
        let made = voxgate.command_input(&args, weak);
        assert!(!made.status.success(), "{weak} makes an administrator");
    }
}
