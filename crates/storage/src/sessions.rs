//! Sessions and their refresh tokens.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::ports::{Principal, Sessions, StoreError};
use voxgate_domain::session::{Device, Revocation};
use voxgate_domain::{
    AuthMethods, DeviceName, Generation, RefreshToken, Session, SessionEnd, SessionId, Timestamp, TokenHash, UserAgent,
    UserId,
};

use crate::authenticator::{PrincipalRow, assemble, with_user_and_roles};
use crate::cached::CachedDsl as _;
use crate::connection::{Connection, both, on};
use crate::dialect;
use crate::error::{at_most_one, exactly_one};
use crate::holding_session::HoldingSession;
use crate::rows::{RefreshTokenRow, RoleRow, SessionRow, UserRow};
use crate::schema::{refresh_tokens, user_role_assignments, user_roles, user_sessions, users};
use crate::sql_types::{At, Id};
use crate::unit_of_work::Transaction;

/// At most `limit` sessions of the user that were not ended and expire after `now`, newest first.
pub(crate) async fn sessions_of(
    connection: &mut Connection,
    user: UserId,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Session>, StoreError> {
    let query = user_sessions::table
        .filter(open_of(user.into()))
        .filter(user_sessions::expires_at.gt(At(now)))
        .order((user_sessions::created_at.desc(), user_sessions::id.desc()))
        .limit(limit.into());
    // On SQLite by the connection itself, as in authenticator.rs.
    let rows: Vec<SessionRow> = on!(connection,
        postgres c => query.select(SessionRow::as_select()).load(c),
        sqlite c => c.spawn_blocking(move |c| diesel::RunQueryDsl::load(query.select(SessionRow::as_select()), c))
    )?;
    rows.into_iter().map(Session::try_from).collect()
}

/// At most `limit` sessions that ended at `since` or later, in the order of their ends, from the one after `after` on.
pub(crate) async fn revocations(
    connection: &mut Connection,
    since: Timestamp,
    after: Option<(Timestamp, SessionId)>,
    limit: u32,
) -> Result<Vec<Revocation>, StoreError> {
    let ends = (user_sessions::ended_at.assume_not_null(), user_sessions::id);
    let (from, behind) = after.map_or((since, None), |(at, id)| (at, Some(Id::from(id))));
    let rows: Vec<(At, Id)> = on!(connection, c => {
        let mut query = user_sessions::table
            .filter(user_sessions::ended_at.ge(At(from)))
            .order((user_sessions::ended_at, user_sessions::id))
            .limit(limit.into())
            .select(ends)
            .into_boxed();
        if let Some(behind) = behind {
            let later = user_sessions::ended_at.assume_not_null().gt(At(from));
            query = query.filter(later.or(user_sessions::id.gt(behind)));
        }
        query.load(c)
    })?;
    Ok(rows.into_iter().map(|(At(ended_at), id)| Revocation { session: id.into(), ended_at }).collect())
}

#[diesel::dsl::auto_type]
fn open_of(user: Id) -> _ {
    user_sessions::user_id.eq(user).and(user_sessions::ended_at.is_null())
}

#[diesel::dsl::auto_type]
fn ending(end: SessionEnd) -> _ {
    let at: At = At(end.at);
    let why: &'static str = end.why.as_str();
    (user_sessions::ended_at.eq(at), user_sessions::end_reason.eq(why))
}

diesel::alias!(user_sessions as newest: Newest);

/// The refresh token with its session, which nobody else changes before the transaction ends, and whose it is.
async fn locked_by_token(
    connection: &mut Connection,
    hash: TokenHash,
) -> Result<Option<(RefreshToken, Principal)>, StoreError> {
    let of_session = refresh_tokens::table.on(refresh_tokens::session_id.eq(user_sessions::id));
    macro_rules! found {
        () => {
            with_user_and_roles!(user_sessions::table.inner_join(of_session))
                .filter(refresh_tokens::hash.eq(hash.as_bytes().as_slice()))
                .order(user_roles::name)
                .select((
                    RefreshTokenRow::as_select(),
                    (SessionRow::as_select(), UserRow::as_select(), Option::<RoleRow>::as_select()),
                ))
        };
    }
    let rows: Vec<(RefreshTokenRow, PrincipalRow)> = on!(connection,
        postgres c => HoldingSession(found!()).load(c),
        sqlite c => found!().load(c)
    )?;
    let (mut tokens, principals): (Vec<RefreshTokenRow>, Vec<PrincipalRow>) = rows.into_iter().unzip();
    let Some(principal) = assemble(principals).into_values().next().transpose()? else { return Ok(None) };
    tokens.pop().map(|token| Ok((token.try_into()?, principal))).transpose()
}

#[async_trait]
impl Sessions for Transaction {
    async fn add(&mut self, session: &Session, token: &RefreshToken) -> Result<(), StoreError> {
        let (session, token) = (SessionRow::from(session), RefreshTokenRow::from(token));
        let (session, token) = both!(self.connection(),
            c => diesel::insert_into(user_sessions::table).values(&session).cached().execute(c),
            diesel::insert_into(refresh_tokens::table).values(&token).cached().execute(c)
        )?;
        exactly_one(session)?;
        exactly_one(token)
    }

    async fn has_used(&mut self, user: UserId, device: &Device) -> Result<bool, StoreError> {
        /// More different programs at one address than anybody has.
        const MOST: i64 = 200;
        let from_there = user_sessions::table
            .filter(user_sessions::user_id.eq(Id::from(user)))
            .filter(user_sessions::ip_address.eq(device.ip_address.to_string()))
            .select((user_sessions::device_name, user_sessions::user_agent))
            .distinct()
            .limit(MOST);
        let used: Vec<(Option<String>, Option<String>)> = on!(self.connection(), c => from_there.load(c))?;
        let name = device.name.as_ref().map(DeviceName::as_str);
        let agent = device.user_agent.as_ref().map(UserAgent::as_str);
        Ok(used.iter().any(|(used_name, used_agent)| (used_name.as_deref(), used_agent.as_deref()) == (name, agent)))
    }

    /// PostgreSQL holds the rows in the order of the tables, the session first, and waits for both in their latest form.
    /// Whoever changes either holds the session, so the token is as fresh as the session however long the wait was, and
    /// two refreshes cannot wait for each other.
    async fn lock_by_token(&mut self, hash: TokenHash) -> Result<Option<(RefreshToken, Principal)>, StoreError> {
        locked_by_token(self.connection(), hash).await
    }

    async fn rotate(&mut self, session: &Session, from: Generation, next: &RefreshToken) -> Result<(), StoreError> {
        exactly_one(dialect::rotate(self.connection(), session, from, next).await?)
    }

    async fn reauthenticated(&mut self, session: SessionId, at: Timestamp) -> Result<(), StoreError> {
        let open = user_sessions::table.find(Id::from(session)).filter(user_sessions::ended_at.is_null());
        let change = user_sessions::auth_time.eq(At(at));
        let saved = on!(self.connection(), c => diesel::update(open).set(change).cached().execute(c))?;
        exactly_one(saved)
    }

    async fn proven(&mut self, session: SessionId, amr: AuthMethods) -> Result<(), StoreError> {
        let open = user_sessions::table.find(Id::from(session)).filter(user_sessions::ended_at.is_null());
        let change = user_sessions::amr.eq(amr.as_str());
        let saved = on!(self.connection(), c => diesel::update(open).set(change).cached().execute(c))?;
        exactly_one(saved)
    }

    async fn end(&mut self, user: UserId, session: SessionId, end: SessionEnd) -> Result<bool, StoreError> {
        let open = user_sessions::table.find(Id::from(session)).filter(open_of(user.into()));
        let ended = on!(self.connection(), c => diesel::update(open).set(ending(end)).cached().execute(c))?;
        at_most_one(ended)
    }

    async fn end_all(&mut self, user: UserId, except: Option<SessionId>, end: SessionEnd) -> Result<u64, StoreError> {
        let open = user_sessions::table.filter(open_of(user.into()));
        let ended = match except {
            Some(kept) => {
                let others = open.filter(user_sessions::id.ne(Id::from(kept)));
                on!(self.connection(), c => diesel::update(others).set(ending(end)).cached().execute(c))
            }
            None => on!(self.connection(), c => diesel::update(open).set(ending(end)).cached().execute(c)),
        };
        Ok(u64::try_from(ended?).unwrap_or(u64::MAX))
    }

    async fn owners_after(&mut self, after: Option<UserId>, limit: u32) -> Result<Vec<UserId>, StoreError> {
        let after = Id(after.map_or(uuid::Uuid::nil(), UserId::as_uuid));
        let owners = user_sessions::table
            .filter(user_sessions::ended_at.is_null())
            .filter(user_sessions::user_id.gt(after))
            .select(user_sessions::user_id)
            .distinct()
            .order(user_sessions::user_id)
            .limit(limit.into());
        let owners: Vec<Id> = on!(self.connection(), c => owners.load(c))?;
        Ok(owners.into_iter().map(UserId::from).collect())
    }

    async fn end_excess(&mut self, user: UserId, keep: u32, end: SessionEnd) -> Result<u64, StoreError> {
        let kept = newest
            .filter(newest.field(user_sessions::user_id).eq(Id::from(user)))
            .filter(newest.field(user_sessions::ended_at).is_null())
            .order((newest.field(user_sessions::created_at).desc(), newest.field(user_sessions::id).desc()))
            .limit(keep.into())
            .select(newest.field(user_sessions::id));
        let excess = user_sessions::table.filter(open_of(user.into())).filter(user_sessions::id.ne_all(kept));
        let ended = on!(self.connection(), c => diesel::update(excess).set(ending(end)).cached().execute(c))?;
        Ok(u64::try_from(ended).unwrap_or(u64::MAX))
    }
}
