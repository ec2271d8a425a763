//! Sending spans to a collector by OTLP over HTTP.
//!
//! Spans are queued, at most 2,048 of them, and sent in batches from a thread of their own: a collector that is slow or
//! gone costs spans and never a request.

use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _,
};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider};
use tracing::{Level, Metadata, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;
use url::Url;
use voxgate_http::{TraceParent, Traces};

use crate::failure::{Failure, While as _};

/// The most spans that wait to be sent; what comes above is dropped.
const QUEUE: usize = 2_048;
/// How long sending a batch may take.
const SENT_WITHIN: Duration = Duration::from_secs(5);
/// How often a batch is sent, full or not.
const EVERY: Duration = Duration::from_secs(1);
/// How long the last batch may take when the service stops.
const LAST_WITHIN: Duration = Duration::from_secs(2);

/// The collector. Dropped, it sends what is still queued.
pub(crate) struct Collector(SdkTracerProvider);

impl Collector {
    /// Sends spans to the collector at `endpoint`, below `/v1/traces` (OTLP 1.0, section "OTLP/HTTP Request").
    pub(super) fn start(endpoint: &Url) -> Result<Self, Failure> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}/v1/traces", endpoint.as_str().trim_end_matches('/')))
            .with_timeout(SENT_WITHIN)
            .build()
            .doing("reading OTEL_EXPORTER_OTLP_ENDPOINT")?;
        let batches = BatchConfigBuilder::default().with_max_queue_size(QUEUE).with_scheduled_delay(EVERY).build();
        let processor = BatchSpanProcessor::builder(exporter).with_batch_config(batches).build();
        let resource = Resource::builder().with_service_name("voxgate").build();
        Ok(Self(SdkTracerProvider::builder().with_span_processor(processor).with_resource(resource).build()))
    }

    /// What takes spans from `tracing`: our own alone, and no events, so that nothing that is logged goes there too.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    {
        let ours = |data: &Metadata<'_>| {
            data.is_span() && data.target().starts_with("voxgate") && *data.level() <= Level::INFO
        };
        let layer = tracing_opentelemetry::layer().with_tracer(self.0.tracer("voxgate"));
        layer.with_location(false).with_threads(false).with_tracked_inactivity(false).with_filter(filter_fn(ours))
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown_with_timeout(LAST_WITHIN) {
            tracing::debug!(%error, "the last spans were not sent");
        }
    }
}

/// The traces that go to the collector.
pub(crate) struct CollectedTraces;

impl Traces for CollectedTraces {
    fn join(&self, span: &Span, parent: Option<TraceParent>) -> Option<TraceParent> {
        if let Some(parent) = parent {
            let flags = TraceFlags::default().with_sampled(parent.sampled);
            let (trace, id) = (TraceId::from_bytes(parent.trace_id), SpanId::from_bytes(parent.span_id));
            let remote = SpanContext::new(trace, id, flags, true, TraceState::NONE);
            span.set_parent(Context::new().with_remote_span_context(remote)).ok()?;
        }
        let context = span.context();
        let own = context.span().span_context().clone();
        own.is_valid().then(|| TraceParent {
            trace_id: own.trace_id().to_bytes(),
            span_id: own.span_id().to_bytes(),
            sampled: own.is_sampled(),
        })
    }
}
