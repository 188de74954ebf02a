//! Keeps the keyboard focus where a person expects it: Tab goes in reading order, F6 from panel to panel, a dialog
//! starts on its first widget and gives the focus back, and no key press ends on nothing.

use std::collections::HashMap;

use egui::{
    Context, Event, Id, Key, LayerId, Memory, Order, Plugin, Popup, RawInput, Ui, WidgetRect, WidgetRects,
    accesskit::Node,
};

use super::focus_order::{FocusStop, in_reading_order};

/// The place of the panel whose main widget gets the focus when nothing else has it.
pub const CONTENT: u8 = 2;

/// Passes after which a dialog without any widget to focus is left alone.
const MAX_PASSES_WITHOUT_WIDGET: u8 = 8;

/// More ancestors than any widget has.
const MAX_DEPTH: usize = 64;

/// A part of the window that Tab finishes before it goes on.
#[derive(Clone, Copy, Debug)]
struct FocusArea {
    place: u8,
    /// Whether F6 stops here.
    panel: bool,
    /// The widget to focus where none had the focus before.
    main: Option<Id>,
}

/// A dialog that is open.
#[derive(Clone, Copy, Debug)]
struct OpenDialog {
    layer: LayerId,
    /// The widget that had the focus before.
    return_to: Option<Id>,
    /// Passes that are left to find its first widget.
    passes_left: u8,
}

/// A move of the focus that a key asks for.
#[derive(Clone, Copy, Debug)]
enum FocusMove {
    Next,
    Previous,
    NextPanel,
    PreviousPanel,
}

/// The keyboard focus of the window. egui owns it; this plugin decides where it goes.
#[derive(Debug, Default)]
pub struct FocusKeeper {
    /// The areas of the previous pass, by the id of their [`Ui`].
    areas: HashMap<Id, FocusArea>,
    /// The areas of the pass that is being drawn.
    drawn: HashMap<Id, FocusArea>,
    /// Widgets that use Tab themselves, in the previous pass and in this one.
    tab_users: [Vec<Id>; 2],
    wanted: Option<FocusMove>,
    dialogs: Vec<OpenDialog>,
    /// The widget outside of menus that had the focus last.
    last: Option<Id>,
    /// The widget that had the focus last in each panel.
    last_in_panel: HashMap<u8, Id>,
    /// The focus and the number of layers and dialogs at the end of the last pass.
    end_of_pass: Option<(Option<Id>, usize, usize)>,
}

/// Declares that what this [`Ui`] holds is visited together, in the order of `place` among its neighbors.
pub fn area(ui: &Ui, place: u8) {
    let area = FocusArea { place, panel: false, main: None };
    ui.ctx().with_plugin(|keeper: &mut FocusKeeper| keeper.drawn.insert(ui.unique_id(), area));
}

/// Declares a panel: an area that F6 goes to. `main` is the widget to focus where none had the focus before.
pub fn panel(ui: &Ui, place: u8, main: Option<Id>) {
    let area = FocusArea { place, panel: true, main };
    // A screen reader must not wander behind a dialog.
    if ui.memory(|memory| memory.top_modal_layer().is_some()) {
        ui.ctx().accesskit_node_builder(ui.unique_id(), Node::set_hidden);
    }
    ui.ctx().with_plugin(|keeper: &mut FocusKeeper| keeper.drawn.insert(ui.unique_id(), area));
}

/// Declares that a widget uses Tab itself while it has the focus.
pub fn keep_tab(ctx: &Context, widget: Id) {
    ctx.with_plugin(|keeper: &mut FocusKeeper| keeper.tab_users[1].push(widget));
}

/// Moves the focus to the next panel, or to the one before.
pub fn go_to_panel(ctx: &Context, forward: bool) {
    let wanted = if forward { FocusMove::NextPanel } else { FocusMove::PreviousPanel };
    ctx.with_plugin(|keeper: &mut FocusKeeper| keeper.wanted = Some(wanted));
    ctx.request_repaint();
}

impl Plugin for FocusKeeper {
    fn debug_name(&self) -> &'static str {
        "focus"
    }

    fn input_hook(&mut self, ctx: &Context, input: &mut RawInput) {
        let focused = ctx.memory(Memory::focused);
        if focused.is_some_and(|id| self.tab_users.iter().any(|users| users.contains(&id))) {
            return;
        }
        input.events.retain(|event| match event {
            Event::Key { key: Key::Tab, pressed: true, modifiers, .. } if modifiers.is_none() => {
                self.wanted = Some(FocusMove::Next);
                false
            }
            Event::Key { key: Key::Tab, pressed: true, modifiers, .. } if modifiers.shift_only() => {
                self.wanted = Some(FocusMove::Previous);
                false
            }
            _ => true,
        });
    }

    fn on_begin_pass(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        self.areas = std::mem::take(&mut self.drawn);
        self.tab_users = [std::mem::take(&mut self.tab_users[1]), Vec::new()];
        let now = FocusState {
            focused: ctx.memory(Memory::focused),
            modal: ctx.memory(Memory::top_modal_layer),
            menu_open: Popup::is_any_open(&ctx),
            pressed: ctx.input(|input| input.pointer.any_down()),
        };
        let target = ctx.viewport(|viewport| self.target(&viewport.prev_pass.widgets, now));
        if let Some(target) = target.filter(|target| Some(*target) != now.focused) {
            ctx.memory_mut(|memory| memory.request_focus(target));
            ctx.request_repaint();
        }
    }

    fn on_end_pass(&mut self, ui: &mut Ui) {
        // What opens, closes or loses the focus in this pass is answered in the next one.
        let (focused, layers) = ui.memory(|memory| (memory.focused(), memory.layer_ids().len()));
        let visible = self.dialogs.iter().filter(|dialog| ui.memory(|memory| memory.areas().is_visible(&dialog.layer)));
        let end = Some((focused, layers, visible.count()));
        if self.end_of_pass != end {
            self.end_of_pass = end;
            ui.ctx().request_repaint();
        }
    }
}

/// The focus at the beginning of a pass.
#[derive(Clone, Copy, Debug)]
struct FocusState {
    focused: Option<Id>,
    modal: Option<LayerId>,
    menu_open: bool,
    /// Whether a button of the pointer is down.
    pressed: bool,
}

impl FocusKeeper {
    /// The widget that shall have the focus from now on, if another one has it.
    fn target(&mut self, widgets: &WidgetRects, now: FocusState) -> Option<Id> {
        let returned = self.follow_dialogs(widgets, now);
        if let Some(wanted) = self.wanted.take()
            && let Some(target) = self.moved(wanted, widgets, now)
        {
            self.remember(widgets, target);
            return Some(target);
        }
        if let Some(focused) = now.focused {
            self.remember(widgets, focused);
        }
        returned.or_else(|| self.entered(widgets, now)).or_else(|| self.home(widgets, now))
    }

    /// Notes which dialogs were opened and closed. Returns the widget that gets the focus back.
    fn follow_dialogs(&mut self, widgets: &WidgetRects, now: FocusState) -> Option<Id> {
        let known = self.dialogs.iter().position(|dialog| Some(dialog.layer) == now.modal);
        let closed = match (now.modal, known) {
            (Some(layer), None) => {
                let passes_left = MAX_PASSES_WITHOUT_WIDGET;
                self.dialogs.push(OpenDialog { layer, return_to: self.last, passes_left });
                None
            }
            (Some(_), Some(at)) => self.dialogs.drain(at + 1..).next(),
            (None, _) => self.dialogs.drain(..).next(),
        };
        // A command of the dialog may have moved the focus already.
        let lost = now.focused.and_then(|id| widgets.get(id)).is_none();
        closed.filter(|_| lost)?.return_to.filter(|id| can_focus(widgets, *id))
    }

    /// The first widget of a dialog that has just opened and has not chosen one itself.
    fn entered(&mut self, widgets: &WidgetRects, now: FocusState) -> Option<Id> {
        let layer = self.dialogs.last().filter(|dialog| dialog.passes_left > 0)?.layer;
        let inside = now.focused.and_then(|id| widgets.get(id)).is_some_and(|widget| widget.layer_id == layer);
        let first = in_reading_order(self.stops(widgets, |widget| widget.layer_id == layer)).into_iter().next();
        let dialog = self.dialogs.last_mut()?;
        dialog.passes_left = if inside || first.is_some() { 0 } else { dialog.passes_left - 1 };
        first.filter(|_| !inside).map(|stop| stop.id)
    }

    /// The main widget of the window's content, if nothing has the focus.
    fn home(&self, widgets: &WidgetRects, now: FocusState) -> Option<Id> {
        if now.focused.is_some() || now.modal.is_some() || now.menu_open || now.pressed {
            return None;
        }
        let content = self.areas.values().find(|area| area.place == CONTENT && area.panel);
        content.and_then(|area| area.main).filter(|id| can_focus(widgets, *id))
    }

    /// Remembers a focused widget, unless it is in a menu, which closes.
    fn remember(&mut self, widgets: &WidgetRects, focused: Id) {
        let Some(widget) = widgets.get(focused) else { return };
        let path = self.path(widgets, widget);
        if widget.layer_id.order > Order::Middle && path.is_empty() {
            return;
        }
        self.last = Some(focused);
        if let Some(place) = path.first() {
            self.last_in_panel.insert(*place, focused);
        }
    }

    fn moved(&self, wanted: FocusMove, widgets: &WidgetRects, now: FocusState) -> Option<Id> {
        let stops = in_reading_order(self.reachable(widgets, now));
        let at = now.focused.and_then(|focused| stops.iter().position(|stop| stop.id == focused));
        let last = stops.len().checked_sub(1)?;
        let to = match wanted {
            FocusMove::Next => at.filter(|at| *at < last).map_or(0, |at| at + 1),
            FocusMove::Previous => at.and_then(|at| at.checked_sub(1)).unwrap_or(last),
            FocusMove::NextPanel | FocusMove::PreviousPanel => {
                let here = at.and_then(|at| stops[at].path.first().copied());
                return self.in_other_panel(here, matches!(wanted, FocusMove::NextPanel), &stops);
            }
        };
        Some(stops[to].id)
    }

    /// The widget to focus in the panel after or before this one.
    fn in_other_panel(&self, here: Option<u8>, forward: bool, stops: &[FocusStop]) -> Option<Id> {
        let mut panels: Vec<FocusArea> = self.areas.values().filter(|area| area.panel).copied().collect();
        panels.sort_by_key(|area| area.place);
        if !forward {
            panels.reverse();
        }
        let start = here.and_then(|here| panels.iter().position(|area| area.place == here)).map_or(0, |at| at + 1);
        let start = start.min(panels.len());
        panels.rotate_left(start);
        panels.iter().filter(|area| Some(area.place) != here).find_map(|area| {
            let inside: Vec<Id> =
                stops.iter().filter(|stop| stop.path.first() == Some(&area.place)).map(|stop| stop.id).collect();
            let had = self.last_in_panel.get(&area.place).copied();
            let wanted = [had, area.main].into_iter().flatten().find(|id| inside.contains(id));
            wanted.or_else(|| inside.first().copied())
        })
    }

    /// The widgets that Tab can reach from here: those of an open menu, else of the topmost dialog, else of the window.
    fn reachable(&self, widgets: &WidgetRects, now: FocusState) -> Vec<FocusStop> {
        // A list that belongs to a field, such as that of the models, is no menu: Tab leaves the field.
        let in_panel = |widget: &WidgetRect| widget.layer_id.order < Order::Foreground;
        let floats = |widget: &WidgetRect| widget.layer_id.order == Order::Foreground;
        if now.menu_open {
            let is_menu = |widget: &WidgetRect| floats(widget) && Some(widget.layer_id) != now.modal;
            let mut menus = self.stops(widgets, is_menu);
            menus.retain(|stop| stop.path.is_empty());
            let here = now.focused.and_then(|id| widgets.get(id)).map(|widget| widget.layer_id);
            let same = |stop: &FocusStop| widgets.get(stop.id).is_some_and(|widget| Some(widget.layer_id) == here);
            if menus.iter().any(same) {
                menus.retain(same);
            }
            if !menus.is_empty() {
                return menus;
            }
        }
        if let Some(modal) = now.modal {
            return self.stops(widgets, |widget| widget.layer_id == modal);
        }
        let mut stops = self.stops(widgets, |widget| in_panel(widget) || floats(widget));
        stops.retain(|stop| !stop.path.is_empty());
        stops
    }

    fn stops(&self, widgets: &WidgetRects, within: impl Fn(&WidgetRect) -> bool) -> Vec<FocusStop> {
        let layers = widgets.layers().flat_map(|(_, layer)| layer);
        let stops = layers.filter(|widget| is_stop(widget) && within(widget));
        stops.map(|widget| FocusStop { id: widget.id, rect: widget.rect, path: self.path(widgets, widget) }).collect()
    }

    /// The places of the areas around a widget, outermost first.
    fn path(&self, widgets: &WidgetRects, widget: &WidgetRect) -> Vec<u8> {
        let mut path = Vec::new();
        let mut parent = widget.parent_id;
        for _ in 0..MAX_DEPTH {
            path.extend(self.areas.get(&parent).map(|area| area.place));
            match widgets.get(parent) {
                Some(above) if above.parent_id != parent => parent = above.parent_id,
                _ => break,
            }
        }
        path.reverse();
        path
    }
}

fn is_stop(widget: &WidgetRect) -> bool {
    widget.enabled && widget.visible && widget.sense.is_focusable() && widget.rect.is_finite()
}

fn can_focus(widgets: &WidgetRects, id: Id) -> bool {
    widgets.get(id).is_some_and(is_stop)
}
