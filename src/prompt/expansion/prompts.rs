//! Counts, enumerates and draws the prompts of a template. Each prompt is built when it is requested.

use std::sync::Arc;

use super::{
    random::PromptRng,
    resolver::{Branch, NodeKind, Picked, Sources, TemplateNode, TemplateProblem, resolve},
};
use crate::prompt::template::is_json;

/// The prompts of a template.
#[derive(Clone, Debug)]
pub struct Prompts {
    root: Arc<TemplateNode>,
    slots: usize,
    problems: Arc<[TemplateProblem]>,
}

/// The selection of prompts of a template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExpansionMode {
    /// Every prompt once.
    #[default]
    Every,
    /// Random prompts, possibly with repetitions.
    Random {
        /// Their number.
        count: u32,
        /// The same seed gives the same prompts.
        seed: u64,
    },
}

impl Prompts {
    /// Parses a template. A text that is JSON as a whole is one prompt.
    pub fn new(text: &str, sources: &Sources) -> Self {
        if is_json(text) {
            return Self::plain(text);
        }
        let (root, slots, problems) = resolve(text, sources);
        Self { root, slots, problems: problems.into() }
    }

    /// A text that is one prompt, whatever its braces.
    pub fn plain(text: &str) -> Self {
        let root = TemplateNode { count: 1, work: text.len(), kind: NodeKind::Text(text.to_owned()) };
        Self { root: Arc::new(root), slots: 0, problems: Arc::default() }
    }

    /// Parts of the template that were probably meant otherwise.
    pub fn problems(&self) -> &[TemplateProblem] {
        &self.problems
    }

    /// The number of prompts; [`u128::MAX`] if there are more.
    pub fn count(&self) -> u128 {
        self.root.count
    }

    /// The prompt with this number, from 0; `None` if there are fewer. The last choice changes fastest.
    pub fn nth(&self, number: u128) -> Option<String> {
        if number >= self.count() {
            return None;
        }
        let mut prompt = Writer::new(self.slots);
        prompt.numbered(&self.root, number);
        Some(prompt.out)
    }

    /// The random prompt of a seed and an index. Options with a higher weight are drawn more often.
    pub fn random(&self, seed: u64, index: u64) -> String {
        let mut prompt = Writer::new(self.slots);
        prompt.drawn(&self.root, &mut PromptRng::new(seed, index));
        prompt.out
    }

    /// An iterator over all prompts.
    pub fn every(&self) -> AllPrompts {
        AllPrompts { prompts: self.clone(), next: 0 }
    }

    /// An endless iterator over the random prompts of a seed.
    pub fn draws(&self, seed: u64) -> RandomPrompts {
        RandomPrompts { prompts: self.clone(), seed, next: 0 }
    }

    /// The number of prompts in a mode.
    pub fn count_of(&self, mode: ExpansionMode) -> u128 {
        match mode {
            ExpansionMode::Every => self.count(),
            ExpansionMode::Random { count, .. } => u128::from(count),
        }
    }

    /// The prompts in a mode.
    pub fn of(&self, mode: ExpansionMode) -> Box<dyn Iterator<Item = String>> {
        match mode {
            ExpansionMode::Every => Box::new(self.every()),
            ExpansionMode::Random { count, seed } => Box::new(self.draws(seed).take(count as usize)),
        }
    }
}

/// All prompts of a template, in order.
#[derive(Clone, Debug)]
pub struct AllPrompts {
    prompts: Prompts,
    next: u128,
}

impl Iterator for AllPrompts {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let prompt = self.prompts.nth(self.next)?;
        self.next += 1;
        Some(prompt)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.prompts.count() - self.next);
        (left.unwrap_or(usize::MAX), left.ok())
    }
}

/// Random prompts of a template.
#[derive(Clone, Debug)]
pub struct RandomPrompts {
    prompts: Prompts,
    seed: u64,
    next: u64,
}

impl Iterator for RandomPrompts {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let prompt = self.prompts.random(self.seed, self.next);
        self.next = self.next.wrapping_add(1);
        Some(prompt)
    }
}

/// A prompt that is being written.
struct Writer {
    out: String,
    slots: Vec<String>,
}

impl Writer {
    fn new(slots: usize) -> Self {
        Self { out: String::new(), slots: vec![String::new(); slots] }
    }

    /// Writes the prompt with this number, which is split into digits of mixed radix from the right.
    fn numbered(&mut self, node: &TemplateNode, mut number: u128) {
        match &node.kind {
            NodeKind::Text(text) => self.out.push_str(text),
            NodeKind::Sequence(nodes) => {
                let mut places = Vec::with_capacity(nodes.len());
                for node in nodes.iter().rev() {
                    places.push(number % node.count.max(1));
                    number /= node.count.max(1);
                }
                for (node, place) in nodes.iter().zip(places.into_iter().rev()) {
                    self.numbered(node, place);
                }
            }
            NodeKind::Choice(options) => {
                for option in options {
                    if number < option.node.count {
                        return self.numbered(&option.node, number);
                    }
                    number -= option.node.count;
                }
            }
            NodeKind::Pick(picked) => self.picked(picked, number),
            NodeKind::Range(range) => range.write(number as u64, &mut self.out),
            NodeKind::Store(slot, node) => {
                let begin = self.out.len();
                self.numbered(node, number);
                self.slots[*slot] = self.out.split_off(begin);
            }
            NodeKind::Load(slot) => self.out.push_str(&self.slots[*slot]),
        }
    }

    fn picked(&mut self, picked: &Picked, mut number: u128) {
        let mut left = picked.least;
        while left < picked.most && number >= picked.ways(0, left) {
            number -= picked.ways(0, left);
            left += 1;
        }
        let mut first = true;
        for (index, option) in picked.options.iter().enumerate() {
            if left == 0 {
                break;
            }
            let after = picked.ways(index + 1, left - 1);
            let with = after.saturating_mul(option.node.count);
            if number < with {
                self.join(&mut first, &picked.joiner);
                self.numbered(&option.node, number / after.max(1));
                number %= after.max(1);
                left -= 1;
            } else {
                number -= with;
            }
        }
    }

    fn join(&mut self, first: &mut bool, joiner: &str) {
        if !std::mem::take(first) {
            self.out.push_str(joiner);
        }
    }

    /// Writes a random prompt.
    fn drawn(&mut self, node: &TemplateNode, chance: &mut PromptRng) {
        match &node.kind {
            NodeKind::Sequence(nodes) => nodes.iter().for_each(|node| self.drawn(node, chance)),
            NodeKind::Choice(options) => {
                if let Some(index) = weighed(options, |_| true, chance) {
                    self.drawn(&options[index].node, chance);
                }
            }
            NodeKind::Pick(picked) => {
                let more = chance.below((picked.most - picked.least + 1) as u64) as usize;
                let mut taken: Vec<usize> = Vec::new();
                for _ in 0..picked.least + more {
                    taken.extend(weighed(&picked.options, |index| !taken.contains(&index), chance));
                }
                taken.sort_unstable();
                let mut first = true;
                for index in taken {
                    self.join(&mut first, &picked.joiner);
                    self.drawn(&picked.options[index].node, chance);
                }
            }
            NodeKind::Range(range) => range.write(chance.below(range.count()), &mut self.out),
            NodeKind::Store(slot, node) => {
                let begin = self.out.len();
                self.drawn(node, chance);
                self.slots[*slot] = self.out.split_off(begin);
            }
            NodeKind::Text(_) | NodeKind::Load(_) => self.numbered(node, 0),
        }
    }
}

/// One of the allowed options, drawn by weight.
fn weighed(options: &[Branch], may: impl Fn(usize) -> bool, chance: &mut PromptRng) -> Option<usize> {
    let open = || options.iter().enumerate().filter(|(index, _)| may(*index));
    let all = open().fold(0_u64, |sum, (_, option)| sum.saturating_add(option.weight));
    if all == 0 {
        return None;
    }
    let mut place = chance.below(all);
    for (index, option) in open() {
        if place < option.weight {
            return Some(index);
        }
        place -= option.weight;
    }
    None
}
