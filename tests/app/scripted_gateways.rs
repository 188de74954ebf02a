//! Scripted gateways for tests of the whole application.

#[path = "../common/gateway.rs"]
pub mod gateway;

#[path = "../common/images.rs"]
pub mod images;

#[expect(dead_code, reason = "headless tests need more kinds of certificates")]
#[path = "../common/tls.rs"]
pub mod tls;

use std::{fs, path::Path};

use atelier::{demo::DemoOptions, settings::Settings};
use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::Queryable as _;
use serde_json::Value;

use crate::test_app::{Machine, Stage};
use gateway::{Gateway, RecordedRequest, Reply};

/// A gateway that answers the model list as usual, and requests for images as scripted.
pub fn gateway(script: impl Fn(&RecordedRequest) -> Reply + Send + Sync + 'static) -> Gateway {
    Gateway::start(move |request| {
        if request.method == "POST" {
            script(request)
        } else {
            Reply::json(&serde_json::json!({ "object": "list", "data": [
                { "id": "words-1" }, { "id": "demo/painter" }, { "id": "gemini-2.5-flash-image" }
            ] }))
        }
    })
}

/// The prompt of a request, with or without images.
pub fn prompt(request: &RecordedRequest) -> String {
    let content = &request.json()["messages"][0]["content"];
    content.as_str().or_else(|| content[0]["text"].as_str()).unwrap_or_default().to_owned()
}

impl Machine {
    /// A machine whose settings use the gateway at this base URL.
    pub fn at(base_url: &str) -> Self {
        Self::at_with(base_url, |_| {})
    }

    /// The same, with some settings changed.
    pub fn at_with(base_url: &str, change: impl FnOnce(&mut Settings)) -> Self {
        Self::with(DemoOptions::instant(), |settings, _| {
            if let Some(near) = settings.profiles.last_mut() {
                base_url.clone_into(&mut near.base_url);
            }
            change(settings);
        })
    }

    /// The sidecars of the library, oldest image first.
    pub fn sidecars(&self) -> Vec<Value> {
        self.originals().iter().map(|original| json(&original.with_extension("json"))).collect()
    }
}

/// A file's JSON.
pub fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("the file is there")).expect("it is JSON")
}

impl Stage {
    /// Replaces the text of a single-line or multiline field.
    pub fn fill(&mut self, name: &str, text: &str) {
        let one_line = self.window.query_by_role_and_label(Role::TextInput, name).is_some();
        let role = if one_line { Role::TextInput } else { Role::MultilineTextInput };
        self.write(role, name, text);
    }

    /// Waits until a gateway has received `count` requests for images.
    pub fn until_posts(&mut self, gateway: &Gateway, count: usize) {
        self.until("a request", |_| gateway.posts().len() >= count);
    }

    /// Generates the prompt in the composer again.
    pub fn again(&mut self) {
        self.press(Modifiers::COMMAND, Key::Enter);
    }
}
