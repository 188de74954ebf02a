//! The section of the prompt, and the prompts that it expands to.

use egui::{Id, Label, Popup, PopupCloseBehavior, Response, RichText, ScrollArea, Ui};

use crate::{
    recipe::{Abilities, find_mentions, short_names},
    settings::Variants,
    ui::{
        actions::action::Actions,
        components::completion::take_keys,
        panels::composer::{focus::prompt_id, generate::cost_summary::RequestEstimate, state::composer::Composer},
        state::view_context::ViewContext,
        text::Text,
        theme::{self, fonts, icons, size},
        widgets::{Button, ButtonKind, field::Field, prompt_field::PromptField, section_label},
    },
};

use super::{completion, diff, history_menu, insertion::insert, styles, wildcards};

/// Maximum number of prompts in the preview.
const SHOWN: usize = 200;

/// Width of the preview.
const WIDTH: f32 = 460.0;

/// The id of the field for the negative prompt.
fn avoid_id() -> Id {
    Id::unique("avoid")
}

/// Maximum number of unknown names that are listed.
const MAX_NAMED_PROBLEMS: usize = 3;

/// Maximum number of random prompts.
const MAX_RANDOM_PROMPTS: u32 = 10_000;

/// Draws the section.
pub(in crate::ui::panels::composer) fn show(
    ui: &mut Ui,
    composer: &mut Composer,
    abilities: &Abilities,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let text = cx.text;
    let label = text.get("composer-prompt");
    let letters = composer.recipe.prompt.chars().filter(|c| !c.is_control()).count();
    section_label(ui, &label, |ui| {
        let palette = theme::palette(ui.visuals());
        earlier(ui, composer, cx);
        let several = composer.expansion.count() > 1;
        if several {
            let words = count_words(composer.expansion.count(), text);
            let name = text.with("composer-preview", [("variants", words.as_str().into())]);
            let link = Button::new(words).kind(ButtonKind::Link).color(palette.accent_text).name(name.as_str());
            let link = ui.add(link).on_hover_text(text.get("composer-preview-tip"));
            preview(&link, &name, composer, text);
        }
        if letters > 0 {
            let count = text.with("composer-letters", [("count", letters.into())]);
            let count = if several { format!("{count}{}", text.get("fact-separator")) } else { count };
            ui.label(RichText::new(count).font(fonts::regular(size::TEXT_SMALL)).color(palette.faint));
        }
    });
    let plain = composer.expansion.composing.variants == Variants::AsWritten;
    let names = short_names(&composer.recipe.references);
    let hint = text.get(if composer.edit.is_some() { "prompt-hint-edit" } else { "prompt-hint" });
    let mut field = PromptField::new(prompt_id(), &label).rows(4).hint(hint).names(&names);
    if !plain {
        field = field.template(composer.expansion.sources());
    }
    composer.undoing.follow(ui.ctx(), prompt_id(), &composer.recipe.prompt);
    let keys = take_keys(ui.ctx(), prompt_id());
    let (response, caret) = field.show_with_caret(ui, &mut composer.recipe.prompt);
    completion::show(ui, composer, &names, caret, keys, cx);
    if std::mem::take(&mut composer.focus_wanted) {
        response.request_focus();
    }
    composer.expansion.follow(&composer.recipe.prompt);
    if composer.expansion.has_syntax() {
        variants(ui, composer, text);
        composer.expansion.follow(&composer.recipe.prompt);
    }
    avoid(ui, composer, cx.text);
    notes(ui, composer, &names, abilities, cx);
    tools(ui, composer, cx, actions);
    styles::note(ui, composer, cx);
}

/// Draws the button of the prompt history.
fn earlier(ui: &mut Ui, composer: &mut Composer, cx: &ViewContext<'_>) {
    let name = cx.text.get("composer-history");
    let button = ui.add(Button::icon(icons::RETRY, name.as_str()).low().height(18.0)).on_hover_text(name);
    if let Some(prompt) = history_menu::list(&button, &mut composer.history, cx) {
        composer.switch_prompt(prompt);
        composer.focus_wanted = true;
    }
}

/// The number of prompts as text.
fn count_words(count: u128, text: &Text) -> String {
    match usize::try_from(count) {
        Ok(count) if count <= 1_000_000_000_000 => text.with("composer-variants", [("count", count.into())]),
        _ => text.get("composer-variants-beyond"),
    }
}

/// Draws the preview of the prompts. Only the visible ones are expanded.
fn preview(link: &Response, name: &str, composer: &Composer, text: &Text) {
    Popup::menu(link)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .accessible_name(name)
        .gap(4.0)
        .width(WIDTH)
        .show(|ui| {
            ui.set_width(WIDTH);
            let palette = theme::palette(ui.visuals());
            ScrollArea::vertical().max_height(size::MAX_LIST_HEIGHT).auto_shrink([false, true]).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = size::GAP_SMALL;
                for (index, prompt) in composer.expansion.prompts().take(SHOWN).enumerate() {
                    let line = format!("{}  {prompt}", index + 1);
                    let line = RichText::new(line).font(fonts::regular(size::TEXT_CHIP)).color(palette.strong);
                    ui.add(Label::new(line).wrap());
                }
                let more = composer.expansion.count().saturating_sub(SHOWN as u128);
                if more > 0 {
                    let more = usize::try_from(more).unwrap_or(usize::MAX).min(1_000_000_000_000);
                    let words = text.with("composer-preview-more", [("count", more.into())]);
                    ui.label(RichText::new(words).font(fonts::regular(size::TEXT_CHIP)).color(palette.faint));
                }
            });
        });
}

/// Draws the choice of the prompts to send.
fn variants(ui: &mut Ui, composer: &mut Composer, text: &Text) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP_SMALL);
        let composing = &mut composer.expansion.composing;
        let modes = [
            (Variants::Every, "composer-every", "composer-every-tip"),
            (Variants::Random, "composer-random", "composer-random-tip"),
            (Variants::AsWritten, "composer-as-written", "composer-as-written-tip"),
        ];
        for (mode, key, tip) in modes {
            let name = text.get(key);
            let label = if mode == Variants::Every { text.get("composer-every-short") } else { name.clone() };
            let chip = Button::new(label).kind(ButtonKind::LowChip).selected(composing.variants == mode).name(name);
            if ui.add(chip).on_hover_text(text.get(tip)).clicked() {
                composing.variants = mode;
            }
        }
        if composing.variants == Variants::Random {
            number(ui, &text.get("composer-random-count"), &mut composing.count, 1, MAX_RANDOM_PROMPTS);
            number(ui, &text.get("composer-random-seed"), &mut composing.seed, 0, u64::MAX);
            let other = text.get("composer-random-other");
            if ui.add(Button::icon(icons::RETRY, other.as_str()).low()).on_hover_text(other).clicked() {
                composing.seed = composing.seed.wrapping_add(1);
            }
        }
    });
}

/// Draws a field for an integer; other text leaves it unchanged.
fn number<N: Copy + Ord + std::fmt::Display + std::str::FromStr>(
    ui: &mut Ui,
    name: &str,
    value: &mut N,
    least: N,
    most: N,
) {
    let mut written = value.to_string();
    let response = Field::number(name).show(ui, &mut written);
    if response.changed()
        && let Ok(number) = written.trim().parse::<N>()
    {
        *value = number.clamp(least, most);
    }
    response.on_hover_text(name);
}

/// Draws the problems of the prompt, and its estimate.
fn notes(ui: &mut Ui, composer: &Composer, names: &[String], abilities: &Abilities, cx: &ViewContext<'_>) {
    let palette = theme::palette(ui.visuals());
    let small = |words: String, color| RichText::new(words).font(fonts::regular(size::TEXT_SMALL)).color(color);
    for problem in composer.expansion.problems() {
        let color = if problem.refuses() { palette.bad } else { palette.text };
        ui.add(Label::new(small(cx.text.template_problem(problem), color)).wrap());
    }
    for word in unknown(&composer.recipe.prompt, names) {
        let words = cx.text.with("composer-no-reference", [("name", word.into())]);
        ui.add(Label::new(small(words, palette.text)).wrap());
    }
    let set = RequestEstimate::of(composer, abilities, cx);
    if set.images() > 1 && !composer.recipe.prompt.trim().is_empty() {
        ui.add(Label::new(small(set.words(cx.text), palette.text)).wrap());
    }
}

/// The names in the prompt that look like references but are not; each once.
fn unknown<'a>(prompt: &'a str, names: &[String]) -> Vec<&'a str> {
    let mut words: Vec<&str> = Vec::new();
    for mention in find_mentions(prompt, names).into_iter().filter(|mention| mention.name.is_none()) {
        let word = &prompt[mention.range];
        if !words.contains(&word) && words.len() < MAX_NAMED_PROBLEMS {
            words.push(word);
        }
    }
    words
}

/// Draws the field of the negative prompt.
fn avoid(ui: &mut Ui, composer: &mut Composer, text: &Text) {
    if composer.avoids() {
        let label = text.get("composer-avoid");
        let field = PromptField::new(avoid_id(), &label).rows(1).hint(text.get("composer-avoid-hint"));
        let response = field.show(ui, &mut composer.recipe.negative);
        if std::mem::take(&mut composer.avoid_focus) {
            response.request_focus();
        }
    }
    let negative = composer.meant().negative;
    if !negative.is_empty() {
        let palette = theme::palette(ui.visuals());
        let words = text.with("composer-avoid-note", [("words", negative.into())]);
        let words = RichText::new(words).font(fonts::regular(size::TEXT_SMALL)).color(palette.text);
        ui.add(Label::new(words).wrap());
    }
}

/// Draws the menus that help with writing.
fn tools(ui: &mut Ui, composer: &mut Composer, cx: &ViewContext<'_>, actions: &mut Actions) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP_SMALL);
        styles::chips(ui, composer, cx, actions);
        let avoid = Button::new(cx.text.get("composer-avoid-more")).kind(ButtonKind::Chip).selected(composer.avoids());
        if ui.add(avoid).on_hover_text(cx.text.get("composer-avoid-tip")).clicked() {
            composer.toggle_avoiding();
        }
        let label = cx.text.get("wildcards");
        let button = ui.add(Button::new(label).kind(ButtonKind::Chip));
        if let Some(name) = wildcards::list(&button, &mut composer.wildcards, cx, actions) {
            insert(ui.ctx(), composer, &name);
        }
        diff::show(ui, composer, cx);
    });
}
