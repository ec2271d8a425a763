//! Make the first administrator, from the command line.

use voxgate_domain::policy::PersonalFacts;
use voxgate_domain::ports::RoleAssignment;
use voxgate_domain::{Act, EmailAddress, Password, Profile, RoleAssignmentId, RoleName, User, UserId};

use crate::caller::Who;
use crate::{Application, Error};

impl Application {
    /// Makes an active user with the role `admin`. Whoever can run the command line answers for the address.
    ///
    /// # Errors
    ///
    /// [`Error::PasswordRejected`] with every fault; [`Error::Conflict`] when the address has an account.
    pub async fn create_admin(&self, email: EmailAddress, password: Password) -> Result<UserId, Error> {
        let profile = Profile::default();
        let accepted = self.accept_password(password, PersonalFacts { email: &email, profile: &profile })?;
        let hash = self.ports.passwords.hash(&accepted).await?;

        let mut uow = self.ports.store.begin().await?;
        let now = self.ports.clock.now();
        let id = UserId::generate(now, &*self.ports.entropy);
        let user = User::register(id, email, profile, now).verify_email(now)?;
        uow.users().add(&user, Some(&hash)).await?;
        let role = RoleName::admin();
        let assignment = RoleAssignment {
            id: RoleAssignmentId::generate(now, &*self.ports.entropy),
            user: id,
            role: &role,
            by: None,
            reason: "made at the command line",
            at: now,
        };
        uow.roles().assign(&assignment).await?;
        let who = Who::default().about(Some(id));
        uow.audit().record(&self.event(Act::UserRegistered, who)).await?;
        let given = Act::RoleChanged { added: vec![role.clone()], removed: Vec::new(), roles: vec![role] };
        uow.audit().record(&self.event(given, who)).await?;
        uow.commit().await?;
        Ok(id)
    }
}
