//! A world in words, for whoever has to find out why it breaks a rule.

use std::fmt::Write as _;

use crate::trial::Tried;
use crate::world::World;
use crate::world::people::{file_of, moment};
use crate::world::program::Plan;
use crate::world::{Clock, words};

/// All of it: the program, the files, what happened to the process, and what is broken.
pub fn told(world: &World, tried: &Tried) -> String {
    let mut out = format!("seed {}\n\n", world.seed);
    let head = |plan: &Plan| words::head(plan.wider.as_ref()).len();
    if let Some(rules) = &world.plan.wider {
        let _ = writeln!(out, "{rules:?}\n");
    }
    for declaration in world.plan.declarations().into_iter().skip(head(&world.plan)) {
        let _ = writeln!(out, "{declaration}\n");
    }
    if let Some(next) = &world.next {
        out.push_str("// from the middle on\n\n");
        for declaration in next.declarations().into_iter().skip(head(next)) {
            let _ = writeln!(out, "{declaration}\n");
        }
    }
    let _ = writeln!(out, "{}", file_of(&world.people.rows));
    if !world.people.grown.is_empty() {
        let _ = writeln!(out, "and later\n{}", file_of(&world.people.grown));
    }
    for line in &world.people.lines {
        let _ = writeln!(out, "{}", line.text());
    }
    let (how, at) = match &world.clock {
        Clock::Virtual(at) => ("rehearsed to the end of", at),
        Clock::Wall(at) => ("served, with looks at the clock at", at),
    };
    let at: Vec<String> = at.iter().map(|at| moment(*at)).collect();
    let _ = writeln!(out, "\n{how} {}", at.join(" "));
    let _ = writeln!(out, "{:?}, store: {:?}, order {}", world.weather, world.store, world.order);
    for life in &world.lives {
        let _ = writeln!(out, "{life:?}");
    }
    let _ = writeln!(out, "\n{}", tried.broken.join("\n"));
    out
}
