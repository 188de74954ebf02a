//! Searching: the query language, the plan of a query, its execution, and the rows that are shown.

pub(super) mod batches;
pub(super) mod day_groups;
pub(super) mod execution;
pub(super) mod facets;
pub(super) mod query;
pub(super) mod rows;
