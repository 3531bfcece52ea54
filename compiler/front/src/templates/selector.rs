//! Which elements a rule of a style sheet names.
//!
//! Read strictly, a selector that names no element by itself (`a:hover`, `p + p`) is none. Read in doubt, what cannot be told from the
//! mail alone is taken to hold, for whoever asks what may be hidden: `p:not(.a)` names every `p`. What is only so while somebody does
//! something, `a:hover`, names nothing then.

/// An element as selectors see it.
#[derive(Clone, Debug, Default)]
pub(super) struct Element {
    /// In small letters.
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn classes(&self) -> impl Iterator<Item = &str> {
        self.attribute("class").unwrap_or_default().split_whitespace()
    }

    /// Under what [`Selector::key`] the selectors are that may name it.
    pub(super) fn keys(&self) -> impl Iterator<Item = String> + '_ {
        let id = self.attribute("id").map(|id| format!("#{id}"));
        self.classes().map(|class| format!(".{class}")).chain(id).chain([self.name.clone(), String::new()])
    }
}

/// From the outermost element to the one that is named.
#[derive(Clone, Debug)]
pub(super) struct Selector {
    steps: Vec<Step>,
}

/// One element of a selector.
#[derive(Clone, Debug, Default)]
struct Step {
    /// Right inside the one before, and not just somewhere.
    direct: bool,
    name: Option<String>,
    ids: Vec<String>,
    classes: Vec<String>,
    attributes: Vec<Test>,
}

/// `[name]`, `[name=value]`, `[name^=value]`
#[derive(Clone, Debug)]
struct Test {
    name: String,
    sign: Option<char>,
    value: Option<String>,
}

/// How much is taken to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// What names no element by itself is no selector.
    Strict,
    /// What cannot be told is taken to hold.
    InDoubt,
}

/// What is so only while somebody does something, or of a part of an element.
const PASSING: [&str; 20] = [
    "active",
    "after",
    "autofill",
    "before",
    "checked",
    "first-letter",
    "first-line",
    "focus",
    "focus-visible",
    "focus-within",
    "fullscreen",
    "hover",
    "invalid",
    "marker",
    "placeholder",
    "placeholder-shown",
    "selection",
    "target",
    "visited",
    "backdrop",
];

impl Selector {
    pub(super) fn read(text: &str, reading: Reading) -> Option<Self> {
        let mut steps: Vec<Step> = Vec::new();
        let mut direct = false;
        let mut rest = text.trim().trim_start_matches('&').trim_start();
        while let Some(c) = rest.chars().next() {
            match c {
                _ if c.is_whitespace() => rest = rest.trim_start(),
                // One at the beginning, or two, name nothing.
                '>' if direct || steps.is_empty() => return None,
                '>' => {
                    direct = true;
                    rest = rest.get(1..)?;
                }
                // Its neighbour stands in the same element; whether it does is not looked at.
                '+' | '~' if reading == Reading::InDoubt && !direct => {
                    direct = steps.pop()?.direct;
                    rest = rest.get(1..)?;
                }
                _ => {
                    let (step, after) = Step::read(rest, direct, reading)?;
                    steps.push(step);
                    direct = false;
                    rest = after;
                }
            }
        }
        (!direct && !steps.is_empty()).then_some(Self { steps })
    }

    /// Ids, classes, names: of two rules the one with more wins.
    pub(super) fn weight(&self) -> (usize, usize, usize) {
        let sum = |count: fn(&Step) -> usize| self.steps.iter().map(count).sum();
        (
            sum(|step| step.ids.len()),
            sum(|step| step.classes.len() + step.attributes.len()),
            sum(|step| usize::from(step.name.is_some())),
        )
    }

    /// The class, id or name that an element must have.
    pub(super) fn key(&self) -> String {
        let last = self.steps.last();
        let id = last.and_then(|step| step.ids.first()).map(|id| format!("#{id}"));
        let class = last.and_then(|step| step.classes.first()).map(|class| format!(".{class}"));
        id.or(class).or_else(|| last.and_then(|step| step.name.clone())).unwrap_or_default()
    }

    /// Whether the last step could be this element.
    pub(super) fn ends_at(&self, element: &Element) -> bool {
        self.steps.last().is_some_and(|last| last.is(element))
    }

    /// Whether the last step is this element and the others are around it. From the outermost element inward, which beginnings of the
    /// selector end at it or outside it: time grows with depth and length, never with their combinations.
    pub(super) fn names<'e>(&self, element: &'e Element, parents: impl Iterator<Item = &'e Element>) -> bool {
        if self.steps.len() == 1 {
            return self.ends_at(element);
        }
        let mut here = vec![false; self.steps.len()];
        let mut outside = here.clone();
        let mut is_last = false;
        for around in parents.chain([element]) {
            let reached: Vec<bool> = self
                .steps
                .iter()
                .enumerate()
                .map(|(at, step)| {
                    let before = at
                        .checked_sub(1)
                        .map(|before| if step.direct { here.get(before) } else { outside.get(before) });
                    before.is_none_or(|before| before.is_some_and(|before| *before)) && step.is(around)
                })
                .collect();
            outside.iter_mut().zip(&reached).for_each(|(any, reached)| *any |= reached);
            is_last = reached.last().is_some_and(|last| *last);
            here = reached;
        }
        is_last
    }

    /// How many elements it speaks of.
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }
}

impl Step {
    /// `td.wide#top[align=center]`, and what follows it.
    fn read(text: &str, direct: bool, reading: Reading) -> Option<(Self, &str)> {
        let mut step = Self { direct, ..Self::default() };
        let (name, mut rest) = word(text);
        if !name.is_empty() {
            step.name = Some(name.to_ascii_lowercase());
        } else if let Some(after) = rest.strip_prefix('*') {
            rest = after;
        }
        while let Some(c) = rest.chars().next() {
            if c.is_whitespace() || matches!(c, '>' | '+' | '~') {
                break;
            }
            let after = rest.get(1..)?;
            rest = match c {
                '[' => {
                    let (test, after) = after.split_once(']')?;
                    step.attributes.push(Test::read(test)?);
                    after
                }
                ':' if reading == Reading::InDoubt => {
                    let (name, after) = word(after.strip_prefix(':').unwrap_or(after));
                    if PASSING.contains(&name.to_ascii_lowercase().as_str()) {
                        return None;
                    }
                    behind_brackets(after)?
                }
                '.' | '#' => {
                    let (name, after) = word(after);
                    if name.is_empty() {
                        return None;
                    }
                    if c == '.' {
                        step.classes.push(name)
                    } else {
                        step.ids.push(name)
                    }
                    after
                }
                _ => return None,
            };
        }
        // A sign that begins nothing.
        (rest.len() < text.len()).then_some((step, rest))
    }

    fn is(&self, element: &Element) -> bool {
        self.name.as_ref().is_none_or(|name| *name == element.name)
            && self.ids.iter().all(|id| element.attribute("id") == Some(id))
            && self.classes.iter().all(|class| element.classes().any(|found| found == class))
            && self.attributes.iter().all(|test| test.holds(element))
    }
}

impl Test {
    fn read(text: &str) -> Option<Self> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => {
                let value = value.trim();
                let value = value.strip_suffix(" i").unwrap_or(value).trim_matches(['"', '\'']);
                (name.trim(), Some(value.to_owned()))
            }
            None => (text.trim(), None),
        };
        let sign = name.chars().last().filter(|sign| value.is_some() && "^$*~|".contains(*sign));
        let name = if sign.is_some() { name.trim_end_matches(['^', '$', '*', '~', '|']).trim() } else { name };
        let (read, rest) = word(name);
        (!read.is_empty() && rest.is_empty()).then(|| Self { name: read.to_ascii_lowercase(), sign, value })
    }

    fn holds(&self, element: &Element) -> bool {
        let Some(found) = element.attribute(&self.name) else { return false };
        let Some(value) = self.value.as_deref() else { return true };
        match self.sign {
            None => found == value,
            Some('^') => found.starts_with(value),
            Some('$') => found.ends_with(value),
            Some('*') => found.contains(value),
            Some('~') => found.split_whitespace().any(|word| word == value),
            Some(_) => found == value || found.strip_prefix(value).is_some_and(|rest| rest.starts_with('-')),
        }
    }
}

/// A name, with its escaped signs as they are meant, and what follows it.
fn word(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == '\\' {
            let Some(escaped) = rest.get(1..).and_then(|rest| rest.chars().next()) else { break };
            name.push(escaped);
            rest = rest.get(1 + escaped.len_utf8()..).unwrap_or_default();
        } else if c.is_alphanumeric() || matches!(c, '-' | '_') {
            name.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        } else {
            break;
        }
    }
    (name, rest)
}

/// Behind the `(.. (..) ..)` that a text may begin with.
fn behind_brackets(text: &str) -> Option<&str> {
    if !text.starts_with('(') {
        return Some(text);
    }
    let mut depth = 0_usize;
    let end = text.char_indices().find_map(|(at, c)| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth == 0).then_some(at + 1)
    })?;
    text.get(end..)
}
