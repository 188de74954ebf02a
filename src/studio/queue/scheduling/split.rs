//! One wish for several pictures as several requests, where a gateway makes one picture a request.

use crate::recipe::Recipe;

/// The requests that a recipe comes to. `takes_n` says whether one request may ask for several pictures.
///
/// A seed counts up from request to request: the same seed for all would make the same picture each time.
pub(in crate::studio::queue) fn split(recipe: Recipe, takes_n: bool) -> Vec<Recipe> {
    let count = recipe.parameters.n.unwrap_or(1);
    if takes_n || count <= 1 {
        return vec![recipe];
    }
    let of = |index: u32| {
        let mut one = recipe.clone();
        one.parameters.n = None;
        one.parameters.seed = recipe.parameters.seed.map(|seed| seed.wrapping_add(index.into()));
        one
    };
    (0..count).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::Parameters;

    fn wish(n: Option<u32>, seed: Option<i64>) -> Recipe {
        Recipe {
            prompt: "sea".to_owned(),
            parameters: Parameters { n, seed, ..Parameters::default() },
            ..Recipe::default()
        }
    }

    #[test]
    fn a_gateway_that_takes_n_gets_one_request() {
        assert_eq!(split(wish(Some(4), Some(7)), true), [wish(Some(4), Some(7))]);
    }

    #[test]
    fn elsewhere_each_picture_is_a_request_of_its_own() {
        assert_eq!(
            split(wish(Some(3), Some(7)), false),
            [wish(None, Some(7)), wish(None, Some(8)), wish(None, Some(9))]
        );
        assert_eq!(split(wish(Some(2), None), false), [wish(None, None), wish(None, None)]);
        assert_eq!(split(wish(None, Some(7)), false), [wish(None, Some(7))]);
    }
}
