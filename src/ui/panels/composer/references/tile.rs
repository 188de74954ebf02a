//! The tile of a reference: its image, its short name, and its commands.

use egui::{
    Align2, Color32, CornerRadius, CursorIcon, DragAndDrop, EventFilter, Key, Modifiers, Rect, Sense, Stroke,
    StrokeKind, Ui, WidgetInfo, accesskit::Role, epaint::RectShape, pos2, vec2,
};

use crate::{
    recipe::Reference,
    ui::{
        actions::key_capture::keep_keys,
        panels::composer::state::{menus::ReferenceRename, reference_thumbnails::ReferenceThumbnails},
        state::view_context::ViewContext,
        textures,
        theme::{self, fonts, icons, size},
        widgets::{
            field::Field,
            focus_ring,
            menu::{context_menu, menu_item},
        },
    },
};

/// Width of the menu.
const MENU: f32 = 200.0;

/// A reference that is dragged to another position.
#[derive(Clone, Copy, Debug)]
pub(in crate::ui::panels::composer) struct DraggedReference(pub(in crate::ui::panels::composer) usize);

/// The command of a tile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ui::panels::composer) enum ReferenceAction {
    /// Insert its name into the prompt.
    Mention,
    /// Begin to rename it.
    Rename,
    /// Give it this name.
    Named(String),
    /// Cancel renaming.
    NotNamed,
    /// Move it before the previous one.
    Earlier,
    /// Move it behind the next one.
    Later,
    /// Show the images that were generated with it.
    WhereUsed,
    /// Remove it.
    Remove,
}

/// What is needed to draw a reference.
pub(in crate::ui::panels::composer) struct ReferenceTile<'a> {
    pub(in crate::ui::panels::composer) index: usize,
    pub(in crate::ui::panels::composer) count: usize,
    pub(in crate::ui::panels::composer) reference: &'a Reference,
    /// Its name in prompts.
    pub(in crate::ui::panels::composer) name: &'a str,
    /// The text that is shown on hover.
    pub(in crate::ui::panels::composer) about: String,
    /// Whether it is sent.
    pub(in crate::ui::panels::composer) sent: bool,
}

impl ReferenceTile<'_> {
    fn id(&self) -> egui::Id {
        egui::Id::unique(("reference", &self.reference.sha256))
    }

    /// Draws the tile. Returns the rectangle of its image, and its command.
    pub(in crate::ui::panels::composer) fn show(
        &self,
        ui: &mut Ui,
        tiles: &mut ReferenceThumbnails,
        renaming: Option<&mut ReferenceRename>,
        cx: &ViewContext<'_>,
    ) -> (Rect, Option<ReferenceAction>) {
        let (image, _) = ui.allocate_exact_size(egui::Vec2::splat(size::REFERENCE), Sense::hover());
        let caption = Rect::from_min_max(pos2(image.left(), image.bottom() - CAPTION), image.max);
        let mut done = self.image(ui, image, tiles, cx);
        done = self.remove_button(ui, image, cx).or(done);
        done = match renaming {
            Some(renaming) => self.field(ui, caption, renaming, cx),
            None => self.caption(ui, caption, cx),
        }
        .or(done);
        (image, done)
    }

    fn image(
        &self,
        ui: &Ui,
        rect: Rect,
        tiles: &mut ReferenceThumbnails,
        cx: &ViewContext<'_>,
    ) -> Option<ReferenceAction> {
        let palette = theme::palette(ui.visuals());
        let radius = CornerRadius::same(size::RADIUS);
        let response = ui.interact(rect, self.id(), Sense::click_and_drag());
        let label = cx.text.with("reference-mention", [("name", self.name.into())]);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
        let about = self.about.as_str();
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(about));
        let painter = ui.painter();
        painter.rect_filled(rect, radius, palette.field);
        match tiles.texture(ui, &self.reference.sha256) {
            Some(texture) => {
                let uv = textures::cover(texture.size_vec2(), rect.size());
                let tint = if self.sent { Color32::WHITE } else { Color32::from_white_alpha(0x50) };
                painter.add(RectShape::filled(rect, radius, tint).with_texture(texture.id(), uv));
            }
            None => {
                painter.text(rect.center(), Align2::CENTER_CENTER, icons::IMAGE, fonts::icons(20.0), palette.faint);
            }
        }
        let line = if response.hovered() { palette.faint } else { palette.edge };
        painter.rect_stroke(rect, radius, Stroke::new(1.0, line), StrokeKind::Inside);
        if response.drag_started_by(egui::PointerButton::Primary) {
            DragAndDrop::set_payload(ui.ctx(), DraggedReference(self.index));
        }
        let mut done = Self::keys(ui, &response);
        if response.has_focus() {
            focus_ring(painter, rect, radius, palette);
        }
        if response.clicked() {
            done = Some(ReferenceAction::Mention);
        }
        context_menu(&response, false).show(|ui| {
            ui.set_width(MENU);
            ui.spacing_mut().item_spacing.y = 2.0;
            done = self.menu(ui, cx).or_else(|| done.take());
        });
        response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(about);
        done
    }

    /// The command of a key while the image is focused.
    fn keys(ui: &Ui, response: &egui::Response) -> Option<ReferenceAction> {
        if !response.has_focus() {
            return None;
        }
        keep_keys(ui.ctx(), response.id);
        let arrows = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        ui.input_mut(|input| {
            let mut press = |modifiers, key| input.consume_key(modifiers, key);
            if press(Modifiers::ALT, Key::ArrowLeft) {
                Some(ReferenceAction::Earlier)
            } else if press(Modifiers::ALT, Key::ArrowRight) {
                Some(ReferenceAction::Later)
            } else if press(Modifiers::NONE, Key::F2) {
                Some(ReferenceAction::Rename)
            } else if press(Modifiers::NONE, Key::Delete) || press(Modifiers::NONE, Key::Backspace) {
                Some(ReferenceAction::Remove)
            } else {
                None
            }
        })
    }

    fn menu(&self, ui: &mut Ui, cx: &ViewContext<'_>) -> Option<ReferenceAction> {
        let text = cx.text;
        let mut chosen = None;
        let mut item = |ui: &mut Ui, label: &str, keys: &str, done: ReferenceAction| {
            if menu_item(ui, text.get(label), false, keys) {
                chosen = Some(done);
            }
        };
        item(ui, "reference-put-in", "", ReferenceAction::Mention);
        item(ui, "reference-rename", "F2", ReferenceAction::Rename);
        if self.index > 0 {
            item(ui, "reference-earlier", "Alt ←", ReferenceAction::Earlier);
        }
        if self.index + 1 < self.count {
            item(ui, "reference-later", "Alt →", ReferenceAction::Later);
        }
        item(ui, "reference-where-used", "", ReferenceAction::WhereUsed);
        item(ui, "reference-remove", "", ReferenceAction::Remove);
        chosen
    }

    /// Draws the short name; a click begins to rename it.
    fn caption(&self, ui: &Ui, rect: Rect, cx: &ViewContext<'_>) -> Option<ReferenceAction> {
        let palette = theme::palette(ui.visuals());
        let response = ui.interact(rect, self.id().with("name"), Sense::click());
        let label = cx.text.with("reference-rename-named", [("name", self.name.into())]);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
        // The button is over the image, so its background is dark in both themes.
        let ground = Color32::from_black_alpha(if response.hovered() { 0xe0 } else { 0xaa });
        let corners = CornerRadius { nw: 0, ne: 0, sw: size::RADIUS, se: size::RADIUS };
        ui.painter().rect_filled(rect, corners, ground);
        let words = egui::RichText::new(format!("@{}", self.name)).font(fonts::regular(size::TEXT_BADGE));
        let galley = egui::WidgetText::from(words.color(Color32::WHITE)).into_galley(
            ui,
            Some(egui::TextWrapMode::Truncate),
            rect.width() - 8.0,
            egui::TextStyle::Small,
        );
        let at = pos2(rect.left() + 4.0, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, Color32::WHITE);
        if response.has_focus() {
            focus_ring(ui.painter(), rect, CornerRadius::same(4), palette);
        }
        let clicked = response.clicked();
        response.on_hover_cursor(CursorIcon::Text).on_hover_text(label);
        clicked.then_some(ReferenceAction::Rename)
    }

    /// Draws the field of a name.
    fn field(
        &self,
        ui: &mut Ui,
        rect: Rect,
        renaming: &mut ReferenceRename,
        cx: &ViewContext<'_>,
    ) -> Option<ReferenceAction> {
        let id = self.id().with("field");
        let name = cx.text.get("reference-name");
        let builder = egui::UiBuilder::new().max_rect(Rect::from_min_size(rect.min, vec2(rect.width(), CAPTION)));
        let response = ui
            .scope_builder(builder, |ui| {
                Field::new(&name).id(id).height(CAPTION).width(rect.width()).show(ui, &mut renaming.text)
            })
            .inner;
        if std::mem::take(&mut renaming.fresh) {
            response.request_focus();
            return None;
        }
        if ui.input(|input| input.key_pressed(Key::Escape)) {
            return Some(ReferenceAction::NotNamed);
        }
        response.lost_focus().then(|| ReferenceAction::Named(renaming.text.clone()))
    }

    fn remove_button(&self, ui: &Ui, image: Rect, cx: &ViewContext<'_>) -> Option<ReferenceAction> {
        let palette = theme::palette(ui.visuals());
        let painter = ui.painter();
        let corner = Rect::from_min_size(image.right_top() + vec2(-23.0, 3.0), egui::Vec2::splat(20.0));
        let remove = ui.interact(corner, self.id().with("remove"), Sense::click());
        let called = if self.reference.name.is_empty() { self.name } else { &self.reference.name };
        let name = cx.text.with("composer-remove-reference", [("name", called.into())]);
        remove.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        if ui.rect_contains_pointer(image) || remove.hovered() || remove.has_focus() {
            let ground = if remove.hovered() { Color32::BLACK } else { Color32::from_black_alpha(0xaa) };
            painter.rect_filled(corner, 6.0, ground);
            painter.text(corner.center(), Align2::CENTER_CENTER, icons::REMOVE, fonts::icons(12.0), Color32::WHITE);
        }
        if remove.has_focus() {
            focus_ring(painter, corner, CornerRadius::same(6), palette);
        }
        let clicked = remove.clicked();
        remove.on_hover_text(name);
        clicked.then_some(ReferenceAction::Remove)
    }
}

/// Height of the name on a tile.
const CAPTION: f32 = 18.0;
