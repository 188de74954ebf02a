//! Closing the window: running requests may be charged and lost, so the window asks first.

use std::time::{Duration, Instant};

use egui::{Label, RichText, Ui};

use crate::ui::{
    actions::payload::CloseChoice,
    state::{studio_state::StudioState, view_context::ViewContext},
    theme::{self, fonts, size},
    widgets::{Button, ButtonKind, dialog::Dialog},
};

/// Width of the dialog.
const WIDTH: f32 = 480.0;

/// The state of closing the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CloseState {
    /// The window stays open.
    #[default]
    Stays,
    /// Closing was requested while requests run; the dialog asks.
    Asked,
    /// The window closes when the running requests have ended. No other one starts.
    WhenDone,
    /// A signal ends the program: the window closes when the running requests have ended, or at this time at the
    /// latest.
    Ends(Instant),
    /// The window closes.
    Goes,
}

/// What the window does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseRequest {
    /// It refuses to close.
    Refused,
    /// It closes.
    Close,
}

impl CloseState {
    /// Decides what the window does. `wanted` tells whether closing was requested in this frame.
    pub fn handle_close(&mut self, wanted: bool, known: &StudioState) -> Option<CloseRequest> {
        let making = known.requests.images_in_flight() > 0;
        match *self {
            Self::Stays if wanted && making => *self = Self::Asked,
            Self::Stays | Self::Goes => return None,
            // No request is left to ask about.
            Self::Asked if !making && known.requests.waiting() == 0 => *self = Self::Goes,
            Self::WhenDone if known.queue.draining && known.queue.running == 0 => *self = Self::Goes,
            Self::Ends(at) if known.queue.draining && known.queue.running == 0 || at <= Instant::now() => {
                *self = Self::Goes;
            }
            Self::Asked | Self::WhenDone | Self::Ends(_) => {}
        }
        match *self {
            Self::Goes if wanted => None,
            Self::Goes => Some(CloseRequest::Close),
            _ if wanted => Some(CloseRequest::Refused),
            _ => None,
        }
    }

    /// Whether a dialog is open.
    pub fn dialog_open(self) -> bool {
        matches!(self, Self::Asked | Self::WhenDone | Self::Ends(_))
    }

    /// Handles a signal that ends the program within this time. A window that closes already is not delayed.
    pub fn end_within(&mut self, grace: Duration) {
        if *self != Self::Goes {
            let now = Instant::now();
            *self = Self::Ends(now.checked_add(grace).unwrap_or(now));
        }
    }

    /// The time until the state has to be checked again, if nothing happens before.
    pub fn due(self) -> Option<Duration> {
        match self {
            Self::Ends(at) => Some(at.saturating_duration_since(Instant::now())),
            Self::Stays | Self::Asked | Self::WhenDone | Self::Goes => None,
        }
    }
}

/// Draws the dialog.
pub fn show(ui: &Ui, closing: CloseState, cx: &ViewContext<'_>) -> Option<CloseChoice> {
    let text = cx.text;
    let making = cx.known.requests.images_in_flight();
    let ends = matches!(closing, CloseState::Ends(_));
    let waits = ends || closing == CloseState::WhenDone;
    let title = if waits {
        text.with("leaving-waits", [("count", making.into())])
    } else {
        text.with("leaving-title", [("count", making.into())])
    };
    let shown = Dialog::new("leaving", &title).width(WIDTH).show(
        ui,
        &mut (),
        |ui, ()| {
            let palette = theme::palette(ui.visuals());
            let mut sentences = vec![if ends {
                text.get("leaving-ends-words")
            } else if waits {
                text.get("leaving-waits-words")
            } else {
                text.with("leaving-words", [("count", making.into())])
            }];
            let waiting = cx.known.requests.waiting();
            if waiting > 0 {
                sentences.push(text.with("leaving-kept", [("count", waiting.into())]));
            }
            for sentence in sentences {
                let words = RichText::new(sentence).font(fonts::regular(size::TEXT)).color(palette.text);
                ui.add(Label::new(words).wrap());
            }
        },
        |ui, ()| {
            let mut answer = None;
            if !waits && ui.add(Button::new(text.get("leaving-wait")).kind(ButtonKind::Primary)).clicked() {
                answer = Some(CloseChoice::Wait);
            }
            if ui.add(Button::new(text.get("leaving-now"))).clicked() {
                answer = Some(CloseChoice::Now);
            }
            if !ends && ui.add(Button::new(text.get("leaving-stay"))).clicked() {
                answer = Some(CloseChoice::Stay);
            }
            answer
        },
    );
    // The signal cannot be refused.
    if shown.close && !ends { shown.footer.or(Some(CloseChoice::Stay)) } else { shown.footer }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::{
        recipe::RequestId,
        studio::{CardState, RequestCard},
    };

    fn known(states: &[CardState]) -> StudioState {
        let mut known = StudioState::default();
        for (number, state) in (1..).zip(states) {
            let id = RequestId::from_uuid(Uuid::from_u128(number));
            known.requests.put(RequestCard::new(id, Arc::default(), state.clone()));
        }
        known
    }

    #[test]
    fn only_running_requests_need_confirmation() {
        let (idle, waiting) = (known(&[]), known(&[CardState::Queued]));
        let making = known(&[CardState::Generating { since: Timestamp::UNIX_EPOCH }, CardState::Queued]);
        for known in [&idle, &waiting] {
            let mut closing = CloseState::Stays;
            assert_eq!((closing.handle_close(true, known), closing), (None, CloseState::Stays));
        }
        let mut closing = CloseState::Stays;
        assert_eq!(closing.handle_close(false, &making), None);
        assert_eq!(closing.handle_close(true, &making), Some(CloseRequest::Refused));
        assert_eq!(closing.handle_close(true, &making), Some(CloseRequest::Refused), "it is the same question");
        assert_eq!(closing.handle_close(false, &waiting), None, "the next one may begin in a moment");
        assert_eq!(closing.handle_close(false, &idle), Some(CloseRequest::Close));
        assert_eq!(closing.handle_close(true, &idle), None);
    }

    #[test]
    fn window_closes_after_a_signal_when_idle_or_after_the_grace_period() {
        let mut known = known(&[CardState::Generating { since: Timestamp::UNIX_EPOCH }]);
        known.queue.running = 1;
        let mut closing = CloseState::Stays;
        closing.end_within(Duration::from_hours(1));
        assert_eq!(closing.handle_close(false, &known), None);
        assert!(closing.due() > Some(Duration::from_mins(59)) && closing.dialog_open());
        assert_eq!(closing.handle_close(true, &known), Some(CloseRequest::Refused), "it is not asked again");
        (known.queue.draining, known.queue.running) = (true, 0);
        assert_eq!(closing.handle_close(false, &known), Some(CloseRequest::Close));
        known.queue.running = 1;
        let mut late = CloseState::Asked;
        late.end_within(Duration::ZERO);
        assert_eq!(late.handle_close(false, &known), Some(CloseRequest::Close));
    }

    #[test]
    fn closing_waits_for_running_requests_and_starts_no_others() {
        let mut known = known(&[CardState::Queued]);
        let mut closing = CloseState::WhenDone;
        known.queue.running = 1;
        known.queue.draining = true;
        assert_eq!(closing.handle_close(false, &known), None);
        known.queue.running = 0;
        known.queue.draining = false;
        assert_eq!(closing.handle_close(false, &known), None, "it may begin one still");
        known.queue.draining = true;
        assert_eq!(closing.handle_close(false, &known), Some(CloseRequest::Close));
    }
}
