//! Draws the details of the selected images.

use std::sync::Arc;

use egui::{
    Align, Color32, CornerRadius, Frame, Label, Layout, Margin, Panel, Rect, RichText, ScrollArea, Sense, Ui,
    WidgetInfo, accesskit::Role, epaint::RectShape, pos2, vec2,
};

use crate::{
    recipe::{BatchRole, Dialect, ImageId, Recipe, references_ignored},
    studio::{Command, GalleryCommand, ImageDetails, ThumbnailSize},
    ui::{
        accessibility,
        actions::{
            action::{Action, Actions},
            payload::Recall,
            ui_command::UiCommand,
        },
        components::{command_button, thumbnail},
        state::{selection::Selection, view_context::ViewContext},
        textures::{self, TextureLookup},
        theme::{self, fonts, icons, size},
        widgets::{
            Button, ButtonKind,
            dialog::line,
            focus_ring,
            menu::{menu, menu_item},
            section_label,
        },
    },
};

use super::{annotations, fact_row::fact, facts, foreign_metadata, lineage, state::Inspector, swatches};

/// Width of the menu of the settings that can be reused.
const RECALL: f32 = 190.0;

/// Minimum and maximum height of the image.
const IMAGE: std::ops::RangeInclusive<f32> = 120.0..=280.0;

/// Draws the panel for the focused image, for a selection of several, or for none.
///
/// `subject` is the viewed or focused image; `several` are the selected ones while the viewer is closed.
pub fn show(
    ui: &mut Ui,
    inspector: &mut Inspector,
    subject: Option<ImageId>,
    several: Option<&Selection>,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let edge = theme::palette(ui.visuals()).line;
    ui.painter().vline(ui.max_rect().left() + 0.5, ui.max_rect().y_range(), egui::Stroke::new(1.0, edge));
    if let Some(selection) = several.filter(|selection| selection.len() > 1) {
        inspector.marks.keep_note(actions);
        summary(ui, inspector, selection, cx, actions);
    } else if let Some(id) = subject {
        let details = cx.known.details(id);
        let wanted = details.is_none() || cx.known.is_outdated(id);
        if (wanted && inspector.asked != Some(id)) || std::mem::take(&mut inspector.stale) {
            inspector.asked = Some(id);
            actions.send(Command::Gallery(GalleryCommand::LoadDetails(id)));
        }
        one(ui, inspector, id, details, cx, actions);
    } else {
        inspector.marks.keep_note(actions);
        nothing(ui, cx);
    }
}

fn nothing(ui: &mut Ui, cx: &ViewContext<'_>) {
    let palette = theme::palette(ui.visuals());
    let middle = Rect::from_center_size(ui.max_rect().center(), vec2(ui.available_width() - 48.0, 90.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(middle), |ui| {
        ui.vertical_centered(|ui| {
            ui.label(RichText::new(icons::IMAGE).font(fonts::icons(28.0)).color(palette.line));
            let words = RichText::new(cx.text.get("inspector-nothing")).color(palette.faint);
            ui.add(Label::new(words).wrap());
        });
    });
}

fn frame() -> Frame {
    Frame::new().inner_margin(Margin::same(size::EDGE as i8))
}

/// Draws the buttons at the bottom, which do not scroll.
fn footer(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    let palette = theme::palette(ui.visuals());
    Panel::bottom("inspector footer")
        .resizable(false)
        .show_separator_line(false)
        .exact_size(size::BUTTON + size::EDGE * 2.0)
        .frame(Frame::new())
        .show(ui, |ui| {
            accessibility::area(ui, 1);
            ui.spacing_mut().item_spacing = egui::Vec2::ZERO;
            line(ui, palette.line);
            frame().show(ui, |ui| {
                ui.spacing_mut().item_spacing.x = size::GAP;
                ui.with_layout(Layout::right_to_left(Align::Center), contents);
            });
        });
}

fn button(ui: &mut Ui, button: Button, verb: UiCommand, cx: &ViewContext<'_>, actions: &mut Actions) {
    if ui.add(button).on_hover_text(verb.tip(cx.text)).clicked() {
        actions.run(verb);
    }
}

fn one(
    ui: &mut Ui,
    inspector: &mut Inspector,
    id: ImageId,
    details: Option<&Arc<ImageDetails>>,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let text = cx.text;
    footer(ui, |ui| {
        button(ui, Button::new(UiCommand::Delete.name(text)), UiCommand::Delete, cx, actions);
        button(
            ui,
            command_button::command_icon(UiCommand::Reveal, text).kind(ButtonKind::Plain),
            UiCommand::Reveal,
            cx,
            actions,
        );
        let copy = Button::new(text.get("copy")).name(UiCommand::CopyImage.name(text));
        button(ui, copy, UiCommand::CopyImage, cx, actions);
        let export = Button::new(text.get("export-more")).width(ui.available_width());
        button(ui, export, UiCommand::Export, cx, actions);
    });
    ScrollArea::vertical().id_salt("inspector").auto_shrink(false).show(ui, |ui| {
        accessibility::area(ui, 0);
        frame().show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            image(ui, inspector, id, details, cx, actions);
            ui.add_space(size::SECTION);
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    for verb in [UiCommand::UseAsReference, UiCommand::Edit, UiCommand::Reuse] {
                        if let (UiCommand::Reuse, Some(details)) = (verb, details)
                            && !cx.known.is_blind(&details.facts.recipe)
                        {
                            recall(ui, details, cx, actions);
                        }
                        // The composer would reveal the model of a blind comparison.
                        let blind = details.is_some_and(|details| cx.known.is_blind(&details.facts.recipe));
                        let known = verb != UiCommand::Reuse || (details.is_some() && !blind);
                        let small = if verb == UiCommand::Reuse {
                            Button::new(text.get("inspector-reuse")).name(verb.name(text))
                        } else {
                            Button::new(verb.name(text))
                        };
                        let small = small.kind(ButtonKind::Small).enabled(known);
                        button(ui, small, verb, cx, actions);
                    }
                });
            });
            let Some(details) = details else { return };
            ui.add_space(size::GAP);
            annotations::show(ui, &details.marks, cx, actions);
            ui.add_space(size::SECTION);
            prompt(ui, details, cx, actions);
            ui.add_space(size::SECTION);
            for (label, value) in facts::facts(details, cx) {
                fact(ui, &label, &value);
            }
            together(ui, &details.facts.recipe, cx, actions);
            swatches::show(ui, id, &details.palette, cx, actions);
            lineage::show(ui, details, cx, actions);
            annotations::words(ui, &mut inspector.marks, id, &details.marks, cx, actions);
            if let Some(source) = &details.facts.source {
                foreign_metadata::show(ui, source, cx);
            }
            if references_ignored(&details.facts.recipe, &details.facts.answer)
                && !cx.known.is_blind(&details.facts.recipe)
            {
                ignored(ui, details, cx, actions);
            }
            // Imported images have no request and response.
            let blind = cx.known.is_blind(&details.facts.recipe);
            if !details.facts.recipe.profile.is_imported() && !blind {
                ui.add_space(size::GAP);
                let exchange =
                    Button::new(UiCommand::ShowExchange.name(text)).kind(ButtonKind::Small).with_icon(icons::EXCHANGE);
                button(ui, exchange, UiCommand::ShowExchange, cx, actions);
            }
            if !details.facts.answer.text.trim().is_empty() && !blind {
                ui.add_space(size::SECTION);
                section_label(ui, &text.get("inspector-answer"), |_| {});
                ui.add_space(4.0);
                words(ui, details.facts.answer.text.trim());
            }
        });
    });
}

/// Draws the link to the grid or the comparison that an image is part of.
fn together(ui: &mut Ui, recipe: &Recipe, cx: &ViewContext<'_>, actions: &mut Actions) {
    let key = match recipe.role {
        BatchRole::Cell { .. } => "inspector-show-grid",
        BatchRole::Contender { .. } => "inspector-show-contest",
        _ => return,
    };
    if let Some(batch) = recipe.batch {
        ui.add_space(4.0);
        let button = Button::new(cx.text.get(key)).kind(ButtonKind::Small).with_icon(icons::GRID);
        if ui.add(button).clicked() {
            actions.push(Action::ShowBatch(batch));
        }
        ui.add_space(size::GAP);
    }
}

/// Draws the menu of the parts of a recipe that can be reused.
fn recall(ui: &mut Ui, details: &Arc<ImageDetails>, cx: &ViewContext<'_>, actions: &mut Actions) {
    let name = cx.text.get("recall");
    let button = Button::icon(icons::DOWN, name.as_str()).kind(ButtonKind::Small);
    let button = ui.add(button).on_hover_text(name.as_str());
    menu(&button, &name, RECALL, |ui| {
        for part in Recall::ALL.into_iter().filter(|part| part.is_in(&details.facts.recipe)) {
            if menu_item(ui, cx.text.get(part.key()), false, "") {
                actions.push(Action::Recall(part, Arc::clone(details)));
            }
        }
    });
}

/// Draws the note that the model seems to ignore the references, and the offer to send them in the other way. The
/// button sends nothing: it only fills the composer for review.
fn ignored(ui: &mut Ui, details: &ImageDetails, cx: &ViewContext<'_>, actions: &mut Actions) {
    let text = cx.text;
    let palette = theme::palette(ui.visuals());
    ui.add_space(size::GAP);
    let warning = RichText::new(text.get("references-ignored")).font(fonts::regular(size::TEXT_CHIP));
    ui.add(Label::new(warning.color(palette.accent_text)).wrap());
    ui.add_space(4.0);
    let profile = &details.facts.recipe.profile;
    let in_chat = cx.known.profile(profile).is_none_or(|profile| profile.dialect == Dialect::Chat);
    if in_chat {
        let both = details.facts.recipe.parameters.contents;
        let words = if both { text.get("references-plain") } else { text.get("references-contents") };
        if ui.add(Button::new(words).kind(ButtonKind::Small)).clicked() {
            let mut recipe = details.facts.recipe.clone();
            recipe.parameters.contents = !recipe.parameters.contents;
            actions.push(Action::Reuse(Box::new(recipe)));
        }
    } else if ui.add(Button::new(text.get("references-settings")).kind(ButtonKind::Small)).clicked() {
        actions.push(Action::OpenProvider(profile.clone()));
    }
}

/// Draws the image with its own proportions. A click opens it in the viewer.
fn image(
    ui: &mut Ui,
    inspector: &mut Inspector,
    id: ImageId,
    details: Option<&Arc<ImageDetails>>,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let palette = theme::palette(ui.visuals());
    let width = ui.available_width();
    let own = details.map(|details| vec2(details.facts.width.max(1) as f32, details.facts.height.max(1) as f32));
    let height = own.map(|own| (width * own.y / own.x).clamp(*IMAGE.start(), *IMAGE.end()));
    inspector.height = height.or(inspector.height);
    let (frame, response) = ui.allocate_exact_size(vec2(width, inspector.height.unwrap_or(width)), Sense::click());
    let name = UiCommand::Open.name(cx.text);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let radius = CornerRadius::same(size::RADIUS_CARD);
    match cx.textures.lookup(id, ThumbnailSize::Large) {
        TextureLookup::Ready(texture) => {
            let size = textures::contain(own.unwrap_or_else(|| texture.size_vec2()), frame.size(), f32::INFINITY);
            let rect = Rect::from_center_size(frame.center(), size);
            ui.painter().rect_filled(rect, radius, palette.field);
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().add(RectShape::filled(rect, radius, Color32::WHITE).with_texture(texture.id(), whole));
        }
        TextureLookup::Nothing => {
            ui.painter().rect_filled(frame, radius, palette.field);
        }
        TextureLookup::Unreadable(reason) => {
            thumbnail::unreadable(ui, frame, &thumbnail::why(reason, cx.text), palette);
        }
    }
    if response.has_focus() {
        focus_ring(ui.painter(), frame, radius, palette);
    }
    if response.on_hover_cursor(egui::CursorIcon::ZoomIn).clicked() {
        actions.push(Action::OpenImage(id));
    }
}

fn prompt(ui: &mut Ui, details: &ImageDetails, cx: &ViewContext<'_>, actions: &mut Actions) {
    let text = cx.text;
    section_label(ui, &text.get("composer-prompt"), |ui| {
        let copy = Button::new(text.get("copy")).kind(ButtonKind::Link).name(UiCommand::CopyPrompt.name(text));
        if ui.add(copy).clicked() {
            actions.push(Action::CopyText(details.facts.recipe.prompt.clone()));
        }
    });
    ui.add_space(4.0);
    words(ui, &details.facts.recipe.prompt);
}

/// Draws a paragraph with selectable text.
fn words(ui: &mut Ui, words: &str) {
    let palette = theme::palette(ui.visuals());
    let text = RichText::new(words).font(fonts::regular(12.5)).line_height(Some(18.5)).color(palette.text);
    ui.add(Label::new(text).wrap().selectable(true));
}

fn summary(ui: &mut Ui, inspector: &mut Inspector, selection: &Selection, cx: &ViewContext<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    footer(ui, |ui| {
        button(ui, Button::new(UiCommand::Delete.name(text)), UiCommand::Delete, cx, actions);
        let export = Button::new(text.get("export-more")).width(ui.available_width());
        button(ui, export, UiCommand::Export, cx, actions);
    });
    ScrollArea::vertical().id_salt("inspector of several").auto_shrink(false).show(ui, |ui| {
        accessibility::area(ui, 0);
        frame().show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let first = inspector.first_selected(selection, cx.known);
            let columns = if first.len() <= 4 { 2 } else { 3 };
            let side = ((ui.available_width() - size::GAP * (columns - 1) as f32) / columns as f32).floor();
            let rows = first.len().div_ceil(columns);
            // There are none while the view is loading, or has just lost the selected images.
            let height = (rows as f32 * (side + size::GAP) - size::GAP).max(0.0);
            let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
            for (index, id) in first.iter().enumerate() {
                let at = vec2((index % columns) as f32, (index / columns) as f32) * (side + size::GAP);
                let tile = Rect::from_min_size(rect.min + at, egui::Vec2::splat(side));
                thumbnail::draw_thumbnail(ui, tile, *id, None, ThumbnailSize::Small, cx);
            }
            ui.add_space(size::EDGE);
            let count = text.with("inspector-selected", [("count", selection.len().into())]);
            ui.label(RichText::new(count).font(fonts::semibold(size::TEXT_HEADING)).color(palette.strong));
            ui.add_space(4.0);
            let hint =
                RichText::new(text.get("inspector-selected-hint")).font(fonts::regular(12.5)).color(palette.text);
            ui.add(Label::new(hint).wrap());
            ui.add_space(size::EDGE);
            let batch = Button::new(text.get("batch-more"))
                .with_icon(UiCommand::Batch.icon())
                .kind(ButtonKind::Primary)
                .width(ui.available_width());
            button(ui, batch, UiCommand::Batch, cx, actions);
            ui.add_space(size::GAP);
            let reference = Button::new(UiCommand::UseAsReference.name(text))
                .with_icon(UiCommand::UseAsReference.icon())
                .width(ui.available_width());
            button(ui, reference, UiCommand::UseAsReference, cx, actions);
            ui.add_space(size::GAP);
            let collect = Button::new(UiCommand::AddToCollection.name(text))
                .with_icon(UiCommand::AddToCollection.icon())
                .width(ui.available_width());
            button(ui, collect, UiCommand::AddToCollection, cx, actions);
            ui.add_space(size::SECTION);
            section_label(ui, &text.get("inspector-all"), |_| {});
            ui.add_space(4.0);
            annotations::for_all(ui, &mut inspector.for_all, selection, cx, actions);
        });
    });
}
