//! The estimate of a batch: requests, price and time, and what blocks it.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    prompt::TemplateProblem,
    recipe::{Abilities, Money, ProfileId, Recipe, Unsupported},
    studio::ImageDetails,
    ui::{
        components::request_cost::{CONFIRM_REQUESTS_ABOVE, MAX_REQUESTS_PER_BATCH, max_concurrent, rounded},
        state::view_context::ViewContext,
    },
};

use super::plan::{BatchMode, BatchPlan};

/// Why a batch cannot be started.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum BatchBlocker {
    /// The library was created by a newer version.
    NewerLibrary,
    /// The instruction is empty.
    Prompt,
    /// This number of images has no prompt of its own.
    NoOwnPrompt(usize),
    /// The instruction is recursive or nested too deeply.
    Template(TemplateProblem),
    /// No model is chosen.
    Model,
    /// The provider was removed from the settings.
    Provider,
    /// The provider with this name has no key.
    Key(String),
    /// A seed is needed and the typed text is invalid.
    Seed,
    /// The batch has too many requests.
    TooMany,
}

/// The estimate of a batch.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct BatchEstimate {
    /// Prompts per image.
    pub(super) variants: u128,
    /// The number of requests.
    pub(super) requests: u128,
    /// The known part of the price, and the number of requests without a known price.
    price: Money,
    unpriced: u128,
    max_concurrent: usize,
    time: Option<Duration>,
    /// The models and their numbers of images, the most first.
    pub(super) models: Vec<(String, usize)>,
    /// A request with unsupported parameters, and the number of images with such requests.
    left_out: Option<(Recipe, Vec<Unsupported>, usize)>,
    /// The capabilities of the model; unknown if there are several.
    pub(super) abilities: Abilities,
    /// The model's maximum number of references, if all images are sent with one request.
    pub(super) most_references: Option<usize>,
    /// Problems of the template that do not block the batch.
    problems: Vec<TemplateProblem>,
    pub(super) blocker: Option<BatchBlocker>,
}

impl BatchEstimate {
    /// Estimates the batch for these images.
    pub(super) fn of(plan: &BatchPlan, images: &[&ImageDetails], cx: &ViewContext<'_>) -> Self {
        let prompts = plan.prompts(&cx.known.sources);
        let mut count = Self { variants: prompts.count(), time: Some(Duration::ZERO), ..Self::default() };
        let there = |profile: &ProfileId| cx.known.profile(profile).is_some();
        let bases = plan.bases(images, &there);
        let mut known: BTreeMap<(ProfileId, String), (Abilities, usize)> = BTreeMap::new();
        for base in &bases {
            let look_up = || (cx.known.abilities(&base.profile, &base.model), 0);
            let (abilities, asked) = known.entry((base.profile.clone(), base.model.clone())).or_insert_with(look_up);
            *asked += 1;
            count.add(base, abilities, cx);
        }
        count.max_concurrent = known.keys().map(|(profile, _)| max_concurrent(profile, cx.known)).max().unwrap_or(1);
        if known.len() == 1 {
            count.abilities = known.values().next().map(|(abilities, _)| abilities.clone()).unwrap_or_default();
        }
        if plan.mode == BatchMode::Together {
            count.most_references = count.abilities.references.most;
        }
        count.models = known.iter().map(|((_, model), (_, asked))| (model.clone(), *asked)).collect();
        count.models.sort_by_key(|(_, asked)| std::cmp::Reverse(*asked));
        // Nothing may reveal the models of a blind comparison.
        if images.iter().any(|one| cx.known.is_blind(&one.facts.recipe)) {
            count.models.clear();
        }
        let (refusing, others): (Vec<TemplateProblem>, Vec<TemplateProblem>) =
            prompts.problems().iter().cloned().partition(TemplateProblem::refuses);
        count.problems = others;
        count.blocker = blocker(plan, images, refusing, known.keys(), count.requests, cx);
        count
    }

    fn add(&mut self, base: &Recipe, abilities: &Abilities, cx: &ViewContext<'_>) {
        let requests = self.variants.saturating_mul(u128::from(abilities.requests(&base.parameters)));
        self.requests = self.requests.saturating_add(requests);
        let (sent, unsupported) = abilities.fit(base);
        match abilities.estimate(&sent) {
            Some(each) => {
                let variants = i64::try_from(self.variants).unwrap_or(i64::MAX);
                self.price = self.price + Money::from_micros(each.micros().saturating_mul(variants));
            }
            None => self.unpriced = self.unpriced.saturating_add(requests),
        }
        let took = cx.known.took(&base.profile, &base.model);
        let turns = u32::try_from(requests).unwrap_or(u32::MAX);
        self.time = self.time.zip(took).map(|(sum, took)| sum.saturating_add(took.saturating_mul(turns)));
        if !unsupported.is_empty() {
            match &mut self.left_out {
                Some((.., images)) => *images += 1,
                None => self.left_out = Some((base.clone(), unsupported, 1)),
            }
        }
    }

    /// "18 requests · ≈ $0.70 · about 2 min, 3 at a time"
    pub(super) fn words(&self, cx: &ViewContext<'_>) -> String {
        let text = cx.text;
        let number = |count: u128| usize::try_from(count).unwrap_or(usize::MAX);
        let requests = text.with("batch-requests", [("count", number(self.requests).into())]);
        let known = match self.price {
            price if price == Money::default() => text.get("model-free"),
            price => text.with("composer-price", [("price", text.price(price).into())]),
        };
        let price = match self.unpriced {
            0 => known,
            _ if self.price == Money::default() => text.get("model-price-unknown"),
            rest => text.with("batch-price-partly", [("price", known.into()), ("count", number(rest).into())]),
        };
        let max_concurrent = u32::try_from(self.max_concurrent.max(1)).unwrap_or(1);
        let time = match self.time.filter(|_| self.requests > 0 && self.requests <= MAX_REQUESTS_PER_BATCH) {
            Some(time) => {
                let time = text.duration(rounded(time / max_concurrent));
                text.with("batch-time", [("time", time.into()), ("at_once", max_concurrent.into())])
            }
            None => text.with("batch-at-once", [("at_once", max_concurrent.into())]),
        };
        [requests, price, time].join(&text.get("fact-separator"))
    }

    /// The notes about unsupported parameters and problems, one sentence each.
    pub(super) fn remarks(&self, cx: &ViewContext<'_>) -> Vec<String> {
        let text = cx.text;
        let mut remarks: Vec<String> = self.problems.iter().map(|problem| text.template_problem(problem)).collect();
        if let Some((recipe, unsupported, images)) = &self.left_out
            && let Some(list) = text.left_out(recipe, unsupported)
        {
            let key = if *images > 1 { "batch-left-out" } else { "composer-left-out" };
            remarks.push(text.with(key, [("list", list.into()), ("count", (*images).into())]));
        }
        remarks
    }

    /// Whether it needs a confirmation: it is large, or its template has a problem that was most likely not intended.
    pub(super) fn is_asked_about(&self) -> bool {
        let unknown = |problem: &TemplateProblem| !matches!(problem, TemplateProblem::NoVariable(_));
        self.requests > CONFIRM_REQUESTS_ABOVE || self.problems.iter().any(unknown)
    }
}

fn blocker<'a>(
    plan: &BatchPlan,
    images: &[&ImageDetails],
    mut refusing: Vec<TemplateProblem>,
    mut asked: impl Iterator<Item = &'a (ProfileId, String)>,
    requests: u128,
    cx: &ViewContext<'_>,
) -> Option<BatchBlocker> {
    if cx.known.read_only {
        return Some(BatchBlocker::NewerLibrary);
    }
    if plan.set().prompt.trim().is_empty() {
        return Some(BatchBlocker::Prompt);
    }
    if let Some(problem) = refusing.pop() {
        return Some(BatchBlocker::Template(problem));
    }
    let without = plan.without_prompt(images);
    if without > 0 {
        return Some(BatchBlocker::NoOwnPrompt(without));
    }
    let of_model = asked.find_map(|(profile, model)| match cx.known.profile(profile) {
        None => Some(BatchBlocker::Provider),
        Some(_) if model.trim().is_empty() => Some(BatchBlocker::Model),
        Some(profile) if !cx.known.key_ready(profile) => Some(BatchBlocker::Key(profile.name.clone())),
        Some(_) => None,
    });
    of_model
        .or_else(|| plan.set().seed_at_fault().then_some(BatchBlocker::Seed))
        .or_else(|| (requests > MAX_REQUESTS_PER_BATCH).then_some(BatchBlocker::TooMany))
}

impl BatchBlocker {
    /// Describes it.
    pub(super) fn words(&self, cx: &ViewContext<'_>) -> String {
        let text = cx.text;
        match self {
            Self::NewerLibrary => text.get("obstacle-newer-library"),
            Self::Prompt => text.get("obstacle-prompt"),
            Self::NoOwnPrompt(count) => text.with("batch-no-prompt", [("count", (*count).into())]),
            Self::Template(problem) => text.template_problem(problem),
            Self::Model => text.get("obstacle-model"),
            Self::Provider => text.get("obstacle-provider"),
            Self::Key(provider) => text.with("obstacle-key", [("provider", provider.as_str().into())]),
            Self::Seed => text.with("obstacle-entry", [("field", text.get("parameter-seed").into())]),
            Self::TooMany => text.with("obstacle-too-many", [("most", (MAX_REQUESTS_PER_BATCH as usize).into())]),
        }
    }
}
