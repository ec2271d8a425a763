//! What every service beside Voxgate must keep. Its routes: `/health` for anybody, `/recordings` for anybody with an
//! account, `/people/{id}/recordings` for whoever has the permission `users:read`.

use std::path::Path;
use std::time::{Duration, Instant};

use super::{Answer, Sibling, SiblingError, Voxgate};

const OWN: &str = "/recordings";
const OF_SOMEBODY: &str = "/people/0190b1d2-0000-7000-8000-000000000001/recordings";

/// A token of Voxgate is accepted; none, a changed one and one of another scheme are refused, by RFC 6750.
///
/// # Errors
///
/// A [`SiblingError`] that says what was otherwise.
pub async fn tokens_are_told_apart(binary: &Path) -> Result<(), SiblingError> {
    let voxgate = Voxgate::start(&[]).await?;
    let ada = voxgate.person("ada@example.org").await?;
    let mut service = Sibling::start(binary, &voxgate.settings_of_a_sibling()).await?;

    expect(&service.get("/health", None).await?, "a public route", 200)?;
    expect(&service.get_as(OWN, &ada.access_token).await?, "a valid token", 200)?;
    // The last character has unused bits, so the one before it is changed.
    let (body, end) = ada.access_token.split_at(ada.access_token.len() - 2);
    let changed = format!("{body}{}", if end.starts_with('A') { "BA" } else { "AA" });
    let none = service.get(OWN, None).await?;
    let invalid = service.get_as(OWN, &changed).await?;
    let other_scheme = service.get(OWN, Some("Basic YWRhOmFkYQ==")).await?;
    let refresh_token = service.get_as(OWN, &ada.refresh_token).await?;
    for (answer, what, challenge) in [
        (&none, "no token", "Bearer"),
        (&other_scheme, "another scheme", "Bearer"),
        (&invalid, "a changed token", r#"Bearer error="invalid_token""#),
        (&refresh_token, "a refresh token", r#"Bearer error="invalid_token""#),
    ] {
        expect(answer, what, 401)?;
        ensure(answer.challenge == challenge, what, answer)?;
        ensure(answer.content_type == "application/problem+json", what, answer)?;
        ensure(answer.body.contains(r#""code":"unauthenticated""#), what, answer)?;
    }

    let said = service.said();
    if !service.stop().await? || said.contains(&ada.access_token) {
        return Err(SiblingError::Unexpected { what: "a stop in order, no token in the log".to_owned(), answer: said });
    }
    Ok(())
}

/// A token is still accepted, and a changed one refused, when Voxgate is gone.
///
/// # Errors
///
/// A [`SiblingError`] that says what was otherwise.
pub async fn tokens_are_checked_while_voxgate_is_down(binary: &Path) -> Result<(), SiblingError> {
    let mut voxgate = Voxgate::start(&[]).await?;
    let ada = voxgate.person("ada@example.org").await?;
    let service = Sibling::start(binary, &voxgate.settings_of_a_sibling()).await?;
    expect(&service.get_as(OWN, &ada.access_token).await?, "while Voxgate is there", 200)?;
    voxgate.kill()?;
    expect(&service.get_as(OWN, &ada.access_token).await?, "while Voxgate is gone", 200)?;
    expect(&service.get(OWN, None).await?, "no token while Voxgate is gone", 401)
}

/// A person without the permission that a route asks for is refused, one with it is not.
///
/// # Errors
///
/// A [`SiblingError`] that says what was otherwise.
pub async fn a_route_asks_for_a_permission(binary: &Path) -> Result<(), SiblingError> {
    let voxgate = Voxgate::start(&[]).await?;
    let ada = voxgate.person("ada@example.org").await?;
    let admin = voxgate.admin("admin@example.org").await?;
    let service = Sibling::start(binary, &voxgate.settings_of_a_sibling()).await?;
    let refused = service.get_as(OF_SOMEBODY, &ada.access_token).await?;
    expect(&refused, "a patient who looks at somebody", 403)?;
    ensure(refused.challenge == r#"Bearer error="insufficient_scope""#, "the challenge of RFC 6750", &refused)?;
    expect(&service.get_as(OF_SOMEBODY, &admin.access_token).await?, "somebody who may", 200)?;
    expect(&service.get(OF_SOMEBODY, None).await?, "nobody", 401)
}

/// A service that never reached Voxgate lets nobody in, and says that it is not the token's fault.
///
/// # Errors
///
/// A [`SiblingError`] that says what was otherwise.
pub async fn without_keys_nobody_is_let_in(binary: &Path) -> Result<(), SiblingError> {
    let mut voxgate = Voxgate::start(&[]).await?;
    let ada = voxgate.person("ada@example.org").await?;
    voxgate.kill()?;
    let service = Sibling::start(binary, &voxgate.settings_of_a_sibling()).await?;
    expect(&service.get("/health", None).await?, "a public route", 200)?;
    let answer = service.get_as(OWN, &ada.access_token).await?;
    expect(&answer, "a token that nobody can check", 503)?;
    ensure(answer.retry_after.parse::<u64>().is_ok(), "when to try again", &answer)
}

/// The token of a session that has ended is refused within two seconds, those of others are not.
///
/// # Errors
///
/// A [`SiblingError`] that says what was otherwise.
pub async fn a_session_that_ends_is_refused_within_two_seconds(binary: &Path) -> Result<(), SiblingError> {
    let voxgate = Voxgate::start(&[]).await?;
    let (ada, bob) = (voxgate.person("ada@example.org").await?, voxgate.person("bob@example.org").await?);
    let (id, secret) = voxgate.service_account("recordings", "revocations:read")?;
    let credentials = [("VOXGATE_CLIENT_ID", id.as_str()), ("VOXGATE_CLIENT_SECRET", secret.as_str())];
    let settings = [voxgate.settings_of_a_sibling(), credentials].concat();
    let service = Sibling::start(binary, &settings).await?;
    expect(&service.get_as(OWN, &ada.access_token).await?, "before the logout", 200)?;

    voxgate.log_out(&ada).await?;
    let logged_out_at = Instant::now();
    loop {
        let answer = service.get_as(OWN, &ada.access_token).await?;
        if answer.status == 401 {
            break;
        }
        ensure(logged_out_at.elapsed() < Duration::from_secs(2), "refused within two seconds", &answer)?;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    expect(&service.get_as(OWN, &bob.access_token).await?, "somebody else", 200)
}

fn expect(answer: &Answer, what: &str, status: u16) -> Result<(), SiblingError> {
    ensure(answer.status == status, what, answer)
}

fn ensure(holds: bool, what: &str, answer: &Answer) -> Result<(), SiblingError> {
    if holds {
        return Ok(());
    }
    Err(SiblingError::Unexpected { what: what.to_owned(), answer: format!("{answer:?}") })
}
