//! What reads bytes that anybody can send, for `voxgate-hostile` alone: nothing here is part of the interface.

use std::convert::Infallible;
use std::net::IpAddr;

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};
use voxgate_domain::policy::PasswordPolicy;
use voxgate_domain::{Cursor, EmailAddress, OneTimeCode, PageLimit, Password, RecoveryCode, RoleName, Timestamp};

use crate::ClientSettings;
use crate::extract::fuzzing as extract;
use crate::form::{Fault, Field, Form, IntoFaults, time};
use crate::problem::Problem;
use crate::trace_context::{TRACEPARENT, TraceParent};

/// A refusal: its status, and the body that is answered.
#[derive(Debug)]
pub struct Refused {
    /// The status.
    pub status: u16,
    /// The problem as it is answered.
    pub body: Vec<u8>,
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self { status: problem.kind().status().as_u16(), body: problem.render("019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d") }
    }
}

/// The members of the object in `body`, as the form reader has them.
///
/// # Errors
///
/// How it is refused.
pub fn json(body: &[u8]) -> Result<Map<String, Value>, Refused> {
    Ok(Form::parse(body)?.into_members())
}

/// Reads a field of every kind from the object in `body`.
///
/// # Errors
///
/// How it is refused.
pub fn form(body: &[u8]) -> Result<(), Refused> {
    read(Form::parse(body)?)
}

/// The same of a query.
///
/// # Errors
///
/// How it is refused.
pub fn query(text: &str) -> Result<(), Refused> {
    read(Form::of_query(text))
}

fn read(mut form: Form) -> Result<(), Refused> {
    let policy = PasswordPolicy::default();
    let email = form.required("email", EmailAddress::parse);
    let password = form.required("password", |text| {
        let password = Password::parse(text).map_err(IntoFaults::into_faults)?;
        let _ = policy.faults_in_form(&password, None);
        Ok::<_, Vec<Fault>>(password)
    });
    let code = form.optional("code", OneTimeCode::parse);
    let recovery = form.optional("recovery_code", |text| Ok::<_, Infallible>(RecoveryCode::presented(text)));
    let codes = Field::join((code, recovery));
    let roles = form.optional_list("roles", 32, RoleName::parse);
    let flags = (form.optional_bool("enabled"), form.optional_count("overlap_seconds"), form.optional("from", time));
    let page = (form.optional("limit", PageLimit::parse), form.optional("cursor", Cursor::parse));
    let fields = (email, password, codes, roles, Field::join(flags), Field::join(page));
    form.finish(fields).map(drop).map_err(Into::into)
}

/// Who is behind `peer`, who sent these lines of the two headers.
pub fn client_address(settings: &ClientSettings, peer: IpAddr, forwarded_for: &[&[u8]], forwarded: &[&[u8]]) -> IpAddr {
    let mut headers = HeaderMap::new();
    append(&mut headers, HeaderName::from_static("x-forwarded-for"), forwarded_for);
    append(&mut headers, header::FORWARDED, forwarded);
    settings.resolve(peer, &headers).0
}

/// The bearer token of a request with these `Authorization` headers.
pub fn bearer(values: &[&[u8]]) -> Option<String> {
    let mut headers = HeaderMap::new();
    append(&mut headers, header::AUTHORIZATION, values);
    extract::bearer(&headers)
}

/// Client id and secret of a request with these `Authorization` headers.
pub fn basic(values: &[&[u8]]) -> Option<(String, String)> {
    let mut headers = HeaderMap::new();
    append(&mut headers, header::AUTHORIZATION, values);
    extract::basic(&headers)
}

/// The trace that a request with this header goes on with, as it would be passed on.
pub fn traceparent(value: &[u8]) -> Option<String> {
    let mut headers = HeaderMap::new();
    append(&mut headers, HeaderName::from_static(TRACEPARENT), &[value]);
    TraceParent::of(&headers).map(|place| place.to_string())
}

/// The time in `text`.
pub fn instant(text: &str) -> Option<Timestamp> {
    time(text).ok()
}

/// What no header can hold never gets here: the HTTP parser refuses it before.
fn append(headers: &mut HeaderMap, name: HeaderName, values: &[&[u8]]) {
    values.iter().filter_map(|value| HeaderValue::from_bytes(value).ok()).for_each(|value| {
        headers.append(name.clone(), value);
    });
}
