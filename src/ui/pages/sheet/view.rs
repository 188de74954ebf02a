//! Draws the page of prompt sheets and its dialogs.

use egui::{Rect, Ui, UiBuilder, pos2};

use crate::{
    prompt::sheet::{Column, SheetField},
    recipe::{Recipe, SheetHead},
    ui::{
        actions::action::Actions,
        state::view_context::ViewContext,
        theme::{self, size},
    },
};

use super::{
    dialogs::{
        export_dialog,
        open_table_dialog::{self, OpenTableDialog},
    },
    footer,
    model::{document::SheetDocument, export_state::SheetExportDialog, open_sheet::OpenSheet},
    sheet_list,
    state::{SheetBase, SheetPage, send},
    table::{cells, keyboard},
    toolbar,
};

/// Draws the page.
pub fn show(ui: &mut Ui, page: &mut SheetPage, base: &SheetBase<'_>, cx: &ViewContext<'_>, actions: &mut Actions) {
    if let Some(file) = page.arrived.take() {
        page.open_table(file.name.clone(), Some(&file), file.reading.table.clone(), base, cx.known);
    }
    let images = std::mem::take(&mut page.images);
    if !images.is_empty() {
        let columns = [Column::Field(SheetField::References), Column::Prompt].map(|column| column.to_string()).to_vec();
        let rows = images.iter().map(|id| vec![id.to_string(), String::new()]).collect();
        let head = base.head();
        // Each row has its own image.
        let base = Recipe { references: Vec::new(), ..head.base };
        let head = SheetHead { name: cx.text.get("sheet-untitled"), base, ..head };
        page.open = Some(Box::new(OpenSheet::new(SheetDocument::of(head, columns, rows), cx.known)));
    }
    let Some(open) = &mut page.open else {
        page.tell(actions);
        sheet_list::show(ui, page, base, cx, actions);
        return;
    };
    open.refresh(cx.known);
    keyboard::take(ui, open, cx, actions);
    let whole = ui.available_rect_before_wrap();
    let palette = theme::palette(ui.visuals());
    ui.painter().rect_filled(whole, 0.0, palette.panel);
    let inner = whole.shrink2(egui::vec2(size::EDGE, 0.0));
    let top = ui.scope_builder(UiBuilder::new().max_rect(inner), |ui| {
        ui.spacing_mut().item_spacing.y = size::GAP;
        toolbar::show(ui, open, base, cx, actions)
    });
    let (left, bottom) = (top.inner, top.response.rect.bottom() + size::SECTION);
    let foot_top = whole.bottom() - footer::HEIGHT;
    let middle = Rect::from_min_max(pos2(whole.left(), bottom), pos2(whole.right(), foot_top.max(bottom)));
    ui.scope_builder(UiBuilder::new().max_rect(middle), |ui| cells::show(ui, open, cx, actions));
    let foot = Rect::from_min_max(pos2(whole.left(), middle.bottom()), whole.max);
    let pressed = ui.scope_builder(UiBuilder::new().max_rect(foot), |ui| footer::show(ui, open, cx, actions)).inner;
    match pressed {
        Some(footer::FooterResponse::Run(which)) => {
            open.commit();
            open.wanted = Some(which);
        }
        Some(footer::FooterResponse::Export) => page.exporting = Some(SheetExportDialog::default()),
        None => {}
    }
    if let Some(left) = left {
        if let Some(open) = page.open.as_mut().filter(|_| left == toolbar::SheetExit::Closed) {
            open.commit();
            page.tell(actions);
        }
        page.open = None;
        page.list_asked = false;
        page.listed = None;
    }
    page.tell(actions);
    page.order_wanted(cx, actions);
}

/// Draws the page's dialogs. Only called while one is open.
pub fn dialogs(ui: &Ui, page: &mut SheetPage, cx: &ViewContext<'_>, actions: &mut Actions) {
    if let Some(opening) = &mut page.opening {
        match open_table_dialog::show(ui, opening, cx, actions) {
            Some(open_table_dialog::OpenTableResponse::Open) => {
                page.arrived = page.opening.take().map(OpenTableDialog::into_file);
            }
            Some(open_table_dialog::OpenTableResponse::Cancel) => page.opening = None,
            None => {}
        }
    }
    let Some(open) = &mut page.open else {
        (page.question, page.exporting) = (None, None);
        return;
    };
    if let Some(order) = page.question.take() {
        match footer::question(ui, &order, cx) {
            Some(true) => send(open, &order, actions),
            Some(false) => {}
            None => page.question = Some(order),
        }
    }
    if let Some(exporting) = &mut page.exporting
        && export_dialog::show(ui, exporting, open, cx, actions)
    {
        page.exporting = None;
    }
}
