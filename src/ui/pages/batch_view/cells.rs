//! The cells of a grid: their images, and their requests that run or have failed.

use std::collections::BTreeMap;

use crate::{
    recipe::{BatchId, BatchRole, Money, RequestId},
    studio::{BatchMember, CardState, RequestCard},
};

/// The position of a cell: its row from the top, its column from the left.
pub type CellPosition = (u32, u32);

/// The contents of a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BatchCell {
    /// Its images, in the order in which they came.
    pub images: Vec<BatchMember>,
    /// Its requests without an image, the oldest first.
    pub requests: Vec<RequestId>,
}

/// The contents of a grid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BatchTable {
    /// The labels of the columns.
    pub columns: Vec<String>,
    /// The labels of the rows.
    pub rows: Vec<String>,
    /// The cells that are not empty.
    pub cells: BTreeMap<CellPosition, BatchCell>,
    /// Requests under way.
    pub running: usize,
    /// Requests that failed, or were cancelled.
    pub failed: Vec<RequestId>,
    /// The known cost of its images.
    pub cost: Money,
}

impl BatchTable {
    /// Collects it from the images and requests of a batch.
    pub fn of<'a>(
        batch: BatchId,
        members: &[BatchMember],
        jobs: impl DoubleEndedIterator<Item = &'a RequestCard>,
    ) -> Self {
        let mut table = Self::default();
        for member in members {
            if let Some(at) = table.place(&member.role) {
                table.cells.entry(at).or_default().images.push(member.clone());
                table.cost = table.cost + member.cost.unwrap_or_default();
            }
        }
        // Requests are listed with the newest first.
        for job in jobs.rev().filter(|job| job.recipe.batch == Some(batch)) {
            let Some(at) = table.place(&job.recipe.role) else { continue };
            match &job.state {
                CardState::Done { .. } => continue,
                CardState::Failed(_) | CardState::Cancelled { .. } => table.failed.push(job.id),
                _ => table.running += 1,
            }
            table.cells.entry(at).or_default().requests.push(job.id);
        }
        table
    }

    /// Whether the batch is no grid.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The number of images.
    pub fn images(&self) -> usize {
        self.cells.values().map(|cell| cell.images.len()).sum()
    }

    /// The position that a batch role names; its labels are stored.
    fn place(&mut self, role: &BatchRole) -> Option<CellPosition> {
        let BatchRole::Cell { column, row, column_label, row_label } = role else { return None };
        name(&mut self.columns, *column, column_label);
        name(&mut self.rows, *row, row_label);
        Some((*row, *column))
    }
}

/// Maximum number of columns and rows: that of an axis's values, whatever a file says.
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

    fn role(column: u32, row: u32) -> BatchRole {
        BatchRole::Cell { column, row, column_label: format!("c{column}"), row_label: format!("r{row}") }
    }

    fn member(number: u128, role: BatchRole) -> BatchMember {
        BatchMember {
            image: ImageId::from_uuid(Uuid::from_u128(number)),
            request: RequestId::from_uuid(Uuid::from_u128(number)),
            role,
            model: String::new(),
            cost: Some(Money::from_micros(5)),
            width: 4,
            height: 3,
        }
    }

    #[test]
    fn images_and_requests_stand_where_they_were_asked_for() {
        let batch = BatchId::from_uuid(Uuid::from_u128(1));
        let job = |number: u128, batch, role, state| {
            let recipe = Recipe { batch: Some(batch), role, ..Recipe::default() };
            RequestCard::new(RequestId::from_uuid(Uuid::from_u128(number)), Arc::new(recipe), state)
        };
        let failed = CardState::Failed(Failure::new(FailureKind::RateLimited));
        let other = BatchId::from_uuid(Uuid::from_u128(2));
        let jobs = [
            job(9, batch, role(2, 1), CardState::Queued),
            job(8, other, role(5, 5), CardState::Queued),
            job(7, batch, role(0, 1), failed),
        ];
        let members =
            [member(1, role(0, 0)), member(2, role(1, 0)), member(3, role(1, 0)), member(4, BatchRole::Prompt)];
        let table = BatchTable::of(batch, &members, jobs.iter());
        assert_eq!(table.columns, ["c0", "c1", "c2"]);
        assert_eq!(table.rows, ["r0", "r1"]);
        assert_eq!(table.cells[&(0, 1)].images.len(), 2);
        assert_eq!(table.cells[&(1, 2)].requests, [jobs[0].id]);
        assert_eq!((table.images(), table.running, table.failed.as_slice()), (3, 1, &[jobs[2].id][..]));
        assert_eq!(table.cost, Money::from_micros(15));
        assert!(BatchTable::of(other, &[], std::iter::empty()).is_empty());
    }
}
