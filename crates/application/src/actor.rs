//! Who acts: a person or a machine.

use voxgate_domain::{ClientContext, PermissionSet, ServiceAccountId};

use crate::Caller;
use crate::caller::Who;

/// A service account that bears a valid token, and where it calls from.
#[derive(Clone, Debug)]
pub struct ServiceCaller {
    /// Which account.
    pub account: ServiceAccountId,
    /// What its token was given for, and the account still has.
    pub permissions: PermissionSet,
    /// From where.
    pub client: ClientContext,
}

/// Whoever may do what needs a permission and is done by people and machines alike: to look, mostly.
#[derive(Clone, Debug)]
pub enum Actor {
    /// Somebody who is logged in.
    Person(Box<Caller>),
    /// A service account.
    Service(ServiceCaller),
}

impl Actor {
    /// The people of an event that is about nobody yet.
    pub(crate) fn who(&self) -> Who<'_> {
        match self {
            Self::Person(caller) => caller.on_self().about(None),
            Self::Service(service) => service.who(),
        }
    }
}

impl ServiceCaller {
    pub(crate) fn who(&self) -> Who<'_> {
        Who { service: Some(self.account), ..Who::anonymous(&self.client) }
    }
}

impl From<Caller> for Actor {
    fn from(caller: Caller) -> Self {
        Self::Person(Box::new(caller))
    }
}

impl From<ServiceCaller> for Actor {
    fn from(service: ServiceCaller) -> Self {
        Self::Service(service)
    }
}
