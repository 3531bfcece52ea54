//! The files of the tools, with the columns and values that these write: they come in without a line of `[columns]`. The names of the columns are
//! those that exports and the tools' own lists of fields have; the people are made up.
#![allow(clippy::unwrap_used)]

use super::testing::{field, guide_nurture, named};
use super::{Columns, ContactReader, ContactRow, Item};
use flow_ir::{FieldType, FieldValue};

/// Each row in one line: its keys, what it fills, when it was changed, and what was set aside of it; above them what fills nothing.
fn read(text: &str) -> Vec<String> {
    let mut program = guide_nurture();
    program.timezone = "Europe/Berlin".to_owned();
    // As every program has them.
    for name in ["hard_bounced", "complained", "do_not_contact"] {
        program.fields.push(field(name, FieldType::YesNo));
    }
    let reader = ContactReader::open(text.as_bytes(), "c.csv", &program, &Columns::new()).unwrap();
    let mut told = vec![format!("not used: {}", reader.ignored_columns().join(", "))];
    for item in reader.map(Result::unwrap) {
        let notes: Vec<String> = item.findings().map(|finding| finding.to_string()).collect();
        if let Item::Taken { row, .. } = &item {
            told.push(shown(row, &named(&program, &row.values)));
        }
        told.extend(notes);
    }
    told
}

fn shown(row: &ContactRow, values: &[(String, FieldValue)]) -> String {
    let value = |(name, value): &(String, FieldValue)| match value {
        FieldValue::Text(text) => format!("{name}={text}"),
        FieldValue::Int(value) => format!("{name}={value}"),
        FieldValue::Missing => name.clone(),
    };
    let values: Vec<String> = values.iter().filter(|(name, _)| name != "email").map(value).collect();
    let changed = row.changed_at.map(|at| crate::time::Instant(at).to_string()).unwrap_or_default();
    format!("{} | {} | {changed}", row.keys.join(" "), values.join(" "))
}

/// The columns that a project's settings map, of an export of Mailchimp with the fields of its GDPR forms: whoever lists `Email` among the
/// channels that are allowed is not shut out.
#[test]
fn mailchimp_with_its_permissions() {
    let program = guide_nurture();
    let mapped = [("GDPR: Email", "accepts_marketing"), ("Marketing Permissions", "accepts_marketing")];
    let mapped: Columns = mapped.iter().map(|(column, to)| ((*column).to_owned(), (*to).to_owned())).collect();
    let text = "Email Address,GDPR: Email,Marketing Permissions\n\
                a@x.example,Yes,\"Email, Direct Mail\"\nb@x.example,,\"Direct Mail, Customized Online Advertising\"\n\
                c@x.example,,\nd@x.example,Yes,Carrier Pigeon\n";
    let reader = ContactReader::open(text.as_bytes(), "c.csv", &program, &mapped).unwrap();
    let rows: Vec<ContactRow> = reader.filter_map(|item| item.unwrap().taken()).collect();
    let refused: Vec<_> =
        rows.iter().map(|row| row.refusals.iter().map(|of| of.is_doubtful).collect::<Vec<_>>()).collect();
    assert_eq!(refused, [vec![], vec![false], vec![], vec![true]]);
}

#[test]
fn hubspot() {
    let header = "Record ID,First Name,Last Name,Email,Lifecycle Stage,Lead Status,Marketing contact status,\
                  Opted out of email: Marketing Information,Opted out of email: One to One,Unsubscribed from all email,Create Date,\
                  Last Modified Date,Became a Subscriber Date";
    let text = format!(
        "{header}\n\
         101,Ana,Roe,ana@x.example,Marketing Qualified Lead,NEW,Marketing contact,,,,2024-03-12 09:14,2026-03-01 08:00,2024-03-12\n\
         102,Bo,Roe,bo@x.example,salesqualifiedlead,OPEN,Marketing contact,Opted Out,,,,2026-03-01,\n\
         103,Cy,Roe,cy@x.example,Subscriber,,Non-marketing contact,,,,,,\n\
         104,Di,Roe,di@x.example,Evangelist,,Marketing contact,,,true,,yesterday,\n"
    );
    insta::assert_snapshot!(read(&text).join("\n"));
}

#[test]
fn hubspot_by_the_names_of_its_properties() {
    let text = "Record ID - Contact,email,lifecyclestage,hs_email_optout,hs_email_optout_6871816,lastmodifieddate,jobtitle\n\
                101,ana@x.example,marketingqualifiedlead,false,true,2026-03-01T08:00:00Z,CTO\n";
    insta::assert_snapshot!(read(text).join("\n"));
}

#[test]
fn salesforce() {
    let text = "Id,FirstName,LastName,Email,Title,HasOptedOutOfEmail,DoNotCall,HasOptedOutOfFax,CreatedDate,LastModifiedDate\n\
                003Qy00000A1,Ana,Roe,ana@x.example,CTO,false,true,true,2024-03-12T09:14:00.000Z,2026-03-01T08:00:00.000+0000\n\
                003Qy00000A2,Bo,Roe,bo@x.example,,true,false,false,,\n";
    insta::assert_snapshot!(read(text).join("\n"));
}

#[test]
fn mailchimp() {
    let text = "Email Address,First Name,Last Name,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER,\
                MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,TIMEZONE,CC,LAST_CHANGED,LEID,EUID,NOTES\n\
                ana@x.example,Ana,Roe,,,,,,2,2015-03-16 14:40:47,10.0.0.1,2015-03-16 14:40:47,10.0.0.1,America/Los_Angeles,US,2015-03-16 14:40:47,1,2,\n\
                bo@x.example,Bo,Roe,2016-01-02 03:04:05,Spring,abc,NORMAL,,2,,,,,,,2016-01-02 03:04:05,3,4,\n";
    insta::assert_snapshot!(read(text).join("\n"));
    let cleaned =
        "Email Address,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,LAST_CHANGED\ncy@x.example,2016-01-02 03:04:05,Spring,\n";
    insta::assert_snapshot!(read(cleaned).join("\n"));
}

#[test]
fn marketo() {
    let text = "Id,First Name,Last Name,Email Address,Unsubscribed,Unsubscribed Reason,Email Invalid,Email Invalid Cause,Marketing Suspended,\
                Do Not Call,Do Not Call Reason,Black Listed,Updated At\n\
                7,Ana,Roe,ana@x.example,false,,false,,false,true,busy,false,2026-03-01 08:00:00\n\
                8,Bo,Roe,bo@x.example,0,,1,550 unknown,0,0,,0,\n";
    insta::assert_snapshot!(read(text).join("\n"));
}

#[test]
fn pipedrive() {
    let text = "Person - ID,Person - First name,Person - Last name,Person - Organization,Person - Email - Work,Person - Email - Home,\
                Person - Phone - Work,Person - Marketing status,Person - Double opt-in,Person - Person created,Person - Update time\n\
                7,Ana,Roe,Acme,ana@x.example,,+49 1,Subscribed,,2024-03-12 09:14:00,2026-03-01 08:00:00\n\
                8,Bo,Roe,,,bo@x.example,,No consent,,,\n\
                9,Cy,Roe,,cy@x.example,,,Pending upgrade,,,\n";
    insta::assert_snapshot!(read(text).join("\n"));
    let bare = "ID,Name,Email,Marketing status,Update time\n7,Ana Roe,ana@x.example,Bounced,2026-03-01 08:00:00\n";
    insta::assert_snapshot!(read(bare).join("\n"));
}
