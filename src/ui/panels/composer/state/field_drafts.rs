//! The texts of the fields of typed parameters, valid or not.

use crate::recipe::Parameters;

use super::typed_parameter::{ParseError, TypedParameter};

/// The texts of all fields, each with its error.
#[derive(Debug, Default)]
pub struct FieldDrafts {
    fields: [(String, Option<ParseError>); TypedParameter::ALL.len()],
}

impl FieldDrafts {
    /// Fills the fields from parameters.
    pub fn of(parameters: &Parameters) -> Self {
        let mut drafts = Self::default();
        for entry in TypedParameter::ALL {
            entry.write(parameters).clone_into(drafts.text_mut(entry));
        }
        drafts
    }

    /// The text of a field.
    pub fn text(&self, entry: TypedParameter) -> &str {
        &self.fields[entry as usize].0
    }

    /// The text of a field to edit; call [`Self::read`] afterwards.
    pub fn text_mut(&mut self, entry: TypedParameter) -> &mut String {
        &mut self.fields[entry as usize].0
    }

    /// The error of a field.
    pub fn fault(&self, entry: TypedParameter) -> Option<ParseError> {
        self.fields[entry as usize].1
    }

    /// The first invalid field.
    pub fn first_fault(&self) -> Option<TypedParameter> {
        TypedParameter::ALL.into_iter().find(|entry| self.fault(*entry).is_some())
    }

    /// Parses a field into the parameters.
    pub fn read(&mut self, entry: TypedParameter, parameters: &mut Parameters) {
        let (text, fault) = &mut self.fields[entry as usize];
        *fault = entry.read(text, parameters).err();
    }
}
