//! The client is that of the document.

use std::fs;

use voxgate_client_codegen::{document_path, generate, output_path};

#[test]
fn the_checked_in_client_is_that_of_the_document() {
    let document = fs::read_to_string(document_path()).unwrap();
    for file in generate(&document).unwrap() {
        let checked_in = fs::read_to_string(output_path().join(file.name)).unwrap();
        assert!(
            checked_in == file.text,
            "crates/client/src/generated/{} is not up to date: run `just clients`",
            file.name
        );
    }
}

#[test]
fn what_is_not_known_is_refused_by_its_place() {
    let document = r##"{
        "paths": {"/tags": {"get": {"operationId": "tags", "responses": {"200": {
            "description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Tags"}}}}}}}},
        "components": {"schemas": {"Tags": {"type": "object", "properties": {"rate": {"type": ["string", "integer"]}}}}}
    }"##;
    let error = generate(document).unwrap_err().to_string();
    assert!(error.starts_with("Tags.rate: the types"), "{error}");
}

#[test]
fn a_keyword_that_changes_the_meaning_is_refused() {
    let document = r##"{"paths": {}, "components": {"schemas": {"Both": {"allOf": []}}}}"##;
    let error = generate(document).unwrap_err().to_string();
    assert!(error.contains("unknown field `allOf`"), "{error}");
}
