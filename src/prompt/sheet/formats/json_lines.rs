//! JSON tables: an object per line, or an array of objects. Keys are columns, in the order of their first use.

use std::{collections::HashMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

use crate::{
    error_chain::Cause,
    prompt::sheet::limits::{InvalidTable, TableBudget},
};

/// A JSON object that preserves the order of its keys.
struct Object(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Object(entries))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

/// The rows so far.
#[derive(Default)]
struct RowCollector {
    columns: Vec<String>,
    places: HashMap<String, usize>,
    rows: Vec<Vec<String>>,
    budget: TableBudget,
}

impl RowCollector {
    fn add(&mut self, object: Object) -> Result<(), InvalidTable> {
        let row = self.rows.len() + 1;
        self.budget.cell(row, 0, 0)?;
        let mut cells = Vec::with_capacity(object.0.len().min(self.columns.len()));
        for (name, value) in object.0 {
            let name = name.trim();
            let column = if let Some(&column) = self.places.get(name) {
                column
            } else {
                self.budget.cell(0, self.columns.len(), name.len())?;
                self.columns.push(name.to_owned());
                self.places.insert(name.to_owned(), self.columns.len() - 1);
                self.columns.len() - 1
            };
            let text = text(value);
            self.budget.cell(row, column, text.len())?;
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            cells[column] = text;
        }
        self.rows.push(cells);
        Ok(())
    }
}

/// A value as the text of a cell. Lists of plain values become one line per value.
fn text(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        Value::Array(values) if values.iter().all(|value| !value.is_array() && !value.is_object()) => {
            values.into_iter().map(text).collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    }
}

/// The names of the columns, and the rows.
pub(crate) type ColumnsAndRows = (Vec<String>, Vec<Vec<String>>);

/// Reads a table. Rows may be shorter than the number of columns.
pub(crate) fn read(source: &str) -> Result<ColumnsAndRows, InvalidTable> {
    let mut gathered = RowCollector::default();
    if source.trim_start().starts_with('[') {
        array(source, &mut gathered)?;
    } else if let Ok(object) = serde_json::from_str(source) {
        // A single object that spans several lines.
        gathered.add(object)?;
    } else {
        for (index, line) in source.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let object = serde_json::from_str(line).map_err(|error| not_json(index + 1, error))?;
            gathered.add(object)?;
        }
    }
    Ok((gathered.columns, gathered.rows))
}

fn not_json(line: usize, error: serde_json::Error) -> InvalidTable {
    InvalidTable::NotJson { line, reason: Cause::new(error) }
}

/// Reads an array object by object, so that a long one is rejected at the limit.
fn array(source: &str, gathered: &mut RowCollector) -> Result<(), InvalidTable> {
    struct Rows<'a>(&'a mut RowCollector, &'a mut Option<InvalidTable>);
    impl<'de> Visitor<'de> for Rows<'_> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array of objects")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
            while let Some(object) = rows.next_element()? {
                if let Err(error) = self.0.add(object) {
                    *self.1 = Some(error);
                    return Err(serde::de::Error::custom("beyond the limits"));
                }
            }
            Ok(())
        }
    }
    let mut beyond = None;
    let mut reader = serde_json::Deserializer::from_str(source);
    let read = (&mut reader).deserialize_seq(Rows(gathered, &mut beyond)).and_then(|()| reader.end());
    read.map_err(|error| beyond.unwrap_or_else(|| not_json(error.line(), error)))
}

pub(crate) fn write(columns: &[String], rows: &[Vec<String>]) -> String {
    let mut out = String::new();
    for row in rows {
        out.push('{');
        for (index, (name, cell)) in columns.iter().zip(row).enumerate() {
            if index > 0 {
                out.push(',');
            }
            out.push_str(&Value::from(name.as_str()).to_string());
            out.push(':');
            out.push_str(&Value::from(cell.as_str()).to_string());
        }
        out.push_str("}\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_columns_in_order_of_appearance() {
        let (columns, rows) =
            read("{\"prompt\":\"fox\",\"seed\":7}\n\n{\"n\":2,\"prompt\":\"owl\",\"hat\":null,\"ok\":true}").unwrap();
        assert_eq!(columns, ["prompt", "seed", "n", "hat", "ok"]);
        assert_eq!(rows[0], ["fox", "7"]);
        assert_eq!(rows[1], ["owl", "", "2", "", "true"]);
    }

    #[test]
    fn arrays_and_single_objects_are_tables() {
        for source in ["[{\"a\":1,\"b\":[\"x\",\"y\"]}]", "{\n \"a\": 1,\n \"b\": [\"x\", \"y\"]\n}"] {
            let (columns, rows) = read(source).unwrap();
            assert_eq!(
                (columns, rows),
                (vec!["a".to_owned(), "b".to_owned()], vec![vec!["1".to_owned(), "x\ny".to_owned()]])
            );
        }
    }

    #[test]
    fn invalid_line_is_named() {
        let Err(InvalidTable::NotJson { line: 2, .. }) = read("{\"a\":1}\n[1]\n") else { panic!() };
        let Err(InvalidTable::NotJson { line: 2, .. }) = read("[{\"a\":1},\n3]") else { panic!() };
        let Err(InvalidTable::NotJson { line: 1, .. }) = read("prompt,seed") else { panic!() };
        let many = format!("[{}{{}}]", "{},".repeat(crate::prompt::sheet::limits::MAX_ROWS));
        assert_eq!(read(&many), Err(InvalidTable::TooManyRows));
    }
}
