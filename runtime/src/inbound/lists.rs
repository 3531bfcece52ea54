//! Which of the project's lists a cell or a trait names: `Partners; Press`, or in JSON `["partners", "press"]`.
//!
//! Whoever is named stands on them from then on. Nothing that comes from outside takes anybody off: a tool that does not know a list does
//! not name it.

use flow_ir::{FieldId, FieldValue, Program};
use serde_json::Value;

use super::finding::{Fault, Reason, excerpt};
use super::names::snake_case;

/// The column and trait that names lists, where no field of the project is called so.
pub(super) const LISTS: &str = "lists";

/// What parts the names in a cell.
const BETWEEN: [char; 3] = [';', ',', '|'];

/// Puts somebody on the lists that a cell names. Those that the project has count, whatever stands beside them.
pub(super) fn take_cell(program: &Program, cell: &str, values: &mut Vec<(FieldId, FieldValue)>) -> Result<(), Fault> {
    take(program, cell.split(BETWEEN), values)
}

/// The same of a trait: a text, or a list of texts.
pub(super) fn take_json(
    program: &Program,
    value: &Value,
    values: &mut Vec<(FieldId, FieldValue)>,
) -> Result<(), Fault> {
    match value {
        Value::Null => Ok(()),
        Value::String(text) => take_cell(program, text, values),
        Value::Array(names) if names.iter().all(Value::is_string) => {
            take(program, names.iter().filter_map(Value::as_str), values)
        }
        _ => Err(Fault::new(Reason::WrongType, "write the names of lists, such as `[\"partners\"]`")),
    }
}

fn take<'n>(
    program: &Program,
    names: impl Iterator<Item = &'n str>,
    values: &mut Vec<(FieldId, FieldValue)>,
) -> Result<(), Fault> {
    let mut unknown = None;
    for name in names.map(str::trim).filter(|name| !name.is_empty()) {
        let wanted = snake_case(name);
        match lists(program).find(|(_, list)| snake_case(list) == wanted).map(|(field, _)| field) {
            Some(field) if values.iter().any(|(known, _)| *known == field) => {}
            Some(field) => values.push((field, FieldValue::Int(1))),
            None => unknown = unknown.or(Some(name)),
        }
    }
    match unknown {
        None => Ok(()),
        Some(name) => {
            let known: Vec<String> = lists(program).map(|(_, list)| format!("`{list}`")).collect();
            let detail = format!("`{}` is none; the project has {}", excerpt(name), known.join(", "));
            Err(Fault::new(Reason::UnknownList, detail))
        }
    }
}

/// The lists that the project declares.
fn lists(program: &Program) -> impl Iterator<Item = (FieldId, &str)> {
    let is_here = |id: &FieldId| !program.lineage.gone_marks.contains(id);
    program.fields.iter().filter(move |(id, _)| is_here(id)).filter_map(|(id, field)| Some((id, field.list()?)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::testing::{field, guide_nurture};
    use super::*;
    use flow_ir::{Field, FieldType};
    use serde_json::json;

    /// Who is put on which of the lists `partners` and `press_2026`, and what is wrong with the rest.
    fn read(
        take: impl Fn(&Program, &mut Vec<(FieldId, FieldValue)>) -> Result<(), Fault>,
    ) -> (Vec<String>, Option<Reason>) {
        let mut program = guide_nurture();
        for list in ["partners", "press_2026"] {
            let of = field(&format!("in list {list}"), FieldType::YesNo);
            program.fields.push(Field { tag: Some(list.to_owned()), ..of });
        }
        let mut values = Vec::new();
        let fault = take(&program, &mut values).err().map(|fault| fault.reason);
        let listed = |(field, value): (FieldId, FieldValue)| {
            assert_eq!(value, FieldValue::Int(1));
            program.fields.at(field).list().unwrap().to_owned()
        };
        (values.into_iter().map(listed).collect(), fault)
    }

    #[test]
    fn a_cell_names_one_list_or_several() {
        let cell = |cell: &'static str| read(move |program, values| take_cell(program, cell, values));
        let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(cell("Partners"), (named(&["partners"]), None));
        assert_eq!(cell("Press 2026; partners;partners"), (named(&["press_2026", "partners"]), None));
        assert_eq!(cell("guests, partners"), (named(&["partners"]), Some(Reason::UnknownList)));
        assert_eq!(cell(" "), (named(&[]), None));
    }

    #[test]
    fn a_trait_names_them_in_a_text_or_a_list_of_texts() {
        let json = |value: serde_json::Value| read(move |program, values| take_json(program, &value, values));
        assert_eq!(json(json!(["partners", "press_2026"])).0, ["partners", "press_2026"]);
        assert_eq!(json(json!("partners")).0, ["partners"]);
        assert_eq!(json(json!(null)), (vec![], None));
        assert_eq!(json(json!([1])).1, Some(Reason::WrongType));
    }
}
