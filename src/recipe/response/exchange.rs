//! The record of one request and its response, without keys and image data.

use std::{
    fmt::{self, Write as _},
    time::Duration,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A request and its response. Secrets and image data are replaced already.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// HTTP method.
    pub method: String,
    /// The complete URL.
    pub url: String,
    /// The environment variable that replaces the key in `headers`, without `$`; `None` if no key was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_variable: Option<String>,
    /// Headers of the request in display order; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body of the request.
    pub body: SentBody,
    /// Time of sending.
    pub sent: Timestamp,
    /// The response, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<RecordedResponse>,
}

/// The body of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SentBody {
    /// None.
    #[default]
    Nothing,
    /// JSON.
    Json(Value),
    /// A multipart form.
    Form(Vec<SentField>),
    /// Truncated JSON, because the body was too long.
    Text(String),
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentField {
    /// Name.
    pub name: String,
    /// File name and MIME type of a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<(String, String)>,
    /// Value; for a file its size and type.
    pub value: String,
}

/// The recorded response.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedResponse {
    /// HTTP status.
    pub status: u16,
    /// Informative headers without secrets; names in lower case.
    pub headers: Vec<(String, String)>,
    /// Text of the body; `None` if the application stopped before it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Length of the received body in bytes.
    pub bytes: u64,
    /// From sending to the last byte, in milliseconds.
    pub took_ms: u64,
}

impl RecordedResponse {
    /// From sending to the last byte.
    pub fn took(&self) -> Duration {
        Duration::from_millis(self.took_ms)
    }
}

impl Exchange {
    /// The request as text: first line, headers, body. JSON is on one line.
    pub fn request_text(&self) -> String {
        let mut text = format!("{} {}\n", self.method, self.url);
        lines(&mut text, &self.headers);
        match &self.body {
            SentBody::Nothing => {}
            SentBody::Json(body) => line(&mut text, format_args!("\n{body}")),
            SentBody::Text(body) => line(&mut text, format_args!("\n{body}")),
            SentBody::Form(fields) => {
                text.push('\n');
                for SentField { name, file, value } in fields {
                    match file {
                        Some((file, _)) => line(&mut text, format_args!("{name}: {value} ({file})")),
                        None => line(&mut text, format_args!("{name}: {value}")),
                    }
                }
            }
        }
        text
    }

    /// The response as text: status, headers, body. Empty without a response.
    pub fn answer_text(&self) -> String {
        let Some(answer) = &self.answer else { return String::new() };
        let mut text = format!("HTTP {}\n", answer.status);
        lines(&mut text, &answer.headers);
        if let Some(body) = &answer.body {
            text.push('\n');
            text.push_str(body);
        }
        text
    }

    /// The request as a curl command for a POSIX shell. The shell inserts the key from its variable; image data is
    /// replaced by the same placeholders as here.
    pub fn curl(&self) -> String {
        let mut command = format!("curl --request {} {}", shell_quoted(&self.method), shell_quoted(&self.url));
        let mut add = |option: &str, value: &str| {
            command.push_str(" \\\n  ");
            command.push_str(option);
            command.push(' ');
            command.push_str(value);
        };
        for (name, value) in &self.headers {
            // curl writes the boundary of a form itself.
            if name == "content-type" && matches!(self.body, SentBody::Form(_)) {
                continue;
            }
            add("--header", &self.with_key(&format!("{name}: {value}")));
        }
        match &self.body {
            SentBody::Nothing => {}
            SentBody::Json(body) => add("--data-raw", &shell_quoted(&body.to_string())),
            SentBody::Text(body) => add("--data-raw", &shell_quoted(body)),
            SentBody::Form(fields) => {
                for SentField { name, file, value } in fields {
                    match file {
                        Some((file, mime)) => add("--form", &shell_quoted(&format!("{name}=@{file};type={mime}"))),
                        None => add("--form-string", &shell_quoted(&format!("{name}={value}"))),
                    }
                }
            }
        }
        command.push('\n');
        command
    }

    /// Quotes a word, except for the key's variable.
    fn with_key(&self, word: &str) -> String {
        let Some(variable) = &self.key_variable else { return shell_quoted(word) };
        let marker = format!("${variable}");
        let Some((before, after)) = word.split_once(&marker) else { return shell_quoted(word) };
        format!("{}\"{marker}\"{}", shell_word(before), shell_word(after))
    }
}

fn lines(text: &mut String, headers: &[(String, String)]) {
    for (name, value) in headers {
        line(text, format_args!("{name}: {value}"));
    }
}

fn line(text: &mut String, words: fmt::Arguments<'_>) {
    // Writing to a string never fails.
    writeln!(text, "{words}").ok();
}

/// Quotes a word for a POSIX shell.
fn shell_quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Quotes a part of a word; an empty part needs no quotes.
fn shell_word(word: &str) -> String {
    if word.is_empty() { String::new() } else { shell_quoted(word) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn exchange() -> Exchange {
        Exchange {
            method: "POST".to_owned(),
            url: "https://api.example/v1/chat/completions".to_owned(),
            key_variable: Some("DGRID_API_KEY".to_owned()),
            headers: vec![
                ("authorization".to_owned(), "Bearer $DGRID_API_KEY".to_owned()),
                ("content-type".to_owned(), "application/json".to_owned()),
            ],
            body: SentBody::Json(json!({ "prompt": "a fox's den" })),
            ..Exchange::default()
        }
    }

    #[test]
    fn the_curl_command_quotes_everything_but_the_key_variable() {
        assert_eq!(
            exchange().curl(),
            "curl --request 'POST' 'https://api.example/v1/chat/completions' \\\n  \
             --header 'authorization: Bearer '\"$DGRID_API_KEY\" \\\n  \
             --header 'content-type: application/json' \\\n  \
             --data-raw '{\"prompt\":\"a fox'\\''s den\"}'\n"
        );
    }

    #[test]
    fn exchanges_round_trip_through_json() {
        let form = SentBody::Form(vec![SentField {
            name: "image".to_owned(),
            file: Some(("1.png".to_owned(), "image/png".to_owned())),
            value: "<2.1 MB image/png>".to_owned(),
        }]);
        for body in [SentBody::Nothing, form, SentBody::Text("x".to_owned()), exchange().body] {
            let exchange = Exchange { body, answer: Some(RecordedResponse::default()), ..exchange() };
            let json = serde_json::to_string(&exchange).unwrap();
            assert_eq!(serde_json::from_str::<Exchange>(&json).unwrap(), exchange);
        }
    }

    #[test]
    fn texts_look_like_http() {
        let mut exchange = exchange();
        assert_eq!(exchange.answer_text(), "");
        exchange.answer = Some(RecordedResponse {
            status: 429,
            headers: vec![("retry-after".to_owned(), "12".to_owned())],
            body: Some("slow down".to_owned()),
            ..RecordedResponse::default()
        });
        assert_eq!(exchange.answer_text(), "HTTP 429\nretry-after: 12\n\nslow down");
        assert!(exchange.request_text().contains("\nauthorization: Bearer $DGRID_API_KEY\n"));
    }
}
