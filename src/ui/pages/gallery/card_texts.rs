//! The texts of a request's card in each state.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    recipe::{Charge, NextStep},
    studio::{CardState, RequestCard},
    ui::{components::provider_name::profile_name, state::view_context::ViewContext},
};

/// The texts of a card.
pub(super) struct CardTexts {
    pub(super) title: String,
    pub(super) body: String,
    /// Whether the request was charged, if it has ended.
    pub(super) charge: String,
    pub(super) tip: String,
    /// The share that is done, 0 to 1.
    pub(super) progress: f32,
}

impl CardTexts {
    /// The texts for the present state of a request.
    pub(super) fn of(job: &RequestCard, cx: &ViewContext<'_>) -> Self {
        let text = cx.text;
        let prompt = job.recipe.prompt.as_str();
        let now = Timestamp::now();
        let lines =
            |title, body, progress| Self { title, body, progress, tip: prompt.to_owned(), charge: String::new() };
        match &job.state {
            CardState::Queued if job.on_hold => lines(text.get("card-held"), prompt.to_owned(), 0.0),
            CardState::Queued if let Some(room) = cx.known.queue.disk_shortage => {
                let sizes = [("free", text.bytes(room.free).into()), ("needed", text.bytes(room.needed).into())];
                let why = text.with("card-short-of-room", sizes);
                Self { tip: format!("{why}\n\n{prompt}"), ..lines(text.get("queue-waits-room"), why, 0.0) }
            }
            CardState::Queued if let Some(pause) = cx.known.queue.pause_of(&job.recipe.profile) => {
                let provider = cx.known.profile(&job.recipe.profile).map(|profile| profile_name(profile, cx));
                let provider = provider.unwrap_or_else(|| job.recipe.profile.to_string());
                let why = text.gateway_pause(pause, &provider, now);
                let limit = text.with("card-waits-limit", [("provider", provider.into())]);
                Self { tip: format!("{why}\n\n{prompt}"), ..lines(text.get("card-waiting"), limit, 0.0) }
            }
            CardState::Queued => lines(text.get("card-waiting"), prompt.to_owned(), 0.0),
            CardState::Generating { since } => {
                let elapsed = elapsed(*since, now);
                let time = text.with("duration-s", [("n", elapsed.as_secs().into())]);
                // The duration is unknown: the bar approaches its end and never reaches it.
                let share = elapsed.as_secs_f32() / (elapsed.as_secs_f32() + 12.0);
                let body = text.with("card-time-prompt", [("time", time.into()), ("prompt", prompt.into())]);
                lines(text.get("card-generating"), body, share * 0.9)
            }
            CardState::RetryScheduled { failure, at, attempts, max_attempts } => {
                let words = text.failure(failure);
                let again =
                    [("tries", (*attempts).into()), ("most", (*max_attempts).into()), ("prompt", prompt.into())];
                Self {
                    title: text.again(failure, elapsed(now, *at)),
                    body: text.with("card-again-try", again),
                    progress: 0.0,
                    tip: if cx.known.is_blind(&job.recipe) {
                        prompt.to_owned()
                    } else {
                        format!("{}\n\n{prompt}", text.join(&[&words.sentence, &words.charge]))
                    },
                    charge: String::new(),
                }
            }
            CardState::Receiving { bytes, total: Some(total), .. } if *total > 0 => {
                let share = (*bytes as f64 / *total as f64).min(1.0);
                let percent = (share * 100.0).floor() as u32;
                let body = [("done", text.bytes(*bytes).into()), ("total", text.bytes(*total).into())];
                lines(
                    text.with("card-receiving-percent", [("percent", percent.into())]),
                    text.with("card-bytes-of", body),
                    share as f32,
                )
            }
            CardState::Receiving { since, bytes, .. } => {
                let time = text.with("duration-s", [("n", elapsed(*since, now).as_secs().into())]);
                let so_far = text.bytes(*bytes);
                let body = text.with("card-bytes-time", [("bytes", so_far.into()), ("time", time.into())]);
                lines(text.get("card-receiving"), body, 0.9)
            }
            CardState::Done { .. } => lines(text.get("card-done"), prompt.to_owned(), 1.0),
            // The gateway's message may name the model.
            CardState::Failed(failure) if cx.known.is_blind(&job.recipe) => {
                let words = text.failure(failure);
                Self { charge: words.charge, ..lines(words.title, prompt.to_owned(), 0.0) }
            }
            CardState::Failed(failure) => {
                let words = text.failure(failure);
                let tip = format!("{}\n\n{prompt}", text.join(&[&words.sentence, &words.next, &words.charge]));
                let charge = match failure.next_step() {
                    NextStep::FetchAgain => text.join(&[&words.charge, &text.get("card-fetch-free")]),
                    NextStep::ReadAgain => text.join(&[&words.charge, &text.get("card-read-free")]),
                    _ => words.charge,
                };
                Self { title: words.title, body: words.sentence, charge, tip, progress: 0.0 }
            }
            CardState::Cancelled { sent } => {
                let charge = if *sent { Charge::Maybe } else { Charge::No };
                Self { charge: text.charge(charge), ..lines(text.get("card-cancelled"), String::new(), 0.0) }
            }
        }
    }
}

/// The time from `since` to `now`; zero if the clock was set back.
pub(super) fn elapsed(since: Timestamp, now: Timestamp) -> Duration {
    now.duration_since(since).try_into().unwrap_or_default()
}
