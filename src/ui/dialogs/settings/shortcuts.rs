//! The list of shortcuts, where each can be changed: grouped, searchable, with a check for conflicts.

use egui::{Align, Event as InputEvent, EventFilter, Key, KeyboardShortcut, Layout, Modifiers, RichText, Ui, vec2};

use crate::{
    settings::Shortcuts,
    studio::{Command, SettingsCommand},
    ui::{
        actions::{
            action::Actions,
            shortcuts::{KeyProblem, assign, problem, reset},
            ui_command::{CommandGroup, UiCommand},
        },
        state::view_context::ViewContext,
        text::Text,
        theme::{self, fonts, icons, size},
        widgets::{Button, ButtonKind, dialog::line, field::Field, keys_text, section_label},
    },
};

use super::form::note;

/// The state of the section.
#[derive(Debug, Default)]
pub struct ShortcutSection {
    search: String,
    /// The command whose keys are recorded.
    recording: Option<UiCommand>,
    /// Keys that were pressed for a command and cannot be given to it as they are.
    refused: Option<(UiCommand, KeyboardShortcut, KeyProblem)>,
}

/// Draws the section.
pub(super) fn show(
    ui: &mut Ui,
    section: &mut ShortcutSection,
    shortcuts: &mut Shortcuts,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let text = cx.text;
    let search = text.get("shortcuts-search");
    Field::new(&search).hint(search.as_str()).icon(icons::SEARCH).show(ui, &mut section.search);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP_SMALL);
        let reset = Button::new(text.get("shortcuts-reset-all")).kind(ButtonKind::Chip);
        if ui.add(reset.enabled(!shortcuts.is_empty())).clicked() {
            *shortcuts = Shortcuts::default();
            section.refused = None;
        }
        if ui.add(Button::new(text.get("shortcuts-import")).kind(ButtonKind::Chip)).clicked() {
            actions.send(Command::Settings(SettingsCommand::PickShortcutImport));
        }
        if ui.add(Button::new(text.get("shortcuts-export")).kind(ButtonKind::Chip)).clicked() {
            let shortcuts = shortcuts.clone();
            actions.send(Command::Settings(SettingsCommand::PickShortcutExport(shortcuts)));
        }
    });
    let commands = find(&section.search, shortcuts, text);
    if commands.is_empty() {
        ui.add_space(size::SECTION);
        note(ui, &text.get("shortcuts-none"));
    }
    rows(ui, &commands, section, shortcuts, cx);
}

/// The commands whose name or keys contain a query, by their groups.
pub(super) fn find(query: &str, shortcuts: &Shortcuts, text: &Text) -> Vec<UiCommand> {
    let wanted = query.trim().to_lowercase();
    let fits = |command: &UiCommand| {
        let mut keys = command.keys(shortcuts).into_iter().map(keys_words);
        command.name(text).to_lowercase().contains(&wanted) || keys.any(|keys| keys.to_lowercase().contains(&wanted))
    };
    let of_group = |group| UiCommand::ALL.into_iter().filter(move |command| command.group() == group);
    CommandGroup::ALL.into_iter().flat_map(of_group).filter(fits).collect()
}

/// Draws the rows of commands, which are sorted by their groups, under the headings of the groups.
pub(super) fn rows(
    ui: &mut Ui,
    commands: &[UiCommand],
    section: &mut ShortcutSection,
    shortcuts: &mut Shortcuts,
    cx: &ViewContext<'_>,
) {
    record(ui, section, shortcuts);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut group = None;
        for command in commands {
            if group.replace(command.group()) != Some(command.group()) {
                ui.add_space(size::SECTION);
                section_label(ui, &cx.text.get(command.group().key()), |_| {});
            }
            row(ui, section, *command, shortcuts, cx);
        }
    });
}

/// Takes the next key press for the command that is recorded.
fn record(ui: &Ui, section: &mut ShortcutSection, shortcuts: &mut Shortcuts) {
    let Some(command) = section.recording else { return };
    let pressed = ui.input_mut(|input| {
        let mut pressed = None;
        input.events.retain(|event| match event {
            InputEvent::Key { key, pressed: true, modifiers, repeat: false, .. } => {
                pressed.get_or_insert((*key, *modifiers));
                false
            }
            // The window system turns this shortcut into an event of its own.
            InputEvent::Copy => {
                pressed.get_or_insert((Key::C, Modifiers::COMMAND));
                false
            }
            InputEvent::Text(_) | InputEvent::Key { .. } => false,
            _ => true,
        });
        pressed
    });
    let Some((key, modifiers)) = pressed else { return };
    section.recording = None;
    section.refused = None;
    match key {
        Key::Escape => {}
        Key::Delete | Key::Backspace
            if modifiers.is_none() && !command.usual_keys().iter().any(|own| own.logical_key == key) =>
        {
            assign(command, None, shortcuts);
        }
        _ => {
            let keys = shortcut(key, modifiers);
            match problem(command, keys, shortcuts) {
                Some(problem) => section.refused = Some((command, keys, problem)),
                None => assign(command, Some(keys), shortcuts),
            }
        }
    }
}

/// A key press as it is stored: Ctrl and Cmd are the same, and Shift is a part of the character of a symbol.
fn shortcut(key: Key, modifiers: Modifiers) -> KeyboardShortcut {
    let shift = modifiers.shift && !matches!(key, Key::Slash | Key::Questionmark);
    let modifiers = Modifiers { shift, ctrl: false, mac_cmd: false, ..modifiers };
    KeyboardShortcut::new(modifiers, key)
}

fn keys_words(keys: KeyboardShortcut) -> String {
    keys_text(keys, cfg!(target_os = "macos"))
}

fn row(
    ui: &mut Ui,
    section: &mut ShortcutSection,
    command: UiCommand,
    shortcuts: &mut Shortcuts,
    cx: &ViewContext<'_>,
) {
    let (text, palette) = (cx.text, theme::palette(ui.visuals()));
    let name = command.name(text);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), size::BUTTON), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_height(size::BUTTON);
        // The icon is only drawn: its code point means nothing to a screen reader.
        let (rect, _) = ui.allocate_exact_size(egui::Vec2::splat(size::ICON), egui::Sense::hover());
        let icon = fonts::icons(size::ICON);
        ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, command.icon(), icon, palette.faint);
        ui.add(egui::Label::new(RichText::new(&name).color(palette.strong)).truncate());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
            let is_recording = section.recording == Some(command);
            let keys: Vec<String> = command.keys(shortcuts).into_iter().map(keys_words).collect();
            let words = if is_recording {
                text.get("shortcuts-press")
            } else if keys.is_empty() {
                text.get("shortcuts-no-key")
            } else {
                keys.join(" · ")
            };
            let change =
                text.with("shortcuts-change", [("name", name.as_str().into()), ("keys", words.as_str().into())]);
            let button = Button::new(words).kind(ButtonKind::LowChip).selected(is_recording).name(change.as_str());
            let button = ui.add(button).on_hover_text(text.get("shortcuts-change-tip"));
            if is_recording {
                let all = EventFilter { tab: true, escape: true, horizontal_arrows: true, vertical_arrows: true };
                ui.memory_mut(|memory| memory.set_focus_lock_filter(button.id, all));
                if button.clicked() || button.lost_focus() {
                    section.recording = None;
                }
            } else if button.clicked() {
                section.recording = Some(command);
                section.refused = None;
                button.request_focus();
            }
            if shortcuts.get(&command.id()).is_some() {
                let words = text.with("shortcuts-reset", [("name", name.as_str().into())]);
                let button = Button::icon(icons::UNDO, words.as_str()).low();
                if ui.add(button).on_hover_text(words).clicked() {
                    reset(command, shortcuts);
                }
            }
        });
    });
    if let Some((refused, keys, problem)) = section.refused.filter(|(refused, ..)| *refused == command) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP_SMALL);
            let keys_name = keys_words(keys);
            let words = match problem {
                KeyProblem::Taken(other) => {
                    text.with("shortcuts-taken", [("keys", keys_name.into()), ("name", other.name(text).into())])
                }
                KeyProblem::TypesText => text.with("shortcuts-types-text", [("keys", keys_name.into())]),
                KeyProblem::Reserved => text.with("shortcuts-reserved", [("keys", keys_name.into())]),
            };
            let words = RichText::new(words).font(fonts::regular(size::TEXT_CHIP)).color(palette.bad);
            ui.add(egui::Label::new(words).wrap());
            if matches!(problem, KeyProblem::Taken(_)) {
                if ui.add(Button::new(text.get("shortcuts-replace")).kind(ButtonKind::Small)).clicked() {
                    assign(refused, Some(keys), shortcuts);
                    section.refused = None;
                }
                if ui.add(Button::new(text.get("cancel")).kind(ButtonKind::Small)).clicked() {
                    section.refused = None;
                }
            }
        });
        ui.add_space(size::GAP_SMALL);
    }
    line(ui, palette.line);
}
