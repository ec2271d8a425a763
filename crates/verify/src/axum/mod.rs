//! axum: [`Caller`] and [`Require`] are extractors, [`Denial`] is an answer that a handler can give, and [`GateLayer`]
//! holds a whole router to a requirement.
//!
//! The extractors find the [`Gate`] in the router's state; under a [`GateLayer`] they take who it let through.
//!
//! ```
//! use axum::{Router, routing::get};
//! use voxgate_verify::axum::GateLayer;
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
//! async fn own(caller: Caller) -> String {
//!     format!("the recordings of {:?}", caller.user_id())
//! }
//!
//! async fn of_a_patient(_clinician: Require<Clinicians>) -> &'static str {
//!     "somebody's recordings"
//! }
//!
//! fn routes(gate: Gate) -> Router {
//!     let wards = Router::new().route("/wards", get(|| async { "the wards" }));
//!     Router::new()
//!         .route("/recordings", get(own))
//!         .route("/patients/{id}/recordings", get(of_a_patient))
//!         .merge(wards.layer(GateLayer::<Clinicians>::new(gate.clone())))
//!         .with_state(gate)
//! }
//! # let _ = routes;
//! ```
//!
//! [`Caller`]: crate::Caller
//! [`Require`]: crate::Require
//! [`Denial`]: crate::Denial
//! [`Gate`]: crate::Gate

mod extract;
mod layer;

pub use layer::{GateLayer, GateService};
