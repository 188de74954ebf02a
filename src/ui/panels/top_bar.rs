//! The bar at the top: name, tabs, search, theme and settings.

use egui::{Align, Key, KeyboardShortcut, Layout, Modifiers, Rect, Sense, Ui, pos2, vec2};

use crate::ui::{
    actions::{
        action::{Action, Actions},
        ui_command::UiCommand,
    },
    components::{command_button, completion::take_keys, logo::mark},
    state::{page::Page, view_context::ViewContext},
    theme::{self, fonts, icons, size},
    widgets::{
        Button, ButtonKind,
        field::Field,
        key_cap, keys_text,
        menu::{menu, menu_item},
    },
};

use super::search_completion::SearchCompletion;

/// Width of the menu of imports, in points.
const MENU: f32 = 220.0;

/// A narrower bar shows only the icon of the command palette.
const MIN_WIDTH_OF_ALL_WORDS: f32 = 1_200.0;

/// The id of the search box.
pub fn search_id() -> egui::Id {
    egui::Id::unique("search")
}

/// Draws the bar.
pub fn show(
    ui: &mut Ui,
    page: Page,
    (search, completion): (&mut String, &mut SearchCompletion),
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let palette = theme::palette(ui.visuals());
    let bar = ui.max_rect();
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        let (rect, _) = ui.allocate_exact_size(vec2(20.0, 20.0), Sense::hover());
        mark(ui.painter(), rect, 5.0);
        ui.label(egui::RichText::new(cx.text.get("app-name")).font(fonts::semibold(size::TEXT)).color(palette.strong));
        tabs(ui, page, cx, actions);
        let left = ui.cursor().left();
        let palette_button = palette_button(bar.width(), cx);
        let commands = palette_button.as_ref().map_or(size::CHIP, |button| button.wanted_width(ui));
        let buttons = commands + size::CHIP * 3.0 + size::GAP * 4.0;
        let room = (bar.right() - buttons - left).max(0.0);
        let width = size::SEARCH.min(room);
        // Centered in the window, unless its neighbors need the space.
        let x = (bar.center().x - width / 2.0).clamp(left, (bar.right() - buttons - width).max(left));
        let rect = Rect::from_center_size(pos2(x + width / 2.0, bar.center().y), vec2(width, size::CHIP));
        ui.scope_builder(egui::UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center)), |ui| {
            search_field(ui, search, completion, cx, actions);
        });
        let right = Rect::from_min_max(pos2(bar.right() - buttons + size::GAP, bar.top()), bar.max);
        ui.scope_builder(egui::UiBuilder::new().max_rect(right).layout(Layout::left_to_right(Align::Center)), |ui| {
            ui.spacing_mut().item_spacing.x = size::GAP;
            let verb = UiCommand::OpenPalette;
            let button = palette_button.unwrap_or_else(|| command_button::command_icon(verb, cx.text));
            if ui.add(button).on_hover_text(tip(verb, cx)).clicked() {
                actions.run(verb);
            }
            imports(ui, cx, actions);
            for verb in [UiCommand::NextTheme, UiCommand::OpenSettings] {
                let button = command_button::command_icon(verb, cx.text);
                if ui.add(button).on_hover_text(tip(verb, cx)).clicked() {
                    actions.run(verb);
                }
            }
        });
    });
}

/// Draws the tabs of the pages.
fn tabs(ui: &mut Ui, now: Page, cx: &ViewContext<'_>, actions: &mut Actions) {
    ui.spacing_mut().item_spacing.x = 4.0;
    for page in Page::ALL {
        let mut tab = Button::new(page.name(cx.text)).kind(ButtonKind::Tab).selected(page == now);
        let unfinished = cx.known.requests.running() + cx.known.requests.waiting();
        if page == Page::Queue && unfinished > 0 {
            let count = cx.text.count(unfinished);
            let name = cx.text.with("tab-queue-count", [("count", unfinished.into())]);
            tab = tab.badge(count).name(name);
        }
        if ui.add(tab).clicked() {
            actions.push(Action::ShowPage(page));
        }
    }
    ui.spacing_mut().item_spacing.x = 12.0;
}

/// The button that opens the command palette, with its words if the bar has room for them.
fn palette_button(width: f32, cx: &ViewContext<'_>) -> Option<Button> {
    if width < MIN_WIDTH_OF_ALL_WORDS {
        return None;
    }
    let verb = UiCommand::OpenPalette;
    let button = Button::new(cx.text.get("palette-button")).kind(ButtonKind::Quiet).name(verb.name(cx.text));
    Some(match verb.first_key(&cx.known.settings.shortcuts) {
        Some(keys) => button.cap(keys_text(keys, cfg!(target_os = "macos"))),
        None => button,
    })
}

/// Draws the menu of imports.
fn imports(ui: &mut Ui, cx: &ViewContext<'_>, actions: &mut Actions) {
    let name = cx.text.get("top-import");
    let button = ui.add(Button::icon(icons::ADD, name.as_str()));
    menu(&button, &name, MENU, |ui| {
        for verb in [UiCommand::Import, UiCommand::ImportFolders] {
            let keys = verb.first_key(&cx.known.settings.shortcuts);
            let keys = keys.map(|keys| keys_text(keys, cfg!(target_os = "macos")));
            if menu_item(ui, verb.name(cx.text), false, &keys.unwrap_or_default()) {
                actions.run(verb);
            }
        }
    });
    button.on_hover_text(name);
}

/// A command's name and its first shortcut.
fn tip(verb: UiCommand, cx: &ViewContext<'_>) -> String {
    match verb.first_key(&cx.known.settings.shortcuts) {
        Some(keys) => format!("{} · {}", verb.tip(cx.text), keys_text(keys, cfg!(target_os = "macos"))),
        None => verb.tip(cx.text),
    }
}

fn search_field(
    ui: &mut Ui,
    search: &mut String,
    completion: &mut SearchCompletion,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let rect = ui.max_rect();
    let name = UiCommand::FocusSearch.name(cx.text);
    let field = Field::new(&name)
        .id(search_id())
        .hint(cx.text.get("search-hint"))
        .icon(icons::SEARCH)
        .height(size::CHIP)
        .room_at_right(22.0);
    let keys = take_keys(ui.ctx(), search_id());
    let (response, caret) = field.show_with_caret(ui, search);
    if response.has_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
        response.surrender_focus();
    }
    let completed = completion.show(ui, (search_id(), search), caret, keys, cx, actions);
    let mut changed = response.changed() || completed;
    let right = Rect::from_min_max(pos2(rect.right() - 32.0, rect.top()), rect.right_bottom() - vec2(4.0, 0.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(right).layout(Layout::right_to_left(Align::Center)), |ui| {
        if !search.is_empty() {
            let clear = Button::icon(icons::REMOVE, cx.text.get("search-clear")).low();
            if ui.add(clear).on_hover_text(cx.text.get("search-clear")).clicked() {
                search.clear();
                changed = true;
            }
        } else if !response.has_focus() {
            ui.add_space(4.0);
            key_cap(ui, &keys_text(KeyboardShortcut::new(Modifiers::NONE, Key::Slash), false));
        }
    });
    if changed {
        actions.push(Action::Search(search.clone()));
    }
}
