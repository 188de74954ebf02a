//! Translates key presses into commands.

use egui::{Context, Event, ImeEvent, Key, Modifiers};

use crate::ui::{
    actions::{
        command_spec::ShortcutScope,
        key_capture::own_keys,
        ui_command::UiCommand,
    },
    pages::gallery,
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
    Pictures,
}

/// Reads keys, and tracks whether an input method is composing.
#[derive(Debug, Default)]
pub struct Keymap {
    composing: bool,
    /// Whether a text was edited in the last frame.
    in_text: bool,
}

impl Keymap {
    /// Takes the key presses since the last frame out of the input and returns their commands.
    ///
    /// `enabled` tells which commands are available now. A key whose command is not available is left to the widgets,
    /// except for Ctrl+Enter, which must never insert a line break.
    pub fn take(&mut self, ctx: &Context, enabled: impl Fn(UiCommand) -> bool) -> Vec<UiCommand> {
        if self.compose(ctx) {
            return Vec::new();
        }
        let focus = focus(ctx);
        // egui ends the editing on Escape before this function runs, so the key still belongs to the text.
        let left_text = std::mem::replace(&mut self.in_text, focus == Focus::Text);
        let reachable = |verb: UiCommand| match verb.scope() {
            ShortcutScope::Anywhere => true,
            ShortcutScope::OutsideText => !matches!(focus, Focus::Text | Focus::Menu),
            ShortcutScope::Pictures => focus == Focus::Pictures,
        };
        let mut verbs = Vec::new();
        ctx.input_mut(|input| {
            let mut bare = false;
            input.events.retain(|event| {
                let (verb, repeat) = match event {
                    Event::Key { key: Key::Escape, .. } if left_text => return true,
                    Event::Key { key, pressed: true, modifiers, repeat, .. } => (verb_of(*key, *modifiers), *repeat),
                    // The window system turns this shortcut into an event of its own.
                    Event::Copy => (Some(UiCommand::CopyImage), false),
                    _ => return true,
                };
                let Some(verb) = verb.filter(|verb| reachable(*verb)) else { return true };
                if !enabled(verb) {
                    return !matches!(verb, UiCommand::Generate | UiCommand::GenerateFirst);
                }
                if !repeat || verb.repeats() {
                    verbs.push(verb);
                }
                bare |= matches!(event, Event::Key { modifiers, .. } if !modifiers.command && !modifiers.alt);
                false
            });
            if bare {
                // The letter must not be typed into the field that the command focuses.
                input.events.retain(|event| !matches!(event, Event::Text(_)));
            }
        });
        verbs
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
        Focus::Pictures
    } else {
        Focus::Widget
    }
}

fn verb_of(key: Key, modifiers: Modifiers) -> Option<UiCommand> {
    // Some keyboard layouts need Shift for these two keys.
    let modifiers = match key {
        Key::Slash | Key::Questionmark => Modifiers { shift: false, ..modifiers },
        _ => modifiers,
    };
    UiCommand::ALL.into_iter().find(|verb| {
        verb.keys().iter().any(|shortcut| shortcut.logical_key == key && modifiers.matches_exact(shortcut.modifiers))
    })
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
                    verbs = keymap.take(ui.ctx(), |_| true);
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
    fn letters_act_outside_texts_and_type_inside_them() {
        let events = || vec![press(Key::R, NONE), Event::Text("r".to_owned())];
        assert_eq!(verbs(&mut Keymap::default(), events(), None), [UiCommand::Reuse]);
        let mut text = String::new();
        assert_eq!(verbs(&mut Keymap::default(), events(), Some(&mut text)), []);
        assert_eq!(text, "r");
    }

    #[test]
    fn enter_breaks_the_line_and_only_ctrl_enter_generates() {
        let mut text = String::new();
        assert_eq!(verbs(&mut Keymap::default(), vec![press(Key::Enter, NONE)], Some(&mut text)), []);
        assert_eq!(text, "\n");
        let ctrl_enter = vec![press(Key::Enter, Modifiers::CTRL | Modifiers::COMMAND)];
        assert_eq!(verbs(&mut Keymap::default(), ctrl_enter, Some(&mut text)), [UiCommand::Generate]);
        assert_eq!(text, "\n");
    }

    #[test]
    fn nothing_fires_while_an_input_method_composes() {
        let mut keymap = Keymap::default();
        let preedit = |text: &str| Event::Ime(ImeEvent::Preedit { text: text.to_owned(), active_range_chars: None });
        let ctrl_enter = || press(Key::Enter, Modifiers::CTRL | Modifiers::COMMAND);
        assert_eq!(verbs(&mut keymap, vec![preedit("ㄒ")], None), []);
        assert_eq!(verbs(&mut keymap, vec![ctrl_enter()], None), []);
        assert_eq!(verbs(&mut keymap, vec![Event::Ime(ImeEvent::Commit("細".to_owned())), ctrl_enter()], None), []);
        assert_eq!(verbs(&mut keymap, vec![ctrl_enter()], None), [UiCommand::Generate]);
    }

    #[test]
    fn a_held_key_spends_money_once() {
        // The window system reports a held key as repeated presses; egui marks the later ones.
        let ctrl_enter = || press(Key::Enter, Modifiers::CTRL | Modifiers::COMMAND);
        let held = vec![ctrl_enter(), ctrl_enter(), ctrl_enter()];
        assert_eq!(verbs(&mut Keymap::default(), held, None), [UiCommand::Generate]);
    }

    const NONE: Modifiers = Modifiers::NONE;
}
