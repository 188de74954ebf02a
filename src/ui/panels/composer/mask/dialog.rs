//! The dialog in which a mask is painted: which part of the first reference is generated again.

use egui::{Key, Modifiers, RichText, Ui};

use crate::{
    recipe::Abilities,
    studio::{Command, ReferenceCommand},
    ui::{
        actions::action::Actions,
        panels::composer::state::{
            composer::Composer,
            mask::{BRUSH, OpenMask},
        },
        state::view_context::ViewContext,
        theme::{self, fonts, icons, size},
        widgets::{
            Button, ButtonKind,
            dialog::{Dialog, note},
            slider::slider,
        },
    },
};

use super::canvas;

/// Width of the dialog.
const WIDTH: f32 = 920.0;

/// Width of the slider.
const SLIDER: f32 = 140.0;

/// Height of the tools.
const TOOLS: f32 = 44.0;

/// Draws the buttons below the references, if the model accepts a mask.
pub fn buttons(
    ui: &mut Ui,
    composer: &mut Composer,
    abilities: &Abilities,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    composer.follow_mask();
    let Some(first) = composer.masked().cloned() else { return };
    if abilities.mask != Some(true) || abilities.references.most == Some(0) {
        return;
    }
    let has = composer.recipe.mask.is_some();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP_SMALL);
        let label = cx.text.get(if has { "mask-change" } else { "mask-paint" });
        let chip = Button::new(label).kind(ButtonKind::LowChip).with_icon(icons::BRUSH).selected(has);
        if ui.add(chip).on_hover_text(cx.text.get("mask-paint-tip")).clicked() {
            actions.send(composer.masks.open(&first));
        }
        if has && ui.add(Button::new(cx.text.get("mask-remove")).kind(ButtonKind::LowChip)).clicked() {
            composer.masks.set(&first.sha256, None);
        }
    });
}

/// The command of the dialog.
enum MaskDialogAction {
    Nothing,
    Use,
    Close,
}

/// Draws the dialog. Only called while it is open.
pub fn show(ui: &Ui, composer: &mut Composer, cx: &ViewContext<'_>, actions: &mut Actions) {
    let Some(open) = &mut composer.masks.open else { return };
    let text = cx.text;
    let title = text.get("mask-title");
    let shown = Dialog::new("mask", &title).width(WIDTH).flush().show(
        ui,
        open,
        |ui, open| {
            keys(ui, open);
            tools(ui, open, cx);
            canvas::show(ui, open, cx);
        },
        |ui, open| {
            let mut asked = MaskDialogAction::Nothing;
            let ready = open.ground.is_some();
            let label = if open.covered == 0 { text.get("mask-none") } else { text.get("mask-use") };
            if ui.add(Button::new(label).kind(ButtonKind::Primary).enabled(ready)).clicked() {
                asked = MaskDialogAction::Use;
            }
            if ui.add(Button::new(text.get("cancel"))).clicked() {
                asked = MaskDialogAction::Close;
            }
            note(ui, |ui| {
                let palette = theme::palette(ui.visuals());
                let words = RichText::new(text.get("mask-note")).font(fonts::regular(size::TEXT_CHIP));
                ui.label(words.color(palette.text));
            });
            asked
        },
    );
    match shown.footer {
        MaskDialogAction::Use => {
            if let Some(OpenMask { reference, base, strokes, .. }) = composer.masks.open.take() {
                actions.send(Command::References(ReferenceCommand::CreateMask { reference, base, strokes }));
            }
        }
        MaskDialogAction::Close => composer.masks.open = None,
        MaskDialogAction::Nothing if shown.close => composer.masks.open = None,
        MaskDialogAction::Nothing => {}
    }
}

/// Handles the keys of the brush.
fn keys(ui: &Ui, open: &mut OpenMask) {
    if ui.ctx().text_edit_focused() {
        return;
    }
    let press = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    if press(Modifiers::NONE, Key::OpenBracket) {
        open.brush_by(-1.0);
    }
    if press(Modifiers::NONE, Key::CloseBracket) {
        open.brush_by(1.0);
    }
    if press(Modifiers::NONE, Key::E) {
        open.erases = !open.erases;
    }
    if press(Modifiers::COMMAND, Key::Z) {
        open.undo();
    }
}

/// Draws the tools: brush or eraser, its size, undo and clear.
fn tools(ui: &mut Ui, open: &mut OpenMask, cx: &ViewContext<'_>) {
    let text = cx.text;
    let row = egui::vec2(ui.available_width(), TOOLS);
    ui.allocate_ui_with_layout(row, egui::Layout::left_to_right(egui::Align::Center), |ui| {
        ui.set_min_height(TOOLS);
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        ui.add_space(size::EDGE);
        for (erases, label, tip) in [(false, "mask-brush", "mask-brush-tip"), (true, "mask-eraser", "mask-eraser-tip")]
        {
            let chip = Button::new(text.get(label)).kind(ButtonKind::Chip).selected(open.erases == erases);
            if ui.add(chip).on_hover_text(text.get(tip)).clicked() {
                open.erases = erases;
            }
        }
        ui.add_space(size::GAP);
        let palette = theme::palette(ui.visuals());
        let name = text.get("mask-size");
        ui.label(RichText::new(name.as_str()).font(fonts::regular(size::TEXT_CHIP)).color(palette.text));
        slider(ui, &name, &mut open.brush, &BRUSH, SLIDER).on_hover_text(text.get("mask-size-tip"));
        let percent = text.with("mask-percent", [("percent", (open.brush as usize).into())]);
        ui.label(RichText::new(percent).font(fonts::regular(size::TEXT_CHIP)).color(palette.text));
        ui.add_space(size::GAP);
        let undo = Button::new(text.get("mask-undo")).kind(ButtonKind::Chip).enabled(!open.strokes.is_empty());
        if ui.add(undo).on_hover_text(text.get("mask-undo-tip")).clicked() {
            open.undo();
        }
        let clear = Button::new(text.get("mask-clear")).kind(ButtonKind::Chip).enabled(open.covered > 0);
        if ui.add(clear).clicked() {
            open.clear();
        }
    });
}
