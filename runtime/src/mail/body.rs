//! The HTML of a message: there already, or written by whoever needs it first.

use std::fmt;
use std::sync::{Arc, LazyLock};

/// How a text is made, once.
type Write = Box<dyn FnOnce() -> Result<String, String> + Send>;

/// HTML that everybody who asks for it finds the same. What it says is fixed when it is made; putting the words together may be left to the
/// thread that sends it.
#[derive(Clone)]
pub struct Html(Kind);

#[derive(Clone)]
enum Kind {
    Written(String),
    Later(Arc<LazyLock<Result<String, String>, Write>>),
}

impl Html {
    /// Written by whoever asks first, and then kept. `write` fails where the template is damaged, and says how.
    pub fn later(write: impl FnOnce() -> Result<String, String> + Send + 'static) -> Html {
        Html(Kind::Later(Arc::new(LazyLock::new(Box::new(write)))))
    }

    /// The text, or why there is none.
    pub fn text(&self) -> Result<&str, &str> {
        match &self.0 {
            Kind::Written(text) => Ok(text),
            Kind::Later(later) => later.as_deref().map_err(String::as_str),
        }
    }

    /// The same where nobody has to write it first.
    pub(crate) fn written(&self) -> Option<&str> {
        match &self.0 {
            Kind::Written(text) => Some(text),
            Kind::Later(_) => None,
        }
    }
}

impl From<String> for Html {
    fn from(text: String) -> Html {
        Html(Kind::Written(text))
    }
}

impl Default for Html {
    fn default() -> Html {
        Html::from(String::new())
    }
}

impl PartialEq for Html {
    fn eq(&self, other: &Html) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Html {}

impl fmt::Debug for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.written() {
            Some(text) => text.fmt(f),
            None => f.write_str("still to be written"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn it_is_written_once_whoever_asks() {
        let written = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&written);
        let html = Html::later(move || Ok(format!("<p>{}</p>", count.fetch_add(1, Ordering::Relaxed))));
        let copy = html.clone();
        assert_eq!((html.written(), written.load(Ordering::Relaxed)), (None, 0));
        assert_eq!((copy.text(), html.text()), (Ok("<p>0</p>"), Ok("<p>0</p>")));
        assert_eq!(html, Html::from("<p>0</p>".to_owned()));
        assert_eq!(Html::later(|| Err("no template".to_owned())).text().unwrap_err(), "no template");
    }
}
