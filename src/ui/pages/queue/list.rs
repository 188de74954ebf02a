//! Draws the visible rows, and handles what is done to them and dragged among them.

use egui::{CursorIcon, Rect, ScrollArea, Ui, scroll_area::ScrollBarVisibility, vec2};

use crate::{
    recipe::RequestId,
    studio::{CardState, QueuePosition},
    ui::{actions::action::Actions, pages::gallery::GalleryPage, state::view_context::ViewContext},
};

use super::{
    dialogs::{edit_dialog::EditDialog, schedule_dialog::ScheduleDialog},
    focus, heading, keyboard, row,
    rows_model::{JOB, QueueRow},
    state::{CursorTarget, QueuePage},
};

/// Distance from the edge at which a drag scrolls the list, in points, and the scroll speed per frame.
const EDGE: f32 = 36.0;

const SPEED: f32 = 9.0;

/// What was done to a row in this frame.
enum ListAction {
    Heading(usize, heading::HeadingAction),
    Job(RequestId, row::RowAction),
}

/// Draws the list over the rest of the page.
pub(super) fn show(
    ui: &mut Ui,
    page: &mut QueuePage,
    gallery: &mut GalleryPage,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    keyboard::take(ui, page, cx, actions);
    let area = ui.available_rect_before_wrap();
    let reveal = std::mem::take(&mut page.reveal).then(|| page.cursor_place()).flatten();
    let several = page.several();
    let mut done = None;
    let mut spot = None;
    // The list has the keyboard focus, and a screen reader reads the row at its cursor.
    let mut descendant = None;
    let scroll = ScrollArea::vertical()
        .id_salt("queue")
        .auto_shrink([false, false])
        .scroll_bar_visibility(ScrollBarVisibility::VisibleWhenNeeded);
    scroll.show_viewport(ui, |ui, seen| {
        ui.set_height(page.lines.height());
        let width = ui.available_width();
        let origin = ui.max_rect().min;
        let place = |page: &QueuePage, index: usize| {
            let (top, bottom) = page.lines.span(index);
            Rect::from_min_max(origin + vec2(0.0, top), origin + vec2(width, bottom))
        };
        if let Some(index) = reveal {
            ui.scroll_to_rect(place(page, index).expand(super::rows_model::GAP), None);
        }
        for index in page.lines.between(seen.top(), seen.bottom()) {
            let rect = place(page, index);
            match page.lines.get(index) {
                Some(QueueRow::Heading(group)) => {
                    let Some(first) = cx.known.requests.get(group.first) else { continue };
                    let cursor = page.cursor == Some(CursorTarget::Heading(group.key)) && focus::has_keyboard(ui);
                    if cursor {
                        descendant = Some(heading::id(group));
                    }
                    if let Some(asked) = heading::show(ui, rect, group, &first.recipe, cursor, cx, actions) {
                        done = Some(ListAction::Heading(index, asked));
                    }
                }
                Some(QueueRow::Job { id, below }) => {
                    let Some(job) = cx.known.requests.get(*id) else { continue };
                    let selected = page.selected.contains(id);
                    let targets = several.as_deref().filter(|_| selected).unwrap_or_else(|| std::slice::from_ref(id));
                    let standing = row::RowPlace {
                        below: *below,
                        selected,
                        cursor: page.cursor == Some(CursorTarget::Job(*id)) && focus::has_keyboard(ui),
                    };
                    if standing.cursor {
                        descendant = Some(row::id(*id));
                    }
                    let asked = row::show(ui, rect, job, standing, targets, &page.lines, gallery, cx, actions);
                    if let Some(asked) = asked {
                        done = Some(ListAction::Job(*id, asked));
                    }
                    if !page.carried.is_empty() && job.state == CardState::Queued && !page.carried.contains(id) {
                        let pointer = ui.input(|input| input.pointer.interact_pos());
                        if let Some(pointer) = pointer.filter(|pointer| rect.contains(*pointer)) {
                            let here = row::spot(rect, pointer, *id);
                            row::draw_spot(ui, rect, here);
                            spot = Some(here);
                        }
                    }
                }
                None => {}
            }
        }
        carry(ui, page, area);
    });
    if let Some(row) = descendant {
        ui.ctx().accesskit_node_builder(focus::focus_id(), |node| node.set_active_descendant(row.accesskit_id()));
    }
    tick(ui, cx);
    match done {
        Some(ListAction::Heading(index, asked)) => page.heading_asked(index, asked, cx, actions),
        Some(ListAction::Job(id, asked)) => page.job_asked(ui, id, asked, cx, actions),
        None => {}
    }
    if !page.carried.is_empty() && ui.input(|input| input.pointer.any_released()) {
        let carried = std::mem::take(&mut page.carried);
        if let Some(spot) = spot {
            page.put_beside(carried, spot, cx, actions);
        }
    }
}

/// Shows the number of dragged requests, and scrolls when they are dragged to the list's edge.
fn carry(ui: &Ui, page: &mut QueuePage, area: Rect) {
    if page.carried.is_empty() {
        return;
    }
    if ui.input(|input| input.key_pressed(egui::Key::Escape)) {
        page.carried.clear();
        return;
    }
    ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    let Some(pointer) = ui.input(|input| input.pointer.interact_pos()) else { return };
    let towards = if pointer.y < area.top() + EDGE {
        SPEED
    } else if pointer.y > area.bottom() - EDGE {
        -SPEED
    } else {
        return;
    };
    ui.scroll_with_delta(vec2(0.0, towards));
    ui.ctx().request_repaint();
}

/// Schedules a repaint every second while a row shows an elapsed time.
fn tick(ui: &Ui, cx: &ViewContext<'_>) {
    if cx.known.requests.running() > 0 {
        ui.ctx().request_repaint_after(std::time::Duration::from_secs(1));
    }
}

impl QueuePage {
    pub(super) fn heading_asked(
        &mut self,
        index: usize,
        asked: heading::HeadingAction,
        cx: &ViewContext<'_>,
        actions: &mut Actions,
    ) {
        let Some(QueueRow::Heading(group)) = self.lines.get(index).cloned() else { return };
        self.cursor = Some(CursorTarget::Heading(group.key));
        match asked {
            heading::HeadingAction::Fold => {
                self.arrangement.fold(&group);
                self.made = None;
            }
            heading::HeadingAction::First => {
                self.arrangement.put_first([group.key]);
                self.put_first(group.waiting, cx, actions);
            }
            heading::HeadingAction::Ask(question) => self.question = Some(question),
        }
    }

    pub(super) fn job_asked(
        &mut self,
        ui: &Ui,
        id: RequestId,
        asked: row::RowAction,
        cx: &ViewContext<'_>,
        actions: &mut Actions,
    ) {
        match asked {
            row::RowAction::Select => {
                let modifiers = ui.input(|input| input.modifiers);
                self.select(id, modifiers.shift, modifiers.command);
                ui.memory_mut(|memory| memory.request_focus(focus::focus_id()));
            }
            row::RowAction::TakeUp => self.carried = Self::waiting_of(self.targets(id), cx),
            row::RowAction::First(requests) => {
                let requests = Self::waiting_of(requests, cx);
                self.put_first(requests, cx, actions);
            }
            row::RowAction::Step { up } => self.step_jobs(id, up, cx, actions),
            row::RowAction::Later(requests) => self.later = Some(ScheduleDialog::new(requests)),
            row::RowAction::Edit => self.edit(id, cx),
        }
    }

    /// The queued ones of some requests.
    pub(super) fn waiting_of(requests: Vec<RequestId>, cx: &ViewContext<'_>) -> Vec<RequestId> {
        let waits = |id: &RequestId| cx.known.requests.get(*id).is_some_and(|job| job.state == CardState::Queued);
        requests.into_iter().filter(waits).collect()
    }

    /// Opens the dialog that edits a queued request.
    pub(super) fn edit(&mut self, id: RequestId, cx: &ViewContext<'_>) {
        self.editing = cx.known.requests.get(id).filter(|job| job.state == CardState::Queued).map(EditDialog::of);
    }

    /// Selects a request: alone, as the end of a range, or in addition.
    pub(super) fn select(&mut self, id: RequestId, range: bool, more: bool) {
        let from = self.anchor.and_then(|anchor| self.lines.place(anchor)).filter(|_| range);
        match (from, self.lines.place(id)) {
            (Some(from), Some(to)) => {
                if !more {
                    self.selected.clear();
                }
                for index in from.min(to)..=from.max(to) {
                    if let Some(QueueRow::Job { id, .. }) = self.lines.get(index) {
                        self.selected.insert(*id);
                    }
                }
            }
            _ if more => {
                if !self.selected.remove(&id) {
                    self.selected.insert(id);
                }
                self.anchor = Some(id);
            }
            _ => {
                self.selected = [id].into();
                self.anchor = Some(id);
            }
        }
        self.cursor = Some(CursorTarget::Job(id));
    }

    /// Moves a request, or all selected ones, past the next queued one.
    pub(super) fn step_jobs(&mut self, id: RequestId, up: bool, cx: &ViewContext<'_>, actions: &mut Actions) {
        let moving = Self::waiting_of(self.targets(id), cx);
        let (Some(first), Some(last)) = (moving.first(), moving.last()) else { return };
        let waits = |id: &RequestId| {
            !moving.contains(id) && cx.known.requests.get(*id).is_some_and(|job| job.state == CardState::Queued)
        };
        let shown: Vec<RequestId> = self.lines.shown().collect();
        let place = |id: RequestId| shown.iter().position(|known| *known == id);
        let to = if up {
            place(*first).and_then(|at| shown[..at].iter().rev().copied().find(waits)).map(QueuePosition::Before)
        } else {
            place(*last).and_then(|at| shown[at + 1..].iter().copied().find(waits)).map(QueuePosition::After)
        };
        if let Some(to) = to {
            self.put_beside(moving, to, cx, actions);
            self.reveal = true;
        }
    }

    /// The position of the cursor's row.
    pub(super) fn cursor_place(&self) -> Option<usize> {
        match self.cursor? {
            CursorTarget::Job(id) => self.lines.place(id),
            CursorTarget::Heading(key) => (0..self.lines.len())
                .find(|index| matches!(self.lines.get(*index), Some(QueueRow::Heading(group)) if group.key == key)),
        }
    }

    /// The number of rows on a page of the list.
    pub(super) fn lines_in(height: f32) -> usize {
        (height / JOB).floor().max(1.0) as usize
    }
}
