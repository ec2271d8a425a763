//! `POST /auth/mfa/verify`.

use actix_web::{post, web};
use utoipa::ToSchema;
use voxgate_application::FactorProof;
use voxgate_domain::SecretToken;

use super::factor_proof::factor_proof;
use super::secrets::presented;
use super::token_pair::{self, TokenPairBody};
use crate::device_cookie::DeviceToken;
use crate::extract::{Body, Client, FromForm, InOrder, LogIns, Rules, Within};
use crate::form::Form;
use crate::problem::{Kind, Problem};
use crate::respond::Answer;
use crate::state::State;

/// The token of a login that owes a code, and the code or a recovery code.
#[derive(ToSchema)]
#[schema(title = "MfaVerification", as = MfaVerification)]
pub(crate) struct MfaVerificationBody {
    /// The token that the login answered.
    #[schema(value_type = String, example = "uFqzv7rZkD3m1b9Jx0tLw2eYh5cNsAaQpR8iVgTfOjM")]
    mfa_token: Option<SecretToken>,
    /// The code that the app shows.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{6}$", example = "492039")]
    code: FactorProof,
    /// A recovery code, in the place of the code.
    #[schema(value_type = Option<String>, example = "7KQ2-M4XD-9VTB-0HRN")]
    #[expect(dead_code, reason = "it describes the other field that the proof is read from")]
    recovery_code: (),
}

impl FromForm for MfaVerificationBody {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let token = form.required("mfa_token", presented);
        let proof = factor_proof(&mut form);
        let (mfa_token, code) = form.finish((token, proof))?;
        Ok(Self { mfa_token, code, recovery_code: () })
    }
}

/// Finish a login by the second factor
///
/// Begins the session of a login that answered `mfa_required`; the refresh token goes where that login wished. A code
/// works once. Five wrong ones burn the `mfa_token`, and each counts as a failed login.
#[utoipa::path(
    tag = "Authentication",
    request_body = MfaVerificationBody,
    responses((status = 200, description = "The session has begun", body = TokenPairBody)),
    security(()),
    extensions(("x-problems" = json!([Kind::InvalidMfaCode, Kind::AccountLocked])))
)]
#[post("/auth/mfa/verify")]
pub(crate) async fn verify_mfa(
    state: web::Data<State>,
    client: Client,
    DeviceToken(device): DeviceToken,
    InOrder(_within, Body(body)): InOrder<Within<LogIns>, Body<MfaVerificationBody>>,
) -> Answer {
    let token = body.mfa_token.ok_or_else(|| Problem::new(Kind::InvalidMfaCode))?;
    let verified =
        state.application.verify_mfa(&token, &body.code, device.as_ref(), &client.0).await.map_err(Problem::from);
    state.note_login(verified.as_ref().map(|_| false), client.0.ip_address);
    let verified = verified?;
    token_pair::begun(&verified.pair, verified.delivery, &*state.entropy)
}
