//! Traces that go through several services (W3C Trace Context).

use std::fmt;

use actix_web::http::header::HeaderMap;
use tracing::Span;
use voxgate_domain::ports::Entropy;

/// The header, in both directions.
pub(crate) const TRACEPARENT: &str = "traceparent";

/// A place in a trace (W3C Trace Context, section 3.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceParent {
    /// The trace; never zero.
    pub trace_id: [u8; 16],
    /// The span in it; never zero.
    pub span_id: [u8; 8],
    /// Whether the trace is recorded.
    pub sampled: bool,
}

/// Joins the spans of requests to traces that are sent somewhere.
pub trait Traces: Send + Sync {
    /// Makes `span` a child of `parent`, or the first of a new trace; its place. Nothing when it is not recorded at all.
    fn join(&self, span: &Span, parent: Option<TraceParent>) -> Option<TraceParent>;
}

impl TraceParent {
    /// What a caller sent, when it is sound (section 3.2.2; a later version may have more behind a dash, section 4.3).
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(TRACEPARENT);
        let (value, None) = (values.next()?, values.next()) else { return None };
        let text = value.to_str().ok()?;
        let mut parts = text.splitn(5, '-');
        let version = parts.next()?;
        let (trace_id, span_id) = (hex::<16>(parts.next()?)?, hex::<8>(parts.next()?)?);
        let [flags] = hex::<1>(parts.next()?)?;
        let sound = match hex::<1>(version)? {
            [0] => parts.next().is_none(),
            [255] => false,
            _ => true,
        };
        let there = trace_id != [0; 16] && span_id != [0; 8];
        (sound && there).then_some(Self { trace_id, span_id, sampled: flags & 1 == 1 })
    }

    /// A place in the trace of `parent`, or in a new one, for when nobody records it.
    pub(crate) fn unrecorded(parent: Option<Self>, entropy: &dyn Entropy) -> Self {
        let (mut trace_id, mut span_id) = ([0; 16], [0; 8]);
        entropy.fill(&mut trace_id);
        entropy.fill(&mut span_id);
        // All zero is no id, and as likely as any other.
        if trace_id == [0; 16] {
            trace_id = [1; 16];
        }
        if span_id == [0; 8] {
            span_id = [1; 8];
        }
        match parent {
            Some(parent) => Self { span_id, ..parent },
            None => Self { trace_id, span_id, sampled: false },
        }
    }

    /// The trace, in hexadecimal.
    pub(crate) fn trace(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.trace_id))
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (trace, span) = (u128::from_be_bytes(self.trace_id), u64::from_be_bytes(self.span_id));
        write!(f, "00-{trace:032x}-{span:016x}-{:02x}", u8::from(self.sampled))
    }
}

/// Exactly `N` bytes in lower-case hexadecimal.
fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let lower = text.len() == 2 * N && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let value = lower.then(|| u128::from_str_radix(text, 16).ok())??;
    value.to_be_bytes().last_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};
    use rstest::rstest;
    use voxgate_domain::ports::MockEntropy;

    const SOUND: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn headers(values: &[&str]) -> HeaderMap {
        let pairs =
            values.iter().map(|value| (HeaderName::from_static(TRACEPARENT), HeaderValue::from_str(value).unwrap()));
        let mut headers = HeaderMap::new();
        pairs.for_each(|(name, value)| headers.append(name, value));
        headers
    }

    #[test]
    fn a_sound_header_comes_back_as_it_was() {
        assert_eq!(TraceParent::of(&headers(&[SOUND])).unwrap().to_string(), SOUND);
    }

    #[rstest]
    #[case("")]
    #[case("00")]
    #[case("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01")]
    #[case("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    #[case("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01")]
    #[case("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more")]
    #[case("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    #[case("00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01")]
    #[case("00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    fn an_unsound_header_is_as_none(#[case] value: &str) {
        assert_eq!(TraceParent::of(&headers(&[value])), None);
    }

    #[test]
    fn a_later_version_is_read_as_far_as_it_is_known_and_two_headers_are_none() {
        let later = SOUND.replacen("00", "cc", 1) + "-what-comes-later";
        assert_eq!(TraceParent::of(&headers(&[&later])).unwrap().to_string(), SOUND);
        assert_eq!(TraceParent::of(&headers(&[SOUND, SOUND])), None);
    }

    #[test]
    fn an_unrecorded_request_keeps_the_trace_of_its_caller() {
        let mut entropy = MockEntropy::new();
        entropy.expect_fill().returning(|bytes| bytes.fill(0));
        let parent = TraceParent::of(&headers(&[SOUND]));
        let child = TraceParent::unrecorded(parent, &entropy);
        assert_eq!((child.trace_id, child.sampled), (parent.unwrap().trace_id, true));
        assert_ne!(child.span_id, parent.unwrap().span_id);
        let alone = TraceParent::unrecorded(None, &entropy);
        assert!(alone.trace_id != [0; 16] && alone.span_id != [0; 8] && !alone.sampled);
    }
}
