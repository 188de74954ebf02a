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
    drafts::advanced_draft::{
        AdvancedDraft, AdvancedError, ProxyChoice, count, extra_body, headers, per_minute, prices, proxy, seconds,
    },
    form::{choice, trouble},
};

/// Draws the fields. Returns whether the editing of one of them has ended.
pub(super) fn show(ui: &mut Ui, fields: &mut AdvancedDraft, text: &Text) -> bool {
    let mut done = false;
    let words = |label: &str, hint: &str| (text.get(label), text.get(hint));
    let headers_words = words("settings-headers", "settings-headers-hint");
    done |= several(ui, "headers", headers_words, &mut fields.headers, text, |said| headers(said).err());
    let extra_words = words("settings-extra-body", "settings-extra-body-hint");
    done |= several(ui, "extra body", extra_words, &mut fields.extra_body, text, |said| extra_body(said).err());
    let limits = [
        words("settings-connect", "settings-connect-hint"),
        words("settings-first-byte", "settings-first-byte-hint"),
        words("settings-between-bytes", "settings-between-bytes-hint"),
        words("settings-whole", "settings-whole-hint"),
    ];
    for (words, limit) in limits.into_iter().zip(&mut fields.limits) {
        done |= one(ui, words, limit, text, |said| seconds(said).err());
    }
    let count_words = words("settings-at-once-here", "settings-at-once-here-hint");
    done |= one(ui, count_words, &mut fields.max_concurrent, text, |said| count(said).err());
    let minute_words = words("settings-per-minute", "settings-per-minute-hint");
    done |= one(ui, minute_words, &mut fields.per_minute, text, |said| per_minute(said).err());
    let ways = [
        (ProxyChoice::System, text.get("settings-proxy-system")),
        (ProxyChoice::Direct, text.get("settings-proxy-direct")),
        (ProxyChoice::Through, text.get("settings-proxy-through")),
    ];
    done |= choice(ui, &text.get("settings-way"), &mut fields.way, &ways);
    if fields.way == ProxyChoice::Through {
        let proxy_words = words("settings-proxy", "settings-proxy-hint");
        done |= one(ui, proxy_words, &mut fields.proxy, text, |said| proxy(ProxyChoice::Through, said).err());
    }
    let ports = [(false, text.get("settings-link-ports-refused")), (true, text.get("settings-link-ports-allowed"))];
    done |= choice(ui, &text.get("settings-link-ports"), &mut fields.link_other_ports, &ports);
    let price_words = words("settings-prices", "settings-prices-hint");
    done |= several(ui, "prices", price_words, &mut fields.prices, text, |said| prices(said).err());
    done
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
