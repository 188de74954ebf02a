//! How far the gallery is scrolled, and the bar that shows it and moves it.
//!
//! A million pictures are tens of millions of points high, where `f32` knows no single points any more. So the
//! offset is an `f64` of the gallery's own, and only what is on screen is turned into `f32`.

use egui::{CornerRadius, Id, Rect, Response, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

use crate::ui::theme;

/// Width of the part of the bar that can be grabbed.
pub const BAR: f32 = 12.0;
/// Width of the handle while nobody is at it.
const THIN: f32 = 4.0;
/// Width of the handle under the pointer.
const WIDE: f32 = 8.0;
/// The handle is at least as long as this, however small a part is in sight.
const MIN_HANDLE_LENGTH: f32 = 32.0;

/// How far the gallery is scrolled.
#[derive(Debug, Default)]
pub struct Scroll {
    offset: f64,
    /// Where to scroll to with the next frame.
    to: Option<f64>,
    /// Where the pointer holds the handle, from its upper end.
    held: Option<f32>,
}

/// The bar as it was drawn.
#[derive(Debug)]
pub struct ScrollBar {
    /// Its widget.
    pub id: Id,
    /// The handle.
    pub handle: Rect,
    /// Whether the handle is being dragged.
    pub dragged: bool,
}

impl Scroll {
    /// A gallery that was scrolled so far.
    pub fn at(offset: f64) -> Self {
        Self { offset, to: Some(offset), held: None }
    }

    /// How far it is scrolled, in points.
    pub fn offset(&self) -> f64 {
        self.offset
    }

    /// Where it will be scrolled to with the next frame.
    pub fn next(&self) -> f64 {
        self.to.unwrap_or(self.offset)
    }

    /// Scrolls there with the next frame, as far as there is anything.
    pub fn go(&mut self, to: f64) {
        self.to = Some(to.max(0.0));
    }

    /// Whether it is still to be scrolled to where there is nothing yet.
    pub fn waits(&self) -> bool {
        self.to.is_some()
    }

    /// Moves to where it shall be: as far as was asked for and as the wheel turns, over so much that is out of sight.
    /// While only the beginning is there, not `whole`, what lies beyond it is waited for.
    pub fn step(&mut self, ui: &Ui, area: Rect, most: f64, whole: bool) {
        if let Some(to) = self.to {
            self.offset = to;
            if whole || to <= most {
                self.to = None;
            }
        }
        if ui.rect_contains_pointer(area) {
            let turned = ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta.y));
            self.offset -= f64::from(turned);
            if turned != 0.0 {
                self.to = None;
            }
        }
        self.offset = self.offset.clamp(0.0, most.max(0.0));
    }

    /// The offset on the grid of the screen's pixels, so that nothing is drawn between two of them.
    pub fn on_pixels(&self, pixels_per_point: f32) -> f64 {
        let scale = f64::from(pixels_per_point);
        (self.offset * scale).round() / scale
    }

    /// Draws the bar at the right of an area, if some of what lies there is out of sight.
    pub fn bar(&mut self, ui: &Ui, area: Rect, most: f64, name: &str) -> Option<ScrollBar> {
        if most < 1.0 {
            self.held = None;
            return None;
        }
        let palette = theme::palette(ui.visuals());
        let track = Rect::from_min_max(pos2(area.right() - BAR, area.top()), area.max).shrink2(vec2(0.0, 2.0));
        let page = f64::from(area.height());
        let length = (f64::from(track.height()) * page / (most + page)) as f32;
        let length = length.max(MIN_HANDLE_LENGTH).min(track.height());
        let free = f64::from(track.height() - length).max(1.0);
        let response = ui.interact(track, Id::unique("gallery-bar"), Sense::DRAG | Sense::CLICK);
        self.tell(ui, &response, most, name);
        let top = |offset: f64| track.top() + (offset / most * free) as f32;
        if let Some(pointer) = response.interact_pointer_pos().filter(|_| response.is_pointer_button_down_on()) {
            let along = pointer.y - top(self.offset);
            let beside = !(0.0..=length).contains(&along);
            let held = *self.held.get_or_insert_with(|| if beside { length / 2.0 } else { along });
            self.offset = (f64::from(pointer.y - held - track.top()) / free * most).clamp(0.0, most);
        } else {
            self.held = None;
        }
        let dragged = self.held.is_some();
        let near = dragged || response.hovered();
        let width = if near { WIDE } else { THIN };
        let right = track.right() - 2.0;
        let handle = Rect::from_min_max(pos2(right - width, top(self.offset)), pos2(right, top(self.offset) + length));
        let color = if dragged { palette.accent } else { palette.faint.gamma_multiply(if near { 0.9 } else { 0.5 }) };
        ui.painter().rect_filled(handle, CornerRadius::same((width / 2.0) as u8), color);
        Some(ScrollBar { id: response.id, handle, dragged })
    }

    /// Tells screen readers how far it is scrolled.
    fn tell(&self, ui: &Ui, bar: &Response, most: f64, name: &str) {
        bar.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, name));
        ui.ctx().accesskit_node_builder(bar.id, |node| {
            node.set_orientation(egui::accesskit::Orientation::Vertical);
            node.set_min_numeric_value(0.0);
            node.set_max_numeric_value(most.round());
            node.set_numeric_value(self.offset.round());
        });
    }
}
