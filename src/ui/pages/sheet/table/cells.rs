//! Draws the table: its head, the visible rows, and what the pointer does among them. The numbers and states of rows
//! are pinned at the left.

use std::sync::Arc;

use egui::{
    Align2, Color32, CornerRadius, CursorIcon, EventFilter, Id, Pos2, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, Vec2, WidgetInfo, accesskit::Role, containers::scroll_area::ScrollSource, pos2, text::LayoutJob, vec2,
};

use crate::{
    prompt::sheet::{Column, SheetField},
    recipe::{ImageId, SheetRow, replace_invisible_in_name},
    studio::ThumbnailSize,
    ui::{
        accessibility,
        actions::action::{Action, Actions},
        components::thumbnail,
        pages::sheet::{
            focus::focus_id,
            model::{cell_edit::CellEdit, cell_range::CellRange, open_sheet::OpenSheet, results::RowState},
        },
        state::view_context::ViewContext,
        theme::{self, Palette, fonts, size},
        widgets::field::name,
    },
};

use super::{cell_editor, column};

/// Height of a row and of the head, in points.
const ROW: f32 = 44.0;

const HEAD: f32 = 32.0;

/// Width of a row's number and of its state.
const NUMBER: f32 = 48.0;

const STATE: f32 = 212.0;

/// Width of the pinned columns, which do not scroll sideways.
const PINNED: f32 = NUMBER + STATE;

/// Side of an image in a row, and how many are shown.
const IMAGE: f32 = 36.0;

const SHOWN: usize = 2;

/// Minimum width of a column.
const NARROWEST: f32 = 56.0;

/// Width of the area for the button that adds a column.
const ADD: f32 = 44.0;

/// Maximum number of characters of a cell that are laid out.
const LAID_OUT: usize = 240;

/// The edges of the columns, relative to the left edge of the first.
struct Edges(Vec<f32>);

impl Edges {
    fn of(open: &OpenSheet) -> Self {
        let mut x = 0.0;
        let mut edges = vec![x];
        for (name, column) in open.document.sheet().columns.iter().zip(open.read.headings.columns()) {
            x += open.widths.get(name).copied().unwrap_or_else(|| usual_width(column));
            edges.push(x);
        }
        Self(edges)
    }

    fn total(&self) -> f32 {
        self.0.last().copied().unwrap_or_default()
    }

    /// The columns between two positions.
    fn between(&self, from: f32, to: f32) -> std::ops::Range<usize> {
        let count = self.0.len() - 1;
        let first = (0..count).find(|column| self.0[column + 1] > from).unwrap_or(count);
        let end = (first..count).find(|column| self.0[*column] >= to).unwrap_or(count);
        first..end
    }

    fn at(&self, x: f32) -> Option<usize> {
        (0..self.0.len() - 1).find(|column| (self.0[*column]..self.0[column + 1]).contains(&x))
    }
}

fn usual_width(column: &Column) -> f32 {
    match column {
        Column::Prompt => 360.0,
        Column::Field(SheetField::Negative | SheetField::References) => 200.0,
        Column::Field(SheetField::Model) => 180.0,
        Column::Field(SheetField::Styles) => 140.0,
        Column::Field(_) => 104.0,
        Column::Variable(_) | Column::Unused => 160.0,
    }
}

/// The rectangles of the parts in this frame.
struct CellPlaces {
    whole: Rect,
    /// The cells that scroll both ways.
    cells: Rect,
    edges: Edges,
    offset: Vec2,
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
}

impl CellPlaces {
    fn top(&self, row: usize) -> f32 {
        self.cells.top() + row as f32 * ROW - self.offset.y
    }

    fn cell(&self, row: usize, column: usize) -> Rect {
        let x = self.cells.left() - self.offset.x;
        let (left, right) = (x + self.edges.0[column], x + self.edges.0[column + 1]);
        Rect::from_min_max(pos2(left, self.top(row)), pos2(right, self.top(row) + ROW))
    }

    /// The row and the column at a point; no column over a row's number and state.
    fn hit(&self, at: Pos2, shown: usize) -> Option<(usize, Option<usize>)> {
        let row = ((at.y - self.cells.top() + self.offset.y) / ROW).floor();
        let row = (at.y >= self.cells.top() && row >= 0.0 && (row as usize) < shown).then_some(row as usize)?;
        let column = (at.x >= self.cells.left()).then(|| self.edges.at(at.x - self.cells.left() + self.offset.x));
        column.is_none_or(|column| column.is_some()).then(|| (row, column.flatten()))
    }
}

/// Draws the table over the available space.
pub(in crate::ui::pages::sheet) fn show(
    ui: &mut Ui,
    open: &mut OpenSheet,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let palette = theme::palette(ui.visuals());
    let whole = ui.available_rect_before_wrap();
    ui.painter().rect_filled(whole, 0.0, palette.ground);
    ui.painter().hline(whole.x_range(), whole.top(), Stroke::new(1.0, palette.line));
    let cells = Rect::from_min_max(whole.min + vec2(PINNED, HEAD), whole.max);
    open.page = ((cells.height() / ROW).floor() as usize).max(1);
    let ground = ground(ui, Rect::from_min_max(pos2(whole.left(), cells.top()), whole.max), open, cx);
    let places = scroll(ui, whole, cells, open);
    pointer(ui, &ground, &places, open);
    draw_cells(ui, &places, open, cx);
    draw_rows(ui, &places, open, cx, actions);
    head(ui, &places, open, cx);
    let (row, column) = open.range.to;
    if column < open.document.width() {
        let id = cell_id(row, column);
        if places.rows.contains(&row) && places.columns.contains(&column) {
            ui.ctx().accesskit_node_builder(ground.id, |node| node.set_active_descendant(id.accesskit_id()));
        }
    }
    if let Some((row, column)) = open.editing.as_ref().map(|editing| (editing.row, editing.column)) {
        let words = place_words(open, row, column, cx);
        cell_editor::show(ui, open, places.cell(row, column), places.whole, &words);
    }
    if std::mem::take(&mut open.focus) && open.editing.is_none() {
        ground.request_focus();
    }
    column::menu_of_cells(&ground, open, cx, actions);
}

/// The area behind the cells: one stop for the keyboard.
fn ground(ui: &Ui, rect: Rect, open: &OpenSheet, cx: &ViewContext<'_>) -> egui::Response {
    let ground = ui.interact(rect, focus_id(), Sense::click_and_drag());
    let label = cx.text.with("sheet-table", [("name", open.document.sheet().head.name.as_str().into())]);
    ground.widget_info(|| WidgetInfo::labeled(Role::Grid, true, &label));
    accessibility::keep_tab(ui.ctx(), focus_id());
    if ground.has_focus() {
        let keys = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: true };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(focus_id(), keys));
    }
    ground
}

/// Scrolls, and determines the visible part.
fn scroll(ui: &mut Ui, whole: Rect, cells: Rect, open: &mut OpenSheet) -> CellPlaces {
    let edges = Edges::of(open);
    let size = vec2(edges.total() + ADD, open.shown() as f32 * ROW + ROW);
    let mut area = ScrollArea::both()
        .id_salt("sheet")
        .auto_shrink([false, false])
        .scroll_source(ScrollSource { drag: ScrollSource::NONE.drag, ..ScrollSource::ALL });
    if std::mem::take(&mut open.reveal) && open.range.to.1 + 1 < edges.0.len() {
        let (row, column) = open.range.to;
        let nearest = |from: f32, to: f32, now: f32, room: f32| {
            if from < now {
                from
            } else if to > now + room {
                to - room
            } else {
                now
            }
        };
        let (top, left) = (row as f32 * ROW, edges.0[column]);
        // The scroll bar must not cover the cell.
        let room = cells.size() - vec2(12.0, 12.0);
        let y = nearest(top, top + ROW, open.offset.y, room.y);
        let x = nearest(left, edges.0[column + 1].min(left + room.x), open.offset.x, room.x);
        area = area.scroll_offset(vec2(x.max(0.0), y.max(0.0)));
    }
    let output = ui
        .scope_builder(UiBuilder::new().max_rect(cells), |ui| {
            area.show_viewport(ui, |ui, _| {
                ui.set_min_size(size);
            })
        })
        .inner;
    open.offset = output.state.clamped_offset();
    let first = (open.offset.y / ROW).floor() as usize;
    let last = ((open.offset.y + cells.height()) / ROW).ceil() as usize;
    let columns = edges.between(open.offset.x, open.offset.x + cells.width());
    CellPlaces { whole, cells, edges, offset: open.offset, rows: first..last.min(open.shown()), columns }
}

/// Selects cells with the pointer.
fn pointer(ui: &Ui, ground: &egui::Response, places: &CellPlaces, open: &mut OpenSheet) {
    let (pressed, down, second, at, extend) = ui.input(|input| {
        let pointer = &input.pointer;
        let second = pointer.button_pressed(egui::PointerButton::Secondary);
        (pointer.primary_pressed(), pointer.primary_down(), second, pointer.interact_pos(), input.modifiers.shift)
    });
    let Some(at) = at else { return };
    let hit = places.hit(at, open.shown());
    let last = open.document.width().saturating_sub(1);
    if (pressed || second) && ground.contains_pointer() {
        ground.request_focus();
        match hit {
            Some((row, Some(column))) if second && open.range.holds(row, column) => {}
            Some((row, None)) if second && open.range.rows(usize::MAX).contains(&row) => {}
            Some((row, Some(column))) => open.range.go(row, column, extend),
            Some((row, None)) => {
                let from = if extend { open.range.from.0 } else { row };
                open.range = CellRange { from: (from, last), to: (row, 0) };
            }
            None => {}
        }
    } else if down && ground.dragged() && open.editing.is_none() {
        let inside = places.cells.shrink(1.0).clamp(at);
        match places.hit(inside, open.shown()) {
            Some((row, _)) if open.range.from.1 == last && open.range.to.1 == 0 && last > 0 => open.range.to.0 = row,
            Some((row, Some(column))) => open.range.to = (row, column),
            _ => {}
        }
    }
    if ground.double_clicked()
        && let Some((row, Some(column))) = hit
    {
        open.editing = Some(CellEdit::new(row, column, open.document.cell(row, column).to_owned()));
    }
}

fn cell_id(row: usize, column: usize) -> Id {
    Id::unique(("sheet cell", row, column))
}

/// "Row 3, prompt"
fn place_words(open: &OpenSheet, row: usize, column: usize, cx: &ViewContext<'_>) -> String {
    let name = open.document.sheet().columns.get(column).map_or("", String::as_str);
    cx.text.with("sheet-cell", [("row", (row + 1).into()), ("column", name.into())])
}

fn draw_cells(ui: &Ui, places: &CellPlaces, open: &OpenSheet, cx: &ViewContext<'_>) {
    let palette = theme::palette(ui.visuals());
    let painter = ui.painter().with_clip_rect(places.cells);
    if let (Some(row), Some(column)) = (places.rows.clone().last(), places.columns.clone().last()) {
        let first = places.cell(places.rows.start, places.columns.start);
        painter.rect_filled(first.union(places.cell(row, column)), 0.0, palette.panel);
    }
    for row in places.rows.clone() {
        let known = open.document.sheet().rows.get(row);
        let errors = known.and_then(|known| open.results.plan(known)).map_or(&[][..], |plan| &plan.errors);
        for column in places.columns.clone() {
            let rect = places.cell(row, column);
            let text = open.document.cell(row, column);
            let fault =
                errors.iter().find(|error| error.column == Some(column)).map(|error| cx.text.fault(&error.fault));
            if open.range.holds(row, column) {
                // The lines around the cell stay visible.
                painter.rect_filled(rect.shrink(0.5), 0.0, palette.raised);
            }
            painter.hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, palette.line));
            painter.vline(rect.right(), rect.y_range(), Stroke::new(1.0, palette.line));
            let unused = open.read.headings.columns().get(column) == Some(&Column::Unused);
            let color = if unused { palette.faint } else { palette.strong };
            let is_reference = open.read.headings.columns().get(column) == Some(&Column::Field(SheetField::References));
            match named(text).filter(|_| is_reference) {
                Some(images) => draw_images(ui, rect, places.cells, &images, cx),
                None => line(&painter, rect.shrink2(vec2(10.0, 0.0)), text, color),
            }
            if fault.is_some() {
                painter.rect_stroke(rect.shrink(1.5), 3.0, Stroke::new(1.5, palette.bad), StrokeKind::Inside);
            }
            if open.range.to == (row, column) {
                painter.rect_stroke(rect, 2.0, Stroke::new(2.0, palette.accent), StrokeKind::Inside);
            }
            let shown = rect.intersect(places.cells);
            let response = ui.interact(shown, cell_id(row, column), Sense::hover());
            let place = place_words(open, row, column, cx);
            let label = if text.is_empty() { place } else { format!("{place}: {text}") };
            response.widget_info(|| WidgetInfo::labeled(Role::GridCell, true, &label));
            if let Some(fault) = fault {
                ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(fault.clone()));
                response.on_hover_text(fault);
            } else if text.len() > 24 && open.editing.is_none() {
                response.on_hover_text(text.chars().take(2_000).collect::<String>());
            }
        }
    }
}

/// The library images that a cell names, if it names only images.
fn named(text: &str) -> Option<Vec<ImageId>> {
    let words = text.split(['\n', ';']).map(str::trim).filter(|word| !word.is_empty());
    let images: Vec<ImageId> = words.map(str::parse).collect::<Result<_, _>>().ok()?;
    (!images.is_empty()).then_some(images)
}

/// Draws images in a cell, as many as fit.
fn draw_images(ui: &Ui, cell: Rect, within: Rect, images: &[ImageId], cx: &ViewContext<'_>) {
    let mut tile = Rect::from_min_size(pos2(cell.left() + 8.0, cell.center().y - IMAGE / 2.0), Vec2::splat(IMAGE));
    for image in images {
        // A clipped image is left out, because it would cover what is beside the table.
        if cell.contains_rect(tile) && within.contains_rect(tile) {
            thumbnail::draw_thumbnail(ui, tile, *image, None, ThumbnailSize::Small, cx);
        }
        tile = tile.translate(vec2(IMAGE + 4.0, 0.0));
    }
}

/// Draws one line of text, truncated at the width.
fn line(painter: &egui::Painter, rect: Rect, text: &str, color: Color32) {
    let end = text.char_indices().nth(LAID_OUT).map_or(text.len(), |(end, _)| end);
    // Invisible characters are made visible, because they are sent too.
    let text = replace_invisible_in_name(&text[..end].replace(['\n', '\r', '\t'], " ")).into_owned();
    if text.is_empty() || rect.width() <= 4.0 {
        return;
    }
    let mut job = LayoutJob::simple_singleline(text, fonts::regular(size::TEXT), color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(rect.width());
    let galley = painter.layout_job(job);
    let at = pos2(rect.left(), (rect.center().y - galley.size().y / 2.0).round());
    painter.galley(at, galley, color);
}

/// Draws the numbers and states of the visible rows.
fn draw_rows(ui: &mut Ui, places: &CellPlaces, open: &OpenSheet, cx: &ViewContext<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let pinned = Rect::from_min_max(
        pos2(places.whole.left(), places.cells.top()),
        pos2(places.cells.left(), places.whole.bottom()),
    );
    let painter = ui.painter().with_clip_rect(pinned);
    painter.rect_filled(pinned, 0.0, palette.panel);
    for row in places.rows.clone() {
        let rect = Rect::from_min_size(pos2(pinned.left(), places.top(row)), vec2(PINNED, ROW));
        let chosen = open.range.rows(usize::MAX).contains(&row);
        painter.hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, palette.line));
        let number = if row < open.document.height() { (row + 1).to_string() } else { "+".to_owned() };
        let ink = if chosen { palette.strong } else { palette.faint };
        let at = pos2(rect.left() + NUMBER - 12.0, rect.center().y);
        painter.text(at, Align2::RIGHT_CENTER, number, fonts::regular(size::TEXT_SMALL), ink);
        if let Some(known) = open.document.sheet().rows.get(row) {
            let rect = Rect::from_min_max(pos2(rect.left() + NUMBER, rect.top()), rect.max);
            ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
                ui.set_clip_rect(pinned);
                state(ui, rect, row, known, open, cx, actions);
            });
        }
    }
    ui.painter().vline(pinned.right(), places.whole.y_range(), Stroke::new(1.0, palette.line));
}

/// Draws the state of a row: its latest images, and a few words.
fn state(
    ui: &Ui,
    rect: Rect,
    row: usize,
    known: &Arc<SheetRow>,
    open: &OpenSheet,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let palette = theme::palette(ui.visuals());
    let images: Vec<_> = open.results.images(known.id).collect();
    let mut left = rect.left();
    for id in images.iter().rev().take(SHOWN).rev() {
        let tile = Rect::from_min_size(pos2(left, rect.center().y - IMAGE / 2.0), Vec2::splat(IMAGE));
        let button = ui.interact(tile, Id::unique(("sheet image", *id)), Sense::CLICK);
        let words = cx.text.with("sheet-picture", [("row", (row + 1).into())]);
        button.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
        thumbnail::draw_thumbnail(ui, tile, *id, None, ThumbnailSize::Small, cx);
        let button = button.on_hover_cursor(CursorIcon::PointingHand);
        if button.hovered() {
            let ring = CornerRadius::same(size::RADIUS_CARD);
            ui.painter().rect_stroke(tile, ring, Stroke::new(2.0, palette.accent), StrokeKind::Inside);
        }
        if button.clicked() {
            actions.push(Action::OpenImage(*id));
        }
        left = tile.right() + 6.0;
    }
    let more = images.len().saturating_sub(SHOWN);
    let state = open.results.state(known);
    let (mut words, color, all) = words(&state, palette, cx);
    if more > 0 {
        words = format!("+{more} · {words}");
    }
    let rest = Rect::from_min_max(pos2(left + 2.0, rect.top()), pos2(rect.right() - 8.0, rect.bottom()));
    let mut job = LayoutJob::simple_singleline(words.clone(), fonts::regular(size::TEXT_CHIP), color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(rest.width());
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(rest.left_center() - vec2(0.0, galley.size().y / 2.0), galley, color);
    let response = ui.interact(rest, Id::unique(("sheet state", row)), Sense::hover());
    let label = cx.text.with("sheet-row-state", [("row", (row + 1).into()), ("state", words.into())]);
    name(ui, response.id, &label);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &label));
    if let Some(all) = all {
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(all.clone()));
        response.on_hover_text(all);
    }
}

/// A state in a few words, its color, and its complete text if there is more to say.
fn words(state: &RowState, palette: &Palette, cx: &ViewContext<'_>) -> (String, Color32, Option<String>) {
    let text = cx.text;
    match state {
        RowState::Blank | RowState::Unread => (String::new(), palette.faint, None),
        RowState::New => (text.get("sheet-state-new"), palette.faint, None),
        RowState::Sending | RowState::Waiting => (text.get("sheet-state-waiting"), palette.info, None),
        RowState::Running => (text.get("sheet-state-running"), palette.info, None),
        RowState::Done => (text.get("sheet-state-done"), palette.good, None),
        RowState::Changed => {
            (text.get("sheet-state-changed"), palette.accent_text, Some(text.get("sheet-state-changed-tip")))
        }
        RowState::Faulty(error) => {
            let sentence = text.fault(&error.fault);
            (sentence.clone(), palette.bad, Some(sentence))
        }
        RowState::Cancelled(sent) => {
            let charged = if *sent { "sheet-state-cancelled-sent" } else { "sheet-state-cancelled" };
            (text.get("sheet-state-stopped"), palette.text, Some(text.get(charged)))
        }
        RowState::Failed(failure) => {
            let words = text.failure(failure);
            let all = text.join(&[&words.sentence, &words.charge, &words.next]);
            (words.title, palette.bad, Some(all))
        }
    }
}

/// Draws the names of the columns, which open their menus, and the edges that resize them.
fn head(ui: &mut Ui, places: &CellPlaces, open: &mut OpenSheet, cx: &ViewContext<'_>) {
    let palette = theme::palette(ui.visuals());
    let bar = Rect::from_min_max(places.whole.min, pos2(places.whole.right(), places.cells.top()));
    ui.painter().rect_filled(bar, 0.0, palette.panel);
    ui.painter().hline(bar.x_range(), bar.bottom(), Stroke::new(1.0, palette.line));
    let caption = cx.text.get("sheet-state-head");
    let at = pos2(bar.left() + NUMBER, bar.center().y);
    ui.painter().text(at, Align2::LEFT_CENTER, caption, fonts::regular(size::TEXT_SMALL), palette.faint);
    let room = Rect::from_min_max(pos2(places.cells.left(), bar.top()), bar.max);
    let x = room.left() - places.offset.x;
    ui.scope_builder(UiBuilder::new().max_rect(room), |ui| {
        ui.set_clip_rect(room.intersect(ui.clip_rect()));
        for index in places.columns.clone() {
            let (left, right) = (x + places.edges.0[index], x + places.edges.0[index + 1]);
            let rect = Rect::from_min_max(pos2(left, bar.top()), pos2(right, bar.bottom()));
            column::heading(ui, rect, index, open, cx);
            if index >= open.document.width() {
                // The column was removed by its menu.
                return;
            }
            let edge = Rect::from_min_max(pos2(right - 4.0, rect.top()), pos2(right + 4.0, rect.bottom()));
            let handle = ui.interact(edge, Id::unique(("sheet edge", index)), Sense::DRAG);
            if handle.dragged() {
                let width = places.edges.0[index + 1] - places.edges.0[index] + handle.drag_delta().x;
                let name = open.document.sheet().columns[index].clone();
                open.widths.insert(name, width.max(NARROWEST));
            }
            let ink = if handle.hovered() || handle.dragged() { palette.accent } else { palette.line };
            ui.painter().vline(right, rect.y_range(), Stroke::new(1.0, ink));
            handle.on_hover_cursor(CursorIcon::ResizeHorizontal);
        }
        let add = Rect::from_min_size(pos2(x + places.edges.total() + 8.0, bar.top() + 2.0), Vec2::splat(size::CHIP));
        if room.contains_rect(add) {
            column::add(ui, add, open, cx);
        }
    });
    ui.painter().vline(places.cells.left(), bar.y_range(), Stroke::new(1.0, palette.line));
}
