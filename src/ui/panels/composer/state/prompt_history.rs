//! The history of prompts, recalled with keys or from a list.

/// Maximum number of prompts, and of their bytes.
const MAX_PROMPTS: usize = 200;

const MAX_PROMPT_BYTES: usize = 256 << 10;

/// The prompt history, newest first.
#[derive(Debug, Default)]
pub struct PromptHistory {
    pub(in crate::ui::panels::composer) asked: Vec<String>,
    /// The index of the prompt in the composer.
    at: Option<usize>,
    /// The prompt before the first one was recalled.
    draft: String,
    pub(in crate::ui::panels::composer) wanted: String,
}

/// A position in the history.
enum HistoryStep {
    Draft,
    Asked(usize),
}

impl PromptHistory {
    /// Restores a saved history.
    pub fn restore(&mut self, asked: &[String]) {
        *self = Self { asked: asked.to_vec(), ..Self::default() };
    }

    /// The prompts, newest first.
    pub fn asked(&self) -> &[String] {
        &self.asked
    }

    /// Adds a prompt.
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

    /// Steps to the previous or next prompt.
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

    /// Whether there is a previous or next prompt.
    pub fn has(&self, prompt: &str, earlier: bool) -> bool {
        self.next(prompt, earlier).is_some()
    }

    /// The index of the prompt in the composer, unless it was changed.
    fn shown(&self, prompt: &str) -> Option<usize> {
        self.at.filter(|at| self.asked.get(*at).is_some_and(|asked| asked == prompt))
    }

    /// The previous or next position.
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
    fn prompts_are_restored_without_losing_the_draft() {
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
        // The last prompt is still in the composer.
        assert_eq!(step(&mut history, "three", true).as_deref(), Some("one"));
        // A changed prompt is a draft.
        assert_eq!(step(&mut history, "one more", true).as_deref(), Some("three"));
        assert_eq!(step(&mut history, "three", false).as_deref(), Some("one more"));
    }

    #[test]
    fn prompt_history_is_limited() {
        let mut history = PromptHistory::default();
        for number in 0..MAX_PROMPTS + 9 {
            history.ask(&number.to_string());
        }
        assert_eq!(history.asked().len(), MAX_PROMPTS);
        history.ask(&"x".repeat(MAX_PROMPT_BYTES));
        assert_eq!(history.asked().len(), 1);
    }
}
