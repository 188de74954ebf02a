//! Completion of what is being typed: a list under the cursor of a text field.
//!
//! The field calls [`take_keys`] before it is drawn, so that arrows, Tab, Enter and Escape go to an open list, and
//! [`show`] after it with what could be meant.

use std::ops::Range;

use egui::{
    Align, Context, EventFilter, Id, Key, Layout, Modifiers, Popup, PopupCloseBehavior, Rect, RichText, ScrollArea,
    Sense, Ui, WidgetInfo,
    accesskit::Role,
    text::{CCursor, CCursorRange},
    text_edit::TextEditState,
    vec2,
};

use crate::ui::{
    accessibility,
    actions::key_capture::is_composing,
    theme::{self, fonts, size},
};

/// Width of the list in points.
const WIDTH: f32 = 300.0;
/// Height of a row in points.
const ROW: f32 = 26.0;
/// Height of the list in points.
const MAX_HEIGHT: f32 = ROW * 8.0;
/// Maximum number of suggestions.
pub const MAX_SUGGESTIONS: usize = 50;

/// Something that may be meant by what is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What it is called in the list.
    pub label: String,
    /// Faint words after it.
    pub detail: String,
    /// What replaces the typed part.
    pub text: String,
}

/// The keys that were pressed for an open list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CompletionKeys {
    moved: isize,
    accepts: bool,
    closes: bool,
}

/// What the list of a field remembers between two frames.
#[derive(Clone, Debug, Default)]
struct CompletionState {
    /// Whether it was shown in the last frame.
    shown: bool,
    /// The index of the highlighted suggestion.
    at: usize,
    /// What was typed in the last frame.
    typed: String,
    /// What was typed when the list was closed; it opens again for something else.
    dismissed: Option<String>,
}

/// Takes the keys of an open list before the field sees them. While an input method composes, they belong to it.
pub fn take_keys(ctx: &Context, field: Id) -> CompletionKeys {
    let is_shown = ctx.data(|data| data.get_temp::<CompletionState>(state_id(field)).is_some_and(|state| state.shown));
    if !is_shown || is_composing(ctx) || !ctx.memory(|memory| memory.has_focus(field)) {
        return CompletionKeys::default();
    }
    ctx.input_mut(|input| {
        let mut count = |key| input.count_and_consume_key(Modifiers::NONE, key) as isize;
        let moved = count(Key::ArrowDown) - count(Key::ArrowUp);
        CompletionKeys { moved, accepts: count(Key::Tab) + count(Key::Enter) > 0, closes: count(Key::Escape) > 0 }
    })
}

/// Draws the list below the cursor of a field, and returns the index of the suggestion that was taken.
///
/// `typed` is the part of the text that is completed; `None` if nothing can be completed at the cursor. `name` is for
/// screen readers.
pub fn show(
    ui: &Ui,
    field: Id,
    name: &str,
    caret: Rect,
    typed: Option<&str>,
    suggestions: &[Suggestion],
    keys: CompletionKeys,
) -> Option<usize> {
    let ctx = ui.ctx();
    let mut state = ctx.data(|data| data.get_temp::<CompletionState>(state_id(field)).unwrap_or_default());
    let typed = typed.unwrap_or_default();
    if state.typed != typed {
        typed.clone_into(&mut state.typed);
        state.at = 0;
    }
    if keys.closes {
        state.dismissed = Some(typed.to_owned());
    } else if state.dismissed.as_deref().is_some_and(|dismissed| dismissed != typed) {
        state.dismissed = None;
    }
    // Nothing is left to complete once a suggestion is written out.
    let is_complete = matches!(suggestions, [only] if only.text.trim_end() == typed);
    let focused = ctx.memory(|memory| memory.has_focus(field));
    state.shown = focused && !suggestions.is_empty() && !is_complete && state.dismissed.is_none();
    let mut taken = None;
    if state.shown {
        let last = suggestions.len() as isize - 1;
        let to = state.at as isize + keys.moved;
        // It goes around at the ends.
        state.at = if to > last {
            0
        } else if to < 0 {
            last.unsigned_abs()
        } else {
            to.unsigned_abs()
        };
        taken = keys.accepts.then_some(state.at);
        // The keys of the list must not move the keyboard focus.
        accessibility::keep_tab(ctx, field);
        let filter = EventFilter { tab: true, escape: true, horizontal_arrows: true, vertical_arrows: true };
        ctx.memory_mut(|memory| memory.set_focus_lock_filter(field, filter));
        let clicked = list(ui, field, name, caret, suggestions, state.at, keys.moved != 0);
        taken = clicked.or(taken);
    }
    if taken.is_some() {
        state.shown = false;
    }
    ctx.data_mut(|data| data.insert_temp(state_id(field), state));
    taken
}

fn list(
    ui: &Ui,
    field: Id,
    name: &str,
    caret: Rect,
    suggestions: &[Suggestion],
    at: usize,
    reveal: bool,
) -> Option<usize> {
    let mut clicked = None;
    Popup::new(field.with("completion"), ui.ctx().clone(), caret, ui.layer_id())
        .open(true)
        .close_behavior(PopupCloseBehavior::IgnoreClicks)
        .accessible_name(name)
        .gap(4.0)
        .width(WIDTH)
        .show(|ui| {
            ui.set_width(WIDTH);
            ui.spacing_mut().item_spacing.y = 0.0;
            ScrollArea::vertical().max_height(MAX_HEIGHT).auto_shrink([false, true]).show(ui, |ui| {
                let scope = ui.unique_id();
                ui.ctx().accesskit_node_builder(scope, |node| {
                    node.set_role(Role::ListBox);
                    node.set_label(name);
                });
                for (index, suggestion) in suggestions.iter().enumerate() {
                    let response = row(ui, suggestion, index == at);
                    if index == at {
                        ui.ctx().accesskit_node_builder(field, |node| {
                            node.set_active_descendant(response.id.accesskit_id());
                        });
                        if reveal {
                            response.scroll_to_me(None);
                        }
                    }
                    if response.clicked() {
                        clicked = Some(index);
                    }
                }
            });
        });
    clicked
}

fn row(ui: &mut Ui, suggestion: &Suggestion, highlighted: bool) -> egui::Response {
    let palette = theme::palette(ui.visuals());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    // The field keeps the keyboard focus; arrow keys move among the rows.
    let response = ui.interact(rect, ui.scope_id().with(("suggestion", &suggestion.label)), Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(Role::ListBoxOption, true, &suggestion.label));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_selected(highlighted);
        if !suggestion.detail.is_empty() {
            node.set_description(suggestion.detail.as_str());
        }
    });
    if highlighted || response.hovered() {
        ui.painter().rect_filled(rect, f32::from(size::RADIUS_CHIP), palette.raised);
    }
    let inner = egui::UiBuilder::new().max_rect(rect.shrink2(vec2(size::GAP, 0.0)));
    ui.scope_builder(inner.layout(Layout::left_to_right(Align::Center)), |ui| {
        ui.spacing_mut().item_spacing.x = size::GAP;
        let label = RichText::new(&suggestion.label).font(fonts::regular(size::TEXT)).color(palette.strong);
        ui.add(egui::Label::new(label).truncate());
        let detail = RichText::new(&suggestion.detail).font(fonts::regular(size::TEXT_SMALL)).color(palette.text);
        ui.add(egui::Label::new(detail).truncate());
    });
    response
}

/// Replaces a part of a field's text, and moves its cursor behind the new part.
pub fn replace(ctx: &Context, field: Id, text: &mut String, range: Range<usize>, with: &str) {
    let cursor = text[..range.start].chars().count() + with.chars().count();
    text.replace_range(range, with);
    if let Some(mut state) = TextEditState::load(ctx, field) {
        state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(cursor))));
        state.store(ctx, field);
    }
    ctx.request_repaint();
}

/// The byte position of a field's cursor, if nothing is selected.
pub fn cursor(ctx: &Context, field: Id, text: &str) -> Option<usize> {
    let range = TextEditState::load(ctx, field)?.cursor.char_range()?;
    let (a, b) = (range.primary.index.0, range.secondary.index.0);
    (a == b).then(|| text.char_indices().nth(a).map_or(text.len(), |(byte, _)| byte))
}

fn state_id(field: Id) -> Id {
    field.with("completion state")
}
