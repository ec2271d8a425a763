//! Reading a code or a recovery code, one of which must be there.

use std::convert::Infallible;

use voxgate_application::FactorProof;
use voxgate_domain::{OneTimeCode, RecoveryCode};

use crate::form::{Fault, Field, Form};

/// Reads `code` or `recovery_code`. What can be no recovery code is not told apart from a wrong one.
pub(super) fn factor_proof(form: &mut Form) -> Field<FactorProof> {
    const CONFLICTING: Fault = Fault::new("conflicting", "must be absent when there is a code");
    let code = form.optional("code", OneTimeCode::parse);
    let recovery = form.optional("recovery_code", |text| Ok::<_, Infallible>(RecoveryCode::presented(text)));
    let proof = match (code.peek(), recovery.peek()) {
        (Some(Some(code)), Some(None)) => FactorProof::Code(code.clone()),
        (Some(None), Some(Some(recovery))) => FactorProof::Recovery(recovery.clone()),
        (Some(None), Some(None)) => return form.refuse("code", Fault::REQUIRED),
        (Some(Some(_)), Some(Some(_))) => return form.refuse("recovery_code", CONFLICTING),
        // Their faults are noted already.
        (None, _) | (_, None) => return Field::bad(),
    };
    Field::good(proof)
}
