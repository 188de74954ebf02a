//! Converts a row to its request.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{
    cell_error::{CellError, CellFault, MAX_PROMPTS_PER_ROW},
    cells::{is_blank, trimmed, unusable_cells, visible},
    columns::{Column, SheetField},
};
use crate::{
    prompt::expansion::{Prompts, Sources},
    recipe::{AspectRatio, BatchRole, ImageSize, Parameters, PixelSize, ProfileId, Recipe, Reference},
};

/// The columns of a sheet with their purposes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headings {
    columns: Vec<Column>,
    /// The names as they are written.
    names: Vec<String>,
    twice: Vec<usize>,
    /// Columns after the named ones that have no name, whose contents are surplus.
    surplus: Vec<usize>,
}

/// The values for rows that do not set them.
#[derive(Clone, Debug, Default)]
pub struct SheetDefaults {
    /// The prompt of rows without one, which is a template.
    pub template: String,
    /// The styles of rows without any.
    pub styles: Vec<String>,
    /// The definitions of names in templates.
    pub sources: Sources,
}

/// The request of a row.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RowJob {
    /// The prompts of the row, usually one.
    pub prompts: Vec<String>,
    /// Their template, without styles.
    pub template: String,
    /// The styles, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub styles: Vec<String>,
    /// The negative prompt, if the row has one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub negative: String,
    /// The gateway, if the row has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The model, if the row has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The parameters that the row sets.
    pub parameters: Parameters,
    /// Reference image files, as they are written in the row.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
}

impl Headings {
    /// Parses the names of columns.
    pub fn read<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Self {
        let mut headings = Self::default();
        let mut is_behind = false;
        for (index, name) in names.into_iter().enumerate() {
            let name = visible(name.as_ref());
            let column = Column::of(&name);
            let several = matches!(column, Column::Unused | Column::Field(SheetField::References));
            if !several && headings.columns.contains(&column) {
                headings.twice.push(index);
            }
            // A first column without a name numbers the rows; data tools write one.
            if name.is_empty() && is_behind {
                headings.surplus.push(index);
            }
            is_behind |= !name.is_empty();
            headings.columns.push(column);
            headings.names.push(name.into_owned());
        }
        headings
    }

    /// The purpose of each column.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The columns that repeat the purpose of an earlier one, which makes the sheet ambiguous.
    pub fn twice(&self) -> &[usize] {
        &self.twice
    }

    /// Whether rows have prompts of their own.
    pub fn has_prompt(&self) -> bool {
        self.columns.contains(&Column::Prompt)
    }

    /// The errors of a row that do not depend on its meaning: cells without a column, spreadsheet errors, formulas, and
    /// column names in place of values.
    pub fn unusable<S: AsRef<str>>(&self, row: &[S]) -> Vec<CellError> {
        let mut errors = Vec::new();
        for (index, cell) in row.iter().enumerate().filter(|(_, cell)| !is_blank(cell.as_ref())) {
            let cell = trimmed(cell.as_ref());
            let fault = if self.surplus.contains(&index) {
                CellFault::SurplusCell(cell.to_owned())
            } else if self.columns.get(index).is_none_or(|column| *column == Column::Unused) {
                continue;
            } else if unusable_cells::is_error(cell) {
                CellFault::ErrorValue(cell.to_owned())
            } else if unusable_cells::is_formula(cell) {
                CellFault::Formula(cell.to_owned())
            } else {
                continue;
            };
            errors.push(CellError { column: Some(index), fault });
        }
        if self.repeats_names(row) {
            errors.push(CellError { column: None, fault: CellFault::RepeatedNames });
        }
        errors
    }

    /// Whether every cell of a row repeats the name of its column, as in concatenated tables.
    fn repeats_names<S: AsRef<str>>(&self, row: &[S]) -> bool {
        let mut filled =
            row.iter().zip(&self.names).zip(&self.columns).filter(|((cell, _), _)| !is_blank(cell.as_ref()));
        let is_name = |cell: &S, name: &String| visible(cell.as_ref()).to_lowercase() == name.to_lowercase();
        let means_more = |column: &Column| matches!(column, Column::Prompt | Column::Field(_));
        filled.clone().any(|(_, column)| means_more(column)) && filled.all(|((cell, name), _)| is_name(cell, name))
    }

    /// The job of a row. `around` applies styles to a template, or returns the name that is unknown.
    ///
    /// # Errors
    /// All errors of the row.
    pub fn job<S: AsRef<str>>(
        &self,
        row: &[S],
        wanted: &SheetDefaults,
        around: impl Fn(&str, &[String]) -> Result<String, String>,
    ) -> Result<RowJob, Vec<CellError>> {
        let mut job = RowJob { styles: wanted.styles.clone(), ..RowJob::default() };
        let mut errors = self.unusable(row);
        let unusable: Vec<usize> = errors.iter().filter_map(|error| error.column).collect();
        let mut prompt = (None, wanted.template.as_str());
        let mut styles = None;
        let mut shape = None;
        for (index, (column, cell)) in self.columns.iter().zip(row).enumerate() {
            let cell = trimmed(cell.as_ref());
            if cell.is_empty() || unusable.contains(&index) && *column != Column::Prompt {
                continue;
            }
            match column {
                Column::Prompt => prompt = (Some(index), cell),
                Column::Field(SheetField::Negative) => cell.clone_into(&mut job.negative),
                Column::Field(SheetField::Styles) => {
                    job.styles = listed(cell);
                    styles = Some(index);
                }
                Column::Field(field) => {
                    if let Err(fault) = job.set(*field, cell, &mut shape) {
                        errors.push(CellError { column: Some(index), fault });
                    }
                }
                Column::Variable(_) | Column::Unused => {}
            }
        }
        // The pixels of a size determine the aspect ratio only if no other column does.
        job.parameters.aspect = job.parameters.aspect.or(shape);
        job.parameters.keep_pixels_in_shape();
        let (column, template) = prompt;
        template.clone_into(&mut job.template);
        if is_blank(template) {
            let fault = if self.has_prompt() { CellFault::NoPrompt } else { CellFault::NoPromptColumn };
            errors.push(CellError { column, fault });
            return Err(errors);
        }
        if !errors.is_empty() && (column.is_some_and(|column| unusable.contains(&column)) || self.repeats_names(row)) {
            return Err(errors);
        }
        match around(template, &job.styles) {
            Ok(dressed) => match self.prompts(&dressed, row, wanted) {
                Ok(prompts) => job.prompts = prompts,
                Err(faults) => errors.extend(faults.into_iter().map(|fault| CellError { column, fault })),
            },
            Err(unknown) => errors.push(CellError { column: styles, fault: CellFault::NoStyle(unknown) }),
        }
        if errors.is_empty() { Ok(job) } else { Err(errors) }
    }

    fn prompts<S: AsRef<str>>(
        &self,
        template: &str,
        row: &[S],
        wanted: &SheetDefaults,
    ) -> Result<Vec<String>, Vec<CellFault>> {
        // Most prompts have no syntax at all.
        if !template.contains(['{', '$', '_', '\\']) {
            return Ok(vec![template.to_owned()]);
        }
        let mut sources = wanted.sources.clone();
        for (column, cell) in self.columns.iter().zip(row) {
            if let Column::Variable(name) = column {
                sources.variables.insert(name.clone(), cell.as_ref().to_owned());
                // A column "Animal" may be used as "$animal" in a prompt.
                sources.variables.entry(name.to_lowercase()).or_insert_with(|| cell.as_ref().to_owned());
            }
        }
        let prompts = Prompts::new(template, &sources);
        if !prompts.problems().is_empty() {
            return Err(prompts.problems().iter().cloned().map(CellFault::Template).collect());
        }
        match prompts.count() {
            count if count > MAX_PROMPTS_PER_ROW => Err(vec![CellFault::TooManyPrompts(count)]),
            _ => Ok(prompts.every().collect()),
        }
    }
}

/// The items of a cell: one per line, or separated by `;`.
fn listed(cell: &str) -> Vec<String> {
    let each = cell.split(['\n', ';']).map(trimmed).filter(|each| !each.is_empty());
    each.map(str::to_owned).collect()
}

impl RowJob {
    fn set(&mut self, field: SheetField, cell: &str, shape: &mut Option<AspectRatio>) -> Result<(), CellFault> {
        let set = &mut self.parameters;
        let written = cell;
        let cell = &*visible(cell);
        match field {
            SheetField::Provider => self.provider = Some(cell.to_owned()),
            SheetField::Model => self.model = Some(cell.to_owned()),
            SheetField::Aspect => {
                let written = cell.replace(['x', 'X', '×', '/', '：'], ":");
                set.aspect = Some(written.parse().map_err(|_not| CellFault::NotAnAspect(cell.to_owned()))?);
            }
            SheetField::Size => {
                let size = size(cell).ok_or_else(|| CellFault::NotASize(cell.to_owned()))?;
                (set.size, set.pixels) = (Some(size.0), size.1);
                *shape = size.1.map(PixelSize::shape);
            }
            SheetField::Seed => set.seed = Some(whole(cell, i64::MIN, i64::MAX)?),
            SheetField::N => set.n = Some(whole(cell, 1, 16)? as u32),
            SheetField::MaxTokens => set.max_tokens = Some(whole(cell, 1, i64::from(u32::MAX))? as u32),
            SheetField::Temperature => set.temperature = Some(number(cell, 0, 2)?),
            SheetField::TopP => set.top_p = Some(number(cell, 0, 1)?),
            SheetField::References => self.references.extend(listed(written)),
            // They are part of the prompt.
            SheetField::Negative | SheetField::Styles => {}
        }
        Ok(())
    }

    /// A fingerprint that tells whether a row has changed: jobs have the same one exactly if their recipes and their
    /// references, as written, are the same.
    pub fn fingerprint(&self, recipes: &[Recipe]) -> String {
        let asked: Vec<Recipe> =
            recipes.iter().map(|recipe| Recipe { composed: None, role: BatchRole::Prompt, ..recipe.clone() }).collect();
        // Plain data with text keys can always be serialized.
        let written = serde_json::to_vec(&(asked, &self.references)).unwrap_or_default();
        let half = Sha256::digest(written).iter().take(16).fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte));
        format!("{half:032x}")
    }

    /// One recipe for each prompt: the values of the row where it has any, those of the base elsewhere. References are
    /// those of the base and then these. Additions of styles other than their text are not included.
    pub fn recipes(&self, base: &Recipe, references: &[Reference]) -> Vec<Recipe> {
        let mut one = base.clone();
        if let Some(provider) = &self.provider {
            one.profile = ProfileId::new(provider.clone());
        }
        if let Some(model) = &self.model {
            one.model.clone_from(model);
        }
        let (own, set) = (&self.parameters, &mut one.parameters);
        set.aspect = own.aspect.or(set.aspect);
        if own.size.is_some() || own.aspect.is_some() {
            set.pixels = own.pixels;
        }
        set.size = own.size.or(set.size);
        set.seed = own.seed.or(set.seed);
        set.n = own.n.or(set.n);
        set.temperature = own.temperature.or(set.temperature);
        set.top_p = own.top_p.or(set.top_p);
        set.max_tokens = own.max_tokens.or(set.max_tokens);
        if !self.negative.is_empty() {
            one.negative.clone_from(&self.negative);
        }
        one.references.extend_from_slice(references);
        self.prompts.iter().map(|prompt| Recipe { prompt: prompt.clone(), ..one.clone() }).collect()
    }
}

/// A size class, or pixels, which also have an aspect ratio.
fn size(cell: &str) -> Option<(ImageSize, Option<PixelSize>)> {
    if let Ok(size) = cell.parse() {
        return Some((size, None));
    }
    let pixels: PixelSize = cell.parse().ok()?;
    Some((pixels.class(), Some(pixels)))
}

fn whole(cell: &str, least: i64, most: i64) -> Result<i64, CellFault> {
    // Spreadsheets tend to write 7.0.
    let digits =
        cell.split_once('.').filter(|(_, rest)| rest.bytes().all(|byte| byte == b'0')).map_or(cell, |(whole, _)| whole);
    let number: i64 = digits.parse().map_err(|_not| CellFault::NotAnInteger(cell.to_owned()))?;
    if (least..=most).contains(&number) { Ok(number) } else { Err(CellFault::OutOfRange { least, most }) }
}

fn number(cell: &str, least: i32, most: i32) -> Result<f64, CellFault> {
    // Many locales write 0,7.
    let number: f64 = cell.replacen(',', ".", 1).parse().map_err(|_not| CellFault::NotANumber(cell.to_owned()))?;
    if (f64::from(least)..=f64::from(most)).contains(&number) {
        Ok(number)
    } else {
        Err(CellFault::OutOfRange { least: i64::from(least), most: i64::from(most) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prompt::expansion::TemplateProblem;

    fn job(names: &[&str], row: &[&str], template: &str) -> Result<RowJob, Vec<CellError>> {
        let wanted = SheetDefaults { template: template.to_owned(), ..SheetDefaults::default() };
        let around = |template: &str, styles: &[String]| match styles {
            [] => Ok(template.to_owned()),
            [name] if name == "Film" => Ok(format!("{template}, film")),
            [name, ..] => Err(name.clone()),
        };
        Headings::read(names).job(row, &wanted, around)
    }

    fn fingerprint(names: &[&str], row: &[&str], template: &str, base: &Recipe) -> String {
        let job = job(names, row, template).unwrap();
        job.fingerprint(&job.recipes(base, &[]))
    }

    #[test]
    fn row_sets_the_parameters_of_its_columns() {
        let names = [
            "Prompt",
            "negative",
            "Style",
            "provider",
            "model",
            "aspect",
            "size",
            "seed",
            "n",
            "temperature",
            "top_p",
            "max tokens",
            "references",
            "ref 2",
            "#note",
        ];
        let row = [
            " a fox ",
            "fog",
            "Film",
            "demo",
            "m/1",
            "16:09",
            "2k",
            "-7.0",
            "3",
            "0,5",
            "1",
            "100",
            "a.png; b c.png",
            "d.png",
            "x",
        ];
        let job = job(&names, &row, "unused").unwrap();
        let expected = RowJob {
            prompts: vec!["a fox, film".to_owned()],
            template: "a fox".to_owned(),
            styles: vec!["Film".to_owned()],
            negative: "fog".to_owned(),
            provider: Some("demo".to_owned()),
            model: Some("m/1".to_owned()),
            parameters: Parameters {
                aspect: AspectRatio::new(16, 9),
                size: Some(ImageSize::Two),
                seed: Some(-7),
                n: Some(3),
                temperature: Some(0.5),
                top_p: Some(1.0),
                max_tokens: Some(100),
                ..Parameters::default()
            },
            references: ["a.png", "b c.png", "d.png"].map(str::to_owned).to_vec(),
        };
        assert_eq!(job, expected);
        let base = Recipe {
            model: "m/2".to_owned(),
            parameters: Parameters { user: Some("me".to_owned()), n: Some(1), ..Parameters::default() },
            ..Recipe::default()
        };
        let [recipe] = &job.recipes(&base, &[])[..] else { panic!() };
        assert_eq!(
            (recipe.model.as_str(), recipe.profile.as_str(), recipe.prompt.as_str(), recipe.negative.as_str()),
            ("m/1", "demo", "a fox, film", "fog")
        );
        assert_eq!(recipe.parameters, Parameters { user: Some("me".to_owned()), ..expected.parameters });
    }

    #[test]
    fn variables_fill_the_prompt() {
        let prompts = |names: &[&str], row: &[&str], template: &str| job(names, row, template).unwrap().prompts;
        assert_eq!(prompts(&["Animal", "hat"], &["fox", ""], "a $animal, $Animal $hat."), ["a fox, fox ."]);
        assert_eq!(prompts(&["prompt", "animal"], &["one $animal", "{fox|owl}"], "unused"), ["one fox", "one owl"]);
        assert_eq!(prompts(&["prompt", "動物"], &["", "狐狸"], "一隻${動物}"), ["一隻狐狸"]);
    }

    #[test]
    fn uncertain_cells_are_not_sent() {
        let faults = |names: &[&str], row: &[&str]| job(names, row, "a $animal").unwrap_err();
        let at = |column, fault| CellError { column: Some(column), fault };
        let surplus = |column, cell: &str| at(column, CellFault::SurplusCell(cell.to_owned()));
        assert_eq!(faults(&["seed", "prompt", ""], &["1", "a fox", " in snow"]), [surplus(2, "in snow")]);
        assert_eq!(faults(&["prompt", "", "seed"], &["a fox", "in snow", "1"]), [surplus(1, "in snow")]);
        assert_eq!(
            faults(&["seed", "prompt", "avoid", ""], &["1", "a fox", "in snow", "fog"]),
            [surplus(3, "fog")],
            "the other cells may be shifted"
        );
        let error = |cell: &str| CellFault::ErrorValue(cell.to_owned());
        assert_eq!(faults(&["prompt", "seed"], &["#REF!", "#NV"]), [at(0, error("#REF!")), at(1, error("#NV"))]);
        assert_eq!(faults(&["animal"], &["#¿NOMBRE?"]), [at(0, error("#¿NOMBRE?"))]);
        assert_eq!(
            faults(&["prompt"], &["=B2&\" in snow\""]),
            [at(0, CellFault::Formula("=B2&\" in snow\"".to_owned()))]
        );
        assert_eq!(
            faults(&["Prompt", "seed"], &["prompt", ""]),
            [CellError { column: None, fault: CellFault::RepeatedNames }]
        );
        // Row numbers, notes and invisible characters are not errors.
        let made = |names: &[&str], row: &[&str]| job(names, row, "").unwrap();
        let one =
            made(&["", "prompt", "#note", "seed", ""], &["0", "\u{200B}a fox\u{A0}", "#N/A", "7\u{200B}", "\u{FEFF} "]);
        assert_eq!((one.prompts, one.parameters.seed), (vec!["a fox".to_owned()], Some(7)));
        let family = "👨\u{200D}👩\u{200D}👧 in the sea\u{200B}side, ❤\u{FE0F}";
        assert_eq!(made(&["prompt"], &[family]).prompts, [family]);
        assert_eq!(job(&["prompt"], &["\u{200B}"], "").unwrap_err()[0].fault, CellFault::NoPrompt);
    }

    #[test]
    fn errors_name_their_column() {
        let faults = |names: &[&str], row: &[&str]| job(names, row, "").unwrap_err();
        let error = |column, fault| CellError { column, fault };
        assert_eq!(faults(&["seed"], &["1"]), [error(None, CellFault::NoPromptColumn)]);
        assert_eq!(faults(&["prompt", "seed"], &["", "1"]), [error(None, CellFault::NoPrompt)]);
        let names = ["prompt", "seed", "n", "temperature", "aspect", "size"];
        assert_eq!(
            faults(&names, &["x", "1.5", "17", "hot", "wide", "8K"]),
            [
                error(Some(1), CellFault::NotAnInteger("1.5".to_owned())),
                error(Some(2), CellFault::OutOfRange { least: 1, most: 16 }),
                error(Some(3), CellFault::NotANumber("hot".to_owned())),
                error(Some(4), CellFault::NotAnAspect("wide".to_owned())),
                error(Some(5), CellFault::NotASize("8K".to_owned())),
            ]
        );
        let missing = TemplateProblem::NoVariable("hat".to_owned());
        assert_eq!(
            faults(&["prompt"], &["a $hat"]),
            [error(Some(0), CellFault::Template(missing))],
            "never paid for as it is"
        );
        let no_style = [error(Some(1), CellFault::NoStyle("Ink".to_owned()))];
        assert_eq!(faults(&["prompt", "style"], &["a fox", "Ink; Film"]), no_style);
        assert_eq!(faults(&["prompt"], &["{1..101}"]), [error(Some(0), CellFault::TooManyPrompts(101))]);
        assert_eq!(faults(&["prompt"], &["x{1..9999}{1..9999}{1..9999}"]).len(), 1, "counted, not made");
        assert_eq!(Headings::read(["a", "Seed", "seed", "ref", "ref", "#", "$a"]).twice(), [2, 6]);
    }

    #[test]
    fn pixel_dimensions_set_size_and_aspect_ratio() {
        for (cell, class, shape) in [
            ("1536x1024", ImageSize::One, "3:2"),
            ("1024 × 1024", ImageSize::One, "1:1"),
            ("4096X2304", ImageSize::Four, "16:9"),
        ] {
            let (found, pixels) = size(cell).unwrap();
            assert_eq!((found, pixels.map(PixelSize::shape)), (class, shape.parse().ok()), "{cell}");
        }
        assert_eq!((size("0x0"), size("0x5"), size("wide")), (None, None, None));
        let both = job(&["prompt", "aspect", "size"], &["x", "16:9", "1024x1024"], "").unwrap();
        assert_eq!(both.parameters.aspect, AspectRatio::new(16, 9));
    }

    #[test]
    fn fingerprint_depends_only_on_the_request() {
        let base = Recipe { model: "m".to_owned(), ..Recipe::default() };
        let of = |names: &[&str], row: &[&str], template| fingerprint(names, row, template, &base);
        let one = of(&["prompt", "seed", "#note"], &["fox", "1", "x"], "");
        assert_eq!(one, of(&["Seed", "text"], &["1.0", "fox"], "other"));
        assert_eq!(one, of(&["seed", "model"], &["1", "m"], "fox"));
        assert_ne!(one, of(&["prompt", "seed"], &["fox", "2"], ""));
        assert_ne!(one, of(&["prompt"], &["fox"], ""));
        assert_ne!(one, of(&["prompt", "seed", "ref"], &["fox", "1", "a.png"], ""));
        assert_ne!(one, fingerprint(&["prompt", "seed"], &["fox", "1"], "", &Recipe::default()));
    }
}
