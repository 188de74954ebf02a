//! The left panel: what to ask for.

use egui::{TextEdit, Ui};

use crate::{
    recipe::{Parameters, Recipe},
    settings::Session,
    studio::Event,
};

use super::{
    Cx,
    action::{Actions, Verb},
    known::Known,
    theme::fonts,
    widgets::{Button, Kind, section_label},
};

/// Why nothing can be generated now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// There is no prompt.
    Prompt,
    /// No model is chosen.
    Model,
    /// The provider has no key.
    Key,
}

/// What the composer remembers.
#[derive(Debug, Default)]
pub struct Composer {
    recipe: Recipe,
    /// Whether the advanced parameters are shown.
    pub advanced_open: bool,
    focus_wanted: bool,
}

impl Composer {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event, _known: &Known) {
        if let Event::Models(profile, models) = event
            && *profile == self.recipe.profile
            && self.recipe.model.is_empty()
            && let Some(model) = models.first()
        {
            self.recipe.model.clone_from(&model.id);
        }
        if let Event::ReferenceReady { reference, .. } = event
            && !self.recipe.references.contains(reference)
        {
            self.recipe.references.push(reference.clone());
        }
    }

    /// Puts back what the person left.
    pub fn restore(&mut self, session: &Session) {
        self.recipe.clone_from(&session.composer);
        self.advanced_open = session.advanced_open;
    }

    /// What would be asked for.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// Fills it from a picture's recipe.
    pub fn reuse(&mut self, recipe: Recipe) {
        self.recipe = recipe;
    }

    /// Whether a parameter is set.
    pub fn can_reset(&self) -> bool {
        self.recipe.parameters != Parameters::default()
    }

    /// Sets every parameter back to "default (not sent)".
    pub fn reset(&mut self) {
        self.recipe.parameters = Parameters::default();
    }

    /// Puts the keyboard into the prompt with the next frame.
    pub fn focus(&mut self) {
        self.focus_wanted = true;
    }

    /// Why nothing can be generated now, if so.
    pub fn obstacle(&self, known: &Known) -> Option<Obstacle> {
        if self.recipe.prompt.trim().is_empty() {
            Some(Obstacle::Prompt)
        } else if self.recipe.model.trim().is_empty() {
            Some(Obstacle::Model)
        } else if known.profile(&self.recipe.profile).is_none_or(|profile| !known.key_ready(profile)) {
            Some(Obstacle::Key)
        } else {
            None
        }
    }
}

/// Draws the panel.
pub fn show(ui: &mut Ui, composer: &mut Composer, cx: &Cx<'_>, actions: &mut Actions) {
    section_label(ui, &cx.text.get("composer-prompt"), |_| {});
    let prompt = ui.add(
        TextEdit::multiline(&mut composer.recipe.prompt)
            .hint_text(cx.text.get("prompt-hint"))
            .font(fonts::regular(13.5))
            .desired_width(f32::INFINITY),
    );
    if std::mem::take(&mut composer.focus_wanted) {
        prompt.request_focus();
    }
    let generate =
        Button::new(Verb::Generate.name(cx.text)).kind(Kind::Primary).enabled(composer.obstacle(cx.known).is_none());
    if ui.add(generate).clicked() {
        actions.verb(Verb::Generate);
    }
}
