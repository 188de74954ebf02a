//! Images in the gallery: the thumbnail, its rings, its buttons and its menu.

use egui::{
    Align2, Color32, CornerRadius, Popup, Rect, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role,
    pos2, vec2,
};

use crate::{
    recipe::{ImageId, StackKey},
    studio::{ImageRow, Stack, ThumbnailSize},
    ui::{
        actions::ui_command::UiCommand,
        components::{
            rating_badges,
            thumbnail::{BUTTON_GROUND, badge, draw_thumbnail, option_info, why},
        },
        state::view_context::ViewContext,
        text::Text,
        theme::{self, Palette, fonts, icons, size},
        widgets::{
            field, keys_text,
            menu::{context_menu, focus_first_item},
        },
    },
};

/// Side of the buttons on an image.
const BUTTON: f32 = 26.0;

/// Height of the badge of a stack.
const BUTTON_STACK: f32 = 24.0;

/// Tiles below this width only have the button that opens the menu.
const MIN_WIDTH_OF_ALL_BUTTONS: f32 = 130.0;

/// The items of an image's menu; `None` is a separator.
const MENU: [Option<UiCommand>; 16] = [
    Some(UiCommand::Open),
    None,
    Some(UiCommand::Reuse),
    Some(UiCommand::Edit),
    Some(UiCommand::UseAsReference),
    Some(UiCommand::Batch),
    None,
    Some(UiCommand::CopyPrompt),
    Some(UiCommand::CopyImage),
    Some(UiCommand::ShowExchange),
    Some(UiCommand::Reveal),
    Some(UiCommand::Export),
    None,
    Some(UiCommand::AddToCollection),
    Some(UiCommand::RemoveFromCollection),
    Some(UiCommand::Delete),
];

/// The selection state of a tile.
#[derive(Clone, Copy, Debug)]
pub struct TileState {
    /// Whether it is selected.
    pub selected: bool,
    /// Whether it is selected along with others.
    pub among_others: bool,
    /// Whether it has the keyboard focus.
    pub focused: bool,
    /// The stack below it.
    pub stack: Option<Stack>,
    /// Whether its menu opens, because the key of menus was pressed.
    pub opens_menu: bool,
}

/// What the pointer does to a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TileAction {
    /// Nothing.
    Nothing,
    /// Select it, as the held modifiers say.
    Choose,
    /// Select it if it is not, because its menu opens.
    Menu,
    /// Drag it with the other selected images.
    Drag,
    /// Open it in the viewer.
    Open,
    /// Unfold or fold the stack.
    Unfold(Stack),
    /// Run a command.
    Do(UiCommand),
}

/// The id of an image's tile.
pub fn id(image: ImageId) -> egui::Id {
    egui::Id::unique(("tile", image))
}

/// The thumbnail size that fills a square of so many pixels sharply.
pub fn sharp(row: Option<&ImageRow>, side: f32) -> ThumbnailSize {
    let ratio = row.map_or(1.0, |row| {
        let (long, short) = (row.width.max(row.height), row.width.min(row.height).max(1));
        long as f32 / short as f32
    });
    // Enlarging by a tenth is not visible.
    if side * ratio <= ThumbnailSize::Small.edge() as f32 * 1.1 { ThumbnailSize::Small } else { ThumbnailSize::Large }
}

/// Draws an image's tile.
pub fn show(
    ui: &Ui,
    rect: Rect,
    image: ImageId,
    row: Option<&ImageRow>,
    standing: TileState,
    cx: &ViewContext<'_>,
) -> TileAction {
    // Arrow keys move among images; Tab treats the gallery as one stop.
    let response = ui.interact(rect, id(image), Sense::CLICK | Sense::DRAG);
    let name = match row {
        Some(row) if !row.prompt.trim().is_empty() => row.prompt.clone(),
        _ => cx.text.get("picture"),
    };
    option_info(ui, &response, &name, standing.selected);
    let palette = theme::palette(ui.visuals());
    let side = rect.width() * ui.ctx().pixels_per_point();
    if let Some(reason) = draw_thumbnail(ui, rect, image, row, sharp(row, side), cx) {
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(why(reason, cx.text)));
    }
    if let Some(row) = row {
        let mut said = rating_badges::spoken(row, cx.text);
        let mut bottom = rect.bottom();
        if let Some(mismatch) = &row.mismatch {
            said = [cx.text.mismatch(mismatch), said]
                .into_iter()
                .filter(|words| !words.is_empty())
                .collect::<Vec<_>>()
                .join(". ");
            bottom -= 20.0;
        }
        rating_badges::draw(ui, rect, row, bottom);
        if let Some(mismatch) = &row.mismatch {
            badge(ui, rect.shrink(7.0), mismatch, cx.text);
        }
        if !said.is_empty() {
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(said));
        }
    }
    rings(ui, rect, standing, palette);
    let unfold = standing.stack.filter(|stack| stack_badge(ui, rect, image, stack, standing, cx.text));
    let mut asked = if let Some(stack) = unfold {
        TileAction::Unfold(stack)
    } else if response.double_clicked() {
        TileAction::Open
    } else if response.drag_started_by(egui::PointerButton::Primary) {
        TileAction::Drag
    } else if response.clicked() {
        TileAction::Choose
    } else if response.secondary_clicked() {
        TileAction::Menu
    } else {
        TileAction::Nothing
    };
    let star = egui::Id::unique((icons::STAR, image));
    let menu_open = response.context_menu_opened() || Popup::is_id_open(ui.ctx(), star.with("popup"));
    if (ui.rect_contains_pointer(rect) || menu_open)
        && let Some(verb) = hover_buttons(ui, rect, image, row, &response, cx.text)
    {
        asked = verb;
    }
    context_menu(&response, standing.opens_menu).show(|ui| {
        if let Some(verb) = menu(ui, row, cx) {
            asked = TileAction::Do(verb);
        }
    });
    asked
}

fn rings(ui: &Ui, rect: Rect, standing: TileState, palette: &Palette) {
    let radius = CornerRadius::same(size::RADIUS_CARD + 3);
    if standing.selected {
        ui.painter().rect_stroke(rect.expand(3.0), radius, Stroke::new(2.0, palette.accent), StrokeKind::Middle);
    }
    if standing.focused {
        // The keyboard's ring lies inside that of the selection, and a dark line keeps it apart from a bright image.
        let (ring, radius) = if standing.selected { (1.0, size::RADIUS_CARD) } else { (-3.0, size::RADIUS_CARD + 3) };
        let stroke = Stroke::new(2.0, if standing.selected { Color32::WHITE } else { palette.strong });
        ui.painter().rect_stroke(rect.shrink(ring), CornerRadius::same(radius), stroke, StrokeKind::Middle);
        if standing.selected {
            let dark = Stroke::new(1.0, Color32::from_black_alpha(0xaa));
            ui.painter().rect_stroke(rect.shrink(2.5), CornerRadius::same(radius), dark, StrokeKind::Middle);
        }
    }
    if standing.among_others {
        let center = rect.left_top() + vec2(17.0, 17.0);
        ui.painter().circle(center, 10.0, palette.accent_fill, Stroke::new(1.5, palette.accent_ink));
        ui.painter().text(center, Align2::CENTER_CENTER, icons::CHECK, fonts::icons(12.0), palette.accent_ink);
    }
}

/// Draws the number of images in a stack. Returns whether it was clicked.
fn stack_badge(ui: &Ui, rect: Rect, image: ImageId, stack: &Stack, standing: TileState, text: &Text) -> bool {
    let words = ui.painter().layout_no_wrap(text.count(stack.count), fonts::semibold(size::TEXT_CHIP), Color32::WHITE);
    let left = rect.left() + if standing.among_others { 33.0 } else { 7.0 };
    let at = Rect::from_min_size(pos2(left, rect.top() + 7.0), vec2(words.size().x + 32.0, BUTTON_STACK));
    let response = ui.interact(at, egui::Id::unique(("stack", image)), Sense::CLICK);
    let key = match stack.of {
        _ if stack.open => "stack-close",
        StackKey::Request(_) => "stack-open",
        StackKey::Image(source) if source == image => "stack-open-source",
        StackKey::Image(_) => "stack-open-batch",
    };
    let name = text.with(key, [("count", stack.count.into())]);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let ground = if response.hovered() { Color32::from_black_alpha(0xe0) } else { BUTTON_GROUND };
    ui.painter().rect_filled(at, CornerRadius::same(size::RADIUS_CHIP), ground);
    let icon = if stack.open { icons::LEFT } else { icons::STACK };
    let center = pos2(at.left() + 14.0, at.center().y);
    ui.painter().text(center, Align2::CENTER_CENTER, icon, fonts::icons(14.0), Color32::WHITE);
    ui.painter().galley(pos2(at.left() + 25.0, at.center().y - words.size().y / 2.0), words, Color32::WHITE);
    response.on_hover_text(name).clicked()
}

fn hover_buttons(
    ui: &Ui,
    rect: Rect,
    image: ImageId,
    row: Option<&ImageRow>,
    tile: &Response,
    text: &Text,
) -> Option<TileAction> {
    let mut asked = None;
    let mut right = rect.right() - 7.0;
    let mut button = |icon: &str, name: String, salt: &str| {
        let at = Rect::from_min_size(pos2(right - BUTTON, rect.top() + 7.0), egui::Vec2::splat(BUTTON));
        right -= BUTTON + 5.0;
        let response = ui.interact(at, egui::Id::unique((salt, image)), Sense::CLICK);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        let ground = if response.hovered() { Color32::from_black_alpha(0xe0) } else { BUTTON_GROUND };
        ui.painter().rect_filled(at, CornerRadius::same(size::RADIUS_CHIP), ground);
        ui.painter().text(at.center(), Align2::CENTER_CENTER, icon, fonts::icons(15.0), Color32::WHITE);
        response.on_hover_text(name)
    };
    if button(icons::MORE, text.get("more-actions"), "more").clicked() {
        Popup::open_id(ui.ctx(), Popup::default_response_id(tile));
        asked = Some(TileAction::Menu);
    }
    if rect.width() >= MIN_WIDTH_OF_ALL_BUTTONS {
        for verb in [UiCommand::UseAsReference, UiCommand::Reuse] {
            if button(verb.icon(), verb.name(text), verb.icon()).clicked() {
                asked = Some(TileAction::Do(verb));
            }
        }
        let star = button(icons::STAR, text.get("marks"), icons::STAR);
        Popup::menu(&star).accessible_name(text.get("marks")).show(|ui| {
            if let Some(verb) = rating_badges::menu(ui, row, text) {
                asked = Some(TileAction::Do(verb));
            }
        });
    }
    asked
}

/// Draws the menu of commands. Returns the chosen one.
fn menu(ui: &mut Ui, row: Option<&ImageRow>, cx: &ViewContext<'_>) -> Option<UiCommand> {
    let text = cx.text;
    let in_collection = cx.known.shown_collection().is_some();
    let mac = ui.ctx().os() == egui::os::OperatingSystem::Mac;
    let palette = theme::palette(ui.visuals());
    let mut chosen = None;
    ui.set_min_width(210.0);
    ui.spacing_mut().item_spacing.y = 1.0;
    for item in MENU {
        let Some(verb) = item else {
            ui.separator();
            continue;
        };
        if verb == UiCommand::RemoveFromCollection && !in_collection {
            continue;
        }
        let icon = egui::RichText::new(verb.icon()).font(fonts::icons(15.0)).color(palette.text);
        let name = egui::RichText::new(verb.name(text)).font(fonts::regular(size::TEXT)).color(palette.strong);
        let mut button = egui::Button::new((icon, name)).frame_when_inactive(false).min_size(vec2(198.0, 28.0));
        if let Some(keys) = verb.first_key(&cx.known.settings.shortcuts) {
            let keys = egui::RichText::new(keys_text(keys, mac)).font(fonts::regular(size::TEXT_KEY));
            button = button.shortcut_text(keys.color(palette.faint));
        }
        let response = ui.add(button);
        focus_first_item(&response);
        field::name(ui, response.id, &verb.name(text));
        if response.clicked() {
            chosen = Some(verb);
        }
    }
    ui.separator();
    rating_badges::menu(ui, row, text).or(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_image_needs_the_larger_thumbnail_to_fill_its_square() {
        let row = |width, height| ImageRow::new(ImageId::from_uuid(uuid::Uuid::from_u128(1)), width, height);
        assert_eq!(sharp(Some(&row(1024, 1024)), 187.0), ThumbnailSize::Small);
        assert_eq!(sharp(Some(&row(1600, 900)), 187.0), ThumbnailSize::Large);
        assert_eq!(sharp(Some(&row(1024, 1024)), 374.0), ThumbnailSize::Large);
        assert_eq!(sharp(None, 187.0), ThumbnailSize::Small);
    }
}
