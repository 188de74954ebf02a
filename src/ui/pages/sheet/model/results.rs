//! The results of the rows: their images, their requests, and the resulting state.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use crate::{
    composition::RowPlan,
    prompt::sheet::CellError,
    recipe::{BatchRole, Failure, ImageId, Recipe, RequestId, RowId, Sheet, SheetId, SheetRow},
    studio::{CardState, GalleryEvent, QueueEvent, RequestCard, SheetEvent},
};

/// The state of a row.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::ui::pages::sheet) enum RowState {
    /// Its plan is not known yet.
    Unread,
    /// It is empty.
    Blank,
    /// It is invalid; this is its first error.
    Faulty(CellError),
    /// It was just sent to the studio.
    Sending,
    /// Its requests are queued.
    Waiting,
    /// One of its requests runs.
    Running,
    /// It has failed.
    Failed(Arc<Failure>),
    /// It was cancelled; whether it had been sent.
    Cancelled(bool),
    /// It has its images.
    Done,
    /// It has changed since its images were generated.
    Changed,
    /// It was never generated.
    New,
}

/// The number of rows in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ui::pages::sheet) struct RowTally {
    pub(in crate::ui::pages::sheet) done: usize,
    pub(in crate::ui::pages::sheet) failed: usize,
    pub(in crate::ui::pages::sheet) changed: usize,
    pub(in crate::ui::pages::sheet) new: usize,
    pub(in crate::ui::pages::sheet) faulty: usize,
    pub(in crate::ui::pages::sheet) busy: usize,
    pub(in crate::ui::pages::sheet) unread: usize,
}

/// Which rows to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui::pages::sheet) enum RowFilter {
    /// Rows that have no image, have failed, or have changed.
    Left,
    /// Rows that have failed or have changed.
    FailedAndChanged,
    /// Rows that have failed.
    Failed,
    /// The selected rows, also finished ones.
    Chosen,
    /// All rows again.
    All,
}

#[derive(Debug)]
struct Made {
    image: ImageId,
    asked: String,
}

#[derive(Debug)]
enum RequestStage {
    Waiting,
    Running,
    Failed(Arc<Failure>),
    Cancelled(bool),
}

#[derive(Debug)]
struct RowRequest {
    row: RowId,
    asked: String,
    stage: RequestStage,
}

/// The results of the rows of one sheet.
#[derive(Debug)]
pub(in crate::ui::pages::sheet) struct SheetResults {
    sheet: SheetId,
    plans: HashMap<RowId, (Arc<SheetRow>, Arc<RowPlan>)>,
    /// The revision of the sheet that the plans belong to.
    planned: u64,
    images: HashMap<RowId, Vec<Made>>,
    requests: BTreeMap<RequestId, RowRequest>,
    of_row: HashMap<RowId, Vec<RequestId>>,
    /// Rows that were sent and have no event yet.
    sending: HashSet<RowId>,
    /// Increases with every event.
    revision: u64,
}

/// The sheet, the row and its request, of a recipe that belongs to a row.
fn row_of(recipe: &Recipe) -> Option<(SheetId, RowId, &str)> {
    match &recipe.role {
        BatchRole::Row { sheet, row, asked } => Some((*sheet, *row, asked)),
        _ => None,
    }
}

impl SheetResults {
    /// Creates the results from the requests that have a card, the oldest first.
    pub(in crate::ui::pages::sheet) fn new<'a>(sheet: SheetId, jobs: impl Iterator<Item = &'a RequestCard>) -> Self {
        let mut results = Self {
            sheet,
            plans: HashMap::new(),
            planned: 0,
            images: HashMap::new(),
            requests: BTreeMap::new(),
            of_row: HashMap::new(),
            sending: HashSet::new(),
            revision: 1,
        };
        for job in jobs {
            results.take_job(job);
        }
        results
    }

    /// Folds an event about requests into this state.
    pub(in crate::ui::pages::sheet) fn fold_queue(&mut self, event: &QueueEvent) {
        match event {
            QueueEvent::RequestChanged(job) => self.take_job(job),
            QueueEvent::RequestRemoved(id) => self.forget(*id),
            QueueEvent::Status(_) | QueueEvent::RunEnded(_) => {}
        }
    }

    /// Folds an event about the gallery into this state.
    pub(in crate::ui::pages::sheet) fn fold_gallery(&mut self, event: &GalleryEvent) {
        if let GalleryEvent::ImageStored(details) = event
            && let Some((sheet, row, asked)) = row_of(&details.facts.recipe)
            && sheet == self.sheet
        {
            let made = Made { image: details.facts.id, asked: asked.to_owned() };
            self.images.entry(row).or_default().push(made);
            self.revision += 1;
        }
    }

    /// Folds an event about prompt sheets into this state.
    pub(in crate::ui::pages::sheet) fn fold_sheets(&mut self, event: &SheetEvent) {
        match event {
            SheetEvent::Images(sheet, images) if *sheet == self.sheet => {
                self.images.clear();
                for image in images.iter() {
                    let made = Made { image: image.image, asked: image.asked.clone() };
                    self.images.entry(image.row).or_default().push(made);
                }
                self.revision += 1;
            }
            SheetEvent::Plans { sheet, revision, plans } if sheet.id == self.sheet && *revision > self.planned => {
                let rows = sheet.rows.iter().zip(plans.iter());
                self.plans = rows.map(|(row, plan)| (row.id, (Arc::clone(row), Arc::clone(plan)))).collect();
                self.planned = *revision;
                self.revision += 1;
            }
            SheetEvent::RowsRejected(sheet, refused) if *sheet == self.sheet => {
                for (row, _) in refused {
                    self.sending.remove(row);
                }
                self.revision += 1;
            }
            SheetEvent::List(_)
            | SheetEvent::Opened(_)
            | SheetEvent::OpenFailed(..)
            | SheetEvent::Plans { .. }
            | SheetEvent::Images(..)
            | SheetEvent::RowsRejected(..)
            | SheetEvent::Table(_)
            | SheetEvent::TableFailed(..)
            | SheetEvent::DecodeFailed(..)
            | SheetEvent::TableSaved(_)
            | SheetEvent::ExportChecked(_)
            | SheetEvent::ExportProgress(..)
            | SheetEvent::Exported(_) => {}
        }
    }

    fn take_job(&mut self, job: &RequestCard) {
        let Some((_, row, asked)) = row_of(&job.recipe).filter(|(sheet, ..)| *sheet == self.sheet) else { return };
        self.revision += 1;
        self.sending.remove(&row);
        let stage = match &job.state {
            CardState::Queued => RequestStage::Waiting,
            CardState::Failed(failure) => RequestStage::Failed(Arc::new(failure.clone())),
            CardState::Cancelled { sent } => RequestStage::Cancelled(*sent),
            // The event with its images came before.
            CardState::Done { .. } => return self.forget(job.id),
            _ => RequestStage::Running,
        };
        let of_row = self.of_row.entry(row).or_default();
        if !of_row.contains(&job.id) {
            of_row.push(job.id);
        }
        self.requests.insert(job.id, RowRequest { row, asked: asked.to_owned(), stage });
    }

    fn forget(&mut self, id: RequestId) {
        if let Some(asked) = self.requests.remove(&id) {
            self.revision += 1;
            if let Some(of_row) = self.of_row.get_mut(&asked.row) {
                of_row.retain(|known| *known != id);
            }
        }
    }

    /// Increases with every event.
    pub(in crate::ui::pages::sheet) fn revision(&self) -> u64 {
        self.revision
    }

    /// The revision of the sheet that was planned.
    pub(in crate::ui::pages::sheet) fn planned(&self) -> u64 {
        self.planned
    }

    /// The plan of a row, if it is current.
    pub(in crate::ui::pages::sheet) fn plan(&self, row: &Arc<SheetRow>) -> Option<&RowPlan> {
        self.plans.get(&row.id).filter(|(known, _)| known == row).map(|(_, plan)| plan.as_ref())
    }

    /// The images of a row with the same request as its last one, the oldest first.
    pub(in crate::ui::pages::sheet) fn images(&self, row: RowId) -> impl DoubleEndedIterator<Item = ImageId> {
        let made = self.images.get(&row).map_or(&[][..], Vec::as_slice);
        let last = made.last().map_or("", |made| made.asked.as_str());
        made.iter().filter(move |made| made.asked == last).map(|made| made.image)
    }

    fn requests(&self, row: RowId) -> impl Iterator<Item = (RequestId, &RowRequest)> {
        let ids = self.of_row.get(&row).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| Some((*id, self.requests.get(id)?)))
    }

    /// The requests of a row that have ended without images, and whether each is the same as the row's current request.
    pub(in crate::ui::pages::sheet) fn ended(&self, row: &Arc<SheetRow>) -> Vec<(RequestId, bool)> {
        let now = self.plan(row).map_or("", |plan| plan.asked.as_str());
        let ended = |asked: &RowRequest| matches!(asked.stage, RequestStage::Failed(_) | RequestStage::Cancelled(_));
        let ended = self.requests(row.id).filter(|(_, asked)| ended(asked));
        ended.map(|(id, asked)| (id, asked.asked == now)).collect()
    }

    /// The requests of a row that can be cancelled.
    pub(in crate::ui::pages::sheet) fn under_way(&self, row: RowId) -> Vec<RequestId> {
        let goes_on = |asked: &RowRequest| matches!(asked.stage, RequestStage::Waiting | RequestStage::Running);
        self.requests(row).filter(|(_, asked)| goes_on(asked)).map(|(id, _)| id).collect()
    }

    /// Marks rows as sent, so that they are not sent twice.
    pub(in crate::ui::pages::sheet) fn send(&mut self, rows: impl IntoIterator<Item = RowId>) {
        self.sending.extend(rows);
        self.revision += 1;
    }

    /// The state of a row.
    pub(in crate::ui::pages::sheet) fn state(&self, row: &Arc<SheetRow>) -> RowState {
        if self.sending.contains(&row.id) {
            return RowState::Sending;
        }
        let any = |wanted: fn(&RequestStage) -> bool| self.requests(row.id).any(|(_, asked)| wanted(&asked.stage));
        if any(|stage| matches!(stage, RequestStage::Running)) {
            return RowState::Running;
        }
        if any(|stage| matches!(stage, RequestStage::Waiting)) {
            return RowState::Waiting;
        }
        if row.cells.iter().all(|cell| cell.trim().is_empty()) {
            return RowState::Blank;
        }
        let Some(plan) = self.plan(row) else { return RowState::Unread };
        if let Some(error) = plan.errors.first() {
            return RowState::Faulty(error.clone());
        }
        // The last request counts.
        let last = self.requests(row.id).filter(|(_, asked)| asked.asked == plan.asked).last();
        match last.map(|(_, asked)| &asked.stage) {
            Some(RequestStage::Failed(failure)) => return RowState::Failed(Arc::clone(failure)),
            Some(RequestStage::Cancelled(sent)) => return RowState::Cancelled(*sent),
            _ => {}
        }
        let made = self.images.get(&row.id).map_or(&[][..], Vec::as_slice);
        if made.iter().any(|made| made.asked == plan.asked) {
            RowState::Done
        } else if !made.is_empty() || self.requests(row.id).next().is_some() {
            RowState::Changed
        } else {
            RowState::New
        }
    }

    /// The number of rows in each state.
    pub(in crate::ui::pages::sheet) fn tally(&self, sheet: &Sheet) -> RowTally {
        let mut tally = RowTally::default();
        for row in &sheet.rows {
            let count = match self.state(row) {
                RowState::Unread => &mut tally.unread,
                RowState::Blank => continue,
                RowState::Faulty(_) => &mut tally.faulty,
                RowState::Sending | RowState::Waiting | RowState::Running => &mut tally.busy,
                RowState::Failed(_) | RowState::Cancelled(_) => &mut tally.failed,
                RowState::Done => &mut tally.done,
                RowState::Changed => &mut tally.changed,
                RowState::New => &mut tally.new,
            };
            *count += 1;
        }
        tally
    }

    /// The rows to generate, in their order, without those that run, are blank or are invalid. The table knows the
    /// selected ones.
    pub(in crate::ui::pages::sheet) fn rows(&self, sheet: &Sheet, which: RowFilter) -> Vec<RowId> {
        let wanted = |state: RowState| match state {
            RowState::Failed(_) | RowState::Cancelled(_) => true,
            RowState::Changed => which != RowFilter::Failed,
            RowState::New => matches!(which, RowFilter::Left | RowFilter::Chosen | RowFilter::All),
            RowState::Done => matches!(which, RowFilter::Chosen | RowFilter::All),
            _ => false,
        };
        sheet.rows.iter().filter(|row| wanted(self.state(row))).map(|row| row.id).collect()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::recipe::{FailureKind, SheetHead};

    fn sheet(cells: &[&str]) -> Sheet {
        let row = |(index, cell): (usize, &&str)| {
            let id = RowId::from_uuid(Uuid::from_u128(index as u128));
            Arc::new(SheetRow { id, cells: vec![(*cell).to_owned()] })
        };
        Sheet {
            id: SheetId::from_uuid(Uuid::from_u128(7)),
            head: SheetHead::default(),
            columns: vec!["prompt".to_owned()],
            rows: cells.iter().enumerate().map(row).collect(),
        }
    }

    /// Plans that request the text of the cells.
    fn plans(sheet: &Sheet, revision: u64) -> SheetEvent {
        let plan = |row: &Arc<SheetRow>| Arc::new(RowPlan { asked: row.cells[0].clone(), ..RowPlan::default() });
        let plans = sheet.rows.iter().map(plan).collect();
        SheetEvent::Plans { sheet: Arc::new(sheet.clone()), revision, plans }
    }

    fn job(sheet: &Sheet, number: u128, row: usize, asked: &str, state: CardState) -> RequestCard {
        let role = BatchRole::Row { sheet: sheet.id, row: sheet.rows[row].id, asked: asked.to_owned() };
        let recipe = Arc::new(Recipe { role, ..Recipe::default() });
        RequestCard::new(RequestId::from_uuid(Uuid::from_u128(number)), recipe, state)
    }

    fn images(sheet: &Sheet, made: &[(usize, &str)]) -> SheetEvent {
        let image = |(index, (row, asked)): (usize, &(usize, &str))| crate::studio::SheetImage {
            row: sheet.rows[*row].id,
            image: ImageId::from_uuid(Uuid::from_u128(index as u128)),
            request: RequestId::from_uuid(Uuid::nil()),
            asked: (*asked).to_owned(),
        };
        SheetEvent::Images(sheet.id, made.iter().enumerate().map(image).collect())
    }

    #[test]
    fn row_state_is_that_of_its_last_request() {
        let mut sheet = sheet(&["a", "b", "c", " "]);
        let mut results = SheetResults::new(sheet.id, std::iter::empty());
        let state = |results: &SheetResults, sheet: &Sheet, row: usize| results.state(&sheet.rows[row]);
        assert_eq!((state(&results, &sheet, 0), state(&results, &sheet, 3)), (RowState::Unread, RowState::Blank));
        results.fold_sheets(&plans(&sheet, 1));
        assert_eq!(state(&results, &sheet, 0), RowState::New);
        assert_eq!(results.rows(&sheet, RowFilter::Left).len(), 3);
        results.send([sheet.rows[0].id]);
        assert_eq!(state(&results, &sheet, 0), RowState::Sending);
        results.fold_queue(&QueueEvent::RequestChanged(job(&sheet, 1, 0, "a", CardState::Queued)));
        assert_eq!(state(&results, &sheet, 0), RowState::Waiting);
        assert_eq!(results.rows(&sheet, RowFilter::All).len(), 2, "what is under way is not asked for again");
        let failure = Failure::new(FailureKind::NoMoney);
        results.fold_queue(&QueueEvent::RequestChanged(job(&sheet, 1, 0, "a", CardState::Failed(failure.clone()))));
        assert_eq!(state(&results, &sheet, 0), RowState::Failed(Arc::new(failure)));
        assert_eq!(results.rows(&sheet, RowFilter::Failed), [sheet.rows[0].id]);
        assert_eq!(results.ended(&sheet.rows[0]), [(RequestId::from_uuid(Uuid::from_u128(1)), true)]);
        results.fold_sheets(&images(&sheet, &[(1, "b"), (2, "old"), (2, "older"), (2, "older")]));
        assert_eq!((state(&results, &sheet, 1), state(&results, &sheet, 2)), (RowState::Done, RowState::Changed));
        assert_eq!(results.images(sheet.rows[2].id).count(), 2);
        assert_eq!(results.tally(&sheet), RowTally { done: 1, failed: 1, changed: 1, ..RowTally::default() });
        // Another prompt: the failed request was a different one.
        Arc::make_mut(&mut sheet.rows[0]).cells[0] = "z".to_owned();
        assert_eq!(state(&results, &sheet, 0), RowState::Unread);
        results.fold_sheets(&plans(&sheet, 2));
        assert_eq!(state(&results, &sheet, 0), RowState::Changed);
        assert!(!results.ended(&sheet.rows[0])[0].1, "it asked for something else");
        results.fold_sheets(&plans(&self::sheet(&["late"]), 1));
        assert_eq!(results.planned(), 2, "a late answer changes nothing");
    }

    #[test]
    fn requests_before_the_start_belong_to_their_rows() {
        let sheet = sheet(&["a"]);
        let interrupted = job(&sheet, 1, 0, "a", CardState::Failed(Failure::new(FailureKind::Interrupted)));
        let mut results = SheetResults::new(sheet.id, [interrupted].iter());
        results.fold_sheets(&plans(&sheet, 1));
        assert!(matches!(results.state(&sheet.rows[0]), RowState::Failed(_)));
        results.fold_queue(&QueueEvent::RequestRemoved(RequestId::from_uuid(Uuid::from_u128(1))));
        assert_eq!(results.state(&sheet.rows[0]), RowState::New);
    }
}
