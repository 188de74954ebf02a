//! From the rows of a prompt sheet to recipes, their price, and the errors in their cells.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    prompt::{
        Sources,
        sheet::{CellError, CellFault, Column, Headings, RowJob, SheetDefaults, SheetField, is_blank},
    },
    recipe::{Abilities, Composed, ImageId, Money, Profile, ProfileId, Recipe, RowId, Sheet, SheetHead, SheetRow},
    settings::{PromptLibrary, Style},
};

use super::styles::{with_styles, wrap_prompt};

/// What a row sends and costs, or what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowPlan {
    /// Identifies what the row requests, so that a changed row is told from an unchanged one.
    pub asked: String,
    /// The provider of its requests.
    pub profile: ProfileId,
    /// The model of its requests.
    pub model: String,
    /// How many requests it sends.
    pub requests: u32,
    /// What its images cost, if that is known.
    pub price: Option<Money>,
    /// The errors in its cells. Where there are any, the row sends nothing.
    pub errors: Vec<CellError>,
}

/// What names in sheets mean.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SheetContext {
    /// The styles that rows name.
    pub prompt_library: Arc<PromptLibrary>,
    /// What wildcards and variables in prompts stand for.
    pub sources: Arc<Sources>,
    /// The providers that rows name.
    pub profiles: Vec<Profile>,
}

impl SheetContext {
    fn profile(&self, name: &str) -> Option<&Profile> {
        let same = |profile: &&Profile| profile.id.as_str() == name || profile.name.eq_ignore_ascii_case(name);
        self.profiles.iter().find(same)
    }
}

/// What a plan depends on outside the sheet and its context. It is injected, because this module is pure.
pub trait SheetEnvironment {
    /// The abilities of a provider's model, with its price. They must not change with each image, or plans could not be
    /// reused.
    fn abilities(&self, profile: &Profile, model: &str) -> Abilities;

    /// Whether there is a file at this path.
    fn is_file(&self, path: &Path) -> bool;
}

/// Where the reference image is that a row names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReferenceLocation {
    /// An image of the library.
    Image(ImageId),
    /// A file.
    File(PathBuf),
}

impl ReferenceLocation {
    /// Reads the text of a cell: the id of an image, or a path. Relative paths start at `folder`, the folder of the file
    /// that the sheet was read from.
    pub fn parse(written: &str, folder: Option<&Path>) -> Self {
        match (written.parse(), folder) {
            (Ok(image), _) => Self::Image(image),
            (Err(_), Some(folder)) => Self::File(folder.join(written)),
            (Err(_), None) => Self::File(PathBuf::from(written)),
        }
    }

    fn exists(&self, environment: &impl SheetEnvironment) -> bool {
        match self {
            // The library is asked when the row is sent.
            Self::Image(_) => true,
            Self::File(path) => environment.is_file(path),
        }
    }
}

/// Reads the rows of one sheet.
pub struct SheetRowReader<'a, E> {
    head: &'a SheetHead,
    headings: Headings,
    wanted: SheetDefaults,
    context: &'a SheetContext,
    environment: &'a E,
}

impl<'a, E: SheetEnvironment> SheetRowReader<'a, E> {
    /// A reader for the rows of this sheet.
    pub fn new(sheet: &'a Sheet, context: &'a SheetContext, environment: &'a E) -> Self {
        let head = &sheet.head;
        let known = |name: &&String| context.prompt_library.styles.iter().any(|style| style.name == **name);
        let wanted = SheetDefaults {
            template: head.template.clone(),
            styles: head.styles.iter().filter(known).cloned().collect(),
            sources: context.sources.as_ref().clone(),
        };
        Self { head, headings: Headings::read(&sheet.columns), wanted, context, environment }
    }

    /// Reads a row: its job, and its recipes without the reference images that it names.
    ///
    /// # Errors
    /// The errors of its cells.
    pub fn read(&self, row: &SheetRow) -> Result<(RowJob, Vec<Recipe>), Vec<CellError>> {
        // A blank row requests nothing.
        if row.cells.iter().all(|cell| is_blank(cell)) {
            return Ok((RowJob::default(), Vec::new()));
        }
        let twice = self.headings.twice().iter();
        let twice = twice.map(|column| CellError { column: Some(*column), fault: CellFault::DuplicateColumn });
        let mut errors: Vec<CellError> = twice.collect();
        let around = |template: &str, names: &[String]| {
            let styles = self.styles(names)?;
            Ok(wrap_prompt(template, &styles))
        };
        let mut job = match self.headings.job(&row.cells, &self.wanted, around) {
            Ok(job) => job,
            Err(found) => {
                errors.extend(found);
                return Err(errors);
            }
        };
        if let Some(name) = job.provider.take() {
            match self.context.profile(&name) {
                Some(profile) => job.provider = Some(profile.id.as_str().to_owned()),
                None => errors.push(self.error(SheetField::Provider, CellFault::NoProvider(name))),
            }
        }
        for written in &job.references {
            if !ReferenceLocation::parse(written, self.head.folder.as_deref()).exists(self.environment) {
                errors.push(self.error(SheetField::References, CellFault::NoReference(written.clone())));
            }
        }
        // All of them exist, because the prompt was made with them.
        let styles = self.styles(&job.styles).unwrap_or_default();
        let recipes = job.recipes(&Recipe { composed: None, unsupported: Vec::new(), ..self.head.base.clone() }, &[]);
        let recipes: Vec<Recipe> = recipes.into_iter().map(|recipe| compose_row(&recipe, &job, &styles)).collect();
        if recipes.iter().any(|recipe| recipe.model.trim().is_empty()) {
            errors.push(CellError { column: None, fault: CellFault::NoModel });
        }
        if errors.is_empty() { Ok((job, recipes)) } else { Err(errors) }
    }

    /// The styles of these names, or the first name that no style has.
    fn styles(&self, names: &[String]) -> Result<Vec<Style>, String> {
        let of = |name: &String| {
            let same = self.context.prompt_library.styles.iter().find(|style| style.name == *name);
            let alike =
                || self.context.prompt_library.styles.iter().find(|style| style.name.eq_ignore_ascii_case(name));
            same.or_else(alike).cloned().ok_or_else(|| name.clone())
        };
        names.iter().map(of).collect()
    }

    /// An error in the cell of a field.
    pub fn error(&self, field: SheetField, fault: CellFault) -> CellError {
        let column = self.headings.columns().iter().position(|column| *column == Column::Field(field));
        CellError { column, fault }
    }

    fn plan(&self, row: &SheetRow, abilities: &mut AbilityCache) -> RowPlan {
        let (job, recipes) = match self.read(row) {
            Ok(read) => read,
            Err(errors) => return RowPlan { errors, ..RowPlan::default() },
        };
        let mut plan =
            RowPlan { asked: job.fingerprint(&recipes), price: Some(Money::default()), ..RowPlan::default() };
        for recipe in &recipes {
            let abilities = self.abilities(recipe, abilities);
            let all = abilities.estimate(&abilities.fit(recipe).0);
            plan.price = plan.price.zip(all).map(|(sum, all)| sum + all);
            plan.requests = plan.requests.saturating_add(abilities.requests(&recipe.parameters));
            plan.profile.clone_from(&recipe.profile);
            plan.model.clone_from(&recipe.model);
        }
        plan
    }

    fn abilities<'c>(&self, recipe: &Recipe, cache: &'c mut AbilityCache) -> &'c Abilities {
        let look_up = || {
            let profile = self.context.profiles.iter().find(|known| known.id == recipe.profile);
            profile.map_or_else(Abilities::default, |profile| self.environment.abilities(profile, &recipe.model))
        };
        cache.entry((recipe.profile.clone(), recipe.model.clone())).or_insert_with(look_up)
    }
}

/// The recipe of a row with what its styles add, and a record of the template that its prompt was made of.
fn compose_row(recipe: &Recipe, job: &RowJob, styles: &[Style]) -> Recipe {
    let composed = Composed {
        template: job.template.clone(),
        styles: styles.iter().map(|style| style.name.clone()).collect(),
        negative: recipe.negative.trim().to_owned(),
    };
    let written = recipe.prompt == job.template && styles.is_empty();
    Recipe { composed: (!written).then_some(composed), ..with_styles(recipe, styles) }
}

/// Abilities that were looked up already, by provider and model.
type AbilityCache = HashMap<(ProfileId, String), Abilities>;

/// Plans the rows of a sheet, and reuses the plans of rows that have not changed.
#[derive(Debug, Default)]
pub struct SheetPlanner<E> {
    head: SheetHead,
    columns: Vec<String>,
    context: SheetContext,
    environment: E,
    plans: HashMap<RowId, (Arc<SheetRow>, Arc<RowPlan>)>,
}

impl<E: SheetEnvironment + PartialEq> SheetPlanner<E> {
    /// The plan of each row of a sheet, in their order.
    pub fn plan(&mut self, sheet: &Sheet, context: SheetContext, environment: E) -> Vec<Arc<RowPlan>> {
        if self.head != sheet.head
            || self.columns != sheet.columns
            || self.context != context
            || self.environment != environment
        {
            self.plans.clear();
            self.head = sheet.head.clone();
            self.columns.clone_from(&sheet.columns);
            (self.context, self.environment) = (context, environment);
        }
        let reader = SheetRowReader::new(sheet, &self.context, &self.environment);
        let mut abilities = AbilityCache::default();
        let mut plans = HashMap::with_capacity(sheet.rows.len());
        let mut found = Vec::with_capacity(sheet.rows.len());
        for row in &sheet.rows {
            let same = self.plans.get(&row.id).filter(|(known, _)| known == row).map(|(_, plan)| Arc::clone(plan));
            let plan = same.unwrap_or_else(|| Arc::new(reader.plan(row, &mut abilities)));
            plans.insert(row.id, (Arc::clone(row), Arc::clone(&plan)));
            found.push(plan);
        }
        self.plans = plans;
        found
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::recipe::{Parameters, SheetId};

    fn sheet(template: &str, columns: &[&str], rows: &[&[&str]]) -> Sheet {
        let row = |(index, cells): (usize, &&[&str])| {
            let cells = cells.iter().map(|&cell| cell.to_owned()).collect();
            Arc::new(SheetRow { id: RowId::from_uuid(Uuid::from_u128(index as u128)), cells })
        };
        let base = Recipe {
            model: "demo/painter".to_owned(),
            negative: "fog".to_owned(),
            parameters: Parameters { temperature: Some(0.5), ..Parameters::default() },
            ..Recipe::default()
        };
        Sheet {
            id: SheetId::from_uuid(Uuid::from_u128(1)),
            head: SheetHead { template: template.to_owned(), base, ..SheetHead::default() },
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
            rows: rows.iter().enumerate().map(row).collect(),
        }
    }

    /// An environment without models, whose only files are those of the disk.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    struct Disk;

    impl SheetEnvironment for Disk {
        fn abilities(&self, _profile: &Profile, _model: &str) -> Abilities {
            Abilities::default()
        }

        fn is_file(&self, path: &Path) -> bool {
            path.is_file()
        }
    }

    fn context() -> SheetContext {
        let film = Style {
            name: "Film".to_owned(),
            suffix: "35 mm".to_owned(),
            negative: "text".to_owned(),
            parameters: Parameters { size: "2K".parse().ok(), temperature: Some(1.0), ..Parameters::default() },
            ..Style::default()
        };
        let prompt_library = Arc::new(PromptLibrary { styles: vec![film], ..PromptLibrary::default() });
        SheetContext { prompt_library, profiles: Profile::built_in(), ..SheetContext::default() }
    }

    fn read(sheet: &Sheet, row: usize) -> Result<Vec<Recipe>, Vec<CellError>> {
        SheetRowReader::new(sheet, &context(), &Disk).read(&sheet.rows[row]).map(|(_, recipes)| recipes)
    }

    #[test]
    fn cells_override_the_settings_of_the_sheet() {
        let mut sheet = sheet(
            "a $animal",
            &["animal", "avoid", "style", "provider", "model", "seed"],
            &[&["fox", "", "", "", "", ""], &["{red|white} owl", "rain", "film", "DGrid", "m", "7"]],
        );
        let one = read(&sheet, 0).unwrap();
        assert_eq!(one.len(), 1);
        let asked = (one[0].prompt.as_str(), one[0].negative.as_str(), one[0].model.as_str());
        assert_eq!(asked, ("a fox", "fog", "demo/painter"));
        assert_eq!(one[0].composed.as_ref().unwrap().template, "a $animal");
        let two = read(&sheet, 1).unwrap();
        let prompts: Vec<&str> = two.iter().map(|recipe| recipe.prompt.as_str()).collect();
        assert_eq!(prompts, ["a red owl, 35 mm", "a white owl, 35 mm"]);
        assert_eq!((two[0].negative.as_str(), two[0].profile.as_str()), ("rain, text", ProfileId::DGRID));
        let set = &two[0].parameters;
        assert_eq!((set.seed, set.temperature, set.size), (Some(7), Some(0.5), "2K".parse().ok()));
        assert_eq!(two[0].composed.as_ref().unwrap().negative, "rain");
        sheet.head.styles = vec!["Film".to_owned(), "gone".to_owned()];
        assert_eq!(read(&sheet, 0).unwrap()[0].prompt, "a fox, 35 mm", "styles of the sheet go with every row");
    }

    #[test]
    fn an_unknown_name_is_an_error_of_its_cell() {
        let columns = ["prompt", "style", "provider", "reference"];
        let mut all =
            sheet("", &columns, &[&["x", "Ink", "", ""], &["x", "", "nobody", "no such file.png"], &["x", "", "", ""]]);
        let error = |column, fault| CellError { column, fault };
        assert_eq!(read(&all, 0), Err(vec![error(Some(1), CellFault::NoStyle("Ink".to_owned()))]));
        let missing = CellFault::NoReference("no such file.png".to_owned());
        assert_eq!(
            read(&all, 1),
            Err(vec![error(Some(2), CellFault::NoProvider("nobody".to_owned())), error(Some(3), missing)])
        );
        all.head.base.model.clear();
        assert_eq!(read(&all, 2), Err(vec![error(None, CellFault::NoModel)]));
        let twice = sheet("x", &["seed", "Seed"], &[&["1", "2"]]);
        assert_eq!(read(&twice, 0), Err(vec![error(Some(1), CellFault::DuplicateColumn)]));
    }

    #[test]
    fn only_rows_that_have_changed_are_read_again() {
        let mut planner = SheetPlanner::default();
        let mut sheet = sheet("", &["prompt", "#note"], &[&["a", "x"], &["b", "y"], &["", "z"], &[" ", ""]]);
        let first = planner.plan(&sheet, context(), Disk);
        assert_eq!(first.iter().map(|plan| plan.requests).collect::<Vec<_>>(), [1, 1, 0, 0]);
        assert_eq!(first[2].errors, [CellError { column: None, fault: CellFault::NoPrompt }]);
        assert_eq!(first[3].errors, [], "a blank row is nothing");
        sheet.rows.swap(0, 1);
        Arc::make_mut(&mut sheet.rows[2]).cells[0] = "c".to_owned();
        let second = planner.plan(&sheet, context(), Disk);
        assert!(Arc::ptr_eq(&second[0], &first[1]) && Arc::ptr_eq(&second[1], &first[0]));
        assert_eq!(second[2].errors, []);
        // A note is for people: it changes nothing.
        Arc::make_mut(&mut sheet.rows[1]).cells[1] = "other".to_owned();
        assert_eq!(planner.plan(&sheet, context(), Disk)[1].asked, first[0].asked);
        sheet.head.base.model = "other".to_owned();
        assert_ne!(
            planner.plan(&sheet, context(), Disk)[1].asked,
            first[0].asked,
            "the model is part of what is asked"
        );
    }
}
