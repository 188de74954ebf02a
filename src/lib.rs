//! Atelier: a native desktop studio for making images by prompt.
//!
//! `ARCHITECTURE.md` describes the modules and which of them may use which.

pub mod cli;
pub mod composition;
pub mod core_dumps;
pub mod demo;
pub mod error_chain;
pub mod gateway;
pub mod imaging;
pub mod keychain;
pub mod library;
pub mod logging;
pub mod private;
pub mod prompt;
pub mod recipe;
pub mod settings;
pub mod studio;
pub mod ui;
