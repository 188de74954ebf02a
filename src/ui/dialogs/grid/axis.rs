//! The settings of one axis of a grid: its parameter and its values.

use egui::{Id, Label, Popup, PopupCloseBehavior, RichText, ScrollArea, Ui};

use crate::{
    composition::{AxisSetting, AxisValue, AxisValuesError, parse_integers, parse_numbers, parse_texts},
    recipe::{AspectRatio, ImageSize, ProfileId, Recipe},
    ui::{
        components::model_list_row::{self, ModelRowState},
        state::view_context::ViewContext,
        text::Text,
        theme::{self, fonts, icons, size},
        widgets::{
            Button, ButtonKind as Look,
            field::Field,
            menu::{menu, menu_item},
            prompt_field::PromptField,
            row_label,
        },
    },
};

/// Width of an axis's name.
const NAME: f32 = 72.0;
/// Width of the list of models.
const MODELS: f32 = 420.0;
/// Number of random seeds that are added at the same time.
const SEEDS: usize = 4;
/// Maximum number of characters of a row's or column's label.
const LABEL: usize = 60;

/// The parameter of an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AxisKind {
    /// The model.
    Model,
    /// The temperature.
    Temperature,
    /// Top-p.
    TopP,
    /// The aspect ratio.
    Aspect,
    /// The size.
    Size,
    /// A style.
    Style,
    /// The seed.
    Seed,
    /// The prompt.
    Prompt,
    /// A variable of the prompt.
    Variable(String),
}

impl AxisKind {
    /// The parameters that every prompt has.
    pub const USUAL: [Self; 8] =
        [Self::Model, Self::Temperature, Self::TopP, Self::Aspect, Self::Size, Self::Style, Self::Seed, Self::Prompt];

    /// Its name.
    pub fn name(&self, text: &Text) -> String {
        text.get(match self {
            Self::Model => "composer-model",
            Self::Temperature => "parameter-temperature",
            Self::TopP => "parameter-top-p",
            Self::Aspect => "composer-aspect",
            Self::Size => "composer-size",
            Self::Style => "grid-style",
            Self::Seed => "parameter-seed",
            Self::Prompt => "composer-prompt",
            Self::Variable(name) => return format!("${name}"),
        })
    }

    /// Whether the expanded prompts depend on it.
    pub fn changes_words(&self) -> bool {
        matches!(self, Self::Style | Self::Prompt | Self::Variable(_))
    }
}

/// The settings of an axis. The values of other parameters are kept for when they are chosen again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    /// Its parameter, if one is chosen.
    pub kind: Option<AxisKind>,
    models: Vec<String>,
    temperatures: String,
    top_ps: String,
    aspects: Vec<Option<AspectRatio>>,
    sizes: Vec<Option<ImageSize>>,
    /// Names of styles; `None` stands for no additional style.
    styles: Vec<Option<String>>,
    seeds: String,
    prompts: String,
    variables: String,
    /// The text in the search field of the list of models.
    wanted: String,
}

impl Axis {
    /// Creates an axis of models with this one.
    pub fn of_models(model: &str) -> Self {
        let models = Some(model.to_owned()).filter(|model| !model.trim().is_empty()).into_iter().collect();
        Self { kind: Some(AxisKind::Model), models, ..Self::default() }
    }

    /// Fills in the prompts, if none are written.
    pub fn offer_prompts(&mut self, prompts: &[String]) {
        if self.prompts.trim().is_empty() && prompts.iter().all(|prompt| !prompt.contains('\n')) {
            self.prompts = prompts.join("\n");
        }
    }

    /// Its values.
    ///
    /// # Errors
    /// What is typed cannot be understood.
    pub fn steps(&self, cx: &ViewContext<'_>) -> Result<Vec<AxisValue>, AxisValuesError> {
        let Some(kind) = &self.kind else { return Ok(Vec::new()) };
        let name = kind.name(cx.text);
        let step = |setting, label| AxisValue { setting, label };
        let default = || cx.text.get("default");
        let short = |text: &str| shortened(text);
        let all = |typed: &str| parse_texts(typed);
        Ok(match kind {
            AxisKind::Model => {
                self.models.iter().map(|model| step(AxisSetting::Model(model.clone()), model.clone())).collect()
            }
            AxisKind::Temperature => parse_numbers(&self.temperatures, 0.0, 2.0)?
                .into_iter()
                .map(|(value, written)| step(AxisSetting::Temperature(value), format!("{name} {written}")))
                .collect(),
            AxisKind::TopP => parse_numbers(&self.top_ps, 0.0, 1.0)?
                .into_iter()
                .map(|(value, written)| step(AxisSetting::TopP(value), format!("{name} {written}")))
                .collect(),
            AxisKind::Aspect => {
                let label = |aspect: &Option<AspectRatio>| aspect.map_or_else(default, |aspect| aspect.to_string());
                let known = AspectRatio::COMMON.into_iter().chain(AspectRatio::MORE).map(Some);
                let order: Vec<_> = std::iter::once(None).chain(known).collect();
                let aspects = in_order(&self.aspects, &order);
                aspects.iter().map(|aspect| step(AxisSetting::Aspect(*aspect), label(aspect))).collect()
            }
            AxisKind::Size => {
                let label = |size: &Option<ImageSize>| size.map_or_else(default, |size| size.to_string());
                let order: Vec<_> = std::iter::once(None).chain(ImageSize::ALL.map(Some)).collect();
                in_order(&self.sizes, &order).iter().map(|size| step(AxisSetting::Size(*size), label(size))).collect()
            }
            AxisKind::Style => {
                let known = &cx.known.prompt_library.styles;
                let found = |name: &Option<String>| match name {
                    None => Some(step(AxisSetting::Style(None), cx.text.get("grid-no-style"))),
                    Some(name) => {
                        let style = known.iter().find(|style| style.name == *name)?;
                        Some(step(AxisSetting::Style(Some(Box::new(style.clone()))), name.clone()))
                    }
                };
                self.styles.iter().filter_map(found).collect()
            }
            AxisKind::Seed => parse_integers(&self.seeds)?
                .into_iter()
                .map(|seed| step(AxisSetting::Seed(seed), format!("{name} {seed}")))
                .collect(),
            AxisKind::Prompt => all(&self.prompts)?
                .into_iter()
                .map(|text| step(AxisSetting::Prompt(text.clone()), short(&text)))
                .collect(),
            AxisKind::Variable(name) => {
                let setting = |text: &str| AxisSetting::Variable { name: name.clone(), text: text.to_owned() };
                all(&self.variables)?.into_iter().map(|text| step(setting(&text), short(&text))).collect()
            }
        })
    }
}

/// The role of an axis, and its possible parameters.
pub struct AxisPlace<'a> {
    /// "Columns" or "Rows".
    pub name: String,
    /// Its possible parameters.
    pub kinds: &'a [AxisKind],
    /// Whether it can be omitted.
    pub optional: bool,
    /// The recipe of all other parameters.
    pub base: &'a Recipe,
}

/// Draws an axis: the menu of its parameter, and its values below.
pub fn show(ui: &mut Ui, axis: &mut Axis, place: &AxisPlace<'_>, cx: &ViewContext<'_>) {
    let text = cx.text;
    let palette = theme::palette(ui.visuals());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP;
        ui.set_height(size::CHIP);
        row_label(ui, &place.name, NAME);
        let now = axis.kind.as_ref().map_or_else(|| text.get("grid-no-axis"), |kind| kind.name(text));
        let name = format!("{}: {now}", place.name);
        let button = Button::new(now).kind(Look::Chip).trailing(icons::DOWN).name(name.as_str());
        let button = ui.add(button);
        menu(&button, &name, 200.0, |ui| {
            if place.optional && menu_item(ui, text.get("grid-no-axis"), axis.kind.is_none(), "") {
                axis.kind = None;
            }
            for kind in place.kinds {
                if menu_item(ui, kind.name(text), axis.kind.as_ref() == Some(kind), "") {
                    axis.kind = Some(kind.clone());
                }
            }
        });
        let count = axis.steps(cx).map_or(0, |steps| steps.len());
        if count > 0 {
            let words = RichText::new(text.with("grid-values", [("count", count.into())]));
            ui.label(words.font(fonts::regular(size::TEXT_SMALL)).color(palette.faint));
        }
    });
    let Some(kind) = axis.kind.clone() else { return };
    ui.add_space(2.0);
    values(ui, axis, &kind, place, cx);
    if let Err(error) = axis.steps(cx) {
        let words = RichText::new(fault(&error, text)).font(fonts::regular(size::TEXT_SMALL)).color(palette.bad);
        ui.add(Label::new(words).wrap());
    }
}

fn values(ui: &mut Ui, axis: &mut Axis, kind: &AxisKind, place: &AxisPlace<'_>, cx: &ViewContext<'_>) {
    let text = cx.text;
    let name = text.with("grid-values-of", [("axis", kind.name(text).into())]);
    let line = |ui: &mut Ui, typed: &mut String, hint: &str| {
        Field::new(&name).hint(text.get(hint)).width(ui.available_width()).show(ui, typed);
    };
    match kind {
        AxisKind::Model => models(ui, &mut axis.models, &mut axis.wanted, &place.base.profile, cx),
        AxisKind::Temperature => line(ui, &mut axis.temperatures, "grid-hint-numbers"),
        AxisKind::TopP => line(ui, &mut axis.top_ps, "grid-hint-numbers"),
        AxisKind::Aspect => {
            let abilities = cx.known.abilities(&place.base.profile, &place.base.model);
            let usual = || AspectRatio::COMMON.into_iter().chain(AspectRatio::MORE).collect();
            let offered: Vec<AspectRatio> = abilities.aspects.filter(|list| !list.is_empty()).unwrap_or_else(usual);
            chips(ui, |ui| {
                for aspect in std::iter::once(None).chain(offered.into_iter().map(Some)) {
                    let label = aspect.map_or_else(|| text.get("default"), |aspect| aspect.to_string());
                    let button = toggle(&label, &kind.name(text), axis.aspects.contains(&aspect));
                    let button = match aspect {
                        Some(aspect) => button.aspect(aspect.value()),
                        None => button,
                    };
                    if ui.add(button).clicked() {
                        switch(&mut axis.aspects, aspect);
                    }
                }
            });
        }
        AxisKind::Size => chips(ui, |ui| {
            for size in std::iter::once(None).chain(ImageSize::ALL.map(Some)) {
                let label = size.map_or_else(|| text.get("default"), |size| size.to_string());
                if ui.add(toggle(&label, &kind.name(text), axis.sizes.contains(&size))).clicked() {
                    switch(&mut axis.sizes, size);
                }
            }
        }),
        AxisKind::Style => chips(ui, |ui| {
            let names = cx.known.prompt_library.styles.iter().map(|style| Some(style.name.clone()));
            for style in std::iter::once(None).chain(names) {
                let label = style.clone().unwrap_or_else(|| text.get("grid-no-style"));
                if ui.add(toggle(&label, &kind.name(text), axis.styles.contains(&style))).clicked() {
                    switch(&mut axis.styles, style);
                }
            }
        }),
        AxisKind::Seed => {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
                let random = Button::new(text.with("grid-random-seeds", [("count", SEEDS.into())]));
                let width = ui.available_width() - random.wanted_width(ui) - size::GAP_SMALL;
                Field::new(&name).hint(text.get("grid-hint-seeds")).width(width).show(ui, &mut axis.seeds);
                if ui.add(random).clicked() {
                    add_seeds(&mut axis.seeds);
                }
            });
        }
        AxisKind::Prompt | AxisKind::Variable(_) => {
            let typed = if *kind == AxisKind::Prompt { &mut axis.prompts } else { &mut axis.variables };
            let field = PromptField::new(Id::unique((&place.name, "grid texts")), &name).rows(3);
            field.hint(text.get("grid-hint-texts")).template(&cx.known.sources).show(ui, typed);
        }
    }
}

fn toggle(label: &str, group: &str, on: bool) -> Button {
    Button::new(label).kind(Look::Chip).selected(on).name(format!("{group}: {label}"))
}

/// Adds or removes a value.
fn switch<T: PartialEq>(list: &mut Vec<T>, value: T) {
    match list.iter().position(|known| *known == value) {
        Some(at) => {
            list.remove(at);
        }
        None => list.push(value),
    }
}

/// The chosen values in their usual order, whatever the order of the clicks.
fn in_order<T: PartialEq + Copy>(chosen: &[T], order: &[T]) -> Vec<T> {
    let known = order.iter().filter(|value| chosen.contains(value));
    known.chain(chosen.iter().filter(|value| !order.contains(value))).copied().collect()
}

fn chips(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP_SMALL);
        contents(ui);
    });
}

/// Adds random seeds.
fn add_seeds(typed: &mut String) {
    for _ in 0..SEEDS {
        let seed = uuid::Uuid::now_v7().as_u128() as u32 >> 1;
        if !typed.trim().is_empty() {
            typed.push_str(", ");
        }
        typed.push_str(&seed.to_string());
    }
}

/// Draws the chosen models as chips, and a list to choose more from. The text of the list's field can be added as it
/// is, because gateways accept models that they do not list.
pub fn models(ui: &mut Ui, chosen: &mut Vec<String>, wanted: &mut String, profile: &ProfileId, cx: &ViewContext<'_>) {
    let text = cx.text;
    chips(ui, |ui| {
        // Drawn first, so that its list stays open while models are added.
        let name = text.get("grid-add-model");
        let button = ui.add(Button::new(name.as_str()).kind(Look::Chip).with_icon(icons::ADD));
        let opened = button.clicked();
        if opened {
            wanted.clear();
        }
        Popup::menu(&button)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .accessible_name(&name)
            .gap(4.0)
            .width(MODELS)
            .show(|ui| {
                ui.set_width(MODELS);
                ui.spacing_mut().item_spacing.y = 2.0;
                list(ui, (chosen, wanted), opened, profile, cx);
            });
        let mut gone = None;
        for (at, model) in chosen.iter().enumerate() {
            let name = text.with("grid-remove-model", [("model", model.as_str().into())]);
            let chip = Button::new(model.as_str()).kind(Look::Chip).selected(true).trailing(icons::REMOVE).name(name);
            if ui.add(chip).clicked() {
                gone = Some(at);
            }
        }
        if let Some(at) = gone {
            chosen.remove(at);
        }
    });
}

fn list(
    ui: &mut Ui,
    (chosen, wanted): (&mut Vec<String>, &mut String),
    opened: bool,
    profile: &ProfileId,
    cx: &ViewContext<'_>,
) {
    let text = cx.text;
    let search = text.get("grid-search-models");
    let field = Field::new(&search).hint(search.as_str()).icon(icons::SEARCH).width(ui.available_width());
    let field = field.show(ui, wanted);
    if opened {
        field.request_focus();
    }
    let typed = wanted.trim().to_owned();
    let words: Vec<String> = typed.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let known = cx.known.models.get(profile).map_or(&[][..], Vec::as_slice);
    let fits = |id: &str| words.iter().all(|word| id.to_lowercase().contains(word));
    let found: Vec<_> = known.iter().filter(|model| fits(&model.id)).collect();
    if found.is_empty() {
        if typed.is_empty() {
            ui.add(Label::new(text.get("composer-no-models")).wrap());
        } else if menu_item(ui, text.with("grid-add-typed", [("model", typed.as_str().into())]), false, "") {
            if !chosen.contains(&typed) {
                chosen.push(typed);
            }
            wanted.clear();
        }
        return;
    }
    ScrollArea::vertical().max_height(size::MAX_LIST_HEIGHT).show_rows(
        ui,
        model_list_row::HEIGHT,
        found.len(),
        |ui, range| {
            for model in &found[range] {
                let abilities = cx.known.abilities(profile, &model.id);
                let standing = ModelRowState { selected: chosen.contains(&model.id), highlighted: false };
                if model_list_row::show(ui, model, &abilities, standing, text).clicked() {
                    switch(chosen, model.id.clone());
                }
            }
        },
    );
}

/// Describes why typed values are invalid.
fn fault(error: &AxisValuesError, text: &Text) -> String {
    match error {
        AxisValuesError::NotNumber(what) => text.with("grid-not-number", [("what", what.as_str().into())]),
        AxisValuesError::NoStep(what) => text.with("grid-no-step", [("what", what.as_str().into())]),
        AxisValuesError::Outside(what, least, most) => text.with(
            "grid-outside",
            [("what", what.as_str().into()), ("least", least.as_str().into()), ("most", most.as_str().into())],
        ),
        AxisValuesError::TooMany => {
            text.with("grid-too-many-values", [("most", crate::composition::MAX_AXIS_VALUES.into())])
        }
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LABEL) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_is_added_and_removed() {
        let mut list = vec![1, 2];
        switch(&mut list, 3);
        switch(&mut list, 1);
        assert_eq!(list, [2, 3]);
    }

    #[test]
    fn chosen_values_keep_their_usual_order() {
        assert_eq!(in_order(&[9, 3, 1], &[1, 2, 3]), [1, 3, 9]);
    }

    #[test]
    fn random_seeds_are_added_to_existing_ones() {
        let mut typed = "7".to_owned();
        add_seeds(&mut typed);
        let seeds = parse_integers(&typed).unwrap();
        assert_eq!((seeds.len(), seeds[0]), (SEEDS + 1, 7));
    }

    #[test]
    fn prompts_are_suggested_only_into_an_empty_field() {
        let mut axis = Axis::default();
        axis.offer_prompts(&["of\nseveral lines".to_owned()]);
        assert_eq!(axis.prompts, "");
        axis.offer_prompts(&["a fox".to_owned(), "an owl".to_owned()]);
        axis.offer_prompts(&["other".to_owned()]);
        assert_eq!(axis.prompts, "a fox\nan owl");
    }
}
