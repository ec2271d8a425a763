//! Which types are sent and which are received: that decides what they can do.

use std::collections::BTreeSet;

use crate::Error;
use crate::document::{Additional, Document, Schema};
use crate::secrets;

/// The names of types by their use.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    /// Those in bodies of requests, and what these hold.
    pub(crate) sent: BTreeSet<String>,
    /// Those in answers, and what these hold.
    pub(crate) received: BTreeSet<String>,
    /// Those that hold secrets, themselves or in what they hold.
    pub(crate) secret: BTreeSet<String>,
}

impl Usage {
    /// That of `document`.
    pub(crate) fn of(document: &Document) -> Result<Self, Error> {
        let mut usage = Self::default();
        for operation in document.paths.values().flat_map(|methods| methods.values()) {
            let bodies = operation.request_body.iter().flat_map(|body| body.content.values());
            for media in bodies {
                reach(document, &media.schema, &mut usage.sent);
            }
            let answers = operation.responses.values().flat_map(|answer| answer.content.values());
            for media in answers {
                reach(document, &media.schema, &mut usage.received);
            }
        }
        for (name, schema) in &document.components.schemas {
            let mut held = BTreeSet::from([name.clone()]);
            reach(document, schema, &mut held);
            for holder in &held {
                let fields = document.components.schemas.get(holder).into_iter().flat_map(|schema| &schema.properties);
                for (field, schema) in fields {
                    if secrets::is_secret(holder, field, schema)? {
                        usage.secret.insert(name.clone());
                    }
                }
            }
        }
        Ok(usage)
    }
}

/// Adds every named type within `schema` to `found`.
fn reach(document: &Document, schema: &Schema, found: &mut BTreeSet<String>) {
    if let Some(name) = schema.referred() {
        if found.insert(name.to_owned())
            && let Some(schema) = document.components.schemas.get(name)
        {
            reach(document, schema, found);
        }
        return;
    }
    let one_of = schema.one_of.iter().flatten();
    let additional = match &schema.additional_properties {
        Some(Additional::Of(schema)) => Some(schema.as_ref()),
        Some(Additional::Allowed(_)) | None => None,
    };
    let parts = schema.properties.values().chain(schema.items.as_deref()).chain(one_of).chain(additional);
    for part in parts {
        reach(document, part, found);
    }
}
