//! What administrators and auditors do. Each route declares the permission that it needs.

pub(super) mod roles;
