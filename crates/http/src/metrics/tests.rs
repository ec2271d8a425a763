//! The list of metrics against what is said and drawn of them.

use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use metrics_exporter_prometheus::PrometheusBuilder;

use super::*;

fn read(path: &str) -> String {
    let path = format!("{}/../../{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_docs_list_every_metric_and_no_other() {
    let docs = read("docs/observability.md");
    let rows: Vec<String> = ALL
        .iter()
        .map(|metric| {
            let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
            let labels = if labels.is_empty() { "none".to_owned() } else { labels.join(", ") };
            format!("| `{}` | {} | {labels} | {} |", metric.name, metric.kind.as_str(), metric.meaning)
        })
        .collect();
    let is_row = |line: &&str| line.starts_with("| `voxgate_") || line.starts_with("| `process_");
    let listed: Vec<&str> = docs.lines().filter(is_row).collect();
    assert_eq!(listed, rows, "docs/observability.md must have exactly these rows:\n{}\n", rows.join("\n"));
}

#[test]
fn the_dashboard_and_the_alerts_use_metrics_that_there_are() {
    for file in ["deploy/grafana/voxgate.json", "deploy/prometheus/alerts.yml"] {
        let text = read(file);
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let named: Vec<&str> =
            words.filter(|word| word.starts_with("voxgate_") || word.starts_with("process_")).collect();
        assert!(named.len() > 10, "{file} names too few metrics to mean anything");
        for name in named {
            let series = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix));
            let known = ALL.iter().any(|metric| match (metric.kind, series) {
                (MetricKind::Histogram, Some(base)) => metric.name == base,
                (MetricKind::Histogram, None) => false,
                (MetricKind::Counter | MetricKind::Gauge, _) => metric.name == name,
            });
            assert!(known, "{file} uses {name}, which is no metric");
        }
    }
}

#[test]
fn what_a_caller_makes_up_is_no_label() {
    let recorder = PrometheusBuilder::new().build_recorder();
    ::metrics::with_local_recorder(&recorder, || {
        register();
        let brew = Method::from_bytes(b"BREW").unwrap();
        count_request(&brew, None, StatusCode::NOT_FOUND, Duration::from_millis(3));
        count_request(&Method::GET, Some("/users/{id}"), StatusCode::OK, Duration::from_millis(3));
        count_event("account.locked", "denied");
    });
    let text = recorder.handle().render();
    for line in [
        r#"voxgate_http_requests_total{method="other",route="unmatched",status="4xx"} 1"#,
        r#"voxgate_http_requests_total{method="GET",route="/users/{id}",status="2xx"} 1"#,
        "voxgate_lockouts_total 1",
        r#"voxgate_logins_total{outcome="success"} 0"#,
    ] {
        assert!(text.lines().any(|l| l == line), "{line} is missing in\n{text}");
    }
    assert!(!text.contains("BREW"));
}

#[test]
fn names_follow_the_conventions_of_prometheus() {
    for metric in ALL {
        assert_eq!(metric.name.ends_with("_total"), metric.kind == MetricKind::Counter, "{}", metric.name);
        assert!(!metric.name.contains("_ms"), "{}: seconds and bytes are the units", metric.name);
    }
}
