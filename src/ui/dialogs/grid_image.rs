//! The dialog that exports a grid as one image: the size of its images, and the file format.

use egui::{Label, RichText, Ui};

use crate::{
    studio::{
        Command, ExportCommand,
        export::ExportFormat,
        grid_image::{GridImageOptions, GridImageSize},
    },
    ui::{
        actions::{action::Actions, payload::GridShape},
        state::view_context::ViewContext,
        theme::{self, fonts, size},
        widgets::{
            Button, ButtonKind,
            dialog::{Dialog, note},
            section_label,
        },
    },
};

/// Width of the dialog.
const WIDTH: f32 = 460.0;

/// The offered sizes of images in pixels.
const CELLS: [u32; 4] = [256, 512, 1024, 2048];

/// The offered formats.
const FORMATS: [ExportFormat; 3] =
    [ExportFormat::Png, ExportFormat::Jpeg { quality: 90 }, ExportFormat::Webp { quality: 90 }];

/// The state of the dialog.
#[derive(Debug)]
pub struct GridImageDialog {
    grid: Option<GridShape>,
    cell: u32,
    format: ExportFormat,
}

impl Default for GridImageDialog {
    fn default() -> Self {
        Self { grid: None, cell: 512, format: ExportFormat::Png }
    }
}

impl GridImageDialog {
    /// Closes it.
    pub fn close(&mut self) {
        self.grid = None;
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.grid.is_some()
    }

    /// Opens it for a grid. Size and format are kept from the last time.
    pub fn open(&mut self, grid: GridShape) {
        self.grid = Some(grid);
    }
}

/// Draws the dialog. Only called while it is open.
pub fn show(ui: &Ui, dialog: &mut GridImageDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    let Some(grid) = dialog.grid.clone() else { return };
    let title = cx.text.get("contact-export");
    let size = GridImageSize::of(grid.columns, grid.rows, grid.labeled, dialog.cell);
    let shown = Dialog::new("grid export", &title).width(WIDTH).show(
        ui,
        dialog,
        |ui, dialog| body(ui, dialog, size, cx),
        |ui, _| {
            let save = ui.add(Button::new(cx.text.get("export-save-as")).kind(ButtonKind::Primary)).clicked();
            let cancel = ui.add(Button::new(cx.text.get("cancel"))).clicked();
            note(ui, |ui| {
                let palette = theme::palette(ui.visuals());
                let words = RichText::new(format!("{} × {}", size.width, size.height));
                ui.label(words.font(fonts::regular(size::TEXT_CHIP)).color(palette.text));
            });
            (save, cancel)
        },
    );
    let (save, cancel) = shown.footer;
    if save {
        let suggested = cx.text.get("contact-file");
        actions.send(Command::Export(ExportCommand::WriteGrid(GridImageOptions {
            batch: grid.batch,
            cell: dialog.cell,
            format: dialog.format,
            suggested,
        })));
    }
    if save || cancel || shown.close {
        dialog.grid = None;
    }
}

fn body(ui: &mut Ui, dialog: &mut GridImageDialog, size: GridImageSize, cx: &ViewContext<'_>) {
    let text = cx.text;
    let palette = theme::palette(ui.visuals());
    let group = text.get("contact-cell");
    section_label(ui, &group, |_| {});
    chips(ui, |ui| {
        for cell in CELLS {
            let label = text.with("contact-pixels", [("count", cell.into())]);
            let chip = Button::new(label.as_str()).kind(ButtonKind::Chip).selected(dialog.cell == cell);
            if ui.add(chip.name(format!("{group}: {label}"))).clicked() {
                dialog.cell = cell;
            }
        }
    });
    if size.cell < dialog.cell {
        let words = RichText::new(text.with("contact-smaller", [("count", size.cell.into())]));
        ui.add(Label::new(words.font(fonts::regular(size::TEXT_SMALL)).color(palette.text)).wrap());
    }
    let group = text.get("export-format");
    section_label(ui, &group, |_| {});
    chips(ui, |ui| {
        for (format, label) in FORMATS.into_iter().zip(["PNG", "JPEG", "WebP"]) {
            let chip = Button::new(label).kind(ButtonKind::Chip).selected(dialog.format == format);
            if ui.add(chip.name(format!("{group}: {label}"))).clicked() {
                dialog.format = format;
            }
        }
    });
}

fn chips(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP_SMALL);
        contents(ui);
    });
}
