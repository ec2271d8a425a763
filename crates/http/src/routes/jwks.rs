//! `GET /.well-known/jwks.json`.

use actix_web::http::header::{CacheControl, CacheDirective};
use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;
use voxgate_domain::ports::PublicKey;

use crate::respond::Answer;
use crate::state::State;

/// How long the keys may be kept, in seconds: a new key is published for longer than that before it signs.
const MAX_AGE: u32 = 300;

/// The public keys (RFC 7517, section 5).
#[derive(Serialize, ToSchema)]
#[schema(title = "KeySet", as = KeySet)]
pub(crate) struct KeySetBody {
    keys: Vec<KeyBody>,
}

/// One public key: an RSA key for verifying RS256 signatures (RFC 7518, section 6.3.1).
#[derive(Serialize, ToSchema)]
#[schema(title = "Key", as = Key)]
pub(crate) struct KeyBody {
    /// The type of the key.
    #[schema(value_type = String, example = "RSA")]
    kty: &'static str,
    /// What it is for.
    #[schema(value_type = String, example = "sig")]
    r#use: &'static str,
    /// The one algorithm it is for.
    #[schema(value_type = String, example = "RS256")]
    alg: &'static str,
    /// Which key it is.
    kid: String,
    /// The modulus.
    n: String,
    /// The exponent.
    #[schema(example = "AQAB")]
    e: String,
}

impl From<PublicKey> for KeyBody {
    fn from(key: PublicKey) -> Self {
        Self { kty: "RSA", r#use: "sig", alg: "RS256", kid: key.key_id, n: key.modulus, e: key.exponent }
    }
}

/// Read the public keys
///
/// Every key that can still verify an access token, for services that check tokens by themselves.
#[utoipa::path(
    tag = "Operations",
    responses((status = 200, description = "The keys", body = KeySetBody)),
    security(())
)]
#[get("/.well-known/jwks.json")]
pub(crate) async fn jwks(state: web::Data<State>) -> Answer {
    let keys = state.application.public_keys().into_iter().map(KeyBody::from).collect();
    let cache = CacheControl(vec![CacheDirective::Public, CacheDirective::MaxAge(MAX_AGE)]);
    Ok(HttpResponse::Ok().insert_header(cache).json(KeySetBody { keys }))
}
