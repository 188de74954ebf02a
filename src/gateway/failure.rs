//! Turning a gateway's error, in any of its forms, into a kind that a person can act on.

use std::time::Duration;

use serde_json::Value;

use super::clean::clean_words;
use crate::recipe::{Charge, Failure, FailureKind, Retry};

/// What an error body says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct ErrorText {
    /// Codes, types and statuses, in lower case.
    words: Vec<String>,
    /// The sentence meant for people.
    message: String,
    /// An HTTP status, given as a number within the body.
    status: Option<u16>,
}

impl ErrorText {
    fn of(body: &Value) -> Self {
        let mut text = Self::default();
        text.read(body, 0);
        text
    }

    fn read(&mut self, value: &Value, depth: usize) {
        match value {
            Value::String(message) if self.message.is_empty() => self.message.clone_from(message),
            Value::Object(fields) if depth < 4 => {
                for name in ["error", "message", "detail", "msg"] {
                    if let Some(value) = fields.get(name) {
                        self.read(value, depth + 1);
                    }
                }
                for name in ["code", "type", "status", "error_type"] {
                    match fields.get(name) {
                        Some(Value::String(word)) => self.words.push(word.to_ascii_lowercase()),
                        Some(Value::Number(number)) => self.number(number.as_u64()),
                        _ => {}
                    }
                }
                if let Some(metadata) = fields.get("metadata") {
                    self.read(metadata, depth + 1);
                }
            }
            Value::Array(values) if depth < 4 => {
                if let Some(first) = values.first() {
                    self.read(first, depth + 1);
                }
            }
            _ => {}
        }
    }

    /// A numeric code: an HTTP status, or one with two digits more, as in 42901.
    fn number(&mut self, number: Option<u64>) {
        let status = match number {
            Some(status @ 400..=599) => status,
            Some(code @ 40_000..=59_999) => code / 100,
            _ => return,
        };
        self.status.get_or_insert(status as u16);
    }

    fn has(&self, fragments: &[&str]) -> bool {
        self.words.iter().any(|word| fragments.iter().any(|fragment| word.contains(fragment)))
    }

    fn says(&self, fragments: &[&str]) -> bool {
        let message = self.message.to_ascii_lowercase();
        fragments.iter().any(|fragment| message.contains(fragment))
    }
}

/// The failure for an answer whose status is not a success. The body may have been cut at a limit.
pub(super) fn for_status(status: u16, body: &[u8], wait: Option<Duration>, secrets: &[&str]) -> Failure {
    let text = match serde_json::from_slice::<Value>(body) {
        Ok(value) => ErrorText::of(&value),
        Err(_) => ErrorText { message: String::from_utf8_lossy(body).into_owned(), ..ErrorText::default() },
    };
    let kind = kind(status, &text);
    let failure = Failure::new(kind).status(status).wait(wait).words(clean_words(&text.message, secrets));
    match kind {
        // Whether the model has worked behind a broken gateway, nobody can say.
        FailureKind::GatewayFailed | FailureKind::TimedOut => failure.charged(Charge::Maybe),
        _ => failure.charged(Charge::No),
    }
}

/// The failure for an error within an answer whose status was a success.
pub(super) fn within_answer(body: &Value) -> Failure {
    let text = ErrorText::of(body);
    let kind = kind(text.status.unwrap_or(500), &text);
    let mut failure = Failure::new(kind).words(clean_words(&text.message, &[]));
    failure.http_status = text.status;
    // The answer had begun, so no retry by itself.
    if failure.retry == Retry::ByItself { failure.charged(Charge::Maybe) } else { failure }
}

fn kind(status: u16, text: &ErrorText) -> FailureKind {
    use FailureKind as K;

    const MONEY: &[&str] = &["quota", "insufficient_balance", "balance_insufficient", "billing", "payment_required"];
    const MONEY_SAID: &[&str] = &["balance_insufficient", "insufficient balance", "insufficient credit", "余额不足"];
    const BLOCKED: &[&str] = &["prompt_blocked", "content_policy", "content_filter", "moderation", "safety"];
    const BLOCKED_SAID: &[&str] = &["prohibited_content", "prompt_blocked", "content policy", "safety system"];
    const MODEL: &[&str] = &["model_not_found", "model_not_available", "unknown_model", "invalid_model"];
    const MODEL_SAID: &[&str] =
        &["no available channel", "model not found", "is not a valid model", "no such model", "invalid model name"];

    let about_model = text.says(&["model"]) && text.says(&["not exist", "not found", "unknown", "not supported"]);
    let no_model = text.has(MODEL) || text.says(MODEL_SAID);
    match status {
        401 => K::WrongKey,
        402 => K::NoMoney,
        403 if text.has(MONEY) || text.says(MONEY_SAID) => K::NoMoney,
        429 if text.has(&["insufficient_quota", "insufficient_user_quota"]) || text.says(MONEY_SAID) => K::NoMoney,
        429 => K::RateLimited,
        _ if text.has(BLOCKED) || text.says(BLOCKED_SAID) => K::PromptBlocked,
        403 => K::NotAllowed,
        404 | 405 if no_model || about_model => K::UnknownModel,
        404 | 405 => K::NotFound,
        413 => K::TooLarge,
        408 | 504 | 524 => K::TimedOut,
        _ if no_model => K::UnknownModel,
        400..=499 if text.has(MONEY) || text.says(MONEY_SAID) => K::NoMoney,
        400..=499 if text.has(&["invalid_api_key", "no_db_connection"]) || text.says(&["api key not valid"]) => {
            K::WrongKey
        }
        400..=499 if text.has(&["image_too_large", "payload_too_large"]) => K::TooLarge,
        400..=499 if about_model => K::UnknownModel,
        300..=399 => K::WrongUrl,
        400..=499 => K::BadRequest,
        _ if text.has(&["insufficient_user_quota"]) || text.says(MONEY_SAID) => K::NoMoney,
        _ if text.has(&["refusal"]) => K::ImageBlocked,
        _ if text.has(&["rate_limit", "overloaded"]) && status == 500 => K::RateLimited,
        _ if text.has(&["timeout"]) && status == 500 => K::TimedOut,
        _ => K::GatewayFailed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_errors_become_kinds() {
        use FailureKind as K;
        let rows: [(u16, &str, K); 24] = [
            (401, r#"{"error":{"message":"bad (request id: 1)","type":"new_api_error","code":""}}"#, K::WrongKey),
            (400, r#"{"error":{"message":"No connected db.","type":"no_db_connection","code":"400"}}"#, K::WrongKey),
            (403, r#"{"error":{"message":"额度不足","code":"insufficient_user_quota"}}"#, K::NoMoney),
            (403, r#"{"error":{"message":"x","code":"pre_consume_token_quota_failed"}}"#, K::NoMoney),
            (402, r#"{"x402Version":1,"error":"Payment required","accepts":[]}"#, K::NoMoney),
            (400, r#"{"error":"balance_insufficient"}"#, K::NoMoney),
            (403, r#"{"error":{"message":"no access to this model"}}"#, K::NotAllowed),
            (503, r#"{"error":{"message":"x","code":"model_not_found"}}"#, K::UnknownModel),
            (404, r#"{"error":{"message":"The model `x` does not exist"}}"#, K::UnknownModel),
            (404, "404 page not found", K::NotFound),
            (405, "", K::NotFound),
            (413, "<html><title>413</title></html>", K::TooLarge),
            (429, "", K::RateLimited),
            (429, r#"{"code":42901,"message":"slow down"}"#, K::RateLimited),
            (429, r#"{"error":{"code":"insufficient_quota","message":"x"}}"#, K::NoMoney),
            (400, r#"{"error":{"message":"x","code":"prompt_blocked"}}"#, K::PromptBlocked),
            (400, r#"{"detail":"odd field"}"#, K::BadRequest),
            (400, r#"{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT"}}"#, K::WrongKey),
            (500, r#"{"error":{"code":"empty_response","message":"x"}}"#, K::GatewayFailed),
            (502, "<html><h1>502 Bad Gateway</h1></html>", K::GatewayFailed),
            (524, "<!DOCTYPE html><title>524: A timeout occurred</title>", K::TimedOut),
            (408, "", K::TimedOut),
            (503, r#"{"error":{"message":"overloaded"}}"#, K::GatewayFailed),
            (302, "", K::WrongUrl),
        ];
        for (status, body, kind) in rows {
            assert_eq!(for_status(status, body.as_bytes(), None, &[]).kind, kind, "{status} {body}");
        }
    }

    #[test]
    fn only_a_refused_request_is_surely_free() {
        assert_eq!(for_status(429, b"", None, &[]).retry, Retry::ByItself);
        assert_eq!(for_status(500, b"", None, &[]).charged, Charge::Maybe);
        let late = within_answer(&serde_json::json!({ "error": { "code": 429, "message": "slow down" } }));
        assert_eq!((late.kind, late.retry, late.http_status), (FailureKind::RateLimited, Retry::ByHand, Some(429)));
    }

    #[test]
    fn words_are_those_meant_for_people() {
        let words = |status, body: &str| for_status(status, body.as_bytes(), None, &["hunter22"]).words;
        let inner = r#"{"error":{"message":"upstream said <html><title>504 Gateway Time-out</title></html>"}}"#;
        assert_eq!(words(500, inner).unwrap(), "504 Gateway Time-out");
        assert_eq!(words(401, r#"{"message":"bad key hunter22"}"#).unwrap(), "bad key …");
        assert_eq!(words(429, ""), None);
    }
}
