//! Who has the permission that a route needs.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use voxgate_application::{Actor, Caller};
use voxgate_domain::{Permission, Reason, UserId};

use super::bearer::{identify, identify_actor};
use crate::access::{Access, hold_to_declared};
use crate::problem::{FieldError, Problem};
use crate::state::state;

/// Somebody who is logged in and has the permission `P`: so that a handler's signature says who may call it
/// (`Permit<UsersRead>`). Anybody else is refused before the handler runs, and the refusal is audited.
pub(crate) struct Permit<P>(pub(crate) Caller, PhantomData<P>);

/// A permission as a type.
pub(crate) trait Needed: 'static {
    /// Which one.
    const PERMISSION: Permission;
}

macro_rules! permissions {
    ($($name:ident,)+) => {
        $(
            #[doc = concat!("Whoever has [`Permission::", stringify!($name), "`].")]
            pub(crate) struct $name;

            impl Needed for $name {
                const PERMISSION: Permission = Permission::$name;
            }
        )+

        /// Fails to compile when the domain has a permission that has no type here.
        const _: fn(Permission) -> Permission = |permission| match permission {
            $(Permission::$name => <$name as Needed>::PERMISSION,)+
        };
    };
}

permissions! {
    UsersRead,
    UsersWrite,
    RolesRead,
    RolesAssign,
    AuditRead,
    OpsRead,
    EmergencyAccess,
    RevocationsRead, ServiceAccountsManage, WebhooksManage,
}

impl<P: Needed> FromRequest for Permit<P> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            hold_to_declared(&request, Access::Permitted(P::PERMISSION))?;
            let caller = identify(&request).await?;
            let caller = state(&request)?.application.authorize(caller, P::PERMISSION, subject(&request)).await?;
            Ok(Self(Caller { purpose: purpose(&request)?, ..caller }, PhantomData))
        })
    }
}

/// Somebody who is logged in or a service account, and has the permission `P`: for what people and machines do alike.
/// Whom it is done to is not in the path of such a route.
pub(crate) struct Granted<P>(pub(crate) Actor, PhantomData<P>);

impl<P: Needed> FromRequest for Granted<P> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            hold_to_declared(&request, Access::Permitted(P::PERMISSION))?;
            let application = &state(&request)?.application;
            let actor = match identify_actor(&request).await? {
                Actor::Person(caller) => {
                    let caller = application.authorize(*caller, P::PERMISSION, None).await?;
                    Caller { purpose: purpose(&request)?, ..caller }.into()
                }
                Actor::Service(service) => application.authorize_service(service, P::PERMISSION).await?,
            };
            Ok(Self(actor, PhantomData))
        })
    }
}

/// The header that says why somebody's data are looked at; it is recorded with the look.
pub(crate) const PURPOSE_HEADER: &str = "x-access-reason";

/// Why, where the caller says so.
///
/// # Errors
///
/// `validation_failed` when it is too long, empty, or said twice.
fn purpose(request: &HttpRequest) -> Result<Option<Reason>, Problem> {
    let mut said = request.headers().get_all(PURPOSE_HEADER);
    let Some(first) = said.next() else { return Ok(None) };
    let text = first.to_str().ok().filter(|_| said.next().is_none());
    let reason = text.and_then(|text| Reason::parse(text).ok());
    reason.map(Some).ok_or_else(|| {
        let message = "must be said once, in 1 to 500 characters of ASCII".into();
        Problem::invalid(vec![FieldError { field: PURPOSE_HEADER.into(), code: "invalid", message }])
    })
}

/// To whom it is done, where the route names a user.
fn subject(request: &HttpRequest) -> Option<UserId> {
    let pattern = request.match_pattern()?;
    let names_one = pattern == "/users/{id}" || pattern.starts_with("/users/{id}/");
    request.match_info().get("id").filter(|_| names_one)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_purpose_is_said_once_and_in_short() {
        let of = |values: &[&str]| {
            let mut request = TestRequest::get();
            for value in values {
                request = request.append_header((PURPOSE_HEADER, *value));
            }
            purpose(&request.to_http_request()).map(|reason| reason.map(|reason| reason.as_str().to_owned()))
        };
        assert_eq!(of(&[]).unwrap(), None);
        assert_eq!(of(&["follow-up visit"]).unwrap().as_deref(), Some("follow-up visit"));
        for bad in [&[""][..], &["one", "two"], &[&"x".repeat(501)]] {
            assert!(of(bad).is_err(), "{bad:?}");
        }
    }
}
