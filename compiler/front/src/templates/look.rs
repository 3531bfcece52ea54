//! What a reader of the mail sees of an element: whether it is shown at all, and whether text in it has a size and a colour of its own.
//!
//! It is judged twice, and has to be seen both times: by what stands in the element itself, as mail programs see it that drop style
//! sheets, and with the style sheets of the mail (`sheet.rs`). A `font-size:0` hides text until something inside sets a size again: layout
//! tables are written so.

use super::colour::{self, Colour, Paint};
use super::fault::Unseen;
use super::sheet::Declaration;

/// Elements whose contents no mail program shows as part of the mail, or shows where nobody can follow a link.
const NEVER_SHOWN: [&str; 21] = [
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
    "noscript",
    "object",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
];
/// Less than this nobody reads.
const LEAST_FONT_PX: f64 = 2.0;
const LEAST_OPACITY: f64 = 0.1;
/// So far out of its place, an element is out of the window.
const OUT_OF_SIGHT_PX: f64 = -500.0;

/// Names of signs, as in `&ZeroWidthSpace;`, are short.
const MAX_NAME_BYTES: usize = 16;

/// What is passed on from an element to those inside it.
#[derive(Clone, Debug)]
pub(super) struct Look {
    hidden: Option<Unseen>,
    invisible: Option<Unseen>,
    tiny: Option<Unseen>,
    /// Moved out of the window, until something inside is moved back.
    indented: Option<Unseen>,
    /// No click does anything, until something inside takes clicks again.
    dead: Option<Unseen>,
    /// The colour of text, where it is known, and what gives it.
    ink: Paint,
    ink_by: Option<Unseen>,
    /// What letters are filled with instead, where a style says so.
    fill: Option<(Paint, Unseen)>,
    /// The colour behind it, where it is known.
    ground: Paint,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            hidden: None,
            invisible: None,
            tiny: None,
            indented: None,
            dead: None,
            fill: None,
            ink: Paint::Plain(Colour::BLACK),
            ink_by: None,
            ground: Paint::Plain(Colour::WHITE),
        }
    }
}

impl Look {
    /// Of an element of this (lower-case) name inside one with this look. `attributes` are names and values; `said` is what its style
    /// says, the last of several wins.
    pub(super) fn inside<'a>(
        &self,
        name: &str,
        attributes: impl Iterator<Item = (&'a str, &'a str)>,
        said: &[Declaration],
    ) -> Self {
        let mut look = self.clone();
        if NEVER_SHOWN.contains(&name) {
            look.hidden = Some(Unseen::Element { tag: name.to_owned() });
        }
        if name == "a" {
            look.ink = Paint::Plain(Colour::LINK);
        }
        // What unfolds with a click; some programs never unfold it.
        let mut folds = matches!(name, "details" | "dialog" | "mj-accordion-text");
        if name == "summary" && matches!(look.hidden, Some(Unseen::Folded { .. })) {
            look.hidden = None;
        }
        for (attribute, value) in attributes {
            match attribute {
                "open" => folds = false,
                "hidden" => look.hide(Unseen::Style { how: "hidden".to_owned() }),
                "inert" => look.hide(Unseen::Dead { how: "inert".to_owned() }),
                "bgcolor" => look.ground = colour::paint(value).unwrap_or(Paint::Unknown),
                "background" if !value.trim().is_empty() => look.ground = Paint::Unknown,
                "color" if name == "font" => look.set_ink(value, Unseen::Style { how: format!("color=\"{value}\"") }),
                "text" if name == "body" => look.set_ink(value, Unseen::Style { how: format!("text=\"{value}\"") }),
                "font-size" if name.starts_with("mj-") => {
                    let own = [Declaration {
                        property: attribute.to_owned(),
                        value: value.to_ascii_lowercase(),
                        important: false,
                        rule: None,
                    }];
                    look.style(self, &own);
                }
                _ => {}
            }
        }
        if folds {
            look.hide(Unseen::Folded { tag: name.to_owned() });
        }
        look.style(self, said);
        look
    }

    /// Why nobody reads text that stands here.
    pub(super) fn unseen_text(&self) -> Option<Unseen> {
        self.unseen().or_else(|| self.tiny.clone()).or_else(|| self.faint())
    }

    /// Why nobody sees a picture, or anything at all, that stands here.
    pub(super) fn unseen(&self) -> Option<Unseen> {
        let hidden = self.hidden.as_ref().or(self.invisible.as_ref());
        hidden.or(self.indented.as_ref()).or(self.dead.as_ref()).cloned()
    }

    /// Text in the colour of what is behind it.
    fn faint(&self) -> Option<Unseen> {
        let (ink, by) = match &self.fill {
            Some((fill, by)) => (fill, Some(by)),
            None => (&self.ink, self.ink_by.as_ref()),
        };
        match (ink, &self.ground) {
            (Paint::Clear, _) => by.cloned(),
            (Paint::Plain(ink), Paint::Plain(ground)) if ink.is_like(*ground) => {
                Some(Unseen::Colour { by: Box::new(by.cloned()?) })
            }
            _ => None,
        }
    }

    fn hide(&mut self, why: Unseen) {
        self.hidden.get_or_insert(why);
    }

    fn set_ink(&mut self, value: &str, by: Unseen) {
        if let Some(ink) = colour::paint(value) {
            self.ink = ink;
            self.ink_by = Some(by);
        }
    }

    fn style(&mut self, parent: &Self, said: &[Declaration]) {
        // What holds in the end; some of it hides only together with something else.
        let last = |property: &str| said.iter().rev().find(|declaration| declaration.property == property);
        let value = |property: &str| last(property).map_or("", |declaration| declaration.value.as_str());
        let is_cut = matches!(value("overflow"), "hidden" | "clip");
        let is_moved = matches!(value("position"), "absolute" | "fixed" | "relative");
        let is_clipped = matches!(value("position"), "absolute" | "fixed");
        let mut seen: Vec<&str> = Vec::new();
        for declaration in said.iter().rev() {
            let (property, value) = (declaration.property.as_str(), declaration.value.as_str());
            if seen.contains(&property) {
                continue;
            }
            seen.push(property);
            let is_hidden = match property {
                "display" => value == "none",
                "opacity" => fraction(value).is_some_and(|part| part < LEAST_OPACITY),
                "content-visibility" => value == "hidden",
                "filter" => value.split_once("opacity(").is_some_and(|(_, rest)| {
                    let part = rest.split(')').next().unwrap_or_default().trim();
                    fraction(part).is_some_and(|part| part < LEAST_OPACITY)
                }),
                "max-height" | "height" | "max-width" | "width" => is_cut && is_zero(value),
                "left" | "top" | "right" | "bottom" | "inset" => is_moved && is_far_out(value),
                "margin-left" | "margin-top" | "margin" => is_far_out(value),
                "transform" => {
                    value.contains("scale(0") && !value.contains("scale(0.")
                        || value.contains("translate")
                            && is_far_out(value.split_once('(').map_or("", |(_, inner)| inner))
                }
                "clip" => is_clipped && value.starts_with("rect("),
                "clip-path" => ["inset(50%", "inset(100%", "circle(0"].iter().any(|shape| value.starts_with(shape)),
                _ => false,
            };
            if is_hidden {
                self.hide(declaration.hides());
            } else if property == "mso-hide" && value == "all" {
                self.hide(Unseen::Outlook { how: declaration.shown() });
            }
        }
        for declaration in said {
            self.inherit(parent, declaration);
        }
    }

    /// What something inside may set anew.
    fn inherit(&mut self, parent: &Self, declaration: &Declaration) {
        let value = declaration.value.as_str();
        let by = || declaration.hides();
        match declaration.property.as_str() {
            "visibility" => self.invisible = matches!(value, "hidden" | "collapse").then(by),
            "text-indent" => self.indented = is_far_out(value).then(by),
            "font-size" => match size(value) {
                Some(pixels) if pixels < LEAST_FONT_PX => self.tiny = Some(by()),
                Some(_) => self.tiny = None,
                // A part of nothing is nothing.
                None => {}
            },
            "font" => {
                let size = value.split_whitespace().find_map(|part| size(part.split('/').next().unwrap_or_default()));
                match size {
                    Some(pixels) if pixels < LEAST_FONT_PX => self.tiny = Some(by()),
                    Some(_) => self.tiny = None,
                    None => {}
                }
            }
            "color" if matches!(value, "inherit" | "unset") => {
                self.ink = parent.ink;
                self.ink_by = parent.ink_by.clone();
            }
            "color" => self.set_ink(value, by()),
            "-webkit-text-fill-color" => match value {
                "inherit" | "unset" => self.fill = parent.fill.clone(),
                "currentcolor" | "initial" => self.fill = None,
                value => self.fill = colour::paint(value).map(|fill| (fill, by())),
            },
            "pointer-events" => self.dead = (value == "none").then(|| Unseen::Dead { how: declaration.shown() }),
            "background-image" if value.contains("url(") || value.contains("gradient") => self.ground = Paint::Unknown,
            "background" | "background-color" => match colour::ground(value) {
                // What is behind it shows through.
                Some(Paint::Clear) | None => {}
                Some(ground) => self.ground = ground,
            },
            _ => {}
        }
    }
}

impl Declaration {
    fn shown(&self) -> String {
        self.rule.clone().unwrap_or_else(|| format!("{}:{}", self.property, self.value))
    }

    fn hides(&self) -> Unseen {
        match &self.rule {
            Some(rule) => Unseen::Rule { rule: rule.clone() },
            None => Unseen::Style { how: self.shown() },
        }
    }
}

/// `0.05`, `5%`
fn fraction(value: &str) -> Option<f64> {
    match value.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok().map(|percent| percent / 100.0),
        None => value.parse().ok(),
    }
}

/// The number that a value begins with, and its unit.
fn length(value: &str) -> Option<(f64, &str)> {
    let end = value.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '-' | '+')).unwrap_or(value.len());
    let (number, unit) = value.split_at(end);
    Some((number.parse().ok()?, unit.trim()))
}

/// A size of text in pixels; none for one that is a part of another's.
fn size(value: &str) -> Option<f64> {
    match length(value)? {
        (number, "" | "px") => Some(number),
        (number, "pt") => Some(number * 4.0 / 3.0),
        (number, "rem") => Some(number * 16.0),
        (number, "em" | "%") => (number == 0.0).then_some(0.0),
        (number, _) => Some(if number == 0.0 { 0.0 } else { 16.0 }),
    }
}

/// `0`, `0px`, `0.0em`.
fn is_zero(value: &str) -> bool {
    length(value).is_some_and(|(number, _)| number == 0.0)
}

/// `-9999px`, one of several lengths.
fn is_far_out(value: &str) -> bool {
    value.split(|c: char| c.is_whitespace() || c == ',').filter_map(length).any(|(number, unit)| {
        let pixels = match unit.trim_end_matches(')') {
            "em" | "rem" => number * 16.0,
            "%" | "vw" | "vh" => number * 5.0,
            _ => number,
        };
        pixels <= OUT_OF_SIGHT_PX
    })
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
    use super::super::sheet::declarations;
    use super::*;

    fn look(parent: &Look, style: &str) -> Look {
        parent.inside("span", std::iter::empty(), &declarations(style))
    }

    fn style(how: &str) -> Option<Unseen> {
        Some(Unseen::Style { how: how.to_owned() })
    }

    #[test]
    fn a_size_inside_shows_what_a_size_of_nothing_hid() {
        let hidden = look(&Look::default(), "font-size:0px");
        assert_eq!(hidden.unseen_text(), style("font-size:0px"));
        assert_eq!(hidden.unseen(), None);
        assert!(look(&hidden, "font-size: 1.5em").unseen_text().is_some());
        assert!(look(&hidden, "FONT-SIZE: 13px").unseen_text().is_none());
        assert!(look(&look(&Look::default(), "visibility:hidden"), "visibility:visible").unseen().is_none());
        assert!(look(&look(&Look::default(), "display:none"), "display:block").unseen().is_some());
        assert!(look(&look(&Look::default(), "text-indent:-9999px"), "text-indent:0").unseen().is_none());
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
    fn what_is_moved_out_clipped_or_shrunk_is_not_seen() {
        for hidden in [
            "position:absolute; left:-9999px",
            "position:absolute;top:-100em",
            "position:fixed;right:-2000px",
            "margin-left:-9999px",
            "margin:0 0 0 -9999px",
            "text-indent:-9999px",
            "position:absolute;clip:rect(0 0 0 0)",
            "clip-path:inset(50%)",
            "transform:scale(0)",
            "transform:translateX(-9999px)",
            "width:0;overflow:hidden",
            "height:0px;overflow:hidden",
            "opacity:.01",
            "font-size:1px",
            "mso-hide:all",
            "color:transparent",
            "color:rgba(0,0,0,0)",
            "color:#ffffff",
            "color:#fefefe;background:#fff",
            "color:red;background-color:#ff0000",
            "color:rgb(10, 10, 10);background:black",
        ] {
            assert!(look(&Look::default(), hidden).unseen_text().is_some(), "{hidden}");
        }
        for seen in [
            "left:-9999px",
            "position:absolute;left:10px",
            "margin:0 -10px",
            "text-indent:-20px",
            "clip:rect(0 0 0 0)",
            "transform:scale(0.9)",
            "color:#999999",
            "color:#fff;background:#0b6e4f",
            "color:#fff;background:url(x.png)",
            "color:#fff;background:linear-gradient(red, blue)",
            "color:var(--brand)",
            "height:0",
        ] {
            assert_eq!(look(&Look::default(), seen).unseen_text(), None, "{seen}");
        }
        let dark = look(&Look::default(), "background-color:#000000;color:#fff");
        assert_eq!(dark.unseen_text(), None);
        assert!(look(&dark, "background:#fff").unseen_text().is_some());
        let link = dark.inside("a", std::iter::empty(), &declarations("background:#ffffff"));
        assert_eq!(link.unseen_text(), None);
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
