//! The three exit codes of all tools, as `grep` and `diff` have them.

/// How a tool ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0: done, and the answer is yes.
    Yes,
    /// 1: done, and the answer is no: findings, differences, an unencrypted file, a node that failed.
    No,
    /// 2: could not do it: usage, unreadable or malformed input, a missing program.
    Failed,
    /// The code of a child that ran in our place (`secrets exec-env`).
    Child(u8),
}

impl Exit {
    /// The process's exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Yes => 0,
            Self::No => 1,
            Self::Failed => 2,
            Self::Child(code) => code,
        }
    }
}
