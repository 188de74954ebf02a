//! What stands in the fields of typed parameters, right or not yet right.

use crate::recipe::Parameters;

use super::typed_parameter::{ParseError, TypedParameter};

/// The texts of all fields, each with what is wrong with it.
#[derive(Debug, Default)]
pub struct FieldDrafts {
    fields: [(String, Option<ParseError>); TypedParameter::ALL.len()],
}

impl FieldDrafts {
    /// Fields as parameters fill them.
    pub fn of(parameters: &Parameters) -> Self {
        let mut drafts = Self::default();
        for entry in TypedParameter::ALL {
            entry.write(parameters).clone_into(drafts.text_mut(entry));
        }
        drafts
    }

    /// What stands in a field.
    pub fn text(&self, entry: TypedParameter) -> &str {
        &self.fields[entry as usize].0
    }

    /// What stands in a field, to be edited; [`Self::read`] follows.
    pub fn text_mut(&mut self, entry: TypedParameter) -> &mut String {
        &mut self.fields[entry as usize].0
    }

    /// What is wrong with a field.
    pub fn fault(&self, entry: TypedParameter) -> Option<ParseError> {
        self.fields[entry as usize].1
    }

    /// The first field that something is wrong with.
    pub fn first_fault(&self) -> Option<TypedParameter> {
        TypedParameter::ALL.into_iter().find(|entry| self.fault(*entry).is_some())
    }

    /// Reads a field into the parameters.
    pub fn read(&mut self, entry: TypedParameter, parameters: &mut Parameters) {
        let (text, fault) = &mut self.fields[entry as usize];
        *fault = entry.read(text, parameters).err();
    }
}
