//! Draws the palette and takes its keys.

use egui::{
    Align, Align2, Area, CornerRadius, Frame, Id, Key, Layout, Modal, Modifiers, Rect, Response, RichText, ScrollArea,
    Sense, Shadow, Stroke, TextEdit, Ui, UiBuilder, UiKind, WidgetInfo, accesskit::Role, pos2, vec2,
};

use crate::ui::{
    actions::{action::Actions, key_capture::is_composing, ui_command::UiCommand},
    pages::gallery,
    state::view_context::ViewContext,
    theme::{self, fonts, icons, size},
    widgets::{dialog::line, field, key_cap},
};

use super::{
    row::{self, HEADING, ROW},
    state::{CommandPalette, OpenPalette},
};

/// Width of the palette, where there is room.
const WIDTH: f32 = 670.0;
/// Distance of the palette from the top of the window, where there is room.
const TOP: f32 = 92.0;
/// Height of the part with the field.
const HEAD: f32 = 50.0;
/// Height of the part with the hints.
const FOOT: f32 = 40.0;
/// Maximum height of the list.
const MAX_LIST: f32 = 480.0;
/// Space at the left and right.
const EDGE: f32 = 18.0;
/// Rows that Page Up and Page Down move by.
const PAGE: isize = 8;

/// The keys that were pressed for the list.
#[derive(Default)]
struct ListKeys {
    moved: isize,
    enter: bool,
    close: bool,
}

/// Draws the palette. Only called while it is open.
pub fn show(ui: &Ui, palette: &mut CommandPalette, cx: &ViewContext<'_>, actions: &mut Actions) {
    let is_new = palette.open.as_mut().is_some_and(|open| std::mem::take(&mut open.new));
    if is_new {
        palette.refresh(cx);
        // In its first pass an area only measures itself. Another pass draws the palette in the frame of its key.
        ui.ctx().request_discard("the palette has no size yet");
    }
    let keys = if is_new { ListKeys::default() } else { take_keys(ui, cx) };
    let Some(open) = &mut palette.open else { return };
    let back = open.back;
    if keys.moved != 0 && !open.hits.is_empty() {
        let last = open.hits.len() as isize - 1;
        let to = open.at as isize + keys.moved;
        // A single step goes around at the ends.
        let to = match keys.moved {
            1 if to > last => 0,
            -1 if to < 0 => last,
            _ => to.clamp(0, last),
        };
        open.at = to.unsigned_abs();
        open.reveal = true;
    }
    let mut chosen = keys.enter.then_some(open.at);
    let colors = theme::palette(ui.visuals());
    let window = ui.ctx().content_rect();
    let width = WIDTH.min(window.width() - size::GAP * 4.0);
    let top = TOP.min(window.height() / 10.0);
    let frame = Frame::new()
        .fill(colors.panel)
        .stroke(Stroke::new(1.0, colors.line))
        .corner_radius(CornerRadius::same(size::RADIUS_DIALOG))
        .shadow(Shadow { offset: [0, 24], blur: 80, spread: 0, color: colors.shadow });
    let id = Id::unique("palette");
    let area = Area::new(id)
        .kind(UiKind::Modal)
        .sense(Sense::hover())
        .anchor(Align2::CENTER_TOP, vec2(0.0, top))
        .order(egui::Order::Foreground)
        .interactable(true);
    let modal = Modal::new(id).area(area).backdrop_color(colors.scrim).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing = egui::Vec2::ZERO;
        let scope = ui.unique_id();
        ui.ctx().accesskit_node_builder(scope, |node| {
            node.set_role(Role::Dialog);
            node.set_label(UiCommand::OpenPalette.name(cx.text));
            node.set_modal();
        });
        let field = head(ui, open, width, cx);
        let (rect, _) = ui.allocate_exact_size(vec2(width, 2.0), Sense::hover());
        ui.painter().rect_filled(rect, 0.0, colors.accent);
        let room = (window.height() - top * 2.0 - HEAD - FOOT).clamp(ROW * 3.0, MAX_LIST);
        let clicked = list(ui, open, &field, room, cx);
        line(ui, colors.line);
        foot(ui, width, cx);
        // The field has the keyboard focus as long as the palette is open. In its first frame it does not, because keys
        // of this frame were pressed for another widget.
        if !field.has_focus() {
            field.request_focus();
            ui.ctx().request_repaint();
        }
        (clicked, field.changed())
    });
    let beside = modal.backdrop_response.clicked();
    let (clicked, changed) = modal.inner;
    chosen = clicked.or(chosen);
    if changed {
        palette.find();
        ui.ctx().request_repaint();
    } else if let Some(entry) = chosen.and_then(|index| palette.choose(index)) {
        give_back_focus(ui, back);
        actions.push(entry.target.action());
    } else if keys.close || beside {
        palette.open = None;
        give_back_focus(ui, back);
    }
}

/// Takes the keys of the list before the field sees them. While an input method composes, they belong to it.
fn take_keys(ui: &Ui, cx: &ViewContext<'_>) -> ListKeys {
    if is_composing(ui.ctx()) {
        return ListKeys::default();
    }
    ui.input_mut(|input| {
        let mut count = |key| input.count_and_consume_key(Modifiers::NONE, key) as isize;
        let moved = count(Key::ArrowDown) - count(Key::ArrowUp) + (count(Key::PageDown) - count(Key::PageUp)) * PAGE;
        let mut close = input.consume_key(Modifiers::NONE, Key::Escape);
        for keys in UiCommand::OpenPalette.keys(&cx.known.settings.shortcuts) {
            close |= input.consume_shortcut(&keys);
        }
        ListKeys { moved, enter: input.consume_key(Modifiers::NONE, Key::Enter), close }
    })
}

fn give_back_focus(ui: &Ui, back: Option<Id>) {
    ui.memory_mut(|memory| match back {
        Some(back) => memory.request_focus(back),
        None => memory.request_focus(gallery::focus_id()),
    });
}

/// Draws the field, how many entries were found, and the key that closes the palette.
fn head(ui: &mut Ui, open: &mut OpenPalette, width: f32, cx: &ViewContext<'_>) -> Response {
    let colors = theme::palette(ui.visuals());
    let (rect, _) = ui.allocate_exact_size(vec2(width, HEAD), Sense::hover());
    let inner = rect.shrink2(vec2(EDGE, 0.0));
    let search = ui.painter().layout_no_wrap(icons::SEARCH.to_owned(), fonts::icons(18.0), colors.text);
    ui.painter().galley(pos2(inner.left(), rect.center().y - search.size().y / 2.0), search, colors.text);
    let at_right = UiBuilder::new().max_rect(inner).layout(Layout::right_to_left(Align::Center));
    let right = ui.scope_builder(at_right, |ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_ROW;
        key_cap(ui, "Esc");
        let count =
            cx.text.with("palette-count", [("found", open.hits.len().into()), ("all", open.entries.len().into())]);
        ui.label(RichText::new(count).font(fonts::regular(size::TEXT_CHIP)).color(colors.text));
        ui.cursor().right()
    });
    let left = inner.left() + 18.0 + size::GAP_ROW;
    let room = Rect::from_min_max(pos2(left, rect.top()), pos2(right.inner - size::GAP, rect.bottom()));
    let font = fonts::regular(size::TEXT_HEADING);
    let edit = TextEdit::singleline(&mut open.query)
        .id(Id::unique("palette field"))
        .frame(Frame::NONE)
        .font(egui::FontSelection::FontId(font.clone()))
        .hint_text(RichText::new(cx.text.get("palette-hint")).font(font))
        .desired_width(room.width())
        .align(Align2::LEFT_CENTER);
    let field = ui.put(room, edit);
    field::name(ui, field.id, &cx.text.get("palette-hint"));
    field
}

/// Draws the entries under the headings of their groups. Returns the index of the clicked one.
fn list(ui: &mut Ui, open: &mut OpenPalette, field: &Response, room: f32, cx: &ViewContext<'_>) -> Option<usize> {
    let mut clicked = None;
    let reveal = std::mem::take(&mut open.reveal);
    ScrollArea::vertical()
        .id_salt("palette list")
        .max_height(room)
        // The area remembers the height of the last frame, which must not limit a longer list.
        .min_scrolled_height(room)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            let scope = ui.unique_id();
            ui.ctx().accesskit_node_builder(scope, |node| {
                node.set_role(Role::ListBox);
                node.set_label(cx.text.get("palette-results"));
            });
            ui.add_space(4.0);
            if open.hits.is_empty() {
                let words = cx.text.get("palette-none");
                let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW * 2.0), Sense::hover());
                response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
                let colors = theme::palette(ui.visuals());
                let font = fonts::regular(size::TEXT);
                ui.painter().text(rect.center(), Align2::CENTER_CENTER, words, font, colors.text);
            }
            let mut group = None;
            for (index, hit) in open.hits.iter().enumerate() {
                let Some(entry) = open.entries.get(hit.entry) else { continue };
                let begins = group.replace(hit.group) != Some(hit.group);
                if begins {
                    row::heading(ui, &hit.group.heading(cx.text));
                }
                let highlighted = index == open.at;
                let response = row::show(ui, entry, hit, highlighted);
                if highlighted {
                    ui.ctx().accesskit_node_builder(field.id, |node| {
                        node.set_active_descendant(response.id.accesskit_id());
                    });
                    if reveal {
                        // The first row is shown with its heading.
                        let above = if begins { HEADING } else { 0.0 };
                        let rect = Rect::from_min_max(response.rect.min - vec2(0.0, above), response.rect.max);
                        ui.scroll_to_rect_animation(rect, None, egui::style::ScrollAnimation::none());
                    }
                }
                if response.clicked() {
                    clicked = Some(index);
                }
            }
            ui.add_space(6.0);
        });
    clicked
}

/// Draws what the keys do.
fn foot(ui: &mut Ui, width: f32, cx: &ViewContext<'_>) {
    let colors = theme::palette(ui.visuals());
    let (rect, _) = ui.allocate_exact_size(vec2(width, FOOT), Sense::hover());
    let place = UiBuilder::new().max_rect(rect.shrink2(vec2(EDGE, 0.0))).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(place, |ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        let hints: [(&[&str], &str); 3] =
            [(&["↑", "↓"], "palette-choose"), (&["↵"], "palette-run"), (&[">"], "palette-only-commands")];
        for (keys, words) in hints {
            for key in keys {
                key_cap(ui, key);
            }
            ui.label(RichText::new(cx.text.get(words)).font(fonts::regular(size::TEXT_CHIP)).color(colors.text));
            ui.add_space(size::GAP_ROW);
        }
    });
}
