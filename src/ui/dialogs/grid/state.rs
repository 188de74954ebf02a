//! The state of the grid dialog.

use crate::{
    composition::{AxisValue, Composition},
    prompt::{Template, TemplatePart, TemplateProblem, parse},
    studio::ProviderEvent,
    ui::state::view_context::ViewContext,
};

use super::{
    axis::{Axis, AxisKind},
    count::GridEstimate,
};

/// Maximum number of prompts that are filled in for an axis of prompts.
const OFFERED: usize = 24;

/// The state of the dialog.
#[derive(Debug, Default)]
pub struct GridDialog {
    /// The composition of the composer when the dialog was opened.
    pub(super) base: Option<Composition>,
    /// The variables of the prompt.
    pub(super) variables: Vec<String>,
    pub(super) columns: Axis,
    pub(super) rows: Axis,
    /// The estimate, with its axes and the base.
    pub(super) counted: Option<(Axis, Axis, GridEstimate)>,
    /// Whether the confirmation of a large batch is shown.
    pub(super) asking: bool,
}

impl GridDialog {
    /// Folds an event about providers into this state.
    pub fn fold_providers(&mut self, event: &ProviderEvent) {
        if matches!(event, ProviderEvent::Models(..)) {
            self.count_again();
        }
    }

    /// Estimates the requests again, because prices or durations may have become known.
    pub fn count_again(&mut self) {
        self.counted = None;
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.base.is_some()
    }

    /// Opens it with the composer's settings. The axes are kept from the last time.
    pub fn open(&mut self, base: Composition) {
        if self.columns == Axis::default() {
            self.columns = Axis::of_models(&base.recipe.model);
        }
        let prompts = base.prompts();
        if (2..=OFFERED as u128).contains(&prompts.count()) {
            let prompts: Vec<String> = base.recipes().map(|recipe| recipe.prompt).take(OFFERED).collect();
            if base.styles.is_empty() {
                self.columns.offer_prompts(&prompts);
                self.rows.offer_prompts(&prompts);
            }
        }
        self.variables = variables(&base.recipe.prompt);
        for problem in prompts.problems() {
            if let TemplateProblem::NoVariable(name) = problem
                && !self.variables.contains(name)
            {
                self.variables.push(name.clone());
            }
        }
        for axis in [&mut self.columns, &mut self.rows] {
            let gone = |kind: &AxisKind| matches!(kind, AxisKind::Variable(name) if !self.variables.contains(name));
            axis.kind = axis.kind.take().filter(|kind| !gone(kind));
        }
        self.base = Some(base);
        self.counted = None;
        self.asking = false;
    }

    pub fn close(&mut self) {
        self.base = None;
        self.counted = None;
        self.asking = false;
    }

    pub(super) fn steps(&self, cx: &ViewContext<'_>) -> (Vec<AxisValue>, Vec<AxisValue>) {
        (self.columns.steps(cx).unwrap_or_default(), self.rows.steps(cx).unwrap_or_default())
    }

    /// The estimate, updated when its inputs have changed.
    pub(super) fn count(&mut self, cx: &ViewContext<'_>) -> GridEstimate {
        if let Some((columns, rows, count)) = &self.counted
            && (columns, rows) == (&self.columns, &self.rows)
        {
            return count.clone();
        }
        let count = self
            .base
            .as_ref()
            .map_or_else(GridEstimate::default, |base| GridEstimate::of(base, (&self.columns, &self.rows), cx));
        self.counted = Some((self.columns.clone(), self.rows.clone(), count.clone()));
        count
    }
}

/// The variables that a template uses, each once.
pub(super) fn variables(template: &str) -> Vec<String> {
    fn collect(template: &Template, found: &mut Vec<String>) {
        for part in &template.0 {
            match part {
                TemplatePart::Use { name, .. } if !found.contains(name) => found.push(name.clone()),
                TemplatePart::Choice(choice) => {
                    choice.options.iter().for_each(|option| collect(&option.template, found));
                }
                TemplatePart::Definition { value, .. } => collect(value, found),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    collect(&parse(template), &mut found);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_a_prompt_are_offered_once_each() {
        assert_eq!(variables("a $animal in {$place|the $animal's den}, $$ {x|y}"), ["animal", "place"]);
        assert_eq!(variables("no variable"), <[String; 0]>::default());
    }
}
