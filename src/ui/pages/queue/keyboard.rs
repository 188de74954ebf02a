//! Keys of the list: arrows move the cursor, with Alt they move the selected requests, Space holds, Delete cancels.

use egui::{EventFilter, Key, Modifiers, Sense, Ui, WidgetInfo, accesskit::Role};

use crate::{
    studio::{CardState, Command, QueueCommand},
    ui::{actions::action::Actions, state::view_context::ViewContext},
};

use super::{
    dialogs::confirmation::QueueQuestion,
    focus::{self, focus_id},
    rows_model::QueueRow,
    state::{CursorTarget, QueuePage},
};

/// Handles the keys of the list.
pub(super) fn take(ui: &Ui, page: &mut QueuePage, cx: &ViewContext<'_>, actions: &mut Actions) {
    let area = ui.available_rect_before_wrap();
    let response = ui.interact(focus::corner(area), focus_id(), Sense::focusable_noninteractive());
    response.widget_info(|| WidgetInfo::labeled(Role::Tree, true, cx.text.get("tab-queue")));
    // The list takes the focus if no other widget has it.
    if ui.memory(|memory| memory.focused().is_none() && memory.top_modal_layer().is_none()) {
        response.request_focus();
    }
    if !response.has_focus() || egui::Popup::is_any_open(ui.ctx()) {
        return;
    }
    let filter = EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(focus_id(), filter));
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    for (key, up) in [(Key::ArrowUp, true), (Key::ArrowDown, false)] {
        if pressed(Modifiers::ALT, key)
            && let Some(CursorTarget::Job(id)) = page.cursor
        {
            page.step_jobs(id, up, cx, actions);
        }
    }
    if pressed(Modifiers::COMMAND, Key::A) {
        page.selected = page.lines.shown().collect();
    }
    if pressed(Modifiers::NONE, Key::Escape) {
        page.selected.clear();
    }
    let far = QueuePage::lines_in(area.height()) as isize;
    let end = isize::try_from(page.lines.len()).unwrap_or(isize::MAX);
    for (key, by) in [
        (Key::ArrowUp, -1),
        (Key::ArrowDown, 1),
        (Key::PageUp, -far),
        (Key::PageDown, far),
        (Key::Home, -end),
        (Key::End, end),
    ] {
        let range = pressed(Modifiers::SHIFT, key);
        if range || pressed(Modifiers::NONE, key) {
            move_cursor(page, by, range);
        }
    }
    match page.cursor {
        Some(CursorTarget::Heading(_)) => {
            let toggled = pressed(Modifiers::NONE, Key::Enter) || pressed(Modifiers::NONE, Key::Space);
            let (left, right) = (pressed(Modifiers::NONE, Key::ArrowLeft), pressed(Modifiers::NONE, Key::ArrowRight));
            fold(page, toggled, left, right);
        }
        Some(CursorTarget::Job(id)) => on_job(page, id, &pressed, cx, actions),
        None => {}
    }
}

fn on_job(
    page: &mut QueuePage,
    id: crate::recipe::RequestId,
    pressed: &dyn Fn(Modifiers, Key) -> bool,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let Some(job) = cx.known.requests.get(id) else { return };
    if pressed(Modifiers::NONE, Key::Space) {
        let requests = QueuePage::waiting_of(page.targets(id), cx);
        if !requests.is_empty() {
            actions.send(Command::Queue(QueueCommand::Hold { requests, on_hold: !job.on_hold }));
        }
    }
    if pressed(Modifiers::NONE, Key::Enter) {
        page.edit(id, cx);
    }
    if pressed(Modifiers::NONE, Key::Delete) || pressed(Modifiers::NONE, Key::Backspace) {
        let targets = page.targets(id);
        let waiting = QueuePage::waiting_of(targets.clone(), cx);
        if waiting.len() > 1 {
            page.question = Some(QueueQuestion::Cancel(waiting));
        } else if job.state == CardState::Queued {
            actions.send(Command::Queue(QueueCommand::Cancel(id)));
        } else {
            let ended =
                |id: &crate::recipe::RequestId| cx.known.requests.get(*id).is_some_and(|job| job.state.has_ended());
            for id in targets.into_iter().filter(ended) {
                actions.send(Command::Queue(QueueCommand::Dismiss(id)));
            }
        }
    }
}

fn fold(page: &mut QueuePage, toggled: bool, left: bool, right: bool) {
    let group = page.cursor_place().and_then(|index| page.lines.get(index)).cloned();
    if let Some(QueueRow::Heading(group)) = group
        && (toggled || (left && group.open) || (right && !group.open))
    {
        page.arrangement.fold(&group);
        page.made = None;
    }
}

fn move_cursor(page: &mut QueuePage, by: isize, range: bool) {
    let last = page.lines.len().saturating_sub(1);
    let to = match page.cursor_place() {
        Some(at) => at.saturating_add_signed(by).min(last),
        // The first step moves to the first row.
        None => usize::try_from(by - 1).unwrap_or(0).min(last),
    };
    match page.lines.get(to) {
        Some(QueueRow::Heading(group)) => page.cursor = Some(CursorTarget::Heading(group.key)),
        Some(QueueRow::Job { id, .. }) => {
            let id = *id;
            page.select(id, range, false);
        }
        None => {}
    }
    page.reveal = true;
}
