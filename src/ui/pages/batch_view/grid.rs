//! Draws a parameter grid as a table: labels stay visible, images are not cropped, requests are cards in their cells.

use egui::{
    Align, Align2, CornerRadius, EventFilter, Layout, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, Vec2, WidgetInfo,
    accesskit::Role,
    pos2,
    text::{LayoutJob, TextWrapping},
    vec2,
};

use crate::{
    recipe::{ImageId, Money},
    studio::{Command, QueueCommand, View},
    ui::{
        actions::{
            action::{Action, Actions},
            payload::GridShape,
        },
        components::request_cost::CONFIRM_REQUESTS_ABOVE,
        pages::gallery::{self, GalleryPage, focus_id},
        state::{selection::Selection, view_context::ViewContext},
        textures,
        theme::{self, Palette, fonts, icons, size},
        widgets::{Button, ButtonKind},
    },
};

use super::{
    cells::{BatchCell, CellPosition},
    state::BatchView,
};

/// Space between cells.
const GAP: f32 = 8.0;
/// Space around an image for the ring of the selection.
const RING: f32 = 4.0;
/// Height of the labels above the columns.
const HEAD: f32 = 32.0;
/// Maximum width of the row labels.
const SIDE: f32 = 160.0;
/// Minimum side of a cell when all columns are to fit.
const MIN_SIDE: f32 = 112.0;
/// Maximum side of a cell when there is more space.
const MAX_SIDE: f32 = 440.0;

/// The state around the table that it reads and changes.
type Around<'a> = (&'a mut GalleryPage, &'a mut Selection, &'a View);

/// The sizes of the table's parts.
struct GridLayout {
    /// Width and height of a cell.
    cell: f32,
    /// Width of the labels before the rows.
    side: f32,
    columns: usize,
    rows: usize,
}

impl GridLayout {
    fn cell_at(&self, (row, column): CellPosition) -> Rect {
        let step = self.cell + GAP;
        let at = pos2(column as f32 * step, row as f32 * step) + Vec2::splat(RING);
        Rect::from_min_size(at, Vec2::splat(self.cell))
    }

    fn size(&self) -> Vec2 {
        let step = self.cell + GAP;
        vec2(self.columns as f32 * step, self.rows as f32 * step) + Vec2::splat(RING)
    }
}

/// Draws the bar and the table.
pub(super) fn show(
    ui: &mut Ui,
    batch_view: &mut BatchView,
    around: Around<'_>,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    ui.spacing_mut().item_spacing = Vec2::ZERO;
    bar(ui, batch_view, cx, actions);
    let area = ui.available_rect_before_wrap().shrink2(vec2(size::EDGE, 0.0));
    let plan = plan(ui, batch_view, area, cx);
    let body = Rect::from_min_max(area.min + vec2(plan.side, HEAD), area.max);
    let ground = ground(ui, area, cx);
    let (gallery, selection, view) = around;
    let mut wanted: Option<(usize, usize)> = None;
    let mut active = None;
    let offset = ui
        .scope_builder(UiBuilder::new().max_rect(body), |ui| {
            let scroll = ScrollArea::both().id_salt(("contact", batch_view.batch)).auto_shrink(false);
            let output = scroll.show_viewport(ui, |ui, sight| {
                ui.set_min_size(plan.size());
                let origin = ui.max_rect().min;
                if std::mem::take(&mut batch_view.reveal) {
                    ui.scroll_to_rect(plan.cell_at(batch_view.at).translate(origin.to_vec2()).expand(GAP), None);
                }
                for at in in_sight(&plan, sight) {
                    let rect = plan.cell_at(at).translate(origin.to_vec2());
                    let Some(cell) = batch_view.table.cells.get(&at) else {
                        nothing(ui, rect);
                        focus(ui, rect, at == batch_view.at, ground.has_focus());
                        continue;
                    };
                    let name = name(&batch_view.table.columns, &batch_view.table.rows, at);
                    for (index, member) in cell.images.iter().enumerate() {
                        let place = part(rect, index, cell);
                        let own = vec2(member.width.max(1) as f32, member.height.max(1) as f32);
                        let fitted = textures::contain(own, place.size(), f32::INFINITY);
                        let tile = Rect::from_center_size(place.center(), fitted);
                        gallery::tile_in(ui, (gallery, selection, view), tile, member.image, cx, actions);
                        tell(ui, member.image, &name, selection, &mut active);
                        if let Some(position) = view.ids.position(member.image) {
                            wanted = Some(wanted.map_or((position, position), |(first, last)| {
                                (first.min(position), last.max(position))
                            }));
                        }
                    }
                    for (index, id) in cell.requests.iter().enumerate() {
                        if let Some(job) = cx.known.job(*id) {
                            let place = part(rect, cell.images.len() + index, cell);
                            gallery::card_in(ui, gallery, place, job, cx, actions);
                        }
                    }
                    focus(ui, rect, at == batch_view.at && cell.images.is_empty(), ground.has_focus());
                }
            });
            output.state.clamped_offset()
        })
        .inner;
    heads(ui, batch_view, &plan, area, offset);
    if let Some(tile) = active {
        ui.ctx().accesskit_node_builder(ground.id, |node| node.set_active_descendant(tile));
    }
    if let Some((first, last)) = wanted {
        gallery::want_rows(gallery, view, first..last + 1, actions);
    }
    gallery::tick(ui, batch_view.table.cells.values().flat_map(|cell| &cell.requests), cx);
}

/// Announces the position of an image to screen readers.
fn tell(ui: &Ui, image: ImageId, name: &str, selection: &Selection, active: &mut Option<egui::accesskit::NodeId>) {
    let id = gallery::tile_id(image);
    ui.ctx().accesskit_node_builder(id, |node| node.set_description(name));
    if selection.focus() == Some(image) {
        *active = Some(id.accesskit_id());
    }
}

/// The name of a cell.
fn name(columns: &[String], rows: &[String], (row, column): CellPosition) -> String {
    let label = |labels: &[String], at: u32| labels.get(at as usize).cloned().unwrap_or_default();
    let both = [label(rows, row), label(columns, column)];
    both.into_iter().filter(|label| !label.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The focusable area behind the cells.
fn ground(ui: &Ui, area: Rect, cx: &ViewContext<'_>) -> egui::Response {
    let ground = ui.interact(area, focus_id(), Sense::click());
    ground.widget_info(|| WidgetInfo::labeled(Role::Grid, true, cx.text.get("contact-title")));
    if ground.has_focus() {
        let arrows =
            EventFilter { horizontal_arrows: true, vertical_arrows: true, escape: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(focus_id(), arrows));
    }
    if ground.clicked() {
        ground.request_focus();
    }
    ground
}

fn plan(ui: &Ui, batch_view: &BatchView, area: Rect, cx: &ViewContext<'_>) -> GridLayout {
    let (columns, rows) = (batch_view.table.columns.len().max(1), batch_view.table.rows.len().max(1));
    let width = |label: &String| {
        ui.painter().layout_no_wrap(label.clone(), fonts::medium(size::TEXT_CHIP), egui::Color32::PLACEHOLDER).size().x
    };
    let widest = batch_view.table.rows.iter().map(width).fold(0.0, f32::max);
    let side = if widest > 0.0 { (widest + size::SECTION).min(SIDE) } else { 0.0 };
    let room = area.size() - vec2(side, HEAD);
    let room = room - Vec2::splat(RING);
    let fits = vec2(room.x / columns as f32, room.y / rows as f32) - Vec2::splat(GAP);
    let cell = side_of(fits, cx.known.settings.thumbnail_height).floor();
    GridLayout { cell, side, columns, rows }
}

/// The side of the cells: as large as all of them fit, if that is large enough; else so that at least the columns fit,
/// if they are not too small; else as large as tiles.
fn side_of(fits: Vec2, tile: f32) -> f32 {
    let both = fits.x.min(fits.y);
    if both >= tile {
        both.min(MAX_SIDE)
    } else if fits.x >= MIN_SIDE {
        fits.x.min(tile)
    } else {
        tile
    }
}

/// The positions of the visible cells.
fn in_sight(plan: &GridLayout, sight: Rect) -> impl Iterator<Item = CellPosition> + use<> {
    let step = plan.cell + GAP;
    let range = |from: f32, to: f32, count: usize| {
        let first = (from / step).floor().max(0.0) as u32;
        first..((to / step).ceil().max(0.0) as u32).min(count as u32)
    };
    let columns = range(sight.left(), sight.right(), plan.columns);
    range(sight.top(), sight.bottom(), plan.rows).flat_map(move |row| columns.clone().map(move |column| (row, column)))
}

/// The part of a cell for one of several images or cards in it.
fn part(rect: Rect, index: usize, cell: &BatchCell) -> Rect {
    let count = cell.images.len() + cell.requests.len();
    let across = (count as f32).sqrt().ceil().max(1.0);
    let side = (rect.width() - (across - 1.0) * 4.0) / across;
    let (row, column) = (index / across as usize, index % across as usize);
    Rect::from_min_size(rect.min + vec2(column as f32, row as f32) * (side + 4.0), Vec2::splat(side))
}

/// Draws an empty cell.
fn nothing(ui: &Ui, rect: Rect) {
    let palette = theme::palette(ui.visuals());
    let radius = CornerRadius::same(size::RADIUS_CARD);
    ui.painter().rect_stroke(rect, radius, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, "–", fonts::regular(size::TEXT), palette.faint);
}

/// Draws the focus ring of a cell without an image.
fn focus(ui: &Ui, rect: Rect, here: bool, keyboard: bool) {
    if here && keyboard {
        let palette = theme::palette(ui.visuals());
        let radius = CornerRadius::same(size::RADIUS_CARD + 3);
        ui.painter().rect_stroke(rect.expand(3.0), radius, Stroke::new(2.0, palette.accent), StrokeKind::Middle);
    }
}

/// Draws the labels, which stay visible.
fn heads(ui: &Ui, batch_view: &BatchView, plan: &GridLayout, area: Rect, offset: Vec2) {
    let palette = theme::palette(ui.visuals());
    let top = Rect::from_min_max(area.min + vec2(plan.side, 0.0), pos2(area.right(), area.top() + HEAD));
    for (column, label) in batch_view.table.columns.iter().enumerate() {
        let cell = plan.cell_at((0, column as u32));
        let at = Rect::from_min_size(pos2(top.left() + cell.left() - offset.x, top.top()), vec2(plan.cell, HEAD));
        head(ui, at, top, (column, label), Role::ColumnHeader, palette);
    }
    if plan.side > 0.0 {
        let side = Rect::from_min_max(area.min + vec2(0.0, HEAD), pos2(area.left() + plan.side, area.bottom()));
        for (row, label) in batch_view.table.rows.iter().enumerate() {
            let cell = plan.cell_at((row as u32, 0));
            let top = side.top() + cell.top() - offset.y;
            let at = Rect::from_min_size(pos2(side.left(), top), vec2(plan.side - size::GAP, plan.cell));
            head(ui, at, side, (row, label), Role::RowHeader, palette);
        }
    }
}

fn head(ui: &Ui, at: Rect, clip: Rect, (index, label): (usize, &str), role: Role, palette: &Palette) {
    if !at.intersects(clip) || label.is_empty() {
        return;
    }
    let response =
        ui.interact(at.intersect(clip), egui::Id::unique(("contact head", role as u8, index)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(role, true, label));
    let mut job = LayoutJob::simple(label.to_owned(), fonts::medium(size::TEXT_CHIP), palette.strong, at.width());
    job.wrap = TextWrapping {
        max_width: at.width(),
        max_rows: if role == Role::RowHeader { 4 } else { 1 },
        ..TextWrapping::default()
    };
    let galley = ui.painter().layout_job(job);
    let align = if role == Role::RowHeader { Align2::LEFT_CENTER } else { Align2::CENTER_CENTER };
    let placed = align.align_size_within_rect(galley.size(), at);
    ui.painter().with_clip_rect(clip.intersect(ui.clip_rect())).galley(placed.min, galley, palette.strong);
    response.on_hover_text(label);
}

/// Draws the bar above: the batch, its progress, and what can be done with all of it.
fn bar(ui: &mut Ui, batch_view: &mut BatchView, cx: &ViewContext<'_>, actions: &mut Actions) {
    let text = cx.text;
    let palette = theme::palette(ui.visuals());
    frame(ui, |ui| {
        let title = RichText::new(text.get("contact-title")).font(fonts::semibold(size::TEXT_HEADING));
        ui.label(title.color(palette.strong));
        let words = RichText::new(summary(batch_view, cx)).font(fonts::regular(size::TEXT)).color(palette.faint);
        ui.add(egui::Label::new(words).truncate());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            close(ui, batch_view, cx, actions);
            let export = Button::new(text.get("export-more")).kind(ButtonKind::Chip).with_icon(icons::EXPORT);
            let export = export.name(text.get("contact-export")).enabled(batch_view.table.images() > 0);
            if ui.add(export).on_hover_text(text.get("contact-export")).clicked()
                && let Some(batch) = batch_view.batch
            {
                let (columns, rows) = (batch_view.table.columns.len(), batch_view.table.rows.len());
                let labeled = batch_view.table.rows.iter().any(|label| !label.is_empty());
                actions.push(Action::ExportGrid(GridShape { batch, columns, rows, labeled }));
            }
            let failed = &batch_view.table.failed;
            if !failed.is_empty() {
                let many = failed.len() as u128 > CONFIRM_REQUESTS_ABOVE;
                let key = if batch_view.asking { "question-title" } else { "contact-ask-again" };
                let label = text.with(key, [("count", failed.len().into())]);
                let again = Button::new(label).kind(ButtonKind::Chip).with_icon(icons::RETRY);
                if ui.add(again).on_hover_text(text.get("contact-ask-again-tip")).clicked() {
                    // A single click must not pay for that many requests.
                    batch_view.asking = many && !batch_view.asking;
                    if !batch_view.asking {
                        actions.extend(
                            failed.iter().map(|id| Action::SendCommand(Command::Queue(QueueCommand::Retry(*id)))),
                        );
                    }
                }
            }
        });
    });
}

/// Draws the frame of the bar.
pub(super) fn frame(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    let palette = theme::palette(ui.visuals());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::TOP_BAR), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, palette.line));
    let inner = rect.shrink2(vec2(size::EDGE, 0.0));
    let builder = UiBuilder::new().max_rect(inner).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.x = size::GAP;
        contents(ui);
    });
}

/// Draws the button that goes back to the previous search.
pub(super) fn close(ui: &mut Ui, batch_view: &BatchView, cx: &ViewContext<'_>, actions: &mut Actions) {
    let name = cx.text.get("contact-close");
    if ui.add(Button::icon(icons::REMOVE, name.as_str())).on_hover_text(name).clicked() {
        actions.push(Action::Search(batch_view.back()));
    }
}

/// "4 × 3 · 10 images · 1 running · 1 failed · $0.39"
fn summary(batch_view: &BatchView, cx: &ViewContext<'_>) -> String {
    let text = cx.text;
    let table = &batch_view.table;
    let (across, down) = (table.columns.len(), table.rows.len());
    let some = |key: &str, count: usize| (count > 0).then(|| text.with(key, [("count", count.into())]));
    let parts = [
        Some(format!("{across} × {down}")),
        Some(text.with("composer-images", [("count", table.images().into())])),
        some("contact-running", table.running),
        some("contact-failed", table.failed.len()),
        (table.cost > Money::default()).then(|| text.price(table.cost)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(&text.get("fact-separator"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_visible_cells_are_drawn() {
        let plan = GridLayout { cell: 92.0, side: 0.0, columns: 50, rows: 50 };
        let sight = Rect::from_min_max(pos2(150.0, 0.0), pos2(350.0, 100.0));
        let places: Vec<CellPosition> = in_sight(&plan, sight).collect();
        assert_eq!(places, [(0, 1), (0, 2), (0, 3)]);
    }

    #[test]
    fn cell_size_fills_the_space_or_fits_all_columns() {
        assert_eq!(side_of(vec2(300.0, 250.0), 186.0), 250.0);
        assert_eq!(side_of(vec2(900.0, 900.0), 186.0), MAX_SIDE);
        assert_eq!(side_of(vec2(168.0, 250.0), 186.0), 168.0);
        assert_eq!(side_of(vec2(300.0, 20.0), 186.0), 186.0);
        assert_eq!(side_of(vec2(40.0, 250.0), 186.0), 186.0);
    }

    #[test]
    fn several_entries_share_a_cell() {
        let cell = BatchCell {
            requests: vec![crate::recipe::RequestId::from_uuid(uuid::Uuid::nil()); 3],
            ..BatchCell::default()
        };
        let whole = Rect::from_min_size(pos2(0.0, 0.0), Vec2::splat(100.0));
        let parts = [0, 1, 2].map(|index| part(whole, index, &cell));
        assert_eq!((parts[1].left(), parts[2].top()), (52.0, 52.0));
        assert!(parts.iter().all(|part| whole.contains_rect(*part)));
    }
}
