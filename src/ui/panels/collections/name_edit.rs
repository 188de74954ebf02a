//! The field for the name of a collection, or for the search of a smart one.

use egui::{Id, Key, Modifiers, Ui};

use crate::{
    recipe::{CollectionEdit, CollectionId, ImageId},
    studio::{Command, OrganizeCommand, Query},
    ui::{actions::action::Actions, state::view_context::ViewContext, theme::size, widgets::field::Field},
};

use super::operations::{make, rename};

/// A text while it is typed.
#[derive(Debug)]
pub struct NameEdit {
    /// The purpose of the text.
    pub of: NameEditTarget,
    text: String,
    /// Whether the field is still to be focused.
    new: bool,
}

/// The purpose of a typed text.
#[derive(Clone, Debug, PartialEq)]
pub enum NameEditTarget {
    /// The name of a new collection.
    New {
        /// The parent collection.
        parent: Option<CollectionId>,
        /// The search of a smart one.
        query: Option<String>,
        /// The first images in it.
        images: Vec<ImageId>,
    },
    /// A new name for this collection.
    Name(CollectionId),
    /// A new search for this smart collection.
    Search(CollectionId),
}

impl NameEdit {
    /// Begins to edit this text.
    pub fn new(of: NameEditTarget, text: impl Into<String>) -> Self {
        Self { of, text: text.into(), new: true }
    }

    /// Draws the field. Returns whether editing goes on.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        indent: f32,
        query: &Query,
        cx: &ViewContext<'_>,
        actions: &mut Actions,
    ) -> bool {
        let (name, hint) = match self.of {
            NameEditTarget::Search(_) => (cx.text.get("collection-search"), cx.text.get("search-hint")),
            _ => (cx.text.get("collection-name"), cx.text.get("collection-name-hint")),
        };
        let field = ui
            .horizontal(|ui| {
                ui.add_space(indent);
                let field = Field::new(&name).id(Id::unique("collection-name")).hint(hint).height(size::CHIP);
                field.show(ui, &mut self.text)
            })
            .inner;
        if std::mem::take(&mut self.new) {
            field.request_focus();
            return true;
        }
        if field.has_focus() {
            return true;
        }
        // Otherwise the key would close the tree, or click the widget that is focused next.
        let escape = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
        ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
        let text = self.text.trim().to_owned();
        if !escape && !text.is_empty() {
            self.done(text, query, cx, actions);
        }
        false
    }

    fn done(&self, text: String, query: &Query, cx: &ViewContext<'_>, actions: &mut Actions) {
        let known = |id| cx.known.collections.iter().find(|known| known.id == id);
        match &self.of {
            NameEditTarget::New { parent, query, images } => {
                make(text, *parent, query.clone(), images.clone(), actions);
            }
            NameEditTarget::Name(id) => {
                if let Some(collection) = known(*id).filter(|known| known.name != text) {
                    rename(collection, text, query, actions);
                }
            }
            NameEditTarget::Search(id) => {
                if known(*id).is_some_and(|known| known.query.as_deref() != Some(&text)) {
                    actions
                        .send(Command::Organize(OrganizeCommand::EditCollections(CollectionEdit::Search(*id, text))));
                }
            }
        }
    }
}
