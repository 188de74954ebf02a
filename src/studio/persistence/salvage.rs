//! Reads a configuration file of which one value is unknown, such as one that a newer version has written: that value
//! is lost and everything else stays.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The readable part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Salvaged<T> {
    pub(super) value: T,
    /// The names of the values that are lost, such as `theme` or `profiles.dialect`.
    pub(super) lost: Vec<String>,
}

/// Reads an object whose fields all have defaults. Returns nothing if it is no JSON object, or if a default is missing.
pub(super) fn salvage<T: DeserializeOwned>(text: &[u8]) -> Option<Salvaged<T>> {
    let Ok(Value::Object(fields)) = serde_json::from_slice(text) else { return None };
    let (mut kept, mut lost) = (Map::new(), Vec::new());
    for (name, value) in fields {
        match value {
            value if reads::<T>(&name, value.clone()) => {
                kept.insert(name, value);
            }
            Value::Array(elements) => {
                let elements = elements.into_iter().filter_map(|element| readable::<T>(&name, element, &mut lost));
                kept.insert(name.clone(), Value::Array(elements.collect()));
            }
            _ => lost.push(name),
        }
    }
    let value = serde_json::from_value(Value::Object(kept)).ok()?;
    Some(Salvaged { value, lost })
}

/// The readable part of an element of a list: all of it, or all but one field, or nothing.
fn readable<T: DeserializeOwned>(list: &str, element: Value, lost: &mut Vec<String>) -> Option<Value> {
    let fits = |element: &Value| reads::<T>(list, Value::Array(vec![element.clone()]));
    if fits(&element) {
        return Some(element);
    }
    let fields: Vec<String> = element.as_object().into_iter().flat_map(|fields| fields.keys().cloned()).collect();
    for field in fields {
        let mut rest = element.clone();
        rest.as_object_mut()?.remove(&field);
        if fits(&rest) {
            lost.push(format!("{list}.{field}"));
            return Some(rest);
        }
    }
    lost.push(list.to_owned());
    None
}

/// Whether a field can be read, if everything else is left at its default.
fn reads<T: DeserializeOwned>(name: &str, value: Value) -> bool {
    let alone = Value::Object(Map::from_iter([(name.to_owned(), value)]));
    serde_json::from_value::<T>(alone).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Language, Settings, Theme};

    #[test]
    fn an_unknown_value_is_lost_alone() {
        let mut file =
            serde_json::to_value(Settings { concurrency: 7, theme: Theme::Light, ..Settings::default() }).unwrap();
        file["language"] = "klingon".into();
        file["profiles"][0]["dialect"] = "telepathy".into();
        let salvaged: Salvaged<Settings> = salvage(file.to_string().as_bytes()).unwrap();
        assert_eq!(salvaged.lost, ["language", "profiles.dialect"]);
        assert_eq!(salvaged.value.language, Language::System);
        assert_eq!((salvaged.value.concurrency, salvaged.value.theme), (7, Theme::Light));
        assert_eq!(salvaged.value.profiles.len(), Settings::default().profiles.len());
    }

    #[test]
    fn a_file_that_is_no_object_has_no_readable_part() {
        assert_eq!(salvage::<Settings>(b"{\"concurrency\": "), None);
        assert_eq!(salvage::<Settings>(b"[]"), None);
    }
}
