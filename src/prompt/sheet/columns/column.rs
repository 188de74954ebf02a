//! The purpose of a column, which its name determines.

use std::fmt;

use crate::prompt::sheet::cells::visible;

/// The purpose of a column.
///
/// The name of the column determines it: one of the names of the prompt or of a [`SheetField`], in any case and with
/// any of `-`, `_` and spaces, English or Chinese. `$name`, and every other name, is a variable. A column whose name
/// starts with `#`, or that has none, is ignored. Invisible characters are not part of a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The prompt of each row, which is a template.
    Prompt,
    /// A field besides the prompt.
    Field(SheetField),
    /// The value of `$name` in the prompt.
    Variable(String),
    /// Ignored; for people.
    Unused,
}

/// The fields besides the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SheetField {
    /// The negative prompt.
    Negative,
    /// Styles that are applied to the prompt, one per line or separated by `;`.
    Styles,
    /// The gateway, by its short name.
    Provider,
    /// The model, in the gateway's spelling.
    Model,
    /// The aspect ratio, such as 16:9.
    Aspect,
    /// A resolution class, or pixels such as 1536x1024, which also determine the aspect ratio.
    Size,
    /// The seed.
    Seed,
    /// The number of images.
    N,
    /// The sampling temperature.
    Temperature,
    /// The nucleus sampling threshold.
    TopP,
    /// The limit on tokens in the response.
    MaxTokens,
    /// Reference image files, one per line or separated by `;`.
    References,
}

/// The names of the prompt column. The first one is written.
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

impl SheetField {
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

    /// The names of the column. The first one is written.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::Negative => &[
                "negative",
                "negative prompt",
                "avoid",
                "負向提示詞",
                "負面",
                "負面提示",
                "負面提示詞",
                "避免",
                "排除",
                "反向提示词",
                "负面提示词",
                "ネガティブプロンプト",
            ],
            Self::Styles => &["style", "styles", "風格", "樣式", "风格", "样式", "スタイル"],
            Self::Provider => &["provider", "gateway", "供應商", "服務商", "閘道", "服务商", "供应商", "プロバイダー"],
            Self::Model => &["model", "model id", "模型", "モデル"],
            Self::Aspect => &[
                "aspect",
                "aspect ratio",
                "ratio",
                "ar",
                "shape",
                "長寬比",
                "寬高比",
                "比例",
                "形狀",
                "宽高比",
                "アスペクト比",
            ],
            Self::Size => {
                &["size", "image size", "resolution", "dimensions", "尺寸", "大小", "解析度", "分辨率", "サイズ"]
            }
            Self::Seed => &["seed", "種子", "隨機種子", "种子", "シード", "시드"],
            Self::N => &[
                "n",
                "count",
                "images",
                "number of images",
                "copies",
                "張數",
                "數量",
                "圖片數",
                "张数",
                "数量",
                "枚数",
            ],
            Self::Temperature => &["temperature", "temp", "溫度", "温度"],
            Self::TopP => &["top p"],
            Self::MaxTokens => &["max tokens", "token 上限", "權杖上限", "最大トークン数"],
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
                "参考图片",
                "参照画像",
            ],
        }
    }
}

impl Column {
    /// The purpose of a column with this name.
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
        match SheetField::ALL.into_iter().find(|field| field.names().contains(&plain.as_str())) {
            Some(field) => Self::Field(field),
            None => Self::Variable(variable_name(name)),
        }
    }
}

/// Whether the name is more than that of a variable.
pub(crate) fn is_known(name: &str) -> bool {
    visible(name).starts_with('$') || matches!(Column::of(name), Column::Prompt | Column::Field(_))
}

/// Whether a cell is a word, like names of variables.
pub(crate) fn is_word(cell: &str) -> bool {
    cell.chars().count() <= 32
        && cell.chars().next().is_some_and(char::is_alphabetic)
        && cell.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

impl fmt::Display for Column {
    /// Writes a name that has this purpose.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prompt => f.write_str(PROMPT_HEADERS[0]),
            Self::Field(field) => f.write_str(&field.names()[0].replace(' ', "_")),
            Self::Variable(name) => write!(f, "${name}"),
            Self::Unused => f.write_str("#"),
        }
    }
}

/// A name in normalized spelling and without a trailing number: `Reference_2` is `reference`.
fn plain(name: &str) -> String {
    let words = name.to_lowercase().replace(['_', '-'], " ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let without = words.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    let numbered = SheetField::References.names().contains(&without);
    if numbered { without.to_owned() } else { words }
}

/// A name in the spelling of templates: `Main colour` is `$Main_colour`.
fn variable_name(name: &str) -> String {
    name.trim().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect()
}

/// Whether cells look like column names rather than values.
pub(crate) fn are_names(cells: &[String]) -> bool {
    let filled: Vec<&str> = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
    filled.iter().any(|cell| is_known(cell)) || (filled.len() > 1 && filled.iter().all(|cell| is_word(cell)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_names_are_recognized_in_every_spelling() {
        for (name, column) in [
            ("Prompt", Column::Prompt),
            ("提示詞", Column::Prompt),
            (" Aspect-Ratio ", Column::Field(SheetField::Aspect)),
            ("TOP_P", Column::Field(SheetField::TopP)),
            ("max_tokens", Column::Field(SheetField::MaxTokens)),
            ("參考圖 2", Column::Field(SheetField::References)),
            ("reference3", Column::Field(SheetField::References)),
            ("種子", Column::Field(SheetField::Seed)),
            ("負向提示詞", Column::Field(SheetField::Negative)),
            ("反向提示词", Column::Field(SheetField::Negative)),
            ("ネガティブプロンプト", Column::Field(SheetField::Negative)),
            ("参照画像2", Column::Field(SheetField::References)),
            ("animal", Column::Variable("animal".to_owned())),
            ("Main colour", Column::Variable("Main_colour".to_owned())),
            ("$Seed", Column::Variable("Seed".to_owned())),
            ("動物", Column::Variable("動物".to_owned())),
            ("\u{200B}prompt\u{A0}", Column::Prompt),
            ("negative\u{A0}pro\u{AD}mpt", Column::Field(SheetField::Negative)),
            ("\u{FEFF}se\u{200D}ed", Column::Field(SheetField::Seed)),
            ("\u{200E}$hat\u{2060}", Column::Variable("hat".to_owned())),
            ("\u{200B}", Column::Unused),
            ("#note", Column::Unused),
            ("", Column::Unused),
        ] {
            assert_eq!(Column::of(name), column, "{name}");
        }
    }

    #[test]
    fn every_column_has_a_name() {
        let fields = SheetField::ALL.map(Column::Field);
        for column in fields.into_iter().chain([Column::Prompt, Column::Variable("hat".to_owned()), Column::Unused]) {
            assert_eq!(Column::of(&column.to_string()), column);
        }
        for field in SheetField::ALL {
            for name in field.names() {
                assert_eq!(Column::of(name), Column::Field(field), "{name}");
            }
        }
    }
}
