//! The references: tiles with short names, in the order in which they are sent, and how the model uses them.

use egui::{
    Align2, CornerRadius, DragAndDrop, Label, Rect, RichText, Sense, Shape, Stroke, Ui, WidgetInfo, accesskit::Role,
};

use crate::{
    recipe::{Abilities, Reference, RequiredConversion, find_mentions, keep_short_names, short_names},
    studio::{Command, ReferenceCommand},
    ui::{
        actions::{
            action::{Action, Actions},
            ui_command::UiCommand,
        },
        components::drag_source::DraggedImages,
        panels::composer::{
            mask,
            prompt::insertion::insert,
            state::{composer::Composer, menus::ReferenceRename, reference_thumbnails::ReferenceThumbnails},
        },
        state::view_context::ViewContext,
        text::Text,
        theme::{self, fonts, icons, size},
        widgets::{focus_ring, section_label},
    },
};

use super::{
    limits::limits_among,
    tile::{DraggedReference, ReferenceAction, ReferenceTile},
};

/// Maximum number of dropped references. No gateway accepts more, and a larger drop was most likely meant for another
/// place.
const MAX_DROPPED_REFERENCES: usize = 16;

/// Draws the section.
pub fn show(ui: &mut Ui, composer: &mut Composer, abilities: &Abilities, cx: &ViewContext<'_>, actions: &mut Actions) {
    let text = cx.text;
    let palette = theme::palette(ui.visuals());
    let over = DraggedImages::any(ui.ctx());
    let mut place = ui.available_rect_before_wrap();
    let count = composer.recipe.references.len();
    section_label(ui, &text.get("composer-references"), |ui| {
        let too_many = abilities.references.most.is_some_and(|most| count > most);
        let (note, lit) = match composer.tiles.fetching {
            _ if over => (text.get("composer-drop"), true),
            0 => (note(count, abilities, cx), too_many),
            fetching => (text.with("references-fetching", [("count", fetching.into())]), true),
        };
        let color = if lit { palette.accent_text } else { palette.faint };
        let note = ui.label(RichText::new(note).font(fonts::regular(size::TEXT_SMALL)).color(color));
        if !cx.known.takes_drops {
            note.on_hover_text(text.get("drop-wayland"));
        }
    });
    let names = short_names(&composer.recipe.references);
    let most = abilities.references.most.unwrap_or(usize::MAX);
    let (mut asked, mut places) = (None, Vec::new());
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP);
        let Composer { recipe, tiles, renaming, .. } = composer;
        for (index, reference) in recipe.references.iter().enumerate() {
            let about = about(reference, tiles, text);
            let sent = index < most;
            let tile = ReferenceTile { index, count, reference, name: &names[index], about, sent };
            let renaming = renaming.as_mut().filter(|renaming| renaming.sha256 == reference.sha256);
            let (rect, done) = tile.show(ui, tiles, renaming, cx);
            places.push(rect);
            asked = done.map(|done| (index, done)).or_else(|| asked.take());
        }
        if add_tile(ui, cx, over) {
            actions.run(UiCommand::AddReference);
        }
    });
    for words in sizes(composer, &names, abilities, text) {
        let words = RichText::new(words).font(fonts::regular(size::TEXT_SMALL)).color(palette.text);
        ui.add(Label::new(words).wrap());
    }
    mask::buttons(ui, composer, abilities, cx, actions);
    place.set_bottom(ui.min_rect().bottom());
    if let Some(images) = DraggedImages::let_go(ui, place) {
        actions.send(Command::References(ReferenceCommand::AddImages(
            images.iter().copied().take(MAX_DROPPED_REFERENCES).collect(),
        )));
    }
    carry(ui, composer, place, &places);
    if let Some((index, done)) = asked {
        act(ui, composer, index, done, &names, actions);
    }
}

/// The number of references, and how the model handles it.
fn note(count: usize, abilities: &Abilities, cx: &ViewContext<'_>) -> String {
    let text = cx.text;
    let limits = abilities.references;
    let known = |limit: usize| [("count", count.into()), ("limit", limit.into())];
    match (count, limits.most, limits.best) {
        (_, Some(0), _) => text.get("references-not-taken"),
        (0, ..) if cx.known.takes_drops => text.get("composer-references-none"),
        (0, ..) => text.get("composer-references-no-drop"),
        (count, Some(most), _) if count > most => text.with("references-too-many", known(most)),
        _ if abilities.learned.ignores_references() => text.get("learned-references-ignored"),
        (count, _, Some(best)) if count > best => text.with("references-best", known(best)),
        (_, Some(most), _) => text.with("references-of", known(most)),
        (count, None, _) => text.count(count),
    }
}

/// Describes a reference: its name and file.
fn about(reference: &Reference, tiles: &ReferenceThumbnails, text: &Text) -> String {
    let name = Some(reference.name.clone()).filter(|name| !name.is_empty());
    let file = tiles.measured(&reference.sha256).map(|file| {
        let format = file.format.name();
        format!("{} × {} · {format} · {}", file.width, file.height, text.bytes(file.bytes))
    });
    name.into_iter().chain(file).collect::<Vec<_>>().join("\n")
}

/// Describes how references are converted so that the model accepts them.
fn sizes(composer: &Composer, names: &[String], abilities: &Abilities, text: &Text) -> Vec<String> {
    let most = abilities.references.most.unwrap_or(usize::MAX);
    let files: Vec<_> = composer.recipe.references.iter().take(most).zip(names).collect();
    let known = |sha256: &str| composer.tiles.measured(sha256);
    let sent = abilities.fit(&composer.recipe).0;
    let limits = limits_among(&sent, &composer.tiles, abilities);
    let those = |fit: RequiredConversion| {
        let fits = files
            .iter()
            .filter(|(reference, _)| known(&reference.sha256).is_some_and(|it| limits.required_conversion(it) == fit));
        let names: Vec<String> = fits.map(|(_, name)| format!("@{name}")).collect();
        (!names.is_empty()).then(|| names.join(&text.get("list-separator")))
    };
    let smaller =
        those(RequiredConversion::Downscale).map(|names| text.with("references-smaller", [("names", names.into())]));
    let reencoded =
        those(RequiredConversion::Reencode).map(|names| text.with("references-converted", [("names", names.into())]));
    smaller.into_iter().chain(reencoded).collect()
}

/// Shows the position of a dragged reference, and moves it when it is dropped.
fn carry(ui: &Ui, composer: &mut Composer, place: Rect, places: &[Rect]) {
    let Some(carried) = DragAndDrop::payload::<DraggedReference>(ui.ctx()) else { return };
    let Some(pointer) = ui.input(|input| input.pointer.interact_pos()).filter(|at| place.contains(*at)) else { return };
    let before = |rect: &Rect| {
        let above = rect.top() > pointer.y;
        let same_row = pointer.y <= rect.bottom() + size::GAP;
        above || same_row && pointer.x < rect.center().x
    };
    let to = places.iter().position(before).unwrap_or(places.len());
    let mark = match (places.get(to), places.last()) {
        (Some(rect), _) => Some((rect.left() - size::GAP / 2.0, rect)),
        (None, Some(last)) => Some((last.right() + size::GAP / 2.0, last)),
        (None, None) => None,
    };
    if let Some((x, rect)) = mark {
        let palette = theme::palette(ui.visuals());
        ui.painter().vline(x, rect.y_range(), Stroke::new(2.0, palette.accent));
    }
    if ui.input(|input| input.pointer.any_released()) {
        DragAndDrop::clear_payload(ui.ctx());
        let to = if to > carried.0 { to - 1 } else { to };
        composer.move_reference(carried.0, to);
    }
}

fn act(ui: &Ui, composer: &mut Composer, index: usize, done: ReferenceAction, names: &[String], actions: &mut Actions) {
    match done {
        ReferenceAction::Mention => {
            let words = format!("@{} ", names[index]);
            insert(ui.ctx(), composer, &words);
        }
        ReferenceAction::Rename => {
            let (sha256, text) = (composer.recipe.references[index].sha256.clone(), names[index].clone());
            composer.renaming = Some(ReferenceRename { sha256, text, fresh: true });
        }
        ReferenceAction::Named(name) => {
            composer.renaming = None;
            composer.name_reference(index, &name);
        }
        ReferenceAction::NotNamed => composer.renaming = None,
        ReferenceAction::Earlier => composer.move_reference(index, index.saturating_sub(1)),
        ReferenceAction::Later => composer.move_reference(index, index + 1),
        ReferenceAction::WhereUsed => {
            let reference = &composer.recipe.references[index];
            let of = reference.image.map_or_else(|| reference.sha256.clone(), |image| image.to_string());
            actions.push(Action::Search(format!("uses:{of}")));
        }
        ReferenceAction::Remove => composer.remove_reference(index),
    }
}

impl Composer {
    /// Moves a reference to another position.
    pub(in crate::ui::panels::composer) fn move_reference(&mut self, from: usize, to: usize) {
        let references = &mut self.recipe.references;
        if from < references.len() && to < references.len() && from != to {
            keep_short_names(references);
            let moved = references.remove(from);
            references.insert(to, moved);
        }
    }

    /// Removes a reference. The others keep their names.
    pub(in crate::ui::panels::composer) fn remove_reference(&mut self, index: usize) {
        keep_short_names(&mut self.recipe.references);
        let removed = self.recipe.references.remove(index);
        if self.edit.as_ref().is_some_and(|edit| edit.image.sha256 == removed.sha256) {
            self.leave_edit();
        }
        self.tiles.keep(self.recipe.images());
    }

    /// Renames a reference, also where the prompt mentions it.
    pub(in crate::ui::panels::composer) fn name_reference(&mut self, index: usize, name: &str) {
        if name.trim().is_empty() {
            return;
        }
        let references = &mut self.recipe.references;
        keep_short_names(references);
        let before = short_names(references);
        name.trim().trim_start_matches('@').clone_into(&mut references[index].name);
        // Of two with the same name the other one keeps it.
        let renamed = references.remove(index);
        references.push(renamed);
        keep_short_names(references);
        let renamed = references.pop();
        if let Some(mut renamed) = renamed {
            renamed.name = renamed.short_name();
            references.insert(index, renamed);
        }
        let after = self.recipe.references[index].short_name();
        let mut prompt = self.recipe.prompt.clone();
        for mention in find_mentions(&self.recipe.prompt, &before).into_iter().rev() {
            if mention.name == Some(index) {
                prompt.replace_range(mention.range.start + 1..mention.range.end, &after);
            }
        }
        self.set_prompt(prompt);
    }
}

fn add_tile(ui: &mut Ui, cx: &ViewContext<'_>, over: bool) -> bool {
    let palette = theme::palette(ui.visuals());
    let (rect, response) = ui.allocate_exact_size(egui::Vec2::splat(size::REFERENCE), Sense::click());
    let name = UiCommand::AddReference.name(cx.text);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let ink = if over {
        palette.accent_text
    } else if response.hovered() {
        palette.strong
    } else {
        palette.faint
    };
    let painter = ui.painter();
    if response.hovered() || over {
        painter.rect_filled(rect, CornerRadius::same(size::RADIUS), palette.field);
    }
    painter.extend(dashed(rect.shrink(0.5), f32::from(size::RADIUS), Stroke::new(1.0, ink)));
    painter.text(rect.center(), Align2::CENTER_CENTER, icons::ADD, fonts::icons(18.0), ink);
    if response.has_focus() {
        focus_ring(painter, rect, CornerRadius::same(size::RADIUS), palette);
    }
    response.on_hover_text(cx.text.get("composer-add-tip")).clicked()
}

fn dashed(rect: Rect, radius: f32, stroke: Stroke) -> Vec<Shape> {
    let mut path = Vec::new();
    let round = egui::epaint::RoundedRect::new(rect, radius);
    egui::epaint::tessellator::path::rounded_rectangle(&mut path, round);
    if let Some(first) = path.first().copied() {
        path.push(first);
    }
    Shape::dashed_line(&path, stroke, 3.0, 3.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(names: &[&str], prompt: &str) -> Composer {
        let mut composer = Composer::default();
        composer.recipe.references = names
            .iter()
            .enumerate()
            .map(|(index, name)| Reference {
                sha256: index.to_string(),
                mime: "image/png".to_owned(),
                name: (*name).to_owned(),
                image: None,
            })
            .collect();
        composer.set_prompt(prompt.to_owned());
        composer
    }

    fn names(composer: &Composer) -> Vec<String> {
        short_names(&composer.recipe.references)
    }

    #[test]
    fn renamed_reference_is_renamed_in_the_prompt() {
        let mut composer = with(&["IMG_1.png", "IMG_2.png"], "put @img_1 beside @IMG_2, and @IMG_1 on top");
        composer.name_reference(0, "@red bottle");
        assert_eq!(composer.recipe.prompt, "put @red-bottle beside @IMG_2, and @red-bottle on top");
        composer.name_reference(1, "Red Bottle");
        assert_eq!(names(&composer), ["red-bottle", "Red-Bottle2"]);
        assert_eq!(composer.recipe.prompt, "put @red-bottle beside @Red-Bottle2, and @red-bottle on top");
        composer.name_reference(0, "  ");
        assert_eq!(names(&composer), ["red-bottle", "Red-Bottle2"]);
    }

    #[test]
    fn moved_and_remaining_references_keep_their_names() {
        let mut composer = with(&["cup.png", "cup.png", "cup.png"], "");
        composer.move_reference(2, 0);
        assert_eq!(names(&composer), ["cup3", "cup", "cup2"]);
        composer.move_reference(0, 3);
        composer.remove_reference(1);
        assert_eq!(names(&composer), ["cup3", "cup2"]);
    }
}
