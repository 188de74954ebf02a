//! Cards of requests: waiting, generating, receiving, failed, cancelled.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::Duration,
};

use egui::{
    Align, Color32, CornerRadius, FontId, Galley, Layout, Rect, Sense, Stroke, StrokeKind, TextureHandle, Ui,
    UiBuilder, WidgetInfo, accesskit::Role, pos2, text::LayoutJob, vec2,
};
use jiff::Timestamp;

use crate::{
    recipe::{Failure, NextStep, RequestId},
    studio::{
        CardState, Command, GalleryEvent, ImageList, Pixels, QueueCommand, QueueEvent, RequestCard, ResponseCommand,
    },
    ui::{
        actions::action::{Action, Actions},
        components::request_cost::price,
        state::{requests::Requests, studio_state::StudioState, view_context::ViewContext},
        textures,
        theme::{self, Palette, fonts, icons, size},
        widgets::{Button, ButtonKind},
    },
};

use super::{
    card_texts::{CardTexts, elapsed},
    failure_step::{name_of_step, next_step},
};

/// Space between a card's edge and its contents.
const INSET: f32 = 12.0;

/// Space above the cost of a request, in points.
const CHARGE_GAP: f32 = 5.0;

/// Height of the progress bar.
const PROGRESS: f32 = 3.0;

/// Cards below this width show icons instead of words on their buttons.
const NARROW: f32 = 168.0;

/// Cards from this width on have space for three buttons with words.
const WIDE: f32 = 300.0;

/// The requests that have a card, and the partial images that have arrived for them.
#[derive(Default)]
pub struct RequestCards {
    /// Requests whose images are in the gallery.
    settled: HashSet<RequestId>,
    arriving: BTreeMap<RequestId, PartialImage>,
}

struct PartialImage {
    texture: TextureHandle,
    /// The pixels of the texture.
    pixels: Arc<[u8]>,
}

impl std::fmt::Debug for RequestCards {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cards").field("settled", &self.settled).field("arriving", &self.arriving.len()).finish()
    }
}

impl RequestCards {
    /// Folds an event about requests: a finished request keeps its card only until its images are in the view.
    pub fn fold_queue(&mut self, event: &QueueEvent, known: &StudioState) {
        match event {
            QueueEvent::RequestChanged(job) => {
                let searching = known.view.as_ref().is_some_and(|view| !view.search.is_empty());
                self.settle(job, &known.ids(), searching);
                if !matches!(job.state, CardState::Receiving { .. }) {
                    self.arriving.remove(&job.id);
                }
            }
            QueueEvent::RequestRemoved(id) => {
                self.settled.remove(id);
                self.arriving.remove(id);
            }
            QueueEvent::Status(_) | QueueEvent::RunEnded(_) => {}
        }
    }

    /// Folds an event about the gallery: cards of requests whose images are in the view are removed.
    pub fn fold_gallery(&mut self, event: &GalleryEvent, known: &StudioState) {
        if let GalleryEvent::View(view) = event {
            for job in known.requests.iter() {
                self.settle(job, &view.ids, true);
            }
        }
    }

    fn settle(&mut self, job: &RequestCard, ids: &ImageList, at_once: bool) {
        if let CardState::Done { images, .. } = &job.state {
            if at_once || images.iter().all(|image| ids.position(*image).is_some()) {
                self.settled.insert(job.id);
            }
        } else {
            self.settled.remove(&job.id);
        }
    }

    /// The requests that have a card, newest first.
    pub fn shown<'a>(&self, jobs: &'a Requests) -> Vec<&'a RequestCard> {
        jobs.iter().filter(|job| !self.settled.contains(&job.id)).collect()
    }

    /// The texture of the part of a request's image that has arrived.
    pub fn arriving(&mut self, ui: &Ui, id: RequestId, pixels: &Pixels) -> &TextureHandle {
        let load = || PartialImage {
            texture: ui.ctx().load_texture("arriving", textures::image(pixels), textures::OPTIONS),
            pixels: Arc::clone(&pixels.rgba),
        };
        let entry = self.arriving.entry(id).or_insert_with(load);
        if !Arc::ptr_eq(&entry.pixels, &pixels.rgba) {
            *entry = load();
        }
        &entry.texture
    }
}

/// The time until the next second of a running request begins, if one is running.
pub fn next_tick(jobs: &[&RequestCard], now: Timestamp) -> Option<Duration> {
    let ticks = jobs.iter().filter_map(|job| match job.state {
        CardState::Generating { since } | CardState::Receiving { since, .. } => {
            Some(1_000 - u64::from(elapsed(since, now).subsec_millis()))
        }
        // Counted down, the other way round. At its end the studio says what comes next.
        CardState::RetryScheduled { at, .. } if at > now => Some(u64::from(elapsed(now, at).subsec_millis()) + 1),
        _ => None,
    });
    ticks.min().map(Duration::from_millis)
}

/// Draws a request's card.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    job: &RequestCard,
    cards: &mut RequestCards,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let lines = CardTexts::of(job, cx);
    let id = egui::Id::unique(("card", job.id));
    let card = ui.interact(rect, id, Sense::hover());
    let spoken: Vec<_> =
        [&lines.title, &lines.body, &lines.charge].into_iter().filter(|line| !line.is_empty()).cloned().collect();
    card.widget_info(|| WidgetInfo::labeled(Role::Article, true, spoken.join(". ")));
    if !lines.tip.is_empty() {
        card.on_hover_text(&lines.tip);
    }
    let palette = theme::palette(ui.visuals());
    let radius = CornerRadius::same(size::RADIUS_CARD);
    ui.painter().rect_filled(rect, radius, palette.field);
    match &job.state {
        CardState::Failed(_) | CardState::Cancelled { .. } => ended(ui, rect, job, &lines, palette, cx, actions),
        state => {
            if let CardState::Receiving { preview: Some(pixels), .. } = state {
                let texture = cards.arriving(ui, job.id, pixels).clone();
                let ratio = job.recipe.parameters.aspect.map_or(1.0, crate::recipe::AspectRatio::value);
                arriving_rows(ui, rect, &texture, ratio);
            }
            under_way(ui, rect, job, &lines, palette, cx, actions);
        }
    }
}

/// Draws the rows that have arrived, at the top of the future image.
fn arriving_rows(ui: &Ui, rect: Rect, texture: &TextureHandle, ratio: f32) {
    let [width, height] = texture.size();
    // The image will fill the card, cropped evenly at the sides, or at the top and the bottom.
    let (across, _) =
        if ratio >= 1.0 { (rect.height() * ratio, rect.height()) } else { (rect.width(), rect.width() / ratio) };
    let scale = across / width as f32;
    let tall = (height as f32 * scale).min(rect.height());
    let crop = rect.width() / across;
    let uv = Rect::from_min_max(pos2(0.5 - crop / 2.0, 0.0), pos2(0.5 + crop / 2.0, tall / (height as f32 * scale)));
    let part = Rect::from_min_size(rect.min, vec2(rect.width(), tall));
    let mut radius = CornerRadius::same(size::RADIUS_CARD);
    if tall < rect.height() - f32::from(size::RADIUS_CARD) {
        (radius.sw, radius.se) = (0, 0);
    }
    ui.painter().add(egui::epaint::RectShape::filled(part, radius, Color32::WHITE).with_texture(texture.id(), uv));
}

fn under_way(
    ui: &mut Ui,
    rect: Rect,
    job: &RequestCard,
    lines: &CardTexts,
    palette: &Palette,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let radius = CornerRadius::same(size::RADIUS_CARD);
    let width = rect.width() - 20.0;
    // The countdown must not be truncated; a running request leaves its space to the image.
    let rows = if matches!(job.state, CardState::RetryScheduled { .. }) { 2 } else { 1 };
    let title = paragraph(ui, &lines.title, fonts::regular(size::TEXT_CHIP), palette.strong, width, rows);
    let body = paragraph(ui, &lines.body, fonts::regular(size::TEXT_CHIP), palette.text, width, 1);
    let texts = title.size().y + body.size().y + 2.0;
    // The texts have the card's own color behind them, which fades into the image above.
    let words_top = rect.bottom() - PROGRESS - 10.0 - texts;
    if matches!(job.state, CardState::Receiving { preview: Some(_), .. }) {
        let solid = Rect::from_min_max(pos2(rect.left(), words_top - 6.0), rect.max);
        let lower = CornerRadius { nw: 0, ne: 0, ..radius };
        ui.painter().rect_filled(solid, lower, palette.field);
        let fade = Rect::from_min_max(pos2(rect.left(), solid.top() - 26.0), pos2(rect.right(), solid.top()));
        let clear = palette.field.gamma_multiply(0.0);
        ui.painter().add(egui::Shape::gradient_rect(fade, egui::Direction::TopDown, [clear, palette.field]));
    }
    ui.painter().galley(pos2(rect.left() + 10.0, words_top), Arc::clone(&title), palette.strong);
    ui.painter().galley(pos2(rect.left() + 10.0, words_top + title.size().y + 2.0), body, palette.text);
    if lines.progress > 0.0 {
        let clip = ui.painter().with_clip_rect(
            Rect::from_min_max(pos2(rect.left(), rect.bottom() - PROGRESS), rect.max).intersect(ui.clip_rect()),
        );
        clip.rect_filled(rect, radius, palette.raised);
        let done = Rect::from_min_max(
            pos2(rect.left(), rect.bottom() - PROGRESS),
            pos2(rect.left() + rect.width() * lines.progress, rect.bottom()),
        );
        clip.with_clip_rect(done.intersect(ui.clip_rect())).rect_filled(rect, radius, palette.accent);
    }
    ui.painter().rect_stroke(rect, radius, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    if !matches!(job.state, CardState::Done { .. }) {
        let name = cx.text.with("card-cancel", [("prompt", start(&job.recipe.prompt).into())]);
        if corner_button(ui, rect, job.id, name, palette).clicked() {
            actions.send(Command::Queue(QueueCommand::Cancel(job.id)));
        }
    }
    let held = job.state == CardState::Queued && job.on_hold;
    if held || matches!(job.state, CardState::RetryScheduled { .. }) {
        let top = words_top - 8.0 - size::BUTTON_SMALL;
        let row = Rect::from_min_size(pos2(rect.left() + 10.0, top), vec2(width, size::BUTTON_SMALL));
        buttons(ui, row, job.id, |ui| {
            if held {
                if ui.add(button(rect, icons::RETRY, cx.text.get("card-resume"))).clicked() {
                    actions.send(Command::Queue(QueueCommand::Hold { requests: vec![job.id], on_hold: false }));
                }
            } else if ui.add(button(rect, icons::RETRY, cx.text.get("card-send-now"))).clicked() {
                actions.send(Command::Queue(QueueCommand::SendNow(job.id)));
            }
        });
    }
}

fn ended(
    ui: &mut Ui,
    rect: Rect,
    job: &RequestCard,
    lines: &CardTexts,
    palette: &Palette,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let failed = matches!(job.state, CardState::Failed(_));
    let line = if failed { palette.bad.lerp_to_gamma(palette.line, 0.4) } else { palette.line };
    ui.painter().rect_stroke(rect, CornerRadius::same(size::RADIUS_CARD), Stroke::new(1.0, line), StrokeKind::Inside);
    let inner = rect.shrink(INSET);
    let ink = if failed { palette.bad } else { palette.strong };
    // The corner has the buttons that dismiss the card and show the raw request and response.
    let is_reportable = failed && rect.width() >= NARROW;
    let taken = match (is_reportable, failed) {
        (true, _) => 62.0,
        (false, true) => 38.0,
        (false, false) => 14.0,
    };
    let title = paragraph(ui, &lines.title, fonts::semibold(12.5), ink, inner.width() - taken, 2);
    let top = inner.top() + title.size().y + 5.0;
    ui.painter().galley(inner.min, title, ink);
    let buttons_top = inner.bottom() - size::BUTTON_SMALL;
    let font = fonts::regular(size::TEXT_CHIP);
    let line_height = ui.fonts_mut(|fonts| fonts.row_height(&font));
    // The cost is below everything else, so that long texts never push it out of the card.
    let charge = paragraph(ui, &lines.charge, font.clone(), palette.strong, inner.width(), 3);
    let charge_top = buttons_top - 5.0 - charge.size().y;
    let rows = ((charge_top - CHARGE_GAP - top) / line_height).floor().max(0.0) as usize;
    let mut below = top;
    if rows > 0 && !lines.body.is_empty() {
        let body = paragraph(ui, &lines.body, font, palette.text, inner.width(), rows);
        below += body.size().y + CHARGE_GAP;
        ui.painter().galley(pos2(inner.left(), top), body, palette.text);
    }
    ui.painter().galley(pos2(inner.left(), charge_top.min(below)), charge, palette.strong);
    let name = cx.text.with("card-dismiss", [("prompt", start(&job.recipe.prompt).into())]);
    if corner_button(ui, rect, job.id, name, palette).clicked() {
        actions.send(Command::Queue(QueueCommand::Dismiss(job.id)));
    }
    let blind = cx.known.is_blind(&job.recipe);
    if failed && !blind {
        let name = cx.text.with("exchange-show", [("prompt", start(&job.recipe.prompt).into())]);
        let beside = rect.translate(vec2(-24.0, 0.0));
        if small_button(ui, beside, egui::Id::unique(("card exchange", job.id)), icons::EXCHANGE, name, palette)
            .clicked()
        {
            actions.push(Action::ShowExchange(job.id));
        }
        if is_reportable && let CardState::Failed(failure) = &job.state {
            let name = cx.text.with("card-copy-report", [("prompt", start(&job.recipe.prompt).into())]);
            let beside = rect.translate(vec2(-48.0, 0.0));
            let id = egui::Id::unique(("card report", job.id));
            if small_button(ui, beside, id, icons::COPY_TEXT, name, palette).clicked() {
                actions.push(copy_report(job, failure, cx));
            }
        }
    }
    let row = Rect::from_min_max(pos2(inner.left(), buttons_top), inner.max);
    buttons(ui, row, job.id, |ui| {
        if blind && let Some(batch) = job.recipe.batch {
            if ui.add(button(rect, icons::GRID, cx.text.get("inspector-show-contest"))).clicked() {
                actions.push(Action::ShowBatch(batch));
            }
        } else if let CardState::Failed(failure) = &job.state {
            step_button(ui, rect, job, failure, cx, actions);
            if failure.kept.is_some() {
                if !matches!(failure.next_step(), NextStep::ReadAgain | NextStep::FetchAgain) {
                    let read = cx.text.get("card-read-again");
                    let icon = Button::icon(icons::OPEN, read.as_str()).kind(ButtonKind::Small);
                    if ui.add(icon).on_hover_text(read).clicked() {
                        actions.send(Command::Queue(QueueCommand::RereadResponse(job.id)));
                    }
                }
                let save = cx.text.get("card-save-response");
                let icon = Button::icon(icons::EXPORT, save.as_str()).kind(ButtonKind::Small);
                if ui.add(icon).on_hover_text(save).clicked() {
                    actions.send(Command::Responses(ResponseCommand::Save(job.id)));
                }
            }
        } else {
            edit_button(ui, rect, job, cx, actions);
        }
        let clicked = match &job.state {
            CardState::Failed(failure) if failure.kept.is_some() => retry_beside(ui, rect, job, cx),
            _ => ui.add(button(rect, icons::RETRY, cx.text.get("card-retry"))).clicked(),
        };
        if clicked {
            actions.send(Command::Queue(QueueCommand::Retry(job.id)));
        }
    });
}

/// The action that copies the report of a failed request.
pub fn copy_report(job: &RequestCard, failure: &Failure, cx: &ViewContext<'_>) -> Action {
    let profile = cx.known.profile(&job.recipe.profile);
    Action::CopyReport(cx.text.failure_report(failure, profile, &job.recipe.model))
}

/// Draws the button of the most helpful step.
fn step_button(
    ui: &mut Ui,
    rect: Rect,
    job: &RequestCard,
    failure: &Failure,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let (icon, key, action) = next_step(job, failure, cx);
    let name = name_of_step(key, cx);
    let mut response = ui.add(button(rect, icon, cx.text.get(key)).name(name.as_str()));
    if name != cx.text.get(key) {
        response = response.on_hover_text(name);
    }
    if response.clicked() {
        actions.push(action);
    }
}

fn edit_button(ui: &mut Ui, rect: Rect, job: &RequestCard, cx: &ViewContext<'_>, actions: &mut Actions) {
    if ui.add(button(rect, icons::PROMPT, cx.text.get("card-edit-prompt"))).clicked() {
        actions.push(Action::Reuse(Box::new(job.recipe.as_ref().clone())));
    }
}

/// A small button with a word, or only its icon if the card is narrow.
fn button(card: Rect, icon: &'static str, word: String) -> Button {
    if card.width() < NARROW { Button::icon(icon, word) } else { Button::new(word) }.kind(ButtonKind::Small)
}

/// Draws the button that pays again, beside those that are free: it shows its price, in its tooltip if the card is
/// narrow. Returns whether it was clicked.
fn retry_beside(ui: &mut Ui, card: Rect, job: &RequestCard, cx: &ViewContext<'_>) -> bool {
    let words = match job.estimate {
        Some(_) => cx.text.with("card-retry-price", [("price", price(job, cx.text).into())]),
        None => cx.text.get("card-retry"),
    };
    if card.width() < WIDE {
        let icon = Button::icon(icons::RETRY, words.as_str()).kind(ButtonKind::Small);
        return ui.add(icon).on_hover_text(words).clicked();
    }
    ui.add(Button::new(words).kind(ButtonKind::Small)).clicked()
}

/// Draws buttons in a row of a card.
fn buttons(ui: &mut Ui, row: Rect, id: RequestId, add: impl FnOnce(&mut Ui)) {
    let builder =
        UiBuilder::new().id_salt(("card buttons", id)).max_rect(row).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        add(ui);
    });
}

/// Draws the close button in a card's upper right corner.
fn corner_button(ui: &Ui, rect: Rect, id: RequestId, name: String, palette: &Palette) -> egui::Response {
    small_button(ui, rect, egui::Id::unique(("card corner", id)), icons::REMOVE, name, palette)
}

/// Draws an icon button in the upper right corner of a rectangle.
fn small_button(ui: &Ui, rect: Rect, id: egui::Id, icon: &str, name: String, palette: &Palette) -> egui::Response {
    let side = 22.0;
    let at = Rect::from_min_size(pos2(rect.right() - side - 5.0, rect.top() + 5.0), egui::Vec2::splat(side));
    let response = ui.interact(at, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let lit = response.hovered() || response.has_focus();
    let radius = CornerRadius::same(6);
    ui.painter().rect_filled(at, radius, if lit { palette.raised } else { palette.field.gamma_multiply(0.85) });
    let ink = if lit { palette.strong } else { palette.text };
    ui.painter().text(at.center(), egui::Align2::CENTER_CENTER, icon, fonts::icons(13.0), ink);
    if response.has_focus() {
        crate::ui::widgets::focus_ring(ui.painter(), at, radius, palette);
    }
    response.on_hover_text(name)
}

/// The first words of a prompt, for names.
pub fn start(prompt: &str) -> String {
    let line = prompt.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Lays out text in a maximum number of rows; the last one ends with an ellipsis if the text is longer.
fn paragraph(ui: &Ui, text: &str, font: FontId, color: Color32, width: f32, rows: usize) -> Arc<Galley> {
    let mut job = LayoutJob::simple(text.to_owned(), font, color, width);
    job.wrap.max_rows = rows;
    ui.painter().layout_job(job)
}

/// Schedules a repaint for the next second of one of these requests.
pub fn tick<'a>(ui: &Ui, requests: impl Iterator<Item = &'a RequestId>, cx: &ViewContext<'_>) {
    let jobs: Vec<&RequestCard> = requests.filter_map(|id| cx.known.job(*id)).collect();
    if let Some(tick) = next_tick(&jobs, Timestamp::now()) {
        ui.ctx().request_repaint_after(tick);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{ImageId, Recipe};

    fn job(n: u128, state: CardState) -> RequestCard {
        RequestCard::new(RequestId::from_uuid(uuid::Uuid::from_u128(n)), Arc::new(Recipe::default()), state)
    }

    fn image(n: u128) -> ImageId {
        ImageId::from_uuid(uuid::Uuid::from_u128(n))
    }

    /// The number of cards after the view has changed.
    fn after_view(cards: &mut RequestCards, known: &mut StudioState, ids: &[ImageId]) -> usize {
        let (total, view) = (ids.len(), crate::studio::View::default());
        let ids = ids.to_vec().into();
        let event = GalleryEvent::View(crate::studio::View { revision: 1, total, library_total: total, ids, ..view });
        known.fold_gallery(&event);
        cards.fold_gallery(&event, known);
        cards.shown(&known.requests).len()
    }

    /// The number of cards after a request has changed.
    fn after_change(cards: &mut RequestCards, known: &mut StudioState, job: RequestCard) -> usize {
        let event = QueueEvent::RequestChanged(job);
        known.fold_queue(&event);
        cards.fold_queue(&event, known);
        cards.shown(&known.requests).len()
    }

    #[test]
    fn a_done_card_goes_when_its_images_are_there_and_never_comes_back() {
        let (mut cards, mut known) = (RequestCards::default(), StudioState::default());
        assert_eq!(after_change(&mut cards, &mut known, job(1, CardState::Queued)), 1);
        let done = CardState::Done { images: vec![image(7)], took: Duration::from_secs(1) };
        assert_eq!(after_change(&mut cards, &mut known, job(1, done.clone())), 1);
        assert_eq!(after_view(&mut cards, &mut known, &[image(7)]), 0);
        assert_eq!(after_view(&mut cards, &mut known, &[]), 0, "its image was deleted");
        after_view(&mut cards, &mut known, &[image(8)]);
        let done = CardState::Done { images: vec![image(8)], took: Duration::from_secs(1) };
        assert_eq!(after_change(&mut cards, &mut known, job(2, done)), 0, "its image was there before it was done");
    }

    #[test]
    fn timer_repaints_only_while_a_request_runs() {
        let now = Timestamp::from_millisecond(10_400).unwrap();
        let waiting = job(1, CardState::Queued);
        assert_eq!(next_tick(&[&waiting], now), None);
        let running = job(2, CardState::Generating { since: Timestamp::from_millisecond(9_000).unwrap() });
        assert_eq!(next_tick(&[&waiting, &running], now), Some(Duration::from_millis(600)));
        let failure = Failure::new(crate::recipe::FailureKind::RateLimited);
        let again = |at| CardState::RetryScheduled {
            failure: failure.clone(),
            at: Timestamp::from_millisecond(at).unwrap(),
            attempts: 1,
            max_attempts: 4,
        };
        assert_eq!(next_tick(&[&job(3, again(12_700))], now), Some(Duration::from_millis(301)));
        assert_eq!(next_tick(&[&job(3, again(10_000))], now), None, "its time has come");
    }

    #[test]
    fn card_names_are_the_first_words_of_the_prompt() {
        assert_eq!(start("a\n  red  fox"), "a red fox");
        assert_eq!(start(&"細節".repeat(100)).chars().count(), 61);
    }
}
