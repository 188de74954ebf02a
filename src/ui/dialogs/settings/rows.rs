//! Draws the rows of the settings: those of a section, or those that a search finds.

use egui::{RichText, Ui};

use crate::{
    recipe::{Profile, ProfileId},
    ui::{
        actions::{action::Actions, payload::SettingsSection, settings_row::SettingsRow},
        state::view_context::ViewContext,
        text::Text,
        theme::{self, fonts, size},
    },
};

use super::{
    about, advanced, appearance,
    drafts::{advanced_draft::AdvancedDraft, provider_draft::is_built_in},
    form::{disclosure, folder, note},
    protocol_options, providers, queue, shortcuts,
    state::SettingsDialog,
};

/// Draws all rows of a section.
pub(super) fn section(
    ui: &mut Ui,
    section: SettingsSection,
    dialog: &mut SettingsDialog,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let rows = || SettingsRow::ALL.into_iter().filter(move |row| row.section() == section);
    match section {
        SettingsSection::Library | SettingsSection::Appearance | SettingsSection::Queue | SettingsSection::About => {
            for shown in rows() {
                row(ui, shown, dialog, cx, actions);
            }
        }
        SettingsSection::Providers => {
            providers::head(ui, dialog, cx, actions);
            for shown in rows().filter(|row| !row.is_advanced()) {
                row(ui, shown, dialog, cx, actions);
            }
            if !is_demo(dialog) {
                disclosure(ui, &mut dialog.draft.advanced.open, &cx.text.get("settings-advanced"));
                if dialog.draft.advanced.open {
                    for shown in rows().filter(|row| row.is_advanced()) {
                        row(ui, shown, dialog, cx, actions);
                    }
                }
            }
            providers::foot(ui, dialog, cx, actions);
        }
        SettingsSection::Shortcuts => {
            shortcuts::show(ui, &mut dialog.shortcuts, &mut dialog.edited.shortcuts, cx, actions);
            dialog.save(actions);
        }
    }
}

/// Draws the rows of all sections that a search finds, under the names of their sections.
pub(super) fn found(ui: &mut Ui, dialog: &mut SettingsDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    let query = dialog.search.trim().to_owned();
    let mut is_empty = true;
    for section in SettingsSection::ALL {
        let rows: Vec<SettingsRow> = SettingsRow::ALL
            .into_iter()
            .filter(|row| row.section() == section && row.matches(&query, cx.text) && applies(*row, dialog, cx))
            .collect();
        let commands = match section {
            SettingsSection::Shortcuts => shortcuts::find(&query, &dialog.edited.shortcuts, cx.text),
            _ => Vec::new(),
        };
        if rows.is_empty() && commands.is_empty() {
            continue;
        }
        is_empty = false;
        let palette = theme::palette(ui.visuals());
        let heading = RichText::new(section.name(cx)).font(fonts::semibold(size::TEXT_HEADING)).color(palette.strong);
        ui.add(egui::Label::new(heading).wrap());
        if section == SettingsSection::Providers {
            providers::chips(ui, dialog, cx, actions);
        }
        for shown in rows {
            row(ui, shown, dialog, cx, actions);
        }
        if !commands.is_empty() {
            shortcuts::rows(ui, &commands, &mut dialog.shortcuts, &mut dialog.edited.shortcuts, cx);
            dialog.save(actions);
        }
        ui.add_space(size::SECTION);
    }
    if is_empty {
        note(ui, &cx.text.get("settings-not-found"));
    }
}

fn is_demo(dialog: &SettingsDialog) -> bool {
    dialog.draft.id.as_ref().is_some_and(ProfileId::is_demo)
}

/// The provider that is shown; none while a new one is added.
fn profile<'a>(dialog: &SettingsDialog, cx: &'a ViewContext<'_>) -> Option<&'a Profile> {
    cx.known.profile(dialog.draft.id.as_ref()?)
}

/// Whether the shown provider has this row.
fn applies(row: SettingsRow, dialog: &SettingsDialog, cx: &ViewContext<'_>) -> bool {
    if row.section() != SettingsSection::Providers {
        return true;
    }
    let profile = profile(dialog, cx);
    match row {
        SettingsRow::BaseUrl => true,
        SettingsRow::Connection => profile.is_some(),
        SettingsRow::ApiKey | SettingsRow::ProviderFiles => profile.is_some_and(|profile| !profile.id.is_demo()),
        SettingsRow::ProviderName => profile.is_none_or(|profile| !is_built_in(&profile.id)),
        _ => !is_demo(dialog),
    }
}

/// Draws a row, if the shown provider has it.
fn row(ui: &mut Ui, row: SettingsRow, dialog: &mut SettingsDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    if !applies(row, dialog, cx) {
        return;
    }
    let text = cx.text;
    let settings = &mut dialog.edited;
    match row {
        SettingsRow::LibraryFolder => folder(ui, &row.name(text), &cx.known.library, text, actions),
        SettingsRow::KeptResponses => dialog.kept.show(ui, settings, cx, actions),
        SettingsRow::Language => appearance::language(ui, settings, text),
        SettingsRow::Theme => appearance::theme(ui, settings, text),
        SettingsRow::TextSize => appearance::text_size(ui, settings, text),
        SettingsRow::Motion => appearance::motion(ui, settings, text),
        SettingsRow::Announcements => appearance::announcements(ui, settings, text),
        SettingsRow::ProviderName => providers::name(ui, dialog, cx, actions),
        SettingsRow::ApiKey => {
            if let Some(profile) = profile(dialog, cx) {
                providers::key(ui, dialog, profile, cx, actions);
            }
        }
        SettingsRow::BaseUrl => providers::base_url(ui, dialog, cx, actions),
        SettingsRow::Connection => {
            if let Some(profile) = profile(dialog, cx) {
                providers::connection(ui, dialog, profile, cx, actions);
            }
        }
        SettingsRow::ProviderFiles => providers::files(ui, cx, actions),
        SettingsRow::Endpoint => keep_if(protocol_options::endpoint(ui, &mut dialog.draft, text), dialog, actions),
        SettingsRow::ParameterFormat => {
            keep_if(protocol_options::parameter_format(ui, &mut dialog.draft, text), dialog, actions);
        }
        SettingsRow::ReferenceFormat => {
            keep_if(protocol_options::reference_format(ui, &mut dialog.draft, text), dialog, actions);
        }
        SettingsRow::ResponseModalities => {
            keep_if(protocol_options::modalities(ui, &mut dialog.draft, text), dialog, actions);
        }
        SettingsRow::AuthHeader => keep_if(protocol_options::auth_header(ui, &mut dialog.draft, text), dialog, actions),
        SettingsRow::ExtraHeaders => advanced_row(ui, advanced::headers, dialog, cx, actions),
        SettingsRow::ExtraBody => advanced_row(ui, advanced::extra_body, dialog, cx, actions),
        SettingsRow::Timeouts => advanced_row(ui, advanced::timeouts, dialog, cx, actions),
        SettingsRow::ProviderConcurrency => advanced_row(ui, advanced::concurrency, dialog, cx, actions),
        SettingsRow::RequestsPerMinute => advanced_row(ui, advanced::per_minute, dialog, cx, actions),
        SettingsRow::Network => advanced_row(ui, advanced::network, dialog, cx, actions),
        SettingsRow::LinkPorts => advanced_row(ui, advanced::link_ports, dialog, cx, actions),
        SettingsRow::Prices => advanced_row(ui, advanced::prices, dialog, cx, actions),
        SettingsRow::Concurrency => queue::concurrency(ui, settings, text),
        SettingsRow::Resume => queue::resume(ui, settings, text),
        SettingsRow::Caps => queue::caps(ui, &mut dialog.caps, settings, cx),
        SettingsRow::Notification => queue::notification(ui, settings, text),
        SettingsRow::Version => about::version(ui, text, actions),
        SettingsRow::Licenses => about::licenses(ui, &mut dialog.licenses, text),
        SettingsRow::Folders => about::folders(ui, cx, actions),
    }
    dialog.save(actions);
}

fn advanced_row(
    ui: &mut Ui,
    draw: fn(&mut Ui, &mut AdvancedDraft, &Text) -> bool,
    dialog: &mut SettingsDialog,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    keep_if(draw(ui, &mut dialog.draft.advanced, cx.text), dialog, actions);
}

/// Saves the provider if the editing of one of its fields has ended.
fn keep_if(is_done: bool, dialog: &mut SettingsDialog, actions: &mut Actions) {
    if is_done {
        providers::keep(dialog, actions);
    }
}
