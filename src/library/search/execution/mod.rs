//! Runs a query: full-text hits are joined to the columns in memory, in a stable order; the first page comes before the
//! rest.

pub(in crate::library) mod executor;

mod cancel;
mod context;
mod planner;
mod row_set;
mod sort;
#[cfg(test)]
mod tests;
mod trash_search;
