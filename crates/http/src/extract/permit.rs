//! Who has the permission that a route needs.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use voxgate_application::Caller;
use voxgate_domain::Permission;

use super::bearer::identify;
use crate::access::{Access, hold_to_declared};
use crate::problem::Problem;
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
}

impl<P: Needed> FromRequest for Permit<P> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            hold_to_declared(&request, Access::Permitted(P::PERMISSION))?;
            let caller = identify(&request).await?;
            state(&request)?.application.authorize(&caller, P::PERMISSION).await?;
            Ok(Self(caller, PhantomData))
        })
    }
}
