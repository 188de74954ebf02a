//! The rows of the queue: how requests are sent, spending caps, and notifications.

use egui::{Align, Label, Layout, RichText, Ui, vec2};

use crate::{
    recipe::{Caps, Money},
    settings::Settings,
    ui::{
        state::view_context::ViewContext,
        text::Text,
        theme::{self, fonts, size},
        widgets::{
            field::Field,
            row_label, section_label,
            slider::{Scale, slider_row},
        },
    },
};

use super::form::choice;

const AT_ONCE: Scale = Scale::whole(1.0, 16.0, 3.0);

/// Width of a cap's label, and of its field.
const LABEL: f32 = 160.0;
const FIELD: f32 = 120.0;

/// Caps while they are typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CapsDraft {
    /// The settings that the texts were filled from.
    from: Option<Caps>,
    day: String,
    month: String,
    batch: String,
}

impl CapsDraft {
    /// Updates the texts from the settings, unless they came from these texts.
    fn follow(&mut self, caps: Caps) {
        if self.from != Some(caps) {
            let write = |cap: Option<Money>| cap.map(written).unwrap_or_default();
            *self = Self { from: Some(caps), day: write(caps.day), month: write(caps.month), batch: write(caps.batch) };
        }
    }

    /// The caps of the fields; an invalid one keeps its value.
    fn caps(&self, before: Caps) -> Caps {
        Caps {
            day: read(&self.day).unwrap_or(before.day),
            month: read(&self.month).unwrap_or(before.month),
            batch: read(&self.batch).unwrap_or(before.batch),
        }
    }
}

/// An amount as text: with all its decimals, at least two.
fn written(amount: Money) -> String {
    let text = format!("{:.6}", amount.dollars());
    let shortest = text.len() - 4;
    text[..text.trim_end_matches('0').len().max(shortest)].to_owned()
}

/// Parses an amount in dollars. An empty text means no cap.
///
/// # Errors
/// The text is not an amount.
fn read(text: &str) -> Result<Option<Money>, NotMoney> {
    let text = text.trim().trim_start_matches("US").trim_start_matches('$').trim().replace(',', "");
    if text.is_empty() {
        return Ok(None);
    }
    let dollars: f64 = text.parse().map_err(|_no_number| NotMoney)?;
    if (0.0..1e9).contains(&dollars) { Ok(Some(Money::from_dollars(dollars))) } else { Err(NotMoney) }
}

/// The text of a field is not an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NotMoney;

pub(super) fn concurrency(ui: &mut Ui, settings: &mut Settings, text: &Text) {
    section_label(ui, &text.get("settings-requests"), |_| {});
    let mut at_once = settings.concurrency as f64;
    ui.scope(|ui| {
        ui.set_max_width(size::COMPOSER);
        if slider_row(ui, &text.get("settings-at-once"), &mut at_once, &AT_ONCE) {
            settings.concurrency = at_once as usize;
        }
    });
    ui.add_space(size::GAP_SMALL);
}

pub(super) fn resume(ui: &mut Ui, settings: &mut Settings, text: &Text) {
    let choices = [(false, text.get("settings-resume-ask")), (true, text.get("settings-resume-go-on"))];
    choice(ui, &text.get("settings-resume"), &mut settings.resume_on_start, &choices);
}

pub(super) fn notification(ui: &mut Ui, settings: &mut Settings, text: &Text) {
    let choices = [(false, text.get("settings-off")), (true, text.get("settings-notify-on"))];
    choice(ui, &text.get("settings-notify"), &mut settings.notify, &choices);
    if settings.notify {
        let choices = [(false, text.get("settings-off")), (true, text.get("settings-on"))];
        choice(ui, &text.get("settings-sound"), &mut settings.notify_sound, &choices);
    }
}

pub(super) fn caps(ui: &mut Ui, draft: &mut CapsDraft, settings: &mut Settings, cx: &ViewContext<'_>) {
    let text = cx.text;
    let palette = theme::palette(ui.visuals());
    draft.follow(settings.caps);
    let mut left = false;
    section_label(ui, &text.get("settings-caps"), |_| {});
    let spent = &cx.known.queue.budget;
    let rows = [
        ("settings-cap-day", &mut draft.day, Some(spent.day)),
        ("settings-cap-month", &mut draft.month, Some(spent.month)),
        ("settings-cap-batch", &mut draft.batch, None),
    ];
    for (key, value, spent) in rows {
        ui.allocate_ui_with_layout(
            vec2(ui.available_width(), size::BUTTON),
            Layout::left_to_right(Align::Center),
            |ui| {
                ui.set_min_height(size::BUTTON);
                let name = text.get(key);
                row_label(ui, &name, LABEL);
                // A cap is only saved when its field is left: on the way to 10 dollars a cap of 1 would stop
                // everything.
                left |= Field::new(&name).width(FIELD).hint(text.get("settings-cap-none")).show(ui, value).lost_focus();
                let (words, ink) = match (read(value), spent) {
                    (Err(NotMoney), _) => (text.get("settings-cap-wrong"), palette.bad),
                    (Ok(_), Some(spent)) => {
                        (text.with("settings-cap-spent", [("amount", text.money(spent).into())]), palette.faint)
                    }
                    (Ok(_), None) => return,
                };
                ui.add(Label::new(RichText::new(words).font(fonts::regular(size::TEXT_CHIP)).color(ink)).truncate());
            },
        );
    }
    let hint = RichText::new(text.get("settings-caps-hint")).font(fonts::regular(size::TEXT_CHIP)).color(palette.text);
    ui.add(Label::new(hint).wrap());
    ui.add_space(size::GAP_SMALL);
    if left {
        settings.caps = draft.caps(settings.caps);
        draft.from = Some(settings.caps);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_parsed_in_common_notations() {
        let dollars = |text: &str| read(text).map(|cap| cap.map(Money::dollars));
        assert_eq!(dollars("10"), Ok(Some(10.0)));
        assert_eq!(dollars(" $1,250.50 "), Ok(Some(1_250.5)));
        assert_eq!(dollars("US$0.004"), Ok(Some(0.004)));
        assert_eq!(dollars("0"), Ok(Some(0.0)));
        assert_eq!(dollars(""), Ok(None));
        for wrong in ["ten", "-1", "1e99", "NaN", "1 2"] {
            assert_eq!(read(wrong), Err(NotMoney), "{wrong}");
        }
    }

    #[test]
    fn cap_being_typed_is_not_overwritten() {
        let mut draft = CapsDraft::default();
        draft.follow(Caps { day: Some(Money::from_dollars(10.0)), ..Caps::default() });
        assert_eq!(draft.day, "10.00");
        "1".clone_into(&mut draft.day);
        let caps = draft.caps(Caps::default());
        draft.from = Some(caps);
        draft.follow(caps);
        assert_eq!(draft.day, "1");
        "x".clone_into(&mut draft.day);
        assert_eq!(draft.caps(caps), caps, "what cannot be read changes nothing");
    }
}
