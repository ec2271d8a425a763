//! What the ratios of a database are measured with.

use std::sync::Arc;
use std::time::Duration;

use super::super::context::{Context, Costed, target};
use super::super::{BenchError, Group};
use super::PEOPLE;
use crate::report::{Bound, Ratio};
use crate::stand::{Data, Limits, Program, Voxgate};
use crate::works::{People, Work};

/// A server on the database, people who are logged in to it, and the program of what handlers cost which do one thing.
pub(super) struct Stand<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) data: &'a Data,
    pub(super) server: Voxgate,
    pub(super) people: Arc<People>,
    pub(super) limit: Program,
}

impl<'a> Stand<'a> {
    pub(super) async fn build(context: &'a Context<'a>, data: &'a Data) -> Result<Self, BenchError> {
        let server = context.voxgate(data, &Limits::Off)?;
        let people = context.people(&server, data, PEOPLE).await?;
        let limit = context.limit_server(data)?;
        Ok(Self { context, data, server, people, limit })
    }

    /// A load on its server, for as long as a ratio is counted.
    pub(super) async fn load(&self, work: Work, connections: usize) -> Result<Costed, BenchError> {
        self.load_on(&self.server, work, connections, self.context.options.counted()).await
    }

    /// A load of its people on `server`.
    pub(super) async fn load_on(
        &self,
        server: &Voxgate,
        work: Work,
        connections: usize,
        counted: Duration,
    ) -> Result<Costed, BenchError> {
        let clients = work.clients(&self.people, connections);
        self.context.load(target(server), self.data.server, clients, counted).await
    }

    /// Whether the options ask for `group`.
    pub(super) fn wants(&self, group: Group) -> bool {
        self.context.options.wants(group)
    }

    /// A ratio on its database.
    pub(super) fn ratio(&self, name: &str, measured: String, beside: String, value: f64, bound: Bound) -> Ratio {
        Ratio::on(self.data, name, measured, beside, value, bound)
    }
}

impl Ratio {
    /// A ratio on `data`.
    pub(super) fn on(data: &Data, name: &str, measured: String, beside: String, value: f64, bound: Bound) -> Self {
        Self { name: name.to_owned(), database: Some(data.kind.name()), measured, beside, value, bound }
    }
}
