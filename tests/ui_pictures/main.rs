//! Gallery, inspector, viewer, batch and export, driven as a person drives them. The test plays the studio.

#[path = "../common/mod.rs"]
mod common;
mod dialogs;
mod gallery;
mod pictures;
mod queue;
mod screens;
mod viewer;
