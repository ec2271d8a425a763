//! How long sessions and their tokens live, and what a refresh token is worth.

use std::time::Duration;

use crate::time::days;
use crate::{RefreshToken, Session, Timestamp};

/// How long sessions and their tokens live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionPolicy {
    /// The life of an access token.
    pub access_token_ttl: Duration,
    /// The life of a session from login, whatever happens.
    pub session_ttl: Duration,
    /// How long a session may go without a refresh (45 CFR 164.312(a)(2)(iii), automatic logoff).
    pub idle_timeout: Duration,
    /// How long a refresh token still works after it was rotated away, for a client that lost the answer (RFC 9700,
    /// section 4.14.2, asks for the rotation).
    pub reuse_leeway: Duration,
    /// How old the last proof of identity may be for a sensitive act (RFC 9470).
    pub recent_authentication: Duration,
    /// The most open sessions a user may have; a further login ends the oldest.
    pub max_per_user: u32,
}

impl Default for SessionPolicy {
    /// 15 min, 7 days, 7 days, 10 s, 10 min, 100 sessions.
    fn default() -> Self {
        Self {
            access_token_ttl: Duration::from_mins(15),
            session_ttl: days(7),
            idle_timeout: days(7),
            reuse_leeway: Duration::from_secs(10),
            recent_authentication: Duration::from_mins(10),
            max_per_user: 100,
        }
    }
}

/// What a refresh token is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshVerdict {
    /// It yields a new pair.
    Accept,
    /// Its session is over.
    SessionOver,
    /// It was rotated away longer ago than the leeway: it is a copy, or its successor is.
    Reused,
}

impl SessionPolicy {
    /// How far past its expiry an access token may still be taken for valid.
    const SKEW: Duration = Duration::from_secs(5);
    /// Longer than any transaction lives, and clocks differ.
    const OVERLAP: Duration = Duration::from_secs(30);

    /// When a session that begins now ends at the latest.
    #[must_use]
    pub fn expiry(&self, now: Timestamp) -> Timestamp {
        now.plus(self.session_ttl)
    }

    /// Whether `session` can still be used.
    #[must_use]
    pub fn is_open(&self, session: &Session, now: Timestamp) -> bool {
        session.ended.is_none() && now < session.expires_at && now.since(session.last_seen_at) < self.idle_timeout
    }

    /// Whether the owner of `session` proved who they are recently enough for a sensitive act.
    #[must_use]
    pub fn is_recent(&self, session: &Session, now: Timestamp) -> bool {
        now.since(session.auth_time) <= self.recent_authentication
    }

    /// From when on ended sessions matter to whoever was told of them until `since`: never from before one life of an
    /// access token ago, since every token of theirs has expired.
    #[must_use]
    pub fn revocations_from(&self, since: Option<Timestamp>, now: Timestamp) -> Timestamp {
        let oldest = now.minus(self.access_token_ttl.saturating_add(Self::SKEW));
        since.map_or(oldest, |since| since.max(oldest))
    }

    /// From when on to ask next time. It overlaps with what was told: the end of a session can become visible a little
    /// later than its time says, when its transaction waited, or the clock of its replica is behind.
    #[must_use]
    pub fn revocations_next(&self, now: Timestamp) -> Timestamp {
        now.minus(Self::OVERLAP)
    }

    /// What `token` of `session` is worth.
    ///
    /// The newest token wins. One that was rotated away counts as lost on the way for the leeway, measured either way,
    /// since the clocks of two replicas differ a little; after that its coming back shows that two parties hold it.
    #[must_use]
    pub fn judge(&self, token: &RefreshToken, session: &Session, now: Timestamp) -> RefreshVerdict {
        if !self.is_open(session, now) {
            return RefreshVerdict::SessionOver;
        }
        match token.superseded_at {
            None if token.generation == session.generation => RefreshVerdict::Accept,
            Some(at) if now.distance(at) <= self.reuse_leeway => RefreshVerdict::Accept,
            None | Some(_) => RefreshVerdict::Reused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Generation;
    use crate::fixtures;
    use crate::session::{EndReason, SessionEnd};

    fn at(seconds: u64) -> Timestamp {
        Timestamp::EPOCH.plus(Duration::from_secs(seconds))
    }

    fn session() -> Session {
        fixtures::session(fixtures::user().build().id).begun_at(at(0)).build()
    }

    fn token(generation: Generation, superseded_at: Option<Timestamp>) -> RefreshToken {
        RefreshToken { generation, superseded_at, ..fixtures::refresh_token(&session()) }
    }

    #[test]
    fn the_current_token_is_accepted() {
        let verdict = SessionPolicy::default().judge(&token(Generation::FIRST, None), &session(), at(60));
        assert_eq!(verdict, RefreshVerdict::Accept);
    }

    #[test]
    fn a_rotated_token_is_accepted_within_the_leeway_and_betrays_itself_after_it() {
        let policy = SessionPolicy::default();
        let session = session().refreshed(Generation::FIRST.next(), at(60));
        let old = token(Generation::FIRST, Some(at(60)));
        assert_eq!(policy.judge(&old, &session, at(70)), RefreshVerdict::Accept);
        assert_eq!(policy.judge(&old, &session, at(71)), RefreshVerdict::Reused);
    }

    #[test]
    fn a_token_of_another_generation_than_its_session_is_none_of_ours() {
        let session = session().refreshed(Generation::FIRST.next(), at(60));
        let stray = token(Generation::FIRST, None);
        assert_eq!(SessionPolicy::default().judge(&stray, &session, at(61)), RefreshVerdict::Reused);
    }

    #[test]
    fn a_clock_set_back_an_hour_does_not_revive_a_rotated_token() {
        let session = session().refreshed(Generation::FIRST.next(), at(7_200));
        let old = token(Generation::FIRST, Some(at(7_200)));
        assert_eq!(SessionPolicy::default().judge(&old, &session, at(3_600)), RefreshVerdict::Reused);
    }

    #[test]
    fn a_session_is_over_when_ended_expired_or_idle() {
        let policy = SessionPolicy { idle_timeout: Duration::from_secs(3_600), ..SessionPolicy::default() };
        assert!(policy.is_open(&session(), at(3_599)));
        assert!(!policy.is_open(&session(), at(3_600)));
        let ended = Session { ended: Some(SessionEnd { at: at(1), why: EndReason::LoggedOut }), ..session() };
        assert!(!policy.is_open(&ended, at(2)));
        let busy = session().refreshed(Generation::FIRST.next(), at(7 * 24 * 3_600 - 1));
        assert!(policy.is_open(&busy, at(7 * 24 * 3_600 - 1)));
        assert!(!policy.is_open(&busy, at(7 * 24 * 3_600)));
        let verdict = policy.judge(&token(Generation::FIRST, None), &ended, at(2));
        assert_eq!(verdict, RefreshVerdict::SessionOver);
    }

    #[test]
    fn authentication_is_recent_for_ten_minutes() {
        let policy = SessionPolicy::default();
        assert!(policy.is_recent(&session(), at(600)));
        assert!(!policy.is_recent(&session(), at(601)));
        assert!(policy.is_recent(&session().reauthenticated(at(900)), at(1_500)));
    }

    #[test]
    fn ended_sessions_are_told_for_one_life_of_an_access_token_and_with_an_overlap() {
        let policy = SessionPolicy::default();
        let now = Timestamp::EPOCH.plus(Duration::from_secs(100_000));
        let oldest = now.minus(Duration::from_secs(15 * 60 + 5));
        assert_eq!(policy.revocations_from(None, now), oldest);
        assert_eq!(policy.revocations_from(Some(Timestamp::EPOCH), now), oldest);
        let recent = now.minus(Duration::from_secs(2));
        assert_eq!(policy.revocations_from(Some(recent), now), recent);
        assert!(policy.revocations_next(now) < now);
    }
}
