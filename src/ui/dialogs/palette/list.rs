//! Collects the entries of the palette from everything that the window knows.

use crate::{
    recipe::Collection,
    studio::{Filter, Term},
    ui::{
        actions::{
            payload::{Obstacle, SettingsSection},
            settings_row::SettingsRow,
            ui_command::UiCommand,
        },
        components::provider_name::profile_name,
        state::view_context::ViewContext,
        text::Text,
        theme::icons,
    },
};

use super::entry::{EntryGroup, EntryTarget, PaletteEntry};

/// Commands that make no sense in a list: they move by one image, or close what is open.
fn is_listed(command: UiCommand) -> bool {
    !matches!(
        command,
        UiCommand::MoveLeft
            | UiCommand::MoveRight
            | UiCommand::MoveUp
            | UiCommand::MoveDown
            | UiCommand::Back
            | UiCommand::OpenPalette
    )
}

/// All entries, each group in its usual order. `obstacles` has the commands that are not available now, and why;
/// `english` has their English names, unless the window is in English.
pub(super) fn entries(
    obstacles: &[(UiCommand, Obstacle)],
    styles_on: &[String],
    english: Option<&Text>,
    cx: &ViewContext<'_>,
) -> Vec<PaletteEntry> {
    let mut entries = commands(obstacles, english, cx);
    entries.extend(SettingsSection::ALL.into_iter().map(|section| {
        let target = EntryTarget::Settings(section);
        let name = cx.text.with("palette-settings-section", [("section", section.name(cx).into())]);
        PaletteEntry::new(EntryGroup::Settings, icons::SETTINGS, name, target)
    }));
    entries.extend(SettingsRow::ALL.into_iter().map(|row| {
        let target = EntryTarget::SettingsRow(row);
        let entry = PaletteEntry::new(EntryGroup::Settings, icons::SETTINGS, row.name(cx.text), target);
        let keywords = english.map(|english| row.name(english)).unwrap_or_default();
        PaletteEntry { keywords, ..entry.detail(row.section().name(cx)) }
    }));
    models(&mut entries, cx);
    for collection in &cx.known.collections {
        let icon = if collection.query.is_some() { icons::SMART } else { icons::COLLECTION };
        let search = Term::of(Filter::Collection(collection.name.clone())).to_string();
        let target = EntryTarget::Search(search);
        let entry = PaletteEntry::new(EntryGroup::Collections, icon, path(collection, &cx.known.collections), target);
        let detail = match &collection.query {
            Some(query) => query.clone(),
            None => cx.text.with("palette-images", [("count", collection.count.into())]),
        };
        entries.push(entry.detail(detail));
    }
    entries.extend(cx.known.prompt_library.styles.iter().map(|style| {
        let is_on = styles_on.contains(&style.name);
        let target = EntryTarget::Style(style.name.clone());
        let entry = PaletteEntry::new(EntryGroup::Styles, icons::BRUSH, style.name.clone(), target);
        entry.detail(cx.text.get(if is_on { "palette-style-off" } else { "palette-style-on" }))
    }));
    inserts(&mut entries, cx);
    entries
}

fn commands(obstacles: &[(UiCommand, Obstacle)], english: Option<&Text>, cx: &ViewContext<'_>) -> Vec<PaletteEntry> {
    let listed = UiCommand::ALL.into_iter().filter(|command| is_listed(*command));
    let entry = |command: UiCommand| {
        let obstacle = obstacles.iter().find(|(other, _)| *other == command).map(|(_, obstacle)| *obstacle);
        if obstacle == Some(Obstacle::NotNow) {
            return None;
        }
        let target = EntryTarget::Command(command);
        let entry = PaletteEntry::new(EntryGroup::Commands, command.icon(), command.name(cx.text), target);
        Some(PaletteEntry {
            keys: command.first_key(&cx.known.settings.shortcuts),
            keywords: english.map(|english| command.name(english)).unwrap_or_default(),
            obstacle: obstacle.map(|obstacle| obstacle.sentence(cx.text)),
            ..entry
        })
    };
    listed.filter_map(entry).collect()
}

fn models(entries: &mut Vec<PaletteEntry>, cx: &ViewContext<'_>) {
    for profile in &cx.known.settings.profiles {
        let provider = profile_name(profile, cx);
        let models = cx.known.models.get(&profile.id).into_iter().flatten().filter(|model| model.makes_images);
        for model in models {
            let target = EntryTarget::Model(profile.id.clone(), model.id.clone());
            let keywords = cx.known.abilities(&profile.id, &model.id).name.unwrap_or_default();
            let entry = PaletteEntry::new(EntryGroup::Models, icons::GENERATE, model.id.clone(), target);
            entries.push(PaletteEntry { keywords, ..entry.detail(provider.clone()) });
        }
    }
}

/// Wildcards, variables and snippets, which go into the prompt.
fn inserts(entries: &mut Vec<PaletteEntry>, cx: &ViewContext<'_>) {
    let mut add = |name: String, words: String, detail: &str| {
        let entry = PaletteEntry::new(EntryGroup::Inserts, icons::PROMPT, name, EntryTarget::Insert(words));
        entries.push(entry.detail(cx.text.get(detail)));
    };
    for name in cx.known.wildcards.keys() {
        add(format!("__{name}__"), format!("__{name}__"), "palette-wildcard");
    }
    for variable in &cx.known.prompt_library.variables {
        add(format!("${}", variable.name), format!("${{{}}}", variable.name), "palette-variable");
    }
    for snippet in &cx.known.prompt_library.snippets {
        add(snippet.name.clone(), snippet.text.clone(), "palette-snippet");
    }
}

/// The name of a collection after the names of those that it is in.
fn path(collection: &Collection, all: &[Collection]) -> String {
    let mut names = vec![collection.name.as_str()];
    let mut parent = collection.parent;
    // The bound ends the loop even if there is a cycle, which must not exist.
    for _ in 0..all.len() {
        let Some(outer) = parent.and_then(|id| all.iter().find(|other| other.id == id)) else { break };
        names.push(&outer.name);
        parent = outer.parent;
    }
    names.reverse();
    names.join(" › ")
}
