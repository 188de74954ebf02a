//! Parses waiting times in headers and errors, in the languages in which gateways respond.

use std::time::Duration;

/// Words before a waiting time.
const WORDS_BEFORE: [&str; 14] =
    ["in", "after", "wait", "wait for", "for", "about", "~", "等待", "等", "请在", "請在", "在", "于", "於"];

/// Words before a waiting time in seconds without a unit.
const WORDS_BEFORE_SECONDS: [&str; 3] = ["retry after", "try again in", "retry in"];

/// Words after a waiting time.
const WORDS_AFTER: [&str; 6] = ["后", "後", "之后", "之後", "以后", "再"];

/// Units and their length in seconds, longer names before their prefixes.
const UNIT_SECONDS: [(&str, f64); 28] = [
    ("milliseconds", 0.001),
    ("毫秒", 0.001),
    ("ms", 0.001),
    ("seconds", 1.0),
    ("second", 1.0),
    ("secs", 1.0),
    ("sec", 1.0),
    ("秒钟", 1.0),
    ("秒鐘", 1.0),
    ("秒", 1.0),
    ("minutes", 60.0),
    ("minute", 60.0),
    ("mins", 60.0),
    ("min", 60.0),
    ("分钟", 60.0),
    ("分鐘", 60.0),
    ("分", 60.0),
    ("hours", 3600.0),
    ("hour", 3600.0),
    ("hrs", 3600.0),
    ("小时", 3600.0),
    ("小時", 3600.0),
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3600.0),
    ("days", 86_400.0),
    ("day", 86_400.0),
    ("d", 86_400.0),
];

/// The first waiting time in a sentence: `try again in 1m30s`, `wait 12 seconds`, `请在 20 秒后重试`.
pub(crate) fn named_wait(message: &str) -> Option<Duration> {
    let text = message.to_lowercase();
    let mut at = 0;
    while let Some(digit) = text[at..].find(|c: char| c.is_ascii_digit()) {
        let start = at + digit;
        let before = text[..start].trim_end();
        let Some((seconds, end)) = begins_with(&text[start..]) else {
            let digits = text[start..].find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len() - start);
            at = start + digits;
            if WORDS_BEFORE_SECONDS.iter().any(|cue| before.ends_with(cue))
                && !text[at..].starts_with(char::is_alphabetic)
            {
                return Duration::try_from_secs_f64(text[start..at].parse().ok()?).ok();
            }
            continue;
        };
        at = start + end;
        let after = text[at..].trim_start();
        let is_cue = |cue: &&str| {
            let rest = before.strip_suffix(*cue);
            rest.is_some_and(|rest| !cue.is_ascii() || !rest.ends_with(|c: char| c.is_alphanumeric()))
        };
        if WORDS_BEFORE.iter().any(is_cue) || WORDS_AFTER.iter().any(|cue| after.starts_with(cue)) {
            return Duration::try_from_secs_f64(seconds).ok();
        }
    }
    None
}

/// Parses a duration of one or more units: `1h2m3s`, `6m0s`, `850ms`.
pub(crate) fn length(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (seconds, end) = begins_with(text)?;
    (end == text.len()).then(|| Duration::try_from_secs_f64(seconds).ok()).flatten()
}

/// Parses a duration at the start of a text, in seconds, and returns where it ends.
fn begins_with(text: &str) -> Option<(f64, usize)> {
    let (mut whole, mut end) = (0.0, 0);
    loop {
        let rest = text[end..].trim_start();
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let Ok(number) = rest[..digits].parse::<f64>() else { break };
        let unit_at = rest[digits..].trim_start();
        let Some((unit, seconds)) = UNIT_SECONDS.iter().find(|(unit, _)| {
            let behind = unit_at.strip_prefix(unit).and_then(|behind| behind.chars().next());
            unit_at.starts_with(unit) && (!unit.is_ascii() || behind.is_none_or(|c| !c.is_ascii_alphabetic()))
        }) else {
            break;
        };
        whole += number * seconds;
        end = text.len() - unit_at.len() + unit.len();
    }
    (end > 0).then_some((whole, end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn waits_are_found_in_error_texts() {
        for (message, seconds) in [
            ("Rate limit reached for gpt-image-1 (limit 5 / min). Please try again in 12s. Visit x.", Some(12.0)),
            ("Please try again in 1m30s.", Some(90.0)),
            ("Please try again in 6m0s", Some(360.0)),
            ("Please try again in 850ms.", Some(0.85)),
            ("Please retry after 7.5 seconds", Some(7.5)),
            ("Retry after 5.", Some(5.0)),
            ("try again in 30", Some(30.0)),
            ("Too many requests, wait 2 minutes and 5 images", Some(120.0)),
            ("Try again in about 1 hour 2 minutes", Some(3720.0)),
            ("slow down: please wait for 3 secs", Some(3.0)),
            ("请求过于频繁，请在 20 秒后重试", Some(20.0)),
            ("請求太頻繁，請於30秒後再試。", Some(30.0)),
            ("当前请求过多，1分钟后再试", Some(60.0)),
            ("请等待15秒", Some(15.0)),
            ("IN 5 SECONDS", Some(5.0)),
            ("请稍后再试", None),
            ("limit of 3 requests, 20 used", None),
            ("HTTP 429 from model gpt-4", None),
            ("begin 5 sessions", None),
            ("1.2.3 s in", None),
            ("in 999999999999999999999999 hours", None),
        ] {
            assert_eq!(named_wait(message).map(|wait| wait.as_secs_f64()), seconds, "{message}");
        }
    }

    #[test]
    fn only_durations_are_parsed_as_durations() {
        for (text, seconds) in [
            ("850ms", Some(0.85)),
            ("2 minutes", Some(120.0)),
            (" 1h2m3.5s ", Some(3_723.5)),
            ("1d", Some(86_400.0)),
            ("37s", Some(37.0)),
            ("37s, then", None),
            ("soon", None),
            ("5", None),
            ("", None),
        ] {
            assert_eq!(length(text).map(|wait| wait.as_secs_f64()), seconds, "{text}");
        }
        assert_eq!(named_wait("Try again in 850ms, please"), Some(Duration::from_millis(850)));
        assert_eq!(named_wait("wait 2 minutes."), Some(Duration::from_mins(2)));
    }

    proptest! {
        #[test]
        fn arbitrary_text_does_not_panic(message in "(in |请在|[0-9.]{0,9}|秒| ?s| ?min|后|İ|[ a-z]){0,12}") {
            let _read = (named_wait(&message), length(&message));
        }
    }
}
