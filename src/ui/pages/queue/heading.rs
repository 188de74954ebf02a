//! The heading of a batch: its progress, its cost, and what can be done with all of it.

use egui::{
    Align, CornerRadius, Layout, Rect, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, accesskit::Role, pos2,
};

use crate::{
    recipe::Recipe,
    studio::{Command, QueueCommand},
    ui::{
        actions::action::Actions,
        state::view_context::ViewContext,
        theme::{self, fonts, icons, size},
        widgets::{Button, ButtonKind, focus_ring},
    },
};

use super::{dialogs::confirmation::QueueQuestion, labels, row::one_line, rows_model::QueueGroup};

/// Space for the buttons.
const BUTTONS: f32 = 360.0;
/// Width and height of the progress bar.
const RAIL: f32 = 120.0;

/// What a heading asks the page to do.
#[derive(Clone, Debug, PartialEq)]
pub enum HeadingAction {
    /// Show or hide its requests.
    Fold,
    /// Move its requests to the front.
    First,
    /// Ask for a confirmation.
    Ask(QueueQuestion),
}

/// The id of a batch's heading.
pub fn id(group: &QueueGroup) -> egui::Id {
    egui::Id::unique(("queue heading", group.key))
}

/// Draws a heading into a rectangle.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    group: &QueueGroup,
    first: &Recipe,
    cursor: bool,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) -> Option<HeadingAction> {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let label = labels::label(group, first, text);
    let (progress, money) = labels::sums(&group.sums, text);
    let response = ui.interact(rect, id(group), Sense::click());
    let spoken = [label.as_str(), progress.as_str(), money.as_str()].join(". ");
    response.widget_info(|| WidgetInfo::labeled(Role::TreeItem, true, &spoken));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_level(1);
        node.set_expanded(group.open);
    });
    let radius = CornerRadius::same(size::RADIUS);
    let line = if response.hovered() { palette.faint } else { palette.edge };
    ui.painter().rect(rect, radius, palette.field, Stroke::new(1.0, line), StrokeKind::Inside);
    if cursor || response.has_focus() {
        focus_ring(ui.painter(), rect.shrink(2.0), radius, palette);
    }
    let middle = rect.center().y;
    let arrow = if group.open { icons::DOWN } else { icons::RIGHT };
    let at = pos2(rect.left() + 18.0, middle);
    ui.painter().text(at, egui::Align2::CENTER_CENTER, arrow, fonts::icons(14.0), palette.text);
    let buttons = Rect::from_min_max(pos2(rect.right() - 8.0 - BUTTONS, rect.top()), rect.max - egui::vec2(8.0, 0.0));
    let left = rect.left() + 34.0;
    let facts =
        one_line(ui, &text.join_facts(&facts(&progress, &money)), fonts::regular(size::TEXT_CHIP), palette.text, 420.0);
    let right = buttons.left() - 12.0;
    let rail = Rect::from_min_size(pos2(right - RAIL, middle - 2.0), egui::vec2(RAIL, size::RAIL));
    let facts_left = rail.left() - 12.0 - facts.size().x;
    let width = (facts_left - 16.0 - left).max(40.0);
    let title = one_line(ui, &label, fonts::semibold(size::TEXT), palette.strong, width);
    ui.painter().galley(pos2(left, middle - title.size().y / 2.0), title, palette.strong);
    ui.painter().galley(pos2(facts_left, middle - facts.size().y / 2.0), facts, palette.text);
    ui.painter().rect_filled(rail, 2.0, palette.line);
    let share = |count: usize| count as f32 / group.sums.total.max(1) as f32;
    let done = rail.with_max_x(rail.left() + rail.width() * share(group.sums.done));
    let failed = done.with_min_x(done.right()).with_max_x(done.right() + rail.width() * share(group.sums.failed));
    ui.painter().rect_filled(done, 2.0, palette.accent);
    ui.painter().rect_filled(failed, 2.0, palette.bad);
    let mut asked = None;
    let builder = UiBuilder::new()
        .id_salt(("queue heading buttons", group.key))
        .max_rect(buttons)
        .layout(Layout::right_to_left(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        asked = tools(ui, group, &label, cx, actions);
    });
    if response.clicked() {
        asked = asked.or(Some(HeadingAction::Fold));
    }
    asked
}

fn facts(progress: &str, money: &str) -> Vec<String> {
    [progress, money].into_iter().filter(|words| !words.is_empty()).map(str::to_owned).collect()
}

/// Draws the buttons from right to left.
fn tools(
    ui: &mut Ui,
    group: &QueueGroup,
    label: &str,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) -> Option<HeadingAction> {
    let text = cx.text;
    let called = |key: &str| text.with(key, [("prompt", label.into())]);
    let small = |ui: &mut Ui, key: &str, name: &str| {
        ui.add(Button::new(text.get(key)).kind(ButtonKind::Small).name(called(name))).clicked()
    };
    let mut asked = None;
    if !group.waiting.is_empty() {
        if small(ui, "queue-cancel-rest", "queue-cancel-rest-of") {
            asked = Some(HeadingAction::Ask(QueueQuestion::Cancel(group.waiting.clone())));
        }
        let first = called("queue-first");
        if ui.add(Button::icon(icons::TO_TOP, first.as_str())).on_hover_text(first).clicked() {
            asked = Some(HeadingAction::First);
        }
        let held = group.sums.held == group.waiting.len();
        let (icon, name) = if held { (icons::PLAY, "queue-resume") } else { (icons::PAUSE, "queue-hold") };
        let words = called(name);
        if ui.add(Button::icon(icon, words.as_str())).on_hover_text(words).clicked() {
            actions.send(Command::Queue(QueueCommand::Hold { requests: group.waiting.clone(), on_hold: !held }));
        }
    }
    if !group.failed.is_empty() && small(ui, "queue-retry-failed", "queue-retry-failed-of") {
        let (requests, maybe) = (group.failed.clone(), group.sums.maybe_charged);
        if maybe == 0 {
            actions.send(Command::Queue(QueueCommand::RetryMany(requests)));
        } else {
            asked = Some(HeadingAction::Ask(QueueQuestion::Retry { requests, maybe }));
        }
    }
    if group.waiting.is_empty() && group.sums.running == 0 && !group.ended.is_empty() {
        let words = called("queue-dismiss-of");
        if ui.add(Button::icon(icons::REMOVE, words.as_str())).on_hover_text(words).clicked() {
            for id in &group.ended {
                actions.send(Command::Queue(QueueCommand::Dismiss(*id)));
            }
        }
    }
    asked
}
