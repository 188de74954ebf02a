//! Sliders: a thin rail filled with the accent, and a row of label, rail and value.

use egui::{
    CornerRadius, CursorIcon, EventFilter, Id, Key, Modifiers, Rect, Response, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo,
    accesskit::{Action, ActionData, Role},
    pos2, vec2,
};

use crate::ui::theme::{self, size};

use super::{button::focus_ring, field::Field};

/// The range and the steps of a slider.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The value at its left end.
    pub from: f64,
    /// The value at its right end.
    pub to: f64,
    /// The step of the knob and the arrow keys.
    pub step: f64,
    /// Decimals that are shown and kept.
    pub decimals: usize,
    /// The value that a double click restores, and the position of the knob while nothing is set.
    pub rest: f64,
}

impl Scale {
    /// Whole numbers.
    pub const fn whole(from: f64, to: f64, rest: f64) -> Self {
        Self { from, to, step: 1.0, decimals: 0, rest }
    }

    /// Numbers with two decimals, moved by twentieths.
    pub const fn fine(from: f64, to: f64, rest: f64) -> Self {
        Self { from, to, step: 0.05, decimals: 2, rest }
    }

    fn share(&self, value: f64) -> f32 {
        ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0) as f32
    }

    /// The nearest value that is inside and has no more decimals than are shown.
    fn fit(&self, value: f64) -> f64 {
        let unit = 10_f64.powi(self.decimals as i32);
        (value.clamp(self.from, self.to) * unit).round() / unit
    }

    fn on_step(&self, value: f64) -> f64 {
        self.fit(self.from + ((value - self.from) / self.step).round() * self.step)
    }

    fn write(&self, value: f64) -> String {
        format!("{value:.*}", self.decimals)
    }

    /// Reads what a person typed; full-width digits and a decimal comma will do.
    fn read(&self, text: &str) -> Option<f64> {
        let plain: String = text
            .trim()
            .chars()
            .map(|c| match c {
                '０'..='９' => char::from(b'0' + (u32::from(c) - u32::from('０')) as u8),
                ',' | '．' | '，' => '.',
                '−' | '－' => '-',
                other => other,
            })
            .collect();
        plain.parse::<f64>().ok().filter(|value| value.is_finite()).map(|value| self.fit(value))
    }
}

/// A rail with a knob, for a value that is always set. A double click goes back to [`Scale::rest`].
pub fn slider(ui: &mut Ui, name: &str, value: &mut f64, scale: &Scale, width: f32) -> Response {
    let mut chosen = Some(*value);
    let mut response = rail(ui, name, &mut chosen, scale, width, "");
    if chosen.is_none() && *value != scale.rest {
        response.mark_changed();
    }
    *value = chosen.unwrap_or(scale.rest);
    response
}

/// A rail with a knob. A double click, or Delete, takes the value away.
fn rail(ui: &mut Ui, name: &str, value: &mut Option<f64>, scale: &Scale, width: f32, unset: &str) -> Response {
    let (rect, mut response) = ui.allocate_exact_size(vec2(width, size::NUMBER), Sense::click_and_drag());
    let before = *value;
    let travel = rect.x_range().shrink(size::KNOB / 2.0);
    if response.double_clicked() {
        *value = None;
    } else if let Some(at) = response.interact_pointer_pos()
        && (response.dragged() || response.clicked())
        // The second click of a double click ends where the first one has put the knob.
        && !ui.input(|input| input.pointer.button_double_clicked(egui::PointerButton::Primary))
    {
        let share = ((at.x - travel.min) / travel.span()).clamp(0.0, 1.0);
        *value = Some(scale.on_step(scale.from + f64::from(share) * (scale.to - scale.from)));
    }
    if response.gained_focus() {
        ui.scroll_to_rect(rect.expand(size::GAP), None);
    }
    if response.has_focus() {
        ui.memory_mut(|memory| {
            memory
                .set_focus_lock_filter(response.id, EventFilter { horizontal_arrows: true, ..EventFilter::default() });
        });
        let (left, right, away) = ui.input_mut(|input| {
            (
                input.count_and_consume_key(Modifiers::NONE, Key::ArrowLeft),
                input.count_and_consume_key(Modifiers::NONE, Key::ArrowRight),
                input.consume_key(Modifiers::NONE, Key::Delete) || input.consume_key(Modifiers::NONE, Key::Backspace),
            )
        });
        if left != right {
            let steps = right as f64 - left as f64;
            *value = Some(scale.fit(value.unwrap_or(scale.rest) + steps * scale.step));
        }
        if away {
            *value = None;
        }
    }
    let (steps, asked) = ui.input(|input| {
        let count = |action| input.num_accesskit_action_requests(response.id, action) as f64;
        let asked = input.accesskit_action_requests(response.id, Action::SetValue).find_map(|asked| match asked.data {
            Some(ActionData::NumericValue(value)) => Some(value),
            _ => None,
        });
        (count(Action::Increment) - count(Action::Decrement), asked)
    });
    if steps != 0.0 {
        *value = Some(scale.fit(value.unwrap_or(scale.rest) + steps * scale.step));
    }
    if let Some(asked) = asked {
        *value = Some(scale.fit(asked));
    }
    if *value != before {
        response.mark_changed();
    }
    let shown = value.unwrap_or(scale.rest);
    // Without a value, a screen reader finds the slider's position and the words of its default.
    response
        .widget_info(|| WidgetInfo { value: Some(shown), ..WidgetInfo::labeled(Role::Slider, ui.is_enabled(), name) });
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(scale.from);
        node.set_max_numeric_value(scale.to);
        node.set_numeric_value_step(scale.step);
        if before.is_none() && !unset.is_empty() {
            node.set_description(unset);
        }
        node.add_action(Action::SetValue);
        node.add_action(Action::Increment);
        node.add_action(Action::Decrement);
    });
    draw(ui, rect, travel, scale.share(shown), value.is_some(), &response);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

fn draw(ui: &Ui, rect: Rect, travel: egui::Rangef, share: f32, set: bool, response: &Response) {
    let palette = theme::palette(ui.visuals());
    let painter = ui.painter();
    let middle = rect.center().y;
    let line = Rect::from_x_y_ranges(rect.x_range(), middle - size::RAIL / 2.0..=middle + size::RAIL / 2.0);
    let knob = pos2(egui::lerp(travel.min..=travel.max, share), middle);
    painter.rect_filled(line, size::RAIL / 2.0, palette.edge);
    let radius = size::KNOB / 2.0;
    if set {
        let filled = Rect::from_min_max(line.min, pos2(knob.x, line.max.y));
        painter.rect_filled(filled, size::RAIL / 2.0, palette.accent);
        painter.circle_filled(knob + vec2(0.0, 1.0), radius + 0.5, palette.shadow.gamma_multiply(0.6));
        // The outline lies within the knob, and is whole on at least one pixel wherever the knob stands.
        painter.circle(knob, radius - 1.0, palette.knob, Stroke::new(2.0, palette.edge));
    } else {
        // A hollow knob: nothing is sent, and this is where the gateway's own default lies.
        let ring = if response.hovered() { palette.text } else { palette.faint };
        painter.circle(knob, radius - 1.0, palette.panel, Stroke::new(1.5, ring));
    }
    if response.has_focus() {
        let around = Rect::from_center_size(knob, egui::Vec2::splat(size::KNOB));
        focus_ring(painter, around, CornerRadius::same(7), palette);
    } else if response.hovered() && set {
        painter.rect_stroke(
            Rect::from_center_size(knob, egui::Vec2::splat(size::KNOB + 4.0)),
            9.0,
            Stroke::new(2.0, palette.accent.gamma_multiply(0.5)),
            StrokeKind::Middle,
        );
    }
}

/// The label of a row, and the name that a screen reader speaks, which may be longer.
#[derive(Clone, Copy, Debug)]
pub struct RowName<'a> {
    /// What is shown.
    pub shown: &'a str,
    /// What is spoken; it contains what is shown.
    pub spoken: &'a str,
    /// Width of the label in points.
    pub width: f32,
}

impl<'a> From<&'a str> for RowName<'a> {
    fn from(name: &'a str) -> Self {
        Self { shown: name, spoken: name, width: size::ROW_LABEL }
    }
}

/// Label, rail and value in a row, for a value that may be left alone. Returns whether it has changed.
///
/// `unset` is the word in the value's field while nothing is set, `tip` says what that means. A double click on the
/// rail, or an empty field, takes the value away.
pub fn optional_row<'a>(
    ui: &mut Ui,
    name: impl Into<RowName<'a>>,
    value: &mut Option<f64>,
    scale: &Scale,
    unset: &str,
    tip: &str,
) -> bool {
    row(ui, name.into(), value, scale, unset, tip)
}

/// Label, rail and value in a row, for a value that is always set. Returns whether it has changed.
pub fn slider_row(ui: &mut Ui, label: &str, value: &mut f64, scale: &Scale) -> bool {
    let mut chosen = Some(*value);
    let changed = row(ui, label.into(), &mut chosen, scale, &scale.write(scale.rest), "");
    *value = chosen.unwrap_or(scale.rest);
    changed
}

fn row(ui: &mut Ui, name: RowName<'_>, value: &mut Option<f64>, scale: &Scale, unset: &str, tip: &str) -> bool {
    let before = *value;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_ROW;
        ui.set_height(size::ROW);
        let label_response = super::row_label(ui, name.shown, name.width);
        if !tip.is_empty() {
            label_response.on_hover_text(tip);
        }
        let width = ui.available_width() - size::NUMBER_WIDTH - size::GAP_ROW;
        rail(ui, name.spoken, value, scale, width, unset);
        number(ui, name.spoken, value, scale, unset);
    });
    *value != before
}

/// A field for a number that may be empty. What is typed counts at once.
fn number(ui: &mut Ui, name: &str, value: &mut Option<f64>, scale: &Scale, unset: &str) -> Response {
    let id = ui.make_persistent_id((name, "number"));
    let draft = id.with("draft");
    let editing = ui.memory(|memory| memory.has_focus(id));
    let mut text = if editing { ui.data(|data| data.get_temp::<String>(draft)) } else { None }
        .unwrap_or_else(|| value.map_or_else(String::new, |value| scale.write(value)));
    let response = Field::number(name).id(id).hint(unset).show(ui, &mut text);
    if response.gained_focus() {
        select_all(ui, id, &text);
    }
    if response.changed() {
        if text.trim().is_empty() {
            *value = None;
        } else if let Some(read) = scale.read(&text) {
            *value = Some(read);
        }
    }
    if response.has_focus() {
        ui.data_mut(|data| data.insert_temp(draft, text));
    } else {
        ui.data_mut(|data| data.remove_temp::<String>(draft));
    }
    response
}

fn select_all(ui: &Ui, id: Id, text: &str) {
    if let Some(mut state) = egui::TextEdit::load_state(ui.ctx(), id) {
        state.cursor.set_char_range(Some(egui::text::CCursorRange::select_all_str(text)));
        state.store(ui.ctx(), id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_numbers_are_parsed_in_common_notations() {
        let scale = Scale::fine(0.0, 2.0, 1.0);
        assert_eq!(scale.read("0,7"), Some(0.7));
        assert_eq!(scale.read(" １．２５ "), Some(1.25));
        assert_eq!(scale.read("9"), Some(2.0));
        assert_eq!(scale.read("0.333333"), Some(0.33));
        assert_eq!(scale.read("warm"), None);
        assert_eq!(scale.read("NaN"), None);
    }

    #[test]
    fn knob_moves_by_whole_steps() {
        let scale = Scale::fine(0.0, 2.0, 1.0);
        assert_eq!(scale.on_step(0.712), 0.7);
        assert_eq!(Scale::whole(1.0, 8.0, 1.0).on_step(2.6), 3.0);
    }
}
