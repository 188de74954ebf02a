//! The role of a request in its batch. Requests that are submitted together share a batch.

use serde::{Deserialize, Serialize};

use crate::recipe::values::{ImageId, RowId, SheetId};

/// The role of a request in its batch. A retried request keeps its role, so that its images appear in the same place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchRole {
    /// One of the prompts of a template.
    #[default]
    Prompt,
    /// A batch applied a prompt to this image. The results are stacked under it.
    #[serde(rename = "picture")]
    Image(ImageId),
    /// An edit of this image with a prompt.
    Edit(ImageId),
    /// A row of a prompt sheet.
    Row {
        /// The sheet.
        sheet: SheetId,
        /// Its row.
        row: RowId,
        /// Fingerprint of the row's request, to detect that the row has changed since.
        #[serde(default)]
        asked: String,
    },
    /// A cell of a parameter grid; the batch is the grid.
    Cell {
        /// Index of its column, from the left.
        column: u32,
        /// Index of its row, from the top.
        row: u32,
        /// Label of its column.
        column_label: String,
        /// Label of its row.
        row_label: String,
    },
    /// One model of a blind comparison; the batch is the comparison.
    Contender {
        /// Its random position, which reveals nothing about the model.
        place: u32,
    },
}

impl BatchRole {
    /// Whether it is the default role, which is neither stored nor shown.
    pub fn is_prompt(&self) -> bool {
        *self == Self::Prompt
    }

    /// The image that the request edits or varies, if any.
    pub fn image(&self) -> Option<ImageId> {
        match self {
            Self::Image(id) | Self::Edit(id) => Some(*id),
            Self::Prompt | Self::Row { .. } | Self::Cell { .. } | Self::Contender { .. } => None,
        }
    }
}
