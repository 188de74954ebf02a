//! Texts about a run: the requests that were queued until the queue was empty.

use crate::studio::RunProgress;

use super::messages::Text;

impl Text {
    /// What became of a run, in short.
    pub fn run_title(&self, progress: &RunProgress) -> String {
        if progress.done > 0 {
            self.with("run-done", [("count", progress.done.into())])
        } else {
            self.get("run-nothing-done")
        }
    }

    /// What became of a run, as a screen reader says it.
    pub fn run_ended(&self, progress: &RunProgress) -> String {
        let title = self.run_title(progress);
        if progress.failed == 0 {
            return title;
        }
        let failed = self.with("run-failed", [("count", progress.failed.into())]);
        self.with("announce-run-ended", [("title", title.into()), ("failed", failed.into())])
    }
}
