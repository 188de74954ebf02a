//! Stacks images that belong together: results of batches under their source image, other images of one request under
//! the first of them.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use crate::{
    library::SearchResults,
    recipe::{ImageId, StackKey},
    studio::protocol::Stack,
};

/// Reduces each stack in a view to its top image, which keeps its place. The others of the stacks in `open` follow it.
///
/// A source image with results of batches in the view is the top of its own stack, whatever stack it would be in
/// otherwise. If the view does not contain the source image, its results are stacked under the first of them.
pub(in crate::studio) fn stack(
    data: SearchResults,
    open: &HashSet<StackKey>,
) -> (SearchResults, HashMap<ImageId, Stack>) {
    let SearchResults { ids, days, mut stack_keys, complete } = data;
    lift_sources(&ids, &mut stack_keys);
    // Positions, sorted by stack and then by order in the view. Sorting is cheaper than hashing, because images of one
    // request have adjacent IDs.
    let mut order: Vec<u32> = (0..ids.len() as u32).collect();
    let of = |place: u32| stack_keys.get(place as usize);
    order.sort_by_key(|place| of(*place));
    let mut hidden = vec![false; ids.len()];
    let mut tops: HashMap<u32, Range<usize>> = HashMap::new();
    let mut first = 0;
    for group in order.chunk_by(|one, other| of(*one) == of(*other)) {
        let range = first..first + group.len();
        first = range.end;
        let Some((of, [one, _, ..])) = of(group[0]).map(|of| (of, group)) else { continue };
        let is_source = |place: &u32| *of == StackKey::Image(ids[*place as usize]);
        let top = group.iter().copied().find(is_source).unwrap_or(*one);
        for place in group.iter().filter(|place| **place != top) {
            hidden[*place as usize] = true;
        }
        tops.insert(top, range);
    }
    let mut stacks = HashMap::with_capacity(tops.len());
    let mut shown = Vec::with_capacity(ids.len());
    let mut shown_days: Vec<_> = days.iter().map(|(date, ..)| (*date, 0, 0)).collect();
    let mut day = 0;
    for (place, id) in ids.iter().enumerate().filter(|(place, _)| !hidden[*place]) {
        while days.get(day + 1).is_some_and(|(_, first, _)| *first <= place) {
            day += 1;
        }
        let before = shown.len();
        shown.push(*id);
        if let Some((of, range)) = of(place as u32).zip(tops.get(&(place as u32))) {
            let open = open.contains(of);
            stacks.insert(*id, Stack { of: *of, count: range.len(), open });
            if open {
                let others = order[range.clone()].iter().map(|place| ids[*place as usize]);
                shown.extend(others.filter(|other| other != id));
            }
        }
        if let Some((_, first, count)) = shown_days.get_mut(day) {
            if *count == 0 {
                *first = before;
            }
            *count += shown.len() - before;
        }
    }
    shown_days.retain(|(_, _, count)| *count > 0);
    (SearchResults { ids: shown, days: shown_days, stack_keys: Vec::new(), complete }, stacks)
}

/// Moves each source image of results in this view to the stack of its results.
fn lift_sources(ids: &[ImageId], stack_keys: &mut [StackKey]) {
    let sources: HashSet<ImageId> = stack_keys
        .iter()
        .filter_map(|of| match of {
            StackKey::Image(id) => Some(*id),
            StackKey::Request(_) => None,
        })
        .collect();
    if sources.is_empty() {
        return;
    }
    for (id, of) in ids.iter().zip(stack_keys) {
        if sources.contains(id) {
            *of = StackKey::Image(*id);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::{ToSpan as _, civil::date};
    use proptest::prelude::*;

    use super::*;
    use crate::recipe::RequestId;

    fn id(n: u128) -> ImageId {
        ImageId::from_uuid(uuid::Uuid::from_u128(n))
    }

    fn request(n: u128) -> StackKey {
        StackKey::Request(RequestId::from_uuid(uuid::Uuid::from_u128(n)))
    }

    #[test]
    fn the_first_image_represents_a_request_until_its_stack_is_opened() {
        let (today, before) = (date(2026, 11, 23), date(2026, 11, 22));
        // Two requests that ran at the same time, a single one, and one that began before midnight.
        let requests = [(9, 1), (8, 2), (7, 1), (6, 2), (5, 3), (4, 4), (3, 4), (2, 5)];
        let ids = requests.map(|(n, _)| id(n)).to_vec();
        let stack_keys = requests.map(|(_, of)| request(of)).to_vec();
        let data = SearchResults { ids, days: vec![(today, 0, 6), (before, 6, 2)], stack_keys, complete: true };
        let (closed, stacks) = stack(data.clone(), &HashSet::new());
        assert_eq!(closed.ids, [9, 8, 5, 4, 2].map(id));
        assert_eq!(closed.days, [(today, 0, 4), (before, 4, 1)]);
        assert_eq!(stacks.len(), 3);
        assert_eq!(stacks[&id(9)], Stack { of: request(1), count: 2, open: false });
        let (opened, stacks) = stack(data, &HashSet::from([request(1)]));
        assert_eq!(opened.ids, [9, 7, 8, 5, 4, 2].map(id));
        assert_eq!(opened.days, [(today, 0, 5), (before, 5, 1)]);
        assert!(stacks[&id(9)].open);
    }

    #[test]
    fn results_of_batches_are_stacked_under_their_source() {
        let (today, before) = (date(2026, 11, 23), date(2026, 11, 22));
        let of = StackKey::Image;
        // 9 and 8 were made of 3, 7 of 2, 6 and 5 of an image that is not here; 3 and 1 came from one request, as did 4.
        let all = [
            (9, of(id(3))),
            (8, of(id(3))),
            (7, of(id(2))),
            (6, of(id(77))),
            (5, of(id(77))),
            (4, request(1)),
            (3, request(1)),
            (2, request(2)),
            (1, request(1)),
        ];
        let data = SearchResults {
            ids: all.map(|(n, _)| id(n)).to_vec(),
            days: vec![(today, 0, 5), (before, 5, 4)],
            stack_keys: all.map(|(_, of)| of).to_vec(),
            complete: true,
        };
        let (closed, stacks) = stack(data.clone(), &HashSet::new());
        assert_eq!(closed.ids, [6, 4, 3, 2].map(id));
        assert_eq!(closed.days, [(today, 0, 1), (before, 1, 3)]);
        let counts: BTreeMap<_, _> = stacks.iter().map(|(top, stack)| (*top, stack.count)).collect();
        assert_eq!(counts, [(6, 2), (4, 2), (3, 3), (2, 2)].map(|(n, count)| (id(n), count)).into());
        let (opened, _) = stack(data, &HashSet::from([of(id(3)), of(id(77))]));
        assert_eq!(opened.ids, [6, 5, 4, 3, 9, 8, 2].map(id));
        assert_eq!(opened.days, [(today, 0, 2), (before, 2, 5)]);
    }

    /// A view: for each image, how many days ago it was made, and of which request or image.
    fn view() -> impl Strategy<Value = SearchResults> {
        let stack_keys =
            prop_oneof![(0..6_u128).prop_map(request), (0..40_u128).prop_map(|of| StackKey::Image(id(of))),];
        prop::collection::vec((0..3_i64, stack_keys), 0..30).prop_map(|mut images| {
            images.sort_by_key(|(ago, _)| *ago);
            let mut days: Vec<(jiff::civil::Date, usize, usize)> = Vec::new();
            for (place, (ago, _)) in images.iter().enumerate() {
                let date = date(2026, 11, 23).saturating_sub(ago.days());
                match days.last_mut() {
                    Some((last, _, count)) if *last == date => *count += 1,
                    _ => days.push((date, place, 1)),
                }
            }
            let ids = (0..images.len()).map(|n| id(n as u128)).collect();
            SearchResults { ids, days, stack_keys: images.into_iter().map(|(_, of)| of).collect(), complete: true }
        })
    }

    proptest! {
        #[test]
        fn every_image_is_in_one_stack_or_shown_alone(data in view()) {
            let (closed, stacks) = stack(data.clone(), &HashSet::new());
            let alone = closed.ids.iter().filter(|id| !stacks.contains_key(id)).count();
            let stacked: usize = stacks.values().map(|stack| stack.count).sum();
            prop_assert_eq!(alone + stacked, data.ids.len());
            prop_assert!(stacks.values().all(|stack| stack.count > 1 && !stack.open));
            prop_assert!(stacks.keys().all(|top| closed.ids.contains(top)));
            // Tops stand in the order of the view, each under its own day.
            let place = |id: &ImageId| data.ids.iter().position(|known| known == id).unwrap();
            prop_assert!(closed.ids.iter().map(place).is_sorted());
            let day_of = |place: usize, days: &[(jiff::civil::Date, usize, usize)]| {
                days.iter().find(|(_, first, count)| (*first..*first + *count).contains(&place)).map(|day| day.0)
            };
            for (at, id) in closed.ids.iter().enumerate() {
                prop_assert_eq!(day_of(at, &closed.days), day_of(place(id), &data.days));
            }
            // Whoever opens all of them sees every image once, and all that is under a top right after it.
            let open = stacks.values().map(|stack| stack.of).collect();
            let (opened, again) = stack(data.clone(), &open);
            let mut ids = opened.ids.clone();
            ids.sort_unstable();
            prop_assert_eq!(ids, data.ids.clone());
            let mut end = 0;
            for (_, first, count) in &opened.days {
                prop_assert_eq!(*first, end);
                end += count;
            }
            prop_assert_eq!(end, data.ids.len());
            for (top, one) in again.iter().collect::<BTreeMap<_, _>>() {
                let at = opened.ids.iter().position(|id| id == top).unwrap();
                let under = &opened.ids[at + 1..at + one.count];
                prop_assert!(under.iter().all(|id| !again.contains_key(id)));
                let source = StackKey::Image(*top);
                let has_own = data.ids.iter().zip(&data.stack_keys).any(|(id, of)| *of == source && id != top);
                prop_assert!(!has_own || one.of == source);
            }
        }
    }

    #[test]
    fn stacking_a_large_view_needs_no_list_per_image() {
        let ids: Vec<ImageId> = (0..100_000).rev().map(id).collect();
        let stack_keys = (0..100_000).rev().map(|n| request(n / 4)).collect();
        let (shown, stacks) = stack(SearchResults { ids, stack_keys, ..SearchResults::default() }, &HashSet::new());
        assert_eq!((shown.ids.len(), stacks.len()), (25_000, 25_000));
    }
}
