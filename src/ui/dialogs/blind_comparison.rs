//! The dialog that sends the same prompt to several models, to compare their images without seeing their names.

use egui::{Label, RichText, Ui};
use uuid::Uuid;

use crate::{
    composition::Composition,
    recipe::{BatchId, Money, Recipe, Score, scores},
    studio::{Command, ComparisonCommand},
    ui::{
        actions::action::{Action, Actions},
        components::request_cost::{max_concurrent, price_and_time},
        pages::batch_view::{MAX_CANDIDATES as COMPARED, score_words, sort},
        panels::composer::Composer,
        state::view_context::ViewContext,
        theme::{self, fonts, size},
        widgets::{
            Button, ButtonKind,
            dialog::{Dialog, note},
            row_label, section_label,
        },
    },
};

use super::grid::axis;

/// Width of the dialog.
const WIDTH: f32 = 620.0;
/// Maximum number of listed models with earlier scores.
const LISTED: usize = 8;

/// The state of the dialog.
#[derive(Debug, Default)]
pub struct BlindDialog {
    /// The composition of the composer when the dialog was opened.
    base: Option<Composition>,
    models: Vec<String>,
    wanted: String,
}

impl BlindDialog {
    /// Closes it.
    pub fn close(&mut self) {
        self.base = None;
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.base.is_some()
    }

    /// Opens it with the composer's settings. The chosen models are kept from the last time.
    pub fn open(&mut self, base: Composition) {
        if self.models.is_empty() && !base.recipe.model.trim().is_empty() {
            self.models.push(base.recipe.model.clone());
        }
        self.base = Some(base);
    }

    /// The requests, one for each model, for one image each.
    fn recipes(&self, batch: BatchId) -> Vec<Recipe> {
        let Some(base) = &self.base else { return Vec::new() };
        let mut base = base.clone();
        base.composing.count_up = false;
        let one = |model: &String| {
            let mut composition = base.clone();
            composition.recipe.model.clone_from(model);
            composition.recipe.parameters.n = None;
            let mut recipe = composition.recipes().next()?;
            recipe.parameters.n = None;
            recipe.batch = Some(batch);
            Some(recipe)
        };
        self.models.iter().filter_map(one).collect()
    }

    /// Why it cannot start, as text.
    fn blocker(&self, composer: &Composer, cx: &ViewContext<'_>) -> Option<String> {
        let base = self.base.as_ref()?;
        let prompts = base.prompts();
        if let Some(words) = composer.blocker_text(cx) {
            Some(words)
        } else if base.recipe.prompt.trim().is_empty() {
            Some(cx.text.get("obstacle-prompt"))
        } else if let Some(problem) = prompts.problems().iter().find(|problem| problem.refuses()) {
            Some(cx.text.template_problem(problem))
        } else if base.count() != 1 {
            Some(cx.text.get("blind-one-prompt"))
        } else if self.models.len() < 2 {
            Some(cx.text.get("blind-two-models"))
        } else if self.models.len() > COMPARED {
            Some(cx.text.with("blind-too-many", [("most", COMPARED.into())]))
        } else {
            None
        }
    }

    /// "3 requests · ≈ $0.12 · 3 at a time"
    fn words(&self, cx: &ViewContext<'_>) -> String {
        let Some(base) = &self.base else { return String::new() };
        let mut meant = base.with_styles();
        meant.parameters.n = None;
        let each = |model: &String| {
            let abilities = cx.known.abilities(&meant.profile, model);
            abilities.estimate(&abilities.fit(&meant).0)
        };
        let price: Option<Vec<Money>> = self.models.iter().map(each).collect();
        let price = price.map(|all| all.into_iter().sum());
        let requests = cx.text.with("batch-requests", [("count", self.models.len().into())]);
        let max_concurrent = max_concurrent(&meant.profile, cx.known);
        [requests, price_and_time(price, max_concurrent, None, cx.text)].join(&cx.text.get("fact-separator"))
    }
}

/// Draws the dialog. Only called while it is open.
pub fn show(ui: &Ui, dialog: &mut BlindDialog, composer: &mut Composer, cx: &ViewContext<'_>, actions: &mut Actions) {
    let blocker = dialog.blocker(composer, cx);
    let title = cx.text.get("blind-title");
    let shown = Dialog::new("blind", &title).width(WIDTH).show(
        ui,
        dialog,
        |ui, dialog| body(ui, dialog, cx),
        |ui, dialog| {
            let label = cx.text.with("blind-start", [("count", dialog.models.len().into())]);
            let start = ui.add(Button::new(label).kind(ButtonKind::Primary).enabled(blocker.is_none())).clicked();
            let cancel = ui.add(Button::new(cx.text.get("cancel"))).clicked();
            note(ui, |ui| {
                let palette = theme::palette(ui.visuals());
                let words = blocker.clone().unwrap_or_else(|| dialog.words(cx));
                let words = RichText::new(words).font(fonts::regular(size::TEXT_CHIP)).color(palette.text);
                ui.add(Label::new(words).truncate());
            });
            (start, cancel)
        },
    );
    let (start, cancel) = shown.footer;
    if start {
        // The id is created here, so that the window can show the batch immediately.
        let batch = BatchId::from_uuid(Uuid::now_v7());
        composer.remember();
        actions.send(Command::Comparison(ComparisonCommand::Start(dialog.recipes(batch))));
        actions.push(Action::ShowBatch(batch));
        dialog.base = None;
    } else if cancel || shown.close {
        dialog.base = None;
    }
}

fn body(ui: &mut Ui, dialog: &mut BlindDialog, cx: &ViewContext<'_>) {
    let text = cx.text;
    let palette = theme::palette(ui.visuals());
    let hint = RichText::new(text.get("blind-hint")).font(fonts::regular(size::TEXT_CHIP)).color(palette.text);
    ui.add(Label::new(hint).wrap());
    section_label(ui, &text.get("composer-models"), |_| {});
    let Some(profile) = dialog.base.as_ref().map(|base| base.recipe.profile.clone()) else { return };
    axis::models(ui, &mut dialog.models, &mut dialog.wanted, &profile, cx);
    let mut known: Vec<(String, Score)> = scores(cx.known.votes.values()).into_iter().collect();
    if known.is_empty() {
        return;
    }
    sort(&mut known);
    section_label(ui, &text.get("contest-standings"), |_| {});
    for (model, score) in known.into_iter().take(LISTED) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = size::GAP;
            row_label(ui, &model, 320.0);
            let words = RichText::new(score_words(score, cx)).font(fonts::regular(size::TEXT)).color(palette.text);
            ui.label(words);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_is_asked_the_same_and_for_one_image() {
        let mut dialog = BlindDialog::default();
        let mut recipe = Recipe { prompt: "a fox".to_owned(), model: "one".to_owned(), ..Recipe::default() };
        recipe.parameters.n = Some(4);
        dialog.open(Composition { recipe, ..Composition::default() });
        dialog.models.push("two".to_owned());
        let batch = BatchId::from_uuid(Uuid::from_u128(3));
        let recipes = dialog.recipes(batch);
        assert_eq!(recipes.iter().map(|recipe| recipe.model.as_str()).collect::<Vec<_>>(), ["one", "two"]);
        assert!(recipes.iter().all(|recipe| recipe.parameters.n.is_none() && recipe.batch == Some(batch)));
        assert!(recipes.iter().all(|recipe| recipe.prompt == "a fox"));
    }
}
