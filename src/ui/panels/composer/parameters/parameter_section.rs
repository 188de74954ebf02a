//! The rows of parameters: sliders and chips for the common ones, fields for the rest.

use egui::{Rect, RichText, Ui, Vec2, pos2};

use crate::{
    recipe::{Abilities, Parameter, Parameters},
    ui::{
        actions::{action::Actions, ui_command::UiCommand},
        panels::composer::state::{composer::Composer, typed_parameter::TypedParameter},
        state::view_context::ViewContext,
        text::Text,
        theme::{self, fonts, icons, size},
        widgets::{
            Button, ButtonKind,
            field::Field,
            prompt_field::PromptField,
            row_label, section_label,
            slider::{RowName, Scale, optional_row},
        },
    },
};

use super::presets;

const IMAGES: Scale = Scale::whole(1.0, 10.0, 1.0);
const TEMPERATURE: Scale = Scale::fine(0.0, 2.0, 1.0);
const TOP_P: Scale = Scale::fine(0.0, 1.0, 1.0);
const PENALTY: Scale = Scale::fine(-2.0, 2.0, 0.0);

/// Draws label, Reset, the common rows and the advanced ones.
pub(in crate::ui::panels::composer) fn show(
    ui: &mut Ui,
    composer: &mut Composer,
    abilities: &Abilities,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let text = cx.text;
    section_label(ui, &text.get("composer-parameters"), |ui| {
        let reset = Button::new(UiCommand::Reset.name(text)).kind(ButtonKind::Link).enabled(composer.can_reset());
        if ui.add(reset).on_hover_text(UiCommand::Reset.tip(text)).clicked() {
            actions.run(UiCommand::Reset);
        }
        presets::show(ui, composer, cx, actions);
    });
    ui.spacing_mut().item_spacing.y = 0.0;
    let parameters = &mut composer.recipe.parameters;
    let mut n = parameters.n.map(f64::from);
    if images_row(ui, text, &mut n) {
        parameters.n = n.map(|n| n as u32);
    }
    taken(ui, Parameter::Temperature, parameters, abilities, text, |ui, parameters| {
        row(ui, text, "parameter-temperature", &mut parameters.temperature, &TEMPERATURE);
    });
    taken(ui, Parameter::TopP, parameters, abilities, text, |ui, parameters| {
        row(ui, text, "parameter-top-p", &mut parameters.top_p, &TOP_P);
    });
    taken(ui, Parameter::Seed, composer, abilities, text, |ui, composer| seed(ui, composer, cx));
    let parameters = &mut composer.recipe.parameters;
    taken(ui, Parameter::Stream, parameters, abilities, text, |ui, parameters| stream(ui, parameters, text));
    ui.add_space(4.0);
    disclosure(ui, composer, text);
    if composer.advanced_open {
        ui.add_space(2.0);
        advanced(ui, composer, abilities, text);
    }
}

/// Gives access to parameters, to check whether one is set.
trait HasParameters {
    fn parameters(&self) -> &Parameters;
}

impl HasParameters for Parameters {
    fn parameters(&self) -> &Parameters {
        self
    }
}

impl HasParameters for Composer {
    fn parameters(&self) -> &Parameters {
        &self.recipe.parameters
    }
}

/// Draws a parameter's row, dimmed if the model is known not to support it. A set parameter can always be changed.
fn taken<H: HasParameters>(
    ui: &mut Ui,
    parameter: Parameter,
    holder: &mut H,
    abilities: &Abilities,
    text: &Text,
    row: impl FnOnce(&mut Ui, &mut H),
) {
    let of_use = abilities.takes(parameter) != Some(false) || parameter.is_set(holder.parameters());
    let response = ui.add_enabled_ui(of_use, |ui| row(ui, holder)).response;
    if !of_use {
        response.on_hover_text(text.get("abilities-not-taken"));
    }
}

/// The row of the number of images, whose name is longer than its label.
fn images_row(ui: &mut Ui, text: &Text, n: &mut Option<f64>) -> bool {
    let (shown, spoken) = (text.get("parameter-images-short"), text.get("parameter-images"));
    let name = RowName { shown: &shown, ..spoken.as_str().into() };
    optional_row(ui, name, n, &IMAGES, &text.get("default"), &tip(text, &IMAGES))
}

fn row(ui: &mut Ui, text: &Text, key: &str, value: &mut Option<f64>, scale: &Scale) -> bool {
    optional_row(ui, text.get(key).as_str(), value, scale, &text.get("default"), &tip(text, scale))
}

/// The row of a penalty, as wide as the rows of the fields below it.
fn wide_row(ui: &mut Ui, text: &Text, key: &str, value: &mut Option<f64>) {
    let name = text.get(key);
    let name = RowName { width: size::ROW_LABEL_WIDE, ..name.as_str().into() };
    optional_row(ui, name, value, &PENALTY, &text.get("default"), &tip(text, &PENALTY));
}

/// What the default of a parameter means.
fn tip(text: &Text, scale: &Scale) -> String {
    let rest = format!("{:.*}", scale.decimals, scale.rest);
    text.with("parameter-tip", [("value", rest.into())])
}

fn seed(ui: &mut Ui, composer: &mut Composer, cx: &ViewContext<'_>) {
    let text = cx.text;
    let fixed = !composer.drafts.text(TypedParameter::Seed).is_empty();
    let label = TypedParameter::Seed.label(text);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_ROW;
        ui.set_height(size::ROW);
        row_label(ui, &label, size::ROW_LABEL).on_hover_text(text.get("parameter-seed-tip"));
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
            let random = Button::new(text.get("seed-random")).kind(ButtonKind::LowChip).selected(!fixed);
            if ui.add(random).clicked() {
                composer.set_entry(TypedParameter::Seed, String::new());
            }
            let chip = Button::new(text.get("seed-fixed")).kind(ButtonKind::LowChip).selected(fixed);
            if ui.add(chip).clicked() && !fixed {
                composer.set_entry(TypedParameter::Seed, any_seed().to_string());
            }
        });
        let theirs = composer.subject.and_then(|id| cx.known.details(id)?.facts.recipe.parameters.seed);
        let theirs = theirs.filter(|seed| composer.recipe.parameters.seed != Some(*seed));
        let draft = composer.drafts.text_mut(TypedParameter::Seed);
        let room = if theirs.is_some() { size::BUTTON_LOW } else { 0.0 };
        let field = Field::number(&label).hint("—").width(ui.available_width()).room_at_right(room);
        let field = field.show(ui, draft);
        if field.changed() {
            composer.read_entry(TypedParameter::Seed);
        }
        if let Some(seed) = theirs {
            // Inside the field, so that nothing moves from image to image.
            let at = Rect::from_center_size(
                pos2(field.rect.right() - room / 2.0 - 2.0, field.rect.center().y),
                Vec2::splat(size::BUTTON_LOW),
            );
            let copy = Button::icon(icons::REUSE, text.get("seed-of-picture")).low();
            let tip = text.with("seed-of-picture-tip", [("seed", seed.to_string().into())]);
            if ui.put(at, copy).on_hover_text(tip).clicked() {
                composer.set_entry(TypedParameter::Seed, seed.to_string());
            }
        }
    });
    if fixed {
        seed_below(ui, composer, text);
    }
    fault(ui, composer, TypedParameter::Seed, text);
}

/// Draws the choice whether a fixed seed counts up.
fn seed_below(ui: &mut Ui, composer: &mut Composer, text: &Text) {
    ui.horizontal(|ui| {
        ui.set_height(size::ROW);
        ui.add_space(size::ROW_LABEL + size::GAP_ROW);
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        let on = composer.expansion.composing.count_up;
        let chip = Button::new(text.get("seed-count-up")).kind(ButtonKind::LowChip).selected(on);
        if ui.add(chip).on_hover_text(text.get("seed-count-up-tip")).clicked() {
            composer.expansion.composing.count_up = !on;
        }
    });
}

/// A random seed, taken from a new UUID.
fn any_seed() -> u32 {
    uuid::Uuid::now_v7().as_u128() as u32 >> 1
}

fn stream(ui: &mut Ui, parameters: &mut Parameters, text: &Text) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_ROW;
        ui.set_height(size::ROW);
        row_label(ui, &text.get("parameter-stream"), size::ROW_LABEL).on_hover_text(text.get("parameter-stream-tip"));
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        let name = text.get("parameter-stream");
        let choices = [(None, text.get("default")), (Some(true), text.get("on")), (Some(false), text.get("off"))];
        for (value, label) in choices {
            let chip = Button::new(label.as_str())
                .kind(ButtonKind::LowChip)
                .selected(parameters.stream == value)
                .name(format!("{name}: {label}"));
            if ui.add(chip).clicked() {
                parameters.stream = value;
            }
        }
    });
}

fn disclosure(ui: &mut Ui, composer: &mut Composer, text: &Text) {
    let icon = if composer.advanced_open { icons::DOWN } else { icons::RIGHT };
    ui.horizontal(|ui| {
        let label = text.get("composer-advanced");
        let button = Button::new(label).kind(ButtonKind::Link).with_icon(icon).height(size::ROW);
        let response = ui.add(button);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_expanded(composer.advanced_open));
        if response.clicked() {
            composer.advanced_open = !composer.advanced_open;
        }
        if !composer.advanced_open {
            let palette = theme::palette(ui.visuals());
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let set = set_below(&composer.recipe.parameters);
                let note = match set {
                    0 => text.get("composer-advanced-note"),
                    set => text.with("composer-advanced-set", [("count", set.into())]),
                };
                ui.label(RichText::new(note).font(fonts::regular(size::TEXT_SMALL)).color(palette.faint));
            });
        }
    });
}

/// The number of advanced parameters that are set.
fn set_below(parameters: &Parameters) -> usize {
    [
        parameters.max_tokens.is_some(),
        parameters.max_completion_tokens.is_some(),
        parameters.presence_penalty.is_some(),
        parameters.frequency_penalty.is_some(),
        parameters.stop.is_some(),
        parameters.user.is_some(),
        parameters.logit_bias.is_some(),
        parameters.tools.is_some(),
        parameters.tool_choice.is_some(),
        parameters.response_format.is_some(),
        parameters.contents,
    ]
    .into_iter()
    .filter(|set| *set)
    .count()
}

fn advanced(ui: &mut Ui, composer: &mut Composer, abilities: &Abilities, text: &Text) {
    let parameters = &mut composer.recipe.parameters;
    taken(ui, Parameter::PresencePenalty, parameters, abilities, text, |ui, parameters| {
        wide_row(ui, text, "parameter-presence-penalty", &mut parameters.presence_penalty);
    });
    taken(ui, Parameter::FrequencyPenalty, parameters, abilities, text, |ui, parameters| {
        wide_row(ui, text, "parameter-frequency-penalty", &mut parameters.frequency_penalty);
    });
    for entry in [TypedParameter::MaxTokens, TypedParameter::MaxCompletionTokens, TypedParameter::User] {
        let line = |ui: &mut Ui, composer: &mut Composer| line_entry(ui, composer, entry, text);
        taken(ui, entry.parameter(), composer, abilities, text, line);
    }
    let parameters = &mut composer.recipe.parameters;
    taken(ui, Parameter::Contents, parameters, abilities, text, |ui, parameters| contents(ui, parameters, text));
    for entry in [
        TypedParameter::Stop,
        TypedParameter::LogitBias,
        TypedParameter::Tools,
        TypedParameter::ToolChoice,
        TypedParameter::ResponseFormat,
    ] {
        let block = |ui: &mut Ui, composer: &mut Composer| block_entry(ui, composer, entry, text);
        taken(ui, entry.parameter(), composer, abilities, text, block);
    }
}

fn line_entry(ui: &mut Ui, composer: &mut Composer, entry: TypedParameter, text: &Text) {
    let label = entry.label(text);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_ROW;
        ui.set_height(size::ROW);
        row_label(ui, &label, size::ROW_LABEL_WIDE);
        let field = Field::number(&label).width(ui.available_width()).hint(text.get("default-not-sent"));
        if field.show(ui, composer.drafts.text_mut(entry)).changed() {
            composer.read_entry(entry);
        }
    });
    fault(ui, composer, entry, text);
}

fn contents(ui: &mut Ui, parameters: &mut Parameters, text: &Text) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_ROW;
        ui.set_height(size::ROW);
        let name = text.get("parameter-contents");
        row_label(ui, &name, size::ROW_LABEL_WIDE).on_hover_text(text.get("parameter-contents-tip"));
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        for (value, label) in [(false, text.get("off")), (true, text.get("on"))] {
            let chip = Button::new(label.as_str())
                .kind(ButtonKind::LowChip)
                .selected(parameters.contents == value)
                .name(format!("{name}: {label}"));
            if ui.add(chip).on_hover_text(text.get("parameter-contents-tip")).clicked() {
                parameters.contents = value;
            }
        }
    });
}

fn block_entry(ui: &mut Ui, composer: &mut Composer, entry: TypedParameter, text: &Text) {
    ui.add_space(6.0);
    let label = entry.label(text);
    section_label(ui, &label, |ui| {
        let palette = theme::palette(ui.visuals());
        let note = if entry == TypedParameter::Stop { text.get("parameter-stop-note") } else { "JSON".to_owned() };
        ui.label(RichText::new(note).font(fonts::regular(size::TEXT_SMALL)).color(palette.faint));
    });
    ui.add_space(2.0);
    let field = PromptField::new(egui::Id::unique(("composer entry", entry as u8)), &label)
        .code()
        .rows(1)
        .hint(text.get("default-not-sent"));
    if field.show(ui, composer.drafts.text_mut(entry)).changed() {
        composer.read_entry(entry);
    }
    fault(ui, composer, entry, text);
}

/// Draws the error below an invalid field.
fn fault(ui: &mut Ui, composer: &Composer, entry: TypedParameter, text: &Text) {
    if let Some(fault) = composer.drafts.fault(entry) {
        let palette = theme::palette(ui.visuals());
        ui.add_space(2.0);
        let words = RichText::new(fault.sentence(text)).font(fonts::regular(size::TEXT_SMALL)).color(palette.bad);
        ui.add(egui::Label::new(words).wrap());
        ui.add_space(4.0);
    }
}
