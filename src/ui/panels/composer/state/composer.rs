//! The composer: what it is about to request, and how it follows events and settings.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    composition::{Composition, with_styles},
    prompt,
    recipe::{Abilities, ImageId, Parameters, ProfileId, Recipe},
    settings::{Composing, PromptLibrary, Session},
    studio::{
        Command, GalleryEvent, KeyState, ProviderCommand, ProviderEvent, QueueCommand, ReferenceCommand, ReferenceEvent,
    },
    ui::{
        components::request_cost::{CONFIRM_REQUESTS_ABOVE, MAX_REQUESTS_PER_BATCH},
        state::{studio_state::StudioState, undo_stack::ComposerContents},
    },
};

use super::{
    edit::ImageEdit,
    expansion::Expansion,
    field_drafts::FieldDrafts,
    mask::Masks,
    menus::{ModelBox, Presets, ReferenceRename},
    prompt_history::PromptHistory,
    prompt_library::PromptLibraryDialog,
    reference_thumbnails::ReferenceThumbnails,
    text_undo::TextUndo,
    typed_parameter::TypedParameter,
    wildcard_editor::WildcardEditor,
};

/// Why nothing can be generated now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComposerBlocker {
    /// The library was created by a newer version.
    NewerLibrary,
    /// The prompt is empty.
    Prompt,
    /// The prompt is recursive or nested too deeply.
    Template,
    /// The prompt expands to too many requests.
    TooMany,
    /// The text of a parameter's field is invalid.
    Entry(TypedParameter),
    /// The provider was removed from the settings.
    Provider,
    /// The provider has no key.
    Key,
    /// No model is chosen.
    Model,
}

/// The state of the composer.
#[derive(Debug, Default)]
pub struct Composer {
    pub(in crate::ui::panels::composer) recipe: Recipe,
    /// Whether the advanced parameters are shown.
    pub advanced_open: bool,
    pub(in crate::ui::panels::composer) focus_wanted: bool,
    /// Whether the first view of the library has come.
    pub(in crate::ui::panels::composer) greeted: bool,
    pub(in crate::ui::panels::composer) expansion: Expansion,
    pub(in crate::ui::panels::composer) history: PromptHistory,
    pub(in crate::ui::panels::composer) presets: Presets,
    pub(in crate::ui::panels::composer) undoing: TextUndo,
    /// The selected or viewed image.
    pub subject: Option<ImageId>,
    /// The names of the active styles, including removed ones.
    pub(in crate::ui::panels::composer) styles: Vec<String>,
    /// Whether the empty field of the negative prompt is shown.
    pub(in crate::ui::panels::composer) avoiding: bool,
    pub(in crate::ui::panels::composer) avoid_focus: bool,
    pub(in crate::ui::panels::composer) library_dialog: PromptLibraryDialog,
    /// The selected text when the prompt was focused last.
    pub(in crate::ui::panels::composer) marked: Option<String>,
    /// The text in the search field of a menu.
    pub(in crate::ui::panels::composer) wanted_words: String,
    /// The confirmation of a large batch, and whether it is to go to the front of the queue.
    pub(in crate::ui::panels::composer) question: Option<bool>,
    pub(in crate::ui::panels::composer) wildcards: WildcardEditor,
    pub(in crate::ui::panels::composer) drafts: FieldDrafts,
    pub(in crate::ui::panels::composer) tiles: ReferenceThumbnails,
    pub(in crate::ui::panels::composer) masks: Masks,
    /// The image that is edited.
    pub(in crate::ui::panels::composer) edit: Option<ImageEdit>,
    /// An image that is to be edited when its details are loaded.
    pub(in crate::ui::panels::composer) edit_wanted: Option<ImageId>,
    /// The reference that is renamed.
    pub(in crate::ui::panels::composer) renaming: Option<ReferenceRename>,
    pub(in crate::ui::panels::composer) model_box: ModelBox,
    /// The last chosen model of each provider.
    pub(in crate::ui::panels::composer) models: BTreeMap<ProfileId, String>,
    /// Commands to send with the next frame.
    pub(in crate::ui::panels::composer) wanted: Vec<Command>,
}

impl Composer {
    /// Folds an event about providers into this state.
    pub fn fold_providers(&mut self, event: &ProviderEvent, known: &StudioState) {
        match event {
            ProviderEvent::Models(profile, _) if *profile == self.recipe.profile && self.recipe.model.is_empty() => {
                if let Some(model) = known.usual_model(profile) {
                    self.recipe.model.clone_from(&model.id);
                }
            }
            ProviderEvent::KeyState(profile, KeyState::Stored { .. } | KeyState::SessionOnly { .. })
                if *profile == self.recipe.profile && !known.models.contains_key(profile) =>
            {
                self.wanted.push(Command::Providers(ProviderCommand::RefreshModels(profile.clone())));
            }
            ProviderEvent::KeyState(..)
            | ProviderEvent::ConnectionTested(..)
            | ProviderEvent::DiagnosticStep(..)
            | ProviderEvent::DiagnosticsDone(_)
            | ProviderEvent::Models(..)
            | ProviderEvent::Learned(..) => {}
        }
    }

    /// Folds an event about references and masks into this state.
    pub fn fold_references(&mut self, event: &ReferenceEvent) {
        match event {
            ReferenceEvent::Ready { reference, pixels } => {
                self.tiles.arrive(&reference.sha256, pixels);
                if !self.recipe.references.iter().any(|known| known.sha256 == reference.sha256) {
                    self.recipe.references.push(reference.clone());
                }
            }
            ReferenceEvent::Thumbnail { sha256, pixels } => self.tiles.arrive(sha256, pixels),
            ReferenceEvent::Measured { sha256, measured } => self.tiles.measure(sha256, *measured),
            ReferenceEvent::Downloading(count) => self.tiles.fetching = *count,
            ReferenceEvent::MaskReady { sha256, mask } => self.masks.set(sha256, mask.clone()),
            ReferenceEvent::MaskBase { sha256, pixels, coverage } => self.masks.receive_base(sha256, pixels, coverage),
        }
    }

    /// Folds an event about the gallery into this state.
    pub fn fold_gallery(&mut self, event: &GalleryEvent) {
        match event {
            GalleryEvent::View(view) if !self.greeted => {
                self.greeted = true;
                // With an empty library the prompt is focused.
                self.focus_wanted |= view.library_total == 0;
            }
            GalleryEvent::Details(details) => self.update_conversation(details),
            GalleryEvent::ImageStored(details) => self.follow_conversation(details),
            GalleryEvent::ViewPreview(_)
            | GalleryEvent::View(_)
            | GalleryEvent::Rows { .. }
            | GalleryEvent::RowsChanged
            | GalleryEvent::Thumbnail { .. }
            | GalleryEvent::Image { .. }
            | GalleryEvent::ClipboardImage { .. }
            | GalleryEvent::Batch(..)
            | GalleryEvent::Exchange(..) => {}
        }
    }

    /// Uses the wildcards that the studio has read.
    pub fn set_sources(&mut self, known: &StudioState) {
        self.expansion.set_sources(Arc::clone(&known.sources));
    }

    /// Updates the styles after a change of the prompt library.
    pub fn follow_prompt_library(&mut self, prompt_library: &PromptLibrary) {
        self.expansion.set_styles(prompt_library.styles_of(&self.styles));
        self.expansion.follow(&self.recipe.prompt);
    }

    /// The names of the active styles.
    pub fn styles(&self) -> &[String] {
        &self.styles
    }

    /// Whether the field of the negative prompt is shown.
    pub(in crate::ui::panels::composer) fn avoids(&self) -> bool {
        self.avoiding || !self.recipe.negative.is_empty()
    }

    /// Shows or hides that field; a field with text is never hidden.
    pub(in crate::ui::panels::composer) fn toggle_avoiding(&mut self) {
        self.avoid_focus = !self.avoids() || !self.recipe.negative.is_empty();
        self.avoiding = self.avoid_focus;
    }

    /// Toggles a style.
    pub fn toggle_style(&mut self, name: &str, prompt_library: &PromptLibrary) {
        if self.styles.iter().any(|on| on == name) {
            self.styles.retain(|on| on != name);
        } else {
            self.styles.push(name.to_owned());
        }
        self.follow_prompt_library(prompt_library);
    }

    /// The recipe with the styles applied; except for the prompt, which is expanded from the template.
    pub(in crate::ui::panels::composer) fn meant(&self) -> Recipe {
        with_styles(&self.recipe, self.expansion.styles())
    }

    /// The composition that requests are expanded from.
    pub fn composition(&self) -> Composition {
        Composition {
            recipe: self.recipe.clone(),
            styles: self.expansion.styles().to_vec(),
            composing: self.expansion.composing,
            sources: Arc::clone(self.expansion.sources()),
        }
    }

    /// Adds the prompt to the history.
    pub fn remember(&mut self) {
        self.history.ask(&self.recipe.prompt);
    }

    /// Restores a saved session.
    pub fn restore(&mut self, session: &Session) {
        self.advanced_open = session.advanced_open;
        self.history.restore(&session.history);
        self.expansion.composing = session.composing;
        let template = session.composer.prompt.clone();
        self.reuse(session.composer.clone());
        // The template is restored as it was written.
        self.set_prompt(template);
        self.styles.clone_from(&session.styles);
    }

    /// The options of expansion.
    pub fn composing(&self) -> Composing {
        self.expansion.composing
    }

    /// The prompt history, newest first.
    pub fn asked(&self) -> &[String] {
        self.history.asked()
    }

    /// Whether one of its dialogs is on screen.
    pub fn dialog_open(&self) -> bool {
        self.question.is_some() || self.masks.is_open() || self.wildcards.is_open() || self.library_dialog.is_open()
    }

    /// The command that generates, at the front of the queue or at its end; none if a confirmation is needed first.
    pub fn generate(&mut self, first: bool, known: &StudioState) -> Option<Command> {
        let abilities = known.abilities(&self.recipe.profile, &self.recipe.model);
        let requests = self.requests(&abilities);
        let unknown = |problem: &prompt::TemplateProblem| !matches!(problem, prompt::TemplateProblem::NoVariable(_));
        if requests > CONFIRM_REQUESTS_ABOVE || self.expansion.problems().iter().any(unknown) {
            self.question = Some(first);
            return None;
        }
        Some(self.order(first))
    }

    /// The command with one request for each prompt.
    pub(in crate::ui::panels::composer) fn order(&mut self, first: bool) -> Command {
        self.history.ask(&self.recipe.prompt);
        let meant = self.meant();
        let own_seed = self.recipe.parameters.seed.filter(|_| self.expansion.composing.count_up);
        let step = i64::from(meant.parameters.n.unwrap_or(1).max(1));
        let mut recipes: Vec<Recipe> = self.composition().recipes().take(MAX_REQUESTS_PER_BATCH as usize).collect();
        if let Some(seed) = own_seed {
            for (index, recipe) in recipes.iter_mut().enumerate() {
                recipe.parameters.seed = Some(seed.wrapping_add(step.wrapping_mul(index as i64)));
            }
        }
        if let Some(seed) = own_seed {
            let next = seed.wrapping_add(step.wrapping_mul(recipes.len() as i64));
            self.set_entry(TypedParameter::Seed, next.to_string());
        }
        if first {
            Command::Queue(QueueCommand::GenerateFirst(recipes))
        } else {
            Command::Queue(QueueCommand::Generate(recipes))
        }
    }

    pub(in crate::ui::panels::composer) fn requests(&self, abilities: &Abilities) -> u128 {
        self.expansion.count().saturating_mul(u128::from(abilities.requests(&self.meant().parameters)))
    }

    pub(in crate::ui::panels::composer) fn set_prompt(&mut self, prompt: String) {
        self.recipe.prompt = prompt;
        self.expansion.follow(&self.recipe.prompt);
    }

    /// Whether the history has an earlier or later prompt.
    pub fn can_go(&self, earlier: bool) -> bool {
        self.history.has(&self.recipe.prompt, earlier)
    }

    /// Goes back to the previous prompt.
    pub fn earlier(&mut self) {
        self.go(true);
    }

    /// Goes forward to the next prompt.
    pub fn later(&mut self) {
        self.go(false);
    }

    pub(in crate::ui::panels::composer) fn go(&mut self, earlier: bool) {
        if let Some(prompt) = self.history.step(&self.recipe.prompt, earlier) {
            self.switch_prompt(prompt);
            self.focus();
        }
    }

    /// Replaces the prompt in the field, with an undo history of its own.
    pub(in crate::ui::panels::composer) fn switch_prompt(&mut self, prompt: String) {
        self.undoing.leave(&self.recipe.prompt);
        self.set_prompt(prompt);
    }

    /// Adds the current prompt to the history before it is replaced.
    pub(in crate::ui::panels::composer) fn keep_draft(&mut self, prompt: &str) {
        if !self.recipe.prompt.trim().is_empty() && self.recipe.prompt != prompt {
            self.history.ask(&self.recipe.prompt);
        }
    }

    /// Removes all styles, because the new prompt already contains their text.
    pub(in crate::ui::panels::composer) fn remove_styles(&mut self) {
        self.styles.clear();
        self.expansion.set_styles(Vec::new());
    }

    /// The current recipe.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// Fills the composer with a recipe.
    pub fn reuse(&mut self, recipe: Recipe) {
        // Unsupported parameters depend on the model at the time of sending. A sent prompt is no template, so it is
        // escaped.
        let prompt = prompt::escape(&recipe.prompt).into_owned();
        self.keep_draft(&prompt);
        self.undoing.leave(&self.recipe.prompt);
        // It becomes a new request without a batch; the edited image is a part of it.
        self.recipe = Recipe { unsupported: Vec::new(), composed: None, batch: None, ..recipe };
        self.take_up_edit();
        self.take_up_mask();
        self.remove_styles();
        self.set_prompt(prompt);
        self.drafts = FieldDrafts::of(&self.recipe.parameters);
        self.want_tiles();
    }

    /// Puts back what stood here before, for undo and redo; the prompt only if `with_prompt` is set.
    pub fn restore_contents(&mut self, contents: ComposerContents, with_prompt: bool, prompt_library: &PromptLibrary) {
        let ComposerContents { recipe, styles } = contents;
        let prompt = if with_prompt { recipe.prompt.clone() } else { self.recipe.prompt.clone() };
        self.undoing.leave(&self.recipe.prompt);
        self.recipe = recipe;
        self.take_up_edit();
        self.take_up_mask();
        self.styles = styles;
        self.set_prompt(prompt);
        self.follow_prompt_library(prompt_library);
        self.drafts = FieldDrafts::of(&self.recipe.parameters);
        self.want_tiles();
    }

    /// Requests thumbnails of the references that have none yet.
    pub(in crate::ui::panels::composer) fn want_tiles(&mut self) {
        self.tiles.keep(self.recipe.images());
        self.wanted.extend(
            self.recipe
                .images()
                .filter(|reference| !self.tiles.has(&reference.sha256))
                .map(|reference| Command::References(ReferenceCommand::LoadThumbnail(reference.clone()))),
        );
    }

    /// Replaces the prompt with an example.
    pub fn fill_prompt(&mut self, prompt: String) {
        self.switch_prompt(prompt);
        self.focus();
    }

    /// Switches to another provider, with the model last used there.
    pub fn choose_provider(&mut self, profile: ProfileId, known: &StudioState) {
        let before = std::mem::replace(&mut self.recipe.profile, profile);
        let model = std::mem::take(&mut self.recipe.model);
        self.models.insert(before, model);
        let profile = &self.recipe.profile;
        let offered = known.usual_model(profile).map(|model| model.id.clone());
        self.recipe.model = self
            .models
            .get(profile)
            .filter(|model| !model.is_empty())
            .cloned()
            .or(offered)
            .unwrap_or_else(|| first_model(profile).to_owned());
    }

    /// Uses this model of the current provider.
    pub fn choose_model(&mut self, model: String) {
        self.recipe.model = model;
    }

    /// Whether a parameter is set or a field is invalid.
    pub fn can_reset(&self) -> bool {
        self.recipe.parameters != Parameters::default() || self.drafts.first_fault().is_some()
    }

    /// Sets every parameter back to "default (not sent)".
    pub fn reset(&mut self) {
        self.recipe.parameters = Parameters::default();
        self.drafts = FieldDrafts::default();
    }

    /// Opens the complete list of models.
    pub fn open_models(&mut self) {
        self.model_box.open();
    }

    /// Focuses the prompt with the next frame.
    pub fn focus(&mut self) {
        self.focus_wanted = true;
    }

    /// Why nothing can be generated now, if something blocks it.
    pub fn blocker(&self, known: &StudioState) -> Option<ComposerBlocker> {
        if known.read_only {
            return Some(ComposerBlocker::NewerLibrary);
        }
        let Some(profile) = known.profile(&self.recipe.profile) else { return Some(ComposerBlocker::Provider) };
        if !known.key_ready(profile) {
            Some(ComposerBlocker::Key)
        } else if let Some(entry) = self.drafts.first_fault() {
            Some(ComposerBlocker::Entry(entry))
        } else if self.recipe.model.trim().is_empty() {
            Some(ComposerBlocker::Model)
        } else if self.recipe.prompt.trim().is_empty() {
            Some(ComposerBlocker::Prompt)
        } else if self.expansion.problems().iter().any(prompt::TemplateProblem::refuses) {
            Some(ComposerBlocker::Template)
        } else if self.requests(&known.abilities(&self.recipe.profile, &self.recipe.model)) > MAX_REQUESTS_PER_BATCH {
            Some(ComposerBlocker::TooMany)
        } else {
            None
        }
    }

    pub(in crate::ui::panels::composer) fn set_entry(&mut self, entry: TypedParameter, text: String) {
        *self.drafts.text_mut(entry) = text;
        self.read_entry(entry);
    }

    pub(in crate::ui::panels::composer) fn read_entry(&mut self, entry: TypedParameter) {
        self.drafts.read(entry, &mut self.recipe.parameters);
    }
}

/// The default model before a gateway's list has loaded: the one that most gateways of its kind offer.
pub(in crate::ui::panels::composer) fn first_model(profile: &ProfileId) -> &'static str {
    if profile.as_str() == ProfileId::DGRID { "gemini-2.5-flash-image" } else { "" }
}
