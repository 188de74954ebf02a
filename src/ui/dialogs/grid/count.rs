//! The estimate of a grid: requests, images, price and time, and what blocks it.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    composition::{Composition, GridCell, expansion_mode, grid_cells},
    prompt::TemplateProblem,
    recipe::{Abilities, Money},
    ui::{
        components::request_cost::{MAX_REQUESTS_PER_BATCH, max_concurrent, price_and_time},
        state::view_context::ViewContext,
    },
};

use super::axis::{Axis, AxisKind};

/// Why a grid cannot be started.
#[derive(Clone, Debug, PartialEq)]
pub enum GridBlocker {
    /// Its columns or its chosen rows have no values.
    NoValues,
    /// Typed values are invalid.
    NotValues,
    /// A cell has no prompt.
    Prompt,
    /// The prompt of a cell is recursive or nested too deeply.
    Template(TemplateProblem),
    /// A cell has no model.
    Model,
    /// The batch has too many requests.
    TooMany,
}

/// The estimate of a grid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GridEstimate {
    columns: usize,
    rows: usize,
    /// Prompts per cell, if all cells have the same number and one image per prompt; else 0.
    variants: u128,
    /// The number of requests.
    pub requests: u128,
    /// The number of images.
    pub images: u128,
    price: Option<Money>,
    max_concurrent: usize,
    time: Option<Duration>,
    /// What blocks it.
    pub blocker: Option<GridBlocker>,
}

impl GridEstimate {
    /// Estimates the grid.
    pub fn of(base: &Composition, (columns, rows): (&Axis, &Axis), cx: &ViewContext<'_>) -> Self {
        let none = |blocker| Self { blocker: Some(blocker), ..Self::default() };
        let (Ok(across), Ok(down)) = (columns.steps(cx), rows.steps(cx)) else { return none(GridBlocker::NotValues) };
        if across.is_empty() || (rows.kind.is_some() && down.is_empty()) {
            return none(GridBlocker::NoValues);
        }
        let (width, height) = (across.len(), down.len().max(1));
        if (width * height) as u128 > MAX_REQUESTS_PER_BATCH {
            return none(GridBlocker::TooMany);
        }
        let words_change = [columns, rows].iter().any(|axis| axis.kind.as_ref().is_some_and(AxisKind::changes_words));
        let cells = grid_cells(base, &across, &down);
        let mut count = Self {
            columns: width,
            rows: height,
            price: Some(Money::default()),
            max_concurrent: max_concurrent(&base.recipe.profile, cx.known),
            time: Some(Duration::ZERO),
            ..Self::default()
        };
        let mut known: BTreeMap<&str, (Abilities, Option<Duration>)> = BTreeMap::new();
        let mut variants = 0;
        for (index, cell) in cells.iter().enumerate() {
            if index == 0 || words_change {
                let prompts = cell.composition.prompts();
                let refused = prompts.problems().iter().find(|problem| problem.refuses());
                count.blocker = refused.cloned().map(GridBlocker::Template);
                variants = prompts.count_of(expansion_mode(cell.composition.composing, &prompts));
            }
            count.add(cell, variants, &mut known, cx);
            if count.blocker.is_some() {
                break;
            }
        }
        if count.requests > MAX_REQUESTS_PER_BATCH {
            count.blocker = Some(GridBlocker::TooMany);
        }
        count
    }

    fn add<'a>(
        &mut self,
        cell: &'a GridCell,
        variants: u128,
        known: &mut BTreeMap<&'a str, (Abilities, Option<Duration>)>,
        cx: &ViewContext<'_>,
    ) {
        let recipe = &cell.composition.recipe;
        if recipe.model.trim().is_empty() {
            self.blocker = Some(GridBlocker::Model);
        } else if recipe.prompt.trim().is_empty() {
            self.blocker = Some(GridBlocker::Prompt);
        }
        let look_up = || {
            let abilities = cx.known.abilities(&recipe.profile, &recipe.model);
            (abilities, cx.known.took(&recipe.profile, &recipe.model))
        };
        let (abilities, took) = known.entry(recipe.model.as_str()).or_insert_with(look_up);
        let meant = cell.composition.with_styles();
        let requests = variants.saturating_mul(u128::from(abilities.requests(&meant.parameters)));
        let images = variants.saturating_mul(u128::from(meant.parameters.n.unwrap_or(1).max(1)));
        let told = if images == variants { variants } else { 0 };
        self.variants = if self.requests == 0 || self.variants == told { told } else { 0 };
        self.requests = self.requests.saturating_add(requests);
        self.images = self.images.saturating_add(images);
        let each = abilities.estimate(&abilities.fit(&meant).0);
        let times = |each: Money| i64::try_from(variants).unwrap_or(i64::MAX).saturating_mul(each.micros());
        self.price = self.price.zip(each).map(|(sum, each)| sum + Money::from_micros(times(each)));
        let turns = u32::try_from(requests).unwrap_or(u32::MAX);
        self.time = self.time.zip(*took).map(|(sum, took)| sum.saturating_add(took.saturating_mul(turns)));
    }

    /// "4 × 3 cells = 12 requests ≈ $0.47 · 3 at a time ≈ 1 min"
    pub fn words(&self, cx: &ViewContext<'_>) -> String {
        let text = cx.text;
        let requests = usize::try_from(self.requests).unwrap_or(usize::MAX);
        let requests = text.with("batch-requests", [("count", requests.into())]);
        let (columns, rows) = (self.columns.into(), self.rows.into());
        let made = if self.variants <= 1 {
            text.with("grid-set", [("columns", columns), ("rows", rows), ("requests", requests.into())])
        } else {
            let variants = usize::try_from(self.variants).unwrap_or(usize::MAX);
            let variants = text.with("composer-variants", [("count", variants.into())]);
            let set =
                [("columns", columns), ("rows", rows), ("variants", variants.into()), ("requests", requests.into())];
            text.with("grid-set-of-variants", set)
        };
        let turns = self.max_concurrent.max(1) as u32;
        let time = self.time.filter(|_| self.requests <= MAX_REQUESTS_PER_BATCH).map(|time| time / turns);
        [made, price_and_time(self.price, self.max_concurrent, time, text)].join(&text.get("fact-separator"))
    }
}
