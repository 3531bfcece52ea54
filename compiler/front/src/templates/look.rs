//! What a reader of the mail sees of an element: whether it is shown at all, and whether text in it has a size.
//!
//! Read from what stands in the element itself, as mail programs do that drop style sheets. A `font-size:0` hides text until something
//! inside sets a size again: layout tables are written so.

use super::fault::Unseen;

/// Elements whose contents no mail program shows as part of the mail, or shows where nobody can follow a link.
const NEVER_SHOWN: [&str; 20] = [
    "audio",
    "canvas",
    "datalist",
    "iframe",
    "mj-attributes",
    "mj-font",
    "mj-head",
    "mj-preview",
    "mj-style",
    "mj-title",
    "noembed",
    "noframes",
    "object",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
];

/// Names of signs, as in `&ZeroWidthSpace;`, are short.
const MAX_NAME_BYTES: usize = 16;

/// What is passed on from an element to those inside it.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    hidden: Option<Unseen>,
    invisible: bool,
    tiny: bool,
}

impl Look {
    /// Of an element of this (lower-case) name inside one with this look. `attributes` are names and values.
    pub(super) fn inside<'a>(&self, name: &str, attributes: impl Iterator<Item = (&'a str, String)>) -> Self {
        let mut look = self.clone();
        if NEVER_SHOWN.contains(&name) {
            look.hidden = Some(Unseen::Element { tag: name.to_owned() });
        }
        for (attribute, value) in attributes {
            match attribute.to_ascii_lowercase().as_str() {
                "hidden" => look.hide("hidden"),
                "style" => look.style(&value),
                "font-size" if name.starts_with("mj-") => look.declare("font-size", &value.to_ascii_lowercase()),
                _ => {}
            }
        }
        look
    }

    /// Why nobody reads text that stands here.
    pub(super) fn unseen_text(&self) -> Option<Unseen> {
        self.unseen().or_else(|| self.tiny.then_some(Unseen::Style { how: "font-size:0" }))
    }

    /// Why nobody sees a picture, or anything at all, that stands here.
    pub(super) fn unseen(&self) -> Option<Unseen> {
        self.hidden.clone().or_else(|| self.invisible.then_some(Unseen::Style { how: "visibility:hidden" }))
    }

    fn hide(&mut self, how: &'static str) {
        self.hidden.get_or_insert(Unseen::Style { how });
    }

    fn style(&mut self, style: &str) {
        let style = style.to_ascii_lowercase();
        let declarations = style.split(';').filter_map(|declaration| declaration.split_once(':'));
        let (mut displayed, mut transparent, mut flat, mut cut) = (true, false, false, false);
        for (property, value) in declarations {
            let value = value.trim().trim_end_matches("!important").trim();
            match property.trim() {
                "display" => displayed = value != "none",
                "opacity" => transparent = is_zero(value),
                "max-height" | "height" => flat = is_zero(value),
                "overflow" => cut = value == "hidden",
                property => self.declare(property, value),
            }
        }
        if !displayed {
            self.hide("display:none");
        } else if transparent {
            self.hide("opacity:0");
        } else if flat && cut {
            self.hide("max-height:0");
        }
    }

    fn declare(&mut self, property: &str, value: &str) {
        match property {
            "visibility" => self.invisible = matches!(value, "hidden" | "collapse"),
            "font-size" if is_zero(value) => self.tiny = true,
            // A part of nothing is nothing.
            "font-size" if !value.ends_with("em") && !value.ends_with('%') || value.ends_with("rem") => {
                self.tiny = false
            }
            "font" if value.split_whitespace().any(|part| part.split('/').next().is_some_and(is_zero)) => {
                self.tiny = true
            }
            _ => {}
        }
    }
}

/// `0`, `0px`, `0.0em`.
fn is_zero(value: &str) -> bool {
    let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    number.parse::<f64>().is_ok_and(|number| number == 0.0)
}

/// Whether some of this text can be seen: blanks, and signs that only take room or none, cannot.
pub(super) fn shows(text: &str) -> bool {
    const BLANK: [&str; 13] = [
        "nbsp",
        "ensp",
        "emsp",
        "thinsp",
        "hairsp",
        "zwnj",
        "zwj",
        "shy",
        "lrm",
        "rlm",
        "zerowidthspace",
        "numsp",
        "puncsp",
    ];
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let named = rest
            .strip_prefix('&')
            .and_then(|after| after.get(..after.bytes().take(MAX_NAME_BYTES).position(|byte| byte == b';')?));
        if let Some(name) = named {
            let lower = name.to_ascii_lowercase();
            let number = lower.strip_prefix("#x").map(|hex| u32::from_str_radix(hex, 16));
            let number = number.or_else(|| lower.strip_prefix('#').map(str::parse));
            let is_blank = match number {
                Some(number) => number.ok().and_then(char::from_u32).is_none_or(is_blank),
                None => BLANK.contains(&lower.as_str()),
            };
            if !is_blank {
                return true;
            }
            rest = rest.get(name.len() + 2..).unwrap_or_default();
        } else if !is_blank(c) {
            return true;
        } else {
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    false
}

fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{2800}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(parent: &Look, style: &str) -> Look {
        parent.inside("span", [("style", style.to_owned())].into_iter())
    }

    #[test]
    fn a_size_inside_shows_what_a_size_of_nothing_hid() {
        let hidden = look(&Look::default(), "font-size:0px");
        assert_eq!(hidden.unseen_text(), Some(Unseen::Style { how: "font-size:0" }));
        assert_eq!(hidden.unseen(), None);
        assert!(look(&hidden, "font-size: 1.5em").unseen_text().is_some());
        assert!(look(&hidden, "FONT-SIZE: 13px").unseen_text().is_none());
        assert!(look(&look(&Look::default(), "visibility:hidden"), "visibility:visible").unseen().is_none());
        assert!(look(&look(&Look::default(), "display:none"), "display:block").unseen().is_some());
    }

    #[test]
    fn the_last_declaration_of_a_style_counts() {
        assert!(look(&Look::default(), "display:none;display:block").unseen().is_none());
        assert!(look(&Look::default(), "display:block;display : none !important").unseen().is_some());
        assert!(look(&Look::default(), "max-height:0;color:red;overflow:hidden").unseen().is_some());
        assert!(look(&Look::default(), "max-height:0").unseen().is_none());
        assert!(look(&Look::default(), "font-size:10px;opacity:0.8;line-height:0").unseen_text().is_none());
    }

    #[test]
    fn blanks_of_every_kind_show_nothing() {
        for text in ["", " \n", "&nbsp;", "&#160;&#xA0; &ZeroWidthSpace;", "\u{200b}\u{a0}", "&zwnj;"] {
            assert!(!shows(text), "{text:?}");
        }
        for text in ["a", "&amp;", "&#65;", "& ", "&nbsp;x", "&", "🎉"] {
            assert!(shows(text), "{text:?}");
        }
    }
}
