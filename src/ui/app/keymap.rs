//! Translates key presses into commands.

use egui::{Context, Event, ImeEvent, Key, KeyboardShortcut, Modifiers};

use crate::{
    settings::Shortcuts,
    ui::{
        actions::{
            command_spec::ShortcutScope,
            key_capture::{own_keys, set_composing},
            shortcuts::command_of,
            ui_command::UiCommand,
        },
        pages::gallery,
        widgets::submit,
    },
};

/// The kind of widget that has the keyboard focus, as far as shortcuts depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    /// A text field.
    Text,
    /// A menu, a pop-up, or a widget with its own use for letters and Delete: there Delete is meant for the focused
    /// entry and not for the images behind it.
    Menu,
    /// A button or another widget with its own use for Enter, Space and the arrows.
    Widget,
    /// The images, or no widget.
    Images,
}

/// The command of a key press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyCommand {
    /// What to run.
    pub command: UiCommand,
    /// Whether to go on to the next image after it.
    pub advances: bool,
}

/// Reads keys, and tracks whether an input method is composing.
#[derive(Debug, Default)]
pub struct Keymap {
    composing: bool,
    /// Whether a text was edited in the last frame.
    in_text: bool,
    /// What was typed after the key of the command palette in the same frame: it belongs to the palette.
    typed_ahead: String,
}

impl Keymap {
    /// Takes the key presses since the last frame out of the input and returns their commands.
    ///
    /// `enabled` tells which commands are available now. A key whose command is not available is left to the widgets,
    /// except for Ctrl+Enter, which belongs to the primary button of a dialog and must never insert a line break.
    pub fn take(
        &mut self,
        ctx: &Context,
        shortcuts: &Shortcuts,
        enabled: impl Fn(UiCommand) -> bool,
    ) -> Vec<KeyCommand> {
        submit::set_pressed(ctx, false);
        let composing = self.compose(ctx);
        set_composing(ctx, composing);
        if composing {
            return Vec::new();
        }
        let focus = focus(ctx);
        // egui ends the editing on Escape before this function runs, so the key still belongs to the text.
        let left_text = std::mem::replace(&mut self.in_text, focus == Focus::Text);
        let reachable = |verb: UiCommand| match verb.scope() {
            ShortcutScope::Anywhere => true,
            ShortcutScope::OutsideText => !matches!(focus, Focus::Text | Focus::Menu),
            ShortcutScope::Images => focus == Focus::Images,
        };
        let mut verbs: Vec<KeyCommand> = Vec::new();
        let typed_ahead = &mut self.typed_ahead;
        let mut submits = false;
        ctx.input_mut(|input| {
            // Whether the last key press was taken: the text that it also sends must not be typed into the field that
            // has the focus or that the command focuses.
            let mut taken = false;
            input.events.retain(|event| {
                if verbs.iter().any(|found| found.command == UiCommand::OpenPalette) {
                    if let Event::Text(text) = event {
                        typed_ahead.push_str(text);
                    }
                    return !matches!(event, Event::Text(_) | Event::Key { pressed: true, .. });
                }
                match event {
                    Event::Text(_) => return !taken,
                    Event::Key { .. } => taken = false,
                    _ => {}
                }
                let (found, repeat) = match event {
                    Event::Key { key: Key::Escape, .. } if left_text => return true,
                    Event::Key { key, physical_key, pressed: true, modifiers, repeat } => {
                        (key_command(*key, *physical_key, *modifiers, shortcuts), *repeat)
                    }
                    // The window system turns this shortcut into an event of its own.
                    Event::Copy => (key_command(Key::C, None, Modifiers::COMMAND, shortcuts), false),
                    _ => return true,
                };
                let is_submit = is_submit(event);
                let available = found.filter(|found| reachable(found.command) && enabled(found.command));
                let Some(found) = available else {
                    submits |= is_submit && !repeat;
                    return !is_submit;
                };
                if !repeat || found.command.repeats() {
                    verbs.push(found);
                }
                taken = true;
                false
            });
        });
        submit::set_pressed(ctx, submits);
        verbs
    }

    /// Takes what was typed for the command palette before it was there.
    pub fn take_typed_ahead(&mut self) -> String {
        std::mem::take(&mut self.typed_ahead)
    }

    /// Whether an input method is composing, or was in this frame: keys belong to it then.
    fn compose(&mut self, ctx: &Context) -> bool {
        ctx.input(|input| {
            let mut involved = self.composing;
            for event in &input.events {
                if let Event::Ime(event) = event {
                    involved = true;
                    self.composing = matches!(event, ImeEvent::Preedit { text, .. } if !text.is_empty());
                }
            }
            involved
        })
    }
}

fn focus(ctx: &Context) -> Focus {
    let focused = ctx.memory(egui::Memory::focused);
    if ctx.text_edit_focused() {
        Focus::Text
    } else if egui::Popup::is_any_open(ctx) || focused.is_some() && focused == own_keys(ctx) {
        Focus::Menu
    } else if focused.is_none_or(|id| id == gallery::focus_id()) {
        Focus::Images
    } else {
        Focus::Widget
    }
}

/// Whether a key press is Ctrl+Enter, with Shift or without it.
fn is_submit(event: &Event) -> bool {
    matches!(event, Event::Key { key: Key::Enter, modifiers, .. } if modifiers.command && !modifiers.alt)
}

/// The command of a key. Shift with the key of a mark also goes on to the next image.
fn key_command(key: Key, physical_key: Option<Key>, modifiers: Modifiers, shortcuts: &Shortcuts) -> Option<KeyCommand> {
    if let Some(command) = verb_of(key, modifiers, shortcuts) {
        return Some(KeyCommand { command, advances: false });
    }
    if !modifiers.matches_exact(Modifiers::SHIFT) {
        return None;
    }
    // With Shift the keys of digits type other characters; their place on the keyboard stays.
    let places = [Some(key), physical_key].into_iter().flatten();
    let command =
        places.filter_map(|key| verb_of(key, Modifiers::NONE, shortcuts)).find(|command| command.is_mark())?;
    Some(KeyCommand { command, advances: true })
}

fn verb_of(key: Key, modifiers: Modifiers, shortcuts: &Shortcuts) -> Option<UiCommand> {
    // Some keyboard layouts need Shift for these two keys.
    let modifiers = match key {
        Key::Slash | Key::Questionmark => Modifiers { shift: false, ..modifiers },
        _ => modifiers,
    };
    command_of(KeyboardShortcut::new(modifiers, key), shortcuts)
}

#[cfg(test)]
mod tests {
    use egui::RawInput;

    use super::*;

    fn press(key: Key, modifiers: Modifiers) -> Event {
        Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }
    }

    fn verbs(keymap: &mut Keymap, events: Vec<Event>, text: Option<&mut String>) -> Vec<UiCommand> {
        let ctx = Context::default();
        let mut verbs = Vec::new();
        let mut buffer = String::new();
        let (text, editing) = match text {
            Some(text) => (text, true),
            None => (&mut buffer, false),
        };
        for events in [Vec::new(), events] {
            let last = !events.is_empty();
            let mut output = ctx.run_ui(RawInput { events, ..RawInput::default() }, |ui| {
                if last {
                    verbs = keymap
                        .take(ui.ctx(), &Shortcuts::default(), |_| true)
                        .into_iter()
                        .map(|found| found.command)
                        .collect();
                }
                let field = ui.text_edit_multiline(text);
                if editing {
                    field.request_focus();
                }
            });
            output.textures_delta.clear();
        }
        verbs
    }

    #[test]
    fn letter_keys_are_shortcuts_outside_text_fields_only() {
        let events = || vec![press(Key::R, NONE), Event::Text("r".to_owned())];
        assert_eq!(verbs(&mut Keymap::default(), events(), None), [UiCommand::Reuse]);
        let mut text = String::new();
        assert_eq!(verbs(&mut Keymap::default(), events(), Some(&mut text)), []);
        assert_eq!(text, "r");
    }

    #[test]
    fn alt_shortcut_types_nothing_into_the_field_that_loses_the_focus() {
        let mut text = "demo/dusk".to_owned();
        let alt_a = vec![press(Key::A, Modifiers::ALT), Event::Text("a".to_owned())];
        assert_eq!(verbs(&mut Keymap::default(), alt_a, Some(&mut text)), [UiCommand::FocusPrompt]);
        assert_eq!(text, "demo/dusk");
    }

    #[test]
    fn text_typed_before_a_shortcut_in_the_same_frame_is_kept() {
        let mut text = String::new();
        let events = vec![
            press(Key::B, NONE),
            Event::Text("b".to_owned()),
            press(Key::A, Modifiers::ALT),
            Event::Text("a".to_owned()),
        ];
        assert_eq!(verbs(&mut Keymap::default(), events, Some(&mut text)), [UiCommand::FocusPrompt]);
        assert_eq!(text, "b");
    }

    #[test]
    fn text_typed_after_the_palette_shortcut_goes_to_the_palette() {
        let mut keymap = Keymap::default();
        let mut text = String::new();
        let events = vec![
            press(Key::K, Modifiers::CTRL | Modifiers::COMMAND),
            press(Key::R, NONE),
            Event::Text("r".to_owned()),
            Event::Text("細".to_owned()),
        ];
        assert_eq!(verbs(&mut keymap, events, Some(&mut text)), [UiCommand::OpenPalette]);
        assert_eq!((text.as_str(), keymap.take_typed_ahead().as_str()), ("", "r細"));
    }

    #[test]
    fn enter_inserts_a_line_break_and_only_ctrl_enter_generates() {
        let mut text = String::new();
        assert_eq!(verbs(&mut Keymap::default(), vec![press(Key::Enter, NONE)], Some(&mut text)), []);
        assert_eq!(text, "\n");
        let ctrl_enter = vec![press(Key::Enter, Modifiers::CTRL | Modifiers::COMMAND)];
        assert_eq!(verbs(&mut Keymap::default(), ctrl_enter, Some(&mut text)), [UiCommand::Generate]);
        assert_eq!(text, "\n");
    }

    #[test]
    fn no_shortcut_fires_during_input_method_composition() {
        let mut keymap = Keymap::default();
        let preedit = |text: &str| Event::Ime(ImeEvent::Preedit { text: text.to_owned(), active_range_chars: None });
        let ctrl_enter = || press(Key::Enter, Modifiers::CTRL | Modifiers::COMMAND);
        assert_eq!(verbs(&mut keymap, vec![preedit("ㄒ")], None), []);
        assert_eq!(verbs(&mut keymap, vec![ctrl_enter()], None), []);
        assert_eq!(verbs(&mut keymap, vec![Event::Ime(ImeEvent::Commit("細".to_owned())), ctrl_enter()], None), []);
        assert_eq!(verbs(&mut keymap, vec![ctrl_enter()], None), [UiCommand::Generate]);
    }

    #[test]
    fn held_key_generates_once() {
        // The window system reports a held key as repeated presses; egui marks the later ones.
        let ctrl_enter = || press(Key::Enter, Modifiers::CTRL | Modifiers::COMMAND);
        let held = vec![ctrl_enter(), ctrl_enter(), ctrl_enter()];
        assert_eq!(verbs(&mut Keymap::default(), held, None), [UiCommand::Generate]);
    }

    const NONE: Modifiers = Modifiers::NONE;
}
