//! Creates the recipes of requests from prompt templates, styles, parameter grids and prompt sheets. Pure: no files, no
//! network, no clock. The window uses it to count and price the requests of a click, the studio to send them.

mod axis_values;
mod blind_comparison;
mod grid;
mod prompt_expansion;
mod sheet_plan;
mod styles;
mod wildcard_files;

pub use axis_values::{AxisValuesError, MAX_AXIS_VALUES, parse_integers, parse_numbers, parse_texts};
pub use blind_comparison::shuffle_contenders;
pub use grid::{AxisSetting, AxisValue, GridCell, grid_cells};
pub use prompt_expansion::{Composition, expand_prompts, expansion_mode};
pub use sheet_plan::{ReferenceLocation, RowPlan, SheetContext, SheetEnvironment, SheetPlanner, SheetRowReader};
pub use styles::{fill_parameters, join_negatives, with_styles, wrap_prompt};
pub use wildcard_files::WildcardFiles;
