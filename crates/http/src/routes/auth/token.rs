//! `POST /auth/token`.

use std::convert::Infallible;

use actix_web::{post, web};
use secrecy::ExposeSecret as _;
use serde::Serialize;
use utoipa::ToSchema;
use voxgate_application::TokenRequest;
use voxgate_domain::{Permission, PermissionSet, SecretToken};

use super::secrets::presented;
use crate::extract::{Client, ClientSecret, Credentials, FromForm, InOrder, LogIns, Rules, UrlEncoded, Within};
use crate::form::Form;
use crate::problem::{Kind, Problem};
use crate::respond::{self, Answer};
use crate::state::State;

/// What a machine asks for a token with (RFC 6749, section 4.4.2).
#[derive(ToSchema)]
#[schema(title = "TokenRequest", as = TokenRequest)]
pub(crate) struct TokenForm {
    /// `client_credentials`, the only grant there is.
    #[schema(value_type = String, pattern = "^client_credentials$", example = "client_credentials")]
    #[expect(dead_code, reason = "it is checked when it is read")]
    grant_type: (),
    /// Permissions, separated by spaces; everything that the account has when not given.
    #[schema(value_type = Option<String>, example = "revocations:read")]
    scope: Option<PermissionSet>,
    /// The client id, unless it comes by HTTP Basic.
    client_id: Option<String>,
    /// The secret, unless it comes by HTTP Basic.
    #[schema(value_type = Option<String>, format = Password)]
    client_secret: Option<Option<SecretToken>>,
}

impl FromForm for TokenForm {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let grant = form.required("grant_type", |text| Ok::<_, Infallible>(text == "client_credentials"));
        let scope = form.optional("scope", |text| Ok::<_, Infallible>(permissions(text)));
        let id = form.optional("client_id", |text| Ok::<_, Infallible>(text.to_owned()));
        let secret = form.optional("client_secret", presented);
        let fields = form.finish_ignoring_others((grant, scope, id, secret));
        match fields.map_err(Problem::invalid_request)? {
            (false, ..) => Err(Problem::new(Kind::UnsupportedGrantType)),
            (true, scope, client_id, client_secret) => Ok(Self { grant_type: (), scope, client_id, client_secret }),
        }
    }
}

/// Those of the permissions that there are; of others nobody has any.
fn permissions(scope: &str) -> PermissionSet {
    scope.split(' ').filter_map(Permission::parse).collect()
}

/// A token for a machine (RFC 6749, section 5.1). It does not print.
#[derive(Serialize, ToSchema)]
#[schema(title = "ServiceToken", as = ServiceToken)]
pub(crate) struct ServiceTokenBody<'a> {
    #[schema(value_type = String)]
    access_token: &'a str,
    #[schema(value_type = String, example = "Bearer")]
    token_type: &'static str,
    /// How long it is valid, in seconds.
    #[schema(example = 900)]
    expires_in: u64,
    /// What it is for, which can be less than was asked.
    #[schema(example = "revocations:read")]
    scope: String,
}

impl TokenForm {
    /// Who asks. The client proves who it is in one way and not in two (RFC 6749, section 2.3).
    fn request(self, basic: Option<Credentials>) -> Result<TokenRequest, Problem> {
        let (client_id, secret) = match (basic, self.client_id, self.client_secret) {
            (None, Some(id), Some(secret)) => (id, secret),
            (None, ..) => return Err(Problem::invalid_client()),
            // Naming itself once more beside Basic is no second proof.
            (Some(basic), id, None) if id.as_ref().is_none_or(|id| *id == basic.client_id) => {
                (basic.client_id, SecretToken::presented(basic.client_secret.expose_secret()))
            }
            (Some(_), ..) => return Err(Problem::invalid_request(Vec::new())),
        };
        Ok(TokenRequest { account: client_id.parse().ok(), secret, scope: self.scope })
    }
}

/// Get an access token for a service account
///
/// The client-credentials grant (RFC 6749, section 4.4) for machines. The client proves who it is by HTTP Basic, or by
/// `client_id` and `client_secret` in the form. There is no refresh token.
#[utoipa::path(
    tag = "Services",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "A token", body = ServiceTokenBody)),
    security((), ("clientSecret" = [])),
    extensions(("x-problems" = json!([Kind::InvalidClient, Kind::InvalidScope, Kind::UnsupportedGrantType])))
)]
#[post("/auth/token")]
pub(crate) async fn issue_service_token(
    state: web::Data<State>,
    client: Client,
    InOrder(_within, InOrder(ClientSecret(basic), UrlEncoded(form))): InOrder<
        Within<LogIns>,
        InOrder<ClientSecret, UrlEncoded<TokenForm>>,
    >,
) -> Answer {
    let token = state.application.issue_service_token(form.request(basic)?, &client.0).await?;
    let scope: Vec<&str> = token.scope.iter().map(Permission::as_str).collect();
    respond::ok(&ServiceTokenBody {
        access_token: token.access_token.0.expose_secret(),
        token_type: "Bearer",
        expires_in: token.expires_in.as_secs(),
        scope: scope.join(" "),
    })
}
