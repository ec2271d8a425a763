//! actix-web: [`Caller`] and [`Require`] are extractors, [`Denial`] is an error that a handler can give.
//!
//! The application needs a [`Gate`] as data, as itself:
//!
//! ```
//! use actix_web::{App, get, web};
//! use voxgate_verify::{Caller, Gate, Require, Requirement};
//!
//! struct Clinicians;
//!
//! impl Requirement for Clinicians {
//!     fn met_by(caller: &Caller) -> bool {
//!         caller.has_role("clinician")
//!     }
//! }
//!
//! #[get("/recordings")]
//! async fn own(caller: Caller) -> String {
//!     format!("the recordings of {:?}", caller.user_id())
//! }
//!
//! #[get("/patients/{id}/recordings")]
//! async fn of_a_patient(_clinician: Require<Clinicians>, id: web::Path<String>) -> String {
//!     format!("the recordings of {id}")
//! }
//!
//! fn routes(gate: Gate) -> impl Fn(&mut web::ServiceConfig) {
//!     move |app| {
//!         app.app_data(gate.clone()).service(own).service(of_a_patient);
//!     }
//! }
//! # let _ = routes;
//! ```

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, HttpResponse, ResponseError};

use crate::denial::PROBLEM_JSON;
use crate::{Caller, Denial, Gate, Require, Requirement};

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, Denial>>>>;

impl FromRequest for Caller {
    type Error = Denial;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { identify(&request).await })
    }
}

impl<R: Requirement> FromRequest for Require<R> {
    type Error = Denial;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Self::of(identify(&request).await?) })
    }
}

/// Who sent `request`; found once, however many extractors ask.
async fn identify(request: &HttpRequest) -> Result<Caller, Denial> {
    if let Some(caller) = request.extensions().get::<Caller>() {
        return Ok(caller.clone());
    }
    let gate = request.app_data::<Gate>().ok_or(Denial::NoGate)?;
    let values = request.headers().get_all(header::AUTHORIZATION).map(header::HeaderValue::as_bytes);
    let caller = gate.admit(values).await?;
    request.extensions_mut().insert(caller.clone());
    Ok(caller)
}

impl ResponseError for Denial {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.problem().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        self.log();
        let problem = self.problem();
        let mut response = HttpResponse::build(self.status_code());
        response.content_type(PROBLEM_JSON).insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(challenge) = problem.challenge {
            response.insert_header((header::WWW_AUTHENTICATE, challenge));
        }
        if let Some(seconds) = problem.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        response.body(problem.body())
    }
}
