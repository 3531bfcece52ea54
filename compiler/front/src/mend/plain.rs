//! Signs and short forms of other tools, in Flow's words and signs: `&`, `->`, `3x`, `[..]`, paths without quotes.

/// A line with all of them said plainly, outside of texts.
pub(super) fn plain(line: &str) -> String {
    compared(&paths(&round(&plain_words(line))))
}

/// `if industry = saas`, `segment big = region = "EMEA"`: in a condition, `=` is `is`.
fn compared(line: &str) -> String {
    let first = line.split_whitespace().next().unwrap_or_default().to_lowercase();
    let from = match first.as_str() {
        "if" | "enter" | "exit" | "skip" | "}" => 0,
        "segment" => line.find('=').map_or(line.len(), |at| at + 1),
        _ => line.len(),
    };
    let (head, asked) = line.split_at_checked(from).unwrap_or((line, ""));
    let parts: Vec<String> = asked
        .split('"')
        .enumerate()
        .map(|(nth, part)| if nth % 2 == 0 { part.replace(" = ", " is ") } else { part.to_owned() })
        .collect();
    head.to_owned() + &parts.join("\"")
}

/// `didn't`, `&`, `->`, `3x`, `saas/fintech`: in words, outside of texts.
fn plain_words(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for (nth, part) in line.split('"').enumerate() {
        if nth > 0 {
            out.push('"');
        }
        if nth % 2 == 1 {
            out.push_str(part);
            continue;
        }
        let words: Vec<String> = part.split(' ').map(plain_word).collect();
        out.push_str(&words.join(" "));
    }
    out
}

/// `didn't` and the like, without their apostrophe.
pub(super) const NOT: &[&str] = &["didnt", "hasnt", "havent", "doesnt", "dont", "isnt", "wasnt", "hadnt", "arent"];

fn plain_word(word: &str) -> String {
    let lower = word.to_lowercase().replace('’', "'");
    let said = match lower.as_str() {
        said if NOT.contains(&said.replace('\'', "").as_str()) => "not",
        "but" | "&" | "&&" | "+" | "und" | "en" | "et" => "and",
        "oder" | "ou" => "or",
        "|" | "||" => "or",
        "->" | "=>" | "→" | "⇒" | ">>" => "then",
        "==" => "is",
        "!=" | "<>" => "is not",
        _ => "",
    };
    if !said.is_empty() {
        return said.to_owned();
    }
    // `3x`, `2d`
    let digits = lower.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = lower.split_at(digits);
    let unit = match unit {
        "x" => "times",
        "d" => "days",
        "h" | "hrs" => "hours",
        "w" | "wks" => "weeks",
        "min" | "mins" => "minutes",
        _ => "",
    };
    if digits > 0 && !unit.is_empty() {
        let unit = if number == "1" { unit.trim_end_matches('s') } else { unit };
        return format!("{number} {unit}");
    }
    either(word).unwrap_or_else(|| word.to_owned())
}

/// `saas/fintech` as `saas or fintech`; a path or a day is left as it is.
fn either(word: &str) -> Option<String> {
    let parts: Vec<&str> = word.split('/').collect();
    let is_name = |part: &&str| part.len() > 1 && part.chars().all(|sign| sign.is_alphabetic() || sign == '_');
    (parts.len() > 1 && parts.iter().all(is_name) && word != "yes/no").then(|| parts.join(" or "))
}

/// `downloaded[asset is "x"]`, `in ("a"; "b")`: round brackets instead, and commas in them, outside of texts.
fn round(line: &str) -> String {
    let (mut in_text, mut depth) = (false, 0_usize);
    let turned = line.chars().map(|sign| {
        in_text ^= sign == '"';
        let sign = match sign {
            '[' if !in_text => '(',
            ']' if !in_text => ')',
            other => other,
        };
        match sign {
            '(' if !in_text => depth += 1,
            ')' if !in_text => depth = depth.saturating_sub(1),
            ';' if !in_text && depth > 0 => return ',',
            _ => {}
        }
        sign
    });
    turned.collect()
}

/// `visited /pricing`: a path stands in quotes.
fn paths(line: &str) -> String {
    with_path_quoted(line).unwrap_or_else(|| line.to_owned())
}

fn with_path_quoted(line: &str) -> Option<String> {
    let at =
        line.find(" /").filter(|at| line.get(..*at).is_some_and(|before| before.matches('"').count() % 2 == 0))? + 1;
    let path = line.get(at..)?.split(|c: char| c.is_whitespace() || matches!(c, ')' | ',' | '{')).next()?;
    let is_path =
        path.len() > 1 && path.chars().skip(1).all(|c| c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '.'));
    is_path.then(|| {
        format!("{}\"{path}\"{}", line.get(..at).unwrap_or_default(), line.get(at + path.len()..).unwrap_or_default())
    })
}
