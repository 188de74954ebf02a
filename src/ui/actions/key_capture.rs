//! Reserves keys for the widget that has the keyboard focus.

use egui::{Context, Id};

/// Reserves letters, Delete and similar keys for a widget as long as it has the keyboard focus.
pub fn keep_keys(ctx: &Context, widget: Id) {
    ctx.data_mut(|data| data.insert_temp(own_keys_id(), widget));
}

pub fn own_keys(ctx: &Context) -> Option<Id> {
    ctx.data(|data| data.get_temp(own_keys_id()))
}

fn own_keys_id() -> Id {
    Id::unique("own keys")
}
