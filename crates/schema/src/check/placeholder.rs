//! Text that stands for another value: what SOPS encrypted, and what Flux will put in.

use super::{Allowed, Checker};
use crate::node::Types;

/// What the text begins with that stands for the value of a variable nobody knows here.
const PLACEHOLDER: &str = "placeholder-";

/// What text, besides what SOPS encrypted, may stand for a value of any type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StandIns {
    /// None.
    #[default]
    None,
    /// `${…}`: Flux replaces it before the object is applied.
    Variables,
    /// `placeholder-…`: the object is as Flux applies it, but for values that are not known here.
    Placeholders,
}

impl Allowed {
    /// The type of the value that a text stands for: of any type when that is not known, none when it is just text.
    pub(crate) fn stands_for(self, text: &str) -> Option<Types> {
        let is_open = match self.stand_ins {
            StandIns::None => false,
            StandIns::Variables => has_variable(text),
            StandIns::Placeholders => text.contains(PLACEHOLDER),
        };
        if is_open {
            return Some(Types::default());
        }
        if self.encrypted { encrypted_type(text) } else { None }
    }
}

impl Checker<'_, '_> {
    /// The type of the value that a text stands for.
    pub(super) fn stands_for(&self, text: &str) -> Option<Types> {
        self.allowed.stands_for(text)
    }
}

/// Whether Flux would replace a part of it: `${…}`, and not `$${…}`, which stands for itself.
fn has_variable(text: &str) -> bool {
    text.match_indices("${").any(|(at, _)| !text[..at].ends_with('$') && text[at..].contains('}'))
}

/// The type that `ENC[AES256_GCM,…,type:int]` names.
fn encrypted_type(text: &str) -> Option<Types> {
    let inner = text.strip_prefix("ENC[AES256_GCM,")?.strip_suffix(']')?;
    let (_, name) = inner.rsplit_once("type:")?;
    Some(match name {
        "int" => Types::INTEGER,
        "float" => Types::NUMBER,
        "bool" => Types::BOOLEAN,
        "str" | "bytes" => Types::STRING,
        _ => Types::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables() {
        assert!(has_variable("a-${B}") && has_variable("${A:=1}"));
        assert!(!has_variable("$${A}") && !has_variable("$A") && !has_variable("${A"));
    }

    #[test]
    fn encrypted() {
        let text = |kind: &str| format!("ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:{kind}]");
        assert_eq!(encrypted_type(&text("int")), Some(Types::INTEGER));
        assert_eq!(encrypted_type(&text("str")), Some(Types::STRING));
        assert_eq!(encrypted_type("ENC[x]"), None);
    }
}
