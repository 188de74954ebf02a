//! Parameter grids (X/Y grids): the same request once for each value of one axis, or each combination of two.

use std::sync::Arc;

use crate::{
    prompt::Sources,
    recipe::{AspectRatio, BatchId, BatchRole, ImageSize, Recipe},
    settings::Style,
};

use super::prompt_expansion::Composition;

/// One value of one setting; what varies along an axis.
#[derive(Clone, Debug, PartialEq)]
pub enum AxisSetting {
    /// The model.
    Model(String),
    /// Sampling temperature.
    Temperature(f64),
    /// Nucleus sampling.
    TopP(f64),
    /// Aspect ratio; `None` is the default, which is not sent.
    Aspect(Option<AspectRatio>),
    /// Resolution class; `None` is the default, which is not sent.
    Size(Option<ImageSize>),
    /// A style in addition to the selected ones; `None` for only those.
    Style(Option<Box<Style>>),
    /// The seed.
    Seed(i64),
    /// The value of a variable of the template.
    Variable {
        /// Its name, without the dollar sign.
        name: String,
        /// The template that it stands for.
        text: String,
    },
    /// The template itself.
    Prompt(String),
}

/// One column or row of a grid.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisValue {
    /// The setting and its value.
    pub setting: AxisSetting,
    /// The label of the column or row.
    pub label: String,
}

/// One cell of a grid, before its requests are sent.
#[derive(Clone, Debug)]
pub struct GridCell {
    /// What the cell sends.
    pub composition: Composition,
    /// Its column and row, with their labels.
    pub role: BatchRole,
}

impl GridCell {
    /// The recipes of its requests: one for each prompt that its template stands for.
    pub fn recipes(&self, batch: BatchId) -> impl Iterator<Item = Recipe> + use<> {
        let role = self.role.clone();
        self.composition.recipes().map(move |recipe| Recipe { batch: Some(batch), role: role.clone(), ..recipe })
    }
}

impl AxisSetting {
    /// Sets it in a composition.
    pub fn apply(&self, to: &mut Composition) {
        let recipe = &mut to.recipe;
        match self {
            Self::Model(model) => recipe.model.clone_from(model),
            Self::Temperature(value) => recipe.parameters.temperature = Some(*value),
            Self::TopP(value) => recipe.parameters.top_p = Some(*value),
            Self::Aspect(aspect) => recipe.parameters.aspect = *aspect,
            Self::Size(size) => recipe.parameters.size = *size,
            Self::Seed(seed) => recipe.parameters.seed = Some(*seed),
            Self::Prompt(template) => recipe.prompt.clone_from(template),
            Self::Style(style) => {
                let others = |on: &Style| style.as_ref().is_none_or(|style| style.name != on.name);
                to.styles.retain(others);
                to.styles.extend(style.as_deref().cloned());
            }
            Self::Variable { name, text } => {
                let mut sources = Sources::clone(&to.sources);
                sources.variables.insert(name.clone(), text.clone());
                to.sources = Arc::new(sources);
            }
        }
    }
}

/// The cells of a grid, row by row. Without rows there is one row without a label.
pub fn grid_cells(base: &Composition, columns: &[AxisValue], rows: &[AxisValue]) -> Vec<GridCell> {
    // The same seed in every cell, so that cells differ only in the values of the axes.
    let mut base = base.clone();
    base.composing.count_up = false;
    let across: Vec<Composition> = columns.iter().map(|step| with_value(&base, step)).collect();
    let cell = |row: usize, row_step: Option<&AxisValue>, column: usize, composition: &Composition| {
        let mut composition = composition.clone();
        if let Some(step) = row_step {
            step.setting.apply(&mut composition);
        }
        let role = BatchRole::Cell {
            column: column as u32,
            row: row as u32,
            column_label: columns[column].label.clone(),
            row_label: row_step.map_or_else(String::new, |step| step.label.clone()),
        };
        GridCell { composition, role }
    };
    let row = |(row, step): (usize, Option<&AxisValue>)| -> Vec<GridCell> {
        across.iter().enumerate().map(|(column, composition)| cell(row, step, column, composition)).collect()
    };
    if rows.is_empty() { row((0, None)) } else { rows.iter().map(Some).enumerate().flat_map(row).collect() }
}

fn with_value(base: &Composition, step: &AxisValue) -> Composition {
    let mut composition = base.clone();
    step.setting.apply(&mut composition);
    composition
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn step(setting: AxisSetting, label: &str) -> AxisValue {
        AxisValue { setting, label: label.to_owned() }
    }

    #[test]
    fn a_cell_has_the_values_of_its_column_and_its_row() {
        let recipe = Recipe { prompt: "a $animal".to_owned(), model: "old".to_owned(), ..Recipe::default() };
        let base = Composition { recipe, ..Composition::default() };
        let columns = [0.2, 0.8].map(|value| step(AxisSetting::Temperature(value), &value.to_string()));
        let rows = ["fox", "{owl|crow}"]
            .map(|text| step(AxisSetting::Variable { name: "animal".to_owned(), text: text.to_owned() }, text));
        let cells = grid_cells(&base, &columns, &rows);
        let batch = BatchId::from_uuid(uuid::Uuid::from_u128(5));
        let recipes: Vec<Recipe> = cells.iter().flat_map(|cell| cell.recipes(batch)).collect();
        let found: Vec<(f64, &str)> =
            recipes.iter().map(|recipe| (recipe.parameters.temperature.unwrap(), recipe.prompt.as_str())).collect();
        assert_eq!(
            found,
            [(0.2, "a fox"), (0.8, "a fox"), (0.2, "a owl"), (0.2, "a crow"), (0.8, "a owl"), (0.8, "a crow")]
        );
        assert!(recipes.iter().all(|recipe| recipe.batch == Some(batch) && recipe.model == "old"));
        let last =
            BatchRole::Cell { column: 1, row: 1, column_label: "0.8".to_owned(), row_label: "{owl|crow}".to_owned() };
        assert_eq!(recipes[5].role, last);
    }

    #[test]
    fn one_axis_is_one_row() {
        let film = Style { name: "Film".to_owned(), suffix: "35 mm".to_owned(), ..Style::default() };
        let recipe = Recipe { prompt: "sea".to_owned(), ..Recipe::default() };
        let base = Composition { recipe, styles: vec![film.clone()], ..Composition::default() };
        let ink = Style { name: "Ink".to_owned(), suffix: "ink".to_owned(), ..Style::default() };
        let styles = [None, Some(Box::new(film)), Some(Box::new(ink))];
        let columns = styles.map(|style| step(AxisSetting::Style(style), ""));
        let cells = grid_cells(&base, &columns, &[]);
        let prompts: Vec<String> =
            cells.iter().flat_map(|cell| cell.composition.recipes()).map(|recipe| recipe.prompt).collect();
        assert_eq!(prompts, ["sea, 35 mm", "sea, 35 mm", "sea, 35 mm, ink"], "a style that is on is not put on twice");
    }

    proptest! {
        #[test]
        fn there_are_as_many_cells_as_columns_times_rows(columns in 1_usize..9, rows in 0_usize..9) {
            let steps = |count: usize| (0..count).map(|seed| step(AxisSetting::Seed(seed as i64), "")).collect::<Vec<_>>();
            let cells = grid_cells(&Composition::default(), &steps(columns), &steps(rows));
            prop_assert_eq!(cells.len(), columns * rows.max(1));
            let mut places: Vec<String> = cells.iter().map(|cell| format!("{:?}", cell.role)).collect();
            places.sort();
            places.dedup();
            prop_assert_eq!(places.len(), cells.len());
        }
    }
}
