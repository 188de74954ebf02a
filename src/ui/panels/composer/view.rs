//! Draws the composer and its dialogs.

use egui::{Align, Frame, Layout, Margin, Rect, ScrollArea, Ui, UiBuilder};

use crate::{
    recipe::Abilities,
    studio::{Command, WildcardCommand},
    ui::{
        accessibility,
        actions::action::Actions,
        components::size_picker,
        state::view_context::ViewContext,
        theme::{self, size},
        widgets::dialog::line,
    },
};

use super::{
    conversation,
    generate::{button, confirm_large_batch},
    mask, model,
    parameters::parameter_section,
    prompt::{prompt_section, wildcards},
    prompt_library, references,
    state::composer::Composer,
};

/// Draws the panel.
pub fn show(ui: &mut Ui, composer: &mut Composer, cx: &ViewContext<'_>, actions: &mut Actions) {
    for command in std::mem::take(&mut composer.wanted) {
        actions.send(command);
    }
    references::take_in(ui, actions);
    // Another program may have written wildcard files in the meantime.
    if ui.input(|input| input.events.contains(&egui::Event::WindowFocused(true))) {
        actions.send(Command::Wildcards(WildcardCommand::Reload));
    }
    let abilities = cx.known.abilities(&composer.recipe.profile, &composer.recipe.model);
    let foot = button::foot(ui, composer, &abilities, cx);
    let (above, below) = ui.max_rect().split_top_bottom_at_y(ui.max_rect().bottom() - foot.height);
    let place = |rect: Rect| UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Min));
    ui.scope_builder(place(above), |ui| {
        accessibility::area(ui, 0);
        ScrollArea::vertical().id_salt("composer").auto_shrink([false, false]).show(ui, |ui| {
            sections(ui, composer, &abilities, cx, actions);
        });
    });
    ui.scope_builder(place(below), |ui| {
        accessibility::area(ui, 1);
        button::show(ui, foot, cx, actions);
    });
}

/// Draws the composer's dialogs. Only called while one is open.
pub fn dialogs(ui: &Ui, composer: &mut Composer, cx: &ViewContext<'_>, actions: &mut Actions) {
    confirm_large_batch::show(ui, composer, cx, actions);
    if composer.masks.is_open() {
        mask::show(ui, composer, cx, actions);
    }
    if composer.wildcards.is_open() {
        wildcards::edit(ui, &mut composer.wildcards, cx, actions);
    }
    if composer.library_dialog.is_open() {
        prompt_library::show(ui, composer, cx, actions);
    }
}

fn sections(ui: &mut Ui, composer: &mut Composer, abilities: &Abilities, cx: &ViewContext<'_>, actions: &mut Actions) {
    ui.spacing_mut().item_spacing.y = 0.0;
    if composer.edit.is_some() {
        section(ui, |ui| conversation::show(ui, composer, abilities, cx, actions));
    }
    section(ui, |ui| prompt_section::show(ui, composer, abilities, cx, actions));
    section(ui, |ui| references::show(ui, composer, abilities, cx, actions));
    section(ui, |ui| {
        model::show(ui, composer, abilities, cx, actions);
        ui.add_space(size::GAP);
        size_picker::show(ui, &mut composer.recipe.parameters, abilities, cx.text);
    });
    bare_section(ui, |ui| parameter_section::show(ui, composer, abilities, cx, actions));
}

/// Draws a section with a line below it.
fn section(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    bare_section(ui, contents);
    let palette = theme::palette(ui.visuals());
    line(ui, palette.line);
}

fn bare_section(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    let edges = Margin::symmetric(size::EDGE as i8, size::SECTION as i8);
    Frame::new().inner_margin(edges).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = size::GAP_SMALL;
        ui.set_width(ui.available_width());
        contents(ui);
    });
}
