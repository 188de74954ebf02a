//! Carries out actions: changes the state of the window, or sends commands to the studio.

use std::{path::PathBuf, sync::Arc};

use egui::{Context, OpenUrl, ViewportCommand};

use crate::{
    recipe::{Flag, MarkChange, Recipe},
    settings::{PromptLibrary, Settings, Theme},
    studio::{
        Command, GalleryCommand, Handle, ImageDetails, ImportCommand, ModelInfo, OrganizeCommand, ProviderCommand,
        QueueCommand, ReferenceCommand, SettingsCommand, SheetCommand,
    },
    ui::{
        accessibility,
        actions::{
            action::Action,
            file_list::OpenableKind,
            payload::{CloseChoice, Recall, SettingsSection},
            ui_command::UiCommand,
        },
        dialogs::{close_window::CloseState, key_help::KeyPlace},
        pages::batch_view,
        panels::{composer, toasts::ToastKind, top_bar},
        state::{page::Page, undo_stack::UndoEffect},
        text::ModelMapping,
    },
};

use super::state::State;

/// Carries out an action.
pub(in crate::ui) fn apply_action(action: Action, state: &mut State, handle: &Handle, ctx: &Context) {
    // The effect of the action is visible on that page.
    if state.page == Page::Queue && action.is_about_creating() {
        show_page(Page::Create, state);
    }
    match action {
        Action::Run(verb) => {
            if state.can(verb) {
                run_command(verb, state, handle, ctx);
            }
        }
        Action::MarkAndAdvance(verb) => {
            if state.can(verb) {
                let is_vote = state.viewer.image().is_none() && state.batch_view.ballot(verb, &state.known).is_some();
                run_command(verb, state, handle, ctx);
                // A vote and a mark of several images have no next one.
                if !is_vote && (state.viewer.image().is_some() || state.selection.len() == 1) {
                    run_command(UiCommand::MoveRight, state, handle, ctx);
                }
            }
        }
        Action::SendCommand(command) => handle.send(command),
        Action::CollectionRemoved(name) => state.toasts.push(ToastKind::CollectionRemoved(name)),
        Action::Settings(settings) => {
            state.undo.push_settings(&state.known.settings, &settings);
            save_settings(*settings, state, handle);
        }
        Action::ShowPage(page) => show_page(page, state),
        Action::UndoLast => {
            let effect = state.undo.undo();
            if let Some(effect) = &effect {
                state.toasts.push(ToastKind::Undone(name_of_undone(effect)));
            }
            apply_undo(effect, state, handle);
        }
        Action::ShowToast(words) => state.toasts.push(ToastKind::Said(words)),
        Action::LeaveFocus => ctx.memory_mut(|memory| {
            if let Some(id) = memory.focused() {
                memory.surrender_focus(id);
            }
        }),
        Action::NewSheetFromImages(images) => {
            show_page(Page::Sheet, state);
            state.sheet.begin_with(images);
        }
        Action::RemoveSheet(id, name) => {
            handle.send(Command::Sheets(SheetCommand::Remove(id)));
            state.toasts.push(ToastKind::SheetRemoved(id, name));
        }
        Action::SavePromptLibrary(prompt_library) => {
            if *prompt_library != *state.known.prompt_library {
                state.undo.push_kit(&state.known.prompt_library, &prompt_library);
                save_prompt_library(*prompt_library, state, handle);
            }
        }
        Action::UseModel(profile, model) => {
            state.page = Page::Create;
            if state.composer.recipe().profile != profile {
                state.composer.choose_provider(profile, &state.known);
            }
            state.composer.choose_model(model);
        }
        Action::ToggleStyle(name) => {
            state.page = Page::Create;
            state.composer.toggle_style(&name, &state.known.prompt_library);
        }
        Action::InsertIntoPrompt(words) => {
            state.page = Page::Create;
            composer::insert(ctx, &mut state.composer, &words);
        }
        Action::FillPrompt(prompt) => state.composer.fill_prompt(prompt),
        Action::OpenSettings(section) => open_settings(section, state),
        Action::OpenSettingsRow(row) => {
            open_settings(row.section(), state);
            state.settings.find(row);
        }
        Action::CloseWindow(answer) => leave(answer, state, handle, ctx),
        Action::ShowSpending => handle.send(state.spending.open()),
        Action::UseProvider(profile) => {
            let now = &state.composer.recipe().profile;
            let in_use = !now.is_demo() && state.known.profile(now).is_some_and(|now| state.known.key_ready(now));
            if !in_use && *now != profile {
                state.composer.choose_provider(profile.clone(), &state.known);
                handle.send(Command::Providers(ProviderCommand::RefreshModels(profile)));
            }
        }
        Action::Reuse(recipe) => {
            reuse(*recipe, state);
        }
        // The composer would reveal the model of a blind comparison.
        Action::ReuseImage(details) | Action::Recall(_, details) if state.known.is_blind(&details.facts.recipe) => {}
        Action::ReuseImage(details) | Action::Recall(Recall::Everything, details) => reuse_image(&details, state),
        Action::Recall(part, details) => {
            state.composer.recall(part, details.for_reuse(), &state.known.prompt_library);
            state.composer.focus();
        }
        Action::ChooseModel(recipe) => {
            state.composer.reuse(*recipe);
            state.composer.open_models();
            ctx.memory_mut(|memory| memory.request_focus(composer::model_id()));
        }
        Action::OpenProvider(profile) => state.settings.open(SettingsSection::Providers, &profile, &state.known),
        Action::AskToTrust(profile, certificate) => state.trust.open(profile, certificate),
        Action::OpenPage(url) => ctx.open_url(OpenUrl::new_tab(url)),
        Action::OpenImage(id) => open(id, state, handle),
        Action::GoTo(id) => {
            let here = state.known.view.as_ref().is_some_and(|view| view.ids.position(id).is_some());
            if here {
                state.selection.only(id);
            }
            if !here || state.viewer.image().is_some() {
                open(id, state, handle);
            }
        }
        Action::ExportGrid(grid) => state.grid_image.open(grid),
        Action::ShowBatch(batch) => {
            state.batch_view.opened_from(&state.search);
            state.viewer.close();
            state.page = Page::Create;
            state.selection.set([], None);
            apply_action(Action::Search(batch_view::search(batch)), state, handle, ctx);
        }
        Action::Search(search) => {
            // The results are shown on the page with the gallery.
            state.page = Page::Create;
            state.search = search;
            handle.send(state.open_view_command());
        }
        Action::Sort(order) => {
            state.order = order;
            handle.send(state.open_view_command());
        }
        Action::Import { paths, unplaced } => state.import.open(paths, unplaced),
        Action::ShowNotImported(outcome) => state.import.list_failed(outcome),
        Action::ShowExchange(request) => handle.send(state.exchange.open(request)),
        Action::CopyText(text) => {
            ctx.copy_text(text);
            state.toasts.push(ToastKind::Copied);
        }
        Action::CopyReport(report) => handle.send(Command::MaskReport(report)),
        Action::OpenFiles(files) => open_files(files, state, handle),
    }
}

fn save_settings(settings: Settings, state: &mut State, handle: &Handle) {
    // The window shows the change immediately; the studio's event confirms it later.
    state.known.replace_settings(&settings);
    handle.send(Command::Settings(SettingsCommand::Save(settings)));
}

/// The key of the name of the change that an effect undoes.
fn name_of_undone(effect: &UndoEffect) -> &'static str {
    match effect {
        UndoEffect::Settings(_) => "undone-settings",
        UndoEffect::PromptLibrary(_) => "undone-prompt-library",
        UndoEffect::Composer { .. } => "undone-composer",
        UndoEffect::Send(command) => {
            if matches!(command.as_ref(), Command::Organize(OrganizeCommand::RestoreFromTrash(_))) {
                "undone-deletion"
            } else if matches!(command.as_ref(), Command::Organize(OrganizeCommand::MoveToTrash(_))) {
                "undone-import"
            } else {
                "undone-marks"
            }
        }
    }
}

/// Carries out an undo or a redo.
fn apply_undo(effect: Option<UndoEffect>, state: &mut State, handle: &Handle) {
    match effect {
        Some(UndoEffect::Send(command)) => handle.send(*command),
        Some(UndoEffect::Settings(settings)) => save_settings(*settings, state, handle),
        Some(UndoEffect::PromptLibrary(prompt_library)) => save_prompt_library(*prompt_library, state, handle),
        Some(UndoEffect::Composer { contents, with_prompt }) => {
            state.composer.restore_contents(*contents, with_prompt, &state.known.prompt_library);
        }
        None => {}
    }
}

/// Opens a table as a sheet, asks what to do with images, and lists all other files in a message.
fn open_files(files: Vec<PathBuf>, state: &mut State, handle: &Handle) {
    let (mut images, mut refused) = (Vec::new(), Vec::new());
    let mut table = None;
    for file in files {
        match OpenableKind::of(&file) {
            OpenableKind::ImageOrFolder => images.push(file),
            OpenableKind::Table if table.is_none() => table = Some(file),
            OpenableKind::Table | OpenableKind::Unknown => refused.push(file),
        }
    }
    if let Some(path) = table {
        show_page(Page::Sheet, state);
        handle.send(Command::Sheets(SheetCommand::ReadTable { path, encoding: None }));
    }
    if !images.is_empty() {
        state.import.open(images, true);
    }
    if !refused.is_empty() {
        state.toasts.push(ToastKind::NotOpened(refused));
    }
}

fn show_page(page: Page, state: &mut State) {
    state.page = page;
    // The viewer covers every page.
    state.viewer.close();
}

fn leave(answer: CloseChoice, state: &mut State, handle: &Handle, ctx: &Context) {
    match answer {
        CloseChoice::Wait => {
            state.close = CloseState::WhenDone;
            handle.send(Command::Queue(QueueCommand::SetDraining(true)));
        }
        CloseChoice::Now => {
            state.close = CloseState::Goes;
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        CloseChoice::Stay => {
            if state.close == CloseState::WhenDone {
                handle.send(Command::Queue(QueueCommand::SetDraining(false)));
            }
            state.close = CloseState::Stays;
        }
    }
}

fn save_prompt_library(prompt_library: PromptLibrary, state: &mut State, handle: &Handle) {
    state.composer.follow_prompt_library(&prompt_library);
    state.sheet.follow_prompt_library();
    handle.send(Command::Settings(SettingsCommand::SavePromptLibrary(Box::new(prompt_library.clone()))));
    state.known.prompt_library = Arc::new(prompt_library);
}

fn open(id: crate::recipe::ImageId, state: &mut State, handle: &Handle) {
    state.viewer.open(id);
    handle.send(Command::Gallery(GalleryCommand::LoadImage(id)));
}

fn reuse(recipe: Recipe, state: &mut State) {
    state.page = Page::Create;
    state.composer.reuse(recipe);
    state.composer.focus();
}

/// Fills the composer with the recipe of an image. A recipe of another program is mapped to the current provider and to
/// the model with the most similar name; a toast lists the parameters that have no equivalent.
fn reuse_image(details: &ImageDetails, state: &mut State) {
    let mut recipe = details.for_reuse();
    if recipe.profile.is_imported() {
        let now = state.composer.recipe();
        recipe.profile = now.profile.clone();
        let wanted = std::mem::replace(&mut recipe.model, now.model.clone());
        let models = state.known.models.get(&recipe.profile).map_or(&[][..], Vec::as_slice);
        let model = match nearest(&wanted, models) {
            Some(model) => {
                recipe.model.clone_from(&model);
                if model == wanted { ModelMapping::Same } else { ModelMapping::Nearest { wanted, model } }
            }
            None if wanted.is_empty() => ModelMapping::NotSaid,
            None => ModelMapping::Missing(wanted),
        };
        state.toasts.push(ToastKind::TakenOver(model, details.unsupported_settings()));
    }
    reuse(recipe, state);
}

/// Finds the model with this name, or one whose name contains it or is contained in it.
fn nearest(wanted: &str, models: &[ModelInfo]) -> Option<String> {
    let plain = |name: &str| name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let wanted = Some(plain(wanted)).filter(|wanted| !wanted.is_empty())?;
    let names = || models.iter().map(|model| &model.id);
    let within = |name: &&String| {
        let name = plain(name);
        name.contains(&wanted) || wanted.contains(&name)
    };
    names().find(|name| plain(name) == wanted).or_else(|| names().find(within)).cloned()
}

/// Applies one change to all images that the command is about.
fn organise(change: MarkChange, state: &State, handle: &Handle) {
    let images = state.subjects();
    handle.send(Command::Organize(OrganizeCommand::Change { images, change }));
}

/// The change that sets this flag, or clears it if the focused image has it already.
fn flagged(flag: Flag, state: &State) -> MarkChange {
    let has = state.subject_row().is_some_and(|row| row.flag == flag);
    MarkChange::Flag(if has { Flag::None } else { flag })
}

fn open_settings(section: SettingsSection, state: &mut State) {
    state.settings.open(section, &state.composer.recipe().profile, &state.known);
}

fn run_command(verb: UiCommand, state: &mut State, handle: &Handle, ctx: &Context) {
    // A digit is a vote while a blind comparison is open.
    if state.viewer.image().is_none()
        && let Some(vote) = state.batch_view.ballot(verb, &state.known)
    {
        handle.send(vote);
        return;
    }
    match verb {
        UiCommand::OpenPalette => {
            let obstacle = |verb: UiCommand| Some((verb, state.obstacle(verb)?));
            let obstacles = UiCommand::ALL.into_iter().filter_map(obstacle).collect();
            state.palette.open(obstacles, state.composer.styles().to_vec(), ctx.memory(egui::Memory::focused));
        }
        UiCommand::Show(page) => show_page(page, state),
        UiCommand::Generate if state.page == Page::Sheet => state.sheet.run(),
        UiCommand::Generate | UiCommand::GenerateFirst => {
            let order = state.composer.generate(verb == UiCommand::GenerateFirst, &state.known);
            if let Some(order) = order {
                handle.send(order);
            }
        }
        UiCommand::ParameterGrid => state.grid.open(state.composer.composition()),
        UiCommand::CompareBlind => state.blind.open(state.composer.composition()),
        UiCommand::EarlierPrompt => state.composer.earlier(),
        UiCommand::LaterPrompt => state.composer.later(),
        UiCommand::FocusPrompt => state.composer.focus(),
        UiCommand::FocusSearch => ctx.memory_mut(|memory| memory.request_focus(top_bar::search_id())),
        UiCommand::NextPanel => accessibility::go_to_panel(ctx, true),
        UiCommand::PreviousPanel => accessibility::go_to_panel(ctx, false),
        UiCommand::AddReference => handle.send(Command::References(ReferenceCommand::PickFiles)),
        UiCommand::Import => handle.send(Command::Import(ImportCommand::Pick { folders: false })),
        UiCommand::ImportFolders => handle.send(Command::Import(ImportCommand::Pick { folders: true })),
        UiCommand::Reset => state.composer.reset(),
        UiCommand::Open => {
            if let Some(id) = state.selection.focus() {
                open(id, state, handle);
            }
        }
        UiCommand::Back if state.viewer.image().is_some() => state.viewer.close(),
        UiCommand::Back if state.batch_view.is_shown() && state.selection.is_empty() => {
            apply_action(Action::Search(state.batch_view.back()), state, handle, ctx);
        }
        UiCommand::Back | UiCommand::SelectNone => state.selection.set([], state.selection.focus()),
        UiCommand::MoveLeft | UiCommand::MoveRight | UiCommand::MoveUp | UiCommand::MoveDown
            if state.moves_in_grid() =>
        {
            state.batch_view.step(verb, &mut state.selection);
        }
        UiCommand::MoveLeft | UiCommand::MoveRight | UiCommand::MoveUp | UiCommand::MoveDown => {
            if state.viewer.image().is_some() {
                state.viewer.step(verb, &state.known, &mut state.selection);
                if let Some(id) = state.viewer.image() {
                    handle.send(Command::Gallery(GalleryCommand::LoadImage(id)));
                }
            } else {
                state.gallery.step(verb, &state.known, &mut state.selection);
            }
        }
        UiCommand::ToggleSelected => {
            if let Some(id) = state.selection.focus() {
                state.selection.toggle(id);
            }
        }
        UiCommand::OpenMenu => {
            if let Some(id) = state.subject() {
                state.selection.focus_on(id);
                state.gallery.open_menu(id, &state.known, &state.selection);
            }
        }
        UiCommand::GoToDate => state.gallery.ask_date(),
        UiCommand::SelectAll => state.selection.select_all(&state.known.ids()),
        UiCommand::ToggleInspector => state.inspector_hidden = !state.inspector_hidden,
        UiCommand::Reuse => {
            if let Some(details) = state.subject().and_then(|id| state.known.details(id)) {
                let details = Arc::clone(details);
                reuse_image(&details, state);
            }
        }
        UiCommand::UseAsReference => {
            handle.send(Command::References(ReferenceCommand::AddImages(state.subjects().to_vec())));
        }
        UiCommand::Edit => {
            if let Some(id) = state.subject()
                && let Some(wish) = state.composer.edit(id, &state.known)
            {
                handle.send(wish);
            }
        }
        UiCommand::CopyPrompt => {
            if let Some(details) = state.subject().and_then(|id| state.known.details(id)) {
                ctx.copy_text(details.facts.recipe.prompt.clone());
                state.toasts.push(ToastKind::Copied);
            }
        }
        UiCommand::CopyImage => {
            if let Some(id) = state.subject() {
                handle.send(Command::Gallery(GalleryCommand::CopyImage(id)));
            }
        }
        UiCommand::ShowExchange => {
            if let Some(details) = state.subject().and_then(|id| state.known.details(id)) {
                handle.send(state.exchange.open(details.facts.request));
            }
        }
        UiCommand::Reveal => {
            if let Some(id) = state.subject() {
                handle.send(Command::Gallery(GalleryCommand::Reveal(id)));
            }
        }
        UiCommand::Batch => {
            let images = match state.viewer.image() {
                None if !state.selection.is_empty() => state.selection.as_chosen(&state.known.ids()),
                _ => state.subjects().to_vec(),
            };
            let count_up = state.composer.composing().count_up;
            state.batch.open(images, state.composer.recipe(), count_up);
        }
        UiCommand::Export => {
            let images = state.subjects().to_vec();
            state.export.open(images);
        }
        UiCommand::AddToCollection => state.gallery.collections.chooser.open(state.subjects()),
        UiCommand::RemoveFromCollection => {
            if let Some(collection) = state.known.shown_collection() {
                organise(MarkChange::RemoveFrom(collection.id), state, handle);
            }
        }
        UiCommand::Delete => {
            handle.send(Command::Organize(OrganizeCommand::MoveToTrash(state.subjects().to_vec())));
            state.viewer.close();
        }
        UiCommand::Undo | UiCommand::Redo if state.on_sheet() => state.sheet.undo(verb == UiCommand::Undo),
        UiCommand::Undo => apply_action(Action::UndoLast, state, handle, ctx),
        UiCommand::Redo => {
            let effect = state.undo.redo();
            apply_undo(effect, state, handle);
        }
        UiCommand::Rate(stars) => organise(MarkChange::Rate(stars), state, handle),
        UiCommand::Pick => organise(flagged(Flag::Picked, state), state, handle),
        UiCommand::Reject => organise(flagged(Flag::Rejected, state), state, handle),
        UiCommand::Unflag => organise(MarkChange::Flag(Flag::None), state, handle),
        UiCommand::Label(label) => {
            let has = state.subject_row().is_some_and(|row| row.label == Some(label));
            organise(MarkChange::Label((!has).then_some(label)), state, handle);
        }
        UiCommand::VerifyLibrary => handle.send(state.maintenance.verify()),
        UiCommand::RebuildIndex => state.maintenance.ask_rebuild(),
        UiCommand::PauseQueue => handle.send(Command::Queue(QueueCommand::SetPaused(!state.known.queue.paused))),
        UiCommand::OpenSettings => open_settings(SettingsSection::Providers, state),
        UiCommand::OpenShortcuts => {
            let viewing = state.viewer.image().is_some();
            state.key_help.open(if viewing { KeyPlace::Viewer } else { KeyPlace::Page(state.page) });
        }
        UiCommand::ToggleAutoAdvance => {
            let mut settings = state.known.settings.clone();
            settings.auto_advance = !settings.auto_advance;
            state.toasts.push(ToastKind::AutoAdvance(settings.auto_advance));
            apply_action(Action::Settings(Box::new(settings)), state, handle, ctx);
        }
        UiCommand::LargerText | UiCommand::SmallerText | UiCommand::UsualText => {
            let mut settings = state.known.settings.clone();
            settings.text_percent = match verb {
                UiCommand::UsualText => 100,
                verb => settings.next_text_percent(verb == UiCommand::LargerText),
            };
            apply_action(Action::Settings(Box::new(settings)), state, handle, ctx);
        }
        UiCommand::NextTheme => {
            let mut settings = state.known.settings.clone();
            settings.theme = if ctx.theme() == egui::Theme::Dark { Theme::Light } else { Theme::Dark };
            apply_action(Action::Settings(Box::new(settings)), state, handle, ctx);
        }
    }
}
