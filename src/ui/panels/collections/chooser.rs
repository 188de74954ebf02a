//! The dialog that adds images to a collection: type its name, press Enter.

use std::sync::Arc;

use egui::{Id, Key, Modifiers, ScrollArea, Ui};

use crate::{
    recipe::{Collection, CollectionId, ImageId},
    ui::{
        actions::action::Actions,
        state::view_context::ViewContext,
        theme::{icons, size},
        widgets::{Button, ButtonKind, dialog::Dialog, field::Field},
    },
};

use super::operations::{add, make};

/// Width of the dialog.
const WIDTH: f32 = 420.0;

/// The state of the dialog.
#[derive(Debug, Default)]
pub struct CollectionChooser {
    images: Arc<[ImageId]>,
    text: String,
    /// The row that Enter chooses.
    at: usize,
    /// Whether the field is still to be focused.
    new: bool,
}

/// The collections to choose from.
enum ChooserEntry<'a> {
    There(usize, &'a Collection),
    New(String),
}

/// The command of the dialog.
enum ChooserAction {
    There(CollectionId),
    New(String),
}

impl CollectionChooser {
    /// Opens the dialog for these images.
    pub fn open(&mut self, images: Arc<[ImageId]>) {
        *self = Self { images, new: true, ..Self::default() };
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        !self.images.is_empty()
    }

    /// The collections whose names contain the typed text, and at the end a new one with that name.
    fn places<'a>(&self, cx: &ViewContext<'a>) -> Vec<ChooserEntry<'a>> {
        let typed = self.text.trim().to_lowercase();
        let all = cx.known.collections_in_order();
        let fitting = all
            .into_iter()
            .filter(|(_, collection)| collection.query.is_none() && collection.name.to_lowercase().contains(&typed));
        let mut places: Vec<_> = fitting
            .map(|(depth, collection)| ChooserEntry::There(if typed.is_empty() { depth } else { 0 }, collection))
            .collect();
        let exact = places
            .iter()
            .any(|place| matches!(place, ChooserEntry::There(_, known) if known.name.to_lowercase() == typed));
        if !typed.is_empty() && !exact {
            places.push(ChooserEntry::New(self.text.trim().to_owned()));
        }
        places
    }
}

/// Draws the dialog. Only called while it is open.
pub fn show(ui: &Ui, chooser: &mut CollectionChooser, cx: &ViewContext<'_>, actions: &mut Actions) {
    let title = cx.text.with("collection-choose", [("count", chooser.images.len().into())]);
    let shown = Dialog::new("add to collection", &title).width(WIDTH).show(
        ui,
        chooser,
        |ui, chooser| body(ui, chooser, cx),
        |ui, _| ui.add(Button::new(cx.text.get("cancel"))).clicked(),
    );
    match shown.body {
        Some(ChooserAction::There(id)) => add(std::mem::take(&mut chooser.images), id, actions),
        Some(ChooserAction::New(name)) => make(name, None, None, std::mem::take(&mut chooser.images).to_vec(), actions),
        None if shown.close || shown.footer => chooser.images = Arc::default(),
        None => {}
    }
}

fn body(ui: &mut Ui, chooser: &mut CollectionChooser, cx: &ViewContext<'_>) -> Option<ChooserAction> {
    let places = chooser.places(cx);
    // Taken before the field sees them, because it would move its cursor.
    let (up, down, enter) = ui.input_mut(|input| {
        let mut take = |key| input.consume_key(Modifiers::NONE, key);
        (take(Key::ArrowUp), take(Key::ArrowDown), take(Key::Enter))
    });
    let last = places.len().saturating_sub(1);
    chooser.at = match (up, down) {
        (true, _) => chooser.at.saturating_sub(1),
        (_, true) => chooser.at + 1,
        _ => chooser.at,
    }
    .min(last);
    let name = cx.text.get("collection-name");
    let field = Field::new(&name).id(Id::unique("collection-chooser")).hint(cx.text.get("collection-choose-hint"));
    let field = field.icon(icons::SEARCH).show(ui, &mut chooser.text);
    if std::mem::take(&mut chooser.new) {
        field.request_focus();
    }
    if field.changed() {
        chooser.at = 0;
    }
    let mut chosen = (enter && !field.changed()).then_some(chooser.at);
    ScrollArea::vertical().max_height(size::MAX_LIST_HEIGHT).min_scrolled_height(size::MAX_LIST_HEIGHT).show(
        ui,
        |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for (index, place) in places.iter().enumerate() {
                let button = match place {
                    ChooserEntry::There(depth, collection) => {
                        Button::new(format!("{}{}", "    ".repeat(*depth), collection.name))
                            .name(collection.name.as_str())
                            .with_icon(icons::COLLECTION)
                            .trailing(cx.text.count(collection.count))
                    }
                    ChooserEntry::New(name) => {
                        let words = cx.text.with("collection-make", [("name", name.as_str().into())]);
                        Button::new(words).with_icon(icons::ADD)
                    }
                };
                let mut button = button.kind(ButtonKind::Quiet).left_aligned().width(ui.available_width());
                if index == chooser.at {
                    button = button.highlighted();
                }
                let response = ui.add(button);
                if index == chooser.at && (up || down) {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    chosen = Some(index);
                }
            }
        },
    );
    chosen.and_then(|index| places.get(index)).map(|place| match place {
        ChooserEntry::There(_, collection) => ChooserAction::There(collection.id),
        ChooserEntry::New(name) => ChooserAction::New(name.clone()),
    })
}
