//! The sheet that is open: its document, its results, and what its rows come to.

use super::{
    cell_edit::CellEdit,
    cell_range::CellRange,
    document::SheetDocument,
    results::{RowFilter, RowTally, SheetResults},
};
use crate::{
    prompt::{
        Sources,
        sheet::{Column, Headings},
    },
    recipe::{Money, ProfileId, RowId},
    ui::state::{studio_state::StudioState, view_context::ViewContext},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

/// So many requests can be sent at once.
const MAX_REQUESTS_PER_RUN: u64 = 10_000;

/// The sheet that is open.
#[derive(Debug)]
pub(in crate::ui::pages::sheet) struct OpenSheet {
    pub(in crate::ui::pages::sheet) document: SheetDocument,
    pub(in crate::ui::pages::sheet) results: SheetResults,
    pub(in crate::ui::pages::sheet) range: CellRange,
    pub(in crate::ui::pages::sheet) editing: Option<CellEdit>,
    /// Widths of columns that a person has changed, by their names.
    pub(in crate::ui::pages::sheet) widths: BTreeMap<String, f32>,
    /// How far the table is scrolled.
    pub(in crate::ui::pages::sheet) offset: egui::Vec2,
    /// How many rows are in sight.
    pub(in crate::ui::pages::sheet) page: usize,
    /// Bring the cell that the keyboard is on into sight.
    pub(in crate::ui::pages::sheet) reveal: bool,
    /// Give the table the keyboard.
    pub(in crate::ui::pages::sheet) focus: bool,
    /// The revision of the document that is kept, and the one whose rows the studio was asked about.
    pub(in crate::ui::pages::sheet) kept: u64,
    pub(in crate::ui::pages::sheet) asked: u64,
    /// The number of that wish.
    pub(in crate::ui::pages::sheet) wish: u64,
    /// What is to be asked for as soon as it is known what the rows come to.
    pub(in crate::ui::pages::sheet) wanted: Option<RowFilter>,
    /// What a column's menu has in its field.
    pub(in crate::ui::pages::sheet) name_field: String,
    pub(in crate::ui::pages::sheet) read: SheetSummary,
}

/// What is made of the document and its results, until one of them changes.
#[derive(Debug, Default)]
pub(in crate::ui::pages::sheet) struct SheetSummary {
    pub(in crate::ui::pages::sheet) of: (u64, u64),
    pub(in crate::ui::pages::sheet) tally: RowTally,
    /// What asking for all that is left comes to.
    pub(in crate::ui::pages::sheet) left: RunOrder,
    pub(in crate::ui::pages::sheet) headings: Headings,
    pub(in crate::ui::pages::sheet) sources: Arc<Sources>,
}

/// Rows that are to be asked for, and what that comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::ui::pages::sheet) struct RunOrder {
    pub(in crate::ui::pages::sheet) rows: Vec<RowId>,
    pub(in crate::ui::pages::sheet) requests: u64,
    pub(in crate::ui::pages::sheet) price: Option<Money>,
    /// The gateways that are asked.
    pub(in crate::ui::pages::sheet) profiles: BTreeSet<ProfileId>,
}

impl OpenSheet {
    pub(in crate::ui::pages::sheet) fn new(document: SheetDocument, known: &StudioState) -> Self {
        let results = SheetResults::new(document.sheet().id, known.jobs.iter().rev());
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
            read: SheetSummary::default(),
        }
    }

    /// The rows that the table shows: those of the sheet, and one to be written into.
    pub(in crate::ui::pages::sheet) fn shown(&self) -> usize {
        self.document.height() + 1
    }

    /// Writes down what is being edited.
    pub(in crate::ui::pages::sheet) fn commit(&mut self) {
        if let Some(editing) = self.editing.take() {
            self.document.set(editing.row, editing.column, &editing.text);
        }
    }

    /// Whether it is known what the rows come to as they are now.
    pub(in crate::ui::pages::sheet) fn is_planned(&self) -> bool {
        self.asked == self.document.revision() && self.results.planned() == self.wish
    }

    /// Brings up to date what is made of the document and its results.
    pub(in crate::ui::pages::sheet) fn refresh(&mut self, known: &StudioState) {
        let of = (self.document.revision(), self.results.heard());
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
        self.read = SheetSummary { of, tally: self.results.tally(sheet), left, headings, sources: Arc::new(sources) };
    }

    /// What asking for some rows comes to.
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

    /// The rows that are chosen in the table and can be asked for.
    pub(in crate::ui::pages::sheet) fn chosen(&self) -> Vec<RowId> {
        let sheet = self.document.sheet();
        let can: HashSet<RowId> = self.results.rows(sheet, RowFilter::Chosen).into_iter().collect();
        let rows = self.range.rows(sheet.rows.len());
        sheet.rows[rows].iter().map(|row| row.id).filter(|id| can.contains(id)).collect()
    }
}

/// Why rows cannot be asked for, in words.
pub(in crate::ui::pages::sheet) fn obstacle(order: &RunOrder, cx: &ViewContext<'_>) -> Option<String> {
    if cx.known.look_only {
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
