//! The chips that filter and sort images. Each changes terms of the search and shows them.

use egui::{Response, Ui};

use crate::{
    recipe::{Label, MAX_STARS, SortField, SortOrder},
    settings::Settings,
    studio::{Comparison, Filter, ImageExtra, ImageState, Query, TRASH_SEARCH, Term, View},
    ui::{
        actions::action::{Action, Actions},
        panels::collections::{self, Collections},
        state::{selection::Selection, view_context::ViewContext},
        text::Text,
        theme::{icons, size},
        widgets::{
            Button, ButtonKind,
            menu::{menu, menu_item},
            section_label,
        },
    },
};

/// Maximum number of models in a menu.
const LISTED: usize = 40;
/// Space for the arrow of a chip.
const ARROW: f32 = 20.0;

/// The orders that are offered.
const ORDERS: [SortOrder; 6] = [
    SortOrder::NEWEST,
    SortOrder { key: SortField::Date, descending: false },
    SortOrder { key: SortField::Rating, descending: true },
    SortOrder { key: SortField::Cost, descending: true },
    SortOrder { key: SortField::Size, descending: true },
    SortOrder { key: SortField::Model, descending: false },
];

/// The filters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FilterChoice {
    Rating,
    Model,
    Collection,
    More,
}

const CHOICES: [FilterChoice; 4] =
    [FilterChoice::Rating, FilterChoice::Model, FilterChoice::Collection, FilterChoice::More];
/// Filters that share one menu where space is short. Collections keep a chip because images are dragged onto it.
const TOGETHER: [FilterChoice; 3] = [FilterChoice::Rating, FilterChoice::Model, FilterChoice::More];

/// Draws the chips from right to left: the order, then the filters, in one menu if they need more than `room`.
pub fn chips(
    ui: &mut Ui,
    view: &View,
    room: f32,
    (collections, selection): (&mut Collections, &Selection),
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let query = Query::parse(&view.search);
    sort(ui, view, cx, actions);
    let wanted: f32 =
        CHOICES.iter().map(|choice| chip(*choice, &query, cx.text).wanted_width(ui) + ARROW + size::GAP_SMALL).sum();
    if wanted <= room {
        for choice in CHOICES.into_iter().rev() {
            let button = chip(choice, &query, cx.text);
            let response = ui.add(button);
            let name = choice.name(cx.text);
            if choice == FilterChoice::Collection {
                collections::popup(&response, &name, collections, view, selection, cx, actions);
            } else {
                menu(&response, &name, choice.width(), |ui| choice.contents(ui, &query, view, cx, actions));
            }
        }
    } else {
        let name = FilterChoice::Collection.name(cx.text);
        let button = Button::icon(icons::COLLECTION, name.as_str()).kind(ButtonKind::Chip);
        let response = ui.add(button.selected(FilterChoice::Collection.active(&query))).on_hover_text(name.as_str());
        collections::popup(&response, &name, collections, view, selection, cx, actions);
        let active = TOGETHER.iter().filter(|choice| choice.active(&query)).count();
        let name = cx.text.get("filter-all");
        let mut button = Button::icon(icons::FILTER, name.as_str()).kind(ButtonKind::Chip).selected(active > 0);
        if active > 0 {
            button = button.trailing(cx.text.count(active));
        }
        let response = ui.add(button).on_hover_text(name.as_str());
        every_choice(&response, &name, &query, view, cx, actions);
    }
}

/// Draws all filters in one menu, each under its name.
fn every_choice(
    button: &Response,
    name: &str,
    query: &Query,
    view: &View,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    menu(button, name, 250.0, |ui| {
        egui::ScrollArea::vertical().max_height(size::MAX_LIST_HEIGHT * 1.5).show(ui, |ui| {
            for choice in TOGETHER {
                section_label(ui, &choice.name(cx.text), |_| ());
                choice.contents(ui, query, view, cx, actions);
                ui.add_space(size::GAP);
            }
        });
    });
}

fn chip(choice: FilterChoice, query: &Query, text: &Text) -> Button {
    let said = choice.said(query, text);
    let name = choice.name(text);
    let accessible = said.as_ref().map_or_else(|| name.clone(), |said| format!("{name}: {said}"));
    if choice == FilterChoice::More && said.is_none() {
        return Button::icon(icons::FILTER, accessible).kind(ButtonKind::Chip);
    }
    let label = said.unwrap_or_else(|| if choice == FilterChoice::Rating { "★".to_owned() } else { name });
    Button::new(label).kind(ButtonKind::Chip).selected(choice.active(query)).name(accessible).trailing(icons::DOWN)
}

fn sort(ui: &mut Ui, view: &View, cx: &ViewContext<'_>, actions: &mut Actions) {
    let now = order_name(view.order, cx.text);
    let name = cx.text.with("gallery-order", [("order", now.as_str().into())]);
    let button = ui.add(Button::new(now).kind(ButtonKind::Chip).name(name.as_str()).trailing(icons::DOWN));
    menu(&button, &name, 190.0, |ui| {
        for order in ORDERS {
            if menu_item(ui, order_name(order, cx.text), order == view.order, "") {
                actions.push(Action::Sort(order));
            }
        }
    });
}

fn order_name(order: SortOrder, text: &Text) -> String {
    text.get(match (order.key, order.descending) {
        (SortField::Date, true) => "order-newest",
        (SortField::Date, false) => "order-oldest",
        (SortField::Rating, _) => "order-rating",
        (SortField::Cost, _) => "order-cost",
        (SortField::Size, _) => "order-size",
        (SortField::Model, _) => "order-model",
    })
}

impl FilterChoice {
    fn name(self, text: &Text) -> String {
        text.get(match self {
            Self::Rating => "filter-rating",
            Self::Model => "filter-model",
            Self::Collection => "filter-collection",
            Self::More => "filter-more",
        })
    }

    fn width(self) -> f32 {
        match self {
            Self::Rating => 150.0,
            Self::Model | Self::Collection => 280.0,
            Self::More => 240.0,
        }
    }

    /// Whether a term belongs to this filter.
    fn is_about(self, term: &Term) -> bool {
        match term.filter {
            Filter::Rating(_) => self == Self::Rating,
            Filter::Model(_) => self == Self::Model,
            Filter::Collection(_) => self == Self::Collection,
            Filter::Is(_) | Filter::Has(_) | Filter::Label(_) => self == Self::More,
            _ => false,
        }
    }

    fn active(self, query: &Query) -> bool {
        query.terms().iter().any(|term| self.is_about(term))
    }

    /// The search's terms of this filter, in a few words.
    fn said(self, query: &Query, text: &Text) -> Option<String> {
        let mut terms = query.terms().iter().filter(|term| self.is_about(term));
        let term = terms.next()?;
        let others = terms.count();
        let said = match &term.filter {
            Filter::Rating(Comparison::AtLeast(stars)) => format!("★ {stars}+"),
            Filter::Rating(Comparison::Exactly(0)) => text.get("filter-unrated"),
            Filter::Rating(Comparison::Exactly(stars)) => format!("★ {stars}"),
            Filter::Rating(_) => "★ …".to_owned(),
            Filter::Model(name) => short(name.rsplit('/').next().unwrap_or(name)),
            Filter::Collection(name) => short(name),
            Filter::Is(is) => state(*is, text),
            Filter::Has(has) => with(*has, text),
            Filter::Label(label) => text.label(*label),
            _ => return None,
        };
        let said = if term.negated { format!("−{said}") } else { said };
        Some(if others > 0 { format!("{said} +{others}") } else { said })
    }

    fn contents(self, ui: &mut Ui, query: &Query, view: &View, cx: &ViewContext<'_>, actions: &mut Actions) {
        match self {
            Self::Rating => ratings(ui, query, cx.text, actions),
            Self::Model => {
                let models = view.library_models.iter().map(|(name, count)| (name.as_str(), *count));
                listed(ui, self, query, models, |name| Filter::Model(name.to_owned()), cx, actions);
            }
            // Collections have a tree instead.
            Self::Collection => {}
            Self::More => more(ui, query, view, cx, actions),
        }
    }
}

fn search(query: &Query, actions: &mut Actions) {
    actions.push(Action::Search(query.to_string()));
}

fn ratings(ui: &mut Ui, query: &Query, text: &Text, actions: &mut Actions) {
    let any = !FilterChoice::Rating.active(query);
    if menu_item(ui, text.get("filter-any"), any, "") {
        search(&query.without(|term| FilterChoice::Rating.is_about(term)), actions);
    }
    let choices = (1..=MAX_STARS).rev().map(|stars| {
        let name = if stars == MAX_STARS { format!("★ {stars}") } else { format!("★ {stars}+") };
        (name, Comparison::AtLeast(stars))
    });
    for (name, compare) in choices.chain([(text.get("filter-unrated"), Comparison::Exactly(0))]) {
        toggle(ui, name, Filter::Rating(compare), "", query, actions);
    }
}

/// Draws a list to choose from.
fn listed<'a>(
    ui: &mut Ui,
    choice: FilterChoice,
    query: &Query,
    items: impl Iterator<Item = (&'a str, usize)>,
    filter: impl Fn(&str) -> Filter,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let rest = query.without(|term| choice.is_about(term));
    if menu_item(ui, cx.text.get("filter-any"), !choice.active(query), "") {
        search(&rest, actions);
    }
    let mut some = false;
    for (name, count) in items.take(LISTED) {
        some = true;
        let term = Term::of(filter(name));
        let on = query.has(&term);
        if menu_item(ui, short(name), on, &cx.text.count(count)) {
            search(&if on { rest.clone() } else { rest.with(&term) }, actions);
        }
    }
    if !some {
        let none = egui::RichText::new(cx.text.get("filter-none")).color(crate::ui::theme::palette(ui.visuals()).faint);
        ui.label(none);
    }
}

fn more(ui: &mut Ui, query: &Query, view: &View, cx: &ViewContext<'_>, actions: &mut Actions) {
    let text = cx.text;
    for is in ImageState::ALL {
        let note = match is {
            ImageState::Mismatched => text.count(view.library_mismatched),
            _ => String::new(),
        };
        toggle(ui, state(is, text), Filter::Is(is), &note, query, actions);
    }
    ui.separator();
    for label in Label::ALL {
        toggle(ui, text.label(label), Filter::Label(label), "", query, actions);
    }
    ui.separator();
    for has in [ImageExtra::Reference, ImageExtra::Note, ImageExtra::Tag] {
        toggle(ui, with(has, text), Filter::Has(has), "", query, actions);
    }
    ui.separator();
    if menu_item(ui, text.get("gallery-stacked"), cx.known.settings.stacked, "") {
        let stacked = !cx.known.settings.stacked;
        actions.push(Action::Settings(Box::new(Settings { stacked, ..cx.known.settings.clone() })));
    }
    if menu_item(ui, text.get("trash"), false, &text.count(view.library_trashed)) {
        actions.push(Action::Search(TRASH_SEARCH.to_owned()));
    }
}

fn toggle(ui: &mut Ui, name: String, filter: Filter, note: &str, query: &Query, actions: &mut Actions) {
    let term = Term::of(filter);
    if menu_item(ui, name, query.has(&term), note) {
        search(&query.toggled(&term), actions);
    }
}

fn state(is: ImageState, text: &Text) -> String {
    text.get(match is {
        ImageState::Picked => "marks-picked",
        ImageState::Rejected => "marks-rejected",
        ImageState::Unflagged => "filter-unflagged",
        ImageState::Mismatched => "gallery-mismatched",
        ImageState::Imported => "filter-imported",
    })
}

fn with(has: ImageExtra, text: &Text) -> String {
    text.get(match has {
        ImageExtra::Reference => "filter-has-reference",
        ImageExtra::Note => "filter-has-note",
        ImageExtra::Tag => "filter-has-tag",
        ImageExtra::Label => "filter-has-label",
    })
}

/// A name shortened for a chip or a menu.
fn short(name: &str) -> String {
    const MOST: usize = 28;
    if name.chars().count() <= MOST { name.to_owned() } else { name.chars().take(MOST - 1).chain(['…']).collect() }
}
