//! Who may call what.

use voxgate_domain::Permission;
use voxgate_verify::{Caller, Gate, GateError, Requirement, RevocationPolicy, ServiceCredentials};

use crate::settings::Settings;

/// Whoever may look at people's recordings: by the permission that Voxgate gives to clinicians, or to a service.
pub(crate) struct SeesPeople;

impl Requirement for SeesPeople {
    fn met_by(caller: &Caller) -> bool {
        caller.allows(Permission::UsersRead)
    }
}

/// The gate through which every request goes that is not public.
pub(crate) async fn gate(settings: &Settings) -> Result<Gate, GateError> {
    let mut gate = Gate::builder(&settings.voxgate_url, settings.audience.as_str())?;
    if let Some(issuer) = &settings.issuer {
        gate = gate.issuer(issuer.as_str());
    }
    if let Some((id, secret)) = &settings.client {
        let credentials = ServiceCredentials::new(id.as_str(), secret.clone());
        gate = gate.revocations(credentials, RevocationPolicy::default());
    }
    gate.connect().await
}
