//! The plan of a batch: from images and settings to requests.

use std::collections::BTreeSet;

use crate::{
    prompt::{self, Sources},
    recipe::{BatchRole, Parameters, ProfileId, Recipe, Reference},
    studio::ImageDetails,
};

/// The placeholder of an image's own prompt.
pub(super) const OWN: &str = "{prompt}";
/// Maximum number of characters of a prompt that name its image as a reference.
const NAME: usize = 60;

/// What the batch does with the images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum BatchMode {
    /// One instruction for each image, with the image as a reference.
    #[default]
    Each,
    /// The images' own recipes again, with changes.
    Again,
    /// One instruction, with all images as references of one request.
    Together,
}

impl BatchMode {
    /// Every mode, in the order of the dialog.
    pub(super) const ALL: [Self; 3] = [Self::Each, Self::Again, Self::Together];

    /// The keys of its name and its tooltip.
    pub(super) fn keys(self) -> [&'static str; 2] {
        match self {
            Self::Each => ["batch-as-reference", "batch-as-reference-tip"],
            Self::Again => ["batch-own-prompts", "batch-own-prompts-tip"],
            Self::Together => ["batch-together", "batch-together-tip"],
        }
    }
}

/// The source of seeds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Seeds {
    /// Each image's own seed, if it has one.
    Own,
    /// No seed: the gateway chooses.
    #[default]
    Random,
    /// The same seed for all requests.
    Fixed,
    /// A seed that increases with each request.
    CountUp,
}

impl Seeds {
    /// Whether it needs a number.
    pub(super) fn is_told(self) -> bool {
        matches!(self, Self::Fixed | Self::CountUp)
    }
}

/// The settings of a mode.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct BatchSet {
    /// The template.
    pub(super) prompt: String,
    /// The parameters. If the images' own recipes are used, only these are changed.
    pub(super) parameters: Parameters,
    pub(super) seeds: Seeds,
    /// The typed seed.
    pub(super) seed: String,
}

impl BatchSet {
    fn seed(&self) -> Option<i64> {
        self.seed.trim().parse().ok()
    }

    /// Whether the typed seed is needed and invalid.
    pub(super) fn seed_at_fault(&self) -> bool {
        self.seeds.is_told() && self.seed().is_none()
    }
}

/// The settings of the dialog.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct BatchPlan {
    pub(super) mode: BatchMode,
    pub(super) each: BatchSet,
    pub(super) again: BatchSet,
    pub(super) together: BatchSet,
    /// The provider and the model.
    pub(super) profile: ProfileId,
    pub(super) model: String,
    /// Whether the images' own models are used with their own recipes.
    pub(super) own_models: bool,
}

impl BatchPlan {
    /// Creates a plan from the composer's recipe; `count_up` tells whether its seed counts up.
    pub(super) fn new(composer: &Recipe, count_up: bool) -> Self {
        let seed = composer.parameters.seed;
        let set = BatchSet {
            parameters: Parameters { seed: None, ..composer.parameters.clone() },
            seeds: match seed {
                None => Seeds::Random,
                Some(_) if count_up => Seeds::CountUp,
                Some(_) => Seeds::Fixed,
            },
            seed: seed.map_or_else(String::new, |seed| seed.to_string()),
            prompt: String::new(),
        };
        Self {
            mode: BatchMode::Each,
            each: set.clone(),
            again: BatchSet { prompt: OWN.to_owned(), seeds: Seeds::Own, ..BatchSet::default() },
            together: set,
            profile: composer.profile.clone(),
            model: composer.model.clone(),
            own_models: true,
        }
    }

    /// The settings of the chosen mode.
    pub(super) fn set(&self) -> &BatchSet {
        match self.mode {
            BatchMode::Each => &self.each,
            BatchMode::Again => &self.again,
            BatchMode::Together => &self.together,
        }
    }

    /// The mutable settings of the chosen mode.
    pub(super) fn set_mut(&mut self) -> &mut BatchSet {
        match self.mode {
            BatchMode::Each => &mut self.each,
            BatchMode::Again => &mut self.again,
            BatchMode::Together => &mut self.together,
        }
    }

    /// Whether every image uses the chosen provider and model.
    pub(super) fn one_model(&self) -> bool {
        self.mode != BatchMode::Again || !self.own_models
    }

    /// The prompts that the template expands to.
    pub(super) fn prompts(&self, sources: &Sources) -> prompt::Prompts {
        prompt::Prompts::new(&self.set().prompt, sources)
    }

    /// The recipe of each image, or of all of them together, before prompts are expanded. An image whose provider is
    /// not `there` any more uses the chosen one.
    pub(super) fn bases(&self, images: &[&ImageDetails], there: &dyn Fn(&ProfileId) -> bool) -> Vec<Recipe> {
        let set = self.set();
        let fresh = |references: Vec<Reference>, role: BatchRole| Recipe {
            profile: self.profile.clone(),
            model: self.model.trim().to_owned(),
            parameters: set.parameters.clone(),
            references,
            role,
            ..Recipe::default()
        };
        match self.mode {
            BatchMode::Each => {
                images.iter().map(|one| fresh(vec![reference(one)], BatchRole::Image(one.facts.id))).collect()
            }
            BatchMode::Again => images.iter().map(|one| self.again(one, there)).collect(),
            BatchMode::Together => vec![fresh(images.iter().map(|one| reference(one)).collect(), BatchRole::Prompt)],
        }
    }

    fn again(&self, image: &ImageDetails, there: &dyn Fn(&ProfileId) -> bool) -> Recipe {
        let own = image.for_reuse();
        let kept = self.own_models && there(&own.profile) && !own.model.is_empty();
        let (profile, model) =
            if kept { (own.profile.clone(), own.model.clone()) } else { (self.profile.clone(), self.model.clone()) };
        let seed = own.parameters.seed;
        let parameters = Parameters { seed, ..self.again.parameters.filled_from(&own.parameters) };
        Recipe {
            profile,
            model,
            parameters,
            unsupported: Vec::new(),
            batch: None,
            role: BatchRole::Image(image.facts.id),
            ..own
        }
    }

    /// The requests, one for each prompt of each image.
    pub(super) fn recipes(
        &self,
        images: &[&ImageDetails],
        sources: &Sources,
        there: &dyn Fn(&ProfileId) -> bool,
    ) -> Vec<Recipe> {
        let set = self.set();
        let own_seed = |index: usize| images.get(index).and_then(|one| one.facts.recipe.parameters.seed);
        let mut recipes = Vec::new();
        for (index, base) in self.bases(images, there).into_iter().enumerate() {
            let prompts = prompt::Prompts::new(&self.filled(index, images), sources);
            for prompt in prompts.every() {
                let step = i64::from(base.parameters.n.unwrap_or(1).max(1)).wrapping_mul(recipes.len() as i64);
                let seed = match set.seeds {
                    Seeds::Own => own_seed(index),
                    Seeds::Random => None,
                    Seeds::Fixed => set.seed(),
                    Seeds::CountUp => set.seed().map(|seed| seed.wrapping_add(step)),
                };
                // The template of its own prompt only applies to the unchanged prompt.
                let composed = base.composed.clone().filter(|_| prompt == base.prompt);
                let parameters = Parameters { seed, ..base.parameters.clone() };
                recipes.push(Recipe { prompt, composed, parameters, ..base.clone() });
            }
        }
        recipes
    }

    /// The number of images that would have no prompt.
    pub(super) fn without_prompt(&self, images: &[&ImageDetails]) -> usize {
        let asked = if self.mode == BatchMode::Together { 1 } else { images.len() };
        (0..asked).filter(|index| self.filled(*index, images).trim().is_empty()).count()
    }

    /// The template with the values of an image, or of all of them, filled in.
    fn filled(&self, index: usize, images: &[&ImageDetails]) -> String {
        let (about, number) = match self.mode {
            BatchMode::Together => (images, images.len()),
            _ => (images.get(index..=index).unwrap_or_default(), index + 1),
        };
        let each = |of: fn(&ImageDetails) -> &str| {
            let mut told: Vec<&str> = about.iter().map(|one| of(one).trim()).filter(|told| !told.is_empty()).collect();
            told.dedup();
            told.join(", ")
        };
        let prompt = each(|one| &one.facts.recipe.prompt);
        let model = about.first().map_or("", |one| one.facts.recipe.model.as_str());
        let tags: BTreeSet<&str> = about.iter().flat_map(|one| one.marks.tags.iter().map(String::as_str)).collect();
        let tags = tags.into_iter().collect::<Vec<_>>().join(", ");
        let number = number.to_string();
        let values = [("prompt", prompt.as_str()), ("model", model), ("n", number.as_str()), ("tag", tags.as_str())];
        prompt::fill_placeholders(&self.set().prompt, &values)
    }
}

fn reference(image: &ImageDetails) -> Reference {
    Reference {
        sha256: image.sha256.clone(),
        mime: image.facts.format.mime().to_owned(),
        name: image.facts.recipe.prompt.trim().chars().take(NAME).collect(),
        image: Some(image.facts.id),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::recipe::{Answer, Composed, Format, ImageId, Marks, RequestId};

    fn id(n: u128) -> ImageId {
        ImageId::from_uuid(uuid::Uuid::from_u128(n))
    }

    pub(in crate::ui::dialogs::batch) fn details(n: u128, prompt: &str) -> ImageDetails {
        ImageDetails {
            facts: crate::recipe::ImageFacts {
                id: id(n),
                request: RequestId::from_uuid(uuid::Uuid::from_u128(100 + n)),
                recipe: Recipe {
                    prompt: prompt.to_owned(),
                    negative: "fog".to_owned(),
                    model: format!("model {n}"),
                    parameters: Parameters {
                        seed: (n > 1).then_some(n as i64),
                        temperature: Some(0.5),
                        aspect: "16:9".parse().ok(),
                        ..Parameters::default()
                    },
                    composed: Some(Composed { template: "{a|b}".to_owned(), ..Composed::default() }),
                    role: BatchRole::Edit(id(55)),
                    ..Recipe::default()
                },
                answer: Answer::default(),
                format: Format::Webp,
                width: 1,
                height: 1,
                created: jiff::Timestamp::UNIX_EPOCH,
                took: std::time::Duration::ZERO,
                cost: None,
                source: None,
            },
            bytes: 1,
            sha256: format!("{n:064}"),
            path: "x.webp".into(),
            marks: Marks { tags: vec![format!("t{n}"), "all".to_owned()], ..Marks::default() },
            palette: Vec::new(),
            lineage: crate::studio::Lineage::default(),
        }
    }

    fn plan(mode: BatchMode, prompt: &str) -> BatchPlan {
        let parameters = Parameters { n: Some(2), ..Parameters::default() };
        let composer = Recipe {
            model: "new".to_owned(),
            prompt: "not this".to_owned(),
            negative: "nor this".to_owned(),
            parameters,
            ..Recipe::default()
        };
        let mut plan = BatchPlan { mode, ..BatchPlan::new(&composer, false) };
        prompt.clone_into(&mut plan.set_mut().prompt);
        plan
    }

    fn recipes(plan: &BatchPlan) -> Vec<Recipe> {
        let images = [details(1, "a {red|grey} fox"), details(2, "a hare")];
        plan.recipes(&images.iter().collect::<Vec<_>>(), &Sources::default(), &|_| true)
    }

    #[test]
    fn each_image_goes_along_with_the_instruction() {
        let plan = plan(BatchMode::Each, "{prompt} {n} {in rain|at dawn}, {model}, {tag}");
        let recipes = recipes(&plan);
        let prompts: Vec<&str> = recipes.iter().map(|recipe| recipe.prompt.as_str()).collect();
        assert_eq!(
            prompts,
            [
                "a {red|grey} fox 1 in rain, model 1, all, t1",
                "a {red|grey} fox 1 at dawn, model 1, all, t1",
                "a hare 2 in rain, model 2, all, t2",
                "a hare 2 at dawn, model 2, all, t2",
            ]
        );
        let first = &recipes[0];
        assert_eq!((first.model.as_str(), first.negative.as_str(), first.parameters.n), ("new", "", Some(2)));
        assert_eq!((first.role.clone(), first.references.len()), (BatchRole::Image(id(1)), 1));
        assert_eq!((first.references[0].mime.as_str(), first.references[0].image), ("image/webp", Some(id(1))));
        assert_eq!((first.composed.clone(), first.parameters.seed), (None, None));
        assert_eq!(plan.prompts(&Sources::default()).count(), 2);
    }

    #[test]
    fn repeated_recipes_keep_unchanged_values() {
        let mut plan = plan(BatchMode::Again, OWN);
        let own = recipes(&plan);
        assert_eq!(own[0].prompt, "a {red|grey} fox");
        for (number, recipe) in [(1, &own[0]), (2, &own[1])] {
            let before = details(number, "").facts.recipe;
            assert_eq!(recipe.parameters, before.parameters);
            assert_eq!((&recipe.model, &recipe.negative), (&before.model, &before.negative));
            assert_eq!((&recipe.composed, &recipe.role), (&before.composed, &BatchRole::Image(id(number))));
        }
        plan.own_models = false;
        plan.again = BatchSet {
            prompt: "{prompt}, again".to_owned(),
            parameters: Parameters { aspect: "1:1".parse().ok(), n: Some(3), ..Parameters::default() },
            seeds: Seeds::CountUp,
            seed: " 40".to_owned(),
        };
        let changed = recipes(&plan);
        let parameters = details(1, "").facts.recipe.parameters;
        let expected =
            |seed| Parameters { aspect: "1:1".parse().ok(), n: Some(3), seed: Some(seed), ..parameters.clone() };
        assert_eq!([&changed[0].parameters, &changed[1].parameters], [&expected(40), &expected(43)]);
        assert_eq!((changed[1].model.as_str(), changed[1].prompt.as_str()), ("new", "a hare, again"));
        assert_eq!(changed[0].composed, None);
    }

    #[test]
    fn a_image_whose_provider_is_gone_is_asked_of_the_chosen_one() {
        let plan = plan(BatchMode::Again, OWN);
        let image = details(2, "a hare");
        let recipe = plan.recipes(&[&image], &Sources::default(), &|_| false).remove(0);
        assert_eq!((recipe.model.as_str(), recipe.parameters.seed), ("new", Some(2)));
    }

    #[test]
    fn all_images_are_sent_with_one_request_in_order() {
        let plan = plan(BatchMode::Together, "{n} images: {prompt} ({tag}) by {model}");
        let recipes = recipes(&plan);
        assert_eq!(recipes.len(), 1);
        assert_eq!(recipes[0].prompt, "2 images: a {red|grey} fox, a hare (all, t1, t2) by model 1");
        let images: Vec<_> = recipes[0].references.iter().filter_map(|reference| reference.image).collect();
        assert_eq!((images, recipes[0].role.clone()), (vec![id(1), id(2)], BatchRole::Prompt));
    }

    #[test]
    fn seeds_follow_the_chosen_seed_mode() {
        let seeds = |seeds, seed: &str| {
            let mut plan = plan(BatchMode::Each, "{a|b}");
            plan.each.seeds = seeds;
            seed.clone_into(&mut plan.each.seed);
            let found: Vec<Option<i64>> = recipes(&plan).iter().map(|recipe| recipe.parameters.seed).collect();
            (found, plan.each.seed_at_fault())
        };
        assert_eq!(seeds(Seeds::Own, "x"), (vec![None, None, Some(2), Some(2)], false));
        assert_eq!(seeds(Seeds::Random, "7"), (vec![None; 4], false));
        assert_eq!(seeds(Seeds::Fixed, "7"), (vec![Some(7); 4], false));
        assert_eq!(seeds(Seeds::CountUp, "7"), (vec![Some(7), Some(9), Some(11), Some(13)], false));
        assert!(seeds(Seeds::Fixed, "x").1);
    }

    #[test]
    fn batch_starts_with_the_values_of_the_composer() {
        let composer =
            Recipe { parameters: Parameters { seed: Some(7), ..Parameters::default() }, ..Recipe::default() };
        let plan = BatchPlan::new(&composer, true);
        assert_eq!((plan.each.seeds, plan.each.seed.as_str()), (Seeds::CountUp, "7"));
        assert_eq!((plan.again.seeds, plan.again.parameters.clone()), (Seeds::Own, Parameters::default()));
    }
}
