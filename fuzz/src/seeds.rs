//! What is broken: every `.flow` file and template of this repository.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use flow_front::source::Source;

/// The texts to begin with.
#[derive(Debug, Clone, Default)]
pub struct Seeds {
    /// `.flow` files: the corpus, the examples, the standard modules.
    pub programs: Vec<String>,
    /// What emails of the corpus and of the examples name, under the path that they name it by.
    pub templates: Vec<Source>,
}

impl Seeds {
    /// Reads them from the repository that this crate was built in, in the order of their paths.
    pub fn read() -> io::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut seeds = Self::default();
        for folder in ["tests/corpus", "examples", "stdlib"] {
            let mut found = Vec::new();
            gather(&root.join(folder), &mut found)?;
            found.sort();
            for path in found {
                let text = fs::read_to_string(&path)?.replace("\r\n", "\n");
                match (path.extension().and_then(|it| it.to_str()), path.file_name().and_then(|it| it.to_str())) {
                    (Some("flow"), _) => seeds.programs.push(text),
                    (Some("html" | "mjml"), Some(name)) => {
                        seeds.templates.push(Source { path: format!("emails/{name}"), text });
                    }
                    _ => {}
                }
            }
        }
        Ok(seeds)
    }
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.file_name().and_then(|name| name.to_str()) {
            Some("out" | "target" | "data") => {}
            _ if path.is_dir() => gather(&path, found)?,
            _ => found.push(path),
        }
    }
    Ok(())
}
