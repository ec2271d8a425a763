//! The body of a problem.

use actix_web::http::header::HeaderValue;
use serde::Serialize;
use utoipa::ToSchema;

use super::{FieldError, Problem};

/// The media type of problems (RFC 9457, section 3).
pub(crate) const CONTENT_TYPE: &str = "application/problem+json";

/// A problem (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(title = "Problem", as = Problem)]
pub(crate) struct ProblemBody<'a> {
    /// The URI of the kind of problem.
    #[schema(value_type = String, example = "urn:voxgate:problem:validation_failed")]
    r#type: String,
    /// What the kind is.
    #[schema(value_type = String, example = "The request has invalid fields")]
    title: &'a str,
    /// The status of the answer.
    #[schema(example = 422)]
    status: u16,
    /// The stable, machine-readable name of the kind.
    #[schema(value_type = String, example = "validation_failed")]
    code: &'a str,
    /// This occurrence in words.
    #[schema(value_type = String, example = "1 field is invalid")]
    detail: &'a str,
    /// The request, for finding it in logs.
    #[schema(value_type = String, example = "019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d")]
    request_id: &'a str,
    /// The code as RFC 6749, section 5.2, wants it, for errors of the token endpoint alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, required = false, nullable = false, example = "invalid_client")]
    error: Option<&'a str>,
    /// What is wrong with which field, for `validation_failed` alone.
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    #[schema(value_type = Vec<FieldError>, required = false)]
    errors: &'a [FieldError],
}

impl Problem {
    /// The media type of the body.
    pub(crate) const fn content_type() -> HeaderValue {
        HeaderValue::from_static(CONTENT_TYPE)
    }

    /// The body.
    pub(crate) fn render(&self, request_id: &str) -> Vec<u8> {
        let body = ProblemBody {
            r#type: self.kind.type_uri(),
            title: self.kind.title(),
            status: self.kind.status().as_u16(),
            code: self.kind.code(),
            detail: self.detail.as_deref().unwrap_or_else(|| self.kind.detail()),
            request_id,
            error: self.kind.oauth_error(),
            errors: &self.errors,
        };
        // Strings and numbers always serialise; an empty body would still have its status.
        serde_json::to_vec(&body).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_problem_renders_as_the_contract_shows() {
        let errors =
            vec![FieldError { field: "password".into(), code: "too_short", message: "at least 12 characters".into() }];
        let body: Value = serde_json::from_slice(&Problem::invalid(errors).render("request-1")).unwrap();
        assert_eq!(
            body,
            json!({
                "type": "urn:voxgate:problem:validation_failed",
                "title": "The request has invalid fields",
                "status": 422,
                "code": "validation_failed",
                "detail": "1 field is invalid",
                "request_id": "request-1",
                "errors": [{"field": "password", "code": "too_short", "message": "at least 12 characters"}],
            })
        );
    }

    #[test]
    fn an_error_of_the_token_endpoint_is_one_of_oauth_too() {
        let body: Value = serde_json::from_slice(&Problem::new(Kind::InvalidClient).render("request-1")).unwrap();
        assert_eq!((&body["error"], &body["code"]), (&json!("invalid_client"), &json!("invalid_client")));
        let other: Value = serde_json::from_slice(&Problem::new(Kind::NotFound).render("request-1")).unwrap();
        assert_eq!(other.get("error"), None);
    }

    #[test]
    fn the_cause_never_gets_into_the_body() {
        let body = Problem::internal("marked-secret").render("request-1");
        assert!(!String::from_utf8(body).unwrap().contains("marked"));
    }

    #[test]
    fn only_invalid_fields_are_listed() {
        let body: Value = serde_json::from_slice(&Problem::new(Kind::NotFound).render("request-1")).unwrap();
        assert_eq!(body.get("errors"), None);
    }
}
