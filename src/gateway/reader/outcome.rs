//! The outcome of a response once it is complete.

use serde_json::{Value, json};

use super::{
    assemble::{ImageMultiplexer, ResponseParts},
    body_shape::{BodyShape, EventStreamState},
    gateway_task::{TaskTicket, task_in},
    receiver::Receiver,
    scan::LinkRank,
};
use crate::{
    gateway::{
        failure::classify,
        mask::{is_web_page, sanitize_message},
    },
    recipe::{Answer, Charge, Failure, FailureDetail, FailureKind, FinishReason},
};

/// The facts from which the outcome is determined.
pub(super) struct Evidence<'a> {
    pub shape: BodyShape,
    /// The first bytes of the body.
    pub head: &'a [u8],
    /// Whether the body ended within a value.
    pub json_open: bool,
    /// Whether the body, or its last event, is not JSON.
    pub json_broken: bool,
    /// Whether the body ended within an image.
    pub was_within_image: bool,
    pub stream: &'a EventStreamState,
    pub gathered: &'a mut ResponseParts,
}

/// The number of links that are tried although nothing suggests that they lead to an image.
const MAX_UNLIKELY_LINKS: usize = 3;

/// Starts of texts in which gateways report an error as if the model had replied it.
const ERROR_PREFIXES: [&str; 20] = [
    "error",
    "exception",
    "upstream",
    "request failed",
    "request error",
    "internal server error",
    "bad gateway",
    "service unavailable",
    "failed to ",
    "generation failed",
    "image generation failed",
    "错误",
    "錯誤",
    "请求失败",
    "請求失敗",
    "生成失败",
    "生成失敗",
    "图片生成失败",
    "上游",
    "系统繁忙",
];

/// Words by which gateways report that there is no error.
const SUCCESS_WORDS: [&str; 12] = [
    "success",
    "succeeded",
    "successful",
    "succeed",
    "ok",
    "okay",
    "done",
    "complete",
    "completed",
    "成功",
    "操作成功",
    "请求成功",
];

/// Determines the outcome. Passes on uncertain links if nothing better was found.
pub(super) fn outcome(evidence: Evidence<'_>, receiver: &mut impl Receiver) -> ResponseOutcome {
    let mut failure = failure(&evidence);
    let cut_off = is_cut_off(&evidence);
    let (shape, head) = (evidence.shape, evidence.head);
    let mut task = None;
    let gathered = evidence.gathered;
    let images = &mut gathered.images;
    let begun = begun_task(shape, head, images);
    if let Some((rank, guess, mut links)) = images.best_links()
        && may_follow(failure.as_ref(), rank)
        && (rank != LinkRank::Possible || begun.is_none())
    {
        links.truncate(if rank == LinkRank::Possible { MAX_UNLIKELY_LINKS } else { links.len() });
        images.links = links.len();
        for url in &links {
            receiver.image_link(url);
        }
        gathered.answer.guessed = guess;
        // A link of the lowest rank is tried. If it leads to no image, the model has only replied with text.
        if rank != LinkRank::Possible {
            failure = None;
        }
    } else if let Some(begun) = begun {
        failure = Some(Failure::new(FailureKind::TaskUnfinished).words(begun.id.clone()));
        task = Some(begun);
    } else if images.guesses > 0 && images.complete + images.links == 0 {
        images.complete = images.guesses;
        gathered.answer.guessed = true;
    }
    let told = images.complete.saturating_sub(images.drafts) + images.links;
    let broken = evidence.stream.broken > 0 || (evidence.shape == BodyShape::Json && evidence.json_broken);
    ResponseOutcome {
        complete: told > 0
            && failure.is_none()
            && !cut_off
            && !broken
            && images.broken == 0
            && images.cut == 0
            && !images.too_large,
        cut_off,
        images: images.complete,
        links: images.links,
        task,
        failure,
        answer: std::mem::take(&mut gathered.answer),
    }
}

/// The task that a response without any image has started. Such responses are short, so the head is complete.
fn begun_task(shape: BodyShape, head: &[u8], images: &ImageMultiplexer) -> Option<TaskTicket> {
    let is_empty = images.complete + images.links + images.guesses + images.broken + images.cut == 0;
    if shape != BodyShape::Json || !is_empty {
        return None;
    }
    task_in(&serde_json::from_slice(head).ok()?)
}

/// Whether uncertain links are followed instead of reporting this failure.
fn may_follow(failure: Option<&Failure>, rank: LinkRank) -> bool {
    let kind = failure.map(|failure| failure.kind);
    match rank {
        LinkRank::Possible => kind == Some(FailureKind::NoImage),
        _ => matches!(
            kind,
            None | Some(
                FailureKind::NoImage
                    | FailureKind::EmptyAnswer
                    | FailureKind::CutOff
                    | FailureKind::NothingDrawn
                    | FailureKind::NotUnderstood
            )
        ),
    }
}

/// Whether the body ended before the response did.
fn is_cut_off(evidence: &Evidence<'_>) -> bool {
    let ended = evidence.stream.done || evidence.gathered.answer.finish_reason.is_some();
    let images = &evidence.gathered.images;
    match evidence.shape {
        BodyShape::Json => evidence.json_open,
        BodyShape::Events => {
            evidence.json_open
                || (evidence.was_within_image && evidence.gathered.answer.finish_reason.is_none())
                || (evidence.stream.events > evidence.stream.broken && !ended && images.complete + images.guesses == 0)
        }
        BodyShape::Undetermined | BodyShape::Text | BodyShape::Image | BodyShape::TooLarge => false,
    }
}

fn failure(evidence: &Evidence<'_>) -> Option<Failure> {
    let gathered = &*evidence.gathered;
    let images = &gathered.images;
    if images.too_large {
        return Some(Failure::new(FailureKind::ImageTooLarge).charged(Charge::Maybe));
    }
    if evidence.shape == BodyShape::TooLarge {
        return Some(Failure::new(FailureKind::AnswerTooLarge));
    }
    let has_image = images.complete + images.links + images.guesses > 0;
    let words = |failure: Failure, words: &str| failure.words(sanitize_message(words, &[]));
    let status = gathered.status.as_deref().unwrap_or_default().to_ascii_lowercase();
    if !has_image && status.contains("moderated") {
        let prompt = status.contains("request");
        let kind = if prompt { FailureKind::PromptBlocked } else { FailureKind::ImageBlocked };
        return Some(words(Failure::new(kind), gathered.status.as_deref().unwrap_or_default()));
    }
    if let Some(error) = error(gathered, has_image) {
        return Some(classify::from_body(&error));
    }
    if has_image {
        return None;
    }
    let text = [&gathered.answer.text, &gathered.thoughts].into_iter().find(|text| !text.trim().is_empty());
    // Tokens that were counted were billed. Without a count the charge is unknown, because a refused prompt may look
    // like this.
    let counted = gathered.answer.usage.as_ref().is_some_and(|usage| usage.completion_tokens != Some(0));
    let charged = if counted { Charge::Yes } else { Charge::Maybe };
    if is_cut_off(evidence) {
        return Some(words(Failure::new(FailureKind::CutOff), text.map_or("", String::as_str)));
    }
    if images.broken + images.cut > 0 {
        return Some(Failure::new(FailureKind::BrokenImage));
    }
    if let Some(reason) = gathered.block_reason.as_ref().filter(|reason| !reason.ends_with("UNSPECIFIED")) {
        return Some(words(
            Failure::new(FailureKind::PromptBlocked),
            &with(reason, gathered.finish_message.as_deref()),
        ));
    }
    let said = [gathered.finish_message.as_deref(), Some(&gathered.refusal), Some(&gathered.answer.text)];
    let said = said.into_iter().flatten().find(|text| !text.trim().is_empty());
    if let Some(FinishReason::ContentFilter(word)) = &gathered.answer.finish_reason {
        let failure = Failure::new(FailureKind::ImageBlocked).charged(Charge::Maybe);
        return Some(words(failure, &with(word, said)));
    }
    // A model that refuses is not a filter.
    if !gathered.refusal.trim().is_empty() {
        return Some(words(Failure::new(FailureKind::NoImage).charged(Charge::Maybe), &gathered.refusal));
    }
    if gathered.tool.is_some() || gathered.answer.finish_reason == Some(FinishReason::ToolCalls) {
        let tool = gathered.tool.as_deref().filter(|tool| !tool.is_empty());
        let failure = Failure::new(FailureKind::ToolCalled).charged(charged);
        return Some(words(failure, &with(tool.unwrap_or_default(), said)));
    }
    if let Some(text) = text {
        if !counted && is_error_text(text) {
            return Some(classify::from_body(&Value::String(text.clone())).charged(Charge::Maybe));
        }
        return Some(words(Failure::new(FailureKind::NoImage), text));
    }
    if let Some(FinishReason::Other(word)) = &gathered.answer.finish_reason {
        return Some(words(Failure::new(FailureKind::NothingDrawn).charged(charged), &with(word, said)));
    }
    if let Some(message) = &gathered.finish_message {
        return Some(words(Failure::new(FailureKind::NothingDrawn).charged(charged), message));
    }
    let not_understood = match evidence.shape {
        BodyShape::Text => true,
        BodyShape::Json => evidence.json_broken,
        BodyShape::Events => evidence.stream.broken > 0 || (evidence.stream.events == 0 && !evidence.stream.done),
        BodyShape::Undetermined | BodyShape::Image | BodyShape::TooLarge => false,
    };
    if not_understood {
        let head = String::from_utf8_lossy(evidence.head);
        let failure = words(Failure::new(FailureKind::NotUnderstood), &head);
        return Some(if is_web_page(evidence.head) { failure.detail(FailureDetail::WebPage) } else { failure });
    }
    Some(Failure::new(FailureKind::EmptyAnswer).charged(charged))
}

/// A word with its explanation.
fn with(word: &str, said: Option<&str>) -> String {
    match said {
        Some(said) if word.is_empty() => said.to_owned(),
        Some(said) => format!("{word}: {said}"),
        None => word.to_owned(),
    }
}

/// Whether a text without a token count reports an error.
fn is_error_text(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase();
    text.len() < 2_000 && ERROR_PREFIXES.iter().any(|beginning| text.starts_with(beginning))
}

/// The error that the response reports, in any form.
fn error(gathered: &ResponseParts, has_image: bool) -> Option<Value> {
    let ResponseParts { message, detail, code, .. } = gathered;
    let message = message.as_ref().filter(|message| !is_success(message));
    let detail = detail.as_ref().filter(|detail| !is_success(detail));
    if let Some(error) = &gathered.error {
        // A field that only reports the presence of an error has its message elsewhere.
        let message = if error.is_boolean() || error.is_number() { message } else { None };
        return Some(json!({ "error": error, "message": message, "detail": detail, "code": code }));
    }
    let status = gathered.status.as_deref().unwrap_or_default().to_ascii_lowercase();
    let failed = ["fail", "error"].iter().any(|word| status.starts_with(word));
    let says_nothing_else = !has_image && gathered.answer.finish_reason.is_none() && gathered.answer.text.is_empty();
    let has_words = message.is_some() || detail.is_some();
    let has_code = code.as_ref().is_some_and(is_error_code);
    let is_error = gathered.unsuccessful || (failed && !has_image) || (says_nothing_else && (has_words || has_code));
    let status = gathered.status.as_ref().filter(|_| failed && !has_words);
    is_error.then(|| json!({ "message": message, "detail": detail, "code": code, "status": status }))
}

/// Whether a value reports success.
fn is_success(value: &Value) -> bool {
    let word = value.as_str().map(|word| word.trim().trim_end_matches(['.', '!', '。', '！']).to_ascii_lowercase());
    word.is_some_and(|word| word.is_empty() || SUCCESS_WORDS.contains(&word.as_str()))
}

/// Whether a code is that of an error. Small codes are not, because each gateway has its own.
fn is_error_code(code: &Value) -> bool {
    match code {
        Value::Number(number) => {
            number.as_i64().is_some_and(|number| number < 0 || (number >= 400 && number != 10_000))
        }
        Value::String(word) => match word.trim().parse::<i64>() {
            Ok(number) => is_error_code(&number.into()),
            Err(_not_a_number) => !is_success(code),
        },
        _ => false,
    }
}

/// The outcome of a response.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseOutcome {
    /// Everything except the images.
    pub answer: Answer,
    /// The number of complete images. Gateways send some twice.
    pub images: usize,
    /// The number of links to images.
    pub links: usize,
    /// The task that the gateway has started instead of sending an image.
    pub task: Option<TaskTicket>,
    /// The failure. A response with images has one only if the gateway reported it after them.
    pub failure: Option<Failure>,
    /// Whether the response and every image in it are complete.
    pub complete: bool,
    /// Whether the body ended before the response did.
    pub cut_off: bool,
}
