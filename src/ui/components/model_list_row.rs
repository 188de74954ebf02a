//! A row of the list of models: id and price, and the capabilities below them.

use egui::{
    Color32, CursorIcon, FontId, Response, Sense, Ui, WidgetInfo,
    accesskit::Role,
    pos2,
    text::{LayoutJob, TextWrapping},
    vec2,
};
use jiff::{ToSpan as _, Zoned, civil::Date};

use crate::{
    recipe::{Abilities, Dialect, ImageSize, Money, OptionStyle, Profile},
    studio::ModelInfo,
    ui::{
        text::Text,
        theme::{self, fonts, size},
    },
};

/// Height of a row.
pub const HEIGHT: f32 = 42.0;
/// Space at its left and right.
const EDGE: f32 = 8.0;

/// The state of a row of the list.
#[derive(Clone, Copy, Debug)]
pub struct ModelRowState {
    /// Whether it is the model in use.
    pub selected: bool,
    /// Whether it has the keyboard focus.
    pub highlighted: bool,
}

/// Draws a row over the available width.
pub fn show(ui: &mut Ui, model: &ModelInfo, abilities: &Abilities, standing: ModelRowState, text: &Text) -> Response {
    let palette = theme::palette(ui.visuals());
    // A model that was shut down stays selected, but cannot be selected again.
    let is_offered = standing.selected || !has_ended(abilities);
    let sense = if is_offered { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), sense);
    let (price, facts) = (price(model, abilities, text), facts(model, abilities, text));
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Button, is_offered && ui.is_enabled(), &model.id);
        info.selected = Some(standing.selected);
        info
    });
    let description = [price.as_str(), facts.as_str()].into_iter().filter(|part| !part.is_empty());
    let description = description.collect::<Vec<_>>().join(&text.get("fact-separator"));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(description));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let hovered = is_offered && (response.hovered() || response.has_focus() || standing.highlighted);
    if hovered {
        ui.painter().rect_filled(rect, f32::from(size::RADIUS_CHIP), palette.raised);
    }
    let ink = match (standing.selected, hovered) {
        (true, _) => palette.accent_text,
        (false, true) => palette.strong,
        (false, false) if is_offered => palette.text,
        (false, false) => palette.faint,
    };
    let small = fonts::regular(size::TEXT_KEY);
    let at_right = ui.painter().layout_no_wrap(price, small.clone(), palette.faint);
    let width = rect.width() - EDGE * 2.0;
    let id = cut(ui, &model.id, fonts::regular(size::TEXT_CHIP), width - at_right.size().x - size::GAP);
    let today = Zoned::now().date();
    let gone = abilities.deprecated.as_ref().is_some_and(|ending| ending.ends.is_none() || ending.is_over(today));
    let below = cut(ui, &facts, small, width);
    let (top, left) = (rect.top() + 5.0, rect.left() + EDGE);
    ui.painter().galley(pos2(left, top), id, ink);
    ui.painter().galley(pos2(rect.right() - EDGE - at_right.size().x, top + 1.0), at_right, palette.faint);
    ui.painter().galley(pos2(left, top + 17.0), below, if gone { palette.bad } else { palette.faint });
    if is_offered { response.on_hover_cursor(CursorIcon::PointingHand) } else { response }
}

fn cut(ui: &Ui, words: &str, font: FontId, width: f32) -> std::sync::Arc<egui::Galley> {
    let mut job = LayoutJob::simple_singleline(words.to_owned(), font, Color32::PLACEHOLDER);
    job.wrap = TextWrapping::truncate_at_width(width);
    ui.painter().layout_job(job)
}

/// The price of an image, or a note that it is unknown. Models that generate no images have none.
fn price(model: &ModelInfo, abilities: &Abilities, text: &Text) -> String {
    match abilities.price_range() {
        Some(range) => price_words(range, text),
        None if model.makes_images => text.get("model-price-unknown"),
        None => String::new(),
    }
}

/// A price or a range of prices.
pub fn price_words((least, most): (Money, Money), text: &Text) -> String {
    if most == Money::default() {
        text.get("model-free")
    } else if least == most {
        text.with("model-price", [("price", text.price(least).into())])
    } else {
        text.with("model-price", [("price", text.prices(least, most).into())])
    }
}

/// The name, sizes, references and deprecation of a model.
fn facts(model: &ModelInfo, abilities: &Abilities, text: &Text) -> String {
    let mut facts = Vec::new();
    if let Some(ending) = &abilities.deprecated {
        facts.push(text.ending(ending, Zoned::now().date()));
    }
    facts.extend(abilities.name.clone().filter(|name| *name != model.id));
    if !model.makes_images {
        facts.push(text.get("model-no-images"));
    }
    facts.extend(sizes(abilities));
    match abilities.references.most {
        Some(0) => facts.push(text.get("model-no-references")),
        Some(most) => facts.push(text.with("model-references", [("count", most.into())])),
        None => {}
    }
    if let Some(bytes) = abilities.references.bytes.filter(|_| abilities.references.most != Some(0)) {
        facts.push(text.with("model-reference-bytes", [("bytes", text.bytes(bytes).into())]));
    }
    if facts.is_empty() {
        facts.push(text.get("model-unknown"));
    }
    facts.join(&text.get("fact-separator"))
}

/// The range of sizes such as `1K–4K`, or the only size.
fn sizes(abilities: &Abilities) -> Option<String> {
    let sizes = abilities.sizes.as_deref().unwrap_or_default();
    let ends = sizes.iter().min().zip(sizes.iter().max());
    match ends {
        Some((least, most)) if least == most => Some(least.to_string()),
        Some((least, most)) => Some(format!("{least}–{most}")),
        None => abilities.fixed_size.as_ref().map(ImageSize::to_string),
    }
}

/// Whether a day is within three months, or past.
fn is_soon(day: Date) -> bool {
    Zoned::now().date().checked_add(3.months()).is_ok_and(|later| day <= later)
}

/// Whether a model was shut down.
pub fn has_ended(abilities: &Abilities) -> bool {
    abilities.deprecated.as_ref().is_some_and(|ending| ending.is_over(Zoned::now().date()))
}

/// The notes below the model box: when the chosen model ends, or that its endpoint is not used.
pub fn notes(profile: Option<&Profile>, abilities: &Abilities, text: &Text) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(ending) = abilities.deprecated.as_ref().filter(|ending| ending.ends.is_none_or(is_soon)) {
        let later = ending.instead.as_deref().filter(|_| !ending.is_over(Zoned::now().date()));
        let instead = later.map(|model| text.with("model-instead", [("model", model.into())]));
        let words = [Some(text.ending(ending, Zoned::now().date())), instead];
        notes.push(words.into_iter().flatten().collect::<Vec<_>>().join(&text.get("fact-separator")));
    }
    if let Some((profile, usual)) = profile.zip(abilities.endpoint)
        && usual == Dialect::Images
        && profile.dialect != usual
        // OpenRouter accepts every model at its chat endpoint.
        && profile.option_style() != OptionStyle::ImageConfig
    {
        notes.push(text.with("model-other-endpoint", [("endpoint", usual.endpoint().into())]));
    }
    notes
}
