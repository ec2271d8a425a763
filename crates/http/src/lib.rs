//! The HTTP contract of Voxgate on actix-web: extract, call a use case, present.
