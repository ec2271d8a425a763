//! Rows as both databases take them.

use std::borrow::Cow;

use uuid::Uuid;
use voxgate_domain::Timestamp;

/// A column's value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Int(i64),
    /// Days since 1970.
    Day(i32),
    At(Timestamp),
    Id(Uuid),
    Text(Cow<'static, str>),
    /// JSON, as text.
    Json(String),
    Bytes(Vec<u8>),
}

/// A table and the columns that are written.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [&'static str],
}

/// Many rows of one table, value by value.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) table: &'static Table,
    pub(super) values: Vec<Value>,
}

/// Whoever takes batches.
pub(super) type HandOver<'a> = &'a mut dyn FnMut(Batch) -> Result<(), super::SeedError>;

impl Batch {
    pub(super) fn of(table: &'static Table) -> Self {
        Self { table, values: Vec::new() }
    }

    pub(super) fn add<const N: usize>(&mut self, row: [Value; N]) {
        debug_assert_eq!(N, self.table.columns.len(), "{}", self.table.name);
        self.values.extend(row);
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.values.len() / self.table.columns.len().max(1)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &[Value]> {
        self.values.chunks(self.table.columns.len().max(1))
    }

    /// Hands the rows over and begins anew.
    pub(super) fn pass(&mut self, hand_over: HandOver<'_>) -> Result<(), super::SeedError> {
        if self.is_empty() {
            return Ok(());
        }
        hand_over(std::mem::replace(self, Self::of(self.table)))
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

macro_rules! becomes {
    ($($from:ty => $variant:ident),+ $(,)?) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$variant(value.into())
            }
        }
    )+};
}
becomes!(i64 => Int, Timestamp => At, Uuid => Id, String => Text, &'static str => Text, Vec<u8> => Bytes);
