//! What is said where a store cannot go on with a changed project: who is in the way, and what to do.

use crate::store::{StoreError, StoreFault};
use flow_ir::limits::{MAX_FIELDS, MAX_LAYOUT_BYTES, MAX_STEPS};
use flow_ir::verify::Fault;
use flow_ir::{Live, Program, Unlinked, WorkflowId, places, standing};

/// How many faults of two versions together are told.
const SHOWN_FAULTS: usize = 3;

const OTHERWISE: &str = "nothing was changed, and the project as it was before goes on; a rehearsal can start over with `--fresh` (the old \
                         store and its mails are set aside)";

/// People would have to do without something that their next steps ask for.
pub(super) fn lost(unlinked: &Unlinked) -> StoreError {
    error(&unlinked.to_string(), &unlinked.lost.help())
}

/// Both versions together are more than a program may be.
pub(super) fn too_much(kept: &Program, linked: &Program, live: &Live, faults: &[Fault]) -> StoreError {
    const MOST_KIB: u32 = MAX_LAYOUT_BYTES / 1024;
    const LEAVE_OUT: &str = "leave something out of what is new";
    if linked.fields.len() > MAX_FIELDS {
        let problem = format!(
            "with the fields and tags of the versions before it, which keep what they hold, it has {}, and {MAX_FIELDS} have room",
            linked.fields.len()
        );
        return error(&problem, "use fields again that are there, in place of new ones");
    }
    if linked.frame.size > MAX_LAYOUT_BYTES {
        let problem = format!(
            "with what the versions before it kept about each person, it asks for more than {MOST_KIB} KiB of each"
        );
        return error(&problem, LEAVE_OUT);
    }
    for (id, workflow) in linked.workflows.iter() {
        let steps = workflow.steps_in_use();
        if steps > MAX_STEPS {
            let people = of(kept, live, id);
            let problem = format!(
                "{people}`{}` has {steps} steps with those that people are still in, and {MAX_STEPS} have room",
                workflow.name
            );
            return error(&problem, "wait until they are through, or give the new workflow another name");
        }
        if workflow.journey.size > MAX_LAYOUT_BYTES {
            let people = of(kept, live, id);
            let problem = format!(
                "{people}with what its versions before kept of each journey, `{}` asks for more than {MOST_KIB} KiB",
                workflow.name
            );
            return error(&problem, "give the new workflow another name: people finish the one before it");
        }
    }
    let faults: Vec<String> = faults.iter().take(SHOWN_FAULTS).map(ToString::to_string).collect();
    error(
        &format!("it and the version before it do not go together, which is a mistake of Flow: {}", faults.join("; ")),
        "please tell us what you changed",
    )
}

/// Who is in a workflow, as the beginning of a sentence.
fn of(kept: &Program, live: &Live, id: WorkflowId) -> String {
    match places(&standing(kept, live, id, None)) {
        none if none.is_empty() => none,
        places => format!("{places}, and "),
    }
}

fn error(problem: &str, help: &str) -> StoreError {
    StoreError {
        fault: StoreFault::Other,
        message: format!("the store cannot go on with this version of the project: {problem}"),
        help: format!("{help}; {OTHERWISE}"),
        path: None,
    }
}
