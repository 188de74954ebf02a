//! Resolves names: templates and the wildcards and variables that they refer to become a tree that can be counted and
//! walked.
//!
//! A wildcard that is named twice is one shared branch, so the tree is never larger than the texts from which it is
//! made, however many prompts they have.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::prompt::{
    template::{Choice, MAX_PICKED_OPTIONS, Range, Template, TemplatePart, Weight, WeightedOption, read},
    wildcards::Wildcards,
};

/// The definitions of the names in a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Wildcards.
    pub wildcards: Wildcards,
    /// Variables that the template does not define itself. Their values are templates.
    pub variables: BTreeMap<String, String>,
}

/// A part of a template that was probably meant otherwise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TemplateProblem {
    /// There is no wildcard with this name; its text is kept.
    NoWildcard(String),
    /// A wildcard has no lines; its text is kept.
    EmptyWildcard(String),
    /// There is no variable with this name; its text is kept.
    NoVariable(String),
    /// A wildcard or a variable of this name refers to itself.
    Circular(String),
    /// Braces or names are nested too deeply.
    TooDeep,
    /// A prompt would be longer than any model accepts, or would take too long to write.
    TooLong,
    /// Several of too many options are picked at once.
    TooMany,
}

impl TemplateProblem {
    /// Whether nothing may be sent until it is fixed. Otherwise the names are sent as text.
    pub fn refuses(&self) -> bool {
        matches!(self, Self::Circular(_) | Self::TooDeep | Self::TooLong | Self::TooMany)
    }
}

/// The nesting depth of names and braces at most.
const MAX_NESTING_DEPTH: usize = 128;
/// The work of writing one prompt at most, in bytes and steps.
const MAX_RESOLVED_NODES: usize = 1 << 20;
/// The number of entries of the table that counts combinations of options at most.
const MAX_PICK_TABLE_ENTRIES: usize = 1 << 20;

/// A branch of the tree.
#[derive(Debug)]
pub(crate) struct TemplateNode {
    /// The number of prompts of the branch.
    pub(crate) count: u128,
    /// The work of writing one of them, in bytes and steps.
    pub(crate) work: usize,
    pub(crate) kind: NodeKind,
}

#[derive(Debug)]
pub(crate) enum NodeKind {
    Text(String),
    /// All nodes in order.
    Sequence(Vec<Arc<TemplateNode>>),
    /// One of the options.
    Choice(Vec<Branch>),
    /// Several of the options.
    Pick(Picked),
    Range(Range),
    /// Stores a value in a slot and writes nothing.
    Store(usize, Arc<TemplateNode>),
    /// Writes the value in a slot.
    Load(usize),
}

/// An option and its weight.
#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) weight: u64,
    pub(crate) node: Arc<TemplateNode>,
}

/// Several options at once.
#[derive(Debug)]
pub(crate) struct Picked {
    pub(crate) least: usize,
    pub(crate) most: usize,
    pub(crate) joiner: String,
    pub(crate) options: Vec<Branch>,
    /// The number of ways to pick `n` of the options from `option` on: `ways[option * (most + 1) + n]`.
    pub(crate) ways: Vec<u128>,
}

impl Picked {
    /// The number of ways to pick `count` of the options from `option` on.
    pub(crate) fn ways(&self, option: usize, count: usize) -> u128 {
        self.ways.get(option * (self.most + 1) + count).copied().unwrap_or(0)
    }
}

impl TemplateNode {
    fn text(text: impl Into<String>) -> Arc<Self> {
        let text = text.into();
        Arc::new(Self { count: 1, work: text.len() + 1, kind: NodeKind::Text(text) })
    }

    fn sequence(mut nodes: Vec<Arc<Self>>) -> Arc<Self> {
        if nodes.len() == 1 {
            return nodes.remove(0);
        }
        let count = nodes.iter().fold(1_u128, |count, node| count.saturating_mul(node.count));
        let work = nodes.iter().fold(1_usize, |work, node| work.saturating_add(node.work));
        Arc::new(Self { count, work, kind: NodeKind::Sequence(nodes) })
    }

    fn choice(options: Vec<Branch>) -> Arc<Self> {
        let count = options.iter().fold(0_u128, |sum, one| sum.saturating_add(one.node.count));
        let work = options.iter().map(|one| one.node.work).max().unwrap_or(0).saturating_add(1);
        Arc::new(Self { count, work, kind: NodeKind::Choice(options) })
    }
}

/// The tree of a template, the number of its slots, and its problems.
pub(crate) fn resolve(text: &str, sources: &Sources) -> (Arc<TemplateNode>, usize, Vec<TemplateProblem>) {
    let mut resolver = Resolver {
        sources,
        wildcards: BTreeMap::new(),
        variables: BTreeMap::new(),
        scope: Vec::new(),
        slots: 0,
        depth: 0,
        problems: BTreeSet::new(),
    };
    let (template, too_deep) = read(text);
    if too_deep {
        resolver.problems.insert(TemplateProblem::TooDeep);
    }
    let mut node = resolver.template(&template);
    if node.work > MAX_RESOLVED_NODES {
        resolver.problems.insert(TemplateProblem::TooLong);
    }
    if resolver.problems.iter().any(TemplateProblem::refuses) {
        // A rejected template becomes its text, so that it can be displayed.
        node = TemplateNode::text(text);
    }
    (node, resolver.slots, resolver.problems.into_iter().collect())
}

/// The resolution of a name.
#[derive(Clone)]
enum Resolution {
    /// It is being resolved; another request for it is a cycle.
    InProgress,
    Known(Arc<TemplateNode>),
    Unknown,
}

struct Resolver<'a> {
    sources: &'a Sources,
    wildcards: BTreeMap<String, Resolution>,
    variables: BTreeMap<String, Resolution>,
    /// The definitions so far, within these braces and those around them.
    scope: Vec<(String, Arc<TemplateNode>)>,
    slots: usize,
    depth: usize,
    problems: BTreeSet<TemplateProblem>,
}

impl Resolver<'_> {
    fn template(&mut self, template: &Template) -> Arc<TemplateNode> {
        if self.depth == MAX_NESTING_DEPTH {
            self.problems.insert(TemplateProblem::TooDeep);
            return TemplateNode::text("");
        }
        self.depth += 1;
        let around = self.scope.len();
        let nodes = template.0.iter().filter_map(|part| self.part(part)).collect();
        self.scope.truncate(around);
        self.depth -= 1;
        TemplateNode::sequence(nodes)
    }

    fn part(&mut self, part: &TemplatePart) -> Option<Arc<TemplateNode>> {
        Some(match part {
            TemplatePart::Text(text) => TemplateNode::text(text.as_str()),
            TemplatePart::Range(range) => {
                let (count, work) = (u128::from(range.count()), range.longest() + 1);
                Arc::new(TemplateNode { count, work, kind: NodeKind::Range(*range) })
            }
            TemplatePart::Choice(choice) => self.choice(choice),
            TemplatePart::Wildcard(name) => self.wildcard(name),
            TemplatePart::Use { name, otherwise } => self.variable(name, otherwise.as_ref()),
            TemplatePart::Definition { name, once, value } => {
                let value = self.template(value);
                if !once {
                    self.scope.push((name.clone(), value));
                    return None;
                }
                let slot = self.slots;
                self.slots += 1;
                let kept = TemplateNode { count: 1, work: value.work, kind: NodeKind::Load(slot) };
                self.scope.push((name.clone(), Arc::new(kept)));
                Arc::new(TemplateNode { count: value.count, work: value.work, kind: NodeKind::Store(slot, value) })
            }
        })
    }

    fn choice(&mut self, choice: &Choice) -> Arc<TemplateNode> {
        let Some(pick) = &choice.pick else { return TemplateNode::choice(self.branches(&choice.options)) };
        // The lines of a single wildcard are the options.
        let mut options = match choice.options.as_slice() {
            [WeightedOption { template: Template(parts), .. }]
                if matches!(parts.as_slice(), [TemplatePart::Wildcard(_)]) =>
            {
                self.branches_of_wildcard(parts)
            }
            options => self.branches(options),
        };
        options.truncate(MAX_PICK_TABLE_ENTRIES);
        let most = pick.most.unwrap_or(options.len()).min(options.len());
        let (least, width) = (pick.least.min(most), most + 1);
        if most > MAX_PICKED_OPTIONS || width.saturating_mul(options.len() + 1) > MAX_PICK_TABLE_ENTRIES {
            self.problems.insert(TemplateProblem::TooMany);
            return TemplateNode::text("");
        }
        let mut ways = vec![0_u128; width * (options.len() + 1)];
        ways[width * options.len()] = 1;
        for index in (0..options.len()).rev() {
            for count in 0..width {
                let without = ways[(index + 1) * width + count];
                let with = if count == 0 { 0 } else { ways[(index + 1) * width + count - 1] };
                let with = with.saturating_mul(options[index].node.count);
                ways[index * width + count] = without.saturating_add(with);
            }
        }
        let count = (least..=most).fold(0_u128, |sum, count| sum.saturating_add(ways[count]));
        let joiner = pick.joiner.clone().unwrap_or_else(|| ", ".to_owned());
        let each = options.iter().map(|one| one.node.work).max().unwrap_or(0).saturating_add(joiner.len());
        let work = each.saturating_mul(most).saturating_add(1);
        Arc::new(TemplateNode { count, work, kind: NodeKind::Pick(Picked { least, most, joiner, options, ways }) })
    }

    fn branches_of_wildcard(&mut self, parts: &[TemplatePart]) -> Vec<Branch> {
        let [TemplatePart::Wildcard(name)] = parts else { return Vec::new() };
        let node = self.wildcard(name);
        match &node.kind {
            NodeKind::Choice(options) => {
                options.iter().map(|option| Branch { weight: option.weight, node: Arc::clone(&option.node) }).collect()
            }
            _ => vec![Branch { weight: Weight::ONE.0, node }],
        }
    }

    fn branches(&mut self, options: &[WeightedOption]) -> Vec<Branch> {
        let weight = |option: &WeightedOption| option.weight.unwrap_or(Weight::ONE).0;
        // An option of weight 0 is switched off, unless all of them have weight 0.
        let all_off = options.iter().all(|option| weight(option) == 0);
        options
            .iter()
            .filter(|option| all_off || weight(option) > 0)
            .map(|option| Branch { weight: weight(option).max(1), node: self.template(&option.template) })
            .collect()
    }

    fn wildcard(&mut self, name: &str) -> Arc<TemplateNode> {
        let itself = || TemplateNode::text(format!("__{name}__"));
        match self.wildcards.get(name) {
            Some(Resolution::Known(node)) => return Arc::clone(node),
            Some(Resolution::Unknown) => return itself(),
            Some(Resolution::InProgress) => {
                self.problems.insert(TemplateProblem::Circular(name.to_owned()));
                return itself();
            }
            None => {}
        }
        self.wildcards.insert(name.to_owned(), Resolution::InProgress);
        let sources = self.sources;
        let meant: Vec<_> = sources.wildcards.meant(name).collect();
        // The lines of a wildcard do not see the definitions of the template around it.
        let scope = std::mem::take(&mut self.scope);
        self.depth += 1;
        let mut branches = Vec::new();
        for (_, wildcard) in &meant {
            branches.extend(self.branches(wildcard.options()));
        }
        self.depth -= 1;
        self.scope = scope;
        let meaning = if branches.is_empty() {
            let name = name.to_owned();
            let problem =
                if meant.is_empty() { TemplateProblem::NoWildcard(name) } else { TemplateProblem::EmptyWildcard(name) };
            self.problems.insert(problem);
            Resolution::Unknown
        } else {
            Resolution::Known(TemplateNode::choice(branches))
        };
        self.wildcards.insert(name.to_owned(), meaning.clone());
        match meaning {
            Resolution::Known(node) => node,
            Resolution::InProgress | Resolution::Unknown => itself(),
        }
    }

    fn variable(&mut self, name: &str, otherwise: Option<&Template>) -> Arc<TemplateNode> {
        if let Some((_, node)) = self.scope.iter().rev().find(|(defined, _)| defined == name) {
            return Arc::clone(node);
        }
        match self.variables.get(name) {
            Some(Resolution::Known(node)) => return Arc::clone(node),
            Some(Resolution::InProgress) => {
                self.problems.insert(TemplateProblem::Circular(name.to_owned()));
                return TemplateNode::text("");
            }
            Some(Resolution::Unknown) | None => {}
        }
        let sources = self.sources;
        if let Some(value) = sources.variables.get(name) {
            self.variables.insert(name.to_owned(), Resolution::InProgress);
            let (template, too_deep) = read(value);
            if too_deep {
                self.problems.insert(TemplateProblem::TooDeep);
            }
            let scope = std::mem::take(&mut self.scope);
            let node = self.template(&template);
            self.scope = scope;
            self.variables.insert(name.to_owned(), Resolution::Known(Arc::clone(&node)));
            return node;
        }
        if let Some(otherwise) = otherwise {
            return self.template(otherwise);
        }
        self.problems.insert(TemplateProblem::NoVariable(name.to_owned()));
        // In the most probable spelling.
        let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        TemplateNode::text(if is_word { format!("${name}") } else { format!("${{{name}}}") })
    }
}
