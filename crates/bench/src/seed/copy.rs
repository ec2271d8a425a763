//! The binary format of COPY (PostgreSQL documentation, SQL commands, COPY, "Binary Format").

use voxgate_domain::Timestamp;

use super::rows::{Batch, Value};

/// What every copy begins with: the signature, no flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What every copy ends with.
const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();

/// PostgreSQL counts microseconds, and days, from the year 2000.
const EPOCH_MICROS: i64 = 946_684_800_000_000;
const EPOCH_DAYS: i32 = 10_957;

/// How large a message becomes at most, about.
const MESSAGE: usize = 256 * 1_024;

/// The rows of `batch`, in messages.
pub(super) fn messages(batch: &Batch) -> impl Iterator<Item = Vec<u8>> {
    let columns = i16::try_from(batch.table.columns.len()).unwrap_or(i16::MAX).to_be_bytes();
    let mut rows = batch.rows();
    let mut open = Some(HEADER.to_vec());
    std::iter::from_fn(move || {
        let mut message = open.take()?;
        for row in rows.by_ref() {
            message.extend_from_slice(&columns);
            row.iter().for_each(|value| encode(value, &mut message));
            if message.len() >= MESSAGE {
                open = Some(Vec::with_capacity(MESSAGE + 4_096));
                return Some(message);
            }
        }
        message.extend_from_slice(&TRAILER);
        Some(message)
    })
}

fn encode(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(&(-1_i32).to_be_bytes()),
        Value::Int(number) => field(&[&number.to_be_bytes()], out),
        Value::Day(day) => field(&[&(day - EPOCH_DAYS).to_be_bytes()], out),
        Value::At(at) => field(&[&micros(*at).to_be_bytes()], out),
        Value::Id(id) => field(&[id.as_bytes()], out),
        Value::Text(text) => field(&[text.as_bytes()], out),
        // The version of jsonb's own format stands before the text.
        Value::Json(json) => field(&[&[1], json.as_bytes()], out),
        Value::Bytes(bytes) => field(&[bytes], out),
    }
}

fn micros(at: Timestamp) -> i64 {
    at.unix_micros().saturating_sub(EPOCH_MICROS)
}

fn field(parts: &[&[u8]], out: &mut Vec<u8>) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    out.extend_from_slice(&i32::try_from(length).unwrap_or(i32::MAX).to_be_bytes());
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::tables;

    #[test]
    fn a_copy_begins_and_ends_once_and_counts_its_fields() {
        let mut batch = Batch::of(&tables::UNSEALED);
        for _ in 0..20_000 {
            batch.add([Value::At(Timestamp::EPOCH), uuid::Uuid::nil().into()]);
        }
        let messages: Vec<_> = messages(&batch).collect();
        assert!(messages.len() > 1, "several messages");
        let whole = messages.concat();
        assert_eq!(whole.len(), HEADER.len() + 20_000 * (2 + 4 + 8 + 4 + 16) + TRAILER.len());
        assert!(whole.starts_with(HEADER) && whole.ends_with(&TRAILER));
        assert_eq!(whole[HEADER.len()..][..14], [0, 2, 0, 0, 0, 8, 0xff, 0xfc, 0xa2, 0xfe, 0xc4, 0xc8, 0x20, 0]);
    }
}
