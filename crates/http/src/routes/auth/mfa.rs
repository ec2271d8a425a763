//! `/auth/mfa`: one's own second factor.

use actix_web::{HttpResponse, get, post, web};
use secrecy::ExposeSecret as _;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use voxgate_application::FactorProof;
use voxgate_domain::factor::MfaStatus;
use voxgate_domain::ports::AppInvitation;
use voxgate_domain::{OneTimeCode, RecoveryCode, Timestamp};

use super::factor_proof::factor_proof;
use crate::extract::{Authenticated, Body, FromForm, InOrder, Rules};
use crate::form::Form;
use crate::problem::{Kind, Problem};
use crate::respond::{self, Answer};
use crate::state::State;

/// What there is of the second factor.
#[derive(Serialize, ToSchema)]
#[schema(title = "MfaStatus", as = MfaStatus)]
pub(crate) struct MfaStatusBody {
    totp: TotpStatusBody,
    /// How many recovery codes can still be used.
    #[schema(example = 10)]
    recovery_codes_remaining: u32,
}

/// The authenticator app.
#[derive(Serialize, ToSchema)]
#[schema(title = "TotpStatus", as = TotpStatus)]
pub(crate) struct TotpStatusBody {
    /// Whether logging in takes its codes.
    enabled: bool,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    confirmed_at: Option<Timestamp>,
}

impl From<MfaStatus> for MfaStatusBody {
    fn from(status: MfaStatus) -> Self {
        Self {
            totp: TotpStatusBody { enabled: status.confirmed_at.is_some(), confirmed_at: status.confirmed_at },
            recovery_codes_remaining: status.recovery_codes_remaining,
        }
    }
}

/// Read one's second factor
#[utoipa::path(
    tag = "Authentication",
    responses((status = 200, description = "What there is of it", body = MfaStatusBody)),
    security(("bearerAuth" = []))
)]
#[get("/auth/mfa")]
pub(crate) async fn read_mfa(state: web::Data<State>, caller: Authenticated) -> Answer {
    respond::ok(&MfaStatusBody::from(state.application.read_mfa(&caller.0).await?))
}

/// The secret for an app, in three forms. It does not print.
#[derive(Serialize, ToSchema)]
#[schema(title = "TotpEnrollment", as = TotpEnrollment)]
pub(crate) struct TotpEnrollmentBody<'a> {
    /// The secret in base32, to be typed into the app.
    #[schema(value_type = String, example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    secret: &'a str,
    /// The secret as the URI that apps open.
    #[schema(value_type = String, example = "otpauth://totp/Voxgate:ada%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Voxgate")]
    otpauth_uri: &'a str,
    /// That URI as a QR code in SVG, to be scanned.
    #[schema(value_type = String, example = "<svg/>")]
    qr_svg: &'a str,
}

impl<'a> TotpEnrollmentBody<'a> {
    fn of(invitation: &'a AppInvitation) -> Self {
        Self {
            secret: invitation.secret.expose_secret(),
            otpauth_uri: invitation.otpauth_uri.expose_secret(),
            qr_svg: invitation.qr_svg.expose_secret(),
        }
    }
}

/// Enroll an authenticator app
///
/// Gives out a secret, in the place of one that was never confirmed. Nothing is asked of it until its first code comes to
/// `/auth/mfa/totp/confirm`, within the hour. 409 where a second factor is on: turn it off first.
#[utoipa::path(
    tag = "Authentication",
    responses((status = 201, description = "The secret for the app", body = TotpEnrollmentBody)),
    security(("bearerAuth" = [])),
    extensions(("x-problems" = json!([Kind::ReauthenticationRequired, Kind::Conflict])))
)]
#[post("/auth/mfa/totp/enroll")]
pub(crate) async fn enroll_totp(state: web::Data<State>, caller: Authenticated) -> Answer {
    let invitation = state.application.enroll_totp(&caller.0).await?;
    Ok(HttpResponse::Created().json(TotpEnrollmentBody::of(&invitation)))
}

/// A code of the app.
#[derive(ToSchema)]
#[schema(title = "TotpCode", as = TotpCode)]
pub(crate) struct TotpCodeBody {
    /// The code that the app shows.
    #[schema(value_type = String, pattern = "^[0-9]{6}$", example = "492039")]
    code: OneTimeCode,
}

impl FromForm for TotpCodeBody {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let code = form.required("code", OneTimeCode::parse);
        let (code,) = form.finish((code,))?;
        Ok(Self { code })
    }
}

/// Recovery codes, shown this once.
#[derive(Serialize, ToSchema)]
#[schema(title = "RecoveryCodes", as = RecoveryCodes)]
pub(crate) struct RecoveryCodesBody {
    #[schema(value_type = Vec<String>, example = json!(["7KQ2-M4XD-9VTB-0HRN"]))]
    recovery_codes: Vec<Shown>,
}

/// A recovery code as its owner sees it.
struct Shown(RecoveryCode);

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.grouped().expose_secret())
    }
}

fn shown(codes: Vec<RecoveryCode>) -> Answer {
    respond::ok(&RecoveryCodesBody { recovery_codes: codes.into_iter().map(Shown).collect() })
}

/// Confirm an authenticator app
///
/// From now on logging in takes a code. Answers ten recovery codes, each of which works once in the place of a code.
#[utoipa::path(
    tag = "Authentication",
    request_body = TotpCodeBody,
    responses((status = 200, description = "The second factor is on", body = RecoveryCodesBody)),
    security(("bearerAuth" = [])),
    extensions(("x-problems" = json!([Kind::InvalidMfaCode, Kind::Conflict, Kind::AccountLocked])))
)]
#[post("/auth/mfa/totp/confirm")]
pub(crate) async fn confirm_totp(
    state: web::Data<State>,
    InOrder(caller, Body(body)): InOrder<Authenticated, Body<TotpCodeBody>>,
) -> Answer {
    shown(state.application.confirm_totp(&caller.0, &body.code).await?)
}

/// A code or a recovery code.
#[derive(ToSchema)]
#[schema(title = "FactorProof", as = FactorProof)]
pub(crate) struct FactorProofBody {
    /// The code that the app shows.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{6}$", example = "492039")]
    code: FactorProof,
    /// A recovery code, in the place of the code.
    #[schema(value_type = Option<String>, example = "7KQ2-M4XD-9VTB-0HRN")]
    #[expect(dead_code, reason = "it describes the other field that the proof is read from")]
    recovery_code: (),
}

impl FromForm for FactorProofBody {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let proof = factor_proof(&mut form);
        let (code,) = form.finish((proof,))?;
        Ok(Self { code, recovery_code: () })
    }
}

/// Turn the second factor off
///
/// App and recovery codes are forgotten.
#[utoipa::path(
    tag = "Authentication",
    request_body = FactorProofBody,
    responses((status = 204, description = "The second factor is off")),
    security(("bearerAuth" = [])),
    extensions(("x-problems" = json!([
        Kind::ReauthenticationRequired,
        Kind::InvalidMfaCode,
        Kind::Conflict,
        Kind::AccountLocked
    ])))
)]
#[post("/auth/mfa/totp/disable")]
pub(crate) async fn disable_totp(
    state: web::Data<State>,
    InOrder(caller, Body(body)): InOrder<Authenticated, Body<FactorProofBody>>,
) -> Answer {
    state.application.disable_totp(&caller.0, &body.code).await?;
    respond::no_content()
}

/// Make new recovery codes
///
/// The old ones die.
#[utoipa::path(
    tag = "Authentication",
    request_body = TotpCodeBody,
    responses((status = 200, description = "The new codes", body = RecoveryCodesBody)),
    security(("bearerAuth" = [])),
    extensions(("x-problems" = json!([
        Kind::ReauthenticationRequired,
        Kind::InvalidMfaCode,
        Kind::Conflict,
        Kind::AccountLocked
    ])))
)]
#[post("/auth/mfa/recovery-codes")]
pub(crate) async fn regenerate_recovery_codes(
    state: web::Data<State>,
    InOrder(caller, Body(body)): InOrder<Authenticated, Body<TotpCodeBody>>,
) -> Answer {
    shown(state.application.regenerate_recovery_codes(&caller.0, body.code).await?)
}
