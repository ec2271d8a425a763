//! The log as JSON lines: one flat object a line, so that `request_id` is found in the same place in each.

use std::fmt;
use std::io;

use serde::Serialize;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::Record;
use tracing::{Event, Subscriber};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

/// Writes an event with its own fields and those of the spans around it, the inner ones in front.
///
/// Each request writes a line, so what is done for it is done once: fields of spans are kept as they will be written
/// ([`Members`]), and copied.
pub(super) struct JsonLines;

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        writer.write_str(r#"{"timestamp":""#)?;
        SystemTime.format_time(&mut writer)?;
        write!(writer, r#"","level":"{}""#, event.metadata().level())?;
        member(&mut writer, "target", event.metadata().target())?;
        let mut around = String::new();
        for span in context.event_scope().into_iter().flat_map(|scope| scope.from_root()) {
            let extensions = span.extensions();
            let Some(fields) = extensions.get::<FormattedFields<N>>() else { continue };
            around = without_repeated(around, fields.fields.as_str());
            around.push_str(&fields.fields);
        }
        let mut own = String::new();
        let mut members = Members::of(&mut own);
        event.record(&mut members);
        members.outcome?;
        writer.write_str(&without_repeated(around, &own))?;
        writer.write_str(&own)?;
        writer.write_str("}\n")
    }
}

/// Writes the fields of a span as members of an object, each with a comma in front.
pub(super) struct SpanMembers;

impl<'writer> FormatFields<'writer> for SpanMembers {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'writer>, fields: R) -> fmt::Result {
        let mut members = Members::of(&mut writer);
        fields.record(&mut members);
        members.outcome
    }

    fn add_fields(&self, current: &'writer mut FormattedFields<Self>, fields: &Record<'_>) -> fmt::Result {
        let mut added = String::new();
        self.format_fields(Writer::new(&mut added), fields)?;
        let before = std::mem::take(&mut current.fields);
        current.fields = without_repeated(before, &added);
        current.fields.push_str(&added);
        Ok(())
    }
}

/// The members `text` without those that are in `later` too: a name stands once in an object.
fn without_repeated(text: String, later: &str) -> String {
    // A quote within a string is escaped, so that this finds names of members and nothing else.
    let repeated = names(later).any(|name| text.contains(&format!(",\"{name}\":")));
    if !repeated {
        return text;
    }
    let object = |members: &str| -> Map<String, Value> {
        serde_json::from_str(&format!("{{{}}}", members.trim_start_matches(','))).unwrap_or_default()
    };
    let later = object(later);
    let mut kept = String::new();
    for (name, value) in object(&text).iter().filter(|(name, _)| !later.contains_key(*name)) {
        // Into a string, nothing fails.
        let _ = member(&mut kept, name, value);
    }
    kept
}

/// What may be the names of the members in `text`: some may be none, and are looked for in vain.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(",\"").skip(1).filter_map(|rest| rest.split_once("\":").map(|(name, _)| name))
}

/// Writes fields as members, each with a comma in front.
struct Members<'w, W> {
    writer: &'w mut W,
    outcome: fmt::Result,
}

impl<'w, W: fmt::Write> Members<'w, W> {
    fn of(writer: &'w mut W) -> Self {
        Self { writer, outcome: Ok(()) }
    }

    fn add<T: Serialize + ?Sized>(&mut self, field: &Field, value: &T) {
        // What is for collectors of traces alone.
        let name = field.name();
        if self.outcome.is_ok() && !name.starts_with("otel.") && !name.starts_with("http.") {
            self.outcome = member(self.writer, name, value);
        }
    }
}

impl<W: fmt::Write> Visit for Members<'_, W> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, &format!("{value:?}"));
    }
}

/// `,"name":value`
fn member<T: Serialize + ?Sized>(writer: &mut impl fmt::Write, name: &str, value: &T) -> fmt::Result {
    writer.write_char(',')?;
    json(writer, name)?;
    writer.write_char(':')?;
    json(writer, value)
}

fn json<T: Serialize + ?Sized>(writer: &mut impl fmt::Write, value: &T) -> fmt::Result {
    serde_json::to_writer(Text(writer), value).map_err(|_| fmt::Error)
}

/// Takes the text that comes as bytes: serde_json writes strings piece by piece, each of them whole characters.
struct Text<'w, W>(&'w mut W);

impl<W: fmt::Write> io::Write for Text<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        self.0.write_str(text).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is logged in `body`.
    fn logged(body: impl FnOnce()) -> String {
        let written = Written::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::fmt()
            .fmt_fields(SpanMembers)
            .event_format(JsonLines)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, body);
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        text
    }

    #[test]
    fn a_name_stands_once_and_what_was_said_last_counts() {
        let text = logged(|| {
            let outer = tracing::info_span!("outer", request_id = "r-1", note = r#"","status":"#, step = 1);
            let inner = outer.in_scope(|| tracing::info_span!("inner", step = 2, status = tracing::field::Empty));
            inner.record("status", 500);
            inner.record("status", 200);
            inner.in_scope(|| tracing::info!(request_id = "r-2", "done"));
        });
        for name in ["request_id", "step", "status"] {
            assert_eq!(text.matches(&format!(",\"{name}\":")).count(), 1, "{text}");
        }
        let line: Map<String, Value> = serde_json::from_str(&text).unwrap();
        assert_eq!((&line["request_id"], &line["step"], &line["status"]), (&"r-2".into(), &2.into(), &200.into()));
        assert_eq!(line["note"], r#"","status":"#);
    }

    #[test]
    fn a_line_is_one_flat_object_whatever_is_in_it() {
        let text = logged(|| {
            let span = tracing::info_span!(
                "request",
                request_id = "r-1",
                trace_id = tracing::field::Empty,
                otel.kind = "server"
            );
            span.record("trace_id", "t-1");
            span.in_scope(|| {
                tracing::info!(status = 200, latency_ms = 1.5, agent = "evil\n{\"level\":\"FORGED\"}", "done")
            });
        });
        let mut line: Map<String, Value> = serde_json::from_str(&text).unwrap();
        assert!(line.remove("timestamp").is_some_and(|time| time.as_str().unwrap().ends_with('Z')));
        let expected = serde_json::json!({
            "level": "INFO", "target": "voxgate::logging::json_lines::tests", "message": "done", "request_id": "r-1",
            "trace_id": "t-1", "status": 200, "latency_ms": 1.5, "agent": "evil\n{\"level\":\"FORGED\"}",
        });
        assert_eq!(Value::Object(line), expected);
    }
}
