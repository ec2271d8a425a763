//! Services beside Voxgate: a real Voxgate for their tests, the service itself, and what every one of them must keep.

mod process;
mod service;
mod voxgate;

pub mod rules;

pub use process::SiblingError;
pub use service::{Answer, Sibling};
pub use voxgate::{Person, Voxgate};
