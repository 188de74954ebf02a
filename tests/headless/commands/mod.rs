//! Tests of each command: its output, its exit codes, and what it changes.

mod bench_library;
mod doctor;
mod export;
mod generate;
mod import;
mod library;
mod prompt_sheet;
