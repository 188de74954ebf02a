//! The page of prompt sheets: a table whose rows are jobs, edited in place, with what has become of each row beside it.
//!
//! The open sheet is the window's own. Every change is sent to the studio whole, which keeps it and says what its rows
//! come to; only what is in sight is drawn, and nothing is read anew from frame to frame.

mod bar;
mod column;
mod document;
mod editing;
mod exporting;
mod foot;
mod keys;
mod opening;
mod range;
mod results;
mod shelf;
mod table;

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

use egui::{Rect, Ui, UiBuilder, pos2};

use crate::{
    prompt::{
        Sources,
        sheet::{Column, Field, Headings, Table},
    },
    recipe::{ImageId, Money, ProfileId, Recipe, RowId, SheetHead, SheetListed},
    studio::{Command, Event, SheetNews, SheetWish, TableFile},
};

use super::{
    Cx,
    action::{Action, Actions},
    known::Known,
    theme::{self, size},
};

use document::Document;
use editing::Editing;
use exporting::Exporting;
use opening::Opening;
use range::Range;
use results::{Results, Tally, Which};

/// So many requests can be sent at once.
const MOST: u64 = 10_000;
/// A set of more requests is asked about first.
const ASKED_ABOUT: u64 = 50;

/// What the page remembers.
#[derive(Debug, Default)]
pub struct SheetPage {
    /// The sheets that are kept, once they were told of.
    listed: Option<Vec<SheetListed>>,
    list_asked: bool,
    open: Option<Box<Open>>,
    /// Counts wishes to know what rows come to.
    wishes: u64,
    /// What names mean has changed.
    replan: bool,
    /// Pictures have gone or come back.
    look_again: bool,
    /// A table that was read from a file and is still to be opened.
    arrived: Option<Arc<TableFile>>,
    /// A table that a person looks at before it is opened.
    opening: Option<Opening>,
    /// Pictures for each of which a new sheet is to have a row.
    pictures: Vec<ImageId>,
    /// What is asked about before it is sent.
    question: Option<Order>,
    exporting: Option<Exporting>,
}

/// The sheet that is open.
#[derive(Debug)]
struct Open {
    document: Document,
    results: Results,
    range: Range,
    editing: Option<Editing>,
    /// Widths of columns that a person has changed, by their names.
    widths: BTreeMap<String, f32>,
    /// How far the table is scrolled.
    offset: egui::Vec2,
    /// How many rows are in sight.
    page: usize,
    /// Bring the cell that the keyboard is on into sight.
    reveal: bool,
    /// Give the table the keyboard.
    focus: bool,
    /// The revision of the document that is kept, and the one whose rows the studio was asked about.
    kept: u64,
    asked: u64,
    /// The number of that wish.
    wish: u64,
    /// What is to be asked for as soon as it is known what the rows come to.
    wanted: Option<Which>,
    /// What a column's menu has in its field.
    name_field: String,
    read: Read,
}

/// What is made of the document and its results, until one of them changes.
#[derive(Debug, Default)]
struct Read {
    of: (u64, u64),
    tally: Tally,
    /// What asking for all that is left comes to.
    left: Order,
    headings: Headings,
    sources: Arc<Sources>,
}

/// Rows that are to be asked for, and what that comes to.
#[derive(Clone, Debug, Default, PartialEq)]
struct Order {
    rows: Vec<RowId>,
    requests: u64,
    price: Option<Money>,
    /// The gateways that are asked.
    profiles: BTreeSet<ProfileId>,
}

impl Open {
    fn new(document: Document, known: &Known) -> Self {
        let results = Results::new(document.sheet().id, known.jobs.iter().rev());
        Self {
            document,
            results,
            range: Range::default(),
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
            read: Read::default(),
        }
    }

    /// The rows that the table shows: those of the sheet, and one to be written into.
    fn shown(&self) -> usize {
        self.document.height() + 1
    }

    /// Writes down what is being edited.
    fn commit(&mut self) {
        if let Some(editing) = self.editing.take() {
            self.document.set(editing.row, editing.column, &editing.text);
        }
    }

    /// Whether it is known what the rows come to as they are now.
    fn is_planned(&self) -> bool {
        self.asked == self.document.revision() && self.results.planned() == self.wish
    }

    /// Brings up to date what is made of the document and its results.
    fn refresh(&mut self, known: &Known) {
        let of = (self.document.revision(), self.results.heard());
        if self.read.of == of {
            return;
        }
        let sheet = self.document.sheet();
        let left = self.order(self.results.rows(sheet, Which::Left));
        let headings = Headings::read(&sheet.columns);
        let mut sources = known.sources.as_ref().clone();
        for column in headings.columns() {
            if let Column::Variable(name) = column {
                sources.variables.insert(name.to_lowercase(), String::new());
                sources.variables.insert(name.clone(), String::new());
            }
        }
        self.read = Read { of, tally: self.results.tally(sheet), left, headings, sources: Arc::new(sources) };
    }

    /// What asking for some rows comes to.
    fn order(&self, rows: Vec<RowId>) -> Order {
        let wanted: HashSet<RowId> = rows.iter().copied().collect();
        let chosen = self.document.sheet().rows.iter().filter(|row| wanted.contains(&row.id));
        let plans = chosen.filter_map(|row| self.results.plan(row));
        let mut order = Order { rows, price: Some(Money::default()), ..Order::default() };
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
    fn chosen(&self) -> Vec<RowId> {
        let sheet = self.document.sheet();
        let can: HashSet<RowId> = self.results.rows(sheet, Which::Chosen).into_iter().collect();
        let rows = self.range.rows(sheet.rows.len());
        sheet.rows[rows].iter().map(|row| row.id).filter(|id| can.contains(id)).collect()
    }
}

impl SheetPage {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event, known: &Known) {
        match event {
            Event::Sheet(SheetNews::List(sheets)) => self.listed = Some(sheets.clone()),
            Event::Sheet(SheetNews::Opened(sheet)) => {
                let document = Document::new(sheet.as_ref().clone());
                let kept = document.revision();
                self.open = Some(Box::new(Open { kept, ..Open::new(document, known) }));
            }
            Event::Sheet(SheetNews::Table(file)) if self.opening.is_some() || file.is_doubtful() => {
                self.opening = Some(Opening::new(Arc::clone(file)));
            }
            Event::Sheet(SheetNews::Table(file)) => self.arrived = Some(Arc::clone(file)),
            Event::Sheet(SheetNews::NoTableAgain(encoding, _)) => {
                if let Some(opening) = &mut self.opening {
                    opening.refuse(*encoding);
                }
            }
            Event::Settings(_) | Event::Models(..) | Event::Wildcards(_) => self.replan = true,
            Event::Deleted(_) | Event::Restored(_) | Event::ImportDone(_) => self.look_again = true,
            _ => {}
        }
        if let Some(open) = &mut self.open {
            open.results.fold(event);
        }
        if let Some(exporting) = &mut self.exporting {
            exporting.fold(event);
        }
    }

    /// The styles or variables have changed.
    pub fn follow_kit(&mut self) {
        self.replan = true;
    }

    /// Begins a sheet that has a row for each of these pictures, with the picture as its reference.
    pub fn begin_with(&mut self, pictures: Vec<ImageId>) {
        self.pictures = pictures;
    }

    /// Whether one of its dialogs is on screen.
    pub fn dialog_open(&self) -> bool {
        self.question.is_some() || self.exporting.is_some() || self.opening.is_some()
    }

    /// Whether there is something to ask for.
    pub fn can_run(&self, known: &Known) -> bool {
        let Some(open) = &self.open else { return false };
        !known.look_only && (!open.read.left.rows.is_empty() || open.editing.is_some() || !open.is_planned())
    }

    /// Whether a change of the open sheet can be taken back.
    pub fn can_undo(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.document.can(true))
    }

    /// Takes back the last change of the open sheet.
    pub fn undo(&mut self) {
        if let Some(open) = &mut self.open {
            keys::undo(open, true);
        }
    }

    /// Asks for what has no picture yet, as soon as it is known what that comes to.
    pub fn run(&mut self) {
        if let Some(open) = &mut self.open {
            open.commit();
            open.wanted = Some(Which::Left);
        }
    }

    /// Opens a table as a new sheet, whose base is what the composer has.
    fn open_table(&mut self, name: String, file: Option<&TableFile>, table: Table, base: &Base<'_>, known: &Known) {
        let (columns, rows) = table.into_parts();
        let own_prompts = Headings::read(&columns).has_prompt();
        let template = if own_prompts { String::new() } else { base.recipe.prompt.clone() };
        let folder = file.and_then(|file| file.folder.clone());
        let head = SheetHead { name, template, folder, ..base.head() };
        self.open = Some(Box::new(Open::new(Document::of(head, columns, rows), known)));
    }

    /// Tells the studio of changes.
    fn tell(&mut self, actions: &mut Actions) {
        if !std::mem::replace(&mut self.list_asked, true) {
            actions.push(Action::Send(Command::Sheet(SheetWish::List)));
        }
        let Some(open) = &mut self.open else { return };
        if std::mem::take(&mut self.look_again) {
            actions.send(Command::Sheet(SheetWish::WantPictures(open.document.sheet().id)));
        }
        let revision = open.document.revision();
        if revision == open.asked && revision == open.kept && !self.replan {
            return;
        }
        let sheet = Arc::new(open.document.sheet().clone());
        if revision != open.kept {
            open.kept = revision;
            actions.send(Command::Sheet(SheetWish::Keep(Arc::clone(&sheet))));
        }
        self.replan = false;
        self.wishes += 1;
        (open.asked, open.wish) = (revision, self.wishes);
        actions.send(Command::Sheet(SheetWish::Plan { sheet, revision: self.wishes }));
    }

    /// Asks for what was wanted, or asks about it first.
    fn order_wanted(&mut self, cx: &Cx<'_>, actions: &mut Actions) {
        let Some(open) = self.open.as_mut().filter(|open| open.is_planned()) else { return };
        let Some(which) = open.wanted.take() else { return };
        let rows = match which {
            Which::Chosen => open.chosen(),
            which => open.results.rows(open.document.sheet(), which),
        };
        let order = open.order(rows);
        if order.rows.is_empty() || foot::obstacle(&order, cx).is_some() {
            return;
        }
        if order.requests > ASKED_ABOUT {
            self.question = Some(order);
        } else {
            send(open, &order, actions);
        }
    }
}

/// Sends what was ordered. What failed and asks for the same is asked again, so that an answer that was paid for already
/// is not paid for twice; what failed and asked for something else gives way.
fn send(open: &mut Open, order: &Order, actions: &mut Actions) {
    let wanted: HashSet<RowId> = order.rows.iter().copied().collect();
    let mut anew = Vec::new();
    let sheet = Arc::new(open.document.sheet().clone());
    for row in sheet.rows.iter().filter(|row| wanted.contains(&row.id)) {
        let ended = open.results.ended(row);
        let again = ended.iter().any(|(_, same)| *same);
        for (request, same) in ended {
            actions.send(if same { Command::Retry(request) } else { Command::Dismiss(request) });
        }
        if !again {
            anew.push(row.id);
        }
    }
    if !anew.is_empty() {
        open.results.send(anew.iter().copied());
        actions.send(Command::Sheet(SheetWish::Ask { sheet, rows: anew }));
    }
}

/// What rows ask for where they do not say it themselves: what the composer has.
#[derive(Clone, Copy, Debug)]
pub struct Base<'a> {
    /// Model, parameters and references.
    pub recipe: &'a Recipe,
    /// The styles that are on.
    pub styles: &'a [String],
}

impl Base<'_> {
    /// The head of a sheet with this base, but for its name and template.
    fn head(&self) -> SheetHead {
        // What belongs to one picture or to one conversation is not for every row.
        let Recipe { negative, profile, model, parameters, references, .. } = self.recipe.clone();
        let base = Recipe { negative, profile, model, parameters, references, ..Recipe::default() };
        SheetHead { base, styles: self.styles.to_vec(), ..SheetHead::default() }
    }
}

/// Draws the page.
pub fn show(ui: &mut Ui, page: &mut SheetPage, base: &Base<'_>, cx: &Cx<'_>, actions: &mut Actions) {
    if let Some(file) = page.arrived.take() {
        page.open_table(file.name.clone(), Some(&file), file.reading.table.clone(), base, cx.known);
    }
    let pictures = std::mem::take(&mut page.pictures);
    if !pictures.is_empty() {
        let columns = [Column::Field(Field::References), Column::Prompt].map(|column| column.to_string()).to_vec();
        let rows = pictures.iter().map(|id| vec![id.to_string(), String::new()]).collect();
        let head = base.head();
        // Each row has its own picture.
        let base = Recipe { references: Vec::new(), ..head.base };
        let head = SheetHead { name: cx.text.get("sheet-untitled"), base, ..head };
        page.open = Some(Box::new(Open::new(Document::of(head, columns, rows), cx.known)));
    }
    let Some(open) = &mut page.open else {
        page.tell(actions);
        shelf::show(ui, page, base, cx, actions);
        return;
    };
    open.refresh(cx.known);
    keys::take(ui, open, cx, actions);
    let whole = ui.available_rect_before_wrap();
    let palette = theme::palette(ui.visuals());
    ui.painter().rect_filled(whole, 0.0, palette.panel);
    let inner = whole.shrink2(egui::vec2(size::EDGE, 0.0));
    let top = ui.scope_builder(UiBuilder::new().max_rect(inner), |ui| {
        ui.spacing_mut().item_spacing.y = size::GAP;
        bar::show(ui, open, base, cx, actions)
    });
    let (left, bottom) = (top.inner, top.response.rect.bottom() + size::SECTION);
    let foot_top = whole.bottom() - foot::HEIGHT;
    let middle = Rect::from_min_max(pos2(whole.left(), bottom), pos2(whole.right(), foot_top.max(bottom)));
    ui.scope_builder(UiBuilder::new().max_rect(middle), |ui| table::show(ui, open, cx, actions));
    let foot = Rect::from_min_max(pos2(whole.left(), middle.bottom()), whole.max);
    let pressed = ui.scope_builder(UiBuilder::new().max_rect(foot), |ui| foot::show(ui, open, cx, actions)).inner;
    match pressed {
        Some(foot::Pressed::Run(which)) => {
            open.commit();
            open.wanted = Some(which);
        }
        Some(foot::Pressed::Export) => page.exporting = Some(Exporting::default()),
        None => {}
    }
    if let Some(left) = left {
        if let Some(open) = page.open.as_mut().filter(|_| left == bar::Left::Closed) {
            open.commit();
            page.tell(actions);
        }
        page.open = None;
        page.list_asked = false;
        page.listed = None;
    }
    page.tell(actions);
    page.order_wanted(cx, actions);
}

/// Draws the page's dialogs over everything. Only called while one is open.
pub fn dialogs(ui: &Ui, page: &mut SheetPage, cx: &Cx<'_>, actions: &mut Actions) {
    if let Some(opening) = &mut page.opening {
        match opening::show(ui, opening, cx, actions) {
            Some(opening::Pressed::Open) => page.arrived = page.opening.take().map(Opening::into_file),
            Some(opening::Pressed::Cancel) => page.opening = None,
            None => {}
        }
    }
    let Some(open) = &mut page.open else {
        (page.question, page.exporting) = (None, None);
        return;
    };
    if let Some(order) = page.question.take() {
        match foot::question(ui, &order, cx) {
            Some(true) => send(open, &order, actions),
            Some(false) => {}
            None => page.question = Some(order),
        }
    }
    if let Some(exporting) = &mut page.exporting
        && exporting::show(ui, exporting, open, cx, actions)
    {
        page.exporting = None;
    }
}
