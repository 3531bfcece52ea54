//! Countries: ISO 3166-1, in its two-letter codes, its three-letter codes and the names that people write.
//!
//! One rule for a program and for data: `"DE"`, `"DEU"`, `"Germany"` and `"germany"` are one country, kept as `DE`. A name is English; what
//! could be two countries (`Korea`, `Virgin Islands`) is none. Kosovo is in no standard and goes by `XK` everywhere, so it does here.
//!
//! A table of our own: the libraries at hand bring the regions of all countries, formal names alone or translations by the megabyte.

use crate::diagnostics::suggest::{self, Suggesting};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Two letters, three letters, the name by which it is shown, and other names, between `;`. Sorted by the code.
type Row = (&'static str, &'static str, &'static str, &'static str);

/// The code of the country that a text names, by its codes or a name, whatever its case and accents.
pub fn code_of(text: &str) -> Option<&'static str> {
    let row = match text {
        // What most data has.
        _ if text.len() == 2 => {
            let code = text.to_ascii_uppercase();
            COUNTRIES.binary_search_by_key(&code.as_str(), |row| row.0).ok().and_then(|at| COUNTRIES.get(at))
        }
        _ => None,
    };
    row.map(|row| row.0).or_else(|| BY_NAME.get(&plain(text)).copied())
}

/// The English name of the country with this code.
pub fn name_of(code: &str) -> Option<&'static str> {
    COUNTRIES.binary_search_by_key(&code, |row| row.0).ok().and_then(|at| COUNTRIES.get(at)).map(|row| row.2)
}

/// The name that was likely meant by a text that names no country.
pub fn nearest(text: &str) -> Option<&'static str> {
    suggest::nearest(text, likely(text))
}

/// The same for a program, where it is still looked for.
pub(crate) fn suggested(text: &str, suggesting: Suggesting) -> Option<&'static str> {
    suggesting.nearest(text, likely(text))
}

/// The names that a text may stand for. One code is as near as the next: `EU` is no slip for Greece's.
fn likely(text: &str) -> impl Iterator<Item = &'static str> {
    let rows = if text.chars().count() <= 3 { &[] } else { COUNTRIES };
    rows.iter().flat_map(names)
}

fn names(row: &Row) -> impl Iterator<Item = &'static str> {
    std::iter::once(row.2).chain(row.3.split("; ").filter(|name| !name.is_empty()))
}

static BY_NAME: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let named = |row: &'static Row| names(row).chain([row.0, row.1]).map(|name| (plain(name), row.0));
    COUNTRIES.iter().flat_map(named).collect()
});

/// A name without what people leave out or write in several ways: case, accents, signs, `the`, `St.` for `Saint`.
fn plain(name: &str) -> String {
    let mut signs = String::with_capacity(name.len());
    for sign in name.chars().flat_map(char::to_lowercase) {
        match sign {
            '.' | ',' | '\'' | '\u{2019}' | '(' | ')' | '\u{301}' | '\u{303}' | '\u{307}' | '\u{308}' => {}
            '&' => signs.push_str(" and "),
            '-' | '_' => signs.push(' '),
            'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => signs.push('a'),
            'é' | 'è' | 'ê' | 'ë' => signs.push('e'),
            'í' | 'ì' | 'î' | 'ï' | 'ı' => signs.push('i'),
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' => signs.push('o'),
            'ú' | 'ù' | 'û' | 'ü' => signs.push('u'),
            'ç' => signs.push('c'),
            'ñ' => signs.push('n'),
            sign => signs.push(sign),
        }
    }
    let words = signs.split_whitespace().map(|word| if word == "st" { "saint" } else { word });
    let words: Vec<&str> = words.collect();
    match words.as_slice() {
        ["the", rest @ ..] if !rest.is_empty() => rest.join(" "),
        words => words.join(" "),
    }
}

const COUNTRIES: &[Row] = &[
    ("AD", "AND", "Andorra", ""),
    ("AE", "ARE", "United Arab Emirates", "UAE; Emirates"),
    ("AF", "AFG", "Afghanistan", ""),
    ("AG", "ATG", "Antigua and Barbuda", ""),
    ("AI", "AIA", "Anguilla", ""),
    ("AL", "ALB", "Albania", ""),
    ("AM", "ARM", "Armenia", ""),
    ("AO", "AGO", "Angola", ""),
    ("AQ", "ATA", "Antarctica", ""),
    ("AR", "ARG", "Argentina", ""),
    ("AS", "ASM", "American Samoa", ""),
    ("AT", "AUT", "Austria", ""),
    ("AU", "AUS", "Australia", ""),
    ("AW", "ABW", "Aruba", ""),
    ("AX", "ALA", "Åland Islands", ""),
    ("AZ", "AZE", "Azerbaijan", ""),
    ("BA", "BIH", "Bosnia and Herzegovina", "Bosnia; Bosnia-Herzegovina"),
    ("BB", "BRB", "Barbados", ""),
    ("BD", "BGD", "Bangladesh", ""),
    ("BE", "BEL", "Belgium", ""),
    ("BF", "BFA", "Burkina Faso", ""),
    ("BG", "BGR", "Bulgaria", ""),
    ("BH", "BHR", "Bahrain", ""),
    ("BI", "BDI", "Burundi", ""),
    ("BJ", "BEN", "Benin", ""),
    ("BL", "BLM", "Saint Barthélemy", ""),
    ("BM", "BMU", "Bermuda", ""),
    ("BN", "BRN", "Brunei", "Brunei Darussalam"),
    ("BO", "BOL", "Bolivia", "Bolivia (Plurinational State of); Plurinational State of Bolivia"),
    ("BQ", "BES", "Bonaire, Sint Eustatius and Saba", "Caribbean Netherlands"),
    ("BR", "BRA", "Brazil", ""),
    ("BS", "BHS", "Bahamas", "Bahamas, The"),
    ("BT", "BTN", "Bhutan", ""),
    ("BV", "BVT", "Bouvet Island", ""),
    ("BW", "BWA", "Botswana", ""),
    ("BY", "BLR", "Belarus", ""),
    ("BZ", "BLZ", "Belize", ""),
    ("CA", "CAN", "Canada", ""),
    ("CC", "CCK", "Cocos (Keeling) Islands", ""),
    (
        "CD",
        "COD",
        "Democratic Republic of the Congo",
        "Congo (Democratic Republic of the); Congo, The Democratic Republic of the; DR Congo; DRC; Congo-Kinshasa",
    ),
    ("CF", "CAF", "Central African Republic", ""),
    ("CG", "COG", "Congo", "Republic of the Congo; Congo-Brazzaville"),
    ("CH", "CHE", "Switzerland", ""),
    ("CI", "CIV", "Côte d'Ivoire", "Ivory Coast"),
    ("CK", "COK", "Cook Islands", ""),
    ("CL", "CHL", "Chile", ""),
    ("CM", "CMR", "Cameroon", ""),
    ("CN", "CHN", "China", "People's Republic of China; PRC; Mainland China"),
    ("CO", "COL", "Colombia", ""),
    ("CR", "CRI", "Costa Rica", ""),
    ("CU", "CUB", "Cuba", ""),
    ("CV", "CPV", "Cabo Verde", "Cape Verde"),
    ("CW", "CUW", "Curaçao", ""),
    ("CX", "CXR", "Christmas Island", ""),
    ("CY", "CYP", "Cyprus", ""),
    ("CZ", "CZE", "Czechia", "Czech Republic"),
    ("DE", "DEU", "Germany", ""),
    ("DJ", "DJI", "Djibouti", ""),
    ("DK", "DNK", "Denmark", ""),
    ("DM", "DMA", "Dominica", ""),
    ("DO", "DOM", "Dominican Republic", ""),
    ("DZ", "DZA", "Algeria", ""),
    ("EC", "ECU", "Ecuador", ""),
    ("EE", "EST", "Estonia", ""),
    ("EG", "EGY", "Egypt", ""),
    ("EH", "ESH", "Western Sahara", ""),
    ("ER", "ERI", "Eritrea", ""),
    ("ES", "ESP", "Spain", ""),
    ("ET", "ETH", "Ethiopia", ""),
    ("FI", "FIN", "Finland", ""),
    ("FJ", "FJI", "Fiji", ""),
    ("FK", "FLK", "Falkland Islands", "Falkland Islands (Malvinas)"),
    ("FM", "FSM", "Micronesia", "Micronesia (Federated States of); Federated States of Micronesia"),
    ("FO", "FRO", "Faroe Islands", ""),
    ("FR", "FRA", "France", ""),
    ("GA", "GAB", "Gabon", ""),
    (
        "GB",
        "GBR",
        "United Kingdom",
        "United Kingdom of Great Britain and Northern Ireland; UK; Great Britain; Britain; England; Scotland; Wales; Northern Ireland",
    ),
    ("GD", "GRD", "Grenada", ""),
    ("GE", "GEO", "Georgia", ""),
    ("GF", "GUF", "French Guiana", ""),
    ("GG", "GGY", "Guernsey", ""),
    ("GH", "GHA", "Ghana", ""),
    ("GI", "GIB", "Gibraltar", ""),
    ("GL", "GRL", "Greenland", ""),
    ("GM", "GMB", "Gambia", ""),
    ("GN", "GIN", "Guinea", ""),
    ("GP", "GLP", "Guadeloupe", ""),
    ("GQ", "GNQ", "Equatorial Guinea", ""),
    ("GR", "GRC", "Greece", "EL; Hellas"),
    ("GS", "SGS", "South Georgia and the South Sandwich Islands", ""),
    ("GT", "GTM", "Guatemala", ""),
    ("GU", "GUM", "Guam", ""),
    ("GW", "GNB", "Guinea-Bissau", ""),
    ("GY", "GUY", "Guyana", ""),
    ("HK", "HKG", "Hong Kong", "Hong Kong SAR"),
    ("HM", "HMD", "Heard Island and McDonald Islands", ""),
    ("HN", "HND", "Honduras", ""),
    ("HR", "HRV", "Croatia", ""),
    ("HT", "HTI", "Haiti", ""),
    ("HU", "HUN", "Hungary", ""),
    ("ID", "IDN", "Indonesia", ""),
    ("IE", "IRL", "Ireland", "Republic of Ireland"),
    ("IL", "ISR", "Israel", ""),
    ("IM", "IMN", "Isle of Man", ""),
    ("IN", "IND", "India", ""),
    ("IO", "IOT", "British Indian Ocean Territory", ""),
    ("IQ", "IRQ", "Iraq", ""),
    ("IR", "IRN", "Iran", "Iran (Islamic Republic of); Islamic Republic of Iran; Persia"),
    ("IS", "ISL", "Iceland", ""),
    ("IT", "ITA", "Italy", ""),
    ("JE", "JEY", "Jersey", ""),
    ("JM", "JAM", "Jamaica", ""),
    ("JO", "JOR", "Jordan", ""),
    ("JP", "JPN", "Japan", ""),
    ("KE", "KEN", "Kenya", ""),
    ("KG", "KGZ", "Kyrgyzstan", ""),
    ("KH", "KHM", "Cambodia", ""),
    ("KI", "KIR", "Kiribati", ""),
    ("KM", "COM", "Comoros", ""),
    ("KN", "KNA", "Saint Kitts and Nevis", "St Kitts"),
    (
        "KP",
        "PRK",
        "North Korea",
        "Korea (Democratic People's Republic of); Democratic People's Republic of Korea; DPRK",
    ),
    ("KR", "KOR", "South Korea", "Korea (Republic of); Republic of Korea"),
    ("KW", "KWT", "Kuwait", ""),
    ("KY", "CYM", "Cayman Islands", ""),
    ("KZ", "KAZ", "Kazakhstan", ""),
    ("LA", "LAO", "Laos", "Lao People's Democratic Republic"),
    ("LB", "LBN", "Lebanon", ""),
    ("LC", "LCA", "Saint Lucia", ""),
    ("LI", "LIE", "Liechtenstein", ""),
    ("LK", "LKA", "Sri Lanka", "Ceylon"),
    ("LR", "LBR", "Liberia", ""),
    ("LS", "LSO", "Lesotho", ""),
    ("LT", "LTU", "Lithuania", ""),
    ("LU", "LUX", "Luxembourg", ""),
    ("LV", "LVA", "Latvia", ""),
    ("LY", "LBY", "Libya", ""),
    ("MA", "MAR", "Morocco", ""),
    ("MC", "MCO", "Monaco", ""),
    ("MD", "MDA", "Moldova", "Moldova (Republic of); Republic of Moldova"),
    ("ME", "MNE", "Montenegro", ""),
    ("MF", "MAF", "Saint Martin (French part)", "Saint Martin"),
    ("MG", "MDG", "Madagascar", ""),
    ("MH", "MHL", "Marshall Islands", ""),
    ("MK", "MKD", "North Macedonia", "Macedonia; FYROM"),
    ("ML", "MLI", "Mali", ""),
    ("MM", "MMR", "Myanmar", "Burma"),
    ("MN", "MNG", "Mongolia", ""),
    ("MO", "MAC", "Macao", "Macau"),
    ("MP", "MNP", "Northern Mariana Islands", ""),
    ("MQ", "MTQ", "Martinique", ""),
    ("MR", "MRT", "Mauritania", ""),
    ("MS", "MSR", "Montserrat", ""),
    ("MT", "MLT", "Malta", ""),
    ("MU", "MUS", "Mauritius", ""),
    ("MV", "MDV", "Maldives", ""),
    ("MW", "MWI", "Malawi", ""),
    ("MX", "MEX", "Mexico", ""),
    ("MY", "MYS", "Malaysia", ""),
    ("MZ", "MOZ", "Mozambique", ""),
    ("NA", "NAM", "Namibia", ""),
    ("NC", "NCL", "New Caledonia", ""),
    ("NE", "NER", "Niger", ""),
    ("NF", "NFK", "Norfolk Island", ""),
    ("NG", "NGA", "Nigeria", ""),
    ("NI", "NIC", "Nicaragua", ""),
    ("NL", "NLD", "Netherlands", "Holland"),
    ("NO", "NOR", "Norway", ""),
    ("NP", "NPL", "Nepal", ""),
    ("NR", "NRU", "Nauru", ""),
    ("NU", "NIU", "Niue", ""),
    ("NZ", "NZL", "New Zealand", "Aotearoa"),
    ("OM", "OMN", "Oman", ""),
    ("PA", "PAN", "Panama", ""),
    ("PE", "PER", "Peru", ""),
    ("PF", "PYF", "French Polynesia", ""),
    ("PG", "PNG", "Papua New Guinea", ""),
    ("PH", "PHL", "Philippines", ""),
    ("PK", "PAK", "Pakistan", ""),
    ("PL", "POL", "Poland", ""),
    ("PM", "SPM", "Saint Pierre and Miquelon", ""),
    ("PN", "PCN", "Pitcairn", ""),
    ("PR", "PRI", "Puerto Rico", ""),
    ("PS", "PSE", "Palestine", "Palestine, State of; State of Palestine; Palestinian Territories"),
    ("PT", "PRT", "Portugal", ""),
    ("PW", "PLW", "Palau", ""),
    ("PY", "PRY", "Paraguay", ""),
    ("QA", "QAT", "Qatar", ""),
    ("RE", "REU", "Réunion", ""),
    ("RO", "ROU", "Romania", ""),
    ("RS", "SRB", "Serbia", ""),
    ("RU", "RUS", "Russia", "Russian Federation"),
    ("RW", "RWA", "Rwanda", ""),
    ("SA", "SAU", "Saudi Arabia", "KSA"),
    ("SB", "SLB", "Solomon Islands", ""),
    ("SC", "SYC", "Seychelles", ""),
    ("SD", "SDN", "Sudan", ""),
    ("SE", "SWE", "Sweden", ""),
    ("SG", "SGP", "Singapore", ""),
    ("SH", "SHN", "Saint Helena, Ascension and Tristan da Cunha", "Saint Helena"),
    ("SI", "SVN", "Slovenia", ""),
    ("SJ", "SJM", "Svalbard and Jan Mayen", "Svalbard"),
    ("SK", "SVK", "Slovakia", "Slovak Republic"),
    ("SL", "SLE", "Sierra Leone", ""),
    ("SM", "SMR", "San Marino", ""),
    ("SN", "SEN", "Senegal", ""),
    ("SO", "SOM", "Somalia", ""),
    ("SR", "SUR", "Suriname", ""),
    ("SS", "SSD", "South Sudan", ""),
    ("ST", "STP", "Sao Tome and Principe", ""),
    ("SV", "SLV", "El Salvador", ""),
    ("SX", "SXM", "Sint Maarten (Dutch part)", "Sint Maarten"),
    ("SY", "SYR", "Syria", "Syrian Arab Republic"),
    ("SZ", "SWZ", "Eswatini", "Swaziland"),
    ("TC", "TCA", "Turks and Caicos Islands", ""),
    ("TD", "TCD", "Chad", ""),
    ("TF", "ATF", "French Southern Territories", ""),
    ("TG", "TGO", "Togo", ""),
    ("TH", "THA", "Thailand", ""),
    ("TJ", "TJK", "Tajikistan", ""),
    ("TK", "TKL", "Tokelau", ""),
    ("TL", "TLS", "Timor-Leste", "East Timor"),
    ("TM", "TKM", "Turkmenistan", ""),
    ("TN", "TUN", "Tunisia", ""),
    ("TO", "TON", "Tonga", ""),
    ("TR", "TUR", "Türkiye", "Turkey"),
    ("TT", "TTO", "Trinidad and Tobago", ""),
    ("TV", "TUV", "Tuvalu", ""),
    ("TW", "TWN", "Taiwan", "Taiwan, Province of China"),
    ("TZ", "TZA", "Tanzania", "Tanzania, United Republic of; United Republic of Tanzania"),
    ("UA", "UKR", "Ukraine", ""),
    ("UG", "UGA", "Uganda", ""),
    ("UM", "UMI", "United States Minor Outlying Islands", ""),
    ("US", "USA", "United States", "United States of America; America; The States"),
    ("UY", "URY", "Uruguay", ""),
    ("UZ", "UZB", "Uzbekistan", ""),
    ("VA", "VAT", "Vatican City", "Holy See; Holy See (Vatican City State); Vatican"),
    ("VC", "VCT", "Saint Vincent and the Grenadines", "St Vincent"),
    ("VE", "VEN", "Venezuela", "Venezuela (Bolivarian Republic of); Bolivarian Republic of Venezuela"),
    ("VG", "VGB", "British Virgin Islands", "Virgin Islands (British)"),
    ("VI", "VIR", "U.S. Virgin Islands", "Virgin Islands (U.S.)"),
    ("VN", "VNM", "Vietnam", "Viet Nam"),
    ("VU", "VUT", "Vanuatu", ""),
    ("WF", "WLF", "Wallis and Futuna", ""),
    ("WS", "WSM", "Samoa", ""),
    ("XK", "XKX", "Kosovo", ""),
    ("YE", "YEM", "Yemen", ""),
    ("YT", "MYT", "Mayotte", ""),
    ("ZA", "ZAF", "South Africa", ""),
    ("ZM", "ZMB", "Zambia", ""),
    ("ZW", "ZWE", "Zimbabwe", ""),
];

#[cfg(test)]
mod tests {
    use super::{BY_NAME, COUNTRIES, code_of, name_of, names, nearest, plain};
    use std::collections::BTreeSet;

    #[test]
    fn each_country_stands_once_and_each_name_is_one_country() {
        // The 249 of ISO 3166-1, and Kosovo.
        assert_eq!(COUNTRIES.len(), 250);
        assert!(COUNTRIES.is_sorted_by(|one, next| one.0 < next.0));
        assert_eq!(COUNTRIES.iter().map(|row| row.1).collect::<BTreeSet<_>>().len(), 250);
        assert!(COUNTRIES.iter().all(|row| row.0.len() == 2 && row.1.len() == 3 && !row.2.is_empty()));
        let all = COUNTRIES.iter().flat_map(|row| names(row).chain([row.0, row.1])).map(plain);
        assert_eq!(all.count(), BY_NAME.len(), "a name stands twice");
    }

    #[test]
    fn every_way_to_write_a_country_is_its_code() {
        for (written, code) in [
            ("DE", "DE"),
            ("de", "DE"),
            ("DEU", "DE"),
            ("Germany", "DE"),
            ("GERMANY", "DE"),
            ("UK", "GB"),
            ("U.K.", "GB"),
            ("Great Britain", "GB"),
            ("the United Kingdom", "GB"),
            ("England", "GB"),
            ("USA", "US"),
            ("U.S.A.", "US"),
            ("US", "US"),
            ("United States of America", "US"),
            ("The United States", "US"),
            ("Czech Republic", "CZ"),
            ("Czechia", "CZ"),
            ("South Korea", "KR"),
            ("Korea, Republic of", "KR"),
            ("Russia", "RU"),
            ("Russian Federation", "RU"),
            ("Vietnam", "VN"),
            ("Viet Nam", "VN"),
            ("Turkey", "TR"),
            ("Türkiye", "TR"),
            ("TÜRKİYE", "TR"),
            ("Turkiye", "TR"),
            ("Holland", "NL"),
            ("The Netherlands", "NL"),
            ("Ivory Coast", "CI"),
            ("Côte d’Ivoire", "CI"),
            ("Cote d'Ivoire", "CI"),
            ("St. Lucia", "LC"),
            ("Bosnia & Herzegovina", "BA"),
            ("Trinidad and Tobago", "TT"),
            ("Timor Leste", "TL"),
            ("UAE", "AE"),
            ("Hong Kong", "HK"),
            ("Taiwan", "TW"),
            ("Bahamas, The", "BS"),
            ("The Gambia", "GM"),
            ("Kosovo", "XK"),
        ] {
            assert_eq!(code_of(written), Some(code), "{written}");
        }
        for unknown in ["", "Korea", "Virgin Islands", "ZZ", "EMEA", "Atlantis", "Germny", "unknown", "N/A", "D"] {
            assert_eq!(code_of(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_code_has_its_name_and_a_slip_the_nearest() {
        assert_eq!((name_of("DE"), name_of("XX")), (Some("Germany"), None));
        assert_eq!((nearest("Germny"), nearest("Atlantis")), (Some("Germany"), None));
    }
}
