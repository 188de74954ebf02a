//! The state of the dialog of the prompt library, and the changes that it makes.

use crate::{
    prompt::{TemplatePart, parse},
    settings::{Kit, Snippet, Style, Variable},
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

    pub(in crate::ui::panels::composer) fn names(self, kit: &Kit) -> Vec<&str> {
        match self {
            Self::Styles => kit.styles.iter().map(|style| style.name.as_str()).collect(),
            Self::Variables => kit.variables.iter().map(|variable| variable.name.as_str()).collect(),
            Self::Snippets => kit.snippets.iter().map(|snippet| snippet.name.as_str()).collect(),
        }
    }

    pub(in crate::ui::panels::composer) fn name_mut(self, kit: &mut Kit, at: usize) -> Option<&mut String> {
        match self {
            Self::Styles => kit.styles.get_mut(at).map(|style| &mut style.name),
            Self::Variables => kit.variables.get_mut(at).map(|variable| &mut variable.name),
            Self::Snippets => kit.snippets.get_mut(at).map(|snippet| &mut snippet.name),
        }
    }

    pub(in crate::ui::panels::composer) fn add(self, kit: &mut Kit, name: String) {
        match self {
            Self::Styles => kit.styles.push(Style { name, ..Style::default() }),
            Self::Variables => kit.variables.push(Variable { name, ..Variable::default() }),
            Self::Snippets => kit.snippets.push(Snippet { name, ..Snippet::default() }),
        }
    }

    pub(in crate::ui::panels::composer) fn remove(self, kit: &mut Kit, at: usize) -> RemovedItem {
        match self {
            Self::Styles => RemovedItem::Style(Box::new(kit.styles.remove(at))),
            Self::Variables => RemovedItem::Variable(kit.variables.remove(at)),
            Self::Snippets => RemovedItem::Snippet(kit.snippets.remove(at)),
        }
    }

    pub(in crate::ui::panels::composer) fn swap(self, kit: &mut Kit, a: usize, b: usize) {
        match self {
            Self::Styles => kit.styles.swap(a, b),
            Self::Variables => kit.variables.swap(a, b),
            Self::Snippets => kit.snippets.swap(a, b),
        }
    }

    /// Why a name is invalid, if it is.
    pub(in crate::ui::panels::composer) fn refuses(self, name: &str, at: usize, kit: &Kit) -> Option<&'static str> {
        if name.trim().is_empty() {
            Some("kit-name-empty")
        } else if self == Self::Variables && !is_variable(name) {
            Some("variables-name-wrong")
        } else if self.names(kit).iter().enumerate().any(|(index, other)| index != at && *other == name.trim()) {
            Some("kit-name-taken")
        } else {
            None
        }
    }
}

impl RemovedItem {
    pub(in crate::ui::panels::composer) fn put_back(self, kit: &mut Kit, at: usize) {
        match self {
            Self::Style(style) => kit.styles.insert(at.min(kit.styles.len()), *style),
            Self::Variable(variable) => kit.variables.insert(at.min(kit.variables.len()), variable),
            Self::Snippet(snippet) => kit.snippets.insert(at.min(kit.snippets.len()), snippet),
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
    pub(in crate::ui::panels::composer) fn open(&mut self, tab: LibraryTab, kit: &Kit) {
        *self = Self { open: true, ..Self::default() };
        self.turn(tab, kit);
    }

    pub(in crate::ui::panels::composer) fn turn(&mut self, tab: LibraryTab, kit: &Kit) {
        self.tab = tab;
        self.show(0, kit);
    }

    pub(in crate::ui::panels::composer) fn show(&mut self, at: usize, kit: &Kit) {
        self.at = at;
        self.name = self.tab.names(kit).get(at).map_or_else(String::new, |name| (*name).to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_named_so_that_prompts_can_refer_to_them() {
        for name in ["style", "my_style", "風格"] {
            assert_eq!(LibraryTab::Variables.refuses(name, 0, &Kit::default()), None, "{name}");
        }
        for name in ["", "a b}c", "a=b", "a:b", "{"] {
            assert!(LibraryTab::Variables.refuses(name, 0, &Kit::default()).is_some(), "{name}");
        }
    }

    #[test]
    fn what_is_taken_away_comes_back_where_it_was() {
        let mut kit = Kit::default();
        for name in ["a", "b", "c"] {
            LibraryTab::Styles.add(&mut kit, name.to_owned());
        }
        let before = kit.clone();
        let removed = LibraryTab::Styles.remove(&mut kit, 1);
        assert_eq!((removed.name(), LibraryTab::Styles.names(&kit)), ("b", vec!["a", "c"]));
        removed.put_back(&mut kit, 1);
        assert_eq!(kit, before);
        assert!(
            LibraryTab::Styles.refuses("a", 0, &kit).is_none() && LibraryTab::Styles.refuses("a", 1, &kit).is_some()
        );
    }
}
