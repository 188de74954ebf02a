//! What was asked for before: to be brought back with keys or from a list.

/// So many prompts are kept, and so many bytes of them.
const MAX_PROMPTS: usize = 200;

const MAX_PROMPT_BYTES: usize = 256 << 10;

/// What was asked for before, newest first.
#[derive(Debug, Default)]
pub struct PromptHistory {
    pub(in crate::ui::panels::composer) asked: Vec<String>,
    /// Which of them stands in the composer.
    at: Option<usize>,
    /// What stood there before the first was brought back.
    draft: String,
    pub(in crate::ui::panels::composer) wanted: String,
}

/// A place in the history.
enum HistoryStep {
    Draft,
    Asked(usize),
}

impl PromptHistory {
    /// Takes what was kept.
    pub fn restore(&mut self, asked: &[String]) {
        *self = Self { asked: asked.to_vec(), ..Self::default() };
    }

    /// What was asked for, newest first.
    pub fn asked(&self) -> &[String] {
        &self.asked
    }

    /// This was asked for.
    pub fn ask(&mut self, prompt: &str) {
        self.asked.retain(|asked| asked != prompt);
        self.asked.insert(0, prompt.to_owned());
        self.asked.truncate(MAX_PROMPTS);
        let mut bytes = 0;
        self.asked.retain(|asked| {
            bytes += asked.len();
            bytes <= MAX_PROMPT_BYTES
        });
        self.at = None;
    }

    /// What comes before or after what stands in the composer.
    pub fn step(&mut self, prompt: &str, earlier: bool) -> Option<String> {
        let next = self.next(prompt, earlier)?;
        if self.shown(prompt).is_none() {
            prompt.clone_into(&mut self.draft);
        }
        self.at = match next {
            HistoryStep::Draft => None,
            HistoryStep::Asked(at) => Some(at),
        };
        Some(self.at.and_then(|at| self.asked.get(at)).unwrap_or(&self.draft).clone())
    }

    /// Whether there is anything before or after what stands in the composer.
    pub fn has(&self, prompt: &str, earlier: bool) -> bool {
        self.next(prompt, earlier).is_some()
    }

    /// Which of them stands in the composer, unless it was changed since.
    fn shown(&self, prompt: &str) -> Option<usize> {
        self.at.filter(|at| self.asked.get(*at).is_some_and(|asked| asked == prompt))
    }

    /// Where to go from what stands in the composer.
    fn next(&self, prompt: &str, earlier: bool) -> Option<HistoryStep> {
        let at = match (self.shown(prompt), earlier) {
            (None, true) => usize::from(self.asked.first().is_some_and(|first| first == prompt)),
            (Some(at), true) => at + 1,
            (Some(0), false) => return Some(HistoryStep::Draft),
            (Some(at), false) => at - 1,
            (None, false) => return None,
        };
        (at < self.asked.len()).then_some(HistoryStep::Asked(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_brought_back_and_the_draft_is_not_lost() {
        let mut history = PromptHistory::default();
        assert!(!history.has("", true) && !history.has("", false));
        for prompt in ["one", "two", "one", "three"] {
            history.ask(prompt);
        }
        assert_eq!(history.asked(), ["three", "one", "two"]);
        let step = |history: &mut PromptHistory, prompt: &str, earlier| history.step(prompt, earlier);
        assert_eq!(step(&mut history, "a draft", true).as_deref(), Some("three"));
        assert_eq!(step(&mut history, "three", true).as_deref(), Some("one"));
        assert_eq!(step(&mut history, "one", true).as_deref(), Some("two"));
        assert_eq!(step(&mut history, "two", true), None);
        assert_eq!(step(&mut history, "two", false).as_deref(), Some("one"));
        assert_eq!(step(&mut history, "one", false).as_deref(), Some("three"));
        assert_eq!(step(&mut history, "three", false).as_deref(), Some("a draft"));
        assert_eq!(step(&mut history, "a draft", false), None);
        // What was asked last stands there still.
        assert_eq!(step(&mut history, "three", true).as_deref(), Some("one"));
        // What was changed is a draft.
        assert_eq!(step(&mut history, "one more", true).as_deref(), Some("three"));
        assert_eq!(step(&mut history, "three", false).as_deref(), Some("one more"));
    }

    #[test]
    fn no_more_is_kept_than_can_be_written_down_quickly() {
        let mut history = PromptHistory::default();
        for number in 0..MAX_PROMPTS + 9 {
            history.ask(&number.to_string());
        }
        assert_eq!(history.asked().len(), MAX_PROMPTS);
        history.ask(&"x".repeat(MAX_PROMPT_BYTES));
        assert_eq!(history.asked().len(), 1);
    }
}
