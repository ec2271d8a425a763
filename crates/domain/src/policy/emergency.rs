//! Who may take an emergency access, to whose data, and for how long.

use std::time::Duration;

use super::Inadmissible;
use crate::emergency::EmergencyAccess;
use crate::ids::EmergencyAccessId;
use crate::{Reason, Timestamp, UserId};

/// The rules of emergency access (45 CFR 164.312(a)(2)(ii)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmergencyPolicy {
    /// How long an access is open.
    pub duration: Duration,
}

impl Default for EmergencyPolicy {
    /// An hour.
    fn default() -> Self {
        Self { duration: Duration::from_hours(1) }
    }
}

impl EmergencyPolicy {
    /// The access that `holder` takes.
    ///
    /// # Errors
    ///
    /// [`Inadmissible::OwnEmergency`].
    pub fn grant(
        &self,
        id: EmergencyAccessId,
        holder: UserId,
        subject: UserId,
        reason: Reason,
        now: Timestamp,
    ) -> Result<EmergencyAccess, Inadmissible> {
        if holder == subject {
            return Err(Inadmissible::OwnEmergency);
        }
        let expires_at = now.plus(self.duration);
        Ok(EmergencyAccess { id, holder, subject, reason, granted_at: now, expires_at, closed_at: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_ends_by_itself_after_an_hour_and_is_to_somebody_else() {
        let [holder, subject] = [1, 2].map(|n| UserId::from(uuid::Uuid::from_u128(n)));
        let (id, now) = (EmergencyAccessId::from(uuid::Uuid::nil()), Timestamp::EPOCH);
        let reason = || Reason::parse("unconscious in the emergency room").unwrap();
        let policy = EmergencyPolicy::default();
        let access = policy.grant(id, holder, subject, reason(), now).unwrap();
        assert_eq!(access.expires_at.since(now), Duration::from_secs(3_600));
        assert_eq!(policy.grant(id, holder, holder, reason(), now), Err(Inadmissible::OwnEmergency));
    }
}
