//! Stacks: the pictures of one request shown as one.

use std::collections::{HashMap, HashSet};

use crate::{
    library::ViewData,
    recipe::{ImageId, RequestId},
};

/// Pictures of one request that are found together. It goes by its first picture, which lies on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stack {
    /// The request.
    pub request: RequestId,
    /// How many pictures.
    pub count: usize,
    /// Whether all of them are shown, one after the other.
    pub open: bool,
}

/// Leaves only the first picture of each request in a view. Those of the requests in `open` follow their first one.
pub(super) fn stack(
    data: &ViewData,
    requests: &HashMap<ImageId, RequestId>,
    open: &HashSet<RequestId>,
) -> (ViewData, HashMap<ImageId, Stack>) {
    let mut groups: HashMap<RequestId, Vec<ImageId>> = HashMap::with_capacity(data.ids.len());
    for id in &data.ids {
        if let Some(request) = requests.get(id) {
            groups.entry(*request).or_default().push(*id);
        }
    }
    let mut stacks = HashMap::new();
    let mut ids = Vec::with_capacity(data.ids.len());
    let mut days: Vec<_> = data.days.iter().map(|(date, ..)| (*date, 0, 0)).collect();
    let mut day = 0;
    for (place, id) in data.ids.iter().enumerate() {
        while data.days.get(day + 1).is_some_and(|(_, first, _)| *first <= place) {
            day += 1;
        }
        let before = ids.len();
        match requests.get(id).and_then(|request| groups.get(request).map(|group| (*request, group))) {
            Some((request, group)) if group.len() > 1 => {
                if group[0] != *id {
                    continue;
                }
                let open = open.contains(&request);
                stacks.insert(*id, Stack { request, count: group.len(), open });
                ids.extend_from_slice(if open { group } else { &group[..1] });
            }
            _ => ids.push(*id),
        }
        if let Some((_, first, count)) = days.get_mut(day) {
            if *count == 0 {
                *first = before;
            }
            *count += ids.len() - before;
        }
    }
    days.retain(|(_, _, count)| *count > 0);
    (ViewData { ids, days, complete: data.complete }, stacks)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn id(n: u128) -> ImageId {
        ImageId::from_uuid(uuid::Uuid::from_u128(n))
    }

    fn request(n: u128) -> RequestId {
        RequestId::from_uuid(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn one_picture_stands_for_a_request_and_an_open_one_shows_all() {
        let (today, before) = (date(2026, 11, 23), date(2026, 11, 22));
        // Two requests that ran at the same time, a single one, and one that began before midnight.
        let requests = [(9, 1), (8, 2), (7, 1), (6, 2), (5, 3), (4, 4), (3, 4), (2, 5)];
        let ids = requests.map(|(n, _)| id(n)).to_vec();
        let data = ViewData { ids, days: vec![(today, 0, 6), (before, 6, 2)], complete: true };
        let requests = requests.into_iter().map(|(n, of)| (id(n), request(of))).collect();
        let (closed, stacks) = stack(&data, &requests, &HashSet::new());
        assert_eq!(closed.ids, [9, 8, 5, 4, 2].map(id));
        assert_eq!(closed.days, [(today, 0, 4), (before, 4, 1)]);
        assert_eq!(stacks.len(), 3);
        assert_eq!(stacks[&id(9)], Stack { request: request(1), count: 2, open: false });
        let (opened, stacks) = stack(&data, &requests, &HashSet::from([request(1)]));
        assert_eq!(opened.ids, [9, 7, 8, 5, 4, 2].map(id));
        assert_eq!(opened.days, [(today, 0, 5), (before, 5, 1)]);
        assert!(stacks[&id(9)].open);
    }
}
