//! The texts of a request's row: its state, why it waits, its cost.

use std::time::Duration;

use jiff::{Timestamp, Zoned, tz::TimeZone};

use crate::{
    recipe::{BatchRole, Charge, Money, NextStep, Recipe},
    studio::{CardState, RequestCard},
    ui::{state::view_context::ViewContext, text::Text},
};

use super::rows_model::{GroupTotals, QueueGroup};

/// Maximum number of characters of a prompt in names for screen readers.
const START: usize = 60;

/// Maximum number of characters that are laid out in a row; the rest would be truncated anyway.
const LINE: usize = 400;

/// The status of a request as text.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestStatusText {
    /// The status in a few words.
    pub state: String,
    /// Whether it was charged and what to do, if it has failed.
    pub rest: String,
    /// The complete text.
    pub tip: String,
    /// Whether it is an error.
    pub bad: bool,
    /// The progress from 0 to 1 while it runs.
    pub progress: Option<f32>,
}

/// The time between two moments, zero if they are in the other order.
pub fn between(from: Timestamp, to: Timestamp) -> Duration {
    to.duration_since(from).try_into().unwrap_or_default()
}

/// The status of a request. `turn` is its position among the queued ones.
pub fn standing(job: &RequestCard, turn: Option<usize>, now: Timestamp, cx: &ViewContext<'_>) -> RequestStatusText {
    let text = cx.text;
    let plain = |state: String, progress| RequestStatusText {
        state,
        rest: String::new(),
        tip: job.recipe.prompt.clone(),
        bad: false,
        progress,
    };
    match &job.state {
        CardState::Queued => plain(why_waiting(job, turn, now, cx), None),
        CardState::Generating { since } => {
            let passed = between(*since, now);
            let usual = cx.known.took(&job.recipe.profile, &job.recipe.model);
            let state = match usual.map(|usual| usual.saturating_sub(passed)) {
                Some(left) if !left.is_zero() => text.with(
                    "queue-generating-left",
                    [("time", text.seconds(passed).into()), ("left", text.left(left).into())],
                ),
                _ => text.with("queue-generating", [("time", text.seconds(passed).into())]),
            };
            let usual = usual.unwrap_or(Duration::from_secs(12)).as_secs_f32();
            // The duration is unknown: the bar approaches its end and never reaches it.
            plain(state, Some(0.9 * passed.as_secs_f32() / (passed.as_secs_f32() + usual)))
        }
        CardState::Receiving { bytes, total: Some(total), .. } if *total > 0 => {
            let share = (*bytes as f64 / *total as f64).min(1.0);
            let percent = (share * 100.0).floor() as u32;
            plain(text.with("card-receiving-percent", [("percent", percent.into())]), Some(share as f32))
        }
        CardState::Receiving { bytes, .. } => {
            let state = text.join_facts(&[text.get("card-receiving"), text.bytes(*bytes)]);
            plain(state, Some(0.9))
        }
        CardState::RetryScheduled { failure, at, .. } => {
            let words = text.failure(failure);
            let tip = text.join(&[&words.sentence, &words.charge]);
            RequestStatusText { tip, ..plain(text.again(failure, between(now, *at)), None) }
        }
        CardState::Done { took, .. } => plain(text.join_facts(&[text.get("card-done"), text.duration(*took)]), None),
        CardState::Failed(failure) => {
            let words = text.failure(failure);
            let rest = match failure.next_step() {
                NextStep::FetchAgain => text.join(&[&words.charge, &text.get("card-fetch-free")]),
                NextStep::ReadAgain => text.join(&[&words.charge, &text.get("card-read-free")]),
                _ => text.join(&[&words.charge, &words.next]),
            };
            let tip = text.join(&[&words.sentence, &words.next, &words.charge]);
            RequestStatusText { state: words.title, rest, tip, bad: true, progress: None }
        }
        CardState::Cancelled { sent } => {
            let charge = if *sent { Charge::Maybe } else { Charge::No };
            RequestStatusText { rest: text.charge(charge), ..plain(text.get("card-cancelled"), None) }
        }
    }
}

fn why_waiting(job: &RequestCard, turn: Option<usize>, now: Timestamp, cx: &ViewContext<'_>) -> String {
    let text = cx.text;
    let queue = &cx.known.queue;
    if job.on_hold {
        return text.get("queue-held");
    }
    if let Some(at) = job.not_before.filter(|at| *at > now) {
        return text.with("queue-not-before", [("time", text.moment(at, now).into())]);
    }
    if queue.paused {
        return text.get("queue-waits-paused");
    }
    if queue.disk_shortage.is_some() {
        return text.get("queue-waits-room");
    }
    let profile = &job.recipe.profile;
    if queue.unreachable.iter().any(|offline| offline.profile == *profile) {
        return text.get("queue-waits-offline");
    }
    if queue.pause_of(profile).is_some() {
        return text.get("queue-waits-limit");
    }
    match turn {
        Some(turn) => text.with("queue-turn", [("turn", turn.into())]),
        None => text.get("card-waiting"),
    }
}

/// The start of a prompt for screen readers, or a note that it is empty.
pub fn start(recipe: &Recipe, text: &Text) -> String {
    let line = line(recipe, text);
    match line.char_indices().nth(START) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// The part of a prompt that a row can show, or a note that it is empty.
pub fn line(recipe: &Recipe, text: &Text) -> String {
    let start = recipe.prompt.char_indices().nth(LINE).map_or(recipe.prompt.as_str(), |(end, _)| &recipe.prompt[..end]);
    let line = start.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { text.get("queue-no-prompt") } else { line }
}

/// The model of a request, unless it is hidden until a vote.
pub fn model(recipe: &Recipe, cx: &ViewContext<'_>) -> String {
    if cx.known.is_blind(recipe) { cx.text.get("queue-hidden-model") } else { recipe.model.clone() }
}

/// The name of a group.
pub fn label(group: &QueueGroup, first: &Recipe, text: &Text) -> String {
    let prompt = start(first, text);
    let key = match first.role {
        BatchRole::Row { .. } => "queue-of-sheet",
        BatchRole::Cell { .. } => "queue-of-grid",
        BatchRole::Contender { .. } => "queue-of-shootout",
        _ if group.same_prompt => return prompt,
        _ => "queue-of-many",
    };
    text.with(key, [("prompt", prompt.into())])
}

/// The progress of a group, and its actual and remaining cost.
pub fn sums(sums: &GroupTotals, text: &Text) -> (String, String) {
    let mut progress = vec![text.with("queue-done-of", [("done", sums.done.into()), ("total", sums.total.into())])];
    for (count, key) in [(sums.running, "queue-running"), (sums.held, "queue-held-back"), (sums.failed, "queue-failed")]
    {
        if count > 0 {
            progress.push(text.with(key, [("count", count.into())]));
        }
    }
    let mut money = Vec::new();
    if sums.spent > Money::default() {
        money.push(text.with("queue-spent", [("amount", text.money(sums.spent).into())]));
    }
    if sums.to_come > Money::default() {
        money.push(text.with("queue-to-come", [("amount", text.money(sums.to_come).into())]));
    }
    if sums.unknown > 0 {
        money.push(text.with("queue-unknown-prices", [("count", sums.unknown.into())]));
    }
    (text.join_facts(&progress), text.join_facts(&money))
}

impl Text {
    /// Joins facts with separators.
    pub fn join_facts(&self, facts: &[String]) -> String {
        facts.join(&self.get("fact-separator"))
    }

    /// The estimated remaining time, rounded up to five seconds, or to whole minutes or hours.
    pub fn left(&self, left: Duration) -> String {
        let seconds = left.as_secs();
        match seconds {
            0..55 => self.with("left-seconds", [("n", (seconds.div_ceil(5).max(1) * 5).into())]),
            55..5_400 => self.with("left-minutes", [("n", ((seconds + 30) / 60).max(1).into())]),
            _ => self.with("left-hours", [("n", ((seconds + 1_800) / 3_600).into())]),
        }
    }

    /// A time of day, with its date if that is not today.
    pub fn moment(&self, at: Timestamp, now: Timestamp) -> String {
        let zone = TimeZone::system();
        let (at, now): (Zoned, Zoned) = (at.to_zoned(zone.clone()), now.to_zoned(zone));
        let time = at.strftime("%H:%M").to_string();
        if at.date() == now.date() {
            time
        } else if now.date().tomorrow().is_ok_and(|tomorrow| tomorrow == at.date()) {
            self.with("moment-tomorrow", [("time", time.into())])
        } else {
            self.with("moment-on", [("date", self.date(at.date()).into()), ("time", time.into())])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Language;

    #[test]
    fn remaining_time_is_rounded() {
        let text = Text::new(Language::English);
        for (seconds, words) in
            [(0, "5 s"), (3, "5 s"), (12, "15 s"), (57, "1 min"), (95, "2 min"), (5_399, "90 min"), (9_000, "3 h")]
        {
            assert_eq!(text.left(Duration::from_secs(seconds)), words);
        }
    }

    #[test]
    fn long_prompt_is_truncated_at_a_character_boundary() {
        let text = Text::new(Language::English);
        let recipe = Recipe { prompt: "燈塔 ".repeat(100), ..Recipe::default() };
        assert!(start(&recipe, &text).ends_with('…'));
        assert_eq!(start(&Recipe { prompt: " a \n b ".to_owned(), ..Recipe::default() }, &text), "a b");
        assert_eq!(start(&Recipe::default(), &text), "No prompt");
    }
}
