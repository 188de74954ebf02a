//! Who keys belong to beside the commands: the focused widget, or an input method.

use egui::{Context, Id};

/// Reserves letters, Delete and similar keys for a widget as long as it has the keyboard focus.
pub fn keep_keys(ctx: &Context, widget: Id) {
    ctx.data_mut(|data| data.insert_temp(own_keys_id(), widget));
}

pub fn own_keys(ctx: &Context) -> Option<Id> {
    ctx.data(|data| data.get_temp(own_keys_id()))
}

/// Whether an input method composes, or did in this frame: keys belong to it then. The keymap finds out once per frame.
pub fn is_composing(ctx: &Context) -> bool {
    ctx.data(|data| data.get_temp(composing_id()).unwrap_or_default())
}

/// Stores whether an input method composes in this frame.
pub fn set_composing(ctx: &Context, composing: bool) {
    ctx.data_mut(|data| data.insert_temp(composing_id(), composing));
}

fn composing_id() -> Id {
    Id::unique("composing")
}

fn own_keys_id() -> Id {
    Id::unique("own keys")
}
