//! The capabilities of models, from a file of known models, the list of the gateway, the dialect of the profile, and
//! what was learned from images.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::{Deserialize, de::IgnoredAny};

use crate::recipe::{
    Abilities, AspectRatio, Deprecated, Dialect, ImageSize, LearnedModel, ModelListing, Money, OptionStyle, Parameter,
    PixelLimits, Price, Profile, ReferenceLimits,
};

const CATALOG_JSON: &str = include_str!("../../assets/models.json");

/// The parameters that model lists name. A model ignores those that such a list leaves out.
const LISTABLE_PARAMETERS: [Parameter; 11] = [
    Parameter::Temperature,
    Parameter::TopP,
    Parameter::Seed,
    Parameter::PresencePenalty,
    Parameter::FrequencyPenalty,
    Parameter::MaxTokens,
    Parameter::Stop,
    Parameter::LogitBias,
    Parameter::Tools,
    Parameter::ToolChoice,
    Parameter::ResponseFormat,
];

/// The known models.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelCatalog {
    /// Lists of aspect ratios that several models share, by name.
    ratios: BTreeMap<String, Vec<AspectRatio>>,
    models: Vec<CatalogRow>,
}

/// The properties of the models whose IDs match one of the patterns.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct CatalogRow {
    #[serde(rename = "match")]
    patterns: Vec<String>,
    name: Option<String>,
    aspects: Option<AspectRatios>,
    sizes: Option<Vec<ImageSize>>,
    /// The sizes in pixels that the model accepts, if any within limits.
    pixels: Option<PixelLimits>,
    fixed_size: Option<ImageSize>,
    references: ReferenceLimits,
    takes: BTreeMap<Parameter, bool>,
    prices: Vec<ImagePrice>,
    /// The price of each reference, in dollars.
    reference_usd: Option<f64>,
    endpoint: Option<Dialect>,
    /// Whether the model accepts a mask.
    mask: Option<bool>,
    /// How the model is requested at image endpoints.
    images: ImageFields,
    deprecated: Option<Deprecated>,
    /// The sources of these facts, for maintainers of the file.
    #[serde(rename = "sources")]
    _sources: IgnoredAny,
}

/// How a model is requested at image endpoints, if that differs from the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ImageFields {
    pub(super) size: SizeField,
    pub(super) references: Option<ReferenceField>,
    /// The number of drafts that a streamed image requests. Without the field there are none.
    pub(super) drafts: Option<u32>,
    /// Whether several images are a series, which has fields of its own in place of `n`.
    pub(super) series: bool,
    /// Whether the model adds a watermark unless the request turns it off.
    pub(super) watermark: bool,
}

/// The field for aspect ratio and size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SizeField {
    /// `size` in pixels.
    #[default]
    Pixels,
    /// `aspect_ratio`, and `resolution` as `1k` or `2k`, for xAI.
    Resolution,
    /// `size` as a class such as `2K`, or in pixels if an aspect ratio is requested too, for Seedream.
    Class,
}

/// The field for references, in place of the gateway's default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ReferenceField {
    /// `image` with data URLs, in JSON to `/images/generations`.
    Urls,
    /// `image` or `images` with an object for each, in JSON to `/images/edits`, for xAI.
    Objects,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum AspectRatios {
    Named(String),
    Listed(Vec<AspectRatio>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ImagePrice {
    size: Option<ImageSize>,
    aspect: Option<AspectRatio>,
    usd: f64,
}

impl ModelCatalog {
    /// The catalog that is part of the program.
    pub fn built_in() -> &'static Self {
        // A test proves that the file can be parsed.
        static CATALOG: LazyLock<ModelCatalog> =
            LazyLock::new(|| serde_json::from_str(CATALOG_JSON).unwrap_or_default());
        &CATALOG
    }

    /// The capabilities of a model at a gateway. `listed` comes from the gateway's model list, `learned` from its
    /// earlier images.
    pub fn abilities(
        &self,
        profile: &Profile,
        model: &str,
        listed: Option<&ModelListing>,
        learned: Option<&LearnedModel>,
    ) -> Abilities {
        let mut abilities = self.row(model).map(|row| self.known(row)).unwrap_or_default();
        if let Some(listed) = listed {
            apply_listing(&mut abilities, listed);
        }
        limit_to_dialect(&mut abilities, profile);
        if let Some(each) = profile.prices.get(model.trim()) {
            abilities.prices = vec![Price { size: None, aspect: None, each: *each }];
        }
        abilities.learned = learned.cloned().unwrap_or_default();
        abilities
    }

    /// How a model is requested at image endpoints.
    pub(super) fn image_fields(&self, model: &str) -> ImageFields {
        self.row(model).map(|row| row.images).unwrap_or_default()
    }

    /// The sizes in pixels that a model accepts, if any within limits.
    pub(super) fn pixel_limits(&self, model: &str) -> Option<PixelLimits> {
        self.row(model)?.pixels
    }

    /// The row with the most specific pattern that matches an ID.
    fn row(&self, model: &str) -> Option<&CatalogRow> {
        let whole = model.trim().to_ascii_lowercase().replace('_', "-");
        // Variants such as `:free` are the same model.
        let whole = whole.split([':', '@']).next().unwrap_or_default();
        let name = whole.rsplit('/').next().unwrap_or_default();
        let said = |row: &CatalogRow| {
            let matching = row.patterns.iter().filter(|pattern| {
                let id = if pattern.contains('/') { whole } else { name };
                matches(pattern, id)
            });
            matching.map(|pattern| pattern.bytes().filter(|byte| *byte != b'*').count()).max()
        };
        let rows = self.models.iter().filter_map(|row| Some((said(row)?, row)));
        // Of two equally specific patterns, the first in the file wins.
        rows.fold(None, |best: Option<(usize, &CatalogRow)>, next| match best {
            Some(best) if best.0 >= next.0 => Some(best),
            _ => Some(next),
        })
        .map(|(_, row)| row)
    }

    fn known(&self, row: &CatalogRow) -> Abilities {
        Abilities {
            name: row.name.clone(),
            aspects: match &row.aspects {
                Some(AspectRatios::Named(name)) => self.ratios.get(name).cloned(),
                Some(AspectRatios::Listed(list)) => Some(list.clone()),
                None => None,
            },
            sizes: row.sizes.clone(),
            pixels: row.pixels,
            fixed_size: row.fixed_size,
            references: row.references,
            turns: None,
            mask: row.mask,
            takes: row.takes.clone(),
            prices: row
                .prices
                .iter()
                .map(|&ImagePrice { size, aspect, usd }| Price { size, aspect, each: Money::from_dollars(usd) })
                .collect(),
            reference_price: row.reference_usd.map(Money::from_dollars),
            endpoint: row.endpoint,
            deprecated: row.deprecated.clone(),
            learned: LearnedModel::default(),
        }
    }
}

/// Whether a pattern matches an ID: `*` matches anything; without one, a suffix such as `-preview` may follow.
fn matches(pattern: &str, id: &str) -> bool {
    if !pattern.contains('*') {
        return id.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    }
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| id.strip_prefix(first)) else { return false };
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    true
}

/// Applies the model list. A gateway's own list overrides the catalog.
fn apply_listing(abilities: &mut Abilities, listed: &ModelListing) {
    if listed.name.is_some() {
        abilities.name.clone_from(&listed.name);
    }
    if listed.sees_images == Some(false) {
        abilities.references.most = Some(0);
    }
    if let Some(parameters) = &listed.parameters {
        let said = LISTABLE_PARAMETERS.map(|parameter| (parameter, parameters.contains(&parameter)));
        abilities.takes.extend(said);
    }
    if let Some(each) = listed.price {
        abilities.prices = vec![Price { size: None, aspect: None, each }];
    }
    abilities.reference_price = listed.reference_price.or(abilities.reference_price);
    abilities.endpoint = listed.endpoint.or(abilities.endpoint);
    if listed.deprecated.is_some() {
        abilities.deprecated.clone_from(&listed.deprecated);
    }
}

/// Removes capabilities that the dialect of a profile has no field for.
fn limit_to_dialect(abilities: &mut Abilities, profile: &Profile) {
    use Parameter as P;
    let placeless: &[Parameter] = match profile.dialect {
        Dialect::Chat => &[],
        Dialect::Images => &[
            P::Temperature,
            P::TopP,
            P::PresencePenalty,
            P::FrequencyPenalty,
            P::MaxTokens,
            P::MaxCompletionTokens,
            P::Contents,
            P::Stop,
            P::LogitBias,
            P::Tools,
            P::ToolChoice,
        ],
        Dialect::Gemini => &[P::User, P::Contents, P::LogitBias, P::ToolChoice, P::ResponseFormat],
    };
    abilities.takes.extend(placeless.iter().map(|parameter| (*parameter, false)));
    if profile.dialect == Dialect::Images {
        abilities.turns = Some(false);
        abilities.mask = abilities.mask.or(Some(true));
    }
    if !profile.dialect.takes_n() {
        abilities.takes.insert(P::N, false);
    }
    // Other dialects have only aspect ratios and size classes.
    if profile.option_style() != OptionStyle::PixelSize {
        abilities.pixels = None;
    }
    match profile.option_style() {
        OptionStyle::NotSent => {
            abilities.aspects = Some(Vec::new());
            abilities.sizes = Some(Vec::new());
        }
        // This style expresses a size as a quality above the default.
        OptionStyle::RatioAsSize => {
            let sizes = abilities.sizes.take().unwrap_or_else(|| ImageSize::ALL.to_vec());
            abilities.sizes = Some(sizes.into_iter().filter(|size| *size > ImageSize::Half).collect());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::recipe::Parameters;

    fn of(model: &str) -> Abilities {
        ModelCatalog::built_in().abilities(&Profile::dgrid(), model, None, None)
    }

    #[test]
    fn catalog_is_valid_and_its_references_resolve() {
        let catalog: ModelCatalog = serde_json::from_str(CATALOG_JSON).unwrap();
        assert!(catalog.models.len() > 30);
        for row in &catalog.models {
            assert!(!row.patterns.is_empty());
            for pattern in &row.patterns {
                assert_eq!(*pattern, pattern.to_lowercase().replace('_', "-"));
            }
            if let Some(AspectRatios::Named(name)) = &row.aspects {
                assert!(catalog.ratios.contains_key(name), "{name}");
            }
        }
    }

    #[test]
    fn model_ids_match_with_and_without_vendor_and_suffix() {
        for id in [
            "gemini-2.5-flash-image",
            "google/gemini-2.5-flash-image",
            "google/gemini-2.5-flash-image-preview",
            "vertex_ai/Gemini-2.5-Flash-Image",
            "google/gemini-2.5-flash-image:free",
            "openrouter/google/gemini-2.5-flash-image",
            " models/gemini-2.5-flash-image ",
        ] {
            assert_eq!(of(id).price(&Parameters::default()), Some(Money::from_dollars(0.039)), "{id}");
        }
        assert_eq!(of("gemini-2.5-flash"), Abilities::default());
        assert_eq!(of("gemini-2.5-flash-imagery"), of("gemini-9-image"));
        assert_eq!(of("maker/unheard-of"), Abilities::default());
        assert_eq!(of(""), Abilities::default());
    }

    #[test]
    fn most_specific_pattern_applies() {
        let name = |id: &str| of(id).name.unwrap_or_default();
        assert_eq!(name("gpt-image-1"), "GPT Image 1");
        assert_eq!(name("openai/gpt-image-1-mini"), "GPT Image 1 mini");
        assert_eq!(name("gpt-image-1.5-2025-12-16"), "GPT Image 1.5");
        assert_eq!(name("gpt-image-7"), "");
        assert_eq!(name("black-forest-labs/flux-1.1-pro-ultra"), "FLUX 1.1 pro ultra");
        assert_eq!(name("black-forest-labs/flux.2-pro"), "FLUX.2");
        assert_eq!(name("nano-banana-pro-preview"), "Gemini 3 Pro Image (preview)");
        assert_eq!(name("doubao-seedream-4-0-250828"), "Seedream 4.0");
        assert!(of("gemini-3-pro-image").deprecated.is_none());
        let ends = of("google/gemini-3-pro-image-preview").deprecated.unwrap().ends;
        assert_eq!(ends, Some("2026-06-25".parse().unwrap()));
    }

    #[test]
    fn gemini_models_have_their_documented_ratios_and_sizes() {
        for (id, aspects, sizes, most) in [
            ("gemini-2.5-flash-image", Some(10), Some(0), None),
            ("gemini-3-pro-image", Some(10), Some(3), Some(14)),
            ("gemini-3.1-flash-image", Some(14), Some(4), Some(14)),
            ("gemini-3.1-flash-lite-image", None, None, None),
            ("gemini-2.0-flash-preview-image-generation", Some(0), Some(0), None),
        ] {
            let abilities = of(id);
            let found = (abilities.aspects.map(|list| list.len()), abilities.sizes.map(|list| list.len()));
            assert_eq!((found, abilities.references.most), ((aspects, sizes), most), "{id}");
            assert_eq!(abilities.takes.get(&Parameter::N), Some(&false), "{id} makes one image a request");
        }
    }

    #[test]
    fn gateway_capabilities_override_the_catalog() {
        let listed = ModelListing {
            name: Some("Google: Nano Banana".to_owned()),
            sees_images: Some(false),
            parameters: Some([Parameter::Seed].into()),
            price: Some(Money::from_dollars(0.05)),
            ..ModelListing::default()
        };
        let profile = Profile::openrouter();
        let abilities =
            ModelCatalog::built_in().abilities(&profile, "google/gemini-2.5-flash-image", Some(&listed), None);
        assert_eq!(abilities.name.as_deref(), Some("Google: Nano Banana"));
        assert_eq!(abilities.references.most, Some(0));
        assert_eq!(abilities.takes(Parameter::Seed), Some(true));
        assert_eq!(abilities.takes(Parameter::Temperature), Some(false));
        assert_eq!(abilities.takes(Parameter::Stream), None, "such lists do not name it");
        assert_eq!(abilities.price(&Parameters::default()), Some(Money::from_dollars(0.05)));
        assert_eq!(abilities.aspects.map(|list| list.len()), Some(10));
    }

    #[test]
    fn configured_price_has_priority() {
        let mut profile = Profile::dgrid();
        profile.prices.insert("gemini-3-pro-image".to_owned(), Money::from_dollars(0.1));
        let listed = ModelListing { price: Some(Money::from_dollars(0.2)), ..ModelListing::default() };
        let abilities = ModelCatalog::built_in().abilities(&profile, "gemini-3-pro-image", Some(&listed), None);
        assert_eq!(abilities.price_range(), Some((Money::from_dollars(0.1), Money::from_dollars(0.1))));
    }

    #[test]
    fn parameters_unsupported_by_the_dialect_are_dropped() {
        let through = |profile: Profile| ModelCatalog::built_in().abilities(&profile, "maker/unheard-of", None, None);
        let images = through(Profile::openai());
        assert_eq!(images.takes(Parameter::Temperature), Some(false));
        assert_eq!(images.takes(Parameter::Seed), None);
        assert_eq!(through(Profile::google()).takes(Parameter::LogitBias), Some(false));
        let three = Parameters { n: Some(3), ..Parameters::default() };
        assert_eq!((through(Profile::google()).requests(&three), through(Profile::dgrid()).requests(&three)), (3, 1));
        assert_eq!(through(Profile::dgrid()).takes(Parameter::LogitBias), None);
        let silent = through(Profile { options: OptionStyle::NotSent, ..Profile::dgrid() });
        assert_eq!((silent.takes(Parameter::Aspect), silent.takes(Parameter::Size)), (Some(false), Some(false)));
        let ratios = through(Profile { options: OptionStyle::RatioAsSize, ..Profile::openai() });
        assert_eq!(ratios.sizes.as_deref(), Some(&[ImageSize::One, ImageSize::Two, ImageSize::Four][..]));
    }

    #[test]
    fn asterisks_match_anything() {
        assert!(matches("gemini*image*", "gemini-9-image-x") && matches("gemini*image*", "gemini-image"));
        assert!(!matches("gemini*image*", "a-gemini-image") && !matches("gemini*image*", "gemini-9"));
        assert!(matches("*banana", "banana") && !matches("*banana", "bananas"));
        assert!(matches("a*b*c", "a-b-b-c") && !matches("a*bc*c", "abc"));
    }

    proptest! {
        #[test]
        fn arbitrary_ids_do_not_panic(id in "\\PC*", made in "[a-z0-9./:*_-]{0,40}") {
            of(&id);
            of(&made);
        }

        #[test]
        fn arbitrary_patterns_do_not_panic(pattern in "[ab*]{0,8}", id in "[ab海]{0,8}") {
            matches(&pattern, &id);
        }
    }
}
