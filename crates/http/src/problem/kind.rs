//! The closed catalogue of problem kinds: what clients can rely on, and where the documentation takes it from.

use actix_web::http::StatusCode;
use serde::{Serialize, Serializer};

/// Declares the kinds with status, title and the sentence that is said when there is nothing more precise.
macro_rules! kinds {
    ($($variant:ident = $status:ident, $code:literal, $title:literal, $detail:literal;)+) => {
        /// A kind of problem. The set is closed; a further kind is a change of the contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Kind { $($variant,)+ }

        impl Kind {
            /// Every kind there is.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable, machine-readable name.
            pub(crate) const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The status it is answered with.
            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)+ }
            }

            /// What it is, the same at each occurrence (RFC 9457, section 3.1.3).
            pub(crate) const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            /// What to say of an occurrence of which nothing more precise is to be said.
            pub(crate) const fn detail(self) -> &'static str {
                match self { $(Self::$variant => $detail,)+ }
            }
        }
    };
}

kinds! {
    MalformedJson = BAD_REQUEST, "malformed_json",
        "The request is not well-formed", "The body is not one well-formed JSON document in UTF-8";
    InvalidToken = BAD_REQUEST, "invalid_token",
        "The link or code is not valid", "It is unknown, was used before, or has expired; ask for a new one";
    InvalidRequest = BAD_REQUEST, "invalid_request",
        "The token request is malformed", "It lacks a parameter, has one twice, or authenticates the client in two ways";
    InvalidScope = BAD_REQUEST, "invalid_scope",
        "The scope is not the client's", "The client has none of these permissions";
    UnsupportedGrantType = BAD_REQUEST, "unsupported_grant_type",
        "The grant type is not supported", "grant_type must be client_credentials";
    Unauthenticated = UNAUTHORIZED, "unauthenticated",
        "Authentication is needed", "Send a valid access token as Authorization: Bearer";
    InvalidCredentials = UNAUTHORIZED, "invalid_credentials",
        "The credentials are wrong", "The address or the password is wrong";
    InvalidMfaCode = UNAUTHORIZED, "invalid_mfa_code",
        "The code is wrong", "The code is wrong, was used before, or has expired";
    InvalidRefreshToken = UNAUTHORIZED, "invalid_refresh_token",
        "The refresh token is not valid", "Log in again";
    RefreshTokenReused = UNAUTHORIZED, "refresh_token_reused",
        "The refresh token was used before", "The session was ended for safety; log in again";
    ReauthenticationRequired = UNAUTHORIZED, "reauthentication_required",
        "Recent authentication is needed", "Call /auth/reauthenticate first, then try again";
    InvalidClient = UNAUTHORIZED, "invalid_client",
        "Client authentication failed", "No such client, or its secret is wrong";
    Forbidden = FORBIDDEN, "forbidden",
        "This is not allowed", "The caller may not do this";
    EmailNotVerified = FORBIDDEN, "email_not_verified",
        "The address is not verified", "Follow the link in the mail, or ask for a new one";
    AccountInactive = FORBIDDEN, "account_inactive",
        "The account is switched off", "Ask an administrator to switch it on";
    MfaEnrollmentRequired = FORBIDDEN, "mfa_enrollment_required",
        "A second factor is needed", "Set up multi-factor authentication first";
    CsrfFailed = FORBIDDEN, "csrf_failed",
        "The cross-site check failed", "Send the value of the CSRF cookie as X-CSRF-Token, from an allowed origin";
    IpNotAllowed = FORBIDDEN, "ip_not_allowed",
        "The network address is not allowed", "This address may not call this service";
    NotFound = NOT_FOUND, "not_found",
        "There is no such thing", "Nothing was found here";
    MethodNotAllowed = METHOD_NOT_ALLOWED, "method_not_allowed",
        "The method is not allowed here", "Use one of the methods in the Allow header";
    NotAcceptable = NOT_ACCEPTABLE, "not_acceptable",
        "No acceptable form", "There is no representation that the Accept header takes";
    Conflict = CONFLICT, "conflict",
        "It conflicts with the present state", "It is there already, or was changed meanwhile";
    PreconditionFailed = PRECONDITION_FAILED, "precondition_failed",
        "It was changed meanwhile", "Read it again, then repeat the change with the new ETag";
    PayloadTooLarge = PAYLOAD_TOO_LARGE, "payload_too_large",
        "The body is too large", "At most 65536 bytes";
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type",
        "The body has an unsupported type", "Send application/json in UTF-8 without a content coding";
    ValidationFailed = UNPROCESSABLE_ENTITY, "validation_failed",
        "The request has invalid fields", "Some fields are invalid";
    AccountLocked = LOCKED, "account_locked",
        "The account is locked", "Too many failed attempts; wait as Retry-After says";
    RateLimited = TOO_MANY_REQUESTS, "rate_limited",
        "Too many requests", "Wait as Retry-After says";
    InternalError = INTERNAL_SERVER_ERROR, "internal_error",
        "The service failed", "The fault was logged; name the request id when you report it";
    Unavailable = SERVICE_UNAVAILABLE, "unavailable",
        "The service is not available just now", "Try again as Retry-After says";
}

impl Kind {
    /// The URI that names the kind (RFC 9457, section 3.1.1).
    pub(crate) fn type_uri(self) -> String {
        format!("urn:voxgate:problem:{}", self.code())
    }

    /// The kind as an error of RFC 6749, section 5.2, when it is one.
    pub(crate) fn oauth_error(self) -> Option<&'static str> {
        let ours = [Self::InvalidClient, Self::InvalidRequest, Self::InvalidScope, Self::UnsupportedGrantType];
        ours.contains(&self).then(|| self.code())
    }

    /// The kind of that code, if there is one.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }

    /// The kind that stands for a status which the framework answered by itself.
    pub(crate) fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::Unauthenticated,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::NOT_ACCEPTABLE => Self::NotAcceptable,
            StatusCode::PAYLOAD_TOO_LARGE => Self::PayloadTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            other if other.is_client_error() => Self::MalformedJson,
            _ => Self::InternalError,
        }
    }
}

/// Its code.
impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The table of the contract.
    const CONTRACT: &[(u16, &[&str])] = &[
        (400, &["malformed_json", "invalid_token"]),
        (
            401,
            &[
                "unauthenticated",
                "invalid_credentials",
                "invalid_mfa_code",
                "invalid_refresh_token",
                "refresh_token_reused",
                "reauthentication_required",
            ],
        ),
        (
            403,
            &[
                "forbidden",
                "email_not_verified",
                "account_inactive",
                "mfa_enrollment_required",
                "csrf_failed",
                "ip_not_allowed",
            ],
        ),
        (404, &["not_found"]),
        (405, &["method_not_allowed"]),
        (406, &["not_acceptable"]),
        (409, &["conflict"]),
        (412, &["precondition_failed"]),
        (413, &["payload_too_large"]),
        (415, &["unsupported_media_type"]),
        (422, &["validation_failed"]),
        (423, &["account_locked"]),
        (429, &["rate_limited"]),
        (500, &["internal_error"]),
        (503, &["unavailable"]),
    ];

    /// The errors of the token endpoint, which other specifications name (RFC 6749, section 5.2).
    const OAUTH: &[(u16, &[&str])] =
        &[(400, &["invalid_request", "invalid_scope", "unsupported_grant_type"]), (401, &["invalid_client"])];

    #[test]
    fn the_catalogue_is_the_table_of_the_contract_and_the_errors_of_oauth() {
        let expected: BTreeSet<(u16, &str)> = CONTRACT
            .iter()
            .chain(OAUTH)
            .flat_map(|(status, codes)| codes.iter().map(|code| (*status, *code)))
            .collect();
        let actual: BTreeSet<(u16, &str)> =
            Kind::ALL.iter().map(|kind| (kind.status().as_u16(), kind.code())).collect();
        assert_eq!(actual, expected);
        assert_eq!(Kind::ALL.len(), expected.len());
    }

    #[test]
    fn a_kind_is_found_by_its_code() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_code(kind.code()), Some(*kind));
        }
        assert_eq!(Kind::from_code("teapot"), None);
    }
}
