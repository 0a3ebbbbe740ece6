//! Credentials in plain text, wherever they stand. Only what has the unmistakable form of one counts, and it is never
//! shown.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use cliutil::{Diagnostic, Location, Mask, Source};
use kustomize::Origin;
use rayon::prelude::*;
use regex::{Captures, Regex, RegexSet};

use super::{Context, PLAIN_TOKEN};

/// What a credential is, and its form. Sources: the issuers' documentation of their tokens' prefixes.
const FORMS: &[(&str, &str)] = &[
    ("a private key", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----"),
    ("an age key", r"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{40,}"),
    ("a GitHub token", r"(?-u:\b)(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})"),
    ("a GitLab token", r"(?-u:\b)gl(?:pat|dt|rt|ptt)-[A-Za-z0-9_-]{20,}"),
    ("an AWS access key", r"(?-u:\b)(?:AKIA|ASIA)[0-9A-Z]{16}(?-u:\b)"),
    ("a Slack token", r"(?-u:\b)xox[abprs]-[0-9A-Za-z-]{20,}"),
    ("a Google API key", r"(?-u:\b)AIza[0-9A-Za-z_-]{35}(?-u:\b)"),
    ("a Stripe key", r"(?-u:\b)[rs]k_live_[0-9A-Za-z]{20,}"),
    ("an OpenAI key", r"(?-u:\b)sk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{20}T3BlbkFJ[A-Za-z0-9_-]{20,}"),
    (
        "a Talos or Kubernetes service token",
        r"(?-u:\b)eyJhbGciOi[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}",
    ),
    ("a Tailscale key", r"(?-u:\b)tskey-(?:auth|client|api)-[A-Za-z0-9]{8,}-[A-Za-z0-9]{16,}"),
];

static SET: LazyLock<Option<RegexSet>> =
    LazyLock::new(|| RegexSet::new(FORMS.iter().map(|(_, form)| *form)).ok());

/// Each form, for finding where in a text it stands; a private key goes on to its end.
static EACH: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let rest = r"(?s:.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\z))";
    let whole =
        |form: &str| if form.starts_with("-----BEGIN") { format!("{form}{rest}") } else { form.to_owned() };
    FORMS.iter().filter_map(|(_, form)| Regex::new(&whole(form)).ok()).collect()
});

/// The text without credentials; none where it has none.
pub(crate) fn hide_tokens(text: &str, mark: &mut dyn FnMut(&str) -> &'static str) -> Option<String> {
    if !SET.as_ref()?.is_match(text) {
        return None;
    }
    let mut text = text.to_owned();
    for form in &*EACH {
        text = form.replace_all(&text, |found: &Captures<'_>| mark(&found[0])).into_owned();
    }
    Some(text)
}

pub(crate) fn check(context: &mut Context<'_>) {
    let Some(set) = &*SET else { return };
    let mut seen = HashSet::new();
    let plain = context.cluster.objects.iter().filter(|object| !object.is_encrypted());
    let origins = plain.map(|object| object.resource.origin());
    // As one text: paths are compared part by part.
    let files: Vec<_> = origins.filter(|origin| seen.insert(origin.file().as_os_str())).collect();
    let findings: Vec<_> = files
        .par_iter()
        .filter(|origin| set.is_match(origin.text()))
        .flat_map_iter(|origin| of_file(set, origin))
        .collect();
    context.findings.extend(findings);
}

/// The lines of a file that hold one. None of it is shown.
fn of_file(set: &RegexSet, origin: &Origin) -> Vec<Diagnostic> {
    let name = origin.file().display().to_string();
    let source = Arc::new(Source::new(name, origin.text()).with_mask(Mask::Except(Vec::new())));
    let mut findings = Vec::new();
    let mut at = 0;
    for line in origin.text().split_inclusive('\n') {
        if let Some(form) = set.matches(line).into_iter().next()
            && !line.contains("ENC[")
        {
            let message = format!("{} stands here in plain text", FORMS[form].0);
            let start = at + line.len() - line.trim_start().len();
            let place = Location::new(&source, start..at + line.trim_end().len());
            findings.push(
                Diagnostic::new(PLAIN_TOKEN.severity, PLAIN_TOKEN.id, message).at(place).with_help(
                    "withdraw it where it was issued, and put the new one into an encrypted *.sops.yaml",
                ),
            );
        }
        at += line.len();
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_from_other_text() {
        let set = SET.as_ref().unwrap();
        // Put together here, so that no scanner takes this file for a leak.
        let tokens = [
            format!("AGE-SECRET-KEY-1{}", "Q".repeat(58)),
            format!("ghp_{}", "a1".repeat(18)),
            format!("AKIA{}", "A".repeat(16)),
            format!("-----BEGIN {} KEY-----", "RSA PRIVATE"),
        ];
        assert_eq!(EACH.len(), FORMS.len());
        for token in tokens {
            let text = format!("  key: {token}");
            assert!(set.is_match(&text), "{token}");
            assert_eq!(hide_tokens(&text, &mut |_| "***").as_deref(), Some("  key: ***"), "{token}");
        }
        for fine in
            ["-----BEGIN CERTIFICATE-----", "ghp_short", "age1qqqq", "AKIAEXAMPLE", "sk-test", "eyJhbGciOi"]
        {
            assert!(!set.is_match(fine), "{fine}");
        }
    }
}
