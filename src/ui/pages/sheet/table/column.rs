//! The heads of columns with their menus, and the menu of the selected cells.

use egui::{
    Align2, Color32, Id, Popup, PopupCloseBehavior, Rect, Response, ScrollArea, Sense, Ui, WidgetInfo, accesskit::Role,
    vec2,
};

use crate::{
    prompt::sheet::{Column, SheetField},
    studio::{Command, QueueCommand},
    ui::{
        actions::action::Actions,
        pages::sheet::model::{open_sheet::OpenSheet, operations, results::RowFilter},
        state::view_context::ViewContext,
        text::Text,
        theme::{self, fonts, icons, size},
        widgets::{Button, field, focus_ring, keys_text, menu::menu_item},
    },
};

/// Width of the menus, in points.
const MENU: f32 = 236.0;

/// Describes the purpose of a column.
pub(in crate::ui::pages::sheet) fn words(column: &Column, text: &Text) -> String {
    match column {
        Column::Prompt => text.get("sheet-column-prompt"),
        Column::Variable(name) => text.with("sheet-column-variable", [("name", format!("${name}").into())]),
        Column::Unused => text.get("sheet-column-note"),
        Column::Field(field) => field_words(*field, text),
    }
}

fn field_words(field: SheetField, text: &Text) -> String {
    text.get(match field {
        SheetField::Negative => "sheet-field-avoid",
        SheetField::Styles => "sheet-field-style",
        SheetField::Provider => "sheet-field-provider",
        SheetField::Model => "sheet-field-model",
        SheetField::Aspect => "sheet-field-aspect",
        SheetField::Size => "sheet-field-size",
        SheetField::Seed => "sheet-field-seed",
        SheetField::N => "sheet-field-images",
        SheetField::Temperature => "sheet-field-temperature",
        SheetField::TopP => "sheet-field-top-p",
        SheetField::MaxTokens => "sheet-field-max-tokens",
        SheetField::References => "sheet-field-references",
    })
}

/// Draws the head of a column; a click opens the column's menu.
pub(in crate::ui::pages::sheet) fn heading(
    ui: &Ui,
    rect: Rect,
    index: usize,
    open: &mut OpenSheet,
    cx: &ViewContext<'_>,
) {
    let palette = theme::palette(ui.visuals());
    let name = open.document.sheet().columns[index].clone();
    let column = open.read.headings.columns().get(index).cloned().unwrap_or(Column::Unused);
    let twice = open.read.headings.twice().contains(&index);
    let button = ui.interact(rect.shrink2(vec2(4.0, 2.0)), Id::unique(("sheet head", index)), Sense::click());
    let label = cx.text.with("sheet-column-name", [("name", name.as_str().into())]);
    button.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, &label));
    if button.hovered() || button.has_focus() {
        ui.painter().rect_filled(button.rect, 6.0, palette.raised);
    }
    if button.has_focus() {
        focus_ring(ui.painter(), button.rect.shrink(2.0), egui::CornerRadius::same(6), palette);
    }
    let ink = match column {
        _ if twice => palette.bad,
        Column::Variable(_) => palette.info,
        Column::Unused => palette.faint,
        Column::Prompt | Column::Field(_) => palette.strong,
    };
    caption(ui, rect, &name, ink);
    let tip = if twice { cx.text.get("row-fault-twice") } else { words(&column, cx.text) };
    let button = button.on_hover_text(tip);
    if button.clicked() {
        open.name_field = name;
    }
    menu(&button, &label, |ui| column_menu(ui, index, &column, open, cx));
}

/// Draws a column's name, and the sign that it has a menu.
fn caption(ui: &Ui, rect: Rect, name: &str, ink: Color32) {
    let room = rect.shrink2(vec2(10.0, 0.0));
    let mut job = egui::text::LayoutJob::simple_singleline(name.to_owned(), fonts::medium(size::TEXT_CHIP), ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width((room.width() - 16.0).max(8.0));
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(room.left_center() - vec2(0.0, galley.size().y / 2.0), galley, ink);
    let palette = theme::palette(ui.visuals());
    ui.painter().text(room.right_center(), Align2::RIGHT_CENTER, icons::DOWN, fonts::icons(11.0), palette.faint);
}

/// Opens a menu with a field in it: it closes when an item or anything beside it is clicked.
fn menu(button: &Response, name: &str, contents: impl FnOnce(&mut Ui)) {
    Popup::menu(button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .accessible_name(name)
        .gap(4.0)
        .width(MENU)
        .show(|ui| {
            ui.set_width(MENU);
            ui.spacing_mut().item_spacing.y = 2.0;
            contents(ui);
        });
}

fn column_menu(ui: &mut Ui, index: usize, column: &Column, open: &mut OpenSheet, cx: &ViewContext<'_>) {
    let text = cx.text;
    let label = text.get("sheet-column-rename");
    let response = field::Field::new(&label).height(size::CHIP).show(ui, &mut open.name_field);
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    if entered && !open.name_field.trim().is_empty() {
        open.document.rename_column(index, open.name_field.trim().to_owned());
        ui.close();
    }
    ui.add_space(4.0);
    let mut named = None;
    ScrollArea::vertical().max_height(size::MAX_LIST_HEIGHT).show(ui, |ui| {
        let own = open.document.sheet().columns[index].trim_start_matches(['$', '#']).to_owned();
        let variable = Column::Variable(if own.is_empty() { "name".to_owned() } else { own.clone() });
        let is_variable = matches!(column, Column::Variable(_));
        if menu_item(ui, words(&Column::Prompt, text), *column == Column::Prompt, "") {
            named = Some(Column::Prompt.to_string());
        }
        if menu_item(ui, words(&variable, text), is_variable, "") && !is_variable {
            named = Some(variable.to_string());
        }
        for field in SheetField::ALL {
            let this = Column::Field(field);
            if menu_item(ui, field_words(field, text), *column == this, "") {
                named = Some(this.to_string());
            }
        }
        if menu_item(ui, words(&Column::Unused, text), *column == Column::Unused, "") {
            named = Some(format!("#{own}"));
        }
    });
    if let Some(name) = named {
        open.document.rename_column(index, name);
        ui.close();
    }
    ui.separator();
    let free = || (1..).map(|number: u32| format!("$column{number}"));
    let free = free().find(|name| !open.document.sheet().columns.contains(name)).unwrap_or_default();
    if menu_item(ui, text.get("sheet-column-before"), false, "") {
        open.document.insert_column(index, free.clone());
        ui.close();
    }
    if menu_item(ui, text.get("sheet-column-after"), false, "") {
        open.document.insert_column(index + 1, free);
        ui.close();
    }
    if menu_item(ui, text.get("sheet-column-left"), false, "") {
        open.document.move_column(index, false);
        ui.close();
    }
    if menu_item(ui, text.get("sheet-column-right"), false, "") {
        open.document.move_column(index, true);
        ui.close();
    }
    if open.document.width() > 1 && menu_item(ui, text.get("sheet-column-remove"), false, "") {
        open.document.remove_column(index);
        let (height, width) = (open.shown(), open.document.width());
        open.range.stay(height, width);
        ui.close();
    }
}

/// Draws the button that adds a column.
pub(in crate::ui::pages::sheet) fn add(ui: &mut Ui, rect: Rect, open: &mut OpenSheet, cx: &ViewContext<'_>) {
    let label = cx.text.get("sheet-column-add");
    let button = ui.put(rect, Button::icon(icons::ADD, label.as_str()));
    let columns = open.read.headings.columns();
    let missing = std::iter::once(Column::Prompt).chain(SheetField::ALL.map(Column::Field));
    let missing: Vec<Column> = missing.filter(|column| !columns.contains(column)).collect();
    if button.clicked() {
        open.name_field.clear();
    }
    menu(&button, &label, |ui| {
        let hint = cx.text.get("sheet-column-new");
        let response = field::Field::new(&hint).hint(hint.clone()).height(size::CHIP).show(ui, &mut open.name_field);
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        let mut name = (entered && !open.name_field.trim().is_empty()).then(|| open.name_field.trim().to_owned());
        ui.add_space(4.0);
        ScrollArea::vertical().max_height(size::MAX_LIST_HEIGHT).show(ui, |ui| {
            for column in missing {
                if menu_item(ui, words(&column, cx.text), false, "") {
                    name = Some(column.to_string());
                }
            }
        });
        if let Some(name) = name {
            let width = open.document.width();
            open.document.insert_column(width, name);
            ui.close();
        }
    });
    button.on_hover_text(label);
}

/// Opens the menu of the selected cells at the pointer.
pub(in crate::ui::pages::sheet) fn menu_of_cells(
    ground: &Response,
    open: &mut OpenSheet,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let text = cx.text;
    let keys = |modifiers, key| keys_text(egui::KeyboardShortcut::new(modifiers, key), cfg!(target_os = "macos"));
    Popup::context_menu(ground).accessible_name(text.get("sheet-cells-menu")).width(MENU).show(|ui| {
        ui.set_width(MENU);
        ui.spacing_mut().item_spacing.y = 2.0;
        let rows = open.range.rows(open.document.height());
        let stop: Vec<_> =
            open.document.sheet().rows[rows.clone()].iter().flat_map(|row| open.results.under_way(row.id)).collect();
        let run = open.chosen();
        if !run.is_empty() {
            let label = text.with("sheet-run-chosen", [("count", run.len().into())]);
            if menu_item(ui, label, false, "") {
                open.wanted = Some(RowFilter::Chosen);
                ui.close();
            }
        }
        if !stop.is_empty() && menu_item(ui, text.with("sheet-stop-rows", [("count", stop.len().into())]), false, "") {
            for id in stop {
                actions.send(Command::Queue(QueueCommand::Cancel(id)));
            }
            ui.close();
        }
        if menu_item(ui, text.get("sheet-copy"), false, &keys(egui::Modifiers::COMMAND, egui::Key::C)) {
            operations::copy(open, actions);
            ui.close();
        }
        if menu_item(ui, text.get("sheet-clear"), false, &keys(egui::Modifiers::NONE, egui::Key::Delete)) {
            open.document.clear(open.range);
            ui.close();
        }
        ui.separator();
        if menu_item(ui, text.get("sheet-row-before"), false, &keys(egui::Modifiers::NONE, egui::Key::Insert)) {
            open.document.insert_row(rows.start.min(open.range.rows(usize::MAX).start));
            ui.close();
        }
        if menu_item(ui, text.get("sheet-row-after"), false, "") {
            open.document.insert_row(rows.end);
            ui.close();
        }
        let moves = [("sheet-row-up", false, egui::Key::ArrowUp), ("sheet-row-down", true, egui::Key::ArrowDown)];
        for (label, down, key) in moves {
            if menu_item(ui, text.get(label), false, &keys(egui::Modifiers::ALT, key)) {
                operations::move_rows(open, down);
                ui.close();
            }
        }
        if !rows.is_empty() {
            let label = text.with("sheet-rows-remove", [("count", rows.len().into())]);
            if menu_item(ui, label, false, &keys(egui::Modifiers::COMMAND, egui::Key::Delete)) {
                operations::remove_rows(open);
                ui.close();
            }
        }
    });
}
