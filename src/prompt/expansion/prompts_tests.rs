//! Tests of the prompts of templates.

use std::collections::{BTreeMap, HashSet};

use proptest::prelude::*;

use super::{
    counting::{count, expand},
    prompts::*,
    resolver::{Sources, TemplateProblem},
};
use crate::prompt::wildcards::{Wildcard, Wildcards};

fn all(text: &str) -> Vec<String> {
    expand(text).collect()
}

fn sources(wildcards: &[(&str, &str)], variables: &[(&str, &str)]) -> Sources {
    let of = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    Sources {
        wildcards: wildcards.iter().map(|(name, text)| (*name, Wildcard::parse(text))).collect::<Wildcards>(),
        variables: variables.iter().map(of).collect::<BTreeMap<_, _>>(),
    }
}

#[test]
fn every_combination_appears_once_in_order() {
    assert_eq!(all("a {b|c} {1|2}"), ["a b 1", "a b 2", "a c 1", "a c 2"]);
    assert_eq!(all("{a|{b|c} x}"), ["a", "b x", "c x"]);
    assert_eq!(all("{|very }big"), ["big", "very big"]);
    assert_eq!(all("{3::a|b} {0::x|y}"), ["a y", "b y"]);
    assert_eq!(all("{0::x|0::y}"), ["x", "y"], "nothing is left otherwise");
    assert_eq!(all("{1..3}{a..b}"), ["1a", "1b", "2a", "2b", "3a", "3b"]);
    assert_eq!(all("no alternatives"), ["no alternatives"]);
    assert_eq!(all(""), [""]);
    assert_eq!(all(r"\{a\|b\}"), ["{a|b}"]);
    assert_eq!(all(r#"{"a": "b|c"}"#), [r#"{"a": "b|c"}"#]);
}

#[test]
fn multiple_choices_keep_the_written_order() {
    assert_eq!(all("{2$$a|b|c}"), ["a, b", "a, c", "b, c"]);
    assert_eq!(all("{2$$ and $$a|{b|c}}"), ["a and b", "a and c"]);
    assert_eq!(all("{1-2$$+$$a|b}"), ["a", "b", "a+b"]);
    assert_eq!(all("{0-1$$a|b}"), ["", "a", "b"]);
    assert_eq!(all("{9$$a|b}"), ["a, b"], "no more than there are");
    assert_eq!(all("{-$$a|b}"), ["a", "b", "a, b"]);
}

#[test]
fn wildcards_expand_to_one_of_their_lines() {
    let sources = sources(&[("animal", "fox\n{red|black} cat"), ("a/b", "__animal__ cub"), ("a/c", "owl")], &[]);
    let all = |text: &str| Prompts::new(text, &sources).every().collect::<Vec<_>>();
    assert_eq!(all("a __animal__"), ["a fox", "a red cat", "a black cat"]);
    assert_eq!(all("__a/b__"), ["fox cub", "red cat cub", "black cat cub"]);
    assert_eq!(all("__a/*__"), ["fox cub", "red cat cub", "black cat cub", "owl"]);
    assert_eq!(all("{2$$__animal__}"), ["fox, red cat", "fox, black cat"]);
    let prompts = Prompts::new("__x__ and __x__", &sources);
    assert_eq!(prompts.nth(0).unwrap(), "__x__ and __x__");
    assert_eq!(prompts.problems(), [TemplateProblem::NoWildcard("x".to_owned())]);
}

#[test]
fn variables_expand_to_their_definition() {
    let sources = sources(&[], &[("style", "{oil|ink}"), ("twice", "$style, $style")]);
    let all = |text: &str| Prompts::new(text, &sources).every().collect::<Vec<_>>();
    assert_eq!(all("a $style"), ["a oil", "a ink"]);
    assert_eq!(all("$twice").len(), 4);
    assert_eq!(all("${c={a|b}}$c$c"), ["aa", "ab", "ba", "bb"]);
    assert_eq!(all("${c=!{a|b}}$c$c"), ["aa", "bb"]);
    assert_eq!(all("{${c=x}$c|$c}"), ["x", "$c"], "it holds between its braces");
    assert_eq!(all("${c:none} ${style:none}"), ["none oil", "none ink"]);
    assert_eq!(all("${c=!{a|b}}${c=!$c$c}$c"), ["aa", "bb"], "a new meaning may use the old one");
    assert_eq!(all("$5 $unknown ${anything at all}"), ["$5 $unknown ${anything at all}"]);
}

#[test]
fn billion_combinations_are_counted_without_building_them() {
    let text = "{a|b|c|d|e|f|g|h|i|j}".repeat(9);
    assert_eq!(count(&text), 1_000_000_000);
    assert_eq!(expand(&text).next().unwrap(), "aaaaaaaaa");
    assert_eq!(Prompts::new(&text, &Sources::default()).nth(123_456_789).unwrap(), "bcdefghij");
    assert_eq!(count("{1..999999999}{1..999999999}{1..999999999}"), 999_999_999_u128.pow(3));
    let more = Prompts::new(&text.repeat(9), &Sources::default());
    assert_eq!(more.count(), u128::MAX);
    assert_eq!(more.nth(1).unwrap().matches('b').count(), 1);
    assert!(more.nth(u128::MAX - 1).is_some());
}

#[test]
fn cycles_and_deep_nesting_are_rejected() {
    let circle = sources(&[("a", "x __b__"), ("b", "y __a__"), ("all", "__*__")], &[("v", "$w"), ("w", "$v")]);
    let refused = |text: &str| {
        let prompts = Prompts::new(text, &circle);
        assert_eq!(prompts.every().collect::<Vec<_>>(), [text], "it stands for itself");
        prompts.problems().iter().any(TemplateProblem::refuses)
    };
    assert!(refused("__a__") && refused("__all__") && refused("$v"));
    for (open, middle, close) in [("{a|", "b", "}"), ("${a=", "b", "}"), ("{2$$", "b", "}"), ("{", "a|b", "}")] {
        let text = [&open.repeat(100_000), middle, &close.repeat(100_000)].concat();
        let prompts = Prompts::new(&text, &Sources::default());
        let reaches_deep = open != "{";
        assert_eq!(prompts.problems().contains(&TemplateProblem::TooDeep), reaches_deep);
        prompts.nth(0).unwrap();
    }
}

#[test]
fn exponentially_growing_texts_are_neither_built_nor_traversed() {
    for leaf in ["x", "{0-1$$x}"] {
        let mut texts = vec![("w0".to_owned(), leaf.to_owned())];
        texts.extend((1..60).map(|step| (format!("w{step}"), format!("__w{}____w{}__", step - 1, step - 1))));
        let sources = Sources {
            wildcards: texts.iter().map(|(name, text)| (name.as_str(), Wildcard::parse(text))).collect(),
            variables: BTreeMap::new(),
        };
        assert_eq!(Prompts::new("__w59__", &sources).problems(), [TemplateProblem::TooLong]);
        assert_eq!(Prompts::new("__w3__", &sources).problems(), []);
    }
    let many = Wildcard::parse(&(0..50_000).map(|line: u32| line.to_string()).collect::<Vec<_>>().join("\n"));
    let sources = Sources { wildcards: [("n", many)].into_iter().collect(), variables: BTreeMap::new() };
    assert_eq!(Prompts::new("{2$$__n__}", &sources).count(), 50_000 * 49_999 / 2);
    assert_eq!(Prompts::new("{64$$__n__}", &sources).problems(), [TemplateProblem::TooMany]);
    assert_eq!(Prompts::new("{1-$$__n__}", &sources).problems(), [TemplateProblem::TooMany]);
}

#[test]
fn prompts_of_a_seed_never_change() {
    let prompts = Prompts::new("{a|b|c} {1..100} {2$$x|y|z} {9::often|seldom}", &Sources::default());
    let drawn: Vec<String> = prompts.draws(7).take(4).collect();
    assert_eq!(drawn, FOREVER);
    assert_eq!(prompts.of(ExpansionMode::Random { count: 4, seed: 7 }).collect::<Vec<_>>(), drawn);
    assert_eq!(prompts.random(7, 2), drawn[2]);
}

/// Must never change, because people keep seeds.
const FOREVER: [&str; 4] = ["b 67 x, z often", "c 51 x, y often", "c 4 x, z often", "b 90 y, z often"];

#[test]
fn weights_determine_how_often_an_option_is_chosen() {
    let prompts = Prompts::new("{3::a|b|0::c}", &Sources::default());
    let drawn: Vec<String> = prompts.draws(1).take(4000).collect();
    let often = drawn.iter().filter(|prompt| *prompt == "a").count();
    assert!((2900..3100).contains(&often), "{often}");
    assert!(!drawn.contains(&"c".to_owned()));
}

/// Templates of all kinds with few prompts.
fn any_text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-c ]{0,3}",
        Just("{1..3}".to_owned()),
        Just("__w__".to_owned()),
        Just("$v".to_owned()),
        Just("${k=!{x|y}}$k".to_owned()),
    ];
    leaf.prop_recursive(3, 10, 3, |inner| {
        let options = prop::collection::vec((prop::sample::select(vec!["", "2::", "0.5::"]), inner), 2..4);
        let head = prop::sample::select(vec!["", "1$$", "2$$", "0-2$$", "1-$$ and $$"]);
        (head, options, "[a-c]?").prop_map(|(head, options, tail)| {
            let options: Vec<String> = options.into_iter().map(|(weight, text)| [weight, &text].concat()).collect();
            format!("{{{head}{}}}{tail}", options.join("|"))
        })
    })
}

proptest! {
    #[test]
    fn count_equals_the_number_of_prompts(text in any_text()) {
        let prompts = Prompts::new(&text, &sources(&[("w", "p\nq")], &[("v", "{r|s}")]));
        prop_assert_eq!(prompts.problems(), []);
        prop_assume!(prompts.count() < 5_000);
        let every: Vec<String> = prompts.every().collect();
        prop_assert_eq!(every.len() as u128, prompts.count());
        prop_assert_eq!(prompts.nth(prompts.count()), None);
        let every: HashSet<String> = every.into_iter().collect();
        for drawn in prompts.draws(3).take(20) {
            prop_assert!(every.contains(&drawn), "{drawn} is one of all");
        }
    }

    #[test]
    fn different_options_give_different_prompts(groups in prop::collection::vec(2..4_usize, 0..4)) {
        let text: String = groups
            .iter()
            .map(|count| ["{", &(0..*count).map(|one| one.to_string()).collect::<Vec<_>>().join("|"), "}"].concat())
            .collect();
        let prompts = all(&text);
        prop_assert_eq!(prompts.len() as u128, count(&text));
        prop_assert_eq!(prompts.iter().collect::<HashSet<_>>().len(), prompts.len());
    }

    #[test]
    fn same_seed_gives_the_same_prompts(text in any_text(), seed: u64) {
        let prompts = Prompts::new(&text, &Sources::default());
        let again = Prompts::new(&text, &Sources::default());
        prop_assert_eq!(prompts.draws(seed).take(5).collect::<Vec<_>>(), again.draws(seed).take(5).collect::<Vec<_>>());
    }

    #[test]
    fn arbitrary_text_can_be_expanded(text in "[a-c0-3{|}\\\\$_:.!=-]{0,60}", seed: u64) {
        let prompts = Prompts::new(&text, &Sources::default());
        prop_assert!(prompts.count() >= 1);
        prop_assert!(prompts.nth(0).is_some() && prompts.nth(prompts.count() - 1).is_some());
        prompts.random(seed, 0);
    }
}
