//! Take a lost second factor away, from the command line.

use voxgate_domain::mail::Notice;
use voxgate_domain::ports::{Conflict, UnitOfWork};
use voxgate_domain::session::EndReason;
use voxgate_domain::{Act, Reason, SessionEnd, UserId};

use crate::administration::living;
use crate::caller::Who;
use crate::transaction::settle;
use crate::{Application, Error};

impl Application {
    /// Takes app and recovery codes of somebody away who lost both, and ends their sessions; they are told by mail.
    /// Whoever can run the command line has proven who asks: the factor is as strong as that proof (NIST SP 800-63B-4,
    /// account recovery).
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such user; [`Error::Inadmissible`] when the account is closed;
    /// [`Error::Conflict`] when the factor is not on.
    pub async fn reset_second_factor(&self, user: UserId, reason: &Reason) -> Result<(), Error> {
        let mut uow = self.ports.store.begin().await?;
        let reset = self.take_factor_away(&mut *uow, user, reason).await;
        settle(uow, reset).await?;
        self.mail_was_queued();
        Ok(())
    }

    async fn take_factor_away(&self, uow: &mut dyn UnitOfWork, user: UserId, reason: &Reason) -> Result<(), Error> {
        let now = self.ports.clock.now();
        let owner = uow.users().lock(user).await?.ok_or(Error::NotFound)?.user;
        living(&owner)?;
        let who = Who { purpose: Some(reason), ..Who::default().about(Some(user)) };
        let end = SessionEnd { at: now, why: EndReason::Administration };
        self.end_sessions(uow, user, None, end, who).await?;
        // Logins that owe a code would owe it for ever.
        uow.challenges().forget(user).await?;
        if !uow.factors().disable(user, now).await? {
            return Err(Conflict::MfaOff.into());
        }
        uow.audit().record(&self.event(Act::MfaDisabled, who)).await?;
        self.queue_notice(uow, &owner, Notice::MfaDisabled).await
    }
}
