//! A parameter grid: the same request once for each value of one or two axes, and blind comparisons, which are a grid of
//! models whose places are drawn by lot.

use std::sync::Arc;

use crate::{
    prompt::{Prompts, Sources},
    recipe::{AspectRatio, BatchId, ImageSize, Part, Recipe},
    settings::Style,
};

use super::composition::Composition;

/// An axis has no more values.
pub const MOST_VALUES: usize = 200;

/// What changes along an axis.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// The model that is asked.
    Model(String),
    /// Sampling temperature.
    Temperature(f64),
    /// Nucleus sampling.
    TopP(f64),
    /// Shape of the picture; nothing is the default, not sent.
    Aspect(Option<AspectRatio>),
    /// Resolution class; nothing is the default, not sent.
    Size(Option<ImageSize>),
    /// A style beside those that are on; nothing for only those.
    Style(Option<Box<Style>>),
    /// The seed.
    Seed(i64),
    /// What a variable of the template stands for.
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
pub struct Step {
    /// What it sets.
    pub setting: Setting,
    /// What stands beside it.
    pub label: String,
}

/// One cell of a grid, before it is asked for.
#[derive(Clone, Debug)]
pub struct Cell {
    /// What is asked for in it.
    pub composition: Composition,
    /// Its place.
    pub part: Part,
}

impl Cell {
    /// Its requests: one for each prompt that its template stands for.
    pub fn recipes(&self, batch: BatchId) -> impl Iterator<Item = Recipe> + use<> {
        let part = self.part.clone();
        self.composition.recipes().map(move |recipe| Recipe { batch: Some(batch), part: part.clone(), ..recipe })
    }
}

impl Setting {
    /// Sets it.
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
pub fn cells(base: &Composition, columns: &[Step], rows: &[Step]) -> Vec<Cell> {
    // The same seed in every cell, so that they differ in nothing but what the axes say.
    let mut base = base.clone();
    base.composing.count_up = false;
    let across: Vec<Composition> = columns.iter().map(|step| with(&base, step)).collect();
    let cell = |row: usize, row_step: Option<&Step>, column: usize, composition: &Composition| {
        let mut composition = composition.clone();
        if let Some(step) = row_step {
            step.setting.apply(&mut composition);
        }
        let part = Part::Cell {
            column: column as u32,
            row: row as u32,
            column_label: columns[column].label.clone(),
            row_label: row_step.map_or_else(String::new, |step| step.label.clone()),
        };
        Cell { composition, part }
    };
    let row = |(row, step): (usize, Option<&Step>)| -> Vec<Cell> {
        across.iter().enumerate().map(|(column, composition)| cell(row, step, column, composition)).collect()
    };
    if rows.is_empty() { row((0, None)) } else { rows.iter().map(Some).enumerate().flat_map(row).collect() }
}

fn with(base: &Composition, step: &Step) -> Composition {
    let mut composition = base.clone();
    step.setting.apply(&mut composition);
    composition
}

/// Why what was typed gives no values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotValues {
    /// This is neither a number nor a range.
    #[error("“{0}” is neither a number nor a range")]
    NotNumber(String),
    /// A range of numbers with decimals does not say its step.
    #[error("“{0}” does not say its step")]
    NoStep(String),
    /// This is not between the two.
    #[error("“{0}” is not between {1} and {2}")]
    Outside(String, String, String),
    /// These are more than an axis can have.
    #[error("there are too many")]
    TooMany,
}

/// Numbers as they are typed: a list such as `0.2, 0.5, 1`, with ranges such as `0.2..1.0..0.2` in it. Each is given as
/// it was written.
///
/// # Errors
/// What cannot be understood, or is no number between these two.
pub fn numbers(typed: &str, least: f64, most: f64) -> Result<Vec<(f64, String)>, NotValues> {
    let mut found = Vec::new();
    for written in items(typed) {
        for item in spread(&written)? {
            let number = item.parse::<f64>().ok().filter(|number| number.is_finite());
            let number = number.ok_or_else(|| NotValues::NotNumber(written.clone()))?;
            if !(least..=most).contains(&number) {
                return Err(NotValues::Outside(item, least.to_string(), most.to_string()));
            }
            found.push((number, item));
            if found.len() > MOST_VALUES {
                return Err(NotValues::TooMany);
            }
        }
    }
    Ok(found)
}

/// Whole numbers as they are typed, like [`numbers`].
///
/// # Errors
/// What cannot be understood.
pub fn whole_numbers(typed: &str) -> Result<Vec<i64>, NotValues> {
    let mut found = Vec::new();
    for written in items(typed) {
        for item in spread(&written)? {
            let number = item.parse().ok();
            found.push(number.ok_or_else(|| NotValues::NotNumber(written.clone()))?);
            if found.len() > MOST_VALUES {
                return Err(NotValues::TooMany);
            }
        }
    }
    Ok(found)
}

/// Texts as they are typed: one a line; a single line is divided at its bars.
///
/// # Errors
/// There are too many.
pub fn texts(typed: &str) -> Result<Vec<String>, NotValues> {
    let lines: Vec<&str> = typed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let found: Vec<String> = match lines.as_slice() {
        // Bars within braces belong to a template.
        [line] if !line.contains(['{', '}']) => {
            line.split('|').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
        }
        lines => lines.iter().map(|line| (*line).to_owned()).collect(),
    };
    if found.len() > MOST_VALUES { Err(NotValues::TooMany) } else { Ok(found) }
}

/// What stands between commas, spaces and line breaks; full-width digits and marks will do.
fn items(typed: &str) -> Vec<String> {
    let plain: String = typed
        .chars()
        .map(|letter| match letter {
            '０'..='９' => char::from(b'0' + (u32::from(letter) - u32::from('０')) as u8),
            '．' => '.',
            '−' | '－' => '-',
            ',' | '，' | '、' | ';' | '；' | '|' => ' ',
            other => other,
        })
        .collect();
    plain.split_whitespace().map(str::to_owned).collect()
}

/// What a range stands for, or the item itself.
fn spread(item: &str) -> Result<Vec<String>, NotValues> {
    if !item.contains("..") {
        return Ok(vec![item.to_owned()]);
    }
    if item.matches("..").count() == 1 && item.replace("..", " ").contains('.') {
        return Err(NotValues::NoStep(item.to_owned()));
    }
    let braced = format!("{{{item}}}");
    let prompts = Prompts::new(&braced, &Sources::default());
    let is_range = prompts.nth(0).is_some_and(|first| first != braced);
    if !is_range {
        return Err(NotValues::NotNumber(item.to_owned()));
    }
    if prompts.count() > MOST_VALUES as u128 {
        return Err(NotValues::TooMany);
    }
    Ok(prompts.every().collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn step(setting: Setting, label: &str) -> Step {
        Step { setting, label: label.to_owned() }
    }

    #[test]
    fn every_cell_has_the_values_of_its_column_and_its_row() {
        let recipe = Recipe { prompt: "a $animal".to_owned(), model: "old".to_owned(), ..Recipe::default() };
        let base = Composition { recipe, ..Composition::default() };
        let columns = [0.2, 0.8].map(|value| step(Setting::Temperature(value), &value.to_string()));
        let rows = ["fox", "{owl|crow}"]
            .map(|text| step(Setting::Variable { name: "animal".to_owned(), text: text.to_owned() }, text));
        let cells = cells(&base, &columns, &rows);
        let batch = BatchId::from_uuid(uuid::Uuid::from_u128(5));
        let recipes: Vec<Recipe> = cells.iter().flat_map(|cell| cell.recipes(batch)).collect();
        let found: Vec<(f64, &str)> =
            recipes.iter().map(|recipe| (recipe.parameters.temperature.unwrap(), recipe.prompt.as_str())).collect();
        assert_eq!(
            found,
            [(0.2, "a fox"), (0.8, "a fox"), (0.2, "a owl"), (0.2, "a crow"), (0.8, "a owl"), (0.8, "a crow")]
        );
        assert!(recipes.iter().all(|recipe| recipe.batch == Some(batch) && recipe.model == "old"));
        let last = Part::Cell { column: 1, row: 1, column_label: "0.8".to_owned(), row_label: "{owl|crow}".to_owned() };
        assert_eq!(recipes[5].part, last);
    }

    #[test]
    fn one_axis_is_one_row() {
        let film = Style { name: "Film".to_owned(), suffix: "35 mm".to_owned(), ..Style::default() };
        let recipe = Recipe { prompt: "sea".to_owned(), ..Recipe::default() };
        let base = Composition { recipe, styles: vec![film.clone()], ..Composition::default() };
        let ink = Style { name: "Ink".to_owned(), suffix: "ink".to_owned(), ..Style::default() };
        let styles = [None, Some(Box::new(film)), Some(Box::new(ink))];
        let columns = styles.map(|style| step(Setting::Style(style), ""));
        let cells = cells(&base, &columns, &[]);
        let prompts: Vec<String> =
            cells.iter().flat_map(|cell| cell.composition.recipes()).map(|recipe| recipe.prompt).collect();
        assert_eq!(prompts, ["sea, 35 mm", "sea, 35 mm", "sea, 35 mm, ink"], "a style that is on is not put on twice");
    }

    #[test]
    fn numbers_are_read_as_lists_and_ranges() {
        let read = |typed: &str| {
            numbers(typed, 0.0, 2.0).map(|all| all.into_iter().map(|(_, written)| written).collect::<Vec<_>>())
        };
        let all = |items: &[&str]| Ok(items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>());
        assert_eq!(read("0.2..1.0..0.2"), all(&["0.2", "0.4", "0.6", "0.8", "1.0"]));
        assert_eq!(read(" 0, 0.7，１．２ 0..2"), all(&["0", "0.7", "1.2", "0", "1", "2"]));
        assert_eq!(read(""), all(&[]));
        assert_eq!(read("0.2..1.0"), Err(NotValues::NoStep("0.2..1.0".to_owned())));
        assert_eq!(read("warm"), Err(NotValues::NotNumber("warm".to_owned())));
        assert_eq!(read("1..x"), Err(NotValues::NotNumber("1..x".to_owned())));
        assert_eq!(read("1..3"), Err(NotValues::Outside("3".to_owned(), "0".to_owned(), "2".to_owned())));
        assert_eq!(read("0.000001..2.000000..0.000001"), Err(NotValues::TooMany), "counted, not built");
        assert_eq!(whole_numbers("7, 10..8"), Ok(vec![7, 10, 9, 8]));
        assert_eq!(whole_numbers("7.5"), Err(NotValues::NotNumber("7.5".to_owned())));
        assert_eq!(texts("fox | owl"), Ok(vec!["fox".to_owned(), "owl".to_owned()]));
        assert_eq!(texts("a {fox|owl}"), Ok(vec!["a {fox|owl}".to_owned()]));
        assert_eq!(texts("fox\n\n a|b "), Ok(vec!["fox".to_owned(), "a|b".to_owned()]));
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_is_too_strange(typed in "[-0-9.,… x{}|]{0,40}") {
            let lengths = [numbers(&typed, -9.0, 9.0).map(|all| all.len()), whole_numbers(&typed).map(|all| all.len())];
            for count in lengths.into_iter().flatten() {
                prop_assert!(count <= MOST_VALUES);
            }
        }

        #[test]
        fn there_are_as_many_cells_as_columns_times_rows(columns in 1_usize..9, rows in 0_usize..9) {
            let steps = |count: usize| (0..count).map(|seed| step(Setting::Seed(seed as i64), "")).collect::<Vec<_>>();
            let cells = cells(&Composition::default(), &steps(columns), &steps(rows));
            prop_assert_eq!(cells.len(), columns * rows.max(1));
            let mut places: Vec<String> = cells.iter().map(|cell| format!("{:?}", cell.part)).collect();
            places.sort();
            places.dedup();
            prop_assert_eq!(places.len(), cells.len());
        }
    }
}
