//! Reads the recipes that image generators write, with one file for each program.

mod fields;
mod graph;
mod lenient_json;
mod programs;
mod reader;
#[cfg(test)]
mod tests;

pub(crate) use fields::object;
pub(crate) use reader::read;
