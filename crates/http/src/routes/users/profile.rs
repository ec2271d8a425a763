//! `GET` and `PUT /users/profile`.

use actix_web::{HttpResponse, get, put, web};
use utoipa::ToSchema;
use voxgate_domain::{DateOfBirth, DisplayName, Locale, PhoneNumber, Profile, RoleName, TimeZone, User};

use super::view::UserBody;
use crate::extract::{Authenticated, Body, FromForm, IfMatch, InOrder, Rules, etag};
use crate::form::Form;
use crate::problem::{Kind, Problem};
use crate::respond::Answer;
use crate::state::State;

/// What a person says of themselves. A field that is absent or null is emptied.
#[derive(ToSchema)]
#[schema(title = "Profile", as = Profile)]
pub(crate) struct ProfileBody {
    /// Given name.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "Ada")]
    first_name: Option<DisplayName>,
    /// Family name.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "Lovelace")]
    last_name: Option<DisplayName>,
    /// Telephone number (E.164).
    #[schema(value_type = Option<String>, pattern = r"^\+[1-9][0-9]{6,14}$", example = "+41791234567")]
    phone_number: Option<PhoneNumber>,
    /// Date of birth (ISO 8601), between 1900 and today.
    #[schema(value_type = Option<chrono::NaiveDate>, example = "1990-12-10")]
    date_of_birth: Option<DateOfBirth>,
    /// Language of mails and pages (BCP 47).
    #[schema(value_type = Option<String>, max_length = 35, example = "de-CH")]
    locale: Option<Locale>,
    /// Time zone (IANA).
    #[schema(value_type = Option<String>, example = "Europe/Zurich")]
    timezone: Option<TimeZone>,
}

impl FromForm for ProfileBody {
    fn from_form(mut form: Form, rules: &Rules) -> Result<Self, Problem> {
        let first_name = form.optional("first_name", DisplayName::parse);
        let last_name = form.optional("last_name", DisplayName::parse);
        let phone_number = form.optional("phone_number", PhoneNumber::parse);
        let date_of_birth = form.optional("date_of_birth", |text| DateOfBirth::parse(text, rules.today));
        let locale = form.optional("locale", Locale::parse);
        let timezone = form.optional("timezone", TimeZone::parse);
        let fields = form.finish((first_name, last_name, phone_number, date_of_birth, locale, timezone))?;
        let (first_name, last_name, phone_number, date_of_birth, locale, timezone) = fields;
        Ok(Self { first_name, last_name, phone_number, date_of_birth, locale, timezone })
    }
}

impl From<ProfileBody> for Profile {
    fn from(body: ProfileBody) -> Self {
        let ProfileBody { first_name, last_name, phone_number, date_of_birth, locale, timezone } = body;
        Self { first_name, last_name, phone_number, date_of_birth, locale, time_zone: timezone }
    }
}

/// Read one's profile
#[utoipa::path(
    tag = "Users",
    responses((status = 200, description = "The caller", body = UserBody, headers(("ETag" = String, description = "The version, for `If-Match`")))),
    security(("bearerAuth" = []))
)]
#[get("/users/profile")]
pub(crate) async fn read_profile(caller: Authenticated) -> Answer {
    let principal = caller.0.principal;
    let roles = principal.role_names();
    answer(principal.user, roles)
}

/// Replace one's profile
///
/// With `If-Match` only when it is still what was read.
#[utoipa::path(
    tag = "Users",
    request_body = ProfileBody,
    params(("If-Match" = Option<String>, Header, description = "The `ETag` that was read")),
    responses((status = 200, description = "The caller as they are now", body = UserBody, headers(("ETag" = String, description = "The version, for `If-Match`")))),
    security(("bearerAuth" = [])),
    extensions(("x-problems" = json!([Kind::PreconditionFailed])))
)]
#[put("/users/profile")]
pub(crate) async fn update_profile(
    state: web::Data<State>,
    if_match: IfMatch,
    InOrder(caller, Body(body)): InOrder<Authenticated, Body<ProfileBody>>,
) -> Answer {
    let expected = if_match.expect(caller.0.principal.user.version)?;
    let user = state.application.update_profile(&caller.0, body.into(), expected).await?;
    answer(user, caller.0.principal.role_names())
}

fn answer(user: User, roles: Vec<RoleName>) -> Answer {
    Ok(HttpResponse::Ok().insert_header(etag(user.version)).json(UserBody::of(user, roles)))
}
