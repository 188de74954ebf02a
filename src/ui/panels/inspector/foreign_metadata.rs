//! The source of an imported image, and its recipe in another program's metadata.

use egui::{Label, RichText, Ui};

use crate::{
    recipe::{ForeignField, ForeignRecipe, Source},
    ui::{
        state::view_context::ViewContext,
        text::Text,
        theme::{self, fonts, size},
        widgets::section_label,
    },
};

use super::{fact_row::fact, facts::Fact};

/// Maximum number of characters of a value.
const MAX_VALUE_CHARS: usize = 160;

/// Maximum number of the program's own values.
const MAX_VALUES: usize = 24;

/// Draws the section.
pub(super) fn show(ui: &mut Ui, source: &Source, cx: &ViewContext<'_>) {
    let text = cx.text;
    let palette = theme::palette(ui.visuals());
    ui.add_space(size::SECTION);
    section_label(ui, &text.get("foreign-title"), |_| {});
    ui.add_space(size::GAP_SMALL);
    if let Some((label, value)) = place(source, text) {
        fact(ui, &label, &value);
    }
    let Some(recipe) = &source.recipe else { return };
    for (label, value) in facts(recipe, text) {
        fact(ui, &label, &value);
    }
    let more = recipe.extra.len().saturating_sub(MAX_VALUES);
    for (name, value) in recipe.extra.iter().take(MAX_VALUES) {
        fact(ui, name, &shortened(value));
    }
    if more > 0 {
        let words = RichText::new(text.with("import-more", [("count", more.into())]));
        ui.add(Label::new(words.font(fonts::regular(size::TEXT_SMALL)).color(palette.faint)));
    }
}

fn place(source: &Source, text: &Text) -> Option<Fact> {
    let key = if source.stays { "foreign-stays" } else { "foreign-copied" };
    (!source.file.is_empty()).then(|| (text.get(key), source.file.clone()))
}

/// The facts that have a name in every program.
fn facts(recipe: &ForeignRecipe, text: &Text) -> Vec<Fact> {
    let size = recipe.size.map(|(width, height)| format!("{width} × {height}"));
    [
        ("foreign-tool", Some(recipe.tool.clone())),
        ("foreign-negative", Some(shortened(&recipe.negative))),
        ("foreign-steps", recipe.steps.map(|steps| steps.to_string())),
        ("foreign-sampler", Some(recipe.sampler.clone())),
        ("foreign-guidance", recipe.cfg.map(|cfg| cfg.to_string())),
        ("fact-asked", size),
        ("foreign-guessed", Some(guessed(recipe, text))),
    ]
    .into_iter()
    .filter_map(|(key, value)| Some((text.get(key), value.filter(|value| !value.is_empty())?)))
    .collect()
}

/// The names of the values that are guessed.
fn guessed(recipe: &ForeignRecipe, text: &Text) -> String {
    let names: Vec<String> = recipe.guessed.iter().map(|field| text.get(name(*field))).collect();
    names.join(" · ")
}

fn name(field: ForeignField) -> &'static str {
    match field {
        ForeignField::Prompt => "composer-prompt",
        ForeignField::Negative => "foreign-negative",
        ForeignField::Model => "fact-model",
        ForeignField::Seed => "parameter-seed",
        ForeignField::Steps => "foreign-steps",
        ForeignField::Cfg => "foreign-guidance",
        ForeignField::Sampler => "foreign-sampler",
        ForeignField::Size => "fact-asked",
    }
}

fn shortened(value: &str) -> String {
    let short: String = value.chars().take(MAX_VALUE_CHARS).collect();
    if short.len() < value.len() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Language;

    #[test]
    fn metadata_of_another_program_is_shown_by_name() {
        let text = Text::new(Language::English);
        let recipe = ForeignRecipe {
            tool: "A1111".to_owned(),
            steps: Some(20),
            sampler: "DPM++ 2M".to_owned(),
            cfg: Some(7.5),
            size: Some((512, 768)),
            guessed: [ForeignField::Prompt, ForeignField::Seed].into(),
            ..ForeignRecipe::default()
        };
        let told: Vec<_> =
            facts(&recipe, &text).into_iter().map(|(label, value)| format!("{label}: {value}")).collect();
        let expected = [
            "Software: A1111",
            "Steps: 20",
            "Sampler: DPM++ 2M",
            "Guidance: 7.5",
            "Requested: 512 × 768",
            "Guessed: Prompt · Seed",
        ];
        assert_eq!(told, expected);
        let source = Source { file: "/a.png".to_owned(), stays: true, recipe: None };
        assert_eq!(place(&source, &text), Some(("Located at".to_owned(), "/a.png".to_owned())));
    }
}
