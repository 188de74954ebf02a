//! The left panel: what to ask for.

mod diff;
mod drafts;
mod edit;
mod entry;
mod expansion;
mod generate;
mod history;
mod kit_dialog;
mod mask;
mod model;
pub mod model_row;
mod parameters;
mod pixels;
mod presets;
mod prompt;
mod question;
mod recall;
mod references;
mod set;
pub mod shape;
mod styles;
mod turns;
mod undoing;
mod wildcards;

use std::{collections::BTreeMap, sync::Arc};

use egui::{Align, Frame, Id, Layout, Margin, Rect, ScrollArea, Ui, UiBuilder};

use crate::{
    composition::{Composition, with_styles},
    prompt::{Problem, escape},
    recipe::{Abilities, ImageId, Parameters, ProfileId, Recipe},
    settings::{Composing, Kit, Session},
    studio::{Command, Event, KeyState},
};

use super::{
    Cx,
    action::Actions,
    known::Known,
    theme::{self, size},
    widgets::dialog::line,
};

use drafts::Drafts;
use edit::Edit;
use entry::Entry;
use expansion::Expansion;
use history::History;
use kit_dialog::KitDialog;
use mask::Masks;
pub use model::profile_name;
use model::{ModelBox, first_model};
use presets::Presets;
pub use recall::Recall;
use references::{Renaming, Tiles};
pub use set::{ASKED_ABOUT, MOST, at_once, price_and_time, rounded};
use undoing::Undoing;
use wildcards::Wildcards;

/// Why nothing can be generated now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// A newer version made the library.
    NewerLibrary,
    /// There is no prompt.
    Prompt,
    /// The prompt goes round in circles, or too deep.
    Template,
    /// The prompt stands for more requests than can be sent at once.
    TooMany,
    /// What stands in a parameter's field cannot be sent.
    Entry(Entry),
    /// The provider has been removed from the settings.
    Provider,
    /// The provider has no key.
    Key,
    /// No model is chosen.
    Model,
}

/// What the composer remembers.
#[derive(Debug, Default)]
pub struct Composer {
    recipe: Recipe,
    /// Whether the advanced parameters are shown.
    pub advanced_open: bool,
    focus_wanted: bool,
    /// Whether the first view of the library has come.
    greeted: bool,
    expansion: Expansion,
    history: History,
    presets: Presets,
    undoing: Undoing,
    /// The picture that is selected or looked at.
    pub subject: Option<ImageId>,
    /// Names of the styles that are on, also of some that are not there any more.
    styles: Vec<String>,
    /// Whether the field for what is to be avoided is shown although it is empty.
    avoiding: bool,
    avoid_focus: bool,
    kit_dialog: KitDialog,
    /// What was selected in the prompt when the keyboard was last there.
    marked: Option<String>,
    /// What stands in the search field of a menu.
    wanted_words: String,
    /// Whether a large set is asked about, and then whether it comes first.
    question: Option<bool>,
    wildcards: Wildcards,
    drafts: Drafts,
    tiles: Tiles,
    masks: Masks,
    /// The picture that is changed in words.
    edit: Option<Edit>,
    /// A picture that is to be changed, and of which nothing is known yet.
    edit_wanted: Option<ImageId>,
    /// The reference that is given another name.
    renaming: Option<Renaming>,
    model_box: ModelBox,
    /// The model last chosen with each provider.
    models: BTreeMap<ProfileId, String>,
    /// What to ask of the studio with the next frame.
    wanted: Vec<Command>,
}

impl Composer {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event, known: &Known) {
        self.masks.fold(event);
        match event {
            Event::Models(profile, _) if *profile == self.recipe.profile && self.recipe.model.is_empty() => {
                if let Some(model) = known.usual_model(profile) {
                    self.recipe.model.clone_from(&model.id);
                }
            }
            Event::Key(profile, KeyState::Stored { .. } | KeyState::SessionOnly { .. })
                if *profile == self.recipe.profile && !known.models.contains_key(profile) =>
            {
                self.wanted.push(Command::RefreshModels(profile.clone()));
            }
            Event::ReferenceReady { reference, pixels } => {
                self.tiles.arrive(&reference.sha256, pixels);
                if !self.recipe.references.iter().any(|known| known.sha256 == reference.sha256) {
                    self.recipe.references.push(reference.clone());
                }
            }
            Event::Ready(_) => self.follow_kit(&known.kit),
            Event::View(view) if !self.greeted => {
                self.greeted = true;
                // On an empty library there is nothing else to do than to write.
                self.focus_wanted |= view.library_total == 0;
            }
            Event::Wildcards(_) => self.expansion.set_sources(Arc::clone(&known.sources)),
            Event::ReferenceThumbnail { sha256, pixels } => self.tiles.arrive(sha256, pixels),
            Event::ReferenceMeasured { sha256, measured } => self.tiles.measure(sha256, *measured),
            Event::Details(details) => self.hear_of(details),
            Event::Stored(details) => self.follow_conversation(details),
            Event::FetchingReferences(count) => self.tiles.fetching = *count,
            _ => {}
        }
    }

    /// Takes over what is kept for writing prompts.
    pub fn follow_kit(&mut self, kit: &Kit) {
        self.expansion.set_styles(kit.styles_of(&self.styles));
        self.expansion.follow(&self.recipe.prompt);
    }

    /// Names of the styles that are on.
    pub fn styles(&self) -> &[String] {
        &self.styles
    }

    /// Whether the field for what is to be avoided is shown.
    fn avoids(&self) -> bool {
        self.avoiding || !self.recipe.negative.is_empty()
    }

    /// Shows that field, or hides it; what stands in it is never hidden.
    fn toggle_avoiding(&mut self) {
        self.avoid_focus = !self.avoids() || !self.recipe.negative.is_empty();
        self.avoiding = self.avoid_focus;
    }

    /// Puts a style on, or takes it off.
    fn toggle_style(&mut self, name: &str, kit: &Kit) {
        if self.styles.iter().any(|on| on == name) {
            self.styles.retain(|on| on != name);
        } else {
            self.styles.push(name.to_owned());
        }
        self.follow_kit(kit);
    }

    /// What is asked for, with what the styles add; the prompt apart, which is made of the template.
    fn meant(&self) -> Recipe {
        with_styles(&self.recipe, self.expansion.styles())
    }

    /// What stands there, to be made into requests.
    pub fn composition(&self) -> Composition {
        Composition {
            recipe: self.recipe.clone(),
            styles: self.expansion.styles().to_vec(),
            composing: self.expansion.composing,
            sources: Arc::clone(self.expansion.sources()),
        }
    }

    /// Remembers the prompt as one that was asked for.
    pub fn remember(&mut self) {
        self.history.ask(&self.recipe.prompt);
    }

    /// Puts back what the person left.
    pub fn restore(&mut self, session: &Session) {
        self.advanced_open = session.advanced_open;
        self.history.restore(&session.history);
        self.expansion.composing = session.composing;
        let template = session.composer.prompt.clone();
        self.reuse(session.composer.clone());
        // It stands there as it was written.
        self.set_prompt(template);
        self.styles.clone_from(&session.styles);
    }

    /// How the prompt is read.
    pub fn composing(&self) -> Composing {
        self.expansion.composing
    }

    /// What was asked for before, newest first.
    pub fn asked(&self) -> &[String] {
        self.history.asked()
    }

    /// Whether one of its dialogs is on screen.
    pub fn dialog_open(&self) -> bool {
        self.question.is_some() || self.masks.is_open() || self.wildcards.is_open() || self.kit_dialog.is_open()
    }

    /// What to tell the studio so that it generates, before all that waits or behind it; nothing if the person is
    /// asked first.
    pub fn generate(&mut self, first: bool, known: &Known) -> Option<Command> {
        let abilities = known.abilities(&self.recipe.profile, &self.recipe.model);
        let requests = self.requests(&abilities);
        let unknown = |problem: &Problem| !matches!(problem, Problem::NoVariable(_));
        if requests > set::ASKED_ABOUT || self.expansion.problems().iter().any(unknown) {
            self.question = Some(first);
            return None;
        }
        Some(self.order(first))
    }

    /// One request for each prompt that is meant.
    fn order(&mut self, first: bool) -> Command {
        self.history.ask(&self.recipe.prompt);
        let meant = self.meant();
        let own_seed = self.recipe.parameters.seed.filter(|_| self.expansion.composing.count_up);
        let step = i64::from(meant.parameters.n.unwrap_or(1).max(1));
        let mut recipes: Vec<Recipe> = self.composition().recipes().take(set::MOST as usize).collect();
        if let Some(seed) = own_seed {
            for (index, recipe) in recipes.iter_mut().enumerate() {
                recipe.parameters.seed = Some(seed.wrapping_add(step.wrapping_mul(index as i64)));
            }
        }
        if let Some(seed) = own_seed {
            let next = seed.wrapping_add(step.wrapping_mul(recipes.len() as i64));
            self.set_entry(Entry::Seed, next.to_string());
        }
        if first { Command::GenerateFirst(recipes) } else { Command::Generate(recipes) }
    }

    fn requests(&self, abilities: &Abilities) -> u128 {
        self.expansion.count().saturating_mul(u128::from(abilities.requests(&self.meant().parameters)))
    }

    fn set_prompt(&mut self, prompt: String) {
        self.recipe.prompt = prompt;
        self.expansion.follow(&self.recipe.prompt);
    }

    /// Whether there is a prompt before or after this one.
    pub fn can_go(&self, earlier: bool) -> bool {
        self.history.has(&self.recipe.prompt, earlier)
    }

    /// Brings back the prompt before this one.
    pub fn earlier(&mut self) {
        self.go(true);
    }

    /// Brings back the prompt after this one.
    pub fn later(&mut self) {
        self.go(false);
    }

    fn go(&mut self, earlier: bool) {
        if let Some(prompt) = self.history.step(&self.recipe.prompt, earlier) {
            self.switch_prompt(prompt);
            self.focus();
        }
    }

    /// Puts another prompt into the field, which has a history of its own there.
    fn switch_prompt(&mut self, prompt: String) {
        self.undoing.leave(&self.recipe.prompt);
        self.set_prompt(prompt);
    }

    /// What stands there can be brought back once something else does.
    fn keep_draft(&mut self, prompt: &str) {
        if !self.recipe.prompt.trim().is_empty() && self.recipe.prompt != prompt {
            self.history.ask(&self.recipe.prompt);
        }
    }

    /// Takes off all styles: what is put into the composer has their words in it.
    fn take_off_styles(&mut self) {
        self.styles.clear();
        self.expansion.set_styles(Vec::new());
    }

    /// What would be asked for.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// Fills it from a picture's recipe.
    pub fn reuse(&mut self, recipe: Recipe) {
        // What is left out depends on the model that is chosen when it is sent.
        // What was sent is no template.
        let prompt = escape(&recipe.prompt).into_owned();
        self.keep_draft(&prompt);
        self.undoing.leave(&self.recipe.prompt);
        // It is asked anew, and belongs to no batch of before; which picture it changes is a part of it.
        self.recipe = Recipe { not_sent: Vec::new(), composed: None, batch: None, ..recipe };
        self.take_up_edit();
        self.take_up_mask();
        self.take_off_styles();
        self.set_prompt(prompt);
        self.drafts = Drafts::of(&self.recipe.parameters);
        self.want_tiles();
    }

    /// Asks for small pictures of the references that have none yet.
    fn want_tiles(&mut self) {
        self.tiles.keep(self.recipe.pictures());
        self.wanted.extend(
            self.recipe
                .pictures()
                .filter(|reference| !self.tiles.has(&reference.sha256))
                .map(|reference| Command::WantReferenceThumbnail(reference.clone())),
        );
    }

    /// Fills in an example, leaving everything but the prompt as it is.
    pub fn fill_prompt(&mut self, prompt: String) {
        self.switch_prompt(prompt);
        self.focus();
    }

    /// Asks another provider from now on, with the model last used there.
    pub fn choose_provider(&mut self, profile: ProfileId, known: &Known) {
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

    /// Whether a parameter is set, or a field is at fault.
    pub fn can_reset(&self) -> bool {
        self.recipe.parameters != Parameters::default() || self.drafts.first_fault().is_some()
    }

    /// Sets every parameter back to "default (not sent)".
    pub fn reset(&mut self) {
        self.recipe.parameters = Parameters::default();
        self.drafts = Drafts::default();
    }

    /// Opens the list of models, whole.
    pub fn open_models(&mut self) {
        self.model_box.open();
    }

    /// Puts the keyboard into the prompt with the next frame.
    pub fn focus(&mut self) {
        self.focus_wanted = true;
    }

    /// Why nothing can be generated now, if so.
    pub fn obstacle(&self, known: &Known) -> Option<Obstacle> {
        if known.look_only {
            return Some(Obstacle::NewerLibrary);
        }
        let Some(profile) = known.profile(&self.recipe.profile) else { return Some(Obstacle::Provider) };
        if !known.key_ready(profile) {
            Some(Obstacle::Key)
        } else if let Some(entry) = self.drafts.first_fault() {
            Some(Obstacle::Entry(entry))
        } else if self.recipe.model.trim().is_empty() {
            Some(Obstacle::Model)
        } else if self.recipe.prompt.trim().is_empty() {
            Some(Obstacle::Prompt)
        } else if self.expansion.problems().iter().any(Problem::refuses) {
            Some(Obstacle::Template)
        } else if self.requests(&known.abilities(&self.recipe.profile, &self.recipe.model)) > set::MOST {
            Some(Obstacle::TooMany)
        } else {
            None
        }
    }

    fn set_entry(&mut self, entry: Entry, text: String) {
        *self.drafts.text_mut(entry) = text;
        self.read_entry(entry);
    }

    fn read_entry(&mut self, entry: Entry) {
        self.drafts.read(entry, &mut self.recipe.parameters);
    }
}

/// The model field's id, by which it gets the keyboard.
pub fn model_id() -> Id {
    model::field_id()
}

/// The widget that the prompt is written in.
pub fn prompt_id() -> Id {
    Id::unique("prompt")
}

/// Draws the panel.
pub fn show(ui: &mut Ui, composer: &mut Composer, cx: &Cx<'_>, actions: &mut Actions) {
    for command in std::mem::take(&mut composer.wanted) {
        actions.send(command);
    }
    references::take_in(ui, actions);
    // Another program may have written wildcard files in the meantime.
    if ui.input(|input| input.events.contains(&egui::Event::WindowFocused(true))) {
        actions.send(Command::ReadWildcards);
    }
    let abilities = cx.known.abilities(&composer.recipe.profile, &composer.recipe.model);
    let foot = generate::foot(ui, composer, &abilities, cx);
    let (above, below) = ui.max_rect().split_top_bottom_at_y(ui.max_rect().bottom() - foot.height);
    let place = |rect: Rect| UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Min));
    ui.scope_builder(place(above), |ui| {
        ScrollArea::vertical().id_salt("composer").auto_shrink([false, false]).show(ui, |ui| {
            sections(ui, composer, &abilities, cx, actions);
        });
    });
    // Last, so that the keyboard comes to the button last.
    ui.scope_builder(place(below), |ui| generate::show(ui, foot, cx, actions));
}

/// Draws the composer's dialogs over everything. Only called while one is open.
pub fn dialogs(ui: &Ui, composer: &mut Composer, cx: &Cx<'_>, actions: &mut Actions) {
    question::show(ui, composer, cx, actions);
    if composer.masks.is_open() {
        mask::show(ui, composer, cx, actions);
    }
    if composer.wildcards.is_open() {
        wildcards::edit(ui, &mut composer.wildcards, cx, actions);
    }
    if composer.kit_dialog.is_open() {
        kit_dialog::show(ui, composer, cx, actions);
    }
}

fn sections(ui: &mut Ui, composer: &mut Composer, abilities: &Abilities, cx: &Cx<'_>, actions: &mut Actions) {
    ui.spacing_mut().item_spacing.y = 0.0;
    if composer.edit.is_some() {
        section(ui, |ui| turns::show(ui, composer, abilities, cx, actions));
    }
    section(ui, |ui| prompt::show(ui, composer, abilities, cx, actions));
    section(ui, |ui| references::show(ui, composer, abilities, cx, actions));
    section(ui, |ui| {
        model::show(ui, composer, abilities, cx, actions);
        ui.add_space(size::GAP);
        shape::show(ui, &mut composer.recipe.parameters, abilities, cx.text);
    });
    bare_section(ui, |ui| parameters::show(ui, composer, abilities, cx, actions));
}

/// A section with a line below it.
fn section(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    bare_section(ui, contents);
    let palette = theme::palette(ui.visuals());
    line(ui, palette.line);
}

fn bare_section(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    let edges = Margin::symmetric(size::EDGE as i8, size::SECTION as i8);
    Frame::new().inner_margin(edges).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = size::GAP_SMALL;
        ui.set_width(ui.available_width());
        contents(ui);
    });
}
