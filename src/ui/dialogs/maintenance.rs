//! Verifies the library, and has its index rebuilt: progress, issues, and what can be done about them.

use std::sync::Arc;

use egui::{Label, ProgressBar, RichText, ScrollArea, Ui};

use crate::{
    studio::{Command, MaintenanceCommand, MaintenanceEvent, VerifyReport},
    ui::{
        actions::action::Actions,
        state::view_context::ViewContext,
        theme::{self, fonts, size},
        widgets::{Button, ButtonKind, dialog::Dialog},
    },
};

/// Width of the dialog.
const WIDTH: f32 = 560.0;
/// Maximum number of issues that are listed.
const MAX_LISTED_ISSUES: usize = 500;

/// What the dialog shows.
#[derive(Clone, Debug, Default)]
enum MaintenanceStage {
    /// It is closed.
    #[default]
    Closed,
    /// The library is verified: images that are done, of how many.
    Verifying(usize, usize),
    /// The library was verified, or could not be.
    Verified(Result<Arc<VerifyReport>, String>),
    /// A person is asked whether the next start rebuilds the index.
    Asking,
    /// The next start rebuilds the index.
    Scheduled,
}

/// The state of the dialog.
#[derive(Debug, Default)]
pub struct MaintenanceDialog {
    stage: MaintenanceStage,
}

impl MaintenanceDialog {
    /// Folds an event about a verification into this state.
    pub fn fold(&mut self, event: &MaintenanceEvent) {
        if !matches!(self.stage, MaintenanceStage::Verifying(..)) {
            return;
        }
        self.stage = match event {
            MaintenanceEvent::Progress { done, total } => MaintenanceStage::Verifying(*done, *total),
            MaintenanceEvent::Verified(report) => MaintenanceStage::Verified(report.clone()),
        };
    }

    /// Opens the dialog and verifies the library. Returns the command for it.
    pub fn verify(&mut self) -> Command {
        self.stage = MaintenanceStage::Verifying(0, 0);
        Command::Maintenance(MaintenanceCommand::Verify)
    }

    /// Asks whether the next start rebuilds the index.
    pub fn ask_rebuild(&mut self) {
        self.stage = MaintenanceStage::Asking;
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        !matches!(self.stage, MaintenanceStage::Closed)
    }
}

/// Draws the dialog. Only called while it is open.
pub fn show(ui: &Ui, dialog: &mut MaintenanceDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    let text = cx.text;
    let title = text.get(match dialog.stage {
        MaintenanceStage::Asking | MaintenanceStage::Scheduled => "maintenance-rebuild-title",
        _ => "maintenance-verify-title",
    });
    let shown = Dialog::new("maintenance", &title).width(WIDTH).show(
        ui,
        dialog,
        |ui, dialog| body(ui, &dialog.stage, cx),
        |ui, dialog| {
            if matches!(dialog.stage, MaintenanceStage::Asking) {
                let rebuild = Button::new(text.get("maintenance-rebuild")).kind(ButtonKind::Primary);
                let rebuild = ui.add(rebuild).clicked();
                return (rebuild, ui.add(Button::new(text.get("cancel"))).clicked());
            }
            (false, ui.add(Button::new(text.get("done")).kind(ButtonKind::Primary)).clicked())
        },
    );
    let (rebuilds, closes) = shown.footer;
    if rebuilds {
        actions.send(Command::Maintenance(MaintenanceCommand::RebuildAtNextStart));
        dialog.stage = MaintenanceStage::Scheduled;
    } else if closes || shown.close {
        dialog.stage = MaintenanceStage::Closed;
    }
}

fn body(ui: &mut Ui, stage: &MaintenanceStage, cx: &ViewContext<'_>) {
    let (text, palette) = (cx.text, theme::palette(ui.visuals()));
    let say = |ui: &mut Ui, words: String| {
        let words = RichText::new(words).font(fonts::regular(size::TEXT)).color(palette.text);
        ui.add(Label::new(words).wrap());
    };
    match stage {
        MaintenanceStage::Closed => {}
        MaintenanceStage::Verifying(done, total) => {
            say(ui, text.with("maintenance-verifying", [("done", (*done).into()), ("total", (*total).into())]));
            let part = if *total == 0 { 0.0 } else { *done as f32 / *total as f32 };
            ui.add(ProgressBar::new(part).desired_height(6.0));
        }
        MaintenanceStage::Verified(Err(reason)) => {
            say(ui, text.with("maintenance-failed", [("reason", reason.as_str().into())]));
        }
        MaintenanceStage::Verified(Ok(report)) => {
            let count = report.images.into();
            let issues = report.issues.len();
            if issues == 0 {
                say(ui, text.with("maintenance-fine", [("count", count)]));
                return;
            }
            say(ui, text.with("maintenance-issues", [("count", count), ("issues", issues.into())]));
            say(ui, text.get("maintenance-next"));
            ScrollArea::vertical().max_height(size::MAX_LIST_HEIGHT).auto_shrink([false, true]).show(ui, |ui| {
                for issue in report.issues.iter().take(MAX_LISTED_ISSUES) {
                    say(ui, text.flaw(issue));
                }
            });
        }
        MaintenanceStage::Asking => say(ui, text.get("maintenance-rebuild-note")),
        MaintenanceStage::Scheduled => say(ui, text.get("maintenance-rebuild-scheduled")),
    }
}
