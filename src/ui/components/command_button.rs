//! A button for a command of the window.

use crate::ui::{actions::ui_command::UiCommand, text::Text, widgets::Button};

/// Creates a button with only the icon of a command; its name is for screen readers.
pub fn command_icon(command: UiCommand, text: &Text) -> Button {
    Button::icon(command.icon(), command.name(text))
}
