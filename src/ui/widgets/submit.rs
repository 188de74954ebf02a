//! Ctrl+Enter, the key of a dialog's primary button.
//!
//! The keymap reports the key press, the dialog that is drawn next takes it, and the first enabled primary button of its
//! footer acts as if it was clicked. So no dialog has to handle the key by itself.

use egui::{Context, Id};

/// What the buttons of the footer that is being drawn have to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum SubmitKey {
    /// No footer of a dialog is being drawn.
    #[default]
    Outside,
    /// The key was not pressed, or a button has taken it.
    Released,
    /// The key was pressed in this frame.
    Pressed,
}

/// Stores whether the key was pressed in this frame. A held key does not count, because it could spend money.
pub fn set_pressed(ctx: &Context, pressed: bool) {
    ctx.data_mut(|data| data.insert_temp(pressed_id(), pressed));
}

/// Takes the key press for one dialog.
pub(super) fn take_pressed(ctx: &Context) -> bool {
    ctx.data_mut(|data| data.remove_temp::<bool>(pressed_id()).unwrap_or_default())
}

/// Sets what primary buttons read until the next call.
pub(super) fn set_key(ctx: &Context, key: SubmitKey) {
    ctx.data_mut(|data| data.insert_temp(key_id(), key));
}

/// What a primary button reads.
pub(super) fn key(ctx: &Context) -> SubmitKey {
    ctx.data(|data| data.get_temp(key_id()).unwrap_or_default())
}

fn pressed_id() -> Id {
    Id::unique("submit pressed")
}

fn key_id() -> Id {
    Id::unique("submit key")
}
