//! Code for measurements and tests: libraries of any size whose images do not exist, and a search to compare with.

mod naive_search;
mod synthetic_rows;

pub use naive_search::NaiveSearch;
