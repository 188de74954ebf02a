//! Parameters with text fields: how they are formatted and parsed.

use serde_json::Value;

use crate::{
    recipe::{Parameter, Parameters},
    ui::text::Text,
};

/// A parameter with a text field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedParameter {
    /// `seed`.
    Seed,
    /// `max_tokens`.
    MaxTokens,
    /// `max_completion_tokens`.
    MaxCompletionTokens,
    /// `stop`, one sequence per line.
    Stop,
    /// `user`.
    User,
    /// `logit_bias`.
    LogitBias,
    /// `tools`.
    Tools,
    /// `tool_choice`.
    ToolChoice,
    /// `response_format`.
    ResponseFormat,
}

/// Why a text cannot be parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// It is not a whole number.
    NotWhole,
    /// It is not a whole number above zero.
    NotAboveZero,
    /// More than four stop sequences.
    TooMany,
    /// It is not JSON.
    NotJson {
        /// Line of the first error, from 1.
        line: usize,
        /// Column of the first error, from 1.
        column: usize,
    },
    /// It is incomplete JSON.
    Unfinished,
    /// It is JSON, but not an object that maps token ids to numbers from −100 to 100.
    NotBiases,
    /// It is JSON, but not a list of objects.
    NotList,
    /// It is JSON, but neither an object nor a text.
    NotChoice,
    /// It is JSON, but not an object with a `type`.
    NotTyped,
}

impl TypedParameter {
    /// Every typed parameter.
    pub const ALL: [Self; 9] = [
        Self::Seed,
        Self::MaxTokens,
        Self::MaxCompletionTokens,
        Self::Stop,
        Self::User,
        Self::LogitBias,
        Self::Tools,
        Self::ToolChoice,
        Self::ResponseFormat,
    ];

    /// The parameter that it is for.
    pub fn parameter(self) -> Parameter {
        match self {
            Self::Seed => Parameter::Seed,
            Self::MaxTokens => Parameter::MaxTokens,
            Self::MaxCompletionTokens => Parameter::MaxCompletionTokens,
            Self::Stop => Parameter::Stop,
            Self::User => Parameter::User,
            Self::LogitBias => Parameter::LogitBias,
            Self::Tools => Parameter::Tools,
            Self::ToolChoice => Parameter::ToolChoice,
            Self::ResponseFormat => Parameter::ResponseFormat,
        }
    }

    /// The label.
    pub fn label(self, text: &Text) -> String {
        text.get(match self {
            Self::Seed => "parameter-seed",
            Self::MaxTokens => "parameter-max-tokens",
            Self::MaxCompletionTokens => "parameter-max-completion-tokens",
            Self::Stop => "parameter-stop",
            Self::User => "parameter-user",
            Self::LogitBias => "parameter-logit-bias",
            Self::Tools => "parameter-tools",
            Self::ToolChoice => "parameter-tool-choice",
            Self::ResponseFormat => "parameter-response-format",
        })
    }

    /// Formats a value for its field.
    pub fn write(self, parameters: &Parameters) -> String {
        let number = |value: Option<u32>| value.map_or_else(String::new, |value| value.to_string());
        let json = |value: &Option<Value>| match value {
            Some(value) => serde_json::to_string_pretty(value).unwrap_or_default(),
            None => String::new(),
        };
        match self {
            Self::Seed => parameters.seed.map_or_else(String::new, |seed| seed.to_string()),
            Self::MaxTokens => number(parameters.max_tokens),
            Self::MaxCompletionTokens => number(parameters.max_completion_tokens),
            Self::Stop => match &parameters.stop {
                Some(Value::Array(all)) => {
                    all.iter().filter_map(Value::as_str).map(escape).collect::<Vec<_>>().join("\n")
                }
                Some(Value::String(one)) => escape(one),
                _ => String::new(),
            },
            Self::User => parameters.user.clone().unwrap_or_default(),
            Self::LogitBias => json(&parameters.logit_bias),
            Self::Tools => json(&parameters.tools),
            Self::ToolChoice => match &parameters.tool_choice {
                Some(Value::String(word)) => word.clone(),
                other => json(other),
            },
            Self::ResponseFormat => json(&parameters.response_format),
        }
    }

    /// Parses its field into the parameters. Nothing is sent while a field is invalid.
    pub fn read(self, raw: &str, parameters: &mut Parameters) -> Result<(), ParseError> {
        let typed = raw.trim();
        let empty = typed.is_empty();
        match self {
            Self::Seed => {
                let seed = typed.parse::<i64>();
                parameters.seed = seed.as_ref().ok().copied();
                if empty || seed.is_ok() { Ok(()) } else { Err(ParseError::NotWhole) }
            }
            Self::MaxTokens => whole(typed, &mut parameters.max_tokens),
            Self::MaxCompletionTokens => whole(typed, &mut parameters.max_completion_tokens),
            Self::Stop => {
                let mut all: Vec<Value> =
                    // Spaces count in a stop sequence.
                    raw.lines().filter(|line| !line.is_empty()).map(|line| unescape(line).into()).collect();
                let fits = all.len() <= 4;
                parameters.stop = match all.len() {
                    0 | 5.. => None,
                    1 => all.pop(),
                    _ => Some(Value::Array(all)),
                };
                if fits { Ok(()) } else { Err(ParseError::TooMany) }
            }
            Self::User => {
                parameters.user = (!empty).then(|| typed.to_owned());
                Ok(())
            }
            Self::LogitBias => json(typed, &mut parameters.logit_bias, |value| match value {
                Value::Object(map) if map.iter().all(|(token, bias)| is_bias(token, bias)) => Ok(()),
                _ => Err(ParseError::NotBiases),
            }),
            Self::Tools => json(typed, &mut parameters.tools, |value| match value {
                Value::Array(all) if all.iter().all(Value::is_object) => Ok(()),
                _ => Err(ParseError::NotList),
            }),
            // `auto`, `none` and `required` may stand without quotes.
            Self::ToolChoice if typed.chars().all(|c| c.is_ascii_alphabetic()) => {
                parameters.tool_choice = (!empty).then(|| Value::String(typed.to_owned()));
                Ok(())
            }
            Self::ToolChoice => json(typed, &mut parameters.tool_choice, |value| match value {
                Value::Object(_) | Value::String(_) => Ok(()),
                _ => Err(ParseError::NotChoice),
            }),
            Self::ResponseFormat => json(typed, &mut parameters.response_format, |value| {
                if value.get("type").is_some_and(Value::is_string) { Ok(()) } else { Err(ParseError::NotTyped) }
            }),
        }
    }
}

impl ParseError {
    /// Describes the error.
    pub fn sentence(self, text: &Text) -> String {
        match self {
            Self::NotWhole => text.get("fault-not-whole"),
            Self::NotAboveZero => text.get("fault-not-above-zero"),
            Self::TooMany => text.get("fault-too-many"),
            Self::NotJson { line, column } => {
                text.with("fault-not-json", [("line", line.into()), ("column", column.into())])
            }
            Self::Unfinished => text.get("fault-unfinished"),
            Self::NotBiases => text.get("fault-not-biases"),
            Self::NotList => text.get("fault-not-list"),
            Self::NotChoice => text.get("fault-not-choice"),
            Self::NotTyped => text.get("fault-not-typed"),
        }
    }
}

fn whole(typed: &str, value: &mut Option<u32>) -> Result<(), ParseError> {
    *value = typed.parse().ok().filter(|number| *number > 0);
    if typed.is_empty() || value.is_some() { Ok(()) } else { Err(ParseError::NotAboveZero) }
}

fn json(typed: &str, value: &mut Option<Value>, check: fn(&Value) -> Result<(), ParseError>) -> Result<(), ParseError> {
    *value = None;
    if typed.is_empty() {
        return Ok(());
    }
    let read: Value = serde_json::from_str(typed).map_err(|error| {
        if error.is_eof() {
            ParseError::Unfinished
        } else {
            ParseError::NotJson { line: error.line(), column: error.column().max(1) }
        }
    })?;
    check(&read)?;
    *value = Some(read);
    Ok(())
}

fn is_bias(token: &str, bias: &Value) -> bool {
    !token.is_empty()
        && token.bytes().all(|byte| byte.is_ascii_digit())
        && bias.as_f64().is_some_and(|bias| (-100.0..=100.0).contains(&bias))
}

/// A stop sequence on one line: line breaks and tabs as `\n` and `\t`.
fn escape(sequence: &str) -> String {
    sequence.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t")
}

fn unescape(line: &str) -> String {
    let mut sequence = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            sequence.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => sequence.push('\n'),
            Some('t') => sequence.push('\t'),
            Some('\\') | None => sequence.push('\\'),
            Some(other) => sequence.extend(['\\', other]),
        }
    }
    sequence
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn typed_parameters_round_trip() {
        let parameters = Parameters {
            seed: Some(-7),
            max_tokens: Some(4096),
            max_completion_tokens: Some(1),
            stop: Some(json!(["END", "a\nb"])),
            user: Some("studio-7".to_owned()),
            logit_bias: Some(json!({"50256": -100})),
            tools: Some(json!([{"type": "function"}])),
            tool_choice: Some(json!({"type": "function"})),
            response_format: Some(json!({"type": "text"})),
            ..Parameters::default()
        };
        let mut read = Parameters::default();
        for entry in TypedParameter::ALL {
            assert_eq!(entry.read(&entry.write(&parameters), &mut read), Ok(()));
        }
        assert_eq!(read, parameters);
        for entry in TypedParameter::ALL {
            assert_eq!(entry.read("", &mut read), Ok(()));
        }
        assert_eq!(read, Parameters::default());
    }

    #[test]
    fn invalid_parameters_are_not_sent() {
        let mut parameters = Parameters { tools: Some(json!([])), ..Parameters::default() };
        assert_eq!(TypedParameter::Tools.read("[{", &mut parameters), Err(ParseError::Unfinished));
        assert_eq!(parameters.tools, None);
        assert_eq!(
            TypedParameter::Tools.read("[1 2]", &mut parameters),
            Err(ParseError::NotJson { line: 1, column: 4 })
        );
        assert_eq!(TypedParameter::Tools.read("{}", &mut parameters), Err(ParseError::NotList));
        assert_eq!(TypedParameter::LogitBias.read(r#"{"a": 1}"#, &mut parameters), Err(ParseError::NotBiases));
        assert_eq!(TypedParameter::ResponseFormat.read(r#"{"kind": 1}"#, &mut parameters), Err(ParseError::NotTyped));
        assert_eq!(TypedParameter::ToolChoice.read("3", &mut parameters), Err(ParseError::NotChoice));
        assert_eq!(TypedParameter::MaxTokens.read("0", &mut parameters), Err(ParseError::NotAboveZero));
        assert_eq!(TypedParameter::Seed.read("one", &mut parameters), Err(ParseError::NotWhole));
        assert_eq!(TypedParameter::Stop.read("a\nb\nc\nd\ne", &mut parameters), Err(ParseError::TooMany));
        assert_eq!(parameters, Parameters::default());
    }

    #[test]
    fn keywords_of_tool_choice_need_no_quotes() {
        let mut parameters = Parameters::default();
        assert_eq!(TypedParameter::ToolChoice.read("auto", &mut parameters), Ok(()));
        assert_eq!(parameters.tool_choice, Some(json!("auto")));
    }
}
