//! The dialog that edits a queued request.

use egui::{Align, Id, Label, Layout, RichText, ScrollArea, Ui, vec2};

use crate::{
    recipe::{Parameter, Recipe, RequestId},
    studio::{CardState, Command, QueueCommand, RequestCard},
    ui::{
        actions::action::Actions,
        components::size_picker,
        state::view_context::ViewContext,
        theme::{self, fonts, icons, size},
        widgets::{
            Button, ButtonKind,
            dialog::{Dialog, note},
            field::Field,
            menu::{menu, menu_item},
            prompt_field::PromptField,
            row_label, section_label,
            slider::{RowName, Scale, optional_row},
        },
    },
};

/// Width of the dialog.
const WIDTH: f32 = 560.0;

const IMAGES: Scale = Scale::whole(1.0, 10.0, 1.0);
const TEMPERATURE: Scale = Scale::fine(0.0, 2.0, 1.0);

/// A request while it is edited.
#[derive(Debug)]
pub struct EditDialog {
    /// The requests.
    pub request: RequestId,
    recipe: Recipe,
    seed: String,
    /// Whether the prompt was focused.
    begun: bool,
}

impl EditDialog {
    /// Begins to edit a request.
    pub fn of(job: &RequestCard) -> Self {
        let recipe = Recipe::clone(&job.recipe);
        let seed = recipe.parameters.seed.map(|seed| seed.to_string()).unwrap_or_default();
        Self { request: job.id, recipe, seed, begun: false }
    }

    /// The edited recipe, if all fields are valid.
    fn changed(&self) -> Option<Recipe> {
        let mut recipe = self.recipe.clone();
        recipe.parameters.seed = match self.seed.trim() {
            "" => None,
            seed => Some(seed.parse().ok()?),
        };
        (!recipe.prompt.trim().is_empty() && !recipe.model.trim().is_empty()).then_some(recipe)
    }
}

/// Draws the dialog. Returns whether it is closed.
pub fn show(ui: &Ui, dialog: &mut EditDialog, cx: &ViewContext<'_>, actions: &mut Actions) -> bool {
    let text = cx.text;
    let waits = cx.known.requests.get(dialog.request).is_some_and(|job| job.state == CardState::Queued);
    let title = text.get("queue-edit-title");
    let shown = Dialog::new("queue edit", &title).width(WIDTH).show(
        ui,
        dialog,
        |ui, dialog| body(ui, dialog, cx),
        |ui, dialog| {
            let can = waits && dialog.changed().is_some();
            let save =
                ui.add(Button::new(text.get("queue-edit-save")).kind(ButtonKind::Primary).enabled(can)).clicked();
            let cancel = ui.add(Button::new(text.get("cancel"))).clicked();
            if !waits {
                note(ui, |ui| {
                    let palette = theme::palette(ui.visuals());
                    let words =
                        RichText::new(text.get("notice-too-late-to-change")).font(fonts::regular(size::TEXT_CHIP));
                    ui.add(Label::new(words.color(palette.bad)).truncate());
                });
            }
            (save, cancel)
        },
    );
    let (save, cancel) = shown.footer;
    if save && let Some(recipe) = dialog.changed() {
        actions.send(Command::Queue(QueueCommand::Edit { request: dialog.request, recipe: Box::new(recipe) }));
        return true;
    }
    cancel || shown.close
}

fn body(ui: &mut Ui, dialog: &mut EditDialog, cx: &ViewContext<'_>) {
    let text = cx.text;
    let name = text.get("queue-edit-text");
    section_label(ui, &name, |_| {});
    let field = PromptField::new(Id::unique("queue edit prompt"), &name).rows(3).show(ui, &mut dialog.recipe.prompt);
    if !std::mem::replace(&mut dialog.begun, true) {
        field.request_focus();
    }
    // The model stays hidden until the vote.
    if !cx.known.is_blind(&dialog.recipe) {
        model(ui, dialog, cx);
    }
    let abilities = cx.known.abilities(&dialog.recipe.profile, &dialog.recipe.model);
    size_picker::show(ui, &mut dialog.recipe.parameters, &abilities, text);
    section_label(ui, &text.get("composer-parameters"), |_| {});
    let parameters = &mut dialog.recipe.parameters;
    let tip = text.get("queue-edit-default");
    let mut n = parameters.n.map(f64::from);
    let (shown, spoken) = (text.get("parameter-images-short"), text.get("parameter-images"));
    let name = RowName { shown: &shown, ..spoken.as_str().into() };
    if optional_row(ui, name, &mut n, &IMAGES, &text.get("default"), &tip) {
        parameters.n = n.map(|n| n as u32);
    }
    if abilities.takes(Parameter::Temperature) != Some(false) {
        let name = text.get("parameter-temperature");
        optional_row(ui, name.as_str(), &mut parameters.temperature, &TEMPERATURE, &text.get("default"), &tip);
    }
    if abilities.takes(Parameter::Seed) != Some(false) {
        ui.allocate_ui_with_layout(vec2(ui.available_width(), size::ROW), Layout::left_to_right(Align::Center), |ui| {
            let name = text.get("parameter-seed");
            row_label(ui, &name, size::ROW_LABEL);
            Field::number(&name).width(160.0).hint(text.get("default")).show(ui, &mut dialog.seed);
        });
    }
}

fn model(ui: &mut Ui, dialog: &mut EditDialog, cx: &ViewContext<'_>) {
    let text = cx.text;
    let name = text.get("composer-model");
    section_label(ui, &name, |_| {});
    let width = ui.available_width();
    let button = Button::new(dialog.recipe.model.as_str()).trailing(icons::DOWN).left_aligned().width(width);
    let button = ui.add(button.name(format!("{name}: {}", dialog.recipe.model)));
    let models = cx.known.models.get(&dialog.recipe.profile).map_or(&[][..], Vec::as_slice);
    menu(&button, &text.get("composer-models"), width, |ui| {
        if models.is_empty() {
            ui.add(Label::new(text.get("composer-no-models")).wrap());
        }
        ScrollArea::vertical().max_height(size::MAX_LIST_HEIGHT).show_rows(
            ui,
            size::CHIP,
            models.len(),
            |ui, range| {
                for model in &models[range] {
                    if menu_item(ui, model.id.as_str(), model.id == dialog.recipe.model, "") {
                        dialog.recipe.model.clone_from(&model.id);
                    }
                }
            },
        );
    });
}
