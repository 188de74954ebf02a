//! Blind comparisons: the same request to several models, in an order that hides which is which.

use crate::recipe::{BatchRole, Recipe};

/// Shuffles the requests of a blind comparison and numbers their places, so that the order does not reveal the models.
/// `random` gives numbers from 0 up to, but not including, 1.
pub fn shuffle_contenders(mut recipes: Vec<Recipe>, random: impl Fn() -> f64) -> Vec<Recipe> {
    // Fisher-Yates; the minimum guards against a source that gives 1.
    for place in (1..recipes.len()).rev() {
        recipes.swap(place, ((random() * (place + 1) as f64) as usize).min(place));
    }
    for (place, recipe) in recipes.iter_mut().enumerate() {
        recipe.role = BatchRole::Contender { place: place as u32 };
    }
    recipes
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn every_request_gets_a_position_and_none_is_lost() {
        let models = ["a", "b", "c", "d"];
        let recipes = models.map(|model| Recipe { model: model.to_owned(), ..Recipe::default() }).to_vec();
        let calls = Cell::new(0_u32);
        let random = || {
            calls.set(calls.get() + 1);
            f64::from(calls.get() % 2) * 0.999
        };
        let shuffled = shuffle_contenders(recipes, random);
        let places: Vec<BatchRole> = (0..4).map(|place| BatchRole::Contender { place }).collect();
        assert_eq!(shuffled.iter().map(|recipe| recipe.role.clone()).collect::<Vec<_>>(), places);
        let mut found: Vec<&str> = shuffled.iter().map(|recipe| recipe.model.as_str()).collect();
        assert_ne!(found, models);
        found.sort_unstable();
        assert_eq!(found, models);
        assert_eq!(shuffle_contenders(vec![Recipe::default(); 3], || 1.0).len(), 3, "1 is out of range, not fatal");
    }
}
