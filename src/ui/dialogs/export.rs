//! The dialog that writes images to disk.

use std::path::{Path, PathBuf};

use egui::{Align, CornerRadius, Label, Layout, Rect, RichText, Sense, Ui, WidgetInfo, accesskit::Role, vec2};

use crate::{
    recipe::ImageId,
    studio::{
        Command, ExportCommand, ExportEvent,
        export::{ConflictPolicy, ExportFailure, ExportFormat, ExportOptions, ExportPreview, ExportTarget},
    },
    ui::{
        actions::action::Actions,
        state::view_context::ViewContext,
        text::Text,
        theme::{self, fonts, size},
        widgets::{
            Button, ButtonKind,
            dialog::{Dialog, note},
            field::Field,
            section_label,
            slider::{Scale, slider_row},
        },
    },
};

/// The default template.
const TEMPLATE: &str = "{date}_{prompt:24}_{n:03}";
/// Maximum number of file names in the preview.
const NAMES: usize = 3;
/// Maximum number of failures that are listed.
const FAILURES: usize = 6;

/// The state of the dialog. The choices are kept for the next export.
#[derive(Debug)]
pub struct ExportDialog {
    images: Vec<ImageId>,
    format: ExportSelection,
    jpeg_quality: f64,
    webp_quality: f64,
    /// The folder as it is typed; it may begin with `~`.
    folder: String,
    template: String,
    clash: ConflictPolicy,
    /// The last requested preview.
    asked: Option<ExportOptions>,
    preview: Option<ExportPreview>,
    /// The file that was chosen for a single image.
    file: Option<PathBuf>,
    stage: ExportStage,
}

/// The formats to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ExportSelection {
    Original,
    Png,
    Jpeg,
    Webp,
}

/// The progress of an export.
#[derive(Clone, Debug, Default, PartialEq)]
enum ExportStage {
    #[default]
    Choosing,
    Running {
        done: usize,
        total: usize,
    },
    Done {
        written: Vec<PathBuf>,
        failed: Vec<(ImageId, ExportFailure)>,
        cancelled: bool,
    },
}

impl Default for ExportDialog {
    fn default() -> Self {
        Self {
            images: Vec::new(),
            format: ExportSelection::Original,
            jpeg_quality: 90.0,
            webp_quality: 90.0,
            folder: String::new(),
            template: TEMPLATE.to_owned(),
            clash: ConflictPolicy::Number,
            asked: None,
            preview: None,
            file: None,
            stage: ExportStage::Choosing,
        }
    }
}

impl ExportDialog {
    /// Sets the target folder.
    pub fn set_folder(&mut self, folder: &Path) {
        self.folder = folder.display().to_string();
    }

    /// Folds an event about exports into this state.
    pub fn fold_export(&mut self, event: &ExportEvent) {
        if !self.is_open() {
            return;
        }
        match event {
            ExportEvent::FolderPicked(folder) => self.set_folder(folder),
            ExportEvent::FilePicked(file) => self.file = Some(file.clone()),
            ExportEvent::Preview(preview) => self.preview = Some(preview.clone()),
            ExportEvent::Progress { done, total } => {
                if matches!(self.stage, ExportStage::Running { .. }) {
                    self.stage = ExportStage::Running { done: *done, total: *total };
                }
            }
            ExportEvent::Done { written, failed, cancelled } => {
                let (written, failed) = (written.clone(), failed.clone());
                self.stage = ExportStage::Done { written, failed, cancelled: *cancelled };
            }
            ExportEvent::GridWritten(_) => {}
        }
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        !self.images.is_empty()
    }

    /// Opens it for images.
    pub fn open(&mut self, images: Vec<ImageId>) {
        self.images = images;
        self.stage = ExportStage::Choosing;
        self.asked = None;
        self.preview = None;
        self.file = None;
    }

    /// Closes it.
    pub fn close(&mut self) {
        self.open(Vec::new());
    }

    fn format(&self) -> ExportFormat {
        match self.format {
            ExportSelection::Original => ExportFormat::Original,
            ExportSelection::Png => ExportFormat::Png,
            ExportSelection::Jpeg => ExportFormat::Jpeg { quality: self.jpeg_quality as u8 },
            ExportSelection::Webp => ExportFormat::Webp { quality: self.webp_quality as u8 },
        }
    }

    fn order(&self, target: ExportTarget) -> ExportOptions {
        ExportOptions { images: self.images.clone(), target, format: self.format(), on_conflict: self.clash }
    }

    /// The export to the folder; without a folder only the names are checked.
    fn folder_order(&self) -> ExportOptions {
        let folder = if self.folder_fault().is_none() { PathBuf::from(self.folder.trim()) } else { PathBuf::new() };
        self.order(ExportTarget::Folder { folder, template: self.template.clone() })
    }

    /// The key of the sentence about a folder that cannot be written to.
    fn folder_fault(&self) -> Option<&'static str> {
        let folder = Path::new(self.folder.trim());
        if folder.as_os_str().is_empty() {
            Some("export-no-folder")
        } else if !folder.is_absolute() && !folder.starts_with("~") {
            Some("export-not-absolute")
        } else {
            None
        }
    }

    fn ready(&self) -> bool {
        self.folder_fault().is_none() && self.preview.as_ref().is_some_and(|preview| preview.template_error.is_none())
    }

    fn start(&mut self, order: ExportOptions, actions: &mut Actions) {
        self.stage = ExportStage::Running { done: 0, total: order.images.len() };
        actions.send(Command::Export(ExportCommand::Start(order)));
    }
}

/// Draws the dialog. Only called while it is open.
pub fn show(ui: &Ui, dialog: &mut ExportDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    if let Some(file) = dialog.file.take() {
        let order = dialog.order(ExportTarget::File(file));
        dialog.start(order, actions);
    }
    if dialog.stage == ExportStage::Choosing {
        let order = dialog.folder_order();
        if dialog.asked.as_ref() != Some(&order) {
            actions.send(Command::Export(ExportCommand::Preview(order.clone())));
            dialog.asked = Some(order);
        }
    }
    let title = cx.text.with("export-title", [("count", dialog.images.len().into())]);
    let shown = Dialog::new("export", &title).show(
        ui,
        dialog,
        |ui, dialog| match dialog.stage.clone() {
            ExportStage::Choosing => choices(ui, dialog, cx, actions),
            ExportStage::Running { done, total } => progress(ui, done, total, cx),
            ExportStage::Done { written, failed, cancelled } => outcome(ui, &written, &failed, cancelled, cx),
        },
        |ui, dialog| footer(ui, dialog, cx),
    );
    match shown.footer {
        Some(ExportResponse::Export) => dialog.start(dialog.folder_order(), actions),
        Some(ExportResponse::SaveAs) => {
            let suggested = dialog.preview.as_ref().and_then(|preview| preview.names.first().cloned());
            actions.send(Command::Export(ExportCommand::PickFile { suggested: suggested.unwrap_or_default() }));
        }
        Some(ExportResponse::CancelExport) => actions.send(Command::Export(ExportCommand::Cancel)),
        Some(ExportResponse::Close) => dialog.close(),
        None if shown.close && matches!(dialog.stage, ExportStage::Running { .. }) => {}
        None if shown.close => dialog.close(),
        None => {}
    }
}

fn choices(ui: &mut Ui, dialog: &mut ExportDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    let text = cx.text;
    ui.spacing_mut().item_spacing.y = size::GAP_SMALL;
    let folder = text.get("export-folder");
    section_label(ui, &folder, |_| {});
    ui.horizontal(|ui| {
        let choose = Button::new(text.get("export-choose"));
        let room = choose.wanted_width(ui) + size::GAP;
        let field = Field::new(&folder).hint(text.get("export-folder-hint")).width(ui.available_width() - room);
        field.show(ui, &mut dialog.folder);
        if ui.add(choose).clicked() {
            actions.send(Command::Export(ExportCommand::PickFolder));
        }
    });
    ui.add_space(size::GAP);
    template(ui, dialog, text);
    ui.add_space(size::GAP);
    let half = (ui.available_width() - size::EDGE) / 2.0;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = size::EDGE;
        ui.vertical(|ui| {
            ui.set_width(half);
            formats(ui, dialog, text);
        });
        ui.vertical(|ui| {
            ui.set_width(half);
            clashes(ui, dialog, text);
        });
    });
}

fn template(ui: &mut Ui, dialog: &mut ExportDialog, text: &Text) {
    let palette = theme::palette(ui.visuals());
    let preview = dialog.preview.as_ref();
    section_label(ui, &text.get("export-name"), |ui| {
        let Some(preview) = preview.filter(|preview| preview.template_error.is_none()) else { return };
        let files = text.with("export-files", [("count", preview.files.into())]);
        let clashes = text.with("export-clashes", [("count", preview.conflicts.into())]);
        let ink = if preview.conflicts > 0 { palette.accent_text } else { palette.faint };
        small(ui, text.with("export-counts", [("files", files.into()), ("clashes", clashes.into())]), ink);
    });
    let name = text.get("export-name");
    Field::new(&name).show(ui, &mut dialog.template);
    let (lines, ink) = match preview {
        Some(ExportPreview { template_error: Some(trouble), .. }) => {
            (vec![text.template_trouble(trouble)], palette.bad)
        }
        Some(preview) => {
            let more = (preview.files > NAMES).then(|| "…".to_owned());
            (preview.names.iter().take(NAMES).cloned().chain(more).collect(), palette.faint)
        }
        None => (Vec::new(), palette.faint),
    };
    // Space for every line is reserved, so that nothing below moves.
    let height = 17.0 * dialog.images.len().min(NAMES + 1) as f32;
    ui.allocate_ui_with_layout(vec2(ui.available_width(), height), Layout::top_down(Align::Min), |ui| {
        ui.set_min_height(height);
        ui.spacing_mut().item_spacing.y = 0.0;
        for line in lines {
            let words = RichText::new(line).font(fonts::regular(size::TEXT_CHIP)).line_height(Some(17.0)).color(ink);
            ui.add(Label::new(words).truncate());
        }
    });
    small(ui, text.get("export-name-help"), palette.faint);
}

fn small(ui: &mut Ui, words: String, ink: egui::Color32) {
    ui.add(Label::new(RichText::new(words).font(fonts::regular(size::TEXT_SMALL)).color(ink)).wrap());
}

fn chips<T: PartialEq + Copy>(ui: &mut Ui, chosen: &mut T, choices: &[(T, String)]) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP_SMALL);
        for (value, label) in choices {
            let chip = Button::new(label.as_str()).kind(ButtonKind::Chip).selected(chosen == value);
            if ui.add(chip).clicked() {
                *chosen = *value;
            }
        }
    });
}

fn formats(ui: &mut Ui, dialog: &mut ExportDialog, text: &Text) {
    let palette = theme::palette(ui.visuals());
    section_label(ui, &text.get("export-format"), |_| {});
    let names = [
        (ExportSelection::Original, text.get("export-original")),
        (ExportSelection::Png, "PNG".to_owned()),
        (ExportSelection::Jpeg, "JPEG".to_owned()),
        (ExportSelection::Webp, "WebP".to_owned()),
    ];
    chips(ui, &mut dialog.format, &names);
    // The row has the same height without a slider, so that nothing below moves.
    ui.allocate_ui_with_layout(vec2(ui.available_width(), size::ROW), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_height(size::ROW);
        let quality = text.get("export-quality");
        match dialog.format {
            ExportSelection::Original => small(ui, text.get("export-original-note"), palette.faint),
            ExportSelection::Png => small(ui, text.get("export-png-note"), palette.faint),
            ExportSelection::Jpeg => {
                slider_row(ui, &quality, &mut dialog.jpeg_quality, &Scale::whole(1.0, 100.0, 90.0));
            }
            ExportSelection::Webp => {
                slider_row(ui, &quality, &mut dialog.webp_quality, &Scale::whole(1.0, 100.0, 90.0));
            }
        }
    });
}

fn clashes(ui: &mut Ui, dialog: &mut ExportDialog, text: &Text) {
    let palette = theme::palette(ui.visuals());
    section_label(ui, &text.get("export-clash"), |_| {});
    let names = [
        (ConflictPolicy::Number, text.get("export-clash-number")),
        (ConflictPolicy::Skip, text.get("export-clash-skip")),
        (ConflictPolicy::Replace, text.get("export-clash-replace")),
    ];
    chips(ui, &mut dialog.clash, &names);
    let replaced = dialog.preview.as_ref().map_or(0, |preview| preview.conflicts);
    if dialog.clash == ConflictPolicy::Replace && replaced > 0 {
        small(ui, text.with("export-replaces", [("count", replaced.into())]), palette.accent_text);
    }
}

fn progress(ui: &mut Ui, done: usize, total: usize, cx: &ViewContext<'_>) {
    let palette = theme::palette(ui.visuals());
    let words = cx.text.with("export-progress", [("done", done.into()), ("total", total.into())]);
    ui.label(RichText::new(words.as_str()).color(palette.strong));
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::RAIL), Sense::hover());
    response.widget_info(|| WidgetInfo {
        value: Some(done as f64),
        ..WidgetInfo::labeled(Role::ProgressIndicator, true, &words)
    });
    let radius = CornerRadius::same(2);
    ui.painter().rect_filled(rect, radius, palette.raised);
    let share = if total == 0 { 0.0 } else { done as f32 / total as f32 };
    let filled = Rect::from_min_size(rect.min, vec2(rect.width() * share, rect.height()));
    ui.painter().rect_filled(filled, radius, palette.accent);
}

fn outcome(
    ui: &mut Ui,
    written: &[PathBuf],
    failed: &[(ImageId, ExportFailure)],
    cancelled: bool,
    cx: &ViewContext<'_>,
) {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let skipped = failed.iter().filter(|(_, failure)| *failure == ExportFailure::Skipped).count();
    let broken = failed.len() - skipped;
    let ink = if broken == 0 && !cancelled { palette.good } else { palette.strong };
    ui.label(RichText::new(text.with("export-written", [("count", written.len().into())])).color(ink));
    if let Some(folder) = written.first().and_then(|file| file.parent()) {
        small(ui, folder.display().to_string(), palette.faint);
    }
    if cancelled {
        ui.label(text.get("export-cancelled"));
    }
    if skipped > 0 {
        ui.label(text.with("export-left", [("count", skipped.into())]));
    }
    if broken > 0 {
        ui.label(RichText::new(text.with("export-failed", [("count", broken.into())])).color(palette.bad));
        let broken = failed.iter().filter(|(_, failure)| *failure != ExportFailure::Skipped);
        for (id, failure) in broken.take(FAILURES) {
            let prompt = cx
                .known
                .details(*id)
                .map_or_else(|| text.get("picture"), |details| details.facts.recipe.prompt.chars().take(40).collect());
            let why = text.export_failure(failure);
            small(ui, text.with("export-failed-line", [("prompt", prompt.into()), ("why", why.into())]), palette.text);
        }
    }
}

/// The clicked button of the footer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ExportResponse {
    Export,
    SaveAs,
    CancelExport,
    Close,
}

fn footer(ui: &mut Ui, dialog: &ExportDialog, cx: &ViewContext<'_>) -> Option<ExportResponse> {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    match dialog.stage {
        ExportStage::Choosing => {
            let label = text.with("export-do", [("count", dialog.images.len().into())]);
            let export = ui.add(Button::new(label).kind(ButtonKind::Primary).enabled(dialog.ready())).clicked();
            let cancel = ui.add(Button::new(text.get("cancel"))).clicked();
            let single = dialog.images.len() == 1;
            let save_as = single && ui.add(Button::new(text.get("export-save-as"))).clicked();
            note(ui, |ui| {
                let bytes = dialog.preview.as_ref().and_then(|preview| preview.bytes);
                let words = match (dialog.folder_fault(), bytes) {
                    (Some(fault), _) => text.get(fault),
                    (None, Some(bytes)) => text.with("export-bytes", [("bytes", text.bytes(bytes).into())]),
                    (None, None) => String::new(),
                };
                ui.label(RichText::new(words).color(palette.faint));
            });
            let pressed =
                [(export, ExportResponse::Export), (save_as, ExportResponse::SaveAs), (cancel, ExportResponse::Close)];
            pressed.into_iter().find(|(pressed, _)| *pressed).map(|(_, what)| what)
        }
        ExportStage::Running { .. } => {
            ui.add(Button::new(text.get("cancel"))).clicked().then_some(ExportResponse::CancelExport)
        }
        ExportStage::Done { .. } => {
            ui.add(Button::new(text.get("done")).kind(ButtonKind::Primary)).clicked().then_some(ExportResponse::Close)
        }
    }
}
