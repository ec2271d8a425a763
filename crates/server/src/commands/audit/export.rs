//! `voxgate audit export`

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;

use futures_util::StreamExt as _;

use crate::failure::{Failure, While as _};
use crate::settings::Settings;
use crate::wiring;

/// Writes the whole trail with its seals.
pub(super) async fn run(out: Option<PathBuf>, settings: &Settings) -> Result<(), Failure> {
    let database = super::database(settings).await?;
    let keys = wiring::seal_keys(settings)?;
    let trail = wiring::audit_trail(settings, &database, Arc::clone(&keys) as _, keys);
    let doing = "exporting the audit trail";
    let out: Box<dyn Write + Send> = match &out {
        Some(path) => Box::new(File::create(path).doing("making the file of the export")?),
        None => Box::new(io::stdout()),
    };
    let mut out = BufWriter::new(out);
    let mut chunks = pin!(trail.export());
    while let Some(chunk) = chunks.next().await {
        out.write_all(&chunk.doing(doing)?).doing(doing)?;
    }
    out.flush().doing(doing)
}
