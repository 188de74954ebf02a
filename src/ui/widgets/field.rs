//! Text fields of one line, each with a name for screen readers.

use egui::{Align2, FontId, FontSelection, Id, Margin, Rect, Response, TextEdit, Ui, text_edit::TextEditOutput, vec2};

use crate::ui::theme::{self, fonts, size};

/// A text field of one line.
#[derive(Clone, Debug)]
#[must_use = "a field has to be shown"]
pub struct Field<'a> {
    name: &'a str,
    hint: String,
    id: Option<Id>,
    width: f32,
    height: f32,
    font: FontId,
    password: bool,
    right_aligned: bool,
    enabled: bool,
    icon: Option<&'static str>,
    icon_right: f32,
}

impl<'a> Field<'a> {
    /// Creates a field over the available width; the name is for screen readers.
    pub fn new(name: &'a str) -> Self {
        Self {
            name,
            hint: String::new(),
            id: None,
            width: f32::INFINITY,
            height: size::BUTTON,
            font: fonts::regular(size::TEXT),
            password: false,
            right_aligned: false,
            enabled: true,
            icon: None,
            icon_right: 0.0,
        }
    }

    /// Creates a low field for a number, with right-aligned text.
    pub fn number(name: &'a str) -> Self {
        Self {
            width: size::NUMBER_WIDTH,
            height: size::NUMBER,
            font: fonts::regular(size::TEXT_CHIP),
            right_aligned: true,
            ..Self::new(name)
        }
    }

    /// Sets the placeholder of the empty field.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Sets an id, so that others can focus the field.
    pub fn id(mut self, id: Id) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets the width in points.
    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }

    /// Sets the height in points.
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    /// Hides the text behind dots.
    pub fn password(mut self) -> Self {
        self.password = true;
        self
    }

    /// Sets whether the field can be edited.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// Adds a faint icon at the left.
    pub fn icon(mut self, icon: &'static str) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Reserves points at the right for widgets of the caller.
    pub fn room_at_right(mut self, points: f32) -> Self {
        self.icon_right = points;
        self
    }

    /// Draws the widget.
    pub fn show(self, ui: &mut Ui, text: &mut String) -> Response {
        self.show_with_caret(ui, text).0
    }

    /// Draws the widget, and returns where its cursor is on screen.
    pub fn show_with_caret(self, ui: &mut Ui, text: &mut String) -> (Response, Option<Rect>) {
        let palette = theme::palette(ui.visuals());
        let edge = if self.height < size::CHIP { 6.0 } else { 10.0 };
        let left = edge + if self.icon.is_some() { size::ICON + size::GAP } else { 0.0 };
        let margin = Margin { left: left as i8, right: (edge + self.icon_right) as i8, top: 0, bottom: 0 };
        let width = self.width.min(ui.available_width());
        let mut edit = TextEdit::singleline(text)
            .font(FontSelection::FontId(self.font.clone()))
            .hint_text(egui::RichText::new(&self.hint).font(self.font))
            .margin(margin)
            .min_size(vec2(width, self.height))
            .desired_width(width)
            .align(if self.right_aligned { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER })
            .password(self.password)
            .interactive(self.enabled);
        if let Some(id) = self.id {
            edit = edit.id(id);
        }
        if !self.enabled {
            edit = edit.text_color(palette.faint).background_color(palette.panel);
        }
        let output = ui
            .scope(|ui| {
                ui.spacing_mut().interact_size.y = self.height;
                edit.show(ui)
            })
            .inner;
        let caret = caret(&output);
        let response = output.response.response;
        if response.gained_focus() {
            ui.scroll_to_rect(response.rect.expand(size::GAP), None);
        }
        name(ui, response.id, self.name);
        if let Some(icon) = self.icon {
            let galley = ui.painter().layout_no_wrap(icon.to_owned(), fonts::icons(size::ICON), palette.faint);
            let at = response.rect.left_center() + vec2(edge, -galley.size().y / 2.0);
            ui.painter().galley(at, galley, palette.faint);
        }
        (response, caret)
    }
}

/// Where the cursor of a text field is on screen.
pub(super) fn caret(output: &TextEditOutput) -> Option<Rect> {
    let cursor = output.cursor_range?.primary;
    Some(output.galley.pos_from_cursor(cursor).translate(output.galley_pos.to_vec2()))
}

/// Sets the name of a widget for screen readers.
pub fn name(ui: &Ui, id: Id, name: &str) {
    ui.ctx().accesskit_node_builder(id, |node| node.set_label(name));
}
