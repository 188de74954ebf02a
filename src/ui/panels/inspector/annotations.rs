//! The annotations of the focused image: stars, flag and label, tags, a note, and its collections.

use egui::{Key, Ui};

use crate::{
    recipe::{Flag, ImageId, MarkChange, Marks},
    studio::{Command, OrganizeCommand},
    ui::{
        actions::{
            action::{Action, Actions},
            ui_command::UiCommand,
        },
        components::rating_badges,
        state::{selection::Selection, view_context::ViewContext},
        theme::{icons, size},
        widgets::{Button, ButtonKind, field::Field, prompt_field::PromptField, section_label},
    },
};

/// Maximum number of tags that are suggested.
const OFFERED: usize = 6;

/// The texts of the fields.
#[derive(Debug, Default)]
pub struct AnnotationEditor {
    /// The image of the note in the field.
    of: Option<ImageId>,
    note: String,
    /// The note as it was sent or loaded.
    kept: String,
    /// The note of the last event. A sent note is reported a little later.
    told: String,
    /// The tag that is typed, if one is.
    tag: Option<String>,
    /// The last requested prefix, and the suggested tags.
    offered: (String, Vec<String>),
    focus: bool,
}

impl AnnotationEditor {
    /// Offers tags that begin with a text, if that text is still the one that was typed.
    pub fn receive_suggestions(&mut self, beginning: &str, tags: &[(String, usize)]) {
        if beginning == self.offered.0 {
            self.offered.1 = tags.iter().map(|(tag, _)| tag.clone()).collect();
        }
    }

    /// Switches to another image, and saves the note of the previous one.
    fn turn_to(&mut self, id: ImageId, marks: &Marks, actions: &mut Actions) {
        if self.of != Some(id) {
            self.keep_note(actions);
            let note = marks.note.clone();
            *self = Self { of: Some(id), kept: note.clone(), told: note.clone(), note, ..Self::default() };
        } else if self.told != marks.note {
            self.told.clone_from(&marks.note);
            // The event has the sent note, or one that was changed or undone elsewhere. Text that is being typed stays.
            if self.note.trim() == self.kept {
                self.note.clone_from(&marks.note);
            }
            self.kept.clone_from(&marks.note);
        }
    }

    /// Saves the note, if it has changed.
    pub fn keep_note(&mut self, actions: &mut Actions) {
        actions.extend(self.unsent().map(Action::SendCommand));
    }

    /// The command that saves the note, if it has changed.
    pub fn unsent(&mut self) -> Option<Command> {
        let note = self.note.trim().to_owned();
        let id = self.of.filter(|_| note != self.kept)?;
        self.kept.clone_from(&note);
        Some(Command::Organize(OrganizeCommand::Change { images: [id].into(), change: MarkChange::Note(note) }))
    }
}

fn change(id: ImageId, change: MarkChange, actions: &mut Actions) {
    actions.send(Command::Organize(OrganizeCommand::Change { images: [id].into(), change }));
}

/// Draws stars, flag and label.
pub fn show(ui: &mut Ui, marks: &Marks, cx: &ViewContext<'_>, actions: &mut Actions) {
    if let Some(verb) = rating_badges::mark_bar(ui, marks.rating, marks.flag, marks.label, cx.text) {
        actions.run(verb);
    }
}

/// The texts of the fields for several images.
#[derive(Debug, Default)]
pub struct SharedAnnotations {
    tag: String,
    note: String,
}

/// Draws the annotations for all selected images. Their current values may differ and are not shown.
pub fn for_all(
    ui: &mut Ui,
    SharedAnnotations { tag, note }: &mut SharedAnnotations,
    selection: &Selection,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    if let Some(verb) = rating_badges::mark_bar(ui, 0, Flag::None, None, cx.text) {
        actions.run(verb);
    }
    let mut change = |change: MarkChange| {
        let images = selection.shared(&cx.known.ids());
        actions.send(Command::Organize(OrganizeCommand::Change { images, change }));
    };
    ui.add_space(size::GAP_SMALL);
    let label = cx.text.get("tag-for-all");
    let field = Field::new(&label).hint(label.as_str()).height(size::CHIP).show(ui, tag);
    let typed = tag.trim().to_owned();
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let chip = |key: &str, enabled: bool| Button::new(cx.text.get(key)).kind(ButtonKind::Chip).enabled(enabled);
    ui.add_space(size::GAP_SMALL);
    let (adds, removes) = ui
        .horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP_SMALL);
            let adds = ui.add(chip("tag-add-to-all", !typed.is_empty())).clicked();
            (adds, ui.add(chip("tag-remove-from-all", !typed.is_empty())).clicked())
        })
        .inner;
    if !typed.is_empty() && (entered || adds || removes) {
        change(if removes { MarkChange::Untag(typed) } else { MarkChange::Tag(typed) });
        tag.clear();
        field.request_focus();
    }
    ui.add_space(size::SECTION);
    let label = cx.text.get("note-for-all");
    section_label(ui, &label, |_| {});
    let hint = cx.text.get("note-for-all-hint");
    PromptField::new(egui::Id::unique("note for all"), &label).rows(1).small().hint(hint).show(ui, note);
    ui.add_space(size::GAP_SMALL);
    if ui.add(chip("note-set-for-all", !note.trim().is_empty())).clicked() {
        change(MarkChange::Note(std::mem::take(note).trim().to_owned()));
    }
}

/// Draws tags, collections and the note.
pub fn words(
    ui: &mut Ui,
    editor: &mut AnnotationEditor,
    id: ImageId,
    marks: &Marks,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    editor.turn_to(id, marks, actions);
    let text = cx.text;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP_SMALL);
        for tag in &marks.tags {
            let find = Button::new(tag.as_str())
                .kind(ButtonKind::Chip)
                .name(text.with("tag-find", [("tag", tag.as_str().into())]));
            if ui.add(find).clicked() {
                actions.push(Action::Search(format!("tag:\"{tag}\"")));
            }
            let name = text.with("tag-remove", [("tag", tag.as_str().into())]);
            if ui.add(Button::icon(icons::REMOVE, name.as_str())).on_hover_text(name).clicked() {
                change(id, MarkChange::Untag(tag.clone()), actions);
            }
        }
        for collection in cx.known.collections.iter().filter(|known| marks.collections.contains(&known.id)) {
            let chip = Button::new(collection.name.as_str()).kind(ButtonKind::Chip).with_icon(icons::COLLECTION);
            if ui.add(chip).clicked() {
                actions.push(Action::Search(format!("collection:\"{}\"", collection.name)));
            }
            let name = text.with("collection-leave", [("name", collection.name.as_str().into())]);
            if ui.add(Button::icon(icons::REMOVE, name.as_str())).on_hover_text(name).clicked() {
                change(id, MarkChange::RemoveFrom(collection.id), actions);
            }
        }
        if editor.tag.is_none() {
            let add = Button::new(text.get("tag-add")).kind(ButtonKind::Chip).with_icon(icons::ADD);
            if ui.add(add).clicked() {
                editor.tag = Some(String::new());
                editor.focus = true;
            }
        }
        let name = UiCommand::AddToCollection.name(text);
        let add =
            Button::new(text.get("filter-collection")).kind(ButtonKind::Chip).with_icon(icons::ADD).name(name.as_str());
        if ui.add(add).on_hover_text(name).clicked() {
            actions.run(UiCommand::AddToCollection);
        }
    });
    adding(ui, editor, id, marks, cx, actions);
    ui.add_space(size::SECTION);
    let label = text.get("note");
    section_label(ui, &label, |_| {});
    let field = PromptField::new(egui::Id::unique("note"), &label).rows(1).small().hint(text.get("note-hint"));
    if field.show(ui, &mut editor.note).lost_focus() {
        editor.keep_note(actions);
    }
}

/// Draws the field of a new tag, and the suggested ones.
fn adding(
    ui: &mut Ui,
    editor: &mut AnnotationEditor,
    id: ImageId,
    marks: &Marks,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let Some(mut typed) = editor.tag.take() else { return };
    ui.add_space(size::GAP_SMALL);
    let label = cx.text.get("tag-new");
    let response = Field::new(&label).hint(cx.text.get("tag-hint")).show(ui, &mut typed);
    if std::mem::take(&mut editor.focus) {
        response.request_focus();
    }
    let beginning = typed.trim().to_owned();
    if editor.offered.0 != beginning || (response.gained_focus() && beginning.is_empty()) {
        editor.offered = (beginning.clone(), Vec::new());
        actions.send(Command::Organize(OrganizeCommand::SuggestTags(beginning.clone())));
    }
    let mut chosen = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP_SMALL);
        let new = editor.offered.1.iter().filter(|tag| !marks.tags.contains(tag));
        for tag in new.take(OFFERED) {
            if ui.add(Button::new(tag.as_str()).kind(ButtonKind::Small)).clicked() {
                chosen = Some(tag.clone());
            }
        }
    });
    let (entered, left) = ui.input(|input| (input.key_pressed(Key::Enter), input.key_pressed(Key::Escape)));
    if response.lost_focus() && entered && !beginning.is_empty() {
        chosen = Some(beginning);
    }
    match chosen {
        Some(tag) => {
            change(id, MarkChange::Tag(tag), actions);
            // The field stays open for the next tag.
            editor.tag = Some(String::new());
            editor.focus = true;
        }
        None if response.lost_focus() && (left || typed.trim().is_empty()) => {}
        None => editor.tag = Some(typed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> ImageId {
        ImageId::from_uuid(uuid::Uuid::from_u128(number))
    }

    fn noted(note: &str) -> Marks {
        Marks { note: note.to_owned(), ..Marks::default() }
    }

    fn sent(actions: &mut Actions) -> Vec<String> {
        let notes = actions.take().into_iter().map(|action| match action {
            Action::SendCommand(Command::Organize(OrganizeCommand::Change {
                change: MarkChange::Note(note), ..
            })) => note,
            other => panic!("{other:?}"),
        });
        notes.collect()
    }

    #[test]
    fn note_stays_in_its_field_while_it_is_saved() {
        let (mut editor, mut actions) = (AnnotationEditor::default(), Actions::default());
        editor.turn_to(id(1), &noted("old"), &mut actions);
        editor.note = "new ".to_owned();
        editor.keep_note(&mut actions);
        assert_eq!(sent(&mut actions), ["new"]);
        // The studio has sent no event yet.
        editor.turn_to(id(1), &noted("old"), &mut actions);
        assert_eq!(editor.note, "new ");
        editor.turn_to(id(1), &noted("new"), &mut actions);
        assert_eq!(editor.note, "new");
        // The change was undone.
        editor.turn_to(id(1), &noted("old"), &mut actions);
        assert!(editor.note == "old" && editor.unsent().is_none());
    }

    #[test]
    fn note_being_typed_is_neither_overwritten_nor_lost() {
        let (mut editor, mut actions) = (AnnotationEditor::default(), Actions::default());
        editor.turn_to(id(1), &noted(""), &mut actions);
        editor.note = "for Mon".to_owned();
        editor.keep_note(&mut actions);
        editor.note = "for Monday".to_owned();
        editor.turn_to(id(1), &noted("for Mon"), &mut actions);
        assert_eq!(editor.note, "for Monday");
        editor.turn_to(id(2), &noted("another"), &mut actions);
        assert_eq!(sent(&mut actions), ["for Mon", "for Monday"]);
        assert!(editor.note == "another" && editor.unsent().is_none());
    }
}
