//! What each error of the use cases is to the caller.

use std::time::Duration;

use actix_web::http::header::HeaderValue;
use voxgate_application::Error;
use voxgate_domain::policy::PasswordFault;
use voxgate_domain::service_account::ServiceAccountError;

use super::{FieldError, Kind, Problem};

/// After how long it is worth trying again when something that the service needs does not answer.
pub(super) const UNAVAILABLE_FOR: Duration = Duration::from_secs(5);

/// The challenge to whoever sent a token that is not valid (RFC 6750, section 3.1).
pub(super) const INVALID_TOKEN: &str = r#"Bearer error="invalid_token""#;

/// The challenge to a client whose secret is not right (RFC 7617, section 2).
const BASIC: &str = r#"Basic realm="voxgate", charset="UTF-8""#;

impl Problem {
    /// The access token that was sent is not valid.
    pub(crate) fn invalid_access_token() -> Self {
        Self::new(Kind::Unauthenticated)
            .detail("The access token is not valid, or its session is over")
            .challenge(HeaderValue::from_static(INVALID_TOKEN))
    }

    /// The client did not prove who it is (RFC 6749, section 5.2).
    pub(crate) fn invalid_client() -> Self {
        Self::new(Kind::InvalidClient).challenge(HeaderValue::from_static(BASIC))
    }

    /// The service cannot work just now.
    pub(crate) fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { cause: Some(cause.into()), ..Self::new(Kind::Unavailable).retry_after(UNAVAILABLE_FOR) }
    }

    /// What `error` is to the caller, where the new password came in `new_password`.
    pub(crate) fn with_new_password(error: Error) -> Self {
        match error {
            Error::PasswordRejected(faults) => rejected("new_password", &faults),
            other => other.into(),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::InvalidCredentials => Self::new(Kind::InvalidCredentials),
            Error::InvalidMfaCode => Self::new(Kind::InvalidMfaCode),
            Error::EmailNotVerified => Self::new(Kind::EmailNotVerified),
            Error::AccountInactive => Self::new(Kind::AccountInactive),
            Error::AccountLocked { retry_after } => Self::new(Kind::AccountLocked).retry_after(retry_after),
            Error::InvalidClient => Self::invalid_client(),
            Error::InvalidScope => Self::new(Kind::InvalidScope),
            Error::ServiceAccount(why) => unfit(why),
            Error::Unauthenticated => Self::invalid_access_token(),
            Error::ReauthenticationRequired { max_age } => reauthenticate(max_age),
            Error::Forbidden => Self::new(Kind::Forbidden),
            Error::NotFromThere => Self::new(Kind::IpNotAllowed),
            Error::SecondFactorRequired => Self::new(Kind::MfaEnrollmentRequired),
            Error::InvalidOneTimeToken => Self::new(Kind::InvalidToken),
            Error::InvalidRefreshToken => Self::new(Kind::InvalidRefreshToken),
            Error::RefreshTokenReused => Self::new(Kind::RefreshTokenReused),
            Error::PasswordRejected(faults) => rejected("password", &faults),
            Error::AddressUnchanged => Self::invalid(vec![FieldError {
                field: "new_email".into(),
                code: "unchanged",
                message: "must not be the present address".into(),
            }]),
            Error::Inadmissible(why) => Self::new(Kind::Conflict).detail(why.to_string()),
            Error::UnknownRole(_) => invalid("roles", "unknown", "must be names of roles that there are"),
            Error::UnsafeWebhookUrl => invalid("url", "not_encrypted", "must begin with https://"),
            Error::InvalidCursor => invalid("cursor", "malformed", "must be a next_cursor of the same list"),
            Error::NotFound => Self::new(Kind::NotFound),
            Error::PreconditionFailed => Self::new(Kind::PreconditionFailed),
            // Which thing is there already is not told: it could be somebody else's.
            Error::Conflict(_) => Self::new(Kind::Conflict),
            Error::Overloaded { retry_after } => {
                Self { cause: Some(error.into()), ..Self::new(Kind::Unavailable).retry_after(retry_after) }
            }
            Error::Unavailable(cause) => Self::unavailable(cause),
            Error::Internal(cause) => Self::internal(cause),
        }
    }
}

/// What is wrong with a service account as it is wanted.
fn unfit(why: ServiceAccountError) -> Problem {
    match why {
        ServiceAccountError::NoPermission => invalid("permissions", "required", "must name a permission"),
        ServiceAccountError::NotForServices(_) => {
            invalid("permissions", "not_for_services", "must be permissions that services may have")
        }
        ServiceAccountError::OverlapTooLong => invalid("overlap_seconds", "too_long", "at most 30 days"),
        other => Problem::new(Kind::Conflict).detail(other.to_string()),
    }
}

fn invalid(field: &'static str, code: &'static str, message: &'static str) -> Problem {
    Problem::invalid(vec![FieldError { field: field.into(), code, message: message.into() }])
}

/// The challenge of RFC 9470, section 3.
fn reauthenticate(max_age: Duration) -> Problem {
    let problem = Problem::new(Kind::ReauthenticationRequired);
    let challenge = format!(r#"Bearer error="insufficient_user_authentication", max_age={}"#, max_age.as_secs());
    match HeaderValue::try_from(challenge) {
        Ok(challenge) => problem.challenge(challenge),
        Err(_) => problem,
    }
}

fn rejected(field: &'static str, faults: &[PasswordFault]) -> Problem {
    let errors = faults.iter().map(|fault| FieldError {
        field: field.into(),
        code: fault.code(),
        message: fault.to_string().into(),
    });
    Problem::invalid(errors.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::ResponseError as _;
    use actix_web::http::header;
    use rstest::rstest;
    use voxgate_domain::policy::Inadmissible;
    use voxgate_domain::ports::{Conflict, StoreError};
    use voxgate_domain::{Permission, RoleName};

    #[rstest]
    #[case(Error::InvalidCredentials, Kind::InvalidCredentials)]
    #[case(Error::InvalidMfaCode, Kind::InvalidMfaCode)]
    #[case(Error::EmailNotVerified, Kind::EmailNotVerified)]
    #[case(Error::AccountInactive, Kind::AccountInactive)]
    #[case(Error::AccountLocked { retry_after: Duration::from_secs(9) }, Kind::AccountLocked)]
    #[case(Error::InvalidClient, Kind::InvalidClient)]
    #[case(Error::InvalidScope, Kind::InvalidScope)]
    #[case(Error::ServiceAccount(ServiceAccountError::NoPermission), Kind::ValidationFailed)]
    #[case(Error::ServiceAccount(ServiceAccountError::NotForServices(Permission::UsersWrite)), Kind::ValidationFailed)]
    #[case(Error::ServiceAccount(ServiceAccountError::OverlapTooLong), Kind::ValidationFailed)]
    #[case(Error::ServiceAccount(ServiceAccountError::Disabled), Kind::Conflict)]
    #[case(Error::Unauthenticated, Kind::Unauthenticated)]
    #[case(Error::ReauthenticationRequired { max_age: Duration::from_secs(600) }, Kind::ReauthenticationRequired)]
    #[case(Error::Forbidden, Kind::Forbidden)]
    #[case(Error::NotFromThere, Kind::IpNotAllowed)]
    #[case(Error::SecondFactorRequired, Kind::MfaEnrollmentRequired)]
    #[case(Error::InvalidOneTimeToken, Kind::InvalidToken)]
    #[case(Error::InvalidRefreshToken, Kind::InvalidRefreshToken)]
    #[case(Error::RefreshTokenReused, Kind::RefreshTokenReused)]
    #[case(Error::AddressUnchanged, Kind::ValidationFailed)]
    #[case(Error::Inadmissible(Inadmissible::LastAdmin), Kind::Conflict)]
    #[case(Error::UnknownRole(RoleName::admin()), Kind::ValidationFailed)]
    #[case(Error::UnsafeWebhookUrl, Kind::ValidationFailed)]
    #[case(Error::InvalidCursor, Kind::ValidationFailed)]
    #[case(Error::NotFound, Kind::NotFound)]
    #[case(Error::PreconditionFailed, Kind::PreconditionFailed)]
    #[case(Error::Conflict(Conflict::Duplicate), Kind::Conflict)]
    #[case(Error::Overloaded { retry_after: Duration::from_secs(1) }, Kind::Unavailable)]
    #[case(Error::Unavailable(StoreError::Unavailable("gone".into())), Kind::Unavailable)]
    #[case(Error::Internal("bug".into()), Kind::InternalError)]
    fn each_error_has_its_kind(#[case] error: Error, #[case] kind: Kind) {
        assert_eq!(Problem::from(error).kind, kind);
    }

    #[test]
    fn reauthentication_is_asked_for_by_rfc_9470() {
        let error = Error::ReauthenticationRequired { max_age: Duration::from_secs(600) };
        let response = Problem::from(error).error_response();
        let challenge = response.headers().get(header::WWW_AUTHENTICATE).unwrap();
        assert_eq!(challenge, r#"Bearer error="insufficient_user_authentication", max_age=600"#);
    }

    #[test]
    fn every_fault_of_a_password_is_listed_under_the_field_of_the_route() {
        let faults = || Error::PasswordRejected(vec![PasswordFault::TooShort, PasswordFault::NoDigit]);
        let codes: Vec<_> = Problem::from(faults()).errors.iter().map(|e| (e.field.to_string(), e.code)).collect();
        assert_eq!(codes, [("password".to_owned(), "too_short"), ("password".to_owned(), "no_digit")]);
        assert!(Problem::with_new_password(faults()).errors.iter().all(|error| error.field == "new_password"));
    }

    #[test]
    fn a_problem_that_passes_says_when_to_try_again() {
        for error in [
            Error::Overloaded { retry_after: Duration::from_millis(1_200) },
            Error::Unavailable(StoreError::Unavailable("gone".into())),
            Error::AccountLocked { retry_after: Duration::from_secs(3) },
        ] {
            assert!(Problem::from(error).error_response().headers().contains_key(header::RETRY_AFTER));
        }
    }
}
