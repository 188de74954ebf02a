//! Classifies the error of a gateway, in any of its forms, as a kind of failure that a person can act on.

use std::time::Duration;

use serde_json::Value;

use crate::{
    gateway::mask::{is_web_page, sanitize_message},
    gateway::text::wait_times,
    recipe::{Charge, Failure, FailureDetail, FailureKind, Retry},
};

/// The parts of an error body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct ErrorText {
    /// Codes, types and statuses, in lower case.
    words: Vec<String>,
    /// The message for people.
    message: String,
    /// An HTTP status within the body.
    status: Option<u16>,
    /// The waiting time in Google's `RetryInfo`.
    delay: Option<Duration>,
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
                for name in ["error", "message", "detail", "msg", "Message"] {
                    if let Some(value) = fields.get(name) {
                        self.read(value, depth + 1);
                    }
                }
                for name in ["code", "type", "status", "error_type", "Code"] {
                    match fields.get(name) {
                        Some(Value::String(word)) => self.words.push(word.to_ascii_lowercase()),
                        Some(Value::Number(number)) => self.number(number.as_u64()),
                        _ => {}
                    }
                }
                for name in ["metadata", "details"] {
                    match fields.get(name) {
                        Some(Value::Array(values)) => values.iter().for_each(|value| self.read(value, depth + 1)),
                        Some(value @ Value::Object(_)) => self.read(value, depth + 1),
                        _ => {}
                    }
                }
                if let Some(delay) = fields.get("retryDelay").and_then(Value::as_str) {
                    self.delay = wait_times::length(delay).or(self.delay);
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

    /// Adds a numeric code: an HTTP status, or one with two more digits, such as 42901.
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

    /// The waiting time in the body: in a field, or in words such as "try again in 5 seconds".
    fn wait(&self) -> Option<Duration> {
        self.delay.or_else(|| wait_times::named_wait(&self.message))
    }

    /// The message for people, or else the code.
    fn words(&self) -> &str {
        match self.message.trim() {
            "" => self.words.iter().find(|word| !word.is_empty()).map_or("", String::as_str),
            message => message,
        }
    }
}

/// The failure for a response with an unsuccessful status. The body may have been truncated.
pub(crate) fn for_status(status: u16, body: &[u8], wait: Option<Duration>, secrets: &[&str]) -> Failure {
    let text = match serde_json::from_slice::<Value>(body) {
        Ok(value) => ErrorText::of(&value),
        Err(_) => ErrorText { message: String::from_utf8_lossy(body).into_owned(), ..ErrorText::default() },
    };
    let kind = match kind(status, &text) {
        FailureKind::GatewayFailed if is_overloaded(status, &text, wait) => FailureKind::RateLimited,
        kind => kind,
    };
    let wait = wait.or_else(|| if kind == FailureKind::RateLimited { text.wait() } else { None });
    let failure = Failure::new(kind).status(status).wait(wait).words(sanitize_message(text.words(), secrets));
    match kind {
        // A website has no page at this path, so its API is elsewhere.
        FailureKind::NotFound if is_web_page(body) => failure.charged(Charge::No).detail(FailureDetail::WebPage),
        // Whether the model has worked behind a broken gateway is unknown.
        FailureKind::GatewayFailed | FailureKind::TimedOut | FailureKind::EmptyAnswer | FailureKind::ImageBlocked => {
            failure.charged(Charge::Maybe)
        }
        _ => failure.charged(Charge::No),
    }
}

/// Whether a status of 503 or 529 means that the gateway did not start the request. Other responses also follow
/// requests on which a model has worked.
fn is_overloaded(status: u16, text: &ErrorText, wait: Option<Duration>) -> bool {
    const OVERLOADED_CODES: &[&str] = &["overload", "rate_limit", "slow_down", "capacity", "too_many_requests"];
    const OVERLOADED_PHRASES: &[&str] = &[
        "overloaded",
        "at capacity",
        "is busy",
        "too many requests",
        "temporarily unavailable",
        "no server is available",
        "try again later",
        "slow down",
        "繁忙",
        "过载",
        "過載",
        "负载",
        "負載",
        "稍后再试",
        "稍後再試",
        "稍后重试",
        "稍後重試",
    ];
    matches!(status, 503 | 529)
        && (wait.is_some()
            || text.message.trim().is_empty() && text.words.is_empty()
            || text.has(OVERLOADED_CODES)
            || text.says(OVERLOADED_PHRASES)
            || text.wait().is_some())
}

/// The failure for an error within a response with a successful status.
pub(crate) fn from_body(body: &Value) -> Failure {
    let text = ErrorText::of(body);
    let kind = kind(text.status.unwrap_or(500), &text);
    let mut failure = Failure::new(kind).words(sanitize_message(text.words(), &[]));
    failure.http_status = text.status;
    if kind == FailureKind::RateLimited {
        failure.wait = text.wait();
    }
    // The response had begun, so there is no automatic retry.
    if failure.retry == Retry::ByItself { failure.charged(Charge::Maybe) } else { failure }
}

fn kind(status: u16, text: &ErrorText) -> FailureKind {
    use FailureKind as K;

    // Codes are matched in part, because each gateway adds its own words to the same codes. Many gateways respond only
    // in Chinese.
    const EXPIRED_KEY_CODES: &[&str] = &["key_expired", "token_expired", "expired_key", "expired_api_key"];
    const EXPIRED_KEY_PHRASES: &[&str] = &[
        "key has expired",
        "key expired",
        "token has expired",
        "token expired",
        "令牌已过期",
        "密钥已过期",
        "金鑰已過期",
    ];
    const KEY_LIMIT_CODES: &[&str] = &["key_limit", "token_quota_exhausted", "key_budget", "budget_exceeded"];
    const KEY_LIMIT_PHRASES: &[&str] = &[
        "key limit exceeded",
        "key has reached its limit",
        "exceeded its limit",
        "budget has been exceeded",
        "exceededbudget",
        "令牌额度已用尽",
        "令牌额度不足",
    ];
    const NO_MONEY_CODES: &[&str] =
        &["quota", "insufficient_balance", "balance_insufficient", "billing", "payment_required"];
    const NO_QUOTA_CODES: &[&str] = &["insufficient_quota", "insufficient_user_quota"];
    const NO_MONEY_PHRASES: &[&str] = &[
        "balance_insufficient",
        "insufficient balance",
        "insufficient credit",
        "insufficient quota",
        "exceeded your current quota",
        "余额不足",
        "額度不足",
        "额度不足",
        "餘額不足",
        "预扣费额度失败",
    ];
    const BLOCKED_CODES: &[&str] = &[
        "prompt_blocked",
        "content_policy",
        "content_filter",
        "moderation",
        "safety",
        "sensitive_words",
        "datainspectionfailed",
        "sensitivecontentdetected",
    ];
    const BLOCKED_PHRASES: &[&str] = &[
        "prohibited_content",
        "prompt_blocked",
        "content policy",
        "safety system",
        "blocked by our content filters",
        "datainspectionfailed",
        "sensitivecontentdetected",
        "敏感词",
        "敏感內容",
        "敏感内容",
        "inappropriate content",
        "违规",
    ];
    const UNKNOWN_MODEL_CODES: &[&str] = &["model_not_found", "model_not_available", "unknown_model", "invalid_model"];
    const UNKNOWN_MODEL_PHRASES: &[&str] = &[
        "no available channel",
        "model not found",
        "is not a valid model",
        "no such model",
        "invalid model name",
        "无可用渠道",
        "模型不存在",
    ];
    const INVALID_KEY_CODES: &[&str] =
        &["invalid_api_key", "no_db_connection", "api_key_invalid", "authentication_error"];
    const INVALID_KEY_PHRASES: &[&str] =
        &["api key not valid", "incorrect api key", "invalid api key", "无效的令牌", "令牌无效"];
    const RATE_LIMIT_PHRASES: &[&str] = &["请求过于频繁", "请求数限制", "too many requests"];

    let about_model = text.says(&["model"]) && text.says(&["not exist", "not found", "unknown", "not supported"]);
    let no_model = text.has(UNKNOWN_MODEL_CODES) || text.says(UNKNOWN_MODEL_PHRASES);
    let no_money = text.has(NO_QUOTA_CODES) || text.says(NO_MONEY_PHRASES);
    match status {
        200..=599 if text.has(EXPIRED_KEY_CODES) || text.says(EXPIRED_KEY_PHRASES) => K::KeyExpired,
        200..=599 if text.has(KEY_LIMIT_CODES) || text.says(KEY_LIMIT_PHRASES) => K::KeyLimit,
        401 => K::WrongKey,
        402 => K::NoMoney,
        403 if text.has(NO_MONEY_CODES) || no_money => K::NoMoney,
        429 if no_money => K::NoMoney,
        429 => K::RateLimited,
        _ if text.has(BLOCKED_CODES) || text.says(BLOCKED_PHRASES) => K::PromptBlocked,
        403 => K::NotAllowed,
        404 | 405 if no_model || about_model => K::UnknownModel,
        404 | 405 => K::NotFound,
        413 => K::TooLarge,
        408 | 504 | 524 => K::TimedOut,
        _ if no_model => K::UnknownModel,
        400..=499 if text.has(NO_MONEY_CODES) || no_money => K::NoMoney,
        400..=499 if text.has(INVALID_KEY_CODES) || text.says(INVALID_KEY_PHRASES) => K::WrongKey,
        400..=499 if text.has(&["image_too_large", "payload_too_large"]) => K::TooLarge,
        400..=499 if text.has(&["invalid_image"]) => K::ReferenceUnreadable,
        400..=499 if about_model => K::UnknownModel,
        300..=399 => K::WrongUrl,
        400..=499 => K::BadRequest,
        _ if no_money => K::NoMoney,
        _ if text.has(INVALID_KEY_CODES) || text.says(INVALID_KEY_PHRASES) => K::WrongKey,
        _ if text.has(&["refusal"]) => K::ImageBlocked,
        _ if text.has(&["empty_response"]) => K::EmptyAnswer,
        _ if status == 500 && (text.has(&["rate_limit", "overloaded"]) || text.says(RATE_LIMIT_PHRASES)) => {
            K::RateLimited
        }
        _ if status == 500 && text.has(&["timeout"]) => K::TimedOut,
        _ => K::GatewayFailed,
    }
}
