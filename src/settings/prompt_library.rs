//! The prompt library: styles, variables, snippets and presets. Kept in `kit.json`. Kept in `kit.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::recipe::Parameters;

/// Everything that a person keeps for writing prompts, each list in the person's own order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kit {
    /// Words and parameters that are put around prompts. Their names are different.
    pub styles: Vec<Style>,
    /// What `$name` stands for in prompts.
    pub variables: Vec<Variable>,
    /// Texts to be put into prompts.
    pub snippets: Vec<Snippet>,
    /// Parameters of models.
    pub presets: Vec<Preset>,
}

/// Words and parameters that go with any prompt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Style {
    /// What it is called.
    pub name: String,
    /// What stands before the prompt, as a template.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// What stands after the prompt, as a template.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub suffix: String,
    /// What is not to be seen.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub negative: String,
    /// What is set where the composer leaves it on default.
    pub parameters: Parameters,
}

/// A name for a text, which prompts refer to as `$name`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Variable {
    /// Its name, without the dollar sign.
    pub name: String,
    /// The template that it stands for.
    pub text: String,
}

/// A text to be put into prompts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Snippet {
    /// What it is called.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Parameters that a person sets together for a model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preset {
    /// What it is called; different for each of a model.
    pub name: String,
    /// The model that it is for.
    pub model: String,
    /// What it sets. What it leaves on default is set back to that.
    pub parameters: Parameters,
}

impl Kit {
    /// What variables stand for, by their names; of two with the same name the first counts.
    pub fn variables(&self) -> BTreeMap<String, String> {
        let named = self.variables.iter().rev().filter(|variable| !variable.name.is_empty());
        named.map(|variable| (variable.name.clone(), variable.text.clone())).collect()
    }

    /// The styles of these names that there are, in the order of the names.
    pub fn styles_of(&self, names: &[String]) -> Vec<Style> {
        names.iter().filter_map(|name| self.styles.iter().find(|style| style.name == *name)).cloned().collect()
    }

    /// Adds styles. One whose name is taken gets a number after it, unless it is there just so already.
    pub fn add_styles(&mut self, styles: Vec<Style>) {
        for mut style in styles {
            if !self.styles.contains(&style) {
                let taken: Vec<&str> = self.styles.iter().map(|style| style.name.as_str()).collect();
                style.name = free_name(&style.name, &taken);
                self.styles.push(style);
            }
        }
    }
}

/// This name, or if it is taken, with the first number after it that makes it another one.
pub fn free_name(name: &str, taken: &[&str]) -> String {
    let numbered = (2..).map(|number: u32| format!("{name} {number}"));
    let free = std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken.contains(&name.as_str()));
    // There are more numbers than names.
    free.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_that_come_in_never_replace_others() {
        let named =
            |name: &str, suffix: &str| Style { name: name.to_owned(), suffix: suffix.to_owned(), ..Style::default() };
        let mut kit = Kit { styles: vec![named("Film", "35 mm")], ..Kit::default() };
        kit.add_styles(vec![named("Film", "35 mm"), named("Film", "16 mm"), named("Ink", "ink")]);
        let names: Vec<&str> = kit.styles.iter().map(|style| style.name.as_str()).collect();
        assert_eq!(names, ["Film", "Film 2", "Ink"]);
        assert_eq!(kit.styles_of(&["Ink".to_owned(), "gone".to_owned()]), [named("Ink", "ink")]);
    }

    #[test]
    fn a_kit_of_another_version_is_read_as_far_as_it_is_understood() {
        let kit: Kit = serde_json::from_str(r#"{"styles": [{"name": "Film", "later": 1}], "more": []}"#).unwrap();
        assert_eq!(kit.styles[0], Style { name: "Film".to_owned(), ..Style::default() });
        assert_eq!(serde_json::from_str::<Kit>(&serde_json::to_string(&kit).unwrap()).unwrap(), kit);
    }
}
