//! The bar above the pictures: how many there are, what to do with the selected ones, how large they are drawn.

use egui::{Align, Layout, RichText, Stroke, Ui, UiBuilder, vec2};

use crate::studio::{MISMATCHED, View};
use crate::ui::{
    Cx,
    action::{Action, Actions, Verb},
    icons,
    theme::{self, fonts, size},
    widgets::{
        Button, Kind,
        slider::{Scale, slider},
    },
};

/// How small and how large tiles can be made, in points.
pub const SIDES: std::ops::RangeInclusive<f32> = 120.0..=384.0;
const SCALE: Scale = Scale::whole(120.0, 384.0, 186.0);
/// Width of the slider.
const SLIDER: f32 = 90.0;
/// Room for the filter's chip.
const FILTER: f32 = 130.0;
/// What can be done with several pictures.
const VERBS: [Verb; 4] = [Verb::Batch, Verb::UseAsReference, Verb::Export, Verb::Delete];

/// Draws the bar for so many selected pictures.
pub fn show(ui: &mut Ui, selected: usize, cx: &Cx<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::TOP_BAR), egui::Sense::hover());
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, palette.line));
    let inner = rect.shrink2(vec2(size::EDGE, 0.0));
    let builder = UiBuilder::new().max_rect(inner).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        if selected > 0 {
            chosen(ui, selected, cx, actions);
        } else {
            titles(ui, cx);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            thumbnail_size(ui, cx, actions);
            filter(ui, cx, actions);
        });
    });
}

/// Whether a search keeps only pictures that differ from what was asked for, and the rest of it.
fn without_filter(search: &str) -> (bool, String) {
    let is_filter = |word: &&str| word.eq_ignore_ascii_case(MISMATCHED);
    let rest: Vec<&str> = search.split_whitespace().filter(|word| !is_filter(word)).collect();
    let filtered = search.split_whitespace().any(|word| is_filter(&word));
    // Nobody's spaces are touched without need.
    (filtered, if filtered { rest.join(" ") } else { search.to_owned() })
}

/// The open view, where pictures that differ from what was asked for can be kept alone: whether they are, and what
/// else is searched for. Without such pictures there is no such choice.
fn filterable<'a>(cx: &Cx<'a>) -> Option<(&'a View, bool, String)> {
    let view = cx.known.view.as_ref()?;
    let (filtered, rest) = without_filter(&view.search);
    (view.library_mismatched > 0 || filtered).then_some((view, filtered, rest))
}

/// The chip that keeps only pictures that differ from what was asked for.
fn filter(ui: &mut Ui, cx: &Cx<'_>, actions: &mut Actions) {
    let Some((view, filtered, rest)) = filterable(cx) else { return };
    ui.add_space(size::GAP);
    let chip = Button::new(cx.text.get("gallery-mismatched"))
        .kind(Kind::Chip)
        .selected(filtered)
        .trailing(cx.text.count(view.library_mismatched));
    if ui.add(chip).on_hover_text(cx.text.get("gallery-mismatched-tip")).clicked() {
        let search = if filtered { rest } else { format!("{MISMATCHED} {rest}").trim_end().to_owned() };
        actions.push(Action::Search(search));
    }
}

fn titles(ui: &mut Ui, cx: &Cx<'_>) {
    let palette = theme::palette(ui.visuals());
    let (title, count) = match &cx.known.view {
        Some(view) if !view.search.is_empty() => {
            let title = match without_filter(&view.search) {
                (true, rest) if rest.is_empty() => cx.text.get("gallery-mismatched"),
                (_, rest) => cx.text.with("gallery-found", [("search", rest.into())]),
            };
            (title, view.total)
        }
        Some(view) => (cx.text.get("gallery-all"), view.total),
        None => (cx.text.get("gallery-all"), 0),
    };
    let title = RichText::new(title).font(fonts::semibold(size::TEXT)).color(palette.strong);
    let count = RichText::new(cx.text.count(count)).color(palette.text);
    let width = (ui.available_width() - SLIDER - FILTER - 80.0).max(40.0);
    ui.scope(|ui| {
        ui.set_max_width(width);
        ui.add(egui::Label::new(title).truncate());
    });
    ui.add_space(2.0);
    ui.label(count);
}

fn chosen(ui: &mut Ui, selected: usize, cx: &Cx<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let count = cx.text.with("gallery-selected", [("count", selected.into())]);
    ui.label(RichText::new(count).font(fonts::semibold(size::TEXT)).color(palette.strong));
    let none = cx.text.get("verb-select-none");
    if ui.add(Button::icon(icons::REMOVE, none.as_str())).on_hover_text(none).clicked() {
        actions.verb(Verb::SelectNone);
    }
    let font = fonts::regular(size::TEXT_CHIP);
    let words: f32 = VERBS
        .iter()
        .map(|verb| {
            let word = ui.painter().layout_no_wrap(verb.name(cx.text), font.clone(), palette.text);
            word.size().x + 14.0 + 18.0 + size::GAP_SMALL * 2.0
        })
        .sum();
    let filter = if filterable(cx).is_some() { FILTER } else { 0.0 };
    let roomy = ui.available_width() >= words + filter + SLIDER + size::GAP_SMALL;
    for verb in VERBS {
        let name = verb.name(cx.text);
        let button = if roomy { Button::new(name).with_icon(verb.icon()) } else { Button::verb_icon(verb, cx.text) };
        if ui.add(button.kind(Kind::Chip)).on_hover_text(verb.tip(cx.text)).clicked() {
            actions.verb(verb);
        }
    }
}

fn thumbnail_size(ui: &mut Ui, cx: &Cx<'_>, actions: &mut Actions) {
    let now = f64::from(cx.known.settings.thumbnail_height);
    let mut side = now;
    let name = cx.text.get("gallery-size");
    slider(ui, &name, &mut side, &SCALE, SLIDER).on_hover_text(name.as_str());
    if side != now {
        resize(side as f32, cx, actions);
    }
}

/// Draws thumbnails at another size from now on.
pub fn resize(side: f32, cx: &Cx<'_>, actions: &mut Actions) {
    let mut settings = cx.known.settings.clone();
    settings.thumbnail_height = side.clamp(*SIDES.start(), *SIDES.end());
    if settings.thumbnail_height != cx.known.settings.thumbnail_height {
        actions.push(Action::Settings(Box::new(settings)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_is_one_word_among_others() {
        assert_eq!(without_filter("red  fox"), (false, "red  fox".to_owned()));
        assert_eq!(without_filter("red is:mismatched fox"), (true, "red fox".to_owned()));
        assert_eq!(without_filter("IS:MISMATCHED"), (true, String::new()));
    }
}
