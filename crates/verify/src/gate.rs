//! What a service asks of each request's token.

use std::fmt;
use std::sync::Arc;

use voxgate_domain::ports::Clock;

#[cfg(feature = "revocations")]
use crate::EndedSessions;
use crate::clock::SystemClock;
use crate::{Caller, Denial, Keys, RoleTable, Unavailable, Verifier};

/// Lets requests through that bear a valid access token. Cheap to clone; one is enough for a service.
///
/// ```no_run
/// use voxgate_verify::Gate;
///
/// # async fn start(token: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let gate = Gate::builder("https://auth.example.org", "recordings")?.connect().await?;
/// let caller = gate.authenticate(token).await?;
/// println!("{:?} may: {:?}", caller.user_id(), caller.permissions());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Gate(Arc<GateParts>);

/// What a gate is made of, for whoever brings parts of their own: a test with keys and a clock of its own.
pub struct GateParts {
    verifier: Verifier,
    keys: Keys,
    roles: RoleTable,
    clock: Box<dyn Clock>,
    #[cfg(feature = "revocations")]
    ended: Option<EndedSessions>,
}

impl GateParts {
    /// A gate with the roles that every Voxgate begins with and the clock of the machine.
    #[must_use]
    pub fn new(verifier: Verifier, keys: Keys) -> Self {
        Self {
            verifier,
            keys,
            roles: RoleTable::default(),
            clock: Box::new(SystemClock),
            #[cfg(feature = "revocations")]
            ended: None,
        }
    }

    /// With these roles.
    #[must_use]
    pub fn roles(self, roles: RoleTable) -> Self {
        Self { roles, ..self }
    }

    /// With this clock.
    #[must_use]
    pub fn clock(self, clock: impl Clock + 'static) -> Self {
        Self { clock: Box::new(clock), ..self }
    }

    /// Refusing the tokens of these sessions.
    #[cfg(feature = "revocations")]
    #[must_use]
    pub fn ended(self, ended: EndedSessions) -> Self {
        Self { ended: Some(ended), ..self }
    }
}

impl From<GateParts> for Gate {
    fn from(parts: GateParts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Gate {
    /// Waits until tokens can be checked: until there are keys, and the list of ended sessions where it is asked for. A
    /// service that starts while Voxgate is down need not wait; it answers 503 until then.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when Voxgate cannot be asked.
    pub async fn ready(&self) -> Result<(), Unavailable> {
        self.0.keys.ready().await?;
        #[cfg(feature = "revocations")]
        if let Some(ended) = &self.0.ended {
            ended.ready().await?;
        }
        Ok(())
    }

    /// Who bears `token`.
    ///
    /// # Errors
    ///
    /// [`Denial::Invalid`] when it is not valid (401), [`Denial::Unavailable`] when that cannot be told now (503).
    pub async fn authenticate(&self, token: &str) -> Result<Caller, Denial> {
        let inner = &self.0;
        let now = inner.clock.now();
        let token = inner.keys.verify(&inner.verifier, token, now).await?;
        #[cfg(feature = "revocations")]
        if let Some(ended) = &inner.ended {
            ended.judge(&token).await?;
        }
        Ok(inner.roles.caller(token))
    }

    /// Who bears the token in these values of `Authorization`.
    #[cfg(any(feature = "actix", feature = "axum"))]
    pub(crate) async fn admit<'h>(&self, authorization: impl Iterator<Item = &'h [u8]>) -> Result<Caller, Denial> {
        self.authenticate(crate::bearer::bearer(authorization)?).await
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("verifier", &self.0.verifier).finish_non_exhaustive()
    }
}
