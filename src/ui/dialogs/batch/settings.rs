//! The settings of a batch: model, parameters, seeds.

use egui::{Label, Rect, RichText, ScrollArea, Ui, pos2, vec2};

use crate::ui::{
    components::{provider_name::profile_name, size_picker},
    state::view_context::ViewContext,
    theme::{self, fonts, icons, size},
    widgets::{
        Button, ButtonKind,
        field::Field,
        menu::{menu, menu_item},
        row_label, section_label,
        slider::{RowName, Scale, optional_row},
    },
};

use super::{
    count::BatchEstimate,
    plan::{BatchMode, BatchPlan, Seeds},
    state::BatchDialog,
};

const IMAGES: Scale = Scale::whole(1.0, 8.0, 1.0);
const TEMPERATURE: Scale = Scale::fine(0.0, 2.0, 1.0);

/// Draws two columns.
pub(super) fn show(ui: &mut Ui, dialog: &mut BatchDialog, count: &BatchEstimate, cx: &ViewContext<'_>) {
    let half = (ui.available_width() - 20.0) / 2.0;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 20.0;
        let mut column = |contents: &mut dyn FnMut(&mut Ui)| {
            ui.vertical(|ui| {
                ui.set_width(half);
                ui.spacing_mut().item_spacing.y = size::GAP_SMALL;
                contents(ui);
            });
        };
        column(&mut |ui| {
            model(ui, &mut dialog.plan, count, cx);
            ui.add_space(4.0);
            parameters(ui, &mut dialog.plan, cx);
            seeds(ui, &mut dialog.plan, cx);
        });
        column(&mut |ui| {
            let plan = &mut dialog.plan;
            let unset = unset(plan, cx);
            size_picker::show_unset(ui, &mut plan.set_mut().parameters, &count.abilities, &unset, cx.text);
        });
    });
}

/// The label of an unset value.
fn unset(plan: &BatchPlan, cx: &ViewContext<'_>) -> String {
    cx.text.get(if plan.mode == BatchMode::Again { "batch-keep" } else { "default" })
}

fn parameters(ui: &mut Ui, plan: &mut BatchPlan, cx: &ViewContext<'_>) {
    let text = cx.text;
    let unset = unset(plan, cx);
    let again = plan.mode == BatchMode::Again;
    let set = &mut plan.set_mut().parameters;
    let mut n = set.n.map(f64::from);
    let tip = |scale: &Scale| {
        if again {
            return text.get("batch-keep-tip");
        }
        text.with("parameter-tip", [("value", format!("{:.*}", scale.decimals, scale.rest).into())])
    };
    let (shown, spoken) = (text.get("parameter-images-short"), text.get("parameter-images"));
    let name = RowName { shown: &shown, ..spoken.as_str().into() };
    optional_row(ui, name, &mut n, &IMAGES, &unset, &tip(&IMAGES));
    set.n = n.map(|n| n as u32);
    let name = text.get("parameter-temperature");
    optional_row(ui, name.as_str(), &mut set.temperature, &TEMPERATURE, &unset, &tip(&TEMPERATURE));
}

fn seeds(ui: &mut Ui, plan: &mut BatchPlan, cx: &ViewContext<'_>) {
    let text = cx.text;
    let label = text.get("parameter-seed");
    let choices: &[(Seeds, &str)] = match plan.mode {
        BatchMode::Again => &[
            (Seeds::Own, "batch-keep"),
            (Seeds::Random, "seed-random"),
            (Seeds::Fixed, "seed-fixed"),
            (Seeds::CountUp, "seed-count-up"),
        ],
        BatchMode::Each => &[
            (Seeds::Random, "seed-random"),
            (Seeds::Fixed, "seed-fixed"),
            (Seeds::CountUp, "seed-count-up"),
            (Seeds::Own, "batch-seed-own"),
        ],
        BatchMode::Together => {
            &[(Seeds::Random, "seed-random"), (Seeds::Fixed, "seed-fixed"), (Seeds::CountUp, "seed-count-up")]
        }
    };
    let fault = plan.set().seed_at_fault();
    let set = plan.set_mut();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_ROW;
        ui.set_height(size::ROW);
        row_label(ui, &label, size::ROW_LABEL).on_hover_text(text.get("parameter-seed-tip"));
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        for (seeds, key) in choices {
            let name = text.get(key);
            let chip = Button::new(name.as_str()).kind(ButtonKind::LowChip).selected(set.seeds == *seeds);
            if ui.add(chip.name(format!("{label}: {name}"))).clicked() {
                set.seeds = *seeds;
                if seeds.is_told() && set.seed.trim().is_empty() {
                    set.seed = any_seed().to_string();
                }
            }
        }
    });
    if set.seeds.is_told() {
        ui.horizontal(|ui| {
            ui.set_height(size::ROW);
            ui.add_space(size::ROW_LABEL + size::GAP_ROW);
            ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
            Field::number(&label).width(size::ROW_LABEL_WIDE).show(ui, &mut set.seed);
            if fault {
                let palette = theme::palette(ui.visuals());
                let words = RichText::new(text.get("fault-not-whole")).font(fonts::regular(size::TEXT_SMALL));
                ui.label(words.color(palette.bad));
            }
        });
    }
}

/// A random seed, taken from a new UUID.
fn any_seed() -> u32 {
    uuid::Uuid::now_v7().as_u128() as u32 >> 1
}

fn model(ui: &mut Ui, plan: &mut BatchPlan, count: &BatchEstimate, cx: &ViewContext<'_>) {
    let text = cx.text;
    section_label(ui, &text.get("composer-model"), |ui| {
        if plan.one_model() {
            provider(ui, plan, cx);
        }
    });
    if plan.mode == BatchMode::Again {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
            for (own, key) in [(true, "batch-own-models"), (false, "batch-another-model")] {
                let chip = Button::new(text.get(key)).kind(ButtonKind::Chip).selected(plan.own_models == own);
                if ui.add(chip).clicked() {
                    plan.own_models = own;
                }
            }
        });
    }
    if plan.one_model() {
        return chosen(ui, plan, cx);
    }
    let palette = theme::palette(ui.visuals());
    let models = count.models.iter().map(|(model, count)| {
        text.with("batch-model-of", [("model", model.as_str().into()), ("count", (*count).into())])
    });
    let words = models.collect::<Vec<_>>().join(&text.get("list-separator"));
    let words = RichText::new(words).font(fonts::regular(size::TEXT_CHIP)).color(palette.text);
    ui.add(Label::new(words).truncate());
}

fn provider(ui: &mut Ui, plan: &mut BatchPlan, cx: &ViewContext<'_>) {
    let text = cx.text;
    let now = cx.known.profile(&plan.profile);
    let label = now.map_or_else(|| text.get("composer-no-provider"), |profile| profile_name(profile, cx));
    let name = text.with("composer-provider", [("provider", label.as_str().into())]);
    let button = ui.add(Button::new(label).kind(ButtonKind::Link).trailing(icons::DOWN).name(name.as_str()));
    menu(&button, &name, 220.0, |ui| {
        for profile in &cx.known.settings.profiles {
            let note = if cx.known.key_ready(profile) { String::new() } else { text.get("composer-no-key") };
            let chosen = profile.id == plan.profile;
            if menu_item(ui, profile_name(profile, cx), chosen, &note) && !chosen {
                plan.profile = profile.id.clone();
                let first = cx.known.usual_model(&profile.id);
                plan.model = first.map_or_else(String::new, |model| model.id.clone());
            }
        }
    });
}

fn chosen(ui: &mut Ui, plan: &mut BatchPlan, cx: &ViewContext<'_>) {
    let text = cx.text;
    let name = text.get("composer-model");
    let field = Field::new(&name).hint(text.get("composer-model-hint")).room_at_right(24.0);
    let response = field.show(ui, &mut plan.model);
    let arrow = Rect::from_center_size(
        pos2(response.rect.right() - 17.0, response.rect.center().y),
        vec2(size::BUTTON_LOW, size::BUTTON_LOW),
    );
    let show_models = text.get("composer-show-models");
    let arrow = ui.put(arrow, Button::icon(icons::DOWN, show_models.as_str()).low());
    let models = cx.known.models.get(&plan.profile).map_or(&[][..], Vec::as_slice);
    menu(&arrow, &text.get("composer-models"), response.rect.width(), |ui| {
        if models.is_empty() {
            ui.add(Label::new(text.get("composer-no-models")).wrap());
        }
        ScrollArea::vertical().max_height(size::MAX_LIST_HEIGHT).show_rows(
            ui,
            size::CHIP,
            models.len(),
            |ui, range| {
                for model in &models[range] {
                    if menu_item(ui, model.id.as_str(), model.id == plan.model, "") {
                        plan.model.clone_from(&model.id);
                    }
                }
            },
        );
    });
}
