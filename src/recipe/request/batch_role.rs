//! The role of a request in its batch. Requests that are submitted together share a batch.

use serde::{Deserialize, Serialize};

use crate::recipe::values::{ImageId, RowId, SheetId};

/// The place of a request in its batch. A request that is asked again keeps its place, so that its images are found
/// where the person looks for them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchRole {
    /// One of the prompts that the composer's prompt stood for.
    #[default]
    Prompt,
    /// What a batch has made of this image: it is stacked under it.
    #[serde(rename = "picture")]
    Image(ImageId),
    /// A change of this image in words.
    Edit(ImageId),
    /// A row of a prompt sheet.
    Row {
        /// The sheet.
        sheet: SheetId,
        /// Its row.
        row: RowId,
        /// Tells what the row asked for, so that it is seen when it has changed since.
        #[serde(default)]
        asked: String,
    },
    /// A cell of a parameter grid, the batch being the grid.
    Cell {
        /// Index of its column, from the left.
        column: u32,
        /// Index of its row, from the top.
        row: u32,
        /// What stands above its column.
        column_label: String,
        /// What stands before its row.
        row_label: String,
    },
    /// One model of a blind comparison, the batch being the comparison.
    Contender {
        /// Its place among the others, which was drawn by lot: it tells nothing of the model.
        place: u32,
    },
}

impl BatchRole {
    /// Whether it is the usual one, which nobody needs to be told.
    pub fn is_prompt(&self) -> bool {
        *self == Self::Prompt
    }

    /// The image that it is about, if it is about one.
    pub fn image(&self) -> Option<ImageId> {
        match self {
            Self::Image(id) | Self::Edit(id) => Some(*id),
            Self::Prompt | Self::Row { .. } | Self::Cell { .. } | Self::Contender { .. } => None,
        }
    }
}
