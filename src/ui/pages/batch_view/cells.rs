//! The cells of a grid as they stand: pictures that are there, and requests that are under way or have failed.

use std::collections::BTreeMap;

use crate::{
    recipe::{BatchId, Money, Part, RequestId},
    studio::{Job, JobState, Member},
};

/// A cell's place: its row from the top, its column from the left.
pub type CellPosition = (u32, u32);

/// What is in a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BatchCell {
    /// Its pictures, in the order in which they came.
    pub pictures: Vec<Member>,
    /// Its requests that have no picture yet, the oldest first.
    pub requests: Vec<RequestId>,
}

/// A grid as it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BatchTable {
    /// What stands above each column.
    pub columns: Vec<String>,
    /// What stands before each row.
    pub rows: Vec<String>,
    /// Its cells; none where there is nothing.
    pub cells: BTreeMap<CellPosition, BatchCell>,
    /// Requests under way.
    pub running: usize,
    /// Requests that failed, or were cancelled.
    pub failed: Vec<RequestId>,
    /// What its pictures have cost, as far as that is known.
    pub cost: Money,
}

impl BatchTable {
    /// Puts it together.
    pub fn of<'a>(batch: BatchId, members: &[Member], jobs: impl DoubleEndedIterator<Item = &'a Job>) -> Self {
        let mut table = Self::default();
        for member in members {
            if let Some(at) = table.place(&member.part) {
                table.cells.entry(at).or_default().pictures.push(member.clone());
                table.cost = table.cost + member.cost.unwrap_or_default();
            }
        }
        // Jobs are listed with the newest first.
        for job in jobs.rev().filter(|job| job.recipe.batch == Some(batch)) {
            let Some(at) = table.place(&job.recipe.part) else { continue };
            match &job.state {
                JobState::Done { .. } => continue,
                JobState::Failed(_) | JobState::Cancelled { .. } => table.failed.push(job.id),
                _ => table.running += 1,
            }
            table.cells.entry(at).or_default().requests.push(job.id);
        }
        table
    }

    /// Whether it is a grid at all.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// How many pictures there are.
    pub fn pictures(&self) -> usize {
        self.cells.values().map(|cell| cell.pictures.len()).sum()
    }

    /// The place that a part names, with what stands beside it.
    fn place(&mut self, part: &Part) -> Option<CellPosition> {
        let Part::Cell { column, row, column_label, row_label } = part else { return None };
        name(&mut self.columns, *column, column_label);
        name(&mut self.rows, *row, row_label);
        Some((*row, *column))
    }
}

/// A grid has no more columns or rows than an axis has values, whatever a file says.
const MAX_AXIS_LENGTH: usize = crate::composition::MAX_AXIS_VALUES;

fn name(labels: &mut Vec<String>, at: u32, label: &str) {
    let at = (at as usize).min(MAX_AXIS_LENGTH - 1);
    if labels.len() <= at {
        labels.resize(at + 1, String::new());
    }
    if labels[at].is_empty() {
        label.clone_into(&mut labels[at]);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use uuid::Uuid;

    use super::*;
    use crate::recipe::{Failure, FailureKind, ImageId, Recipe};

    fn part(column: u32, row: u32) -> Part {
        Part::Cell { column, row, column_label: format!("c{column}"), row_label: format!("r{row}") }
    }

    fn member(number: u128, part: Part) -> Member {
        Member {
            image: ImageId::from_uuid(Uuid::from_u128(number)),
            request: RequestId::from_uuid(Uuid::from_u128(number)),
            part,
            model: String::new(),
            cost: Some(Money::from_micros(5)),
            width: 4,
            height: 3,
        }
    }

    #[test]
    fn pictures_and_requests_stand_where_they_were_asked_for() {
        let batch = BatchId::from_uuid(Uuid::from_u128(1));
        let job = |number: u128, batch, part, state| {
            let recipe = Recipe { batch: Some(batch), part, ..Recipe::default() };
            Job::new(RequestId::from_uuid(Uuid::from_u128(number)), Arc::new(recipe), state)
        };
        let failed = JobState::Failed(Failure::new(FailureKind::RateLimited));
        let other = BatchId::from_uuid(Uuid::from_u128(2));
        let jobs = [
            job(9, batch, part(2, 1), JobState::Waiting),
            job(8, other, part(5, 5), JobState::Waiting),
            job(7, batch, part(0, 1), failed),
        ];
        let members = [member(1, part(0, 0)), member(2, part(1, 0)), member(3, part(1, 0)), member(4, Part::Prompt)];
        let table = BatchTable::of(batch, &members, jobs.iter());
        assert_eq!(table.columns, ["c0", "c1", "c2"]);
        assert_eq!(table.rows, ["r0", "r1"]);
        assert_eq!(table.cells[&(0, 1)].pictures.len(), 2);
        assert_eq!(table.cells[&(1, 2)].requests, [jobs[0].id]);
        assert_eq!((table.pictures(), table.running, table.failed.as_slice()), (3, 1, &[jobs[2].id][..]));
        assert_eq!(table.cost, Money::from_micros(15));
        assert!(BatchTable::of(other, &[], std::iter::empty()).is_empty());
    }
}
