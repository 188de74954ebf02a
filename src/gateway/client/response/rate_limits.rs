//! Reads rate limits from response headers: the time to wait after a refusal, and the time until an exhausted allowance
//! is renewed.
//!
//! Sources: RFC 9110 (`Retry-After`), OpenAI's and Anthropic's rate limit guides (`x-ratelimit-*`,
//! `anthropic-ratelimit-*`), OpenRouter's (`X-RateLimit-Reset` in milliseconds since 1970), and the IETF drafts on
//! `RateLimit-*` headers and on the structured `RateLimit` field.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderMap;

use crate::gateway::text::wait_times;

/// The time that the gateway asks to wait when it refuses a request.
pub(crate) fn wait(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let retry_after = || {
        let after = text(headers, "retry-after")?;
        seconds(after).or_else(|| {
            let until = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(after).ok()?;
            Some(until_then(until, now))
        })
    };
    let milliseconds = || Some(seconds(text(headers, "retry-after-ms")?)? / 1000);
    milliseconds().or_else(retry_after).or_else(|| exhausted(headers, now)).or_else(|| soonest_reset(headers, now))
}

/// The time until an exhausted allowance is renewed.
pub(crate) fn exhausted(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let used_up = allowances(headers, now).filter(|allowance| allowance.remaining == Some(0));
    used_up.filter_map(|allowance| allowance.reset).filter(|wait| !wait.is_zero()).max()
}

/// The time until the first allowance is renewed, if no header says how much remains.
fn soonest_reset(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let unknown = allowances(headers, now).filter(|allowance| allowance.remaining.is_none());
    unknown.filter_map(|allowance| allowance.reset).filter(|wait| !wait.is_zero()).min()
}

/// The allowance of a gateway within a time window.
struct Allowance {
    remaining: Option<u64>,
    /// The time until it is renewed.
    reset: Option<Duration>,
}

fn allowances(headers: &HeaderMap, now: Timestamp) -> impl Iterator<Item = Allowance> {
    // Requests, tokens, images and projects have limits of their own, named before or after the word.
    let resets = headers.keys().filter_map(move |name| {
        let name = name.as_str();
        if !name.contains("ratelimit") || !name.contains("reset") {
            return None;
        }
        let reset = reset(text(headers, name)?, now);
        let remaining = text(headers, &name.replace("reset", "remaining")).and_then(|text| text.parse::<f64>().ok());
        Some(Allowance { remaining: remaining.map(|count| count.max(0.0) as u64), reset })
    });
    let structured = headers.get_all("ratelimit").into_iter().filter_map(|value| value.to_str().ok());
    resets.chain(structured.flat_map(|value| value.split(',')).filter_map(structured_allowance))
}

/// Parses a member of the structured `RateLimit` field, such as `"default";r=0;t=30`. Its older form `limit=10,
/// remaining=0, reset=30` is not parsed.
fn structured_allowance(member: &str) -> Option<Allowance> {
    let parameter = |name: &str| {
        member
            .split(';')
            .skip(1)
            .find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('=')?.parse::<u64>().ok())
    };
    Some(Allowance { remaining: Some(parameter("r")?), reset: Some(Duration::from_secs(parameter("t")?)) })
}

/// Parses the time until an allowance is renewed: `6m0s`, `1.2s`, `17`, seconds or milliseconds since 1970, or a date.
fn reset(text: &str, now: Timestamp) -> Option<Duration> {
    /// 2001, in seconds since 1970. A smaller number is a duration.
    const FIRST_DATE_SECONDS: f64 = 1e9;
    /// The same in milliseconds.
    const FIRST_DATE_MILLISECONDS: f64 = 1e12;
    if let Ok(number) = text.parse::<f64>() {
        let since_1970 = match number {
            FIRST_DATE_MILLISECONDS.. => number / 1000.0,
            FIRST_DATE_SECONDS.. => number,
            _ => return seconds(text),
        };
        return Some(until_then(Timestamp::from_millisecond((since_1970 * 1000.0) as i64).ok()?, now));
    }
    text.parse::<Timestamp>().map_or_else(|_| wait_times::length(text), |until| Some(until_then(until, now)))
}

fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.parse().ok()?).ok()
}

fn until_then(until: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(until.duration_since(now)).unwrap_or_default()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    /// Headers by name.
    type Lines<'a> = &'a [(&'a str, &'a str)];

    const NOW: &str = "2026-11-30T12:00:00Z";

    fn headers(lines: &[(&str, &str)]) -> HeaderMap {
        let parsed = lines.iter().map(|(name, value)| {
            let name = HeaderName::from_bytes(name.to_ascii_lowercase().as_bytes()).unwrap();
            (name, HeaderValue::from_str(value).unwrap())
        });
        parsed.collect()
    }

    #[test]
    fn retry_wait_is_parsed_from_every_known_header() {
        let now: Timestamp = NOW.parse().unwrap();
        let milliseconds = now.as_millisecond() + 42_000;
        let cases: &[(Lines<'_>, Option<f64>)] = &[
            (&[("Retry-After", "7")], Some(7.0)),
            (&[("Retry-After", "0.5")], Some(0.5)),
            (&[("Retry-After", "Mon, 30 Nov 2026 12:00:20 GMT")], Some(20.0)),
            (&[("Retry-After", "Mon, 30 Nov 2026 11:00:00 GMT")], Some(0.0)),
            (&[("retry-after-ms", "1500"), ("retry-after", "2")], Some(1.5)),
            (&[("x-ratelimit-reset-requests", "6m0s")], Some(360.0)),
            (&[("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "850ms")], Some(0.85)),
            (&[("x-ratelimit-reset-requests", "1h2m3.5s")], Some(3_723.5)),
            // Tokens remain, requests do not.
            (
                &[
                    ("x-ratelimit-remaining-requests", "0"),
                    ("x-ratelimit-reset-requests", "12s"),
                    ("x-ratelimit-remaining-tokens", "9000"),
                    ("x-ratelimit-reset-tokens", "1s"),
                ],
                Some(12.0),
            ),
            (&[("X-RateLimit-Limit", "20"), ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "30")], Some(30.0)),
            (&[("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", &milliseconds.to_string())], Some(42.0)),
            (&[("RateLimit-Remaining", "0"), ("RateLimit-Reset", "9")], Some(9.0)),
            (&[("RateLimit", r#""burst";r=4;t=2, "day";r=0;t=15"#)], Some(15.0)),
            (
                &[
                    ("anthropic-ratelimit-requests-remaining", "0"),
                    ("anthropic-ratelimit-requests-reset", "2026-11-30T12:01:00Z"),
                ],
                Some(60.0),
            ),
            (&[("Retry-After", "soon")], None),
            (&[("x-ratelimit-reset", "-5")], None),
            (&[("x-ratelimit-reset", "1e300")], None),
            (&[("x-ratelimit-remaining-requests", "3"), ("x-ratelimit-reset-requests", "60s")], None),
            (&[], None),
        ];
        for (lines, expected) in cases {
            assert_eq!(wait(&headers(lines), now).map(|wait| wait.as_secs_f64()), *expected, "{lines:?}");
        }
    }

    #[test]
    fn allowance_is_exhausted_only_at_zero() {
        let now: Timestamp = NOW.parse().unwrap();
        let said = |lines: &[(&str, &str)]| exhausted(&headers(lines), now);
        let requests =
            |remaining| said(&[("x-ratelimit-remaining-requests", remaining), ("x-ratelimit-reset-requests", "20s")]);
        assert_eq!(requests("0"), Some(Duration::from_secs(20)));
        assert_eq!(requests("1"), None);
        assert_eq!(said(&[("x-ratelimit-reset-requests", "20s")]), None, "nothing is said of what remains");
        assert_eq!(said(&[("x-ratelimit-remaining-requests", "0")]), None, "nothing is said of when");
    }
}
