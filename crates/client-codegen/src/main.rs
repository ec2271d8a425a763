//! Writes the generated files of `voxgate-client`: `cargo run -p voxgate-client-codegen`, or `just clients`.

use std::error::Error;
use std::fs;

fn main() -> Result<(), Box<dyn Error>> {
    let document = fs::read_to_string(voxgate_client_codegen::document_path())?;
    for file in voxgate_client_codegen::generate(&document)? {
        fs::write(voxgate_client_codegen::output_path().join(file.name), file.text)?;
    }
    Ok(())
}
