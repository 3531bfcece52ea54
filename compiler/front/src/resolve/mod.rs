//! Names to declarations.
//!
//! In: the trees of all files of a project and of the standard modules it uses. Out: one [`Scope`] with everything that is declared,
//! each name once. All files form one program, order does not matter, and a name that is declared twice is an error. This layer
//! looks at declarations only; what predicates and steps mean is the checker's.

pub(crate) mod modules;
pub(crate) mod one_name;
mod reading;
mod tags;
mod topics;

use crate::Project;
use crate::built_in::BUILT_IN;
use crate::diagnostics::{Diagnostic, names};
use crate::naming::snake_case;
use crate::source::{FileId, Location, Source, Span};
use crate::syntax::ast::{Clause, ClauseKind, PolicyClause};
use crate::syntax::{Guess, Parsed, Settled, ast, begins_another_line, constructs, is_reserved, parse, parse_guessing};
use flow_ir::limits::MAX_NAME_BYTES;
use flow_ir::{EmailId, IdMap, Segment};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

/// A declaration and where its places point.
#[derive(Debug, Clone)]
pub(crate) struct Declared<T> {
    pub node: T,
    pub file: FileId,
}

impl<T> Declared<T> {
    pub(crate) fn at(&self, span: Span) -> Location {
        span.in_file(self.file)
    }
}

/// A name that was declared again.
#[derive(Debug, Clone)]
struct Twice {
    name: String,
    again: Location,
    first: Location,
}

/// So many names of one file that another one has too make it a copy.
const LEAST_COPIED: usize = 3;

/// Everything a project declares, in the order of its files.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    /// The texts in use: the project's, then the standard modules', then the templates; a [`FileId`] is a place in this list.
    pub sources: Vec<Source>,
    /// What each `.flow` file writes in another way than the settled one.
    pub settled: Vec<Vec<Settled>>,
    /// The file of the first template.
    pub first_template: u32,
    /// The file of the first standard module: they follow the project's own.
    pub first_module: u32,
    /// Where each name was first declared.
    pub seen: BTreeMap<String, Location>,
    /// Where the declarations of each file begin.
    pub starts: Vec<Vec<u32>>,
    pub fields: Vec<Declared<ast::Field>>,
    /// The fields that follow from others.
    pub derived: Vec<Declared<ast::Derived>>,
    pub events: Vec<Declared<ast::Event>>,
    /// The lifecycle, lowest first.
    pub stages: Vec<Declared<ast::Name>>,
    /// The words a contact may carry.
    pub tags: Vec<Declared<ast::Name>>,
    /// On which people are put.
    pub lists: Vec<Declared<ast::Name>>,
    /// The subjects of mail that people may want or refuse one by one.
    pub topics: Vec<Declared<ast::Name>>,
    pub segments: Vec<Declared<ast::Segment>>,
    pub emails: IdMap<EmailId, Declared<ast::Email>>,
    pub teams: Vec<Declared<ast::Team>>,
    /// The blocks of the project's policy, which add up.
    pub policy: Vec<Declared<ast::Policy>>,
    pub calendars: Vec<Declared<ast::Calendar>>,
    pub workflows: Vec<Declared<ast::Workflow>>,
    /// The kinds of which some declaration could not be read, so that none of their names can be called unknown.
    pub broken: BTreeSet<ast::Kind>,
    /// Whether the name of a workflow was taken, so that nothing is known of what it sends.
    pub workflow_left_out: bool,
    /// The names of which a declaration was left out because there was one before it. What they mean is reported to be unclear, so uses
    /// of them say nothing more.
    pub disputed: BTreeSet<String>,
    /// The properties of events that were declared again, by the event's name.
    pub events_again: BTreeMap<String, Vec<ast::Field>>,
    /// The names that were declared again, until they are reported.
    twice: Vec<Twice>,
    /// The standard modules that were brought in.
    pub modules: Vec<&'static str>,
    /// A module was not found, so that only names that look misspelt can be called unknown.
    pub module_missing: bool,
}

impl Scope {
    /// All names that are declared, with their kinds.
    fn names(&self) -> impl Iterator<Item = (ast::Kind, &str)> {
        use ast::Kind;
        let fields = self.fields.iter().map(|field| (Kind::Contact, field.node.name.text.as_str()));
        let derived = self.derived.iter().map(|derived| (Kind::Derived, derived.node.name.text.as_str()));
        let events = self.events.iter().map(|event| (Kind::Event, event.node.name.text.as_str()));
        let stages = self.stages.iter().map(|stage| (Kind::Stages, stage.node.text.as_str()));
        let tags = self.tags.iter().map(|tag| (Kind::Tags, tag.node.text.as_str()));
        let lists = self.lists.iter().map(|list| (Kind::List, list.node.text.as_str()));
        let topics = self.topics.iter().map(|topic| (Kind::Topics, topic.node.text.as_str()));
        let segments = self.segments.iter().map(|segment| (Kind::Segment, segment.node.name.text.as_str()));
        let emails = self.emails.values().map(|email| (Kind::Email, email.node.name.text.as_str()));
        let teams = self.teams.iter().map(|team| (Kind::Team, team.node.name.text.as_str()));
        let workflows = self.workflows.iter().map(|workflow| (Kind::Workflow, workflow.node.name.text.as_str()));
        let calendars = self.calendars.iter().map(|calendar| (Kind::Calendar, calendar.node.name.text.as_str()));
        let people =
            fields.chain(derived).chain(events).chain(stages).chain(tags).chain(lists).chain(topics).chain(segments);
        people.chain(emails).chain(teams).chain(calendars).chain(workflows)
    }

    /// Where the declaration begins that holds a place; the beginning of the text where there is none.
    pub(crate) fn declaration_start(&self, at: Location) -> u32 {
        let starts = self.starts.get(at.file.0 as usize).map(Vec::as_slice).unwrap_or_default();
        let next = starts.partition_point(|start| *start <= at.span.start);
        next.checked_sub(1).and_then(|index| starts.get(index)).copied().unwrap_or_default()
    }
}

/// Reads every file, on as many threads, brings in the modules it uses and one `besides`, and gathers the declarations.
pub(crate) fn resolve(
    project: &Project,
    threads: NonZeroUsize,
    besides: Option<&'static str>,
) -> (Scope, Vec<Diagnostic>) {
    let first_module = project.sources.len() as u32;
    let (scope, seen, in_data, used, diagnostics) = Default::default();
    let mut resolver =
        Resolver { scope, seen, beside: None, in_data, used, diagnostics, first_module, stages: BTreeSet::new() };
    let sources: Vec<Source> = project.sources.iter().cloned().map(Source::with_known_line_ends).collect();
    let read = reading::read(&sources, threads);
    for (source, Parsed { tree, diagnostics, .. }) in sources.into_iter().zip(read) {
        resolver.file(source, tree, diagnostics);
    }
    resolver.modules(besides);
    resolver.report_twice();
    resolver.scope.first_template = resolver.scope.sources.len() as u32;
    resolver.scope.first_module = first_module;
    resolver.scope.sources.extend(project.templates.iter().cloned());
    resolver.scope.seen = resolver.seen;
    (resolver.scope, resolver.diagnostics)
}

/// What a text declares by itself, beside all names of `scope` but those of the `place` whose text it takes. Its modules are not
/// brought in.
pub(crate) fn alone(scope: &Scope, place: Location, file: FileId, text: &str, guess: Span) -> (Scope, Vec<Diagnostic>) {
    let beside = Some(Beside { seen: &scope.seen, but: place, first_module: scope.first_module });
    // What a text alone declares once more may be a stage of the project.
    let stages = scope.stages.iter().map(|stage| stage.node.text.clone()).collect();
    let (scope, seen, in_data, used, diagnostics) = Default::default();
    let mut resolver = Resolver { scope, seen, beside, in_data, used, diagnostics, first_module: u32::MAX, stages };
    let Parsed { tree, diagnostics, .. } = parse_guessing(file, text, Guess::within(guess));
    resolver.diagnostics.extend(diagnostics);
    resolver.scope.settled.push(tree.settled);
    for declaration in tree.declarations {
        resolver.declare(declaration.kind, file);
    }
    resolver.unknown_modules();
    resolver.report_twice();
    (resolver.scope, resolver.diagnostics)
}

/// What of a row or a line of a stream a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Data {
    Field,
    Event,
    Topic,
    List,
}

/// What a project declares, but for what lies in one place of it.
struct Beside<'s> {
    seen: &'s BTreeMap<String, Location>,
    but: Location,
    first_module: u32,
}

impl Beside<'_> {
    fn declares(&self, name: &str) -> Option<Location> {
        let (at, but) = (*self.seen.get(name)?, self.but);
        let is_inside = at.file == but.file && but.span.start <= at.span.start && at.span.end <= but.span.end;
        (!is_inside).then_some(at)
    }
}

struct Resolver<'s> {
    scope: Scope,
    /// What is declared besides, where a text is only tried out.
    beside: Option<Beside<'s>>,
    /// Where each name was first declared. Names are global across kinds, so that one word never means two things.
    seen: BTreeMap<String, Location>,
    /// The fields and the events by the name under which data are looked up, with the name as declared.
    in_data: BTreeMap<(Data, String), (String, Location)>,
    /// The modules that a file uses and that are not brought in yet.
    used: Vec<(ast::Use, FileId)>,
    diagnostics: Vec<Diagnostic>,
    /// The file of the first standard module: they follow the project's own.
    first_module: u32,
    /// The names of stages, those declared as something else before too.
    stages: BTreeSet<String>,
}

impl Resolver<'_> {
    /// The next file, with what was read in it.
    fn file(&mut self, source: Source, tree: ast::File, diagnostics: Vec<Diagnostic>) {
        let file = self.next_file();
        self.scope.sources.push(source);
        self.scope.starts.push(tree.starts);
        self.scope.settled.push(tree.settled);
        self.diagnostics.extend(diagnostics);
        for declaration in tree.declarations {
            self.declare(declaration.kind, file);
        }
    }

    fn next_file(&self) -> FileId {
        FileId(self.scope.sources.len() as u32)
    }

    /// Brings in each module once, and the modules that those use.
    fn modules(&mut self, besides: Option<&'static str>) {
        if let Some(module) = besides.and_then(flow_stdlib::module) {
            self.bring_in(module);
        }
        while !self.used.is_empty() {
            for (name, file) in std::mem::take(&mut self.used) {
                let Some(module) = flow_stdlib::module(&name.text) else {
                    self.unknown_module(&name, file);
                    continue;
                };
                self.bring_in(module);
            }
        }
    }

    fn bring_in(&mut self, module: &flow_stdlib::Module) {
        if !self.scope.modules.contains(&module.name) {
            self.scope.modules.push(module.name);
            let (tree, diagnostics) = parse(self.next_file(), module.text);
            let source = Source { path: module.path.to_owned(), text: module.text.to_owned() };
            self.file(source, tree, diagnostics);
        }
    }

    fn unknown_module(&mut self, name: &ast::Use, file: FileId) {
        let known: Vec<&str> = flow_stdlib::MODULES.iter().map(|module| module.name).collect();
        self.scope.module_missing = true;
        self.diagnostics.push(names::unknown_module(&name.text, &known, name.span.in_file(file)));
    }

    /// Reports the modules that do not exist, and brings in none.
    fn unknown_modules(&mut self) {
        for (name, file) in std::mem::take(&mut self.used) {
            if flow_stdlib::module(&name.text).is_none() {
                self.unknown_module(&name, file);
            }
        }
    }

    /// Each kind has a function that is named after its file.
    fn declare(&mut self, declaration: ast::Declaration, file: FileId) {
        macro_rules! dispatch {
            ({$($module:ident: $variant:ident $node:tt $rules:tt $about:tt;)*} $later:tt) => {
                match declaration {
                    $(ast::Declaration::$variant(node) => self.$module(node, file),)*
                    ast::Declaration::Unreadable(ast::Kind::Use) => self.scope.module_missing = true,
                    ast::Declaration::Unreadable(kind) => {
                        self.scope.broken.insert(kind);
                    }
                }
            };
        }
        constructs::declarations!(dispatch);
    }

    fn module(&mut self, node: ast::Use, file: FileId) {
        self.used.push((node, file));
    }

    fn contact(&mut self, contact: ast::Contact, file: FileId) {
        if contact.broken {
            self.scope.broken.insert(ast::Kind::Contact);
        }
        for field in contact.fields {
            self.not_reserved("field", &field.name, file);
            if self.is_new(&field.name, file) && self.is_new_in_data(Data::Field, &field.name, file) {
                self.scope.fields.push(Declared { node: field, file });
            } else {
                // Of another type: neither is taken for the right one.
                self.scope.fields.retain(|first| first.node.name.text != field.name.text || first.node.is_like(&field));
            }
        }
    }

    fn derived(&mut self, node: ast::Derived, file: FileId) {
        self.not_reserved("field", &node.name, file);
        if self.is_new(&node.name, file) && self.is_new_in_data(Data::Field, &node.name, file) {
            self.scope.derived.push(Declared { node, file });
        }
    }

    fn event(&mut self, node: ast::Event, file: FileId) {
        self.not_reserved("event", &node.name, file);
        if self.is_new(&node.name, file) && self.is_new_in_data(Data::Event, &node.name, file) {
            self.scope.events.push(Declared { node, file });
        } else {
            self.scope.events_again.entry(node.name.text).or_default().extend(node.properties);
        }
    }

    fn segment(&mut self, node: ast::Segment, file: FileId) {
        self.not_reserved("segment", &node.name, file);
        if self.is_new(&node.name, file) {
            self.scope.segments.push(Declared { node, file });
        }
    }

    /// Who they are is a condition like a segment's, which no text can name.
    fn test_people(&mut self, people: ast::TestPeople, file: FileId) {
        let (name, again) = (Segment::TEST_PEOPLE.to_owned(), people.head.in_file(file));
        let mut before = self.scope.segments.iter().filter(|segment| segment.node.name.text == name);
        if let Some(first) = before.next() {
            self.diagnostics.push(names::test_people_twice(again, first.at(first.node.name.span)));
            return;
        }
        let name = ast::Name { text: name, span: people.head };
        let node = ast::Segment { name, predicate: people.predicate, span: people.span };
        self.scope.segments.push(Declared { node, file });
    }

    fn email(&mut self, node: ast::Email, file: FileId) {
        self.not_reserved("email", &node.name, file);
        if self.is_new(&node.name, file) {
            self.scope.emails.push(Declared { node, file });
        } else if let Some(first) = self.scope.emails.values_mut().find(|email| email.node.name.text == node.name.text)
        {
            // Its links may be those of the other one.
            first.node.broken = true;
        }
    }

    fn team(&mut self, node: ast::Team, file: FileId) {
        if self.is_new(&node.name, file) {
            self.scope.teams.push(Declared { node, file });
        }
    }

    /// Several blocks add up to the one policy of the project; what may stand in it once stands in one of them.
    fn policy(&mut self, node: ast::Policy, file: FileId) {
        for clause in node.clauses.iter().filter(|clause| !clause.kind.is_many()) {
            let word = clause.kind.word();
            let is_it = |first: &&Clause<PolicyClause>| first.kind.word() == word;
            let first = |before: &Declared<ast::Policy>| {
                before.node.clauses.iter().find(is_it).map(|first| before.at(first.span))
            };
            if let Some(first) = self.scope.policy.iter().find_map(first) {
                let again = clause.span.in_file(file);
                self.diagnostics.push(names::repeated_clause("policy", word, again, Some(first)));
            }
        }
        self.scope.policy.push(Declared { node, file });
    }

    fn calendar(&mut self, node: ast::Calendar, file: FileId) {
        if self.is_new(&node.name, file) {
            self.scope.calendars.push(Declared { node, file });
        }
    }

    fn workflow(&mut self, node: ast::Workflow, file: FileId) {
        if self.is_new(&node.name, file) {
            self.scope.workflows.push(Declared { node, file });
        } else {
            self.scope.workflow_left_out = true;
        }
    }

    /// A project has one lifecycle.
    fn stages(&mut self, stages: ast::Stages, file: FileId) {
        if let Some(first) = self.scope.stages.first() {
            let first = first.at(first.node.span);
            self.declared_twice("stages", stages.span.in_file(file), first);
            self.scope.disputed.extend(stages.names.into_iter().map(|name| name.text));
            return;
        }
        for name in stages.names {
            self.not_reserved("stage", &name, file);
            self.stages.insert(name.text.clone());
            if self.is_new(&name, file) {
                self.scope.stages.push(Declared { node: name, file });
            }
        }
    }

    fn declared_twice(&mut self, name: &str, again: Location, first: Location) {
        self.scope.twice.push(Twice { name: name.to_owned(), again, first });
    }

    /// Reports the names that are declared twice; a file that is a copy of another is one mistake.
    fn report_twice(&mut self) {
        let mut of_files: BTreeMap<(FileId, FileId), Vec<Twice>> = BTreeMap::new();
        for twice in std::mem::take(&mut self.scope.twice) {
            of_files.entry((twice.again.file, twice.first.file)).or_default().push(twice);
        }
        for ((again, first), all) in of_files {
            let is_copy = again != first && again.0 < self.first_module && all.len() >= LEAST_COPIED;
            match all.first().filter(|_| is_copy) {
                Some(one) => {
                    let names: Vec<&str> = all.iter().map(|twice| twice.name.as_str()).collect();
                    self.diagnostics.push(names::copied_file(&names, one.again, one.first));
                }
                None => all.iter().for_each(|twice| self.one_twice(&twice.name, twice.again, twice.first)),
            }
        }
    }

    /// Reports a name that is declared twice, at the declaration that the writer can change.
    fn one_twice(&mut self, name: &str, again: Location, first: Location) {
        let (own, module) = match &self.beside {
            // What is only tried out is the writer's, wherever the other one stands.
            Some(beside) => (again, (first.file.0 >= beside.first_module).then_some(first)),
            None => (first, (again.file.0 >= self.first_module && first.file.0 < self.first_module).then_some(again)),
        };
        self.diagnostics.push(match module {
            Some(module) => names::declared_by_module(name, own, module, self.is_stage(name)),
            None => names::duplicate_name(name, again, first),
        });
    }

    fn is_stage(&self, name: &str) -> bool {
        self.stages.contains(name)
    }

    /// Whether data could tell a name from those before it: `First Name` fills `first_name` and `firstName` alike.
    fn is_new_in_data(&mut self, data: Data, name: &ast::Name, file: FileId) -> bool {
        let at = name.span.in_file(file);
        let looked_up = match data {
            Data::Field | Data::Event => snake_case(&name.text),
            // Among several in one cell, they are told by their letters and digits.
            Data::Topic | Data::List => snake_case(&name.text).replace('_', ""),
        };
        if data == Data::Field && BUILT_IN.iter().any(|(built_in, _)| *built_in == looked_up) {
            self.diagnostics.push(names::built_in_name(&looked_up, at));
            self.scope.disputed.insert(name.text.clone());
            return false;
        }
        match self.in_data.entry((data, looked_up)) {
            Entry::Occupied(first) => {
                let (first, declared) = first.get();
                let by_module = file.0 >= self.first_module && declared.file.0 < self.first_module;
                self.diagnostics.push(match by_module {
                    true => names::declared_by_module(&name.text, *declared, at, self.is_stage(&name.text)),
                    false => names::same_in_data(&name.text, at, first, *declared),
                });
                self.scope.disputed.insert(name.text.clone());
                false
            }
            Entry::Vacant(entry) => {
                entry.insert((name.text.clone(), at));
                true
            }
        }
    }

    /// Reports a name that is a word of the lines it would stand in. It is declared all the same, so that nothing
    /// else is said of it.
    fn not_reserved(&mut self, what: &str, name: &ast::Name, file: FileId) {
        let at = name.span.in_file(file);
        if is_reserved(what, &name.text) {
            self.diagnostics.push(names::reserved_name(&name.text, what, at));
        } else if what == "field" && begins_another_line(&name.text) {
            self.diagnostics.push(names::begins_a_line(&name.text, at));
        }
    }

    fn is_new(&mut self, name: &ast::Name, file: FileId) -> bool {
        let at = name.span.in_file(file);
        if name.text.len() > MAX_NAME_BYTES {
            self.diagnostics.push(names::long_name(at));
        }
        if BUILT_IN.iter().any(|(built_in, _)| *built_in == name.text) {
            self.diagnostics.push(names::built_in_name(&name.text, at));
            return false;
        }
        let beside = self.beside.as_ref().and_then(|beside| beside.declares(&name.text));
        match self.seen.get(&name.text).copied().or(beside) {
            Some(first) => {
                self.declared_twice(&name.text, at, first);
                self.scope.disputed.insert(name.text.clone());
                false
            }
            None => {
                self.seen.insert(name.text.clone(), at);
                true
            }
        }
    }
}
