//! Compares what the engine does with the reference model, world by world: `model FROM TO [show]`.
#![expect(clippy::disallowed_methods, clippy::indexing_slicing, reason = "a tool that is started by hand")]

use flow_simulation::model::{beyond, both, disagreements, fair, is_beyond};
use flow_simulation::run::{Lived, Manner, live};
use flow_simulation::world::World;
use flow_simulation::world::people::moment;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize| words.get(place).and_then(|word| word.parse().ok()).unwrap_or(0_u64);
    let rung = std::env::var("RUNG").ok().and_then(|rung| rung.parse().ok()).unwrap_or(1);
    let (mut compared, mut skipped, mut differ) = (0, 0, 0);
    for seed in number(0)..number(1) {
        let world = fair(World::of(seed), rung);
        if beyond(&world).is_some() {
            skipped += 1;
            continue;
        }
        let lived = match live(&world, &Manner::calm()) {
            Ok(lived) => lived,
            Err(error) => {
                println!("{seed} {error}");
                continue;
            }
        };
        if is_beyond(&world, &lived) {
            skipped += 1;
            continue;
        }
        compared += 1;
        if let Some(user) = words.get(2).and_then(|word| word.strip_prefix('u')).and_then(|user| user.parse().ok()) {
            show(&world, &lived, user);
        }
        let told = disagreements(&world, &lived);
        if !told.is_empty() {
            differ += 1;
            let shown = number(2).max(4) as usize;
            println!("seed {seed}\n   {}", told[..told.len().min(shown)].join("\n   "));
        }
    }
    println!("{compared} compared, {differ} differ, {skipped} skipped");
}

/// Everything about one user.
fn show(world: &World, lived: &Lived, user: u32) {
    let workflows: Vec<String> = world.plan.workflows.iter().map(|workflow| workflow.text()).collect();
    println!("{}\n{}", world.plan.policy.text(None).unwrap_or_default(), workflows.join("\n"));
    for row in world.people.rows.iter().filter(|row| row.user == user) {
        println!("row {:?} {:?}", row.address, row.cells);
    }
    for line in world.people.lines.iter().filter(|line| line.who.user == Some(user)) {
        let late = (line.at - line.occurred) / 60_000;
        let said = serde_json::Value::Object(line.said.clone());
        let event = line.event.as_deref().unwrap_or("-");
        println!("{} {event} {said} late {late} m{} {:?}", moment(line.at), line.message, line.who.address);
    }
    println!("{}", both(world, lived, user));
}
