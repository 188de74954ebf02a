//! The numbers of flags and labels in the index.

use crate::recipe::{Flag, Label};

/// The number of a flag in the index.
pub(in crate::library) fn flag_number(flag: Flag) -> i64 {
    match flag {
        Flag::None => 0,
        Flag::Picked => 1,
        Flag::Rejected => 2,
    }
}

/// The flag that has this number in the index.
pub(in crate::library) fn flag_of(number: i64) -> Flag {
    match number {
        1 => Flag::Picked,
        2 => Flag::Rejected,
        _ => Flag::None,
    }
}

/// The number of a label in the index; 0 means none.
pub(in crate::library) fn label_number(label: Option<Label>) -> i64 {
    label.and_then(|label| Label::ALL.iter().position(|other| *other == label)).map_or(0, |place| place as i64 + 1)
}

/// The label that has this number in the index.
pub(in crate::library) fn label_of(number: i64) -> Option<Label> {
    usize::try_from(number).ok()?.checked_sub(1).and_then(|place| Label::ALL.get(place).copied())
}
