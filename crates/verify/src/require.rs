//! What a caller needs to be let through.

use std::marker::PhantomData;

use voxgate_domain::Permission;

use crate::{Caller, Denial};

/// What a route asks of its callers, as a type, so that a handler's signature says who may call it.
///
/// ```
/// use voxgate_verify::{Caller, Requirement};
///
/// struct Clinicians;
///
/// impl Requirement for Clinicians {
///     fn met_by(caller: &Caller) -> bool {
///         caller.has_role("clinician")
///     }
/// }
/// ```
pub trait Requirement: 'static {
    /// Whether `caller` is let through.
    fn met_by(caller: &Caller) -> bool;
}

/// Any caller with a valid token.
#[derive(Clone, Copy, Debug)]
pub struct Anybody;

impl Requirement for Anybody {
    fn met_by(_: &Caller) -> bool {
        true
    }
}

/// A caller who meets `R`: an extractor. Anybody else is refused before the handler runs, with 403.
#[derive(Clone, Debug)]
pub struct Require<R> {
    /// Who it is.
    pub caller: Caller,
    met: PhantomData<fn() -> R>,
}

impl<R: Requirement> Require<R> {
    /// `caller`, when they meet `R`.
    ///
    /// # Errors
    ///
    /// [`Denial::Forbidden`] when they do not.
    pub fn of(caller: Caller) -> Result<Self, Denial> {
        if R::met_by(&caller) { Ok(Self { caller, met: PhantomData }) } else { Err(Denial::Forbidden) }
    }
}

impl Caller {
    /// Insists on a permission, where it depends on the request which one.
    ///
    /// # Errors
    ///
    /// [`Denial::Forbidden`] when the caller has it not.
    pub fn require_permission(&self, permission: Permission) -> Result<(), Denial> {
        if self.allows(permission) { Ok(()) } else { Err(Denial::Forbidden) }
    }

    /// Insists on a role.
    ///
    /// # Errors
    ///
    /// [`Denial::Forbidden`] when the caller has it not.
    pub fn require_role(&self, role: &str) -> Result<(), Denial> {
        if self.has_role(role) { Ok(()) } else { Err(Denial::Forbidden) }
    }
}
