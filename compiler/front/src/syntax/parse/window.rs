//! `send on DAYS from T to T in contact timezone`.

use super::{Pair, Reader, Rule, child, name};
use crate::syntax::ast::{Days, Window};

pub(super) fn window(_: &mut Reader<'_>, pair: &Pair<'_>) -> Window {
    let days = child(pair, Rule::days).into_iter().flat_map(Pair::into_inner);
    let days = days.filter(|inner| inner.as_rule() == Rule::day).filter_map(|day| Days::of(day.as_str())).collect();
    let mut clocks = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::clock).map(|inner| name(&inner));
    Window { days, from: clocks.next(), to: clocks.next() }
}
