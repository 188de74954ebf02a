//! The left panel, driven as a person drives it.

mod common;

use atelier::studio::Command;
use common::ui::{commands, open, ready};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

#[test]
fn the_window_asks_for_the_library_the_keys_and_the_models() {
    let (_harness, mut line) = open(ready());
    let asked = commands(&mut line);
    assert!(asked.iter().any(|command| matches!(command, Command::OpenView { search } if search.is_empty())));
    assert!(asked.iter().any(|command| matches!(command, Command::LookUpKey(id) if id.as_str() == "dgrid")));
    assert!(asked.iter().any(|command| matches!(command, Command::RefreshModels(id) if id.is_demo())));
}

#[test]
fn generate_waits_for_a_prompt() {
    let (harness, _line) = open(ready());
    assert!(harness.get_by_label("Generate").accesskit_node().is_disabled());
}
