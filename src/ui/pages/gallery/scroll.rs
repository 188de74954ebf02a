//! The scroll offset of the gallery, and its scroll bar.
//!
//! A million images are tens of millions of points high, where `f32` cannot represent single points. So the offset is
//! an `f64` of the gallery's own, and only visible coordinates are converted to `f32`.

use egui::{CornerRadius, Id, Rect, Response, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

use crate::ui::theme;

/// Width of the area in which the bar can be grabbed.
pub const BAR: f32 = 12.0;
/// Width of the idle handle.
const THIN: f32 = 4.0;
/// Width of the hovered handle.
const WIDE: f32 = 8.0;
/// Minimum length of the handle, however small the visible part is.
const MIN_HANDLE_LENGTH: f32 = 32.0;

/// The scroll offset of the gallery.
#[derive(Debug, Default)]
pub struct Scroll {
    offset: f64,
    /// The offset to scroll to with the next frame.
    to: Option<f64>,
    /// The pointer's distance from the upper end of the dragged handle.
    held: Option<f32>,
}

/// The scroll bar after it was drawn.
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
    /// Creates a state with this offset.
    pub fn at(offset: f64) -> Self {
        Self { offset, to: Some(offset), held: None }
    }

    /// The scroll offset in points.
    pub fn offset(&self) -> f64 {
        self.offset
    }

    /// The offset of the next frame.
    pub fn next(&self) -> f64 {
        self.to.unwrap_or(self.offset)
    }

    /// Scrolls to an offset with the next frame, as far as there is content.
    pub fn go(&mut self, to: f64) {
        self.to = Some(to.max(0.0));
    }

    /// Whether it waits for content at the offset that it is to scroll to.
    pub fn waits(&self) -> bool {
        self.to.is_some()
    }

    /// Applies the requested offset and the mouse wheel, limited to `most`. While only the beginning of the view is
    /// loaded (not `whole`), an offset beyond it is kept until the rest arrives.
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

    /// The offset rounded to screen pixels, so that nothing is drawn between two of them.
    pub fn on_pixels(&self, pixels_per_point: f32) -> f64 {
        let scale = f64::from(pixels_per_point);
        (self.offset * scale).round() / scale
    }

    /// Draws the bar at the right of an area, if the content is larger than the area.
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

    /// Reports the scroll position to screen readers.
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
