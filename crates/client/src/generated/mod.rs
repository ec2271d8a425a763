//! What `just clients` writes from the OpenAPI document. `crates/client-codegen` compares it in its tests.

mod operations;
pub mod queries;
pub mod types;
