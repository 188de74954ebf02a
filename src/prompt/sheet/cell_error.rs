//! Errors in the cells of a row.

use crate::prompt::expansion::Problem;

/// A row may stand for so many prompts.
pub const MAX_PROMPTS_PER_ROW: u128 = 100;

/// What is wrong with a cell, or with a row as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellError {
    /// The column, from 0; none if the row as a whole is meant.
    pub column: Option<usize>,
    /// What is wrong.
    pub fault: CellFault,
}

/// What can be wrong with a cell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CellFault {
    /// There is no prompt, neither here nor for all rows.
    #[error("there is no prompt")]
    NoPrompt,
    /// There is no column of prompts and no prompt for all rows.
    #[error("no column is called “prompt”")]
    NoPromptColumn,
    /// The row has more cells than there are named columns.
    #[error("“{0}” is in no named column")]
    Surplus(String),
    /// A spreadsheet has an error here instead of a value.
    #[error("“{0}” is an error of the spreadsheet")]
    ErrorValue(String),
    /// A formula was written out instead of its result.
    #[error("“{0}” is a formula and not its result")]
    Formula(String),
    /// The row says the names of the columns once more.
    #[error("it repeats the names of the columns")]
    NamesAgain,
    /// It is no number.
    #[error("“{0}” is no number")]
    NotANumber(String),
    /// It is no whole number.
    #[error("“{0}” is no whole number")]
    NotWhole(String),
    /// It is too small or too large.
    #[error("it is not between {least} and {most}")]
    OutOfRange {
        /// The least that may be.
        least: i64,
        /// The most that may be.
        most: i64,
    },
    /// Another column is for the same.
    #[error("another column is for the same")]
    Twice,
    /// There is no gateway of this name.
    #[error("there is no gateway “{0}”")]
    NoProvider(String),
    /// There is no model, neither here nor for all rows.
    #[error("there is no model")]
    NoModel,
    /// A reference image is missing, or is not an image.
    #[error("“{0}” is no picture that can be read")]
    NoReference(String),
    /// There is no style of this name.
    #[error("there is no style “{0}”")]
    NoStyle(String),
    /// It is no ratio.
    #[error("“{0}” is no aspect ratio")]
    NotAnAspect(String),
    /// It is no size.
    #[error("“{0}” is no size")]
    NotASize(String),
    /// The prompt stands for more than [`MAX_PROMPTS_PER_ROW`].
    #[error("the prompt stands for {0} prompts")]
    TooManyPrompts(u128),
    /// Something in the prompt's template is not as it was meant.
    #[error("the prompt’s template is wrong: {0:?}")]
    Template(Problem),
}
