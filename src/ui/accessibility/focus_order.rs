//! The order in which Tab visits widgets: panel by panel, and in each from top to bottom and from left to right.

use egui::{Id, Rect};

/// A widget that can take the keyboard focus.
#[derive(Clone, Debug)]
pub(super) struct FocusStop {
    pub(super) id: Id,
    pub(super) rect: Rect,
    /// The places of the areas around it, outermost first.
    pub(super) path: Vec<u8>,
}

/// Sorts widgets into the order in which they are read. The order of drawing does not count, because rows that are
/// laid out from right to left, and panels that are drawn before their neighbors, would run backwards.
pub(super) fn in_reading_order(mut stops: Vec<FocusStop>) -> Vec<FocusStop> {
    stops.sort_by(|one, other| one.path.cmp(&other.path).then_with(|| one.rect.top().total_cmp(&other.rect.top())));
    let mut ordered = Vec::with_capacity(stops.len());
    let mut rest = stops.into_iter().peekable();
    while let Some(first) = rest.next() {
        // A row ends at the bottom of its lowest widget, so that what lies below a button beside a tall field still
        // belongs to the row of the field.
        let mut bottom = first.rect.bottom();
        let mut row = vec![first];
        while let Some(next) = rest.next_if(|next| next.path == row[0].path && next.rect.center().y < bottom) {
            bottom = bottom.min(next.rect.bottom());
            row.push(next);
        }
        row.sort_by(|one, other| one.rect.left().total_cmp(&other.rect.left()));
        ordered.append(&mut row);
    }
    ordered
}

#[cfg(test)]
mod tests {
    use egui::{pos2, vec2};

    use super::*;

    fn stop(name: &'static str, path: &[u8], at: (f32, f32), size: (f32, f32)) -> FocusStop {
        FocusStop {
            id: Id::unique(name),
            rect: Rect::from_min_size(pos2(at.0, at.1), vec2(size.0, size.1)),
            path: path.to_vec(),
        }
    }

    fn order(stops: Vec<FocusStop>) -> Vec<Id> {
        in_reading_order(stops).into_iter().map(|stop| stop.id).collect()
    }

    #[test]
    fn focus_order_in_a_row_is_left_to_right() {
        let stops = vec![
            stop("delete", &[], (200.0, 100.0), (60.0, 30.0)),
            stop("export", &[], (10.0, 100.0), (60.0, 30.0)),
            // A little higher than its neighbors, because its text is smaller.
            stop("copy", &[], (100.0, 104.0), (60.0, 22.0)),
            stop("title", &[], (10.0, 10.0), (60.0, 30.0)),
        ];
        assert_eq!(order(stops), ["title", "export", "copy", "delete"].map(Id::unique));
    }

    #[test]
    fn focus_order_visits_areas_one_after_the_other() {
        let stops = vec![
            stop("body, scrolled away", &[1, 0], (10.0, 900.0), (60.0, 30.0)),
            stop("footer", &[1, 1], (10.0, 700.0), (60.0, 30.0)),
            stop("body", &[1, 0], (10.0, 100.0), (60.0, 30.0)),
            stop("other panel", &[2], (400.0, 20.0), (60.0, 30.0)),
        ];
        assert_eq!(order(stops), ["body", "body, scrolled away", "footer", "other panel"].map(Id::unique));
    }
}
