//! `talenv.yaml`: dotenv syntax (`NAME: value` or `NAME=value`) that must also be valid YAML. It overrides the
//! environment of the process.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use cliutil::{Diagnostic, Failure, Location, Outcome, Source};

use crate::substitute;

/// The variables of a talenv file, over those of the process.
#[derive(Clone, Default)]
pub struct Talenv {
    variables: BTreeMap<String, Variable>,
}

/// A value and where it is given.
#[derive(Clone)]
struct Variable {
    value: String,
    place: Location,
}

impl Talenv {
    /// Reads the text of a talenv file.
    ///
    /// # Errors
    /// What the YAML reader found, `talos/talenv-encrypted`, `talos/talenv-syntax`.
    pub fn parse(source: &Arc<Source>) -> Result<Self, Vec<Diagnostic>> {
        let stream =
            yaml::parse(source.text()).map_err(|error| vec![Diagnostic::from_yaml(source, error)])?;
        let duplicates = yaml::check_duplicates(&stream, yaml::Dialect::GoYamlV3);
        if !duplicates.is_empty() {
            return Err(duplicates.into_iter().map(|error| Diagnostic::from_yaml(source, error)).collect());
        }
        if let Some(pair) = stream.documents.first().and_then(|document| document.root.pair("sops")) {
            let place = Location::new(source, pair.key.span.range());
            return Err(vec![
                Diagnostic::error("talos/talenv-encrypted", "this file is encrypted")
                    .at(place)
                    .with_help("give its values in the environment: secrets exec-env FILE -- COMMAND"),
            ]);
        }
        let mut env = Self::default();
        let mut problems = Vec::new();
        let mut at = 0;
        for line in source.text().split_inclusive('\n') {
            if let Err(failure) = env.line(line, at, source) {
                problems.extend(failure.diagnostics);
            }
            at += line.len();
        }
        if problems.is_empty() { Ok(env) } else { Err(problems) }
    }

    /// The value of a variable: from the file, else from the process.
    pub fn get(&self, name: &str) -> Option<String> {
        self.own(name).map(str::to_owned).or_else(|| std::env::var(name).ok())
    }

    /// The value of a variable that the file itself gives.
    pub fn own(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|variable| variable.value.as_str())
    }

    /// Where the file gives a variable.
    pub fn place(&self, name: &str) -> Option<Location> {
        self.variables.get(name).map(|variable| variable.place.clone())
    }

    /// Adds the variables of a further file; they win over those of the same name.
    pub fn extend(&mut self, further: Self) {
        self.variables.extend(further.variables);
    }

    /// The names of the file, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    fn line(&mut self, line: &str, start: usize, source: &Arc<Source>) -> Outcome<()> {
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') || content == "---" || content == "..." {
            return Ok(());
        }
        let at = start + (line.len() - line.trim_start().len());
        let wrong = |range: Range<usize>, message: &str| {
            Failure::new("talos/talenv-syntax", message)
                .at(Location::new(source, range))
                .with_help("each line is NAME: value")
        };
        let stripped = content.strip_prefix("export ").unwrap_or(content);
        let name_at = at + (content.len() - stripped.len());
        let length = stripped.find([':', '=']).unwrap_or(0);
        let name = stripped[..length].trim_end();
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.') {
            return Err(wrong(at..at + content.len(), "this is not a variable and its value"));
        }
        let value = self.value(stripped[length + 1..].trim());
        let value = value.ok_or_else(|| {
            wrong(name_at + length + 1..at + content.len(), "the quotes of this value do not match")
        })?;
        let place = Location::new(source, name_at..name_at + name.len());
        self.variables.insert(name.to_owned(), Variable { value, place });
        Ok(())
    }

    /// Single quotes keep a text as it is; elsewhere `$X` stands for a variable, an unset one for nothing.
    fn value(&self, raw: &str) -> Option<String> {
        if let Some(rest) = raw.strip_prefix('\'') {
            return rest.find('\'').map(|end| rest[..end].to_owned());
        }
        if let Some(rest) = raw.strip_prefix('"') {
            let mut escaped = false;
            let end = rest.find(|c| {
                let found = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                found
            })?;
            let text = rest[..end].replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\");
            return Some(self.expand(&text));
        }
        let text = raw.find(" #").map_or(raw, |end| &raw[..end]);
        let text = if text.starts_with('#') { "" } else { text };
        Some(self.expand(text.trim_end()))
    }

    fn expand(&self, text: &str) -> String {
        let lookup = |name: &str| Some(self.get(name).unwrap_or_default());
        match substitute(text, &[], &lookup) {
            Ok(done) => done.text,
            // An empty variable is fine here: it stands for nothing.
            Err(failed) => {
                let mut out = text.to_owned();
                for one in failed.iter().rev() {
                    out.replace_range(one.range.clone(), "");
                }
                substitute(&out, &[], &lookup).map_or(out, |done| done.text)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Talenv, Vec<&'static str>> {
        Talenv::parse(&Arc::new(Source::new("talenv.yaml", text)))
            .map_err(|problems| problems.iter().map(|problem| problem.code).collect())
    }

    // The values of vectors/talos/v10, as talhelper read them.
    #[test]
    fn values() {
        let text = "---\n# comment\nTALOS: v1.10.3\nK8S: \"1.33.0\"\nDOMAIN: envy.local # trailing\nNUMBER: 0017\nSUFFIX: 'a1'\nVIP: 10.52.0.10\nQUOTED: \"two words: and a colon\"\nSINGLE: 'kept $VIP as is'\nEXPANDED: \"${VIP}/32\"\nHASH: no#comment\nLATE: ${SUFFIX}\nBASE64: qoEPV9Q4=\n";
        let env = parse(text).unwrap();
        let want = [
            ("TALOS", "v1.10.3"),
            ("K8S", "1.33.0"),
            ("DOMAIN", "envy.local"),
            ("NUMBER", "0017"),
            ("SUFFIX", "a1"),
            ("QUOTED", "two words: and a colon"),
            ("SINGLE", "kept $VIP as is"),
            ("EXPANDED", "10.52.0.10/32"),
            ("HASH", "no#comment"),
            ("LATE", "a1"),
            ("BASE64", "qoEPV9Q4="),
        ];
        for (name, value) in want {
            assert_eq!(env.own(name), Some(value), "{name}");
        }
        assert_eq!(&text[env.place("HASH").unwrap().range], "HASH");
    }

    #[test]
    fn dotenv_lines() {
        assert_eq!(parse("A=1\n").unwrap().own("A"), Some("1"));
        assert_eq!(parse("A: ${NOT_SET_ANYWHERE_HERE}x\n").unwrap().own("A"), Some("x"));
        assert_eq!(parse("A: # nothing\n").unwrap().own("A"), Some(""));
    }

    #[test]
    fn problems() {
        assert_eq!(parse("A: [1\n").err().unwrap(), ["yaml/syntax"]);
        assert_eq!(parse("A: 1\nA: 2\n").err().unwrap(), ["yaml/duplicate-key"]);
        assert_eq!(parse("- a\n").err().unwrap(), ["talos/talenv-syntax"]);
        assert_eq!(parse("A: x\nsops:\n  mac: x\n").err().unwrap(), ["talos/talenv-encrypted"]);
    }
}
