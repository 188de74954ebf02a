//! Tests of gallery, inspector, viewer, batch and export, operated like a person does, with a simulated studio.

#[path = "../common/mod.rs"]
mod common;
mod contrast;
mod dialogs;
mod gallery;
mod queue;
mod screens;
mod simulated_studio;
mod viewer;
