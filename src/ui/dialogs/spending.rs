//! The spending report: by day, by model, by collection, and as a CSV file.

use egui::{Align, Label, Layout, RichText, ScrollArea, Ui, vec2};
use jiff::{Span, Zoned, civil::Date};

use crate::{
    studio::{Command, SpendingCommand, SpendingReport, SpendingTotal},
    ui::{
        actions::{
            action::{Action, Actions},
            payload::SettingsSection,
        },
        components::provider_name::profile_name,
        state::view_context::ViewContext,
        text::Text,
        theme::{self, fonts, size},
        widgets::{
            Button, ButtonKind,
            dialog::{Dialog, line, note},
            section_label,
        },
    },
};

/// Height of a row of the table, and of the table.
const ROW: f32 = 32.0;
const TABLE: f32 = 300.0;

/// The period of the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum ReportPeriod {
    Today,
    Week,
    #[default]
    Month,
    All,
}

impl ReportPeriod {
    const ALL: [Self; 4] = [Self::Today, Self::Week, Self::Month, Self::All];

    fn name(self, text: &Text) -> String {
        text.get(match self {
            Self::Today => "today",
            Self::Week => "spending-week",
            Self::Month => "spending-month",
            Self::All => "spending-ever",
        })
    }

    /// The first day of the period.
    fn since(self, today: Date) -> Option<Date> {
        match self {
            Self::Today => Some(today),
            Self::Week => today.checked_sub(Span::new().days(6)).ok(),
            Self::Month => Some(today.first_of_month()),
            Self::All => None,
        }
    }
}

/// The grouping of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum By {
    #[default]
    Day,
    Model,
    Collection,
}

impl By {
    const ALL: [Self; 3] = [Self::Day, Self::Model, Self::Collection];

    fn name(self, text: &Text) -> String {
        text.get(match self {
            Self::Day => "spending-by-day",
            Self::Model => "spending-by-model",
            Self::Collection => "spending-by-collection",
        })
    }
}

/// The state of the dialog.
#[derive(Debug, Default)]
pub struct SpendingDialog {
    open: bool,
    period: ReportPeriod,
    by: By,
    report: Option<Box<SpendingReport>>,
}

impl SpendingDialog {
    /// Shows a report, if it is the one that was requested last.
    pub fn receive(&mut self, report: &SpendingReport) {
        if self.open && report.since == self.period.since(today()) {
            self.report = Some(Box::new(report.clone()));
        }
    }

    /// Closes it.
    pub fn close(&mut self) {
        self.open = false;
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Opens it. Returns the command that requests the report.
    pub fn open(&mut self) -> Command {
        self.open = true;
        self.ask()
    }

    fn ask(&mut self) -> Command {
        self.report = None;
        Command::Spending(SpendingCommand::LoadReport { since: self.period.since(today()) })
    }
}

fn today() -> Date {
    Zoned::now().date()
}

/// Draws the dialog. Only called while it is open.
pub fn show(ui: &Ui, dialog: &mut SpendingDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    let text = cx.text;
    let title = text.get("spending-title");
    let shown = Dialog::new("spending", &title).show(
        ui,
        dialog,
        |ui, dialog| body(ui, dialog, cx, actions),
        |ui, dialog| {
            let done = ui.add(Button::new(text.get("done")).kind(ButtonKind::Primary)).clicked();
            let some = dialog.report.as_ref().is_some_and(|report| report.all.requests > 0);
            let export = ui.add(Button::new(text.get("spending-export")).enabled(some)).clicked();
            let caps = ui.add(Button::new(text.get("spending-caps"))).clicked();
            note(ui, |ui| {
                if let Some(report) = &dialog.report {
                    let palette = theme::palette(ui.visuals());
                    let words = RichText::new(total(&report.all, text)).font(fonts::semibold(size::TEXT));
                    ui.add(Label::new(words.color(palette.strong)).truncate());
                }
            });
            (done, export, caps)
        },
    );
    let (done, export, caps) = shown.footer;
    if export {
        actions.send(Command::Spending(SpendingCommand::PickExport { since: dialog.period.since(today()) }));
    }
    if caps {
        actions.push(Action::OpenSettings(SettingsSection::Queue));
    }
    if done || caps || shown.close {
        dialog.open = false;
    }
}

/// A total, and its uncertain part.
fn total(sum: &SpendingTotal, text: &Text) -> String {
    let mut facts = vec![text.money(sum.total())];
    if sum.estimated > crate::recipe::Money::default() {
        facts.push(text.with("spending-estimated", [("amount", text.money(sum.estimated).into())]));
    }
    if sum.unknown > 0 {
        facts.push(text.with("queue-unknown-prices", [("count", sum.unknown.into())]));
    }
    text.join_facts(&facts)
}

fn body(ui: &mut Ui, dialog: &mut SpendingDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    let text = cx.text;
    let before = dialog.period;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        for period in ReportPeriod::ALL {
            let button = Button::new(period.name(text)).kind(ButtonKind::Chip).selected(dialog.period == period);
            if ui.add(button).clicked() {
                dialog.period = period;
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
            for by in By::ALL.into_iter().rev() {
                if ui.add(Button::new(by.name(text)).kind(ButtonKind::Chip).selected(dialog.by == by)).clicked() {
                    dialog.by = by;
                }
            }
        });
    });
    if dialog.period != before {
        actions.send(dialog.ask());
    }
    ui.add_space(4.0);
    let height = TABLE.min(ui.available_height().max(ROW * 3.0));
    ui.allocate_ui(vec2(ui.available_width(), height), |ui| {
        ui.set_min_height(height);
        match &dialog.report {
            None => faint(ui, &text.get("spending-reading")),
            Some(report) if report.all.requests == 0 => faint(ui, &text.get("spending-nothing")),
            Some(report) => table(ui, &lines(report, dialog.by, cx), height, cx),
        }
    });
}

fn faint(ui: &mut Ui, words: &str) {
    let palette = theme::palette(ui.visuals());
    ui.add(Label::new(RichText::new(words).font(fonts::regular(size::TEXT)).color(palette.text)).wrap());
}

/// The rows of the table: the label and the total of each.
fn lines(report: &SpendingReport, by: By, cx: &ViewContext<'_>) -> Vec<(String, SpendingTotal)> {
    let text = cx.text;
    match by {
        By::Day => {
            let today = today();
            report.days.iter().map(|(date, sum)| (text.day(*date, today), *sum)).collect()
        }
        By::Model => {
            let line = |(profile, model, sum): &(_, String, SpendingTotal)| {
                let provider = cx.known.profile(profile).map(|profile| profile_name(profile, cx));
                (text.join_facts(&[model.clone(), provider.unwrap_or_else(|| format!("{profile}"))]), *sum)
            };
            report.models.iter().map(line).collect()
        }
        By::Collection => report.collections.iter().map(|(_, name, sum)| (name.clone(), *sum)).collect(),
    }
}

fn table(ui: &mut Ui, lines: &[(String, SpendingTotal)], height: f32, cx: &ViewContext<'_>) {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    if lines.is_empty() {
        faint(ui, &text.get("spending-no-collections"));
        return;
    }
    section_label(ui, &text.get("spending-table"), |_| {});
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().auto_shrink([false, false]).max_height(height - 26.0).show_rows(
        ui,
        ROW,
        lines.len(),
        |ui, range| {
            for (name, sum) in &lines[range] {
                let facts = [
                    text.with("queue-requests", [("count", sum.requests.into())]),
                    text.with("spending-pictures", [("count", sum.images.into())]),
                    total(sum, text),
                ];
                ui.allocate_ui_with_layout(
                    vec2(ui.available_width(), ROW - 1.0),
                    Layout::right_to_left(Align::Center),
                    |ui| {
                        ui.set_min_height(ROW - 1.0);
                        let words = RichText::new(text.join_facts(&facts)).font(fonts::regular(size::TEXT_CHIP));
                        ui.add(Label::new(words.color(palette.text)));
                        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                            let name = RichText::new(name).font(fonts::regular(size::TEXT)).color(palette.strong);
                            ui.add(Label::new(name).truncate());
                        });
                    },
                );
                line(ui, palette.line);
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{recipe::Money, settings::Language};

    #[test]
    fn periods_begin_on_the_right_day() {
        let today = date(2026, 3, 2);
        let since = ReportPeriod::ALL.map(|period| period.since(today));
        assert_eq!(since, [Some(today), Some(date(2026, 2, 24)), Some(date(2026, 3, 1)), None]);
    }

    #[test]
    fn unknown_costs_are_shown() {
        let text = Text::new(Language::English);
        let sum = SpendingTotal {
            actual: Money::from_dollars(1.34),
            estimated: Money::from_dollars(0.5),
            unknown: 2,
            ..SpendingTotal::default()
        };
        assert_eq!(total(&sum, &text), "$1.84 · including $0.50 estimated · 2 of unknown price");
        assert_eq!(total(&SpendingTotal::default(), &text), "$0.00");
    }
}
