//! Splits a recipe for several images into several requests, for models that return one image per request.

use crate::recipe::Recipe;

/// Splits a recipe. `takes_n` says whether one request may ask for several images.
///
/// The seed increases from request to request, because the same seed would generate the same image each time.
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

    fn recipe(n: Option<u32>, seed: Option<i64>) -> Recipe {
        Recipe {
            prompt: "sea".to_owned(),
            parameters: Parameters { n, seed, ..Parameters::default() },
            ..Recipe::default()
        }
    }

    #[test]
    fn a_gateway_that_takes_n_gets_one_request() {
        assert_eq!(split(recipe(Some(4), Some(7)), true), [recipe(Some(4), Some(7))]);
    }

    #[test]
    fn without_n_each_image_is_a_request_of_its_own() {
        assert_eq!(
            split(recipe(Some(3), Some(7)), false),
            [recipe(None, Some(7)), recipe(None, Some(8)), recipe(None, Some(9))]
        );
        assert_eq!(split(recipe(Some(2), None), false), [recipe(None, None), recipe(None, None)]);
        assert_eq!(split(recipe(None, Some(7)), false), [recipe(None, Some(7))]);
    }
}
