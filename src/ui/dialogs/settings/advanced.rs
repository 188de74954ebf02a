//! Advanced settings of a provider: extra headers and fields, time limits, a proxy, prices.
//!
//! A provider's values are texts while they are edited; they are saved as soon as all of them are valid.

use egui::Ui;

use crate::ui::{
    text::Text,
    theme::size,
    widgets::{field::Field, prompt_field::PromptField, section_label},
};

use super::{
    drafts::advanced_draft::{self as draft, AdvancedDraft, AdvancedError, ProxyChoice},
    form::{choice, trouble},
};

// Each function draws a row, and returns whether the editing of its field has ended.

pub(super) fn headers(ui: &mut Ui, fields: &mut AdvancedDraft, text: &Text) -> bool {
    let words = words(text, "settings-headers", "settings-headers-hint");
    several(ui, "headers", words, &mut fields.headers, text, |said| draft::headers(said).err())
}

pub(super) fn extra_body(ui: &mut Ui, fields: &mut AdvancedDraft, text: &Text) -> bool {
    let words = words(text, "settings-extra-body", "settings-extra-body-hint");
    several(ui, "extra body", words, &mut fields.extra_body, text, |said| draft::extra_body(said).err())
}

pub(super) fn timeouts(ui: &mut Ui, fields: &mut AdvancedDraft, text: &Text) -> bool {
    let limits = [
        words(text, "settings-connect", "settings-connect-hint"),
        words(text, "settings-first-byte", "settings-first-byte-hint"),
        words(text, "settings-between-bytes", "settings-between-bytes-hint"),
        words(text, "settings-whole", "settings-whole-hint"),
    ];
    let mut done = false;
    for (words, limit) in limits.into_iter().zip(&mut fields.limits) {
        done |= one(ui, words, limit, text, |said| draft::seconds(said).err());
    }
    done
}

pub(super) fn concurrency(ui: &mut Ui, fields: &mut AdvancedDraft, text: &Text) -> bool {
    let words = words(text, "settings-at-once-here", "settings-at-once-here-hint");
    one(ui, words, &mut fields.max_concurrent, text, |said| draft::count(said).err())
}

pub(super) fn per_minute(ui: &mut Ui, fields: &mut AdvancedDraft, text: &Text) -> bool {
    let words = words(text, "settings-per-minute", "settings-per-minute-hint");
    one(ui, words, &mut fields.per_minute, text, |said| draft::per_minute(said).err())
}

pub(super) fn network(ui: &mut Ui, fields: &mut AdvancedDraft, text: &Text) -> bool {
    let ways = [
        (ProxyChoice::System, text.get("settings-proxy-system")),
        (ProxyChoice::Direct, text.get("settings-proxy-direct")),
        (ProxyChoice::Through, text.get("settings-proxy-through")),
    ];
    let mut done = choice(ui, &text.get("settings-way"), &mut fields.way, &ways);
    if fields.way == ProxyChoice::Through {
        let words = words(text, "settings-proxy", "settings-proxy-hint");
        done |= one(ui, words, &mut fields.proxy, text, |said| draft::proxy(ProxyChoice::Through, said).err());
    }
    done
}

pub(super) fn link_ports(ui: &mut Ui, fields: &mut AdvancedDraft, text: &Text) -> bool {
    let ports = [(false, text.get("settings-link-ports-refused")), (true, text.get("settings-link-ports-allowed"))];
    choice(ui, &text.get("settings-link-ports"), &mut fields.link_other_ports, &ports)
}

pub(super) fn prices(ui: &mut Ui, fields: &mut AdvancedDraft, text: &Text) -> bool {
    let words = words(text, "settings-prices", "settings-prices-hint");
    several(ui, "prices", words, &mut fields.prices, text, |said| draft::prices(said).err())
}

fn words(text: &Text, label: &str, hint: &str) -> (String, String) {
    (text.get(label), text.get(hint))
}

/// Draws a multi-line field with its label, its hint and its error.
fn several(
    ui: &mut Ui,
    id: &str,
    (label, hint): (String, String),
    said: &mut String,
    text: &Text,
    wrong: impl Fn(&str) -> Option<AdvancedError>,
) -> bool {
    section_label(ui, &label, |_| {});
    let field = PromptField::new(egui::Id::unique(("settings", id)), &label).rows(2).code();
    let left = field.hint(hint).show(ui, said).lost_focus();
    finish(ui, said, text, wrong);
    left
}

/// Draws a single-line field with its label and its error.
fn one(
    ui: &mut Ui,
    (label, hint): (String, String),
    said: &mut String,
    text: &Text,
    wrong: impl Fn(&str) -> Option<AdvancedError>,
) -> bool {
    section_label(ui, &label, |_| {});
    let left = Field::new(&label).hint(hint).show(ui, said).lost_focus();
    finish(ui, said, text, wrong);
    left
}

fn finish(ui: &mut Ui, said: &str, text: &Text, wrong: impl Fn(&str) -> Option<AdvancedError>) {
    if let Some(wrong) = wrong(said) {
        trouble(ui, &wrong.sentence(text));
    }
    ui.add_space(size::GAP_SMALL);
}
