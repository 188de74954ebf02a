//! The record of one request and its response, without the key and without images.

use std::{
    fmt::{self, Write as _},
    time::Duration,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A request and its answer. Secrets and images were replaced before this was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// HTTP method.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// The environment variable that stands for the key in `headers`, without `$`; none if no key was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_variable: Option<String>,
    /// Headers of the request in the order in which they are shown; names in lower case.
    pub headers: Vec<(String, String)>,
    /// What was sent.
    pub body: SentBody,
    /// When it was sent.
    pub sent: Timestamp,
    /// What came back; none if nothing did.
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
    /// What is no JSON any more because it was too long to be kept whole.
    Text(String),
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentField {
    /// Its name.
    pub name: String,
    /// File name and mime type, where it was a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<(String, String)>,
    /// What it held; for a file its size and kind.
    pub value: String,
}

/// What came back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedResponse {
    /// HTTP status.
    pub status: u16,
    /// Those headers that help in understanding and hold no secrets; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body's text; none where the application stopped before it could be kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Length of the body as it came, in bytes.
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
    /// The request as text: first line, headers, body. JSON is given in one line.
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

    /// The answer as text: status, headers, body. Empty if nothing came.
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

    /// The request as a command for a POSIX shell. The key is taken from its variable when the command runs; where
    /// images were sent along, the command holds what stands for them here.
    pub fn curl(&self) -> String {
        let mut command = format!("curl --request {} {}", shell_quoted(&self.method), shell_quoted(&self.url));
        let mut add = |option: &str, value: &str| {
            command.push_str(" \\\n  ");
            command.push_str(option);
            command.push(' ');
            command.push_str(value);
        };
        for (name, value) in &self.headers {
            // curl writes the line that parts a form's fields by itself.
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

    /// A word of the command in which the key's variable is left to the shell.
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
    // Writing into a string does not fail.
    writeln!(text, "{words}").ok();
}

/// A word that a POSIX shell takes as it is.
fn shell_quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// The same beside something else, where nothing needs no quotes.
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
    fn the_command_leaves_the_key_to_the_shell_and_the_rest_as_it_is() {
        assert_eq!(
            exchange().curl(),
            "curl --request 'POST' 'https://api.example/v1/chat/completions' \\\n  \
             --header 'authorization: Bearer '\"$DGRID_API_KEY\" \\\n  \
             --header 'content-type: application/json' \\\n  \
             --data-raw '{\"prompt\":\"a fox'\\''s den\"}'\n"
        );
    }

    #[test]
    fn it_comes_back_as_it_was_written() {
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
    fn texts_read_like_the_wire() {
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
