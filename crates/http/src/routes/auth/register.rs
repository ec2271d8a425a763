//! `POST /auth/register`.

use actix_web::{post, web};
use utoipa::ToSchema;
use voxgate_application::Register;
use voxgate_domain::policy::PersonalFacts;
use voxgate_domain::{DisplayName, EmailAddress, Locale, Password, Profile};

use super::secrets::new_password;
use crate::extract::{Body, Client, FromForm, InOrder, Registrations, Rules, Within};
use crate::form::Form;
use crate::problem::Problem;
use crate::respond::{self, Accepted, AcceptedStatus, Answer};
use crate::state::State;
use crate::uniform_time::uniform;

/// What somebody registers with.
#[derive(ToSchema)]
#[schema(title = "Registration", as = Registration)]
pub(crate) struct RegistrationBody {
    /// The address, which is to be proven.
    #[schema(value_type = String, format = Email, max_length = 254, example = "ada@example.org")]
    email: EmailAddress,
    /// The password: 12 to 128 characters with upper and lower case, a digit and a special character, not easy to guess.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 128, example = "violet-Otter7-harbour")]
    password: Password,
    /// Given name.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "Ada")]
    first_name: Option<DisplayName>,
    /// Family name.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "Lovelace")]
    last_name: Option<DisplayName>,
    /// Language of mails and pages (BCP 47).
    #[schema(value_type = Option<String>, max_length = 35, example = "de-CH")]
    locale: Option<Locale>,
}

impl FromForm for RegistrationBody {
    fn from_form(mut form: Form, rules: &Rules) -> Result<Self, Problem> {
        let email = form.required("email", EmailAddress::parse);
        let first_name = form.optional("first_name", DisplayName::parse);
        let last_name = form.optional("last_name", DisplayName::parse);
        let locale = form.optional("locale", Locale::parse);
        let profile = Profile {
            first_name: first_name.peek().cloned().flatten(),
            last_name: last_name.peek().cloned().flatten(),
            ..Profile::default()
        };
        let about = email.peek().map(|email| PersonalFacts { email, profile: &profile });
        let password = form.required("password", new_password(rules.password, about));
        let fields = form.finish((email, password, first_name, last_name, locale))?;
        let (email, password, first_name, last_name, locale) = fields;
        Ok(Self { email, password, first_name, last_name, locale })
    }
}

impl From<RegistrationBody> for Register {
    fn from(body: RegistrationBody) -> Self {
        let RegistrationBody { email, password, first_name, last_name, locale } = body;
        let profile = Profile { first_name, last_name, locale, ..Profile::default() };
        Self { email, password, profile }
    }
}

/// Register
///
/// Makes a pending account and mails a link that verifies the address. The answer is the same for an address that has
/// an account: its owner gets a different mail.
#[utoipa::path(
    tag = "Authentication",
    request_body = RegistrationBody,
    responses((status = 202, description = "The mail is on its way", body = Accepted, example = json!({"status": "verification_sent"}))),
    security(())
)]
#[post("/auth/register")]
pub(crate) async fn register(
    state: web::Data<State>,
    client: Client,
    InOrder(_within, Body(body)): InOrder<Within<Registrations>, Body<RegistrationBody>>,
) -> Answer {
    uniform(state.application.register(body.into(), &client.0)).await?;
    respond::accepted(AcceptedStatus::VerificationSent)
}
