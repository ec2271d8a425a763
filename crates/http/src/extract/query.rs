//! The query of a request, read like a form.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use voxgate_domain::{Cursor, PageLimit, PageQuery};

use super::body::{FromForm, Rules};
use crate::form::Form;
use crate::problem::Problem;
use crate::state::state;

/// Which page of a list that has no conditions.
pub(crate) struct PageOnly(pub(crate) PageQuery);

impl FromForm for PageOnly {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let limit = form.optional("limit", PageLimit::parse);
        let cursor = form.optional("cursor", Cursor::parse);
        let (limit, cursor) = form.finish((limit, cursor))?;
        Ok(Self(PageQuery { limit: limit.unwrap_or_default(), cursor }))
    }
}

/// The query of the request, read: every fault is listed at once, and what nobody asked for is one.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: FromForm> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let form = Form::of_query(request.query_string());
        ready(state(request).and_then(|state| T::from_form(form, &state.rules())).map(Self))
    }
}
