//! The purpose of a column, which its name says.

use std::fmt;

use crate::prompt::sheet::cells::visible;

/// What a column is for.
///
/// Its name says so: one of the names of the prompt or of a [`Field`], in any case and with any of `-`, `_` and spaces,
/// English or Chinese. `$name`, and every other name, is a variable. A name that begins with `#`, and none, mean that
/// the column is only for people. Characters that are not seen are no part of a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The prompt of each row; a template, like everywhere.
    Prompt,
    /// Something that is set beside the prompt.
    Field(Field),
    /// What `$name` stands for in the prompt.
    Variable(String),
    /// For people.
    Unused,
}

/// What can be set beside the prompt by a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// What is to be avoided.
    Negative,
    /// Styles that are put around the prompt, one on each line or with `;` between them.
    Styles,
    /// The gateway, by its short name.
    Provider,
    /// The model, as the gateway spells it.
    Model,
    /// Shape of the image, such as 16:9.
    Aspect,
    /// Resolution class, or pixels such as 1536x1024, which also give the shape.
    Size,
    /// Makes the answer repeatable.
    Seed,
    /// Images to ask for.
    N,
    /// Sampling temperature.
    Temperature,
    /// Nucleus sampling.
    TopP,
    /// Limit on tokens in the answer.
    MaxTokens,
    /// Image files to send along, one on each line or with `;` between them.
    References,
}

/// The names of the prompt, the one that is written first.
const PROMPT_HEADERS: &[&str] = &[
    "prompt",
    "text",
    "positive",
    "positive prompt",
    "description",
    "提示詞",
    "提示",
    "提示文字",
    "描述",
    "提示词",
    "文字",
    "プロンプト",
    "프롬프트",
];

impl Field {
    /// Every field, in the order in which they are offered.
    pub const ALL: [Self; 12] = [
        Self::Negative,
        Self::Styles,
        Self::Provider,
        Self::Model,
        Self::Aspect,
        Self::Size,
        Self::Seed,
        Self::N,
        Self::Temperature,
        Self::TopP,
        Self::MaxTokens,
        Self::References,
    ];

    /// The names by which a column is this; the first one is that which is written.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::Negative => &[
                "negative",
                "negative prompt",
                "avoid",
                "負面",
                "負面提示",
                "負面提示詞",
                "避免",
                "排除",
                "负面提示词",
            ],
            Self::Styles => &["style", "styles", "風格", "样式", "樣式"],
            Self::Provider => &["provider", "gateway", "供應商", "服務商", "閘道", "供应商"],
            Self::Model => &["model", "model id", "模型"],
            Self::Aspect => {
                &["aspect", "aspect ratio", "ratio", "ar", "shape", "長寬比", "寬高比", "比例", "形狀", "宽高比"]
            }
            Self::Size => &["size", "image size", "resolution", "dimensions", "尺寸", "大小", "解析度", "分辨率"],
            Self::Seed => &["seed", "種子", "隨機種子", "种子", "シード", "시드"],
            Self::N => &["n", "count", "images", "number of images", "copies", "張數", "數量", "圖片數", "数量"],
            Self::Temperature => &["temperature", "temp", "溫度", "温度"],
            Self::TopP => &["top p"],
            Self::MaxTokens => &["max tokens", "token 上限", "權杖上限"],
            Self::References => &[
                "references",
                "reference",
                "reference image",
                "reference images",
                "ref",
                "refs",
                "參考圖",
                "參考圖片",
                "參考",
                "参考图",
            ],
        }
    }
}

impl Column {
    /// What a column of this name is for.
    pub fn of(name: &str) -> Self {
        let name = &*visible(name);
        if name.is_empty() || name.starts_with('#') {
            return Self::Unused;
        }
        if let Some(variable) = name.strip_prefix('$') {
            return Self::Variable(variable_name(variable));
        }
        let plain = plain(name);
        if PROMPT_HEADERS.contains(&plain.as_str()) {
            return Self::Prompt;
        }
        match Field::ALL.into_iter().find(|field| field.names().contains(&plain.as_str())) {
            Some(field) => Self::Field(field),
            None => Self::Variable(variable_name(name)),
        }
    }
}

/// Whether this is a name that means more than a variable.
pub(crate) fn is_known(name: &str) -> bool {
    visible(name).starts_with('$') || matches!(Column::of(name), Column::Prompt | Column::Field(_))
}

/// Whether a cell is a word, as names of variables are.
pub(crate) fn is_word(cell: &str) -> bool {
    cell.chars().count() <= 32
        && cell.chars().next().is_some_and(char::is_alphabetic)
        && cell.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

impl fmt::Display for Column {
    /// A name by which the column is that.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prompt => f.write_str(PROMPT_HEADERS[0]),
            Self::Field(field) => f.write_str(&field.names()[0].replace(' ', "_")),
            Self::Variable(name) => write!(f, "${name}"),
            Self::Unused => f.write_str("#"),
        }
    }
}

/// A name without what people write differently, and without a trailing number: `Reference_2` is `reference`.
fn plain(name: &str) -> String {
    let words = name.to_lowercase().replace(['_', '-'], " ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let without = words.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    let numbered = Field::References.names().contains(&without);
    if numbered { without.to_owned() } else { words }
}

/// A name as templates can say it: `Main colour` is `$Main_colour`.
fn variable_name(name: &str) -> String {
    name.trim().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect()
}

/// Whether cells look like the names of columns rather than like values.
pub(crate) fn are_names(cells: &[String]) -> bool {
    let filled: Vec<&str> = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
    filled.iter().any(|cell| is_known(cell)) || (filled.len() > 1 && filled.iter().all(|cell| is_word(cell)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_however_they_are_written() {
        for (name, column) in [
            ("Prompt", Column::Prompt),
            ("提示詞", Column::Prompt),
            (" Aspect-Ratio ", Column::Field(Field::Aspect)),
            ("TOP_P", Column::Field(Field::TopP)),
            ("max_tokens", Column::Field(Field::MaxTokens)),
            ("參考圖 2", Column::Field(Field::References)),
            ("reference3", Column::Field(Field::References)),
            ("種子", Column::Field(Field::Seed)),
            ("animal", Column::Variable("animal".to_owned())),
            ("Main colour", Column::Variable("Main_colour".to_owned())),
            ("$Seed", Column::Variable("Seed".to_owned())),
            ("動物", Column::Variable("動物".to_owned())),
            ("\u{200B}prompt\u{A0}", Column::Prompt),
            ("negative\u{A0}pro\u{AD}mpt", Column::Field(Field::Negative)),
            ("\u{FEFF}se\u{200D}ed", Column::Field(Field::Seed)),
            ("\u{200E}$hat\u{2060}", Column::Variable("hat".to_owned())),
            ("\u{200B}", Column::Unused),
            ("#note", Column::Unused),
            ("", Column::Unused),
        ] {
            assert_eq!(Column::of(name), column, "{name}");
        }
    }

    #[test]
    fn every_column_has_a_name_that_says_so() {
        let fields = Field::ALL.map(Column::Field);
        for column in fields.into_iter().chain([Column::Prompt, Column::Variable("hat".to_owned()), Column::Unused]) {
            assert_eq!(Column::of(&column.to_string()), column);
        }
        for field in Field::ALL {
            for name in field.names() {
                assert_eq!(Column::of(name), Column::Field(field), "{name}");
            }
        }
    }
}
