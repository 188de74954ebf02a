//! Errors in the cells of a row.

use crate::prompt::expansion::TemplateProblem;

/// The number of prompts of a row at most.
pub const MAX_PROMPTS_PER_ROW: u128 = 100;

/// An error in a cell, or in a row as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellError {
    /// The index of the column; `None` for the row as a whole.
    pub column: Option<usize>,
    /// The kind of error.
    pub fault: CellFault,
}

/// The kinds of errors in cells.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CellFault {
    /// There is no prompt, neither in the row nor for all rows.
    #[error("there is no prompt")]
    NoPrompt,
    /// There is no prompt column and no prompt for all rows.
    #[error("no column is called “prompt”")]
    NoPromptColumn,
    /// The row has more cells than there are named columns.
    #[error("“{0}” is in no named column")]
    SurplusCell(String),
    /// The cell contains a spreadsheet error instead of a value.
    #[error("“{0}” is an error of the spreadsheet")]
    ErrorValue(String),
    /// The cell contains a formula instead of its result.
    #[error("“{0}” is a formula and not its result")]
    Formula(String),
    /// The row repeats the names of the columns.
    #[error("it repeats the names of the columns")]
    RepeatedNames,
    /// It is not a number.
    #[error("“{0}” is no number")]
    NotANumber(String),
    /// It is not an integer.
    #[error("“{0}” is no whole number")]
    NotAnInteger(String),
    /// It is too small or too large.
    #[error("it is not between {least} and {most}")]
    OutOfRange {
        /// The least allowed value.
        least: i64,
        /// The greatest allowed value.
        most: i64,
    },
    /// Another column has the same purpose.
    #[error("another column is for the same")]
    DuplicateColumn,
    /// There is no gateway with this name.
    #[error("there is no gateway “{0}”")]
    NoProvider(String),
    /// There is no model, neither in the row nor for all rows.
    #[error("there is no model")]
    NoModel,
    /// A reference image is missing, or is not an image.
    #[error("“{0}” is no image that can be read")]
    NoReference(String),
    /// There is no style with this name.
    #[error("there is no style “{0}”")]
    NoStyle(String),
    /// It is not an aspect ratio.
    #[error("“{0}” is no aspect ratio")]
    NotAnAspect(String),
    /// It is not a size.
    #[error("“{0}” is no size")]
    NotASize(String),
    /// The prompt expands to more than [`MAX_PROMPTS_PER_ROW`] prompts.
    #[error("the prompt stands for {0} prompts")]
    TooManyPrompts(u128),
    /// The template of the prompt has a problem.
    #[error("the prompt’s template is wrong: {0:?}")]
    Template(TemplateProblem),
}
