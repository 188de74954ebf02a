//! Everything that a person can do, and what carries it out.

pub mod action;
pub mod command_spec;
pub mod file_list;
pub mod key_capture;
pub mod payload;
pub mod settings_row;
pub mod shortcuts;
pub mod ui_command;
