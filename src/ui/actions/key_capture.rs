//! Reserves keys for the widget that has the keyboard focus.

use egui::{Context, Id};

/// A widget that has the keyboard keeps letters, Delete and the like for itself, for as long as it has it.
pub fn keep_keys(ctx: &Context, widget: Id) {
    ctx.data_mut(|data| data.insert_temp(own_keys_id(), widget));
}

pub fn own_keys(ctx: &Context) -> Option<Id> {
    ctx.data(|data| data.get_temp(own_keys_id()))
}

fn own_keys_id() -> Id {
    Id::unique("own keys")
}
