//! Draws one request: its prompt, its status, its cost, and its commands.

use std::sync::Arc;

use egui::{
    Align, Color32, CornerRadius, FontId, Galley, Layout, Rect, Response, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    WidgetInfo,
    accesskit::Role,
    pos2,
    text::{LayoutJob, TextWrapping},
};
use jiff::{Timestamp, Zoned};

use crate::{
    recipe::{BatchRole, NextStep, RequestId},
    studio::{CardState, Command, QueueCommand, QueuePosition, RequestCard, ResponseCommand, ThumbnailSize},
    ui::{
        actions::action::{Action, Actions},
        components::request_cost,
        pages::gallery::{self, GalleryPage},
        state::view_context::ViewContext,
        textures::{self, TextureLookup},
        theme::{self, Palette, fonts, icons, size},
        widgets::{
            Button, ButtonKind, focus_ring,
            menu::{menu, menu_item},
        },
    },
};

use super::{
    dialogs::schedule_dialog::ScheduleShortcut,
    labels::{self, RequestStatusText},
    rows_model::QueueRows,
};

/// Side of the thumbnail at the left of a row.
const SIDE: f32 = 36.0;
/// Indentation of a request below a heading.
pub const INDENT: f32 = 24.0;
/// Width of the price at the right.
const PRICE: f32 = 96.0;
/// Space for the buttons.
const BUTTONS: f32 = 252.0;
/// Height of the progress bar.
const PROGRESS: f32 = 2.0;
/// Width of the menu of a row.
const MENU: f32 = 232.0;

/// The state of a row among the others.
#[derive(Clone, Copy, Debug)]
pub struct RowPlace {
    /// Whether it is below a heading.
    pub below: bool,
    /// Whether it is selected.
    pub selected: bool,
    /// Whether it has the keyboard focus.
    pub cursor: bool,
}

/// What a row asks the page to do.
#[derive(Clone, Debug, PartialEq)]
pub enum RowAction {
    /// Select it, as the held modifiers say.
    Select,
    /// Begin to drag it.
    TakeUp,
    /// Move requests to the front.
    First(Vec<RequestId>),
    /// Move it up or down by one row.
    Step { up: bool },
    /// Open the dialog that schedules requests.
    Later(Vec<RequestId>),
    /// Edit it.
    Edit,
}

/// The id of a request's row.
pub fn id(request: RequestId) -> egui::Id {
    egui::Id::unique(("queue line", request))
}

/// Draws a request's row into a rectangle. `targets` are the requests that its buttons apply to: itself, or all
/// selected ones if it is one of them.
#[expect(clippy::too_many_arguments, reason = "a line is drawn from all of them and nothing else")]
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    job: &RequestCard,
    place: RowPlace,
    targets: &[RequestId],
    lines: &QueueRows,
    gallery: &mut GalleryPage,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) -> Option<RowAction> {
    let palette = theme::palette(ui.visuals());
    let now = Timestamp::now();
    let standing = labels::standing(job, lines.turn(job.id), now, cx);
    let price = request_cost::price(job, cx.text);
    let response = ui.interact(rect, id(job.id), Sense::click() | Sense::DRAG);
    let name = labels::start(&job.recipe, cx.text);
    let spoken: Vec<&str> = [&name, &standing.state, &standing.rest, &price]
        .into_iter()
        .map(|words| words.trim_end_matches(['.', '。']))
        .filter(|words| !words.is_empty())
        .collect();
    let spoken = spoken.join(". ");
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::TreeItem, true, &spoken);
        info.selected = Some(place.selected);
        info
    });
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_level(1 + usize::from(place.below));
        node.set_selected(place.selected);
    });
    ground(ui, rect, &response, place, palette);
    let left = rect.left() + 12.0 + if place.below { INDENT } else { 0.0 };
    let image = Rect::from_min_size(pos2(left, rect.center().y - SIDE / 2.0), egui::Vec2::splat(SIDE));
    draw_image(ui, image, job, &standing, gallery, cx, palette);
    let right = rect.right() - 8.0;
    let buttons = Rect::from_min_max(pos2(right - BUTTONS, rect.top()), pos2(right, rect.bottom()));
    let price_right = buttons.left() - 12.0;
    let text_left = image.right() + 12.0;
    let width = (price_right - PRICE - text_left).max(40.0);
    let title = labels::line(&job.recipe, cx.text);
    let title = one_line(ui, &title, fonts::regular(size::TEXT), palette.strong, width);
    let model = labels::model(&job.recipe, cx);
    let below = second_line(ui, &standing, &model, cx, width, palette);
    let middle = rect.center().y;
    ui.painter().galley(pos2(text_left, middle - 1.0 - title.size().y), title, palette.strong);
    ui.painter().galley(pos2(text_left, middle + 2.0), below, palette.text);
    let price = one_line(ui, &price, fonts::regular(size::TEXT_CHIP), palette.text, PRICE);
    ui.painter().galley(pos2(price_right - price.size().x, middle - price.size().y / 2.0), price, palette.text);
    if let Some(share) = standing.progress {
        let rail =
            Rect::from_min_max(pos2(text_left, rect.bottom() - PROGRESS - 3.0), pos2(price_right, rect.bottom() - 3.0));
        ui.painter().rect_filled(rail, 1.0, palette.raised);
        let done = rail.with_max_x(rail.left() + rail.width() * share.clamp(0.0, 1.0));
        ui.painter().rect_filled(done, 1.0, palette.accent);
    }
    let mut asked = None;
    let builder = UiBuilder::new()
        .id_salt(("queue buttons", job.id))
        .max_rect(buttons)
        .layout(Layout::right_to_left(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        asked = tools(ui, job, &name, targets, cx, actions);
    });
    if response.drag_started() && job.state == CardState::Queued {
        asked = Some(RowAction::TakeUp);
    } else if response.double_clicked() && job.state == CardState::Queued {
        asked = Some(RowAction::Edit);
    } else if response.clicked() {
        asked = asked.or(Some(RowAction::Select));
    }
    let over_text = Rect::from_min_max(rect.min, pos2(price_right, rect.bottom()));
    if ui.rect_contains_pointer(over_text) && !response.dragged() {
        response.on_hover_text(&standing.tip);
    }
    asked
}

fn ground(ui: &Ui, rect: Rect, response: &Response, place: RowPlace, palette: &Palette) {
    let radius = CornerRadius::same(size::RADIUS);
    if place.selected {
        ui.painter().rect(rect, radius, palette.raised, Stroke::new(1.0, palette.accent), StrokeKind::Inside);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, radius, palette.field);
    }
    if place.cursor || response.has_focus() {
        focus_ring(ui.painter(), rect.shrink(2.0), radius, palette);
    }
}

/// Draws the partial image, the source image, or an icon of the status.
fn draw_image(
    ui: &Ui,
    rect: Rect,
    job: &RequestCard,
    standing: &RequestStatusText,
    gallery: &mut GalleryPage,
    cx: &ViewContext<'_>,
    palette: &Palette,
) {
    let radius = CornerRadius::same(6);
    let draw = |texture: egui::TextureId, size: egui::Vec2| {
        let uv = textures::cover(size, rect.size());
        let shape = egui::epaint::RectShape::filled(rect, radius, Color32::WHITE).with_texture(texture, uv);
        ui.painter().add(shape);
    };
    ui.painter().rect_filled(rect, radius, palette.raised);
    if let CardState::Receiving { preview: Some(pixels), .. } = &job.state {
        let texture = gallery.arriving(ui, job.id, pixels);
        draw(texture.id(), texture.size_vec2());
        return;
    }
    let image = match (&job.state, &job.recipe.role) {
        (CardState::Done { images, .. }, _) => images.first().copied(),
        (_, BatchRole::Image(source) | BatchRole::Edit(source)) => Some(*source),
        _ => job.recipe.references.iter().find_map(|reference| reference.image),
    };
    if let Some(TextureLookup::Ready(texture)) = image.map(|image| cx.textures.lookup(image, ThumbnailSize::Small)) {
        draw(texture.id(), texture.size_vec2());
        return;
    }
    let (icon, ink) = match &job.state {
        CardState::Queued if job.on_hold => (icons::PAUSE, palette.text),
        CardState::Queued if job.not_before.is_some() => (icons::CLOCK, palette.text),
        CardState::Queued => (icons::QUEUE, palette.text),
        CardState::Generating { .. } | CardState::Receiving { .. } => (icons::GENERATE, palette.accent_text),
        CardState::RetryScheduled { .. } => (icons::RETRY, palette.text),
        CardState::Done { .. } => (icons::DONE, palette.good),
        CardState::Failed(_) => (icons::WARNING, palette.bad),
        CardState::Cancelled { .. } => (icons::CANCEL, palette.text),
    };
    debug_assert_eq!(standing.bad, matches!(job.state, CardState::Failed(_)));
    ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, icon, fonts::icons(size::ICON), ink);
}

/// Draws the status and further facts.
fn second_line(
    ui: &Ui,
    standing: &RequestStatusText,
    model: &str,
    cx: &ViewContext<'_>,
    width: f32,
    palette: &Palette,
) -> Arc<Galley> {
    let font = fonts::regular(size::TEXT_CHIP);
    let format = |color| egui::TextFormat::simple(font.clone(), color);
    let separator = cx.text.get("fact-separator");
    let mut job = LayoutJob::default();
    job.append(&standing.state, 0.0, format(if standing.bad { palette.bad } else { palette.text }));
    for (words, color) in [(standing.rest.as_str(), palette.strong), (model, palette.faint)] {
        if !words.is_empty() {
            job.append(&separator, 0.0, format(palette.faint));
            job.append(words, 0.0, format(color));
        }
    }
    job.wrap = TextWrapping::truncate_at_width(width);
    ui.painter().layout_job(job)
}

/// Lays out one line of text, truncated at a width.
pub fn one_line(ui: &Ui, words: &str, font: FontId, color: Color32, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(words.to_owned(), font, color);
    job.wrap = TextWrapping::truncate_at_width(width);
    ui.painter().layout_job(job)
}

/// Draws the buttons of a row from right to left.
fn tools(
    ui: &mut Ui,
    job: &RequestCard,
    name: &str,
    targets: &[RequestId],
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) -> Option<RowAction> {
    let text = cx.text;
    let called = |key: &str| text.with(key, [("prompt", name.into())]);
    let icon = |ui: &mut Ui, icon, key: &str| {
        let words = called(key);
        ui.add(Button::icon(icon, words.as_str())).on_hover_text(words).clicked()
    };
    let mut asked = None;
    if job.state.has_ended() {
        if !matches!(job.state, CardState::Done { .. }) && icon(ui, icons::REMOVE, "card-dismiss") {
            actions.send(Command::Queue(QueueCommand::Dismiss(job.id)));
        }
    } else if icon(ui, icons::REMOVE, "card-cancel") {
        actions.send(if targets.len() > 1 {
            Command::Queue(QueueCommand::CancelMany(targets.to_vec()))
        } else {
            Command::Queue(QueueCommand::Cancel(job.id))
        });
    }
    if let Some(more) = more(ui, job, name, targets, cx, actions) {
        asked = Some(more);
    }
    match &job.state {
        CardState::Queued => {
            if icon(ui, icons::TO_TOP, "queue-first") {
                asked = Some(RowAction::First(targets.to_vec()));
            }
            let (sign, key) = if job.on_hold { (icons::PLAY, "queue-resume") } else { (icons::PAUSE, "queue-hold") };
            if icon(ui, sign, key) {
                actions.send(Command::Queue(QueueCommand::Hold { requests: targets.to_vec(), on_hold: !job.on_hold }));
            }
        }
        CardState::RetryScheduled { .. } => {
            let words = text.get("card-send-now");
            if ui.add(Button::new(words).kind(ButtonKind::Small)).clicked() {
                actions.send(Command::Queue(QueueCommand::SendNow(job.id)));
            }
        }
        CardState::Failed(failure) => {
            if ui.add(Button::new(text.get("card-retry")).kind(ButtonKind::Small).name(called("queue-retry"))).clicked()
            {
                actions.send(Command::Queue(QueueCommand::Retry(job.id)));
            }
            ui.add_space(4.0);
            if failure.kept.is_some() {
                let save = text.get("card-save-response");
                if ui.add(Button::icon(icons::EXPORT, save.as_str())).on_hover_text(save).clicked() {
                    actions.send(Command::Responses(ResponseCommand::Save(job.id)));
                }
            }
            if failure.next_step() != NextStep::Retry && !cx.known.is_blind(&job.recipe) {
                let (_, key, action) = gallery::next_step(job, failure, cx);
                let name = gallery::name_of_step(key, cx);
                if ui.add(Button::new(text.get(key)).kind(ButtonKind::Small).name(name)).clicked() {
                    actions.push(action);
                }
            }
        }
        CardState::Cancelled { .. } => {
            if ui.add(Button::new(text.get("card-retry")).kind(ButtonKind::Small).name(called("queue-retry"))).clicked()
            {
                actions.send(Command::Queue(QueueCommand::Retry(job.id)));
            }
        }
        CardState::Generating { .. } | CardState::Receiving { .. } | CardState::Done { .. } => {}
    }
    asked
}

/// Draws the menu of all other commands.
fn more(
    ui: &mut Ui,
    job: &RequestCard,
    name: &str,
    targets: &[RequestId],
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) -> Option<RowAction> {
    let text = cx.text;
    let words = text.with("queue-more", [("prompt", name.into())]);
    let button = ui.add(Button::icon(icons::MORE, words.as_str()));
    let mut asked = None;
    menu(&button, &words, MENU, |ui| {
        let item = |ui: &mut Ui, key: &str, note: &str| menu_item(ui, text.get(key), false, note);
        if job.state == CardState::Queued {
            if item(ui, "queue-edit", "") {
                asked = Some(RowAction::Edit);
            }
            for (key, note, up) in [("queue-up", "Alt ↑", true), ("queue-down", "Alt ↓", false)] {
                if item(ui, key, note) {
                    asked = Some(RowAction::Step { up });
                }
            }
            ui.separator();
            let now = Zoned::now();
            for usual in ScheduleShortcut::ALL {
                if menu_item(ui, usual.name(cx), false, "") {
                    let at = usual.moment(&now);
                    actions.send(Command::Queue(QueueCommand::Schedule { requests: targets.to_vec(), at }));
                }
            }
            if item(ui, "queue-later-at", "") {
                asked = Some(RowAction::Later(targets.to_vec()));
            }
            if job.not_before.is_some() && item(ui, "queue-later-not", "") {
                actions.send(Command::Queue(QueueCommand::Schedule { requests: targets.to_vec(), at: None }));
            }
            ui.separator();
        } else if !cx.known.is_blind(&job.recipe) {
            if item(ui, "queue-edit-prompt", "") {
                actions.push(Action::Reuse(Box::new(job.recipe.as_ref().clone())));
            }
            if item(ui, "queue-exchange", "") {
                actions.push(Action::ShowExchange(job.id));
            }
            if let CardState::Failed(failure) = &job.state
                && item(ui, "copy-report", "")
            {
                actions.push(gallery::copy_report(job, failure, cx));
            }
        }
        if item(ui, "queue-duplicate", "") {
            actions.send(Command::Queue(QueueCommand::Duplicate(job.id)));
        }
        if item(ui, "queue-copy-prompt", "") {
            actions.push(Action::CopyText(job.recipe.prompt.clone()));
        }
    });
    button.on_hover_text(words);
    asked
}

/// The queue position of requests that are dropped on a row: before it or behind it.
pub fn spot(rect: Rect, pointer: egui::Pos2, id: RequestId) -> QueuePosition {
    if pointer.y < rect.center().y { QueuePosition::Before(id) } else { QueuePosition::After(id) }
}

/// Draws the position where dragged requests would be dropped.
pub fn draw_spot(ui: &Ui, rect: Rect, spot: QueuePosition) {
    let palette = theme::palette(ui.visuals());
    let y = if matches!(spot, QueuePosition::After(_)) { rect.bottom() } else { rect.top() };
    ui.painter().hline(rect.x_range(), y, Stroke::new(2.0, palette.accent));
}
