//! The dialog that schedules requests, and how it reads times.

use egui::{Key, Label, RichText, Ui};
use jiff::{Span, Timestamp, Zoned, civil::Time};

use crate::{
    recipe::RequestId,
    studio::{Command, QueueCommand},
    ui::{
        actions::action::Actions,
        state::view_context::ViewContext,
        theme::{self, fonts, size},
        widgets::{Button, ButtonKind, dialog::Dialog, field::Field},
    },
};

/// Width of the dialog.
const WIDTH: f32 = 420.0;

/// The hour of "tonight".
const TONIGHT: i8 = 22;

/// A shortcut for a common time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduleShortcut {
    /// In a quarter of an hour.
    Quarter,
    /// In an hour.
    Hour,
    /// Tonight; tomorrow night if it is later than that.
    Tonight,
}

impl ScheduleShortcut {
    /// All shortcuts.
    pub const ALL: [Self; 3] = [Self::Quarter, Self::Hour, Self::Tonight];

    /// Its label.
    pub fn name(self, cx: &ViewContext<'_>) -> String {
        cx.text.get(match self {
            Self::Quarter => "queue-later-quarter",
            Self::Hour => "queue-later-hour",
            Self::Tonight => "queue-later-tonight",
        })
    }

    /// The moment that it means.
    pub fn moment(self, now: &Zoned) -> Option<Timestamp> {
        match self {
            Self::Quarter => now.checked_add(Span::new().minutes(15)).ok().map(|at| at.timestamp()),
            Self::Hour => now.checked_add(Span::new().hours(1)).ok().map(|at| at.timestamp()),
            Self::Tonight => next(Time::constant(TONIGHT, 0, 0, 0), now),
        }
    }
}

/// The next moment at which a clock shows this time.
fn next(time: Time, now: &Zoned) -> Option<Timestamp> {
    let today = now.date().to_datetime(time).to_zoned(now.time_zone().clone()).ok()?;
    if today > *now {
        return Some(today.timestamp());
    }
    let tomorrow = now.date().tomorrow().ok()?;
    Some(tomorrow.to_datetime(time).to_zoned(now.time_zone().clone()).ok()?.timestamp())
}

/// Reads a time such as `23:30`, `7`, or `2026-12-24 08:00`.
fn read(text: &str, now: &Zoned) -> Option<Timestamp> {
    let text = text.trim().replace('：', ":");
    if let Some((date, time)) = text.split_once([' ', 'T']) {
        let date: jiff::civil::Date = date.parse().ok()?;
        let at = date.to_datetime(clock(time.trim())?).to_zoned(now.time_zone().clone()).ok()?;
        return (at > *now).then(|| at.timestamp());
    }
    next(clock(&text)?, now)
}

fn clock(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':').unwrap_or((text, "0"));
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// The state of the dialog.
#[derive(Debug)]
pub struct ScheduleDialog {
    requests: Vec<RequestId>,
    time: String,
    /// Whether the field was focused.
    begun: bool,
}

impl ScheduleDialog {
    /// Opens the dialog for these requests.
    pub fn new(requests: Vec<RequestId>) -> Self {
        Self { requests, time: String::new(), begun: false }
    }
}

/// Draws the dialog. Returns whether it is closed.
pub fn show(ui: &Ui, dialog: &mut ScheduleDialog, cx: &ViewContext<'_>, actions: &mut Actions) -> bool {
    let text = cx.text;
    let now = Zoned::now();
    let title = text.get("queue-later-title");
    let shown = Dialog::new("queue later", &title).width(WIDTH).show(
        ui,
        dialog,
        |ui, dialog| {
            let palette = theme::palette(ui.visuals());
            let name = text.get("queue-later-time");
            let field = Field::new(&name).hint("23:30").show(ui, &mut dialog.time);
            if !std::mem::replace(&mut dialog.begun, true) {
                field.request_focus();
            }
            let at = read(&dialog.time, &now);
            let (words, ink) = match at {
                Some(at) => {
                    let time = text.moment(at, now.timestamp());
                    (text.with("queue-not-before", [("time", time.into())]), palette.text)
                }
                None if dialog.time.trim().is_empty() => (text.get("queue-later-hint"), palette.text),
                None => (text.get("queue-later-wrong"), palette.bad),
            };
            ui.add(Label::new(RichText::new(words).font(fonts::regular(size::TEXT_CHIP)).color(ink)).wrap());
            field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
        },
        |ui, dialog| {
            let can = read(&dialog.time, &now).is_some();
            let button = Button::new(text.get("queue-later-set")).kind(ButtonKind::Primary).enabled(can);
            let set = ui.add(button).clicked();
            let cancel = ui.add(Button::new(text.get("cancel"))).clicked();
            (set, cancel)
        },
    );
    let (set, cancel) = shown.footer;
    if (set || shown.body)
        && let Some(at) = read(&dialog.time, &now)
    {
        let requests = std::mem::take(&mut dialog.requests);
        actions.send(Command::Queue(QueueCommand::Schedule { requests, at: Some(at) }));
        return true;
    }
    cancel || shown.close
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Zoned {
        "2026-11-23T21:15[Asia/Taipei]".parse().unwrap()
    }

    fn at(text: &str) -> Option<String> {
        let zone = now().time_zone().clone();
        read(text, &now()).map(|at| at.to_zoned(zone).strftime("%d %H:%M").to_string())
    }

    #[test]
    fn typed_time_is_the_next_occurrence() {
        assert_eq!(at("23:30").as_deref(), Some("23 23:30"));
        assert_eq!(at("7").as_deref(), Some("24 07:00"));
        assert_eq!(at(" 7：05 ").as_deref(), Some("24 07:05"));
        assert_eq!(at("21:15").as_deref(), Some("24 21:15"));
        assert_eq!(at("2026-12-24 08:00").as_deref(), Some("24 08:00"));
        for wrong in ["", "25:00", "soon", "2026-11-23 08:00", "7:99"] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn suggested_times_are_in_the_future() {
        let words = |usual: ScheduleShortcut, now: &Zoned| {
            usual.moment(now).map(|at| at.to_zoned(now.time_zone().clone()).strftime("%d %H:%M").to_string())
        };
        assert_eq!(words(ScheduleShortcut::Quarter, &now()).as_deref(), Some("23 21:30"));
        assert_eq!(words(ScheduleShortcut::Hour, &now()).as_deref(), Some("23 22:15"));
        assert_eq!(words(ScheduleShortcut::Tonight, &now()).as_deref(), Some("23 22:00"));
        let late = "2026-11-23T22:00[Asia/Taipei]".parse().unwrap();
        assert_eq!(words(ScheduleShortcut::Tonight, &late).as_deref(), Some("24 22:00"));
    }
}
