//! The output of a headless command: sentences and progress bars for people, JSON lines for programs.

use std::{
    fmt::Write as _,
    io::{IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    cli::paths,
    prompt::sheet::{CellFault, DetectedBy},
    recipe::{
        Failure, ImageId, Money, NextStep, Profile, ProfileId, RequestId, Usage, find_mismatch, is_invisible,
        replace_invisible,
    },
    studio::{
        CardState, CheckResult, DiagnosticStep, GatewayPause, ImageDetails, Issue, Notice, RequestCard, Severity,
        StartError, TableFile, export::ExportFailure, signals::Signal,
    },
    ui::text::Text,
};

/// Prints the results of a command.
pub(super) struct Report {
    json: bool,
    text: Text,
}

impl Report {
    pub(super) fn new(json: bool, text: Text) -> Self {
        Self { json, text }
    }

    pub(super) fn text(&self) -> &Text {
        &self.text
    }

    /// Reports a stored image; `elsewhere` is the file that it was also written to, `row` the row of its sheet.
    pub(super) fn image(&self, details: &ImageDetails, elsewhere: Option<&PathBuf>, row: Option<usize>) {
        let path = elsewhere.unwrap_or(&details.path);
        let found =
            find_mismatch(&details.facts.recipe.effective().parameters, details.facts.width, details.facts.height);
        if !self.json {
            let row = row.map(|row| format!("{} · ", self.row(row))).unwrap_or_default();
            line(&format!(
                "{row}{} · {} × {} · {} · {}",
                path.display(),
                details.facts.width,
                details.facts.height,
                details.facts.format.name(),
                self.text.bytes(details.bytes)
            ));
            if let Some(list) = self.text.left_out(&details.facts.recipe, &details.facts.recipe.unsupported) {
                complain(&self.text.with("composer-left-out", [("list", list.into())]));
            }
            if let Some(found) = &found {
                complain(&self.text.mismatch(found));
            }
            return;
        }
        let found = found.map(|found| json!({ "asked": found.requested(), "got": found.actual() }));
        let mut image = json!({
            "event": "image",
            "row": row,
            "id": details.facts.id,
            "request": details.facts.request,
            "sha256": details.sha256,
            "bytes": details.bytes,
            "width": details.facts.width,
            "height": details.facts.height,
            "format": details.facts.format,
            "provider": details.facts.recipe.profile,
            "model": details.facts.recipe.model,
            "prompt": details.facts.recipe.prompt,
            "not_sent": details.facts.recipe.unsupported,
            "mismatch": found,
            "text": details.facts.answer.text,
            "usage": details.facts.answer.usage.as_ref().map_or(Value::Null, tokens),
            "cost_usd": details.facts.cost.map(Money::dollars),
            "system_fingerprint": details.facts.answer.system_fingerprint,
            "took_ms": details.facts.took.as_millis() as u64,
        });
        paths::put_absolute(&mut image, "path", path);
        paths::put_absolute(&mut image, "original", &details.path);
        object(&image);
    }

    /// Reports how a table was read.
    pub(super) fn table_read(&self, file: &TableFile) {
        let reading = &file.reading;
        let guessed = reading.recognition.filter(|recognition| recognition.by == DetectedBy::Guess);
        let encoding = guessed.map(|recognition| {
            let facts = [("name", file.file.as_str().into()), ("encoding", recognition.encoding.name().into())];
            self.text.with("cli-table-encoding", facts)
        });
        let sentences: Vec<String> = encoding.into_iter().chain(self.text.left_out_of_table(reading)).collect();
        if self.json {
            object(&json!({
                "event": "sheet",
                "file": file.file,
                "encoding": reading.recognition.map(|recognition| recognition.encoding.name()),
                "encoding_guessed": guessed.is_some(),
                "rows": reading.table.rows().len(),
                "columns": reading.table.columns(),
                "left_out": reading.left_out,
                "other_sheets": reading.other_sheets,
                "message": sentences,
            }));
        } else {
            for sentence in &sentences {
                complain(sentence);
            }
        }
    }

    /// "Row 3", not counting the row of the column names.
    fn row(&self, row: usize) -> String {
        self.text.with("cli-row", [("row", row.into())])
    }

    /// Reports an error of a sheet's row. Nothing was sent.
    pub(super) fn row_fault(&self, row: usize, column: Option<&str>, fault: &CellFault) {
        let message = self.text.fault(fault);
        if self.json {
            object(&json!({
                "event": "failure",
                "row": row,
                "column": column,
                "kind": "row",
                "message": message,
                "charged": "no",
                "http_status": null,
            }));
        } else {
            let column = column.map(|column| format!(", {column}")).unwrap_or_default();
            complain(&format!("{}{column}: {message}", self.row(row)));
        }
    }

    /// Reports the table that was written beside images.
    pub(super) fn table(&self, path: &Path) {
        if self.json {
            object_at(json!({ "event": "table" }), path);
        } else {
            line(&path.display().to_string());
        }
    }

    /// Reports a failed request; `row` is the row of its sheet.
    pub(super) fn failure(&self, request: Option<RequestId>, failure: &Failure, row: Option<usize>) {
        let mut words = self.text.failure(failure);
        words.sentence = self.with_fingerprint(words.sentence, failure);
        if failure.next_step() == NextStep::TrustCertificate
            && let Some(trusted) = failure.refused_certificate()
        {
            let fingerprint = [("fingerprint", trusted.sha256.to_string().into())];
            words.next = self.text.join(&[&words.next, &self.text.with("cli-certificate-next", fingerprint)]);
        }
        if self.json {
            object(&json!({
                "event": "failure",
                "row": row,
                "request": request,
                "kind": failure.kind,
                "message": words.sentence,
                "next": words.next,
                "charged": failure.charged,
                "http_status": failure.http_status,
                "detail": failure.detail,
                "stored": failure.stored,
                "kept": failure.kept,
            }));
        } else {
            let row = row.map(|row| format!("{}: ", self.row(row))).unwrap_or_default();
            complain(&format!("{row}{}. {} {} {}", words.title, words.sentence, words.charge, words.next));
        }
    }

    /// A sentence with the fingerprint of its certificate.
    fn with_fingerprint(&self, sentence: String, failure: &Failure) -> String {
        match self.text.refused_fingerprint(failure) {
            fingerprint if fingerprint.is_empty() => sentence,
            fingerprint => self.text.join(&[&sentence, &fingerprint]),
        }
    }

    /// Reports an exported image.
    pub(super) fn exported(&self, id: ImageId, path: &Path) {
        if self.json {
            object_at(json!({ "event": "exported", "id": id }), path);
        } else {
            line(&path.display().to_string());
        }
    }

    /// Reports an image that was not exported.
    pub(super) fn export_failure(&self, id: ImageId, failure: &ExportFailure) {
        let kind = match failure {
            ExportFailure::Unreadable => "unreadable",
            ExportFailure::Skipped => "skipped",
            ExportFailure::TargetInLibrary => "in_library",
            ExportFailure::InternalError => "broke_down",
            ExportFailure::DiskFull => "disk_full",
            ExportFailure::WriteFailed(_) => "cannot_write",
        };
        let message = self.text.export_failure(failure);
        if self.json && *failure == ExportFailure::Skipped {
            object(&json!({ "event": "skipped", "id": id, "message": message }));
        } else {
            self.trouble(kind, &message, Some(id));
        }
    }

    /// Reports that the studio could not start.
    pub(super) fn cannot_start(&self, error: &StartError) {
        let kind = match error {
            StartError::LibraryBusy { .. } => "library_busy",
            StartError::LibraryUnwritable { .. } => "cannot_write",
            StartError::DiskFull { .. } => "disk_full",
            StartError::LibraryNewer { .. } => "library_newer",
            StartError::LibraryDamaged { .. } => "library_broken",
            StartError::System { .. } => "system",
        };
        self.trouble(kind, &self.text.start_error(error), None);
    }

    /// Reports that a signal ends the program, and that running requests may still finish.
    pub(super) fn ending(&self, signal: Signal, grace: Duration) {
        let facts = [("signal", signal.name().into()), ("seconds", grace.as_secs().into())];
        let message = self.text.with("cli-ending", facts);
        if self.json {
            object(&json!({
                "event": "ending",
                "signal": signal.name(),
                "grace_seconds": grace.as_secs(),
                "message": message,
            }));
        } else {
            complain(&message);
        }
    }

    /// Reports that a gateway is rate-limited.
    pub(super) fn gateway_pause(&self, pause: &GatewayPause, now: Timestamp) {
        let message = self.text.gateway_pause(pause, pause.profile.as_str(), now);
        if self.json {
            let seconds = pause.until.duration_since(now).as_secs_f64().max(0.0);
            object(&json!({
                "event": "waiting",
                "provider": pause.profile.as_str(),
                "seconds": (seconds * 10.0).round() / 10.0,
                "message": message,
            }));
        } else {
            complain(&message);
        }
    }

    /// Reports the requests that are left after a signal.
    pub(super) fn requests_left(&self, stored: usize, not_sent: usize, under_way: usize) {
        let mut sentences = vec![self.text.with("cli-stopped-stored", [("count", stored.into())])];
        if not_sent > 0 {
            sentences.push(self.text.with("cli-stopped-not-sent", [("count", not_sent.into())]));
        }
        if under_way > 0 {
            sentences.push(self.text.with("cli-stopped-under-way", [("count", under_way.into())]));
        }
        let sentences: Vec<&str> = sentences.iter().map(String::as_str).collect();
        let message = self.text.join(&sentences);
        if self.json {
            object(&json!({
                "event": "requests_left",
                "images": stored,
                "not_sent": not_sent,
                "under_way": under_way,
                "message": message,
            }));
        } else {
            complain(&message);
        }
    }

    /// Reports that a signal has ended the program.
    pub(super) fn stopped(&self, signal: Signal) {
        self.tell_stopped(signal, "cli-stopped");
    }

    /// Reports that a second signal ends the program while requests run.
    pub(super) fn stopped_at_once(&self, signal: Signal) {
        self.tell_stopped(signal, "cli-stopped-at-once");
    }

    fn tell_stopped(&self, signal: Signal, key: &str) {
        let message = self.text.with(key, [("signal", signal.name().into())]);
        if self.json {
            object(&json!({ "event": "stopped", "signal": signal.name(), "message": message }));
        } else {
            complain(&message);
        }
    }

    /// Reports invalid usage.
    pub(super) fn usage(&self, sentence: &str) {
        self.trouble("usage", sentence, None);
    }

    /// Reports a notice.
    pub(super) fn notice(&self, notice: &Notice) {
        let message = self.text.notice(notice);
        if self.json {
            object(&json!({ "event": "notice", "message": message }));
        } else {
            line(&message);
        }
    }

    /// Prints a hint on standard error that is no result.
    pub(super) fn aside(&self, message: &str) {
        if self.json {
            object(&json!({ "event": "notice", "message": message }));
        } else {
            complain(message);
        }
    }

    /// Reports that no gateway has this short name.
    pub(super) fn unknown_provider(&self, id: &ProfileId, profiles: &[Profile]) {
        let known: Vec<&str> = profiles.iter().map(|profile| profile.id.as_str()).collect();
        let names = [("name", id.as_str().into()), ("known", known.join(", ").into())];
        self.usage(&self.text.with("cli-unknown-provider", names));
    }

    /// Reports that a gateway's host is not confirmed, and how to confirm it.
    pub(super) fn host_not_confirmed(&self, profile: &Profile) {
        let names = [("name", profile.id.as_str().into()), ("host", profile.host().into())];
        self.trouble("host_not_confirmed", &self.text.with("cli-host-not-confirmed", names), None);
    }

    /// Reports an operation that the studio has refused.
    pub(super) fn refused(&self, notice: &Notice) {
        self.trouble("library", &self.text.notice(notice), None);
    }

    /// Reports a file that a rebuilt index leaves out.
    pub(super) fn left_out(&self, kind: &str, path: &Path) {
        let path = [("path", path.display().to_string().into())];
        self.trouble(kind, &self.text.with("cli-not-in-index", path), None);
    }

    /// Reports an unused reference, which is no issue.
    pub(super) fn unused(&self, path: &Path) {
        let message = self.text.with("cli-unused-reference", [("path", path.display().to_string().into())]);
        if self.json {
            object_at(json!({ "event": "unused_reference", "message": message }), path);
        } else {
            line(&format!("– {message}"));
        }
    }

    /// Reports an issue of the library.
    pub(super) fn flaw(&self, flaw: &Issue) {
        let message = self.text.flaw(flaw);
        if self.json {
            let of = json!({
                "event": "flaw",
                "kind": flaw.kind,
                "id": flaw.image,
                "mended": flaw.repaired,
                "message": message,
            });
            object_at(of, &flaw.path);
        } else {
            line(&format!("{} {message}", if flaw.repaired { "✓" } else { "✗" }));
        }
    }

    fn trouble(&self, kind: &str, message: &str, id: Option<ImageId>) {
        if self.json {
            object(&json!({
                "event": "failure",
                "id": id,
                "kind": kind,
                "message": message,
                "charged": "no",
                "http_status": null,
            }));
        } else {
            complain(message);
        }
    }

    /// Reports a step of the diagnostics.
    pub(super) fn check(&self, step: &DiagnosticStep) {
        let mut words = self.text.doctor(step);
        if let CheckResult::TlsFailed(failure) = &step.result {
            words.sentence = self.with_fingerprint(words.sentence, failure);
        }
        if self.json {
            object(&json!({
                "event": "check",
                "check": step.check,
                "health": step.severity,
                "message": words.sentence,
                "next": words.next,
            }));
            return;
        }
        let mark = match (step.severity, &step.result) {
            (_, CheckResult::ImageNotRequested { .. }) => "–",
            (Severity::Ok, _) => "✓",
            (Severity::Warning, _) => "!",
            (Severity::Failed, _) => "✗",
        };
        line(&format!("{mark} {}: {}", words.title, self.text.join(&[&words.sentence, &words.next])));
    }

    /// Creates a progress bar, if standard error is a terminal.
    pub(super) fn progress(&self) -> Progress<'_> {
        let hidden = self.json || !std::io::stderr().is_terminal();
        Progress { text: &self.text, bar: None, hidden }
    }
}

/// A progress bar on a terminal; otherwise nothing.
pub(super) struct Progress<'a> {
    text: &'a Text,
    bar: Option<ProgressBar>,
    hidden: bool,
}

impl Progress<'_> {
    /// Shows the progress of a request.
    pub(super) fn job(&mut self, job: &RequestCard) {
        match &job.state {
            CardState::Queued => {}
            CardState::Generating { .. } => {
                let words = self.text.get("cli-generating");
                self.bar(None).set_message(words);
            }
            CardState::RetryScheduled { failure, at, .. } => {
                let wait = at.duration_since(jiff::Timestamp::now()).try_into().unwrap_or_default();
                let words = self.text.again(failure, wait);
                self.bar(None).set_message(words);
            }
            CardState::Receiving { bytes, total, .. } => {
                let words = self.text.with("cli-receiving", [("bytes", self.text.bytes(*bytes).into())]);
                let bar = self.bar(*total);
                bar.set_position(*bytes);
                bar.set_message(words);
            }
            CardState::Done { .. } | CardState::Failed(_) | CardState::Cancelled { .. } => self.clear(),
        }
    }

    /// Shows the number of written files.
    pub(super) fn files(&mut self, done: usize, total: usize) {
        let words = format!("{done} / {total}");
        let bar = self.bar(Some(total as u64));
        bar.set_position(done as u64);
        bar.set_message(words);
    }

    /// Removes the bar.
    pub(super) fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn bar(&mut self, total: Option<u64>) -> &ProgressBar {
        let hidden = self.hidden;
        let known = self.bar.as_ref().is_some_and(|bar| bar.length() == total);
        if !known {
            self.clear();
        }
        self.bar.get_or_insert_with(|| {
            let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
            let bar = ProgressBar::with_draw_target(total, target);
            let template = if total.is_some() { "{bar:30} {msg} {elapsed}" } else { "{spinner} {msg} {elapsed}" };
            bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        })
    }
}

/// Prints a JSON object about a file as a line.
fn object_at(mut value: Value, path: &Path) {
    paths::put_absolute(&mut value, "path", path);
    object(&value);
}

/// Prints a JSON object as a line. Characters that a terminal would interpret or not show are escaped, so that programs
/// still read them unchanged. A closed pipe is ignored.
pub(super) fn object(value: &Value) {
    line(&escaped(&value.to_string()));
}

/// Prints a line with invisible characters made visible. A closed pipe is ignored.
pub(super) fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", replace_invisible(text)).and_then(|()| out.flush()).ok();
}

/// Prints a line on standard error with invisible characters made visible.
pub(super) fn complain(text: &str) {
    writeln!(std::io::stderr().lock(), "{}", replace_invisible(text)).ok();
}

/// Escapes invisible characters of JSON as `\uXXXX`. They occur only within its strings.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if is_invisible(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                write!(text, "\\u{unit:04x}").ok();
            }
        } else {
            text.push(character);
        }
    }
    text
}

/// Token counts as the gateway reported them, with the usual names added if those differ.
fn tokens(usage: &Usage) -> Value {
    let mut counts = match &usage.details {
        Value::Object(details) => details.clone(),
        _ => serde_json::Map::new(),
    };
    let usual = [
        ("prompt_tokens", usage.prompt_tokens),
        ("completion_tokens", usage.completion_tokens),
        ("total_tokens", usage.total_tokens),
    ];
    for (name, count) in usual {
        if let Some(count) = count {
            counts.entry(name).or_insert_with(|| count.into());
        }
    }
    Value::Object(counts)
}
