//! Numbers and dates as they are written, to what frames keep.

use flow_ir::NUMBER_SCALE;
use flow_ir::limits::{DECIMALS, MAX_WHOLE_DIGITS};

/// A number as frames keep it, or why it cannot be kept.
pub(crate) fn number_of(text: &str) -> Result<i64, String> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.trim_start_matches('0').len() > MAX_WHOLE_DIGITS {
        return Err("too large".to_owned());
    }
    if fraction.len() > DECIMALS {
        return Err(format!("more than {DECIMALS} decimals"));
    }
    let padded = format!("{whole}{fraction:0<DECIMALS$}");
    let value: i64 = padded.parse().map_err(|_| "not a number".to_owned())?;
    Ok(if negative { -value } else { value })
}

/// The two readings of a number with three digits behind its point, such as `1.500`: one and a half, and fifteen hundred.
pub(crate) fn point_or_thousands(text: &str) -> Option<[String; 2]> {
    let (whole, fraction) = text.split_once('.')?;
    let digits = whole.trim_start_matches('-');
    if fraction.len() != 3 || digits.len() > 3 || digits.starts_with('0') {
        return None;
    }
    // Another digit makes a point of it.
    let decimal = match text.trim_end_matches('0') {
        whole if whole.len() == text.len() => format!("{text}0"),
        shorter => shorter.trim_end_matches('.').to_owned(),
    };
    Some([decimal, format!("{whole}{fraction}")])
}

/// A whole number of things, such as days or times; none where nobody can tell whether `1.000` is one or a thousand.
pub(crate) fn whole_of(text: &str) -> Option<i64> {
    if point_or_thousands(text).is_some() {
        return None;
    }
    number_of(text).ok().filter(|value| value % NUMBER_SCALE == 0).map(|value| value / NUMBER_SCALE)
}

/// The days since 1970-01-01 of `2026-10-01`.
pub(crate) fn days_of(text: &str) -> Option<i64> {
    let date: chrono::NaiveDate = text.parse().ok().filter(|_| text.len() == "2026-10-01".len())?;
    Some((date - chrono::NaiveDate::default()).num_days())
}

/// The day after one that is written like this.
pub(crate) fn day_after(text: &str) -> Option<String> {
    let date: chrono::NaiveDate = text.parse().ok()?;
    date.succ_opt().map(|next| next.to_string())
}

/// The last day of its month of one that is written like this and is none: `2026-11-31`.
pub(crate) fn end_of_month(text: &str) -> Option<String> {
    let (month, day) = text.rsplit_once('-')?;
    let is_too_late = day.parse::<u32>().is_ok_and(|day| (29..=31).contains(&day));
    let last = (28..=31_u32).rev().map(|day| format!("{month}-{day}")).find(|day| days_of(day).is_some());
    last.filter(|_| is_too_late)
}

#[cfg(test)]
mod tests {
    use super::{days_of, end_of_month, number_of, point_or_thousands, whole_of};

    #[test]
    fn numbers_are_exact() {
        assert_eq!(number_of("12.5"), Ok(125_000));
        assert_eq!(number_of("-0.0001"), Ok(-1));
        assert_eq!(number_of("99999999999"), Ok(999_999_999_990_000));
        assert_eq!(number_of("100000000000"), Err("too large".to_owned()));
        assert_eq!(number_of("1.00001"), Err("more than 4 decimals".to_owned()));
        assert_eq!(whole_of("3.5"), None);
        assert_eq!(whole_of("3"), Some(3));
    }

    #[test]
    fn three_digits_behind_a_point_may_be_thousands() {
        let readings = |decimal: &str, thousands: &str| Some([decimal.to_owned(), thousands.to_owned()]);
        assert_eq!(point_or_thousands("1.500"), readings("1.5", "1500"));
        assert_eq!(point_or_thousands("-12.000"), readings("-12", "-12000"));
        assert_eq!(point_or_thousands("123.456"), readings("123.4560", "123456"));
        for clear in ["0.125", "1.5", "1.25", "1.2345", "1234.567", "1000"] {
            assert_eq!(point_or_thousands(clear), None, "{clear}");
        }
    }

    #[test]
    fn months_end_where_the_calendar_says() {
        assert_eq!(end_of_month("2026-11-31").as_deref(), Some("2026-11-30"));
        assert_eq!(end_of_month("2028-02-30").as_deref(), Some("2028-02-29"));
        assert_eq!(end_of_month("2026-13-31"), None);
        assert_eq!(end_of_month("2026-11-45"), None);
    }

    #[test]
    fn days_count_from_1970() {
        assert_eq!(days_of("1970-01-02"), Some(1));
        assert_eq!(days_of("2026-02-30"), None);
        assert_eq!(days_of("10000-01-01"), None);
    }
}
