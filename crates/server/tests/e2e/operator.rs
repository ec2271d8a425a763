//! What an operator does for people by command, while the service runs.

use crate::harness::{Backend, Voxgate};
use crate::person::{PASSWORD, person};

pub(crate) async fn an_operator_takes_a_lost_factor_away(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let (ada, _, _) = voxgate.with_mfa("ada@example.org").await;
    let bob = voxgate.logged_in("bob@example.org").await;
    let id = voxgate.id_of(&ada).await;
    let reset = |id: &str| voxgate.command(&["mfa", "reset", "--user", id, "--reason", "came with her passport"]);

    let done = reset(&id);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert_eq!(
        String::from_utf8(done.stdout).unwrap(),
        format!("{id} logs in by password alone, and is told so by mail\n")
    );
    voxgate.mail_to(&ada.email, 3).await;
    voxgate.profile(&ada).await.expect_problem(401, "unauthenticated");
    voxgate.refresh(&ada.refresh_token).await.expect_problem(401, "invalid_refresh_token");
    voxgate.profile(&bob).await.expect(200);
    let ada = person(&ada.email, &voxgate.log_in(&ada.email, PASSWORD).await.expect(200).json());
    voxgate.turn_on_mfa(&ada).await;
    voxgate.pending(&ada).await;

    let nobody = "019aba3b-2a00-7000-8000-000000000001";
    let refused =
        [(voxgate.id_of(&bob).await, "the user has no second factor"), (nobody.into(), "there is no such user")];
    for (id, why) in refused {
        let refused = reset(&id);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!((refused.status.code(), said), (Some(2), format!("error: {why}\n")));
    }
}

pub(crate) async fn an_operator_ends_the_sessions_of_one_or_of_everybody(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let ada = voxgate.logged_in("ada@example.org").await;
    let bob = voxgate.logged_in("bob@example.org").await;
    let cleo = voxgate.logged_in("cleo@example.org").await;
    let id = voxgate.id_of(&ada).await;
    let end =
        |whose: &[&str]| voxgate.command_with(&[&["sessions", "end", "--reason", "restored"], whose].concat(), "");

    assert_eq!(end(&["--user", &id]), format!("ended 1 sessions of {id}\n"));
    assert_eq!(end(&["--user", &id]), format!("ended 0 sessions of {id}\n"));
    voxgate.profile(&ada).await.expect_problem(401, "unauthenticated");
    voxgate.profile(&bob).await.expect(200);

    assert_eq!(end(&["--all"]), "ended the sessions of 2 users\n");
    assert_eq!(end(&["--all"]), "ended the sessions of 0 users\n");
    for who in [&bob, &cleo] {
        voxgate.profile(who).await.expect_problem(401, "unauthenticated");
        voxgate.refresh(&who.refresh_token).await.expect_problem(401, "invalid_refresh_token");
    }
    voxgate.log_in(&ada.email, PASSWORD).await.expect(200);

    let nobody = "019aba3b-2a00-7000-8000-000000000001";
    for wrong in [&["--user", nobody, "--reason", "why"][..], &["--reason", "why"], &["--all", "--reason", " "]] {
        let refused = voxgate.command(&[&["sessions", "end"], wrong].concat());
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    }
}
