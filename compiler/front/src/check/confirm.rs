//! `confirm by welcome`: whoever asks for mail is let into a workflow of one step, which sends that email. So it waits for its address, is kept,
//! tried again, counted and told as every other mail is. Who is let in, and to whom the mail goes, the sender decides.

use crate::env::Env;
use crate::typed::{Form, Typed, TypedEntry, TypedStep, TypedWorkflow};
use flow_ir::effect::Send;
use flow_ir::{CONFIRM_AGAIN_MS, CONFIRMATION, CivilSpan, Conditions, Reenter};

/// That workflow, where the policy asks for it and its email is there.
pub(super) fn confirmation(env: &Env<'_>, typed: &Typed) -> Option<TypedWorkflow> {
    let name = env.scope.policy.iter().find_map(|policy| Some(policy.at(policy.node.confirm_mail()?.span)))?;
    let email = typed.emails.find(|email| email.email.confirms).filter(|_| typed.policy.confirms)?;
    let step = TypedStep {
        label: None,
        kind: "send",
        form: Form::effect(Send { email, again: false }),
        text: format!("send {}", typed.emails.at(email).email.name),
        at: name,
        left_before: None,
    };
    let again = CivilSpan { months: 0, days: 0, ms: CONFIRM_AGAIN_MS };
    let workflow = of_one_step((CONFIRMATION, "Confirm that mail is wanted"), step, again);
    Some(workflow)
}

/// A workflow that nobody wrote, by its name and its title: of one step, which whoever was in it may come to again so long after.
pub(super) fn of_one_step((name, title): (&str, &str), step: TypedStep, again: CivilSpan) -> TypedWorkflow {
    let at = step.at;
    TypedWorkflow {
        several: None,
        name: name.to_owned(),
        title: title.to_owned(),
        group: None,
        owner: None,
        goal: None,
        entry: TypedEntry::ByHand { at },
        reenter: Reenter::After(again),
        exits: Vec::new(),
        skip: None,
        conditions: Conditions::default(),
        window: None,
        not_on_holidays: 0,
        spacing_ms: None,
        rate: None,
        holdout: None,
        pause: None,
        pauses: Vec::new(),
        stops: Vec::new(),
        late: None,
        steps: vec![step],
        on_goal: None,
        on_exit: None,
        at,
    }
}
