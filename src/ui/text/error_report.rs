//! Errors as texts that a person can send to others: without prompts, file names and addresses beyond the host. The
//! studio masks the keys in them.

use crate::{
    error_chain::chain,
    recipe::{Failure, FailureKind, Profile},
    studio::{DiagnosticStep, StartError},
};

use super::messages::Text;

impl Text {
    /// The report of a failed request or connection. `model` is empty if the error concerns none.
    pub fn failure_report(&self, failure: &Failure, profile: Option<&Profile>, model: &str) -> String {
        let words = self.failure(failure);
        let host = profile.map(Profile::host).unwrap_or_default();
        let status = failure.http_status.map(|status| status.to_string()).unwrap_or_default();
        let facts = [("report-provider", host.as_str()), ("report-model", model), ("report-status", status.as_str())];
        let facts = facts.into_iter().filter(|(_, value)| !value.is_empty());
        let mut lines = vec![self.program_line()];
        lines.extend(facts.map(|(key, value)| self.report_line(key, value)));
        lines.push(self.report_line("report-class", &class(failure.kind)));
        lines.push(String::new());
        lines.extend([words.title, words.sentence, words.next, words.charge]);
        lines.join("\n")
    }

    /// The report of the checks of a provider.
    pub fn diagnostics_report(&self, host: &str, steps: &[DiagnosticStep]) -> String {
        let mut lines = vec![self.program_line(), self.report_line("report-provider", host), String::new()];
        lines.extend(steps.iter().map(|step| {
            let words = self.doctor(step);
            format!("{:?}: {} {} {}", step.severity, words.title, words.sentence, words.next).trim_end().to_owned()
        }));
        lines.join("\n")
    }

    /// The report of an error that is known only by its sentences.
    pub fn report_of(&self, sentences: &str) -> String {
        [self.program_line(), String::new(), sentences.to_owned()].join("\n")
    }

    /// The report of a studio that could not start, with all sources of the error.
    pub fn start_report(&self, error: &StartError) -> String {
        let cause = self.report_line("report-cause", &chain(error).to_string());
        [self.program_line(), String::new(), self.start_error(error), cause].join("\n")
    }

    fn program_line(&self) -> String {
        let (system, processor) = (std::env::consts::OS, std::env::consts::ARCH);
        format!("{} {}, {system} {processor}", self.get("app-name"), env!("CARGO_PKG_VERSION"))
    }

    fn report_line(&self, key: &str, value: &str) -> String {
        self.with("report-line", [("name", self.get(key).into()), ("value", value.into())])
    }
}

/// The name of a kind as in JSON output, which is the same in every language.
fn class(kind: FailureKind) -> String {
    serde_json::to_value(kind).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::text::Locale;

    #[test]
    fn a_report_says_what_failed_and_where() {
        let failure = Failure::new(FailureKind::WrongKey).status(401).words("Invalid API key");
        for locale in Locale::ALL {
            let text = Text::new(locale.language());
            let report = text.failure_report(&failure, Some(&Profile::dgrid()), "maker/image-1");
            let sentence = text.failure(&failure).sentence;
            let host = Profile::dgrid().host();
            for part in [env!("CARGO_PKG_VERSION"), &host, "maker/image-1", "401", "wrong_key", &sentence] {
                assert!(report.contains(part), "{part} is missing in {report}");
            }
        }
    }

    #[test]
    fn a_report_of_the_start_has_the_sources_of_the_error() {
        let reason = "disk I/O error".into();
        let error = StartError::LibraryDamaged { library: "/library".into(), reason };
        assert!(Text::new(Locale::English.language()).start_report(&error).contains("disk I/O error"));
    }
}
