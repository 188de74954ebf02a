//! The protocol of a provider: its endpoints, and how options, references and the key are sent.

use egui::Ui;

use crate::{
    recipe::{Dialect, KeyHeader, Modalities, OptionStyle, Profile, ReferenceStyle},
    ui::{
        text::Text,
        theme::size,
        widgets::{Button, ButtonKind, section_label},
    },
};

use super::{drafts::provider_draft::ProviderDraft, form::choice};

// Each function draws a row, and returns whether its choice has changed.

pub(super) fn endpoint(ui: &mut Ui, draft: &mut ProviderDraft, text: &Text) -> bool {
    let dialects = Dialect::ALL.map(|dialect| (dialect, dialect.endpoint().to_owned()));
    let changed = choice(ui, &text.get("settings-dialect"), &mut draft.dialect, &dialects);
    // The new dialect may not have the current styles.
    settle(&mut draft.options, draft.dialect.option_styles());
    settle(&mut draft.references, draft.dialect.reference_styles());
    changed
}

pub(super) fn parameter_format(ui: &mut Ui, draft: &mut ProviderDraft, text: &Text) -> bool {
    let styles: Vec<_> =
        draft.dialect.option_styles().iter().map(|style| (*style, option_words(*style, text))).collect();
    choice(ui, &text.get("settings-options"), &mut draft.options, &styles)
}

pub(super) fn reference_format(ui: &mut Ui, draft: &mut ProviderDraft, text: &Text) -> bool {
    let styles: Vec<_> =
        draft.dialect.reference_styles().iter().map(|style| (*style, reference_words(*style, text))).collect();
    styles.len() > 1 && choice(ui, &text.get("settings-references"), &mut draft.references, &styles)
}

pub(super) fn modalities(ui: &mut Ui, draft: &mut ProviderDraft, text: &Text) -> bool {
    let words = Modalities::ALL.map(|modalities| (modalities, modality_words(modalities, text)));
    draft.dialect.has_modalities() && choice(ui, &text.get("settings-modalities"), &mut draft.modalities, &words)
}

pub(super) fn auth_header(ui: &mut Ui, draft: &mut ProviderDraft, text: &Text) -> bool {
    let headers = KeyHeader::ALL.map(|header| (header, header.name().to_owned()));
    choice(ui, &text.get("settings-key-header"), &mut draft.key_header, &headers)
}

/// Draws the templates of a new provider, and fills the fields with the clicked one.
pub(super) fn templates(ui: &mut Ui, draft: &mut ProviderDraft, text: &Text) {
    let label = text.get("settings-begin-as");
    section_label(ui, &label, |_| {});
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP_SMALL);
        for template in Profile::templates() {
            let chosen = draft.base_url == template.base_url;
            let chip = Button::new(template.name.as_str()).kind(ButtonKind::Chip).selected(chosen);
            if ui.add(chip.name(format!("{label}: {}", template.name))).clicked() {
                *draft = ProviderDraft { id: None, ..ProviderDraft::of(&template) };
            }
        }
    });
    ui.add_space(size::GAP_SMALL);
}

/// Chooses the first of the styles, unless the current one is among them.
fn settle<T: Copy + PartialEq>(now: &mut T, choices: &[T]) {
    if let Some(first) = choices.first()
        && !choices.contains(now)
    {
        *now = *first;
    }
}

fn option_words(style: OptionStyle, text: &Text) -> String {
    match style {
        OptionStyle::GoogleExtraBody => "extra_body.google.image_config".to_owned(),
        OptionStyle::ImageConfig => "image_config".to_owned(),
        OptionStyle::CamelImageConfig => "imageConfig".to_owned(),
        OptionStyle::SystemMessage => text.get("settings-options-message"),
        OptionStyle::PixelSize => text.get("settings-options-pixels"),
        OptionStyle::RatioAsSize => text.get("settings-options-ratio"),
        OptionStyle::InWords => text.get("settings-options-words"),
        OptionStyle::NotSent => text.get("settings-options-not"),
    }
}

fn reference_words(style: ReferenceStyle, text: &Text) -> String {
    match style {
        ReferenceStyle::ImageUrl => "image_url".to_owned(),
        ReferenceStyle::ImageUrlAndContents => "image_url + contents".to_owned(),
        ReferenceStyle::Form => text.get("settings-references-form"),
        ReferenceStyle::ImageField => text.get("settings-references-json"),
        ReferenceStyle::InlineData => "inlineData".to_owned(),
    }
}

fn modality_words(modalities: Modalities, text: &Text) -> String {
    text.get(match modalities {
        Modalities::Usual => "settings-modalities-usual",
        Modalities::ImageAndText => "settings-modalities-both",
        Modalities::ImageOnly => "settings-modalities-image",
        Modalities::NotSent => "settings-options-not",
    })
}
