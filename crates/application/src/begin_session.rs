//! What a login comes to: a session, or the question for a code.

use voxgate_domain::known_device::DeviceStanding;
use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::session::{AuthMethods, Device, EndReason};
use voxgate_domain::{
    Act, Generation, KnownDevice, MfaChallenge, RoleName, SecretToken, Session, SessionEnd, SessionId, TokenDelivery,
    User,
};

use crate::caller::Who;
use crate::log_in::PendingLogIn;
use crate::{Application, Error, TokenPair};

/// A session that a transaction began, to be told once it is committed.
pub(crate) struct Begun {
    session: Session,
    secret: SecretToken,
    device_token: Option<SecretToken>,
    roles: Vec<RoleName>,
    /// Whether the device was known: else its owner may be told by mail.
    pub(crate) on: DeviceStanding,
}

impl Application {
    /// The tokens of a session that began.
    ///
    /// # Errors
    ///
    /// As [`Application::pair`].
    pub(crate) async fn pair_of(&self, begun: Begun) -> Result<TokenPair, Error> {
        let pair = self.pair(&begun.session, begun.roles, begun.secret).await?;
        Ok(TokenPair { device_token: begun.device_token, ..pair })
    }

    /// Asks for a code.
    pub(crate) async fn challenge(
        &self,
        uow: &mut dyn UnitOfWork,
        user: &User,
        device: Device,
        delivery: TokenDelivery,
        who: Who<'_>,
    ) -> Result<PendingLogIn, Error> {
        let (now, policy) = (self.ports.clock.now(), &self.policies.factor);
        let mfa_token = SecretToken::generate(&*self.ports.entropy);
        let hash = self.ports.token_hasher.token(&mfa_token);
        let challenge = MfaChallenge::issue(hash, user.id, device, delivery, policy, now);
        uow.challenges().add(&challenge).await?;
        uow.audit().record(&self.event(Act::MfaChallenged, who)).await?;
        Ok(PendingLogIn { mfa_token, expires_in: policy.challenge_ttl })
    }

    /// Begins a session of `user`, and ends the oldest one when there are too many. A login on a device that is not known
    /// makes it known, and its owner is told.
    pub(crate) async fn open_session(
        &self,
        uow: &mut dyn UnitOfWork,
        user: User,
        (device, known): (Device, Option<KnownDevice>),
        amr: AuthMethods,
        who: Who<'_>,
    ) -> Result<Begun, Error> {
        let now = self.ports.clock.now();
        let policy = &self.policies.session;
        let id = SessionId::generate(now, &*self.ports.entropy);
        let session = Session::open(id, user.id, device, amr, now, policy.expiry(now));
        let (standing, device_token) = self.meet_device(uow, &user, &session.device, known).await?;
        let (secret, token) = self.new_refresh_token(&session, Generation::FIRST);
        uow.sessions().add(&session, &token).await?;
        let end = SessionEnd { at: now, why: EndReason::TooMany };
        let who = Who { actor: Some(user.id), ..who.about(Some(user.id)).within(id) };
        let count = uow.sessions().end_excess(user.id, policy.max_per_user, end).await?;
        if count > 0 {
            uow.audit().record(&self.event(Act::SessionsEnded { count, why: end.why }, who)).await?;
        }
        uow.users().save(&user.logged_in(now)).await?;
        let succeeded = Act::LoginSucceeded { methods: amr, device: standing };
        uow.audit().record(&self.event(succeeded, who)).await?;
        let roles = uow.roles().of(session.user_id).await?.into_iter().map(|role| role.name).collect();
        Ok(Begun { session, secret, device_token, roles, on: standing })
    }
}
