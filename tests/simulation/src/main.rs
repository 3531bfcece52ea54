use flow_simulation::run::{live, Manner};
use flow_simulation::story::{story, differences};
use flow_simulation::world::World;
use flow_runtime::dispatch::channels::Uncertain;
fn main() {
    let a: Vec<u64> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let mut deaths = 0; let mut events = 0; let mut none = 0; let mut changed = 0;
    for seed in a[0]..a[1] {
        let world = World::of(seed);
        if world.plan.workflows.is_empty() { none += 1; continue; }
        let calm = match live(&world, &Manner::calm()) { Ok(l) => l, Err(e) => { println!("{seed} calm: {e}"); continue } };
        let mut manner = Manner::of(&world);
        if world.weather.policy == Uncertain::GiveUp { manner = manner.deathless(); }
        let other = match live(&world, &manner) { Ok(l) => l, Err(e) => { println!("{seed} other: {e}"); continue } };
        deaths += other.deaths; events += calm.snapshot.events.len(); changed += u32::from(calm.is_changed);
        let d = differences(&story(&calm.program, &calm.snapshot), &story(&other.program, &other.snapshot));
        if !d.is_empty() { println!("{seed} {:?} {}", world.weather, d.join("\n   ")); }
        if manner.order == 0 && calm.snapshot.digest() != other.snapshot.digest() { println!("{seed} differs\n{}\n{}", calm.snapshot.digest(), other.snapshot.digest()); }
    }
    println!("deaths {deaths} events {events} none {none} changed {changed}");
}
