//! Search: the query language, the plan of a query, its execution, and the rows that are shown.

pub(super) mod batch_query;
mod day_groups;
mod execution;
mod facets;
pub(super) mod image_search;
pub(super) mod query;
pub(super) mod rows;
pub(super) mod search_results;
