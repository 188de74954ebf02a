//! What an answer came to, once it is over.

use serde_json::{Value, json};

use super::{Outcome, Shape, Stream, gather::Gathered};
use crate::{
    gateway::{clean::clean_words, failure},
    recipe::{Charge, Failure, FailureKind, FinishReason},
};

/// What there is to judge by.
pub(super) struct Evidence<'a> {
    pub shape: Shape,
    /// The first bytes of the body.
    pub head: &'a [u8],
    /// The body ended within a value.
    pub json_open: bool,
    /// The body, or its last event, is not JSON.
    pub json_broken: bool,
    /// The body ended within a picture.
    pub was_within_picture: bool,
    pub stream: &'a Stream,
    pub gathered: &'a mut Gathered,
}

/// The verdict.
pub(super) fn outcome(evidence: Evidence<'_>) -> Outcome {
    let failure = failure(&evidence);
    let cut_off = is_cut_off(&evidence);
    let gathered = evidence.gathered;
    let pictures = &gathered.pictures;
    let told = pictures.complete.saturating_sub(pictures.drafts) + pictures.links;
    let broken = evidence.stream.broken > 0 || (evidence.shape == Shape::Json && evidence.json_broken);
    Outcome {
        complete: told > 0
            && failure.is_none()
            && !cut_off
            && !broken
            && pictures.broken == 0
            && pictures.cut == 0
            && !pictures.too_large,
        cut_off,
        images: pictures.complete,
        links: pictures.links,
        failure,
        answer: std::mem::take(&mut gathered.answer),
    }
}

/// Whether the body ended before the answer did.
fn is_cut_off(evidence: &Evidence<'_>) -> bool {
    let ended = evidence.stream.done || evidence.gathered.answer.finish_reason.is_some();
    match evidence.shape {
        Shape::Json => evidence.json_open,
        Shape::Events => {
            evidence.json_open
                || (evidence.was_within_picture && evidence.gathered.answer.finish_reason.is_none())
                || (evidence.stream.events > evidence.stream.broken
                    && !ended
                    && evidence.gathered.pictures.complete == 0)
        }
        Shape::Unseen | Shape::Words | Shape::TooLarge => false,
    }
}

fn failure(evidence: &Evidence<'_>) -> Option<Failure> {
    let gathered = &*evidence.gathered;
    let pictures = &gathered.pictures;
    if pictures.too_large {
        return Some(Failure::new(FailureKind::ImageTooLarge).charged(Charge::Maybe));
    }
    if evidence.shape == Shape::TooLarge {
        return Some(Failure::new(FailureKind::AnswerTooLarge));
    }
    let has_picture = pictures.complete + pictures.links > 0;
    if let Some(error) = error(gathered, has_picture) {
        return Some(failure::within_answer(&error));
    }
    if has_picture {
        return None;
    }
    let text = [&gathered.answer.text, &gathered.thoughts].into_iter().find(|text| !text.trim().is_empty());
    let words = |failure: Failure, words: &str| failure.words(clean_words(words, &[]));
    if is_cut_off(evidence) {
        return Some(words(Failure::new(FailureKind::CutOff), text.map_or("", String::as_str)));
    }
    if pictures.broken + pictures.cut > 0 {
        return Some(Failure::new(FailureKind::BrokenImage));
    }
    if let Some(reason) = &gathered.block_reason {
        return Some(words(Failure::new(FailureKind::PromptBlocked), reason));
    }
    if let Some(FinishReason::ContentFilter(word)) = &gathered.answer.finish_reason {
        // A model that drew nothing was not held back by a filter.
        let kind = if word.eq_ignore_ascii_case("no_image") { FailureKind::NoImage } else { FailureKind::ImageBlocked };
        let said = [&gathered.refusal, &gathered.answer.text].into_iter().find(|text| !text.trim().is_empty());
        let word = said.map_or_else(|| word.clone(), |said| format!("{word}: {said}"));
        return Some(words(Failure::new(kind).charged(Charge::Maybe), &word));
    }
    if !gathered.refusal.trim().is_empty() {
        return Some(words(Failure::new(FailureKind::ImageBlocked), &gathered.refusal));
    }
    if let Some(text) = text {
        return Some(words(Failure::new(FailureKind::NoImage), text));
    }
    let not_understood = match evidence.shape {
        Shape::Words => true,
        Shape::Json => evidence.json_broken,
        Shape::Events => evidence.stream.broken > 0 || (evidence.stream.events == 0 && !evidence.stream.done),
        Shape::Unseen | Shape::TooLarge => false,
    };
    if not_understood {
        let head = String::from_utf8_lossy(evidence.head);
        return Some(words(Failure::new(FailureKind::NotUnderstood), &head));
    }
    // Words that were counted were billed. Without any nobody knows: a refused prompt may look like this.
    let counted = gathered.answer.usage.as_ref().is_some_and(|usage| usage.completion_tokens != Some(0));
    let charged = if counted { Charge::Yes } else { Charge::Maybe };
    Some(Failure::new(FailureKind::EmptyAnswer).charged(charged))
}

/// The error that the answer speaks of, whichever way.
fn error(gathered: &Gathered, has_picture: bool) -> Option<Value> {
    if let Some(error) = &gathered.error {
        return Some(json!({ "error": error, "code": gathered.code }));
    }
    let says_nothing_else = !has_picture && gathered.answer.finish_reason.is_none() && gathered.answer.text.is_empty();
    let has_words = gathered.message.is_some() || gathered.detail.is_some();
    (gathered.unsuccessful || (says_nothing_else && has_words))
        .then(|| json!({ "message": gathered.message, "detail": gathered.detail, "code": gathered.code }))
}
