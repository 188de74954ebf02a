//! The open sheet: its document, its results, and what its rows would request.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

use crate::{
    prompt::{
        Sources,
        sheet::{Column, Headings},
    },
    recipe::{Money, ProfileId, RowId},
    ui::state::{studio_state::StudioState, view_context::ViewContext},
};

use super::{
    cell_edit::CellEdit,
    cell_range::CellRange,
    document::SheetDocument,
    results::{RowFilter, RowTally, SheetResults},
};

/// Maximum number of requests in one run.
const MAX_REQUESTS_PER_RUN: u64 = 10_000;

/// The open sheet.
#[derive(Debug)]
pub(in crate::ui::pages::sheet) struct OpenSheet {
    pub(in crate::ui::pages::sheet) document: SheetDocument,
    pub(in crate::ui::pages::sheet) results: SheetResults,
    pub(in crate::ui::pages::sheet) range: CellRange,
    pub(in crate::ui::pages::sheet) editing: Option<CellEdit>,
    /// The changed widths of columns, by their names.
    pub(in crate::ui::pages::sheet) widths: BTreeMap<String, f32>,
    /// The scroll offset of the table.
    pub(in crate::ui::pages::sheet) offset: egui::Vec2,
    /// The number of visible rows.
    pub(in crate::ui::pages::sheet) page: usize,
    /// Whether to scroll to the cursor.
    pub(in crate::ui::pages::sheet) reveal: bool,
    /// Whether to focus the table.
    pub(in crate::ui::pages::sheet) focus: bool,
    /// The saved revision of the document, and the one that the studio was asked to plan.
    pub(in crate::ui::pages::sheet) kept: u64,
    pub(in crate::ui::pages::sheet) asked: u64,
    /// The number of that plan request.
    pub(in crate::ui::pages::sheet) wish: u64,
    /// The rows to generate as soon as their plan is known.
    pub(in crate::ui::pages::sheet) wanted: Option<RowFilter>,
    /// The text of the field in a column's menu.
    pub(in crate::ui::pages::sheet) name_field: String,
    pub(in crate::ui::pages::sheet) read: DocumentSummary,
}

/// The summary of the document and its results, until one of them changes.
#[derive(Debug, Default)]
pub(in crate::ui::pages::sheet) struct DocumentSummary {
    pub(in crate::ui::pages::sheet) of: (u64, u64),
    pub(in crate::ui::pages::sheet) tally: RowTally,
    /// The run of all rows that are left.
    pub(in crate::ui::pages::sheet) left: RunOrder,
    pub(in crate::ui::pages::sheet) headings: Headings,
    pub(in crate::ui::pages::sheet) sources: Arc<Sources>,
}

/// The rows of a run, with their requests and price.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::ui::pages::sheet) struct RunOrder {
    pub(in crate::ui::pages::sheet) rows: Vec<RowId>,
    pub(in crate::ui::pages::sheet) requests: u64,
    pub(in crate::ui::pages::sheet) price: Option<Money>,
    /// The profiles that are used.
    pub(in crate::ui::pages::sheet) profiles: BTreeSet<ProfileId>,
}

impl OpenSheet {
    pub(in crate::ui::pages::sheet) fn new(document: SheetDocument, known: &StudioState) -> Self {
        let results = SheetResults::new(document.sheet().id, known.requests.iter().rev());
        Self {
            document,
            results,
            range: CellRange::default(),
            editing: None,
            widths: BTreeMap::new(),
            offset: egui::Vec2::ZERO,
            page: 1,
            reveal: false,
            focus: true,
            kept: 0,
            asked: 0,
            wish: 0,
            wanted: None,
            name_field: String::new(),
            read: DocumentSummary::default(),
        }
    }

    /// The number of rows of the table: those of the sheet, and an empty one for new text.
    pub(in crate::ui::pages::sheet) fn shown(&self) -> usize {
        self.document.height() + 1
    }

    /// Commits the cell that is edited.
    pub(in crate::ui::pages::sheet) fn commit(&mut self) {
        if let Some(editing) = self.editing.take() {
            self.document.set(editing.row, editing.column, &editing.text);
        }
    }

    /// Whether the plan of the current rows is known.
    pub(in crate::ui::pages::sheet) fn is_planned(&self) -> bool {
        self.asked == self.document.revision() && self.results.planned() == self.wish
    }

    /// Updates the summary of the document and its results.
    pub(in crate::ui::pages::sheet) fn refresh(&mut self, known: &StudioState) {
        let of = (self.document.revision(), self.results.revision());
        if self.read.of == of {
            return;
        }
        let sheet = self.document.sheet();
        let left = self.order(self.results.rows(sheet, RowFilter::Left));
        let headings = Headings::read(&sheet.columns);
        let mut sources = known.sources.as_ref().clone();
        for column in headings.columns() {
            if let Column::Variable(name) = column {
                sources.variables.insert(name.to_lowercase(), String::new());
                sources.variables.insert(name.clone(), String::new());
            }
        }
        self.read =
            DocumentSummary { of, tally: self.results.tally(sheet), left, headings, sources: Arc::new(sources) };
    }

    /// The run of some rows.
    pub(in crate::ui::pages::sheet) fn order(&self, rows: Vec<RowId>) -> RunOrder {
        let wanted: HashSet<RowId> = rows.iter().copied().collect();
        let chosen = self.document.sheet().rows.iter().filter(|row| wanted.contains(&row.id));
        let plans = chosen.filter_map(|row| self.results.plan(row));
        let mut order = RunOrder { rows, price: Some(Money::default()), ..RunOrder::default() };
        for plan in plans {
            order.requests += u64::from(plan.requests);
            order.price = order.price.zip(plan.price).map(|(sum, price)| sum + price);
            if !order.profiles.contains(&plan.profile) {
                order.profiles.insert(plan.profile.clone());
            }
        }
        order
    }

    /// The selected rows that can be generated.
    pub(in crate::ui::pages::sheet) fn chosen(&self) -> Vec<RowId> {
        let sheet = self.document.sheet();
        let can: HashSet<RowId> = self.results.rows(sheet, RowFilter::Chosen).into_iter().collect();
        let rows = self.range.rows(sheet.rows.len());
        sheet.rows[rows].iter().map(|row| row.id).filter(|id| can.contains(id)).collect()
    }
}

/// Why a run is blocked, as text.
pub(in crate::ui::pages::sheet) fn blocker(order: &RunOrder, cx: &ViewContext<'_>) -> Option<String> {
    if cx.known.read_only {
        return Some(cx.text.get("obstacle-newer-library"));
    }
    if order.requests > MAX_REQUESTS_PER_RUN {
        return Some(cx.text.with("obstacle-too-many", [("most", (MAX_REQUESTS_PER_RUN as usize).into())]));
    }
    let locked = order.profiles.iter().find_map(|id| match cx.known.profile(id) {
        Some(profile) if !cx.known.key_ready(profile) => Some(profile),
        _ => None,
    })?;
    Some(cx.text.with("obstacle-key", [("provider", locked.name.as_str().into())]))
}
