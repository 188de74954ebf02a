//! Tests of gallery, inspector, viewer, batch and export, driven like a person does. The test simulates the studio.

#[path = "../common/mod.rs"]
mod common;
mod contrast;
mod dialogs;
mod gallery;
mod queue;
mod screens;
mod simulated_studio;
mod viewer;
