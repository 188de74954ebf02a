//! Keys of the gallery without commands: Shift for ranges, Ctrl for the focus alone, and larger steps.

use egui::{Key, Modifiers, Ui};

use crate::{studio::View, ui::state::selection::Selection};

use super::{
    layout::{self, Movement},
    state::{GalleryPage, focus_id},
};

/// Handles keys without commands: Shift for ranges, Ctrl for the focus alone, and larger steps.
pub(super) fn keys(ui: &Ui, gallery: &mut GalleryPage, view: &View, selection: &mut Selection) {
    let focused = ui.memory(egui::Memory::focused);
    let covered = ui.memory(|memory| memory.top_modal_layer().is_some()) || egui::Popup::is_any_open(ui.ctx());
    if covered || view.ids.is_empty() || focused.is_some_and(|id| id != focus_id()) {
        return;
    }
    let last = view.ids.len() - 1;
    let here = gallery.focus_place(view, selection);
    let rows = (gallery.page / (gallery.layout.tile() + layout::GAP)).floor().max(1.0) as usize;
    let far = |step: Movement| {
        let mut at = here?;
        for _ in 0..rows {
            at = gallery.layout.step(at, step).unwrap_or(at);
        }
        Some(at)
    };
    let near = |step: Movement| here.and_then(|at| gallery.layout.step(at, step));
    let (page_up, page_down) = (far(Movement::Up), far(Movement::Down));
    let ways = [
        (Key::Home, Some(0)),
        (Key::End, Some(last)),
        (Key::PageUp, page_up.or(Some(0))),
        (Key::PageDown, page_down.or(Some(0))),
    ];
    let arrows = [
        (Key::ArrowLeft, near(Movement::Left)),
        (Key::ArrowRight, near(Movement::Right)),
        (Key::ArrowUp, near(Movement::Up)),
        (Key::ArrowDown, near(Movement::Down)),
    ];
    let asked = ui.input_mut(|input| {
        let mut press = |modifiers, key| input.consume_key(modifiers, key);
        let shifted = ways.iter().chain(&arrows).find(|(key, _)| press(Modifiers::SHIFT, *key));
        shifted
            .map(|(_, to)| (*to, true))
            .or_else(|| ways.iter().find(|(key, _)| press(Modifiers::NONE, *key)).map(|(_, to)| (*to, false)))
    });
    // Ctrl with an arrow moves the focus and keeps the selection, so that Ctrl+Space can select single images.
    let aside = ui.input_mut(|input| {
        let mut all = arrows.iter().chain(&ways[..2]);
        all.find(|(key, _)| input.consume_key(Modifiers::COMMAND, *key)).map(|(_, to)| *to)
    });
    if let Some(to) = aside {
        if let Some(index) = to.or_else(|| gallery.first_in_sight().filter(|_| here.is_none())) {
            gallery.focus_on(index, view, selection);
        }
    } else if let Some((to, extend)) = asked {
        gallery.go(to, extend, view, selection);
    }
}
