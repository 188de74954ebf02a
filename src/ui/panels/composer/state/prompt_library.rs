//! The state of the dialog of the prompt library, and the changes that it makes.

use crate::{
    prompt::{TemplatePart, parse},
    settings::{PromptLibrary, Snippet, Style, Variable},
};

/// The tabs of the dialog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LibraryTab {
    /// Styles.
    #[default]
    Styles,
    /// Variables.
    Variables,
    /// Snippets.
    Snippets,
}

/// A removed item that can be restored.
#[derive(Clone, Debug)]
pub(in crate::ui::panels::composer) enum RemovedItem {
    Style(Box<Style>),
    Variable(Variable),
    Snippet(Snippet),
}

/// The state of the dialog.
#[derive(Debug, Default)]
pub struct PromptLibraryDialog {
    pub(in crate::ui::panels::composer) open: bool,
    pub(in crate::ui::panels::composer) tab: LibraryTab,
    /// The index of the shown item.
    pub(in crate::ui::panels::composer) at: usize,
    /// The text in the field of its name.
    pub(in crate::ui::panels::composer) name: String,
    /// The item that was removed last, and its position.
    pub(in crate::ui::panels::composer) removed: Option<(usize, RemovedItem)>,
}

/// The keys of a tab's texts.
#[derive(Clone, Copy)]
pub(in crate::ui::panels::composer) struct TabKeys {
    pub(in crate::ui::panels::composer) title: &'static str,
    pub(in crate::ui::panels::composer) none: &'static str,
    pub(in crate::ui::panels::composer) new: &'static str,
    /// The default name of a new item.
    pub(in crate::ui::panels::composer) first: &'static str,
    pub(in crate::ui::panels::composer) name: &'static str,
}

impl LibraryTab {
    pub(in crate::ui::panels::composer) const ALL: [Self; 3] = [Self::Styles, Self::Variables, Self::Snippets];

    pub(in crate::ui::panels::composer) fn keys(self) -> TabKeys {
        match self {
            Self::Styles => TabKeys {
                title: "styles",
                none: "styles-none",
                new: "styles-new",
                first: "styles-first",
                name: "styles-name",
            },
            Self::Variables => TabKeys {
                title: "variables",
                none: "variables-none",
                new: "variables-new",
                first: "variables-first",
                name: "variables-name",
            },
            Self::Snippets => TabKeys {
                title: "snippets",
                none: "snippets-none",
                new: "snippets-new",
                first: "snippets-first",
                name: "snippets-name",
            },
        }
    }

    pub(in crate::ui::panels::composer) fn names(self, prompt_library: &PromptLibrary) -> Vec<&str> {
        match self {
            Self::Styles => prompt_library.styles.iter().map(|style| style.name.as_str()).collect(),
            Self::Variables => prompt_library.variables.iter().map(|variable| variable.name.as_str()).collect(),
            Self::Snippets => prompt_library.snippets.iter().map(|snippet| snippet.name.as_str()).collect(),
        }
    }

    pub(in crate::ui::panels::composer) fn name_mut(
        self,
        prompt_library: &mut PromptLibrary,
        at: usize,
    ) -> Option<&mut String> {
        match self {
            Self::Styles => prompt_library.styles.get_mut(at).map(|style| &mut style.name),
            Self::Variables => prompt_library.variables.get_mut(at).map(|variable| &mut variable.name),
            Self::Snippets => prompt_library.snippets.get_mut(at).map(|snippet| &mut snippet.name),
        }
    }

    pub(in crate::ui::panels::composer) fn add(self, prompt_library: &mut PromptLibrary, name: String) {
        match self {
            Self::Styles => prompt_library.styles.push(Style { name, ..Style::default() }),
            Self::Variables => prompt_library.variables.push(Variable { name, ..Variable::default() }),
            Self::Snippets => prompt_library.snippets.push(Snippet { name, ..Snippet::default() }),
        }
    }

    pub(in crate::ui::panels::composer) fn remove(self, prompt_library: &mut PromptLibrary, at: usize) -> RemovedItem {
        match self {
            Self::Styles => RemovedItem::Style(Box::new(prompt_library.styles.remove(at))),
            Self::Variables => RemovedItem::Variable(prompt_library.variables.remove(at)),
            Self::Snippets => RemovedItem::Snippet(prompt_library.snippets.remove(at)),
        }
    }

    pub(in crate::ui::panels::composer) fn swap(self, prompt_library: &mut PromptLibrary, a: usize, b: usize) {
        match self {
            Self::Styles => prompt_library.styles.swap(a, b),
            Self::Variables => prompt_library.variables.swap(a, b),
            Self::Snippets => prompt_library.snippets.swap(a, b),
        }
    }

    /// Why a name is invalid, if it is.
    pub(in crate::ui::panels::composer) fn refuses(
        self,
        name: &str,
        at: usize,
        prompt_library: &PromptLibrary,
    ) -> Option<&'static str> {
        if name.trim().is_empty() {
            Some("kit-name-empty")
        } else if self == Self::Variables && !is_variable(name) {
            Some("variables-name-wrong")
        } else if self
            .names(prompt_library)
            .iter()
            .enumerate()
            .any(|(index, other)| index != at && *other == name.trim())
        {
            Some("kit-name-taken")
        } else {
            None
        }
    }
}

impl RemovedItem {
    pub(in crate::ui::panels::composer) fn put_back(self, prompt_library: &mut PromptLibrary, at: usize) {
        match self {
            Self::Style(style) => prompt_library.styles.insert(at.min(prompt_library.styles.len()), *style),
            Self::Variable(variable) => {
                prompt_library.variables.insert(at.min(prompt_library.variables.len()), variable);
            }
            Self::Snippet(snippet) => prompt_library.snippets.insert(at.min(prompt_library.snippets.len()), snippet),
        }
    }

    pub(in crate::ui::panels::composer) fn name(&self) -> &str {
        match self {
            Self::Style(style) => &style.name,
            Self::Variable(variable) => &variable.name,
            Self::Snippet(snippet) => &snippet.name,
        }
    }

    pub(in crate::ui::panels::composer) fn tab(&self) -> LibraryTab {
        match self {
            Self::Style(_) => LibraryTab::Styles,
            Self::Variable(_) => LibraryTab::Variables,
            Self::Snippet(_) => LibraryTab::Snippets,
        }
    }
}

/// Whether prompts can refer to a variable of this name.
fn is_variable(name: &str) -> bool {
    let name = name.trim();
    matches!(parse(&format!("${{{name}}}")).0.as_slice(), [TemplatePart::Use { name: read, otherwise: None }] if read == name)
}

impl PromptLibraryDialog {
    /// Whether it is open.
    pub(in crate::ui::panels::composer) fn is_open(&self) -> bool {
        self.open
    }

    /// Opens the dialog.
    pub(in crate::ui::panels::composer) fn open(&mut self, tab: LibraryTab, prompt_library: &PromptLibrary) {
        *self = Self { open: true, ..Self::default() };
        self.turn(tab, prompt_library);
    }

    pub(in crate::ui::panels::composer) fn turn(&mut self, tab: LibraryTab, prompt_library: &PromptLibrary) {
        self.tab = tab;
        self.show(0, prompt_library);
    }

    pub(in crate::ui::panels::composer) fn show(&mut self, at: usize, prompt_library: &PromptLibrary) {
        self.at = at;
        self.name = self.tab.names(prompt_library).get(at).map_or_else(String::new, |name| (*name).to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variable_names_are_valid_in_prompts() {
        for name in ["style", "my_style", "風格"] {
            assert_eq!(LibraryTab::Variables.refuses(name, 0, &PromptLibrary::default()), None, "{name}");
        }
        for name in ["", "a b}c", "a=b", "a:b", "{"] {
            assert!(LibraryTab::Variables.refuses(name, 0, &PromptLibrary::default()).is_some(), "{name}");
        }
    }

    #[test]
    fn removed_entry_is_restored_at_its_position() {
        let mut prompt_library = PromptLibrary::default();
        for name in ["a", "b", "c"] {
            LibraryTab::Styles.add(&mut prompt_library, name.to_owned());
        }
        let before = prompt_library.clone();
        let removed = LibraryTab::Styles.remove(&mut prompt_library, 1);
        assert_eq!((removed.name(), LibraryTab::Styles.names(&prompt_library)), ("b", vec!["a", "c"]));
        removed.put_back(&mut prompt_library, 1);
        assert_eq!(prompt_library, before);
        assert!(
            LibraryTab::Styles.refuses("a", 0, &prompt_library).is_none()
                && LibraryTab::Styles.refuses("a", 1, &prompt_library).is_some()
        );
    }
}
