//! What the rows of a sheet come to: the recipes, what they cost, and what is wrong with cells.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    gateway::Catalogue,
    prompt::{
        Sources,
        sheet::{CellError, Column, Fault, Field, Headings, Job, Wanted, is_blank},
    },
    recipe::{Abilities, Composed, ImageId, Money, Profile, ProfileId, Recipe, RowId, Sheet, SheetHead, SheetRow},
    settings::{Kit, Style},
    studio::ModelInfo,
};

/// What a row comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowPlan {
    /// Tells whether it asks for the same as it did before.
    pub asked: String,
    /// The gateway that it asks.
    pub profile: ProfileId,
    /// The model that it asks.
    pub model: String,
    /// Requests that it comes to.
    pub requests: u32,
    /// What its pictures cost, if that is known.
    pub price: Option<Money>,
    /// What is wrong with it. Nothing is asked for then.
    pub errors: Vec<CellError>,
}

/// What names in sheets mean, and what models can do.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Ground {
    pub(super) kit: Arc<Kit>,
    pub(super) sources: Arc<Sources>,
    pub(super) profiles: Vec<Profile>,
    pub(super) models: BTreeMap<ProfileId, Vec<ModelInfo>>,
}

impl Ground {
    fn profile(&self, name: &str) -> Option<&Profile> {
        let same = |profile: &&Profile| profile.id.as_str() == name || profile.name.eq_ignore_ascii_case(name);
        self.profiles.iter().find(same)
    }

    fn abilities(&self, profile: &ProfileId, model: &str) -> Abilities {
        let Some(profile) = self.profiles.iter().find(|known| known.id == *profile) else {
            return Abilities::default();
        };
        let listed = self.models.get(&profile.id).and_then(|models| models.iter().find(|info| info.id == model));
        // What was learned of a model says nothing of prices and requests, and changes with every picture.
        Catalogue::built_in().abilities(profile, model, listed.map(|info| &info.listed), None)
    }
}

/// Where a reference is that a row names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Place {
    /// A picture of the library.
    Image(ImageId),
    /// A file.
    File(PathBuf),
}

impl Place {
    /// What a row means by a word. Files are looked for beside the file that the sheet was read from.
    pub(super) fn of(written: &str, folder: Option<&Path>) -> Self {
        match (written.parse(), folder) {
            (Ok(image), _) => Self::Image(image),
            (Err(_), Some(folder)) => Self::File(folder.join(written)),
            (Err(_), None) => Self::File(PathBuf::from(written)),
        }
    }

    fn is_there(&self) -> bool {
        match self {
            // Whether it is there is seen when it is sent.
            Self::Image(_) => true,
            Self::File(path) => path.is_file(),
        }
    }
}

/// Reads the rows of one sheet.
pub(super) struct Reader<'a> {
    head: &'a SheetHead,
    headings: Headings,
    wanted: Wanted,
    ground: &'a Ground,
}

impl<'a> Reader<'a> {
    pub(super) fn new(sheet: &'a Sheet, ground: &'a Ground) -> Self {
        let head = &sheet.head;
        let known = |name: &&String| ground.kit.styles.iter().any(|style| style.name == **name);
        let wanted = Wanted {
            template: head.template.clone(),
            styles: head.styles.iter().filter(known).cloned().collect(),
            sources: ground.sources.as_ref().clone(),
        };
        Self { head, headings: Headings::read(&sheet.columns), wanted, ground }
    }

    /// What a row asks for: its job, and its recipes without the references that it names.
    pub(super) fn read(&self, row: &SheetRow) -> Result<(Job, Vec<Recipe>), Vec<CellError>> {
        // Who leaves a row blank does not want anything.
        if row.cells.iter().all(|cell| is_blank(cell)) {
            return Ok((Job::default(), Vec::new()));
        }
        let twice = self.headings.twice().iter();
        let twice = twice.map(|column| CellError { column: Some(*column), fault: Fault::Twice });
        let mut errors: Vec<CellError> = twice.collect();
        let around = |template: &str, names: &[String]| {
            let styles = self.styles(names)?;
            Ok(Style::around(template, &styles))
        };
        let mut job = match self.headings.job(&row.cells, &self.wanted, around) {
            Ok(job) => job,
            Err(found) => {
                errors.extend(found);
                return Err(errors);
            }
        };
        if let Some(name) = job.provider.take() {
            match self.ground.profile(&name) {
                Some(profile) => job.provider = Some(profile.id.as_str().to_owned()),
                None => errors.push(self.error(Field::Provider, Fault::NoProvider(name))),
            }
        }
        for written in &job.references {
            if !Place::of(written, self.head.folder.as_deref()).is_there() {
                errors.push(self.error(Field::References, Fault::NoReference(written.clone())));
            }
        }
        // All of them are there: the prompt was made with them.
        let styles = self.styles(&job.styles).unwrap_or_default();
        let recipes = job.recipes(&Recipe { composed: None, not_sent: Vec::new(), ..self.head.base.clone() }, &[]);
        let dressed = recipes.into_iter().map(|recipe| dressed(recipe, &job, &styles));
        let recipes: Vec<Recipe> = dressed.collect();
        if recipes.iter().any(|recipe| recipe.model.trim().is_empty()) {
            errors.push(CellError { column: None, fault: Fault::NoModel });
        }
        if errors.is_empty() { Ok((job, recipes)) } else { Err(errors) }
    }

    /// The styles of these names; the first one that there is not, if so.
    fn styles(&self, names: &[String]) -> Result<Vec<Style>, String> {
        let of = |name: &String| {
            let same = self.ground.kit.styles.iter().find(|style| style.name == *name);
            let alike = || self.ground.kit.styles.iter().find(|style| style.name.eq_ignore_ascii_case(name));
            same.or_else(alike).cloned().ok_or_else(|| name.clone())
        };
        names.iter().map(of).collect()
    }

    pub(super) fn error(&self, field: Field, fault: Fault) -> CellError {
        let column = self.headings.columns().iter().position(|column| *column == Column::Field(field));
        CellError { column, fault }
    }

    fn plan(&self, row: &SheetRow, abilities: &mut Known) -> RowPlan {
        let (job, recipes) = match self.read(row) {
            Ok(read) => read,
            Err(errors) => return RowPlan { errors, ..RowPlan::default() },
        };
        let mut plan =
            RowPlan { asked: job.fingerprint(&recipes), price: Some(Money::default()), ..RowPlan::default() };
        for recipe in &recipes {
            let abilities = abilities.of(self.ground, recipe);
            let all = abilities.estimate(&abilities.fit(recipe).0);
            plan.price = plan.price.zip(all).map(|(sum, all)| sum + all);
            plan.requests = plan.requests.saturating_add(abilities.requests(&recipe.parameters));
            plan.profile.clone_from(&recipe.profile);
            plan.model.clone_from(&recipe.model);
        }
        plan
    }
}

/// A recipe with what its styles add beside their words.
fn dressed(recipe: Recipe, job: &Job, styles: &[Style]) -> Recipe {
    let composed = Composed {
        template: job.template.clone(),
        styles: styles.iter().map(|style| style.name.clone()).collect(),
        negative: recipe.negative.trim().to_owned(),
    };
    let written = recipe.prompt == job.template && styles.is_empty();
    Recipe {
        negative: Style::avoided(&recipe.negative, styles),
        parameters: Style::filled(&recipe.parameters, styles),
        composed: (!written).then_some(composed),
        ..recipe
    }
}

/// Abilities that were looked up already.
type Known = HashMap<(ProfileId, String), Abilities>;

trait Look {
    fn of(&mut self, ground: &Ground, recipe: &Recipe) -> &Abilities;
}

impl Look for Known {
    fn of(&mut self, ground: &Ground, recipe: &Recipe) -> &Abilities {
        let key = (recipe.profile.clone(), recipe.model.clone());
        self.entry(key).or_insert_with(|| ground.abilities(&recipe.profile, &recipe.model))
    }
}

/// Says what rows come to, and remembers it for rows that have not changed.
#[derive(Default)]
pub(super) struct Planner {
    head: SheetHead,
    columns: Vec<String>,
    ground: Ground,
    plans: HashMap<RowId, (Arc<SheetRow>, Arc<RowPlan>)>,
}

impl Planner {
    /// What each row of a sheet comes to, in their order.
    pub(super) fn plan(&mut self, sheet: &Sheet, ground: Ground) -> Vec<Arc<RowPlan>> {
        if self.head != sheet.head || self.columns != sheet.columns || self.ground != ground {
            self.plans.clear();
            self.head = sheet.head.clone();
            self.columns.clone_from(&sheet.columns);
            self.ground = ground;
        }
        let reader = Reader::new(sheet, &self.ground);
        let mut known = Known::default();
        let mut plans = HashMap::with_capacity(sheet.rows.len());
        let mut found = Vec::with_capacity(sheet.rows.len());
        for row in &sheet.rows {
            let same = self.plans.get(&row.id).filter(|(known, _)| known == row).map(|(_, plan)| Arc::clone(plan));
            let plan = same.unwrap_or_else(|| Arc::new(reader.plan(row, &mut known)));
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

    fn ground() -> Ground {
        let film = Style {
            name: "Film".to_owned(),
            suffix: "35 mm".to_owned(),
            negative: "text".to_owned(),
            parameters: Parameters { size: "2K".parse().ok(), temperature: Some(1.0), ..Parameters::default() },
            ..Style::default()
        };
        let kit = Arc::new(Kit { styles: vec![film], ..Kit::default() });
        Ground { kit, profiles: Profile::built_in(), ..Ground::default() }
    }

    fn read(sheet: &Sheet, row: usize) -> Result<Vec<Recipe>, Vec<CellError>> {
        Reader::new(sheet, &ground()).read(&sheet.rows[row]).map(|(_, recipes)| recipes)
    }

    #[test]
    fn a_row_says_what_it_says_and_the_sheet_the_rest() {
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
    fn what_nobody_knows_is_told_by_its_cell() {
        let columns = ["prompt", "style", "provider", "reference"];
        let mut all =
            sheet("", &columns, &[&["x", "Ink", "", ""], &["x", "", "nobody", "no such file.png"], &["x", "", "", ""]]);
        let error = |column, fault| CellError { column, fault };
        assert_eq!(read(&all, 0), Err(vec![error(Some(1), Fault::NoStyle("Ink".to_owned()))]));
        let missing = Fault::NoReference("no such file.png".to_owned());
        assert_eq!(
            read(&all, 1),
            Err(vec![error(Some(2), Fault::NoProvider("nobody".to_owned())), error(Some(3), missing)])
        );
        all.head.base.model.clear();
        assert_eq!(read(&all, 2), Err(vec![error(None, Fault::NoModel)]));
        let twice = sheet("x", &["seed", "Seed"], &[&["1", "2"]]);
        assert_eq!(read(&twice, 0), Err(vec![error(Some(1), Fault::Twice)]));
    }

    #[test]
    fn only_rows_that_have_changed_are_read_again() {
        let mut planner = Planner::default();
        let mut sheet = sheet("", &["prompt", "#note"], &[&["a", "x"], &["b", "y"], &["", "z"], &[" ", ""]]);
        let first = planner.plan(&sheet, ground());
        assert_eq!(first.iter().map(|plan| plan.requests).collect::<Vec<_>>(), [1, 1, 0, 0]);
        assert_eq!(first[2].errors, [CellError { column: None, fault: Fault::NoPrompt }]);
        assert_eq!(first[3].errors, [], "a blank row is nothing");
        sheet.rows.swap(0, 1);
        Arc::make_mut(&mut sheet.rows[2]).cells[0] = "c".to_owned();
        let second = planner.plan(&sheet, ground());
        assert!(Arc::ptr_eq(&second[0], &first[1]) && Arc::ptr_eq(&second[1], &first[0]));
        assert_eq!(second[2].errors, []);
        // A note is for people: it changes nothing.
        Arc::make_mut(&mut sheet.rows[1]).cells[1] = "other".to_owned();
        assert_eq!(planner.plan(&sheet, ground())[1].asked, first[0].asked);
        sheet.head.base.model = "other".to_owned();
        assert_ne!(planner.plan(&sheet, ground())[1].asked, first[0].asked, "the model is part of what is asked");
    }
}
