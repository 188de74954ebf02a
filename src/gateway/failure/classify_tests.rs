//! One row for each known error of gateways, with the expected failure.

use std::time::Duration;

use Charge::{Maybe, No, Yes};
use FailureKind as K;
use NextStep as N;

use super::classify::*;
use crate::{
    gateway::reader::{AnswerReader, BodyKind, ReaderLimits},
    recipe::{Charge, Failure, FailureKind, NextStep, Retry},
};

/// A response, and the expected failure: kind, charge, automatic retry, next step, message.
struct Row(u16, &'static str, FailureKind, Charge, NextStep, &'static str);

/// The failure of a response, with either kind of status.
fn judge(status: u16, body: &str) -> Failure {
    if !(200..300).contains(&status) {
        return for_status(status, body.as_bytes(), None, &["hunter22"]);
    }
    let kind = if body.starts_with("data:") { BodyKind::EventStream } else { BodyKind::Json };
    let mut reader = AnswerReader::new(kind, ReaderLimits::default());
    reader.push(body.as_bytes(), &mut ());
    reader.finish(&mut ()).failure.expect("it is a failure")
}

fn check(rows: &[Row]) {
    for Row(status, body, kind, charged, next, words) in rows {
        let failure = judge(*status, body);
        let found = (failure.kind, failure.charged, failure.next_step(), failure.words.as_deref().unwrap_or_default());
        assert_eq!(found, (*kind, *charged, *next, *words), "{status} {body}");
        assert!(failure.charged == Charge::No || failure.retry != Retry::ByItself, "{status} {body}");
        if *status != 200 {
            assert_eq!(failure.http_status, Some(*status), "{body}");
        }
    }
}

const REQUEST_ID: &str = r#"{"error":{"message":"无效的令牌 (request id: 1)","type":"new_api_error","code":""}}"#;

#[test]
fn keys() {
    check(&[
        Row(401, REQUEST_ID, K::WrongKey, No, N::CheckKey, "无效的令牌 (request id: 1)"),
        Row(401, r#"{"message":"bad key hunter22"}"#, K::WrongKey, No, N::CheckKey, "bad key …"),
        Row(
            401,
            r#"{"code":40101,"message":"unauthorized","data":null}"#,
            K::WrongKey,
            No,
            N::CheckKey,
            "unauthorized",
        ),
        Row(200, r#"{"code":40101,"message":"unauthorized"}"#, K::WrongKey, No, N::CheckKey, "unauthorized"),
        Row(
            400,
            r#"{"error":{"message":"No connected db.","type":"no_db_connection","param":null,"code":"400"}}"#,
            K::WrongKey,
            No,
            N::CheckKey,
            "No connected db.",
        ),
        Row(
            400,
            r#"{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[]}}"#,
            K::WrongKey,
            No,
            N::CheckKey,
            "API key not valid.",
        ),
        Row(401, r#"{"error":{"message":"该令牌已过期"}}"#, K::KeyExpired, No, N::CheckKey, "该令牌已过期"),
        Row(400, r#"{"error":"API key expired."}"#, K::KeyExpired, No, N::CheckKey, "API key expired."),
        Row(
            401,
            r#"{"error":{"message":"该令牌额度已用尽 [sk-abcdefgh1234]"}}"#,
            K::KeyLimit,
            No,
            N::OpenBillingPage,
            "该令牌额度已用尽 […]",
        ),
        Row(
            403,
            r#"{"error":{"message":"Key limit exceeded (daily limit)","code":403}}"#,
            K::KeyLimit,
            No,
            N::OpenBillingPage,
            "Key limit exceeded (daily limit)",
        ),
        Row(
            400,
            r#"{"error":{"message":"Budget has been exceeded!","type":"budget_exceeded"}}"#,
            K::KeyLimit,
            No,
            N::OpenBillingPage,
            "Budget has been exceeded!",
        ),
        Row(
            403,
            r#"{"error":{"message":"no access to this model"}}"#,
            K::NotAllowed,
            No,
            N::ChooseAnotherModel,
            "no access to this model",
        ),
    ]);
}

#[test]
fn money() {
    let bill = |status, body, words| Row(status, body, K::NoMoney, No, N::OpenBillingPage, words);
    check(&[
        bill(403, r#"{"error":{"message":"用户额度不足","code":"insufficient_user_quota"}}"#, "用户额度不足"),
        bill(403, r#"{"error":{"message":"余额不足"}}"#, "余额不足"),
        bill(
            403,
            r#"{"error":{"message":"","code":"pre_consume_token_quota_failed"}}"#,
            "pre_consume_token_quota_failed",
        ),
        bill(402, r#"{"error":{"code":402,"message":"Insufficient credits"}}"#, "Insufficient credits"),
        bill(402, r#"{"x402Version":1,"error":"Payment required","accepts":[{"scheme":"exact"}]}"#, "Payment required"),
        bill(400, r#"{"error":"balance_insufficient"}"#, "balance_insufficient"),
        bill(429, r#"{"error":{"code":"insufficient_quota","message":"quota"}}"#, "quota"),
        bill(200, r#"{"success":false,"message":"余额不足"}"#, "余额不足"),
        bill(200, r#"{"error":{"code":402,"message":"Insufficient credits"}}"#, "Insufficient credits"),
    ]);
}

#[test]
fn models_and_addresses() {
    let model = |status, body, words| Row(status, body, K::UnknownModel, No, N::ChooseAnotherModel, words);
    check(&[
        model(503, r#"{"error":{"message":"no channel","code":"model_not_found"}}"#, "no channel"),
        model(
            503,
            r#"{"error":{"message":"当前分组 default 下对于模型 x 无可用渠道"}}"#,
            "当前分组 default 下对于模型 x 无可用渠道",
        ),
        model(
            400,
            r#"{"error":{"message":"Invalid model name passed in model=x"}}"#,
            "Invalid model name passed in model=x",
        ),
        model(404, r#"{"error":{"message":"The model `x` does not exist"}}"#, "The model `x` does not exist"),
        model(
            200,
            r#"{"error":{"message":"The model `x` does not exist","code":"model_not_found"}}"#,
            "The model `x` does not exist",
        ),
        Row(404, "404 page not found", K::NotFound, No, N::CheckAddress, "404 page not found"),
        Row(405, "", K::NotFound, No, N::CheckAddress, ""),
        Row(302, "", K::WrongUrl, No, N::CheckAddress, ""),
    ]);
}

#[test]
fn pauses() {
    let wait = |seconds| N::Wait(Duration::from_secs(seconds));
    check(&[
        Row(429, "", K::RateLimited, No, N::Retry, ""),
        Row(429, r#"{"code":42901,"message":"slow down"}"#, K::RateLimited, No, N::Retry, "slow down"),
        Row(
            429,
            r#"{"error":{"message":"No deployments available. Try again in 5 seconds.","code":"all_deployments_in_cooldown"}}"#,
            K::RateLimited,
            No,
            wait(5),
            "No deployments available. Try again in 5 seconds.",
        ),
        Row(
            429,
            r#"{"error":{"code":429,"message":"exhausted","status":"RESOURCE_EXHAUSTED","details":[{"@type":"x"},{"retryDelay":"37s"}]}}"#,
            K::RateLimited,
            No,
            wait(37),
            "exhausted",
        ),
        // The response had begun, so the charge is unknown.
        Row(200, r#"{"error":{"code":429,"message":"slow down"}}"#, K::RateLimited, Maybe, N::Retry, "slow down"),
    ]);
}

#[test]
fn filters() {
    let portkey = r#"{"error":{"message":"Invalid response received from google: {\"promptFeedback\":{\"blockReason\":\"PROHIBITED_CONTENT\"}}"}}"#;
    let portkey_said =
        r#"Invalid response received from google: {"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}"#;
    let prompt = |status, body, words| Row(status, body, K::PromptBlocked, No, N::EditPrompt, words);
    let image = |body, words| Row(200, body, K::ImageBlocked, Maybe, N::EditPrompt, words);
    check(&[
        prompt(400, r#"{"error":{"message":"blocked","code":"prompt_blocked"}}"#, "blocked"),
        prompt(400, r#"{"error":{"message":"输入包含敏感词","code":"sensitive_words_detected"}}"#, "输入包含敏感词"),
        prompt(
            400,
            r#"{"error":{"message":"rejected by our safety system","type":"image_generation_user_error","code":"moderation_blocked"}}"#,
            "rejected by our safety system",
        ),
        prompt(
            403,
            r#"{"error":{"message":"flagged","metadata":{"error_type":"content_policy_violation"}}}"#,
            "flagged",
        ),
        prompt(200, portkey, portkey_said),
        prompt(200, r#"{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}"#, "PROHIBITED_CONTENT"),
        image(r#"{"choices":[{"message":{"content":null},"finish_reason":"content_filter"}]}"#, "content_filter"),
        image(
            r#"{"choices":[{"message":{"content":null},"finish_reason":"content_filter","native_finish_reason":"IMAGE_SAFETY"}]}"#,
            "IMAGE_SAFETY",
        ),
        image(r#"{"candidates":[{"finishReason":"IMAGE_PROHIBITED_CONTENT"}]}"#, "IMAGE_PROHIBITED_CONTENT"),
        image(r#"{"candidates":[{"finishReason":"IMAGE_RECITATION"}]}"#, "IMAGE_RECITATION"),
        image(
            r#"{"candidates":[{"finishReason":"IMAGE_SAFETY","finishMessage":"Unable to show the generated image."}]}"#,
            "IMAGE_SAFETY: Unable to show the generated image.",
        ),
        image(r#"{"candidates":[{"finishReason":"RECITATION"}]}"#, "RECITATION"),
        image(r#"{"candidates":[{"finishReason":"SPII"}]}"#, "SPII"),
        image(
            r#"{"candidates":[{"content":{"parts":[{"text":"I can't create that."}]},"finishReason":"IMAGE_SAFETY"}]}"#,
            "IMAGE_SAFETY: I can't create that.",
        ),
    ]);
}

#[test]
fn other_errors_are_not_classified_as_filters() {
    let row = |body, kind, words| Row(200, body, kind, Maybe, N::EditPrompt, words);
    check(&[
        row(
            r#"{"choices":[{"message":{"refusal":"I can't help with that."},"finish_reason":"stop"}]}"#,
            K::NoImage,
            "I can't help with that.",
        ),
        row(
            r#"{"choices":[{"message":{"content":null},"finish_reason":"content_filter","provider_specific_fields":{"native_finish_reason":"NO_IMAGE"}}]}"#,
            K::NothingDrawn,
            "NO_IMAGE",
        ),
        row(r#"{"candidates":[{"content":{"role":"model"},"finishReason":"NO_IMAGE"}]}"#, K::NothingDrawn, "NO_IMAGE"),
        row(r#"{"candidates":[{"finishReason":"IMAGE_OTHER"}]}"#, K::NothingDrawn, "IMAGE_OTHER"),
        row(
            r#"{"candidates":[{"finishReason":"OTHER","finishMessage":"The model could not draw this."}]}"#,
            K::NothingDrawn,
            "OTHER: The model could not draw this.",
        ),
        row(r#"{"code":200,"message":"success","data":[]}"#, K::EmptyAnswer, ""),
        row(r#"{"code":0,"msg":"操作成功","data":null}"#, K::EmptyAnswer, ""),
        row(r#"{"base_resp":{"status_code":0,"status_msg":"success"},"data":{}}"#, K::EmptyAnswer, ""),
        row(r#"{"promptFeedback":{"blockReason":"BLOCK_REASON_UNSPECIFIED"}}"#, K::EmptyAnswer, ""),
        row(r#"{"error":0,"errors":[],"message":"ok"}"#, K::EmptyAnswer, ""),
    ]);
}

#[test]
fn tool_call_is_reported() {
    let row = |body, words| Row(200, body, K::ToolCalled, Maybe, N::ChooseAnotherModel, words);
    check(&[
        row(
            r#"{"choices":[{"message":{"content":null,"tool_calls":[{"id":"t","type":"function","function":{"name":"generate_image","arguments":"{\"url\":\"https://a.example/b.png\"}"}}]},"finish_reason":"tool_calls"}]}"#,
            "generate_image",
        ),
        row(
            r#"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"draw","args":{}}}]},"finishReason":"STOP"}]}"#,
            "draw",
        ),
        row(
            "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"name\":\"draw\",\"arguments\":\"\"}}]},\"finish_reason\":\"tool_calls\"}]}\n\n",
            "draw",
        ),
        row(r#"{"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL"}]}"#, ""),
        row(r#"{"output":[{"type":"function_call","name":"draw","arguments":"{}"}]}"#, ""),
        row(r#"{"content":[{"type":"tool_use","name":"draw","input":{}}],"stop_reason":"tool_use"}"#, ""),
        row(
            r#"{"choices":[{"message":{"content":"I will draw it.","tool_calls":[{"function":{"name":"draw"}}]}}]}"#,
            "draw: I will draw it.",
        ),
    ]);
}

#[test]
fn errors_in_successful_responses() {
    let failed = |body, words| Row(200, body, K::GatewayFailed, Maybe, N::Retry, words);
    check(&[
        failed(
            r#"{"choices":[{"message":{"content":"[Error] upstream request failed: 524"},"finish_reason":"stop"}],"usage":{"completion_tokens":0}}"#,
            "[Error] upstream request failed: 524",
        ),
        failed(
            r#"{"choices":[{"message":{"content":"❌ 生成失败：上游超时"},"finish_reason":"stop"}]}"#,
            "❌ 生成失败：上游超时",
        ),
        failed(r#"{"error":true,"message":"upstream broke"}"#, "upstream broke"),
        failed(r#"{"errors":[{"message":"no capacity"}],"success":false}"#, "no capacity"),
        failed(r#"{"status":"failed","detail":"worker died"}"#, "worker died"),
        failed(r#"{"output":{"task_status":"FAILED","code":"InternalError","message":"worker died"}}"#, "worker died"),
        failed(r#"{"code":500,"data":null,"msg":"worker died"}"#, "worker died"),
        failed(r#"{"base_resp":{"status_code":1000,"status_msg":"unknown error"}}"#, "unknown error"),
        failed(r#"{"Response":{"Error":{"Code":"InternalError","Message":"worker died"}}}"#, "worker died"),
        failed(r#"{"data":[{"error":{"code":"InternalError","message":"worker died"}}]}"#, "worker died"),
    ]);
}

#[test]
fn responses_without_an_image() {
    let talk = r#"{"choices":[{"message":{"content":"Here is a picture:"},"finish_reason":"stop"}]}"#;
    let nothing = |body, charged| Row(200, body, K::EmptyAnswer, charged, N::EditPrompt, "");
    check(&[
        Row(200, talk, K::NoImage, Yes, N::EditPrompt, "Here is a picture:"),
        nothing(r#"{"choices":[{"message":{"content":null},"finish_reason":"stop"}]}"#, Maybe),
        nothing(r#"{"choices":[{"message":{"role":"assistant"},"finish_reason":"STOP"}]}"#, Maybe),
        nothing(
            r#"{"choices":[{"message":{"content":""},"finish_reason":"stop"}],"usage":{"completion_tokens":9}}"#,
            Yes,
        ),
        nothing(r#"{"choices":[]}"#, Maybe),
        // A blocked prompt, as it is reported in a stream.
        nothing(
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":0}}\n\ndata: [DONE]\n\n",
            Maybe,
        ),
        nothing("", Maybe),
        Row(
            500,
            r#"{"error":{"message":"empty","code":"empty_response"}}"#,
            K::EmptyAnswer,
            Maybe,
            N::EditPrompt,
            "empty",
        ),
        Row(
            200,
            "{malformed json: <<<chaos>>>",
            K::NotUnderstood,
            Maybe,
            N::CheckAddress,
            "{malformed json: <<<chaos>>>",
        ),
        Row(
            200,
            "data: {\"choices\":[{\"delta\":{\"content\":\"He\"}}]}\n\ndata: {\"error\":{\"code\":502,\"message\":\"upstream\"},\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}\n\n",
            K::GatewayFailed,
            Maybe,
            N::Retry,
            "upstream",
        ),
        Row(200, "data: {\"choices\":[{\"delta\":{\"content\":\"He\"}}]}\n\n", K::CutOff, Maybe, N::Retry, "He"),
    ]);
}

#[test]
fn proxy_and_upstream_errors() {
    let page = "<!DOCTYPE html><title>api.example | 524: A timeout occurred</title><style>x{}</style>";
    let wrapped = r#"{"error":{"message":"upstream said <html><title>504 Gateway Time-out</title></html>"}}"#;
    check(&[
        Row(524, page, K::TimedOut, Maybe, N::Retry, "api.example | 524: A timeout occurred"),
        Row(
            502,
            "<html><h1>502 Bad Gateway</h1><hr>nginx</html>",
            K::GatewayFailed,
            Maybe,
            N::Retry,
            "502 Bad Gateway",
        ),
        Row(
            504,
            "<html><title>504 Gateway Time-out</title></html>",
            K::TimedOut,
            Maybe,
            N::Retry,
            "504 Gateway Time-out",
        ),
        Row(500, wrapped, K::GatewayFailed, Maybe, N::Retry, "504 Gateway Time-out"),
        Row(500, "", K::GatewayFailed, Maybe, N::Retry, ""),
        // These did not start the request; a gateway that breaks later may have.
        Row(503, r#"{"error":{"message":"overloaded"}}"#, K::RateLimited, No, N::Retry, "overloaded"),
        Row(503, "", K::RateLimited, No, N::Retry, ""),
        Row(503, r#"{"message":"当前负载较高，请稍后再试"}"#, K::RateLimited, No, N::Retry, "当前负载较高，请稍后再试"),
        Row(
            503,
            "upstream connect error or reset",
            K::GatewayFailed,
            Maybe,
            N::Retry,
            "upstream connect error or reset",
        ),
        Row(408, "", K::TimedOut, Maybe, N::Retry, ""),
        Row(
            413,
            "<html><title>413 Request Entity Too Large</title></html>",
            K::TooLarge,
            No,
            N::EditPrompt,
            "413 Request Entity Too Large",
        ),
        Row(400, r#"{"detail":"odd field"}"#, K::BadRequest, No, N::EditPrompt, "odd field"),
        Row(
            400,
            r#"{"error":{"message":"x","metadata":{"error_type":"image_too_large"}}}"#,
            K::TooLarge,
            No,
            N::EditPrompt,
            "x",
        ),
        Row(
            400,
            r#"{"error":{"message":"x","metadata":{"error_type":"invalid_image"}}}"#,
            K::ReferenceUnreadable,
            No,
            N::EditPrompt,
            "x",
        ),
    ]);
}

#[test]
fn only_rejected_requests_are_retried_automatically() {
    assert!(judge(429, "").is_safe_to_repeat());
    for (status, body) in [(500, ""), (408, ""), (200, r#"{"error":{"code":429}}"#), (402, ""), (401, "")] {
        assert!(!judge(status, body).is_safe_to_repeat(), "{status} {body}");
    }
}
