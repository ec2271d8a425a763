//! The figures: a table to look at, JSON to keep.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;

use crate::load::Measured;

/// Everything that a run found.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    machine: Machine,
    ratios: Vec<Ratio>,
    limits: Vec<Limit>,
    loads: Vec<Load>,
}

/// Where it was measured.
#[derive(Debug, Serialize)]
struct Machine {
    processor: String,
    cores: usize,
    memory_mib: u64,
    measured_at: u64,
}

/// What a ratio shall be.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bound {
    /// Not less than this.
    AtLeast(f64),
    /// Not more than this.
    AtMost(f64),
}

/// A figure beside what it is compared with.
#[derive(Debug, Serialize)]
pub(crate) struct Ratio {
    pub(crate) name: String,
    pub(crate) database: Option<&'static str>,
    /// What was measured, in words with figures.
    pub(crate) measured: String,
    /// What it is compared with, likewise.
    pub(crate) beside: String,
    pub(crate) value: f64,
    pub(crate) bound: Bound,
}

impl Ratio {
    fn is_met(&self) -> bool {
        match self.bound {
            Bound::AtLeast(least) => self.value >= least,
            Bound::AtMost(most) => self.value <= most,
        }
    }
}

/// What the machine does when it does nothing else.
#[derive(Debug, Serialize)]
pub(crate) struct Limit {
    pub(crate) name: String,
    pub(crate) database: Option<&'static str>,
    pub(crate) per_second: f64,
}

/// A load of the table.
#[derive(Debug, Serialize)]
pub(crate) struct Load {
    pub(crate) database: &'static str,
    pub(crate) redis: bool,
    pub(crate) work: &'static str,
    pub(crate) connections: usize,
    #[serde(flatten)]
    pub(crate) measured: Measured,
    /// Processor time of the server and of the database server for one of it, in microseconds.
    pub(crate) cpu_us: f64,
    pub(crate) database_cpu_us: f64,
    pub(crate) resident_mib: f64,
}

impl Report {
    /// Without any figure yet.
    pub(crate) fn of_this_machine() -> Self {
        let processor =
            <procfs::CpuInfo as procfs::Current>::current().ok().and_then(|cpu| cpu.model_name(0).map(str::to_owned));
        let memory = <procfs::Meminfo as procfs::Current>::current().map_or(0, |memory| memory.mem_total);
        let machine = Machine {
            processor: processor.unwrap_or_else(|| "unknown".to_owned()),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            memory_mib: memory / 1_024 / 1_024,
            measured_at: std::time::UNIX_EPOCH.elapsed().as_ref().map_or(0, Duration::as_secs),
        };
        Self { machine, ratios: Vec::new(), limits: Vec::new(), loads: Vec::new() }
    }

    /// Adds a ratio, and shows it.
    pub(crate) fn ratio(&mut self, ratio: Ratio) {
        let verdict = if ratio.is_met() { "reached" } else { "NOT REACHED" };
        let database = ratio.database.map(|name| format!(" on {name}")).unwrap_or_default();
        crate::say(&format!(
            "{}{database}: {:.3} ({}) — {} beside {} — {verdict}",
            ratio.name,
            ratio.value,
            words(ratio.bound),
            ratio.measured,
            ratio.beside
        ));
        self.ratios.push(ratio);
    }

    /// Adds what the machine can do.
    pub(crate) fn limit(&mut self, name: &str, database: Option<&'static str>, per_second: f64) {
        crate::say(&format!(
            "limit: {name}{}: {per_second:.0}/s",
            database.map(|name| format!(" on {name}")).unwrap_or_default()
        ));
        self.limits.push(Limit { name: name.to_owned(), database, per_second });
    }

    /// Adds a load of the table.
    pub(crate) fn load(&mut self, load: Load) {
        self.loads.push(load);
    }

    /// Whether every ratio is what it should be.
    pub(crate) fn all_met(&self) -> bool {
        self.ratios.iter().all(Ratio::is_met)
    }

    /// Writes it as JSON.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub(crate) fn write(&self, path: &Path) -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        std::fs::write(path, text)
    }
}

fn words(bound: Bound) -> String {
    match bound {
        Bound::AtLeast(least) => format!("at least {least}"),
        Bound::AtMost(most) => format!("at most {most}"),
    }
}

fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_content_arrangement(ContentArrangement::Disabled).set_header(head);
    table
}

fn number(value: impl fmt::Display) -> Cell {
    Cell::new(value).set_alignment(CellAlignment::Right)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine { processor, cores, memory_mib, .. } = &self.machine;
        writeln!(f, "{processor}, {cores} cores, {memory_mib} MiB\n")?;
        let mut ratios = table(&["work", "on", "measured", "beside", "ratio", "bound", ""]);
        for ratio in &self.ratios {
            ratios.add_row([
                Cell::new(&ratio.name),
                Cell::new(ratio.database.unwrap_or("")),
                Cell::new(&ratio.measured),
                Cell::new(&ratio.beside),
                number(format!("{:.3}", ratio.value)),
                Cell::new(words(ratio.bound)),
                Cell::new(if ratio.is_met() { "" } else { "not reached" }),
            ]);
        }
        writeln!(f, "{ratios}\n")?;
        let mut limits = table(&["limit", "on", "a second"]);
        for limit in &self.limits {
            let cells = [Cell::new(&limit.name), Cell::new(limit.database.unwrap_or(""))];
            limits.add_row(cells.into_iter().chain([number(format!("{:.0}", limit.per_second))]));
        }
        writeln!(f, "{limits}")?;
        if self.loads.is_empty() {
            return Ok(());
        }
        let head = [
            "work",
            "on",
            "Redis",
            "connections",
            "a second",
            "p50 ms",
            "p99 ms",
            "p99.9 ms",
            "CPU µs",
            "database CPU µs",
            "MiB",
        ];
        let mut loads = table(&head);
        for load in &self.loads {
            let measured = load.measured;
            let words = [load.work, load.database, if load.redis { "yes" } else { "" }].map(Cell::new);
            let figures = [
                load.connections.to_string(),
                format!("{:.0}", measured.per_second),
                format!("{:.2}", measured.p50_ms),
                format!("{:.2}", measured.p99_ms),
                format!("{:.2}", measured.p999_ms),
                format!("{:.0}", load.cpu_us),
                format!("{:.0}", load.database_cpu_us),
                format!("{:.0}", load.resident_mib),
            ];
            loads.add_row(words.into_iter().chain(figures.into_iter().map(number)));
        }
        write!(f, "\n{loads}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(value: f64, bound: Bound) -> Ratio {
        let (measured, beside) = ("10/s".to_owned(), "20/s".to_owned());
        Ratio { name: "login".to_owned(), database: None, measured, beside, value, bound }
    }

    #[test]
    fn a_ratio_is_met_up_to_its_bound_and_not_beyond() {
        assert!(ratio(0.95, Bound::AtLeast(0.95)).is_met() && !ratio(0.94, Bound::AtLeast(0.95)).is_met());
        assert!(ratio(1.5, Bound::AtMost(1.5)).is_met() && !ratio(1.51, Bound::AtMost(1.5)).is_met());
    }

    #[test]
    fn what_is_not_reached_is_shown_and_written() {
        let mut report = Report::of_this_machine();
        report.ratio(ratio(0.5, Bound::AtLeast(0.95)));
        report.limit("argon2id hashes", None, 70.0);
        assert!(!report.all_met());
        assert!(report.to_string().contains("not reached"), "{report}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bench/results.json");
        report.write(&path).unwrap();
        let written: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(written["ratios"][0]["bound"]["at_least"], 0.95);
        assert_eq!(written["limits"][0]["per_second"], 70.0);
    }
}
