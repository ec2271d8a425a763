//! Request bodies: the form reader refuses unknown fields and null, and the document says so.

use std::collections::BTreeSet;

use utoipa::openapi::schema::{AdditionalProperties, Schema};
use utoipa::openapi::{OpenApi, RefOr};

/// Closes every schema that is the body of a request. A body that may be left out is a schema still, not one or null.
pub(super) fn close(document: &mut OpenApi) {
    let mut names = BTreeSet::new();
    for item in document.paths.paths.values_mut() {
        for operation in super::operations_mut(item) {
            let Some(RefOr::T(body)) = &mut operation.request_body else { continue };
            for content in body.content.values_mut() {
                let RefOr::T(content) = content else { continue };
                let named = content.schema.take().map(without_null);
                if let Some(RefOr::Ref(reference)) = &named {
                    names.extend(reference.ref_location.rsplit('/').next().map(str::to_owned));
                }
                content.schema = named;
            }
        }
    }
    let schemas = document.components.iter_mut().flat_map(|components| &mut components.schemas);
    for (_, schema) in schemas.filter(|(name, _)| names.contains(name.as_str())) {
        if let RefOr::T(Schema::Object(object)) = schema {
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
}

fn without_null(schema: RefOr<Schema>) -> RefOr<Schema> {
    let named = match &schema {
        RefOr::T(Schema::OneOf(one_of)) => one_of.items.iter().find(|item| matches!(item, RefOr::Ref(_))).cloned(),
        _ => None,
    };
    named.unwrap_or(schema)
}
