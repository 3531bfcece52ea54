//! `exit` and `exit as converted`.

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExitStep {
    pub converted: bool,
}
