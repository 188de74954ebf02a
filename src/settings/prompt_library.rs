//! The prompt library: styles, variables, snippets and presets. Stored in `kit.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::recipe::Parameters;

/// The user's styles, variables, snippets and presets, each list in the user's order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PromptLibrary {
    /// Styles, with unique names.
    pub styles: Vec<Style>,
    /// Variables of prompts.
    pub variables: Vec<Variable>,
    /// Texts to insert into prompts.
    pub snippets: Vec<Snippet>,
    /// Presets of parameters for models.
    pub presets: Vec<Preset>,
}

/// Text and parameters that are added to a prompt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Style {
    /// Name.
    pub name: String,
    /// Template in front of the prompt.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// Template after the prompt.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub suffix: String,
    /// Negative prompt.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub negative: String,
    /// Parameters that apply where the composer's are on default.
    pub parameters: Parameters,
}

/// A variable, which prompts refer to as `$name`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Variable {
    /// Name without the dollar sign.
    pub name: String,
    /// Template that replaces it.
    pub text: String,
}

/// A text to insert into prompts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Snippet {
    /// Name.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Parameters that are set together for a model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preset {
    /// Name, unique for each model.
    pub name: String,
    /// Model.
    pub model: String,
    /// Parameters. Those on default are reset.
    pub parameters: Parameters,
}

impl PromptLibrary {
    /// Values of variables by name. The first of two with the same name counts.
    pub fn variables(&self) -> BTreeMap<String, String> {
        let named = self.variables.iter().rev().filter(|variable| !variable.name.is_empty());
        named.map(|variable| (variable.name.clone(), variable.text.clone())).collect()
    }

    /// The existing styles of these names, in the order of the names.
    pub fn styles_of(&self, names: &[String]) -> Vec<Style> {
        names.iter().filter_map(|name| self.styles.iter().find(|style| style.name == *name)).cloned().collect()
    }

    /// Adds styles, except for existing equal ones. A style whose name is taken gets a number.
    pub fn add_styles(&mut self, styles: Vec<Style>) {
        for mut style in styles {
            if !self.styles.contains(&style) {
                let taken: Vec<&str> = self.styles.iter().map(|style| style.name.as_str()).collect();
                style.name = unused_name(&style.name, &taken);
                self.styles.push(style);
            }
        }
    }
}

/// The name, followed by a number if it is taken.
pub fn unused_name(name: &str, taken: &[&str]) -> String {
    let numbered = (2..).map(|number: u32| format!("{name} {number}"));
    let free = std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken.contains(&name.as_str()));
    // There are more numbers than taken names.
    free.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_styles_never_replace_others() {
        let named =
            |name: &str, suffix: &str| Style { name: name.to_owned(), suffix: suffix.to_owned(), ..Style::default() };
        let mut prompt_library = PromptLibrary { styles: vec![named("Film", "35 mm")], ..PromptLibrary::default() };
        prompt_library.add_styles(vec![named("Film", "35 mm"), named("Film", "16 mm"), named("Ink", "ink")]);
        let names: Vec<&str> = prompt_library.styles.iter().map(|style| style.name.as_str()).collect();
        assert_eq!(names, ["Film", "Film 2", "Ink"]);
        assert_eq!(prompt_library.styles_of(&["Ink".to_owned(), "gone".to_owned()]), [named("Ink", "ink")]);
    }

    #[test]
    fn a_prompt_library_of_another_version_is_read() {
        let prompt_library: PromptLibrary =
            serde_json::from_str(r#"{"styles": [{"name": "Film", "later": 1}], "more": []}"#).unwrap();
        assert_eq!(prompt_library.styles[0], Style { name: "Film".to_owned(), ..Style::default() });
        assert_eq!(
            serde_json::from_str::<PromptLibrary>(&serde_json::to_string(&prompt_library).unwrap()).unwrap(),
            prompt_library
        );
    }
}
