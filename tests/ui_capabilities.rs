//! Tests of the composer with models of known capabilities.

mod common;

use std::collections::BTreeMap;

use atelier::{
    recipe::{LearnedModel, ModelListing, Money, Parameter, Parameters, Profile, ProfileId, Recipe, Reference, Tally},
    studio::{Event, ModelInfo, ProviderEvent, StudioChannels},
    ui::App,
};
use common::ui::{commands, open, ready};
use egui::accesskit::Role;
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};

/// A window whose composer uses this model at this gateway.
fn with(profile: &Profile, recipe: Recipe) -> (Harness<'static, App>, StudioChannels) {
    let mut ready = ready();
    let local = Profile { base_url: "http://127.0.0.1:9/v1".to_owned(), ..profile.clone() };
    ready.settings.profiles.retain(|known| known.id != local.id);
    ready.settings.profiles.push(local);
    ready.session.composer = Recipe { prompt: "a fox".to_owned(), profile: profile.id.clone(), ..recipe };
    let (mut window, mut channels) = open(ready);
    window.set_size(egui::vec2(1440.0, 1200.0));
    window.run();
    commands(&mut channels);
    (window, channels)
}

fn model(id: &str) -> Recipe {
    Recipe { model: id.to_owned(), ..Recipe::default() }
}

fn description(window: &Harness<'_, App>, name: &str) -> String {
    window.get_by_role_and_label(Role::Button, name).accesskit_node().description().unwrap_or_default()
}

fn references(count: usize) -> Vec<Reference> {
    let reference = |number: usize| Reference {
        sha256: number.to_string(),
        mime: "image/png".to_owned(),
        name: format!("{number}.png"),
        image: None,
    };
    (0..count).map(reference).collect()
}

#[test]
fn only_aspect_ratios_and_sizes_of_the_model_are_offered() {
    let (window, _line) = with(&Profile::dgrid(), model("openai/gpt-image-1"));
    for label in ["Aspect ratio: 1:1", "Size: Default"] {
        window.get_by_role_and_label(Role::Button, label);
    }
    for label in ["Aspect ratio: 16:9", "Aspect ratio: 4:3", "Size: 4K"] {
        assert!(window.query_by_role_and_label(Role::Button, label).is_none(), "{label}");
    }
    let (window, _line) = with(&Profile::dgrid(), model("maker/unheard-of"));
    for label in ["Aspect ratio: 16:9", "Size: 4K", "More aspect ratios"] {
        window.get_by_role_and_label(Role::Button, label);
    }
    window.get_by_label("not known for this model");
}

#[test]
fn ignored_parameters_are_grayed_and_set_ones_stay_editable() {
    let recipe = Recipe {
        parameters: Parameters { temperature: Some(0.5), ..Parameters::default() },
        ..model("openai/gpt-image-1")
    };
    let (window, _line) = with(&Profile::openai(), recipe);
    let disabled = |name: &str| window.get_by_role_and_label(Role::Slider, name).accesskit_node().is_disabled();
    assert!(disabled("Top-p"));
    assert!(!disabled("Temperature"), "it is set");
    assert!(!disabled("Number of images"));
    window.get_by_label("Not sent to this model: temperature");
    let fixed = window.get_by_role_and_label(Role::Button, "Fixed");
    assert!(fixed.accesskit_node().is_disabled(), "these models know no seed");
}

#[test]
fn too_many_references_are_reported_before_sending() {
    let with_references = |id: &str, count| Recipe { references: references(count), ..model(id) };
    let (window, _line) = with(&Profile::dgrid(), with_references("gemini-3-pro-image", 2));
    window.get_by_label("2 of 14");
    let (window, _line) = with(&Profile::dgrid(), with_references("gemini-3-pro-image", 16));
    window.get_by_label("16, only 14 will be sent");
    window.get_by_label("Not sent to this model: 2 references");
    let (window, _line) = with(&Profile::dgrid(), with_references("gemini-2.5-flash-image", 4));
    window.get_by_label("4, 3 or fewer recommended");
    let (window, _line) = with(&Profile::dgrid(), model("imagen-3.0-generate-002"));
    window.get_by_label("not supported by this model");
}

#[test]
fn known_price_is_shown() {
    let parameters = Parameters { n: Some(3), size: "4K".parse().ok(), ..Parameters::default() };
    let (window, _line) = with(&Profile::dgrid(), Recipe { parameters, ..model("gemini-3-pro-image") });
    assert_eq!(description(&window, "Generate 3 images"), "≈ $0.72");
    let (window, _line) = with(&Profile::dgrid(), model("maker/unheard-of"));
    assert_eq!(description(&window, "Generate"), "");
    let mut own = Profile::dgrid();
    own.prices.insert("maker/unheard-of".to_owned(), Money::from_dollars(0.01));
    let (window, _line) = with(&own, model("maker/unheard-of"));
    assert_eq!(description(&window, "Generate"), "≈ $0.01");
}

#[test]
fn model_list_shows_capabilities_prices_and_deprecation() {
    let (mut window, channels) = with(&Profile::dgrid(), model("gemini-2.5-flash-image"));
    let listed = ModelListing {
        name: Some("House painter".to_owned()),
        parameters: Some([Parameter::Seed].into()),
        price: Some(Money::from_dollars(0.02)),
        ..ModelListing::default()
    };
    let mut models: Vec<ModelInfo> =
        ["gemini-3.1-flash-image", "google/gemini-3-pro-image-preview", "maker/unheard-of"]
            .map(ModelInfo::image)
            .into();
    models.push(ModelInfo { listed, ..ModelInfo::image("house/painter") });
    models.push(ModelInfo { id: "words-1".to_owned(), ..ModelInfo::default() });
    channels.events.send(Event::Providers(ProviderEvent::Models(ProfileId::dgrid(), models)));
    window.run();
    window.get_by_role_and_label(Role::Button, "Show models").click();
    window.run();
    let hint = |name| description(&window, name);
    assert_eq!(
        hint("gemini-3.1-flash-image"),
        "~$0.045–0.067 / image · Gemini 3.1 Flash Image (Nano Banana 2) · 512–4K · 14 references · up to 7.0 MB each"
    );
    assert_eq!(
        hint("google/gemini-3-pro-image-preview"),
        "~$0.134–0.24 / image · Shut down on 25 June 2026; choose gemini-3-pro-image · Gemini 3 Pro Image (preview) · 1K–4K · 14 references"
    );
    assert_eq!(hint("maker/unheard-of"), "price unknown · no information");
    assert_eq!(hint("house/painter"), "~$0.02 / image · House painter");
    assert_eq!(hint("words-1"), "probably text only");
}

#[test]
fn learned_capabilities_are_only_hints() {
    let parameters = Parameters { size: "4K".parse().ok(), ..Parameters::default() };
    let recipe = Recipe { parameters, references: references(1), ..model("gemini-3-pro-image") };
    let (mut window, mut channels) = with(&Profile::dgrid(), recipe);
    assert_eq!(description(&window, "Size: 4K"), "");
    let never = Tally { kept: 0, missed: 2 };
    let size = "4K".parse().expect("a size");
    let learned = LearnedModel { sizes: [(size, never)].into(), references: never, ..LearnedModel::default() };
    channels.events.send(Event::Providers(ProviderEvent::Learned(
        ProfileId::dgrid(),
        BTreeMap::from([("gemini-3-pro-image".to_owned(), learned)]),
    )));
    window.run();
    assert_eq!(description(&window, "Size: 4K"), "This model hasn’t honored this before");
    window.get_by_label("No 4K result so far");
    window.get_by_label("ignored by this model so far");
    window.get_by_role_and_label(Role::Button, "Generate").click();
    window.run();
    let sent = commands(&mut channels)
        .into_iter()
        .any(|command| matches!(command, atelier::studio::Command::Queue(atelier::studio::QueueCommand::Generate(_))));
    assert!(sent, "nothing is forbidden");
}

#[test]
fn models_of_other_endpoints_and_retired_models_are_reported() {
    let (window, _line) = with(&Profile::dgrid(), model("dall-e-3"));
    window.get_by_label("Shut down on 12 May 2026; choose gpt-image-1.5");
    window.get_by_label_contains("usually uses /images/generations");
    let (window, _line) = with(&Profile::openai(), model("gpt-image-1"));
    assert!(window.query_by_label_contains("usually uses").is_none());
}
