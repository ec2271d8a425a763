//! What every worker shares.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use actix_web::{HttpRequest, web};
use voxgate_application::{Application, AuditTrail, Throttle};
use voxgate_domain::RequestId;
use voxgate_domain::ports::{Clock, Entropy};

use crate::access::{AccessTable, Undeclared};
use crate::allowed_methods::AllowedMethods;
use crate::extract::Rules;
use crate::metrics::{self, FailureSources};
use crate::middleware::InFlight;
use crate::problem::{Kind, Problem};
use crate::{HttpSettings, Operations, Readiness, openapi};

/// What the routes need of the rest of the service.
#[derive(Clone)]
pub struct Services {
    /// The use cases.
    pub application: Application,
    /// The audit trail with its seals.
    pub trail: AuditTrail,
    /// The rate limits.
    pub throttle: Throttle,
    /// Time, for request ids and for what may not lie in the future.
    pub clock: Arc<dyn Clock>,
    /// Randomness, for request ids and CSRF tokens.
    pub entropy: Arc<dyn Entropy>,
    /// What operators see.
    pub operations: Operations,
}

/// What every worker shares.
pub(crate) struct State {
    pub(crate) application: Application,
    pub(crate) trail: AuditTrail,
    pub(crate) throttle: Throttle,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) operations: Operations,
    pub(crate) in_flight: Arc<InFlight>,
    pub(crate) failure_sources: FailureSources,
    pub(crate) settings: HttpSettings,
    pub(crate) readiness: Readiness,
    /// The OpenAPI document as text, from when somebody asked for it.
    pub(crate) document: OnceLock<web::Bytes>,
    pub(crate) allowed_methods: AllowedMethods,
    pub(crate) access: AccessTable,
}

impl State {
    /// # Errors
    ///
    /// [`Undeclared`] when a route does not say who may call it.
    pub(crate) fn new(services: Services, settings: HttpSettings, readiness: Readiness) -> Result<Self, Undeclared> {
        let document = openapi();
        Ok(Self {
            application: services.application,
            trail: services.trail,
            throttle: services.throttle,
            clock: services.clock,
            entropy: services.entropy,
            operations: services.operations,
            in_flight: InFlight::new(settings.capacity.max_in_flight),
            failure_sources: FailureSources::default(),
            settings,
            readiness,
            allowed_methods: AllowedMethods::of(&document),
            access: AccessTable::of(&document)?,
            document: OnceLock::new(),
        })
    }

    /// What forms are checked against.
    pub(crate) fn rules(&self) -> Rules {
        Rules { password: self.application.policies().password, today: self.clock.now().date() }
    }

    /// Refuses what would hash a password while none can be hashed: before the database is asked for anything.
    ///
    /// # Errors
    ///
    /// `unavailable`, when so many wait that no further one may.
    pub(crate) fn refuse_when_full(&self) -> Result<(), Problem> {
        match self.operations.hashing_full.as_ref().and_then(|full| full()) {
            Some(retry_after) => Err(voxgate_application::Error::Overloaded { retry_after }.into()),
            None => Ok(()),
        }
    }

    /// Counts what came of a login, and where those that failed come from.
    pub(crate) fn note_login(&self, code_owed: Result<bool, &Problem>, address: IpAddr) {
        metrics::count_login(code_owed);
        let failed = code_owed.is_err_and(|problem| {
            matches!(problem.kind(), Kind::InvalidCredentials | Kind::InvalidMfaCode | Kind::AccountLocked)
        });
        if failed {
            self.failure_sources.failed(address, Instant::now());
        }
    }

    /// A new id for a request: a UUIDv7, so that ids sort by time.
    pub(crate) fn new_request_id(&self) -> RequestId {
        RequestId::generate(self.clock.now(), &*self.entropy)
    }
}

/// The state, from a request.
///
/// # Errors
///
/// An internal one, when the application was built without it.
pub(crate) fn state(request: &HttpRequest) -> Result<&State, Problem> {
    let state = request.app_data::<web::Data<State>>().map(web::Data::get_ref);
    state.ok_or_else(|| Problem::internal("the application has no state"))
}
