//! The retention of responses that did not become images: number, duration, and a button that deletes them.

use egui::{Label, RichText, Ui};

use crate::{
    settings::Settings,
    studio::{Command, KeptTotals, ResponseCommand},
    ui::{
        actions::action::Actions,
        state::view_context::ViewContext,
        theme::{self, fonts, size},
        widgets::{Button, ButtonKind},
    },
};

use super::form::choice;

/// The offered numbers of days.
const DAYS: [u32; 3] = [7, 30, 90];

/// The offered numbers of megabytes.
const MEGABYTES: [u32; 3] = [250, 1_000, 5_000];

const BYTES_PER_MEGABYTE: u64 = 1_000_000;

/// The state of the section about kept responses.
#[derive(Debug, Default)]
pub(super) struct RetentionSection {
    /// The kept amount, if the studio has reported it.
    totals: Option<KeptTotals>,
    /// Whether deleting was chosen and waits for its confirmation.
    confirming: bool,
}

impl RetentionSection {
    /// Shows the totals of the kept responses.
    pub(super) fn receive_totals(&mut self, totals: KeptTotals) {
        self.totals = Some(totals);
    }

    /// Draws it.
    pub(super) fn show(&mut self, ui: &mut Ui, settings: &mut Settings, cx: &ViewContext<'_>, actions: &mut Actions) {
        let text = cx.text;
        ui.add_space(size::GAP);
        let days = DAYS.map(|days| (days, text.with("settings-kept-days", [("count", (days as usize).into())])));
        choice(ui, &text.get("settings-kept"), &mut settings.kept_days, &days);
        let sizes = MEGABYTES.map(|size| (size, text.bytes(u64::from(size) * BYTES_PER_MEGABYTE)));
        choice(ui, &text.get("settings-kept-size"), &mut settings.kept_megabytes, &sizes);
        let palette = theme::palette(ui.visuals());
        let totals = self.totals.unwrap_or_default();
        let key = if totals.responses == 0 { "settings-kept-none" } else { "settings-kept-now" };
        let now = [("count", totals.responses.into()), ("size", text.bytes(totals.bytes).into())];
        let words = RichText::new(text.with(key, now)).font(fonts::regular(size::TEXT)).color(palette.text);
        ui.add(Label::new(words).wrap());
        ui.add_space(size::GAP_SMALL);
        if totals.responses == 0 {
            self.confirming = false;
            return;
        }
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
            if !self.confirming {
                if ui.add(Button::new(text.get("settings-kept-show")).kind(ButtonKind::Small)).clicked() {
                    actions.send(Command::Responses(ResponseCommand::ShowCards));
                }
                self.confirming =
                    ui.add(Button::new(text.get("settings-kept-delete")).kind(ButtonKind::Small)).clicked();
                return;
            }
            let count = [("count", totals.responses.into())];
            if ui.add(Button::new(text.with("settings-kept-confirm", count)).kind(ButtonKind::Small)).clicked() {
                actions.send(Command::Responses(ResponseCommand::DeleteAll));
                self.confirming = false;
            }
            if ui.add(Button::new(text.get("cancel")).kind(ButtonKind::Small)).clicked() {
                self.confirming = false;
            }
        });
    }
}
