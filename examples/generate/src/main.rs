//! Writes the input of `examples/guide_nurture` and prints what is wrong in it, as the tables of its README.

use std::io::{self, Write};
use std::path::Path;
use std::{fs, process};

use flow_example_data::{File, Plan, SEED, generate};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../guide_nurture/data");

fn main() {
    if let Err(error) = write_files(Path::new(FOLDER)) {
        eprintln!("cannot write the example data to {FOLDER}: {error}");
        process::exit(1);
    }
}

fn write_files(folder: &Path) -> io::Result<()> {
    let files = generate(SEED, &Plan::default());
    fs::create_dir_all(folder)?;
    fs::write(folder.join("contacts.csv"), &files.contacts_csv)?;
    fs::write(folder.join("events.jsonl"), &files.events_jsonl)?;
    writeln!(io::stdout(), "{}\n{}", files.counts.table(File::Contacts), files.counts.table(File::Events))
}
