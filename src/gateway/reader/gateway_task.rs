//! Tasks: responses without an image that contain the ID of a task and sometimes the address to poll.

use serde_json::Value;

/// The longest ID or address that is accepted, in bytes.
const MAX_VALUE_BYTES: usize = 1024;

/// The depth to which a response is searched for a task.
const MAX_DEPTH: usize = 6;

/// Names of fields that always contain the ID of a task.
const ID_FIELDS: [&str; 9] =
    ["task_id", "taskId", "taskID", "job_id", "jobId", "prediction_id", "generation_id", "generationId", "request_id"];

/// Names of fields that contain the address to poll, the most specific first.
const ADDRESS_FIELDS: [&str; 7] =
    ["polling_url", "poll_url", "status_url", "task_url", "response_url", "fetch_url", "result_url"];

/// Status words of running tasks.
const PENDING_STATUSES: [&str; 22] = [
    "submitted",
    "submit",
    "queued",
    "queueing",
    "queuing",
    "in_queue",
    "inqueue",
    "not_start",
    "not_started",
    "pending",
    "processing",
    "in_progress",
    "inprogress",
    "running",
    "working",
    "generating",
    "created",
    "starting",
    "started",
    "waiting",
    "accepted",
    "scheduled",
];

/// Status words of ended tasks, successful or not.
const ENDED_STATUSES: [&str; 14] = [
    "completed",
    "complete",
    "succeeded",
    "success",
    "succeed",
    "successful",
    "finished",
    "done",
    "ready",
    "failed",
    "failure",
    "error",
    "canceled",
    "cancelled",
];

/// The status of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// It is running.
    Waiting,
    /// It has ended, successfully or not.
    Ended,
}

/// A task that a gateway has started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskTicket {
    /// Its ID.
    pub id: String,
    /// The addresses to poll, according to the response.
    pub addresses: Vec<String>,
}

/// The parts of a response that concern a task.
#[derive(Debug, Default)]
struct TaskFields {
    /// An ID in a field that only tasks have.
    id: Option<String>,
    /// A plain `id`, which many objects have.
    plain_id: Option<String>,
    addresses: Vec<String>,
    state: Option<TaskState>,
    /// Whether the response has a field that may contain an image or an error.
    has_more: bool,
}

/// The task that a response without an image has started. `None` if it contains none, or one that has ended.
pub(super) fn task_in(answer: &Value) -> Option<TaskTicket> {
    let mut found = TaskFields::default();
    found.read(answer, 0);
    if found.state == Some(TaskState::Ended) || found.has_more {
        return None;
    }
    let is_task = found.state == Some(TaskState::Waiting) || !found.addresses.is_empty();
    let id = found.id.or_else(|| found.plain_id.filter(|_| is_task)).or_else(|| bare_id(answer));
    match id {
        Some(id) => Some(TaskTicket { id, addresses: found.addresses }),
        // The address is sufficient.
        None if is_task && !found.addresses.is_empty() => {
            Some(TaskTicket { id: String::new(), addresses: found.addresses })
        }
        None => None,
    }
}

/// The status of the task in the response to a poll; `None` if it contains none.
pub fn task_state(answer: &[u8]) -> Option<TaskState> {
    let mut found = TaskFields::default();
    found.read(&serde_json::from_slice(answer).ok()?, 0);
    found.state
}

impl TaskFields {
    fn read(&mut self, value: &Value, depth: usize) {
        let fields = match value {
            Value::Object(fields) if depth <= MAX_DEPTH => fields,
            Value::Array(values) if depth <= MAX_DEPTH => {
                return values.iter().take(8).for_each(|value| self.read(value, depth + 1));
            }
            _ => return,
        };
        let text = |name: &str| fields.get(name).and_then(id_text);
        for name in ID_FIELDS {
            // Some gateways add a request ID to every response.
            if let Some(id) = text(name).filter(|_| name != "request_id" || says_where(fields)) {
                self.id.get_or_insert(id);
            }
        }
        if let Some(id) = text("id") {
            self.plain_id.get_or_insert(id);
        }
        let named = ADDRESS_FIELDS.iter().filter_map(|name| fields.get(*name)?.as_str());
        let in_urls = fields.get("urls").and_then(|urls| urls.get("get")?.as_str());
        for address in named.chain(in_urls).filter(|address| !address.is_empty() && address.len() <= MAX_VALUE_BYTES) {
            if !self.addresses.iter().any(|known| known == address) {
                self.addresses.push(address.to_owned());
            }
        }
        for name in ["status", "task_status", "state", "taskStatus"] {
            let Some(state) = fields.get(name).and_then(Value::as_str).and_then(state) else { continue };
            // Of several images, one that is not ready decides.
            if self.state != Some(TaskState::Waiting) {
                self.state = Some(state);
            }
        }
        self.has_more |= fields.get("error").is_some_and(super::assemble::is_said);
        for value in fields.values() {
            self.read(value, depth + 1);
        }
    }
}

/// Whether an object contains the address to poll or a status.
fn says_where(fields: &serde_json::Map<String, Value>) -> bool {
    ADDRESS_FIELDS.iter().any(|name| fields.contains_key(*name))
        || fields.get("status").and_then(Value::as_str).and_then(state) == Some(TaskState::Waiting)
}

/// An ID that is the whole result: `{"code":200,"data":"task_1"}`, or Midjourney proxies' `{"code":1,"result":"1400"}`.
fn bare_id(answer: &Value) -> Option<String> {
    let id = ["data", "result"].iter().find_map(|name| answer.get(name)?.as_str())?;
    let is_number = id.len() >= 8 && id.bytes().all(|byte| byte.is_ascii_digit());
    let is_named = ["task", "job", "gen", "img", "req"].iter().any(|start| id.starts_with(start));
    let is_uuid = uuid::Uuid::try_parse(id).is_ok();
    let is_plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (is_plain && id.len() <= MAX_VALUE_BYTES && (is_number || is_named || is_uuid)).then(|| id.to_owned())
}

fn state(word: &str) -> Option<TaskState> {
    let word = word.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    let word = word.strip_prefix("task_status_").or_else(|| word.strip_prefix("task_")).unwrap_or(&word);
    if PENDING_STATUSES.contains(&word) {
        Some(TaskState::Waiting)
    } else if ENDED_STATUSES.contains(&word) {
        Some(TaskState::Ended)
    } else {
        None
    }
}

/// An ID: a text without blanks, or an integer.
fn id_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => {
            let text = text.trim();
            let is_id = !text.is_empty() && text.len() <= MAX_VALUE_BYTES && !text.contains(char::is_whitespace);
            is_id.then(|| text.to_owned())
        }
        Value::Number(number) if number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn tasks_are_recognized_in_every_known_form() {
        let cases = [
            // Relays of the new-api family.
            (json!({ "code": 200, "data": [{ "status": "submitted", "task_id": "task_1" }] }), "task_1", None),
            (json!({ "code": "success", "data": "task_42" }), "task_42", None),
            (json!({ "task_id": "a-b", "task_status": "PROCESSING", "request_id": "r" }), "a-b", None),
            // Alibaba Model Studio.
            (
                json!({ "output": { "task_status": "PENDING", "task_id": "0385dc79" }, "request_id": "7574" }),
                "0385dc79",
                None,
            ),
            // fal.
            (
                json!({ "status": "IN_QUEUE", "request_id": "f-1", "response_url": "https://q.example/r/f-1",
                        "status_url": "https://q.example/r/f-1/status", "queue_position": 3 }),
                "f-1",
                Some("https://q.example/r/f-1/status"),
            ),
            // Replicate.
            (
                json!({ "id": "gm3", "status": "starting", "output": null, "error": null,
                        "urls": { "get": "https://api.example/v1/predictions/gm3", "cancel": "https://x.example" } }),
                "gm3",
                Some("https://api.example/v1/predictions/gm3"),
            ),
            // Black Forest Labs.
            (
                json!({ "id": "b", "polling_url": "https://api.example/get?id=b" }),
                "b",
                Some("https://api.example/get?id=b"),
            ),
            (json!({ "id": "img_9", "object": "image.generation.job", "status": "queued" }), "img_9", None),
            (json!({ "data": { "jobId": 77_001, "state": "waiting" } }), "77001", None),
            (json!({ "code": 1, "description": "ok", "result": "1400193481696935" }), "1400193481696935", None),
        ];
        for (answer, id, address) in cases {
            let task = task_in(&answer).unwrap_or_else(|| panic!("{answer}"));
            assert_eq!((task.id.as_str(), task.addresses.first().map(String::as_str)), (id, address), "{answer}");
        }
    }

    #[test]
    fn other_and_finished_responses_are_not_tasks() {
        for answer in [
            json!({ "id": "chatcmpl-1", "choices": [], "usage": {} }),
            json!({ "id": "resp_1", "status": "completed", "output": [] }),
            json!({ "request_id": "r-1", "message": "ok" }),
            json!({ "task_id": "t", "status": "failed" }),
            json!({ "task_id": "t", "error": { "message": "no credit" } }),
            json!({ "data": "hello there" }),
            json!({ "data": "ok" }),
            json!([]),
            json!("task_1"),
        ] {
            assert_eq!(task_in(&answer), None, "{answer}");
        }
    }

    #[test]
    fn task_status_is_found_in_any_field() {
        for (answer, state) in [
            (r#"{"code":200,"data":{"status":"completed","result":{}}}"#, Some(TaskState::Ended)),
            (r#"{"data":{"task_status":"TASK_STATUS_QUEUED"}}"#, Some(TaskState::Waiting)),
            (r#"{"status":"In Progress"}"#, Some(TaskState::Waiting)),
            (r#"{"status":"success","data":{"status":"running"}}"#, Some(TaskState::Waiting)),
            (r#"{"status":200}"#, None),
            ("<html>", None),
        ] {
            assert_eq!(task_state(answer.as_bytes()), state, "{answer}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_responses_do_not_panic(text in r#"(\{|\}|\[|\]|"task_id"|"id"|"status"|:|,|"queued"|"x"|1){0,24}"#) {
            let _state = task_state(text.as_bytes());
            if let Ok(value) = serde_json::from_str(&text) {
                let _task = task_in(&value);
            }
        }
    }
}
