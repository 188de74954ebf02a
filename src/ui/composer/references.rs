//! The tiles of reference pictures, and the ways in which pictures become references.

use std::{collections::HashMap, path::PathBuf};

use egui::{
    Align2, Color32, ColorImage, CornerRadius, Event, Rect, Sense, Shape, Stroke, StrokeKind, TextureHandle,
    TextureOptions, Ui, WidgetInfo, accesskit::Role, pos2, vec2,
};

use crate::{
    recipe::{Abilities, Reference},
    studio::{Command, Pixels},
    ui::{
        Cx,
        action::{Actions, Verb},
        dragged::Dragged,
        icons,
        text::Text,
        theme::{self, fonts, size},
        widgets::{focus_ring, section_label},
    },
};

/// Small pictures of references by their hash.
#[derive(Default)]
pub struct Tiles {
    arrived: HashMap<String, Pixels>,
    textures: HashMap<String, TextureHandle>,
}

impl std::fmt::Debug for Tiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tiles").field("arrived", &self.arrived.len()).field("drawn", &self.textures.len()).finish()
    }
}

impl Tiles {
    /// Takes in a small picture.
    pub fn arrive(&mut self, sha256: &str, pixels: &Pixels) {
        self.arrived.insert(sha256.to_owned(), pixels.clone());
    }

    /// Whether a small picture is there.
    pub fn has(&self, sha256: &str) -> bool {
        self.arrived.contains_key(sha256) || self.textures.contains_key(sha256)
    }

    /// Forgets pictures of references that are no longer used.
    pub fn keep(&mut self, references: &[Reference]) {
        let used = |sha256: &String| references.iter().any(|reference| reference.sha256 == *sha256);
        self.arrived.retain(|sha256, _| used(sha256));
        self.textures.retain(|sha256, _| used(sha256));
    }

    fn texture(&mut self, ui: &Ui, sha256: &str) -> Option<&TextureHandle> {
        if let Some(pixels) = self.arrived.remove(sha256) {
            let size = [pixels.width as usize, pixels.height as usize];
            let image = ColorImage::from_rgba_premultiplied(size, &pixels.rgba);
            let texture = ui.ctx().load_texture(sha256, image, TextureOptions::LINEAR);
            self.textures.insert(sha256.to_owned(), texture);
        }
        self.textures.get(sha256)
    }
}

/// No gateway takes more references than this; who drops more has most likely missed another place.
const MOST_DROPPED: usize = 16;

/// Draws the section.
pub(super) fn show(
    ui: &mut Ui,
    references: &mut Vec<Reference>,
    tiles: &mut Tiles,
    abilities: &Abilities,
    cx: &Cx<'_>,
    actions: &mut Actions,
) {
    let text = cx.text;
    let palette = theme::palette(ui.visuals());
    let over = Dragged::any(ui.ctx());
    let mut place = ui.available_rect_before_wrap();
    section_label(ui, &text.get("composer-references"), |ui| {
        let note = if over { text.get("composer-drop") } else { note(references.len(), abilities, text) };
        let too_many = abilities.references.most.is_some_and(|most| references.len() > most);
        let colour = if over || too_many { palette.accent_text } else { palette.faint };
        ui.label(egui::RichText::new(note).font(fonts::regular(size::TEXT_SMALL)).color(colour));
    });
    let mut remove = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP);
        for (index, reference) in references.iter().enumerate() {
            if tile(ui, index, reference, tiles, cx) {
                remove = Some(index);
            }
        }
        if add_tile(ui, cx, over) {
            actions.verb(Verb::AddReference);
        }
    });
    place.set_bottom(ui.min_rect().bottom());
    if let Some(images) = Dragged::let_go(ui, place) {
        actions.send(Command::AddReferenceImages(images.iter().copied().take(MOST_DROPPED).collect()));
    }
    if let Some(index) = remove {
        references.remove(index);
        tiles.keep(references);
    }
}

/// How many there are, and what the model makes of so many.
fn note(count: usize, abilities: &Abilities, text: &Text) -> String {
    let limits = abilities.references;
    let known = |limit: usize| [("count", count.into()), ("limit", limit.into())];
    match (count, limits.most, limits.best) {
        (_, Some(0), _) => text.get("references-not-taken"),
        (0, ..) => text.get("composer-references-none"),
        (count, Some(most), _) if count > most => text.with("references-too-many", known(most)),
        _ if abilities.learned.ignores_references() => text.get("learned-references-ignored"),
        (count, _, Some(best)) if count > best => text.with("references-best", known(best)),
        (_, Some(most), _) => text.with("references-of", known(most)),
        (count, None, _) => text.count(count),
    }
}

/// One picture. Returns whether it is to be removed.
fn tile(ui: &mut Ui, index: usize, reference: &Reference, tiles: &mut Tiles, cx: &Cx<'_>) -> bool {
    let palette = theme::palette(ui.visuals());
    let radius = CornerRadius::same(size::RADIUS);
    let (rect, response) = ui.allocate_exact_size(egui::Vec2::splat(size::REFERENCE), Sense::hover());
    let name = &reference.name;
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    let painter = ui.painter();
    painter.rect_filled(rect, radius, palette.field);
    match tiles.texture(ui, &reference.sha256) {
        Some(texture) => {
            // The middle of the picture, cut to a square.
            let ratio = texture.aspect_ratio();
            let part = if ratio > 1.0 { vec2(1.0 / ratio, 1.0) } else { vec2(1.0, ratio) };
            let uv = Rect::from_center_size(pos2(0.5, 0.5), part);
            let brush = egui::epaint::Brush { fill_texture_id: texture.id(), uv };
            let shape = egui::epaint::RectShape::filled(rect, radius, Color32::WHITE)
                .with_texture(brush.fill_texture_id, brush.uv);
            painter.add(shape);
        }
        None => {
            painter.text(rect.center(), Align2::CENTER_CENTER, icons::IMAGE, fonts::icons(20.0), palette.faint);
        }
    }
    painter.rect_stroke(rect, radius, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    let corner = Rect::from_min_size(rect.right_top() + vec2(-23.0, 3.0), egui::Vec2::splat(20.0));
    let remove = ui.interact(corner, ui.scope_id().with(("remove reference", index)), Sense::click());
    let remove_name = cx.text.with("composer-remove-reference", [("name", name.as_str().into())]);
    remove.widget_info(|| WidgetInfo::labeled(Role::Button, true, &remove_name));
    if response.contains_pointer() || remove.hovered() || remove.has_focus() {
        let ground = if remove.hovered() { Color32::BLACK } else { Color32::from_black_alpha(0xaa) };
        painter.rect_filled(corner, 6.0, ground);
        painter.text(corner.center(), Align2::CENTER_CENTER, icons::REMOVE, fonts::icons(12.0), Color32::WHITE);
    }
    if remove.has_focus() {
        focus_ring(painter, corner, CornerRadius::same(6), palette);
    }
    response.on_hover_text(name);
    remove.on_hover_text(remove_name).clicked()
}

fn add_tile(ui: &mut Ui, cx: &Cx<'_>, over: bool) -> bool {
    let palette = theme::palette(ui.visuals());
    let (rect, response) = ui.allocate_exact_size(egui::Vec2::splat(size::REFERENCE), Sense::click());
    let name = Verb::AddReference.name(cx.text);
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

/// Pasted pictures become references. What is taken does not reach the text fields.
pub(super) fn take_in(ui: &Ui, actions: &mut Actions) {
    if ui.memory(egui::Memory::top_modal_layer).is_some() {
        return;
    }
    let mut files = Vec::new();
    ui.input_mut(|input| {
        input.events.retain(|event| match event {
            Event::PasteImage(image) => {
                actions.send(Command::AddReferencePixels {
                    width: image.size[0] as u32,
                    height: image.size[1] as u32,
                    rgba: image.pixels.iter().flat_map(Color32::to_srgba_unmultiplied).collect(),
                });
                false
            }
            Event::Paste(text) => match pasted_files(text) {
                Some(pasted) => {
                    files.extend(pasted);
                    false
                }
                None => true,
            },
            _ => true,
        });
    });
    if !files.is_empty() {
        actions.send(Command::AddReferenceFiles(files));
    }
}

/// Files copied in a file manager arrive as lines of `file:` addresses.
fn pasted_files(text: &str) -> Option<Vec<PathBuf>> {
    let files: Option<Vec<PathBuf>> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| url::Url::parse(line.trim()).ok().filter(|url| url.scheme() == "file")?.to_file_path().ok())
        .collect();
    files.filter(|files| !files.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_files_are_taken_for_files() {
        assert_eq!(
            pasted_files("file:///tmp/a%20b.png\r\nfile:///tmp/c.png\n"),
            Some(vec!["/tmp/a b.png".into(), "/tmp/c.png".into()])
        );
        assert_eq!(pasted_files("a fox\nfile:///tmp/c.png"), None);
        assert_eq!(pasted_files("https://example.com/a.png"), None);
        assert_eq!(pasted_files(""), None);
    }
}
