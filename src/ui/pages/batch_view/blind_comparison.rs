//! Draws a blind comparison: the images of several models side by side without their names, a vote, and then the names
//! with the score of each model so far.

use egui::{
    Align, Align2, Color32, CornerRadius, Layout, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    Vec2, WidgetInfo, accesskit::Role, pos2, vec2,
};

use crate::{
    recipe::{BatchId, ImageId, Score, Vote, VoteChoice, scores},
    studio::{Ballot, CardState, Command, ComparisonCommand, QueueCommand, ThumbnailSize, View},
    ui::{
        actions::action::{Action, Actions},
        components::thumbnail,
        pages::gallery::{self, GalleryPage, focus_id},
        state::{selection::Selection, studio_state::StudioState, view_context::ViewContext},
        textures,
        theme::{self, Palette, fonts, icons, size},
        widgets::{Button, ButtonKind, focus_ring, row_label, section_label},
    },
};

use super::{
    candidates::{Candidate, MAX_CANDIDATES},
    grid::{close, frame},
    state::BatchView,
};

/// Space between the images.
const GAP: f32 = 16.0;

/// Space below an image for its name and its button.
const FOOT: f32 = 44.0;

/// Height of a row of the list of models.
const LINE: f32 = 24.0;

/// The letter of a candidate until its model is revealed.
fn letter(place: usize) -> String {
    char::from(b'A' + place.min(25) as u8).to_string()
}

/// Draws the bar, the images and, after the vote, the list of models.
pub(super) fn show(
    ui: &mut Ui,
    batch_view: &BatchView,
    (gallery, selection, view): (&mut GalleryPage, &mut Selection, &View),
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    ui.spacing_mut().item_spacing = Vec2::ZERO;
    let Some(batch) = batch_view.batch else { return };
    let vote = cx.known.votes.get(&batch);
    bar(ui, batch_view, vote, cx, actions);
    let area = ui.available_rect_before_wrap().shrink(size::EDGE);
    let ground = ui.interact(area, focus_id(), Sense::click());
    ground.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, cx.text.get("contest-title")));
    let standings = if vote.is_some() { standings(cx.known, batch_view) } else { Vec::new() };
    let below = if standings.is_empty() { 0.0 } else { (standings.len() as f32 + 1.0) * LINE + GAP };
    let below = below.min(area.height() / 3.0);
    let room = Rect::from_min_max(area.min, area.max - vec2(0.0, below));
    for (place, candidate) in batch_view.comparison.candidates.iter().enumerate() {
        let cell = cell(room, batch_view.comparison.candidates.len(), place);
        one(
            ui,
            cell,
            (place, candidate),
            (batch, vote, batch_view.comparison.can_vote()),
            (gallery, selection),
            cx,
            actions,
        );
    }
    if !standings.is_empty() {
        let rect = Rect::from_min_max(pos2(area.left(), area.bottom() - below + GAP), area.max);
        ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| scoreboard(ui, &standings, cx));
    }
    if !view.ids.is_empty() {
        gallery::want_rows(gallery, view, 0..view.ids.len().min(MAX_CANDIDATES * 4), actions);
    }
    let requests = batch_view.comparison.candidates.iter().filter_map(|candidate| candidate.request.as_ref());
    gallery::tick(ui, requests, cx);
}

/// The rectangle of a candidate: in one row for up to three, else in two rows.
fn cell(room: Rect, count: usize, place: usize) -> Rect {
    let rows = if count > 3 { 2 } else { 1 };
    let across = count.div_ceil(rows).max(1);
    let side = vec2(
        (room.width() - GAP * (across - 1) as f32) / across as f32,
        (room.height() - GAP * (rows - 1) as f32) / rows as f32,
    );
    let (row, column) = (place / across, place % across);
    Rect::from_min_size(room.min + vec2(column as f32 * (side.x + GAP), row as f32 * (side.y + GAP)), side)
}

fn bar(ui: &mut Ui, batch_view: &BatchView, vote: Option<&Vote>, cx: &ViewContext<'_>, actions: &mut Actions) {
    let text = cx.text;
    let palette = theme::palette(ui.visuals());
    frame(ui, |ui| {
        let title = RichText::new(text.get("contest-title")).font(fonts::semibold(size::TEXT_HEADING));
        ui.label(title.color(palette.strong));
        let words = RichText::new(hint(batch_view, vote, cx)).font(fonts::regular(size::TEXT)).color(palette.text);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            close(ui, batch_view, cx, actions);
            if vote.is_none()
                && let Some(batch) = batch_view.batch
            {
                let skip = Button::new(text.get("contest-skip")).kind(ButtonKind::Chip);
                if ui.add(skip).on_hover_text(text.get("contest-skip-tip")).clicked() {
                    actions.send(Command::Comparison(ComparisonCommand::Vote { batch, ballot: Ballot::Skip }));
                }
                let tie = Button::new(text.get("contest-tie")).kind(ButtonKind::Chip).cap("0");
                if ui.add(tie.enabled(batch_view.comparison.can_vote())).clicked() {
                    actions.send(Command::Comparison(ComparisonCommand::Vote { batch, ballot: Ballot::Tie }));
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| ui.add(egui::Label::new(words).truncate()));
        });
    });
}

/// What to do next, or the result of the vote.
fn hint(batch_view: &BatchView, vote: Option<&Vote>, cx: &ViewContext<'_>) -> String {
    let text = cx.text;
    let comparison = &batch_view.comparison;
    let (there, all) = (comparison.images(), comparison.candidates.len());
    match vote.map(|vote| &vote.choice) {
        Some(VoteChoice::Won(model)) => text.with("contest-won", [("model", model.as_str().into())]),
        Some(VoteChoice::Tied) => text.get("contest-tied"),
        Some(VoteChoice::Skipped) => text.get("contest-skipped"),
        None if comparison.can_vote() => text.with("contest-hint", [("last", all.into())]),
        None if there < 2 && comparison.candidates.iter().all(|one| one.image.is_some() || one.failed) => {
            text.get("contest-too-few")
        }
        None => text.with("contest-waiting", [("done", there.into()), ("all", all.into())]),
    }
}

/// Draws a candidate: its image or the state of its request, its letter or its model, and its button.
fn one(
    ui: &mut Ui,
    cell: Rect,
    (place, candidate): (usize, &Candidate),
    (batch, vote, can_vote): (BatchId, Option<&Vote>, bool),
    (gallery, selection): (&mut GalleryPage, &mut Selection),
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let model = candidate.image.as_ref().map(|member| member.model.as_str());
    let won = matches!(vote.map(|vote| &vote.choice), Some(VoteChoice::Won(winner)) if model == Some(winner.as_str()));
    let room = Rect::from_min_max(cell.min, cell.max - vec2(0.0, FOOT));
    let name = text.with("contest-picture", [("letter", letter(place).into())]);
    let shown = if let Some(member) = &candidate.image {
        let own = vec2(member.width.max(1) as f32, member.height.max(1) as f32);
        let rect = Rect::from_center_size(room.center(), textures::contain(own, room.size(), f32::INFINITY));
        image(ui, rect, member.image, &name, (gallery, selection), cx, actions);
        if won {
            let radius = CornerRadius::same(size::RADIUS_CARD + 3);
            ui.painter().rect_stroke(rect.expand(4.0), radius, Stroke::new(3.0, palette.accent), StrokeKind::Middle);
        }
        rect
    } else {
        let rect = Rect::from_center_size(room.center(), Vec2::splat(room.width().min(room.height()).min(320.0)));
        nothing_yet(ui, rect, candidate, &name, cx, actions);
        rect
    };
    badge(ui, shown, &letter(place));
    let foot = Rect::from_min_max(pos2(cell.left(), shown.bottom() + 8.0), pos2(cell.right(), shown.bottom() + FOOT));
    let builder = UiBuilder::new().max_rect(foot).layout(Layout::top_down(Align::Center)).id_salt(("contender", place));
    ui.scope_builder(builder, |ui| match (vote, model) {
        (Some(_), Some(model)) => {
            let mut words = RichText::new(model).font(fonts::semibold(size::TEXT)).color(palette.strong);
            if won {
                words = words.color(palette.accent_text);
            }
            ui.add(egui::Label::new(words).truncate());
        }
        (None, Some(_)) => {
            let label = text.with("contest-best", [("letter", letter(place).into())]);
            let button = Button::new(label).cap((place + 1).to_string()).enabled(can_vote);
            if ui.add(button).clicked()
                && let Some(member) = &candidate.image
            {
                actions
                    .send(Command::Comparison(ComparisonCommand::Vote { batch, ballot: Ballot::Best(member.image) }));
            }
        }
        (_, None) => {}
    });
}

pub(super) fn image(
    ui: &Ui,
    rect: Rect,
    image: ImageId,
    name: &str,
    (gallery, selection): (&mut GalleryPage, &mut Selection),
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let palette = theme::palette(ui.visuals());
    let response = ui.interact(rect, egui::Id::unique(("contest image", image)), Sense::click());
    thumbnail::option_info(ui, &response, name, selection.contains(image));
    thumbnail::draw_thumbnail(ui, rect, image, gallery.row(image), ThumbnailSize::Large, cx);
    if response.has_focus() {
        focus_ring(ui.painter(), rect, CornerRadius::same(size::RADIUS_CARD), palette);
    }
    if response.clicked() {
        selection.only(image);
    }
    // Space and Enter click a focused widget; with the pointer the first click only focuses it.
    let by_key = response.has_focus() && response.clicked() && !ui.input(|input| input.pointer.any_released());
    if response.double_clicked() || by_key {
        actions.push(Action::OpenImage(image));
    }
}

/// Draws a request without an image: its progress or its failure, without anything that names its model.
fn nothing_yet(
    ui: &mut Ui,
    rect: Rect,
    candidate: &Candidate,
    name: &str,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let radius = CornerRadius::same(size::RADIUS_CARD);
    ui.painter().rect(rect, radius, palette.field, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    let job = candidate.request.and_then(|id| cx.known.job(id));
    let (words, charge) = match job.map(|job| &job.state) {
        None => (text.get("contest-gone"), None),
        Some(CardState::Failed(failure)) => {
            let failure = text.failure(failure);
            (failure.title, Some(failure.charge))
        }
        Some(CardState::Cancelled { .. }) => (text.get("card-cancelled"), None),
        Some(CardState::Queued) => (text.get("card-waiting"), None),
        Some(_) => (text.get("card-generating"), None),
    };
    let inner = rect.shrink(GAP);
    let builder = UiBuilder::new().max_rect(inner).layout(Layout::top_down(Align::Center)).id_salt(("waiting", name));
    ui.scope_builder(builder, |ui| {
        ui.add_space((inner.height() / 2.0 - 40.0).max(0.0));
        ui.spacing_mut().item_spacing.y = size::GAP;
        let ink = if candidate.failed { palette.bad } else { palette.strong };
        ui.add(egui::Label::new(RichText::new(&words).font(fonts::semibold(size::TEXT)).color(ink)).wrap());
        if let Some(charge) = charge {
            let charge = RichText::new(charge).font(fonts::regular(size::TEXT_CHIP)).color(palette.text);
            ui.add(egui::Label::new(charge).wrap());
        }
        if let (true, Some(id)) = (candidate.failed, candidate.request) {
            let again = Button::new(text.get("card-retry")).kind(ButtonKind::Small);
            if ui.add(again.name(text.with("contest-again", [("which", name.into())]))).clicked() {
                actions.send(Command::Queue(QueueCommand::Retry(id)));
            }
        }
    });
}

/// Draws the letter at the image's upper left.
fn badge(ui: &Ui, image: Rect, letter: &str) {
    let rect = Rect::from_min_size(image.min + Vec2::splat(8.0), Vec2::splat(28.0));
    ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS_CHIP), Color32::from_black_alpha(0xaa));
    let font = fonts::semibold(size::TEXT_HEADING);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, letter, font, Color32::WHITE);
}

/// The scores of the models of this comparison over all comparisons, the best first.
fn standings(known: &StudioState, batch_view: &BatchView) -> Vec<(String, Score)> {
    let all = scores(known.votes.values());
    let mut found: Vec<(String, Score)> = Vec::new();
    for member in batch_view.comparison.candidates.iter().filter_map(|candidate| candidate.image.as_ref()) {
        if !found.iter().any(|(model, _)| *model == member.model) {
            found.push((member.model.clone(), all.get(&member.model).copied().unwrap_or_default()));
        }
    }
    sort(&mut found);
    found
}

/// Sorts by score, the best first; equal scores by the number of comparisons.
pub fn sort(found: &mut [(String, Score)]) {
    let key = |score: Score| (score.rate().unwrap_or_default(), score.seen);
    found.sort_by(|one, other| {
        key(other.1).partial_cmp(&key(one.1)).unwrap_or(std::cmp::Ordering::Equal).then_with(|| one.0.cmp(&other.0))
    });
}

/// "won 3 of 5 · 60 %"
pub fn score_words(score: Score, cx: &ViewContext<'_>) -> String {
    match score.rate() {
        None => cx.text.get("contest-never-seen"),
        Some(rate) => cx.text.with(
            "contest-score",
            [
                ("won", score.won.into()),
                ("seen", score.seen.into()),
                ("percent", ((rate * 100.0).round() as usize).into()),
            ],
        ),
    }
}

fn scoreboard(ui: &mut Ui, standings: &[(String, Score)], cx: &ViewContext<'_>) {
    let palette: &Palette = theme::palette(ui.visuals());
    section_label(ui, &cx.text.get("contest-standings"), |_| {});
    ScrollArea::vertical().id_salt("standings").auto_shrink(false).show(ui, |ui| {
        for (model, score) in standings {
            ui.horizontal(|ui| {
                ui.set_height(LINE);
                ui.spacing_mut().item_spacing.x = size::GAP;
                ui.label(RichText::new(icons::STAR).font(fonts::icons(size::TEXT)).color(palette.faint));
                row_label(ui, model, 280.0);
                let words = RichText::new(score_words(*score, cx)).font(fonts::regular(size::TEXT));
                ui.label(words.color(palette.text));
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_stand_in_one_row_or_in_two() {
        let room = Rect::from_min_size(pos2(0.0, 0.0), vec2(1000.0, 600.0));
        assert_eq!(cell(room, 3, 2).top(), 0.0);
        assert_eq!(cell(room, 4, 1).top(), 0.0);
        assert_eq!(cell(room, 4, 2).left(), 0.0);
        for count in 2..=MAX_CANDIDATES {
            let cells: Vec<Rect> = (0..count).map(|place| cell(room, count, place)).collect();
            for (at, one) in cells.iter().enumerate() {
                assert!(room.expand(0.01).contains_rect(*one));
                assert!(cells[at + 1..].iter().all(|other| !one.shrink(1.0).intersects(*other)));
            }
        }
    }

    #[test]
    fn best_model_is_listed_first() {
        let score = |won, seen| Score { won, seen };
        let mut found =
            vec![("a".to_owned(), score(1, 4)), ("b".to_owned(), score(0, 0)), ("c".to_owned(), score(3, 4))];
        sort(&mut found);
        assert_eq!(found.iter().map(|(model, _)| model.as_str()).collect::<Vec<_>>(), ["c", "a", "b"]);
    }
}
