//! Credentials in plain text, wherever they stand. Only what has the unmistakable form of one counts, and it is never
//! shown.

use std::sync::LazyLock;

use cliutil::{Diagnostic, Location, Mask, Source};
use regex::RegexSet;
use std::sync::Arc;

use super::{Context, PLAIN_TOKEN};

/// What a credential is, and its form. Sources: the issuers' documentation of their tokens' prefixes.
const FORMS: &[(&str, &str)] = &[
    ("a private key", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----"),
    ("an age key", r"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{40,}"),
    ("a GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})"),
    ("a GitLab token", r"\bgl(?:pat|dt|rt|ptt)-[A-Za-z0-9_-]{20,}"),
    ("an AWS access key", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    ("a Slack token", r"\bxox[abprs]-[0-9A-Za-z-]{20,}"),
    ("a Google API key", r"\bAIza[0-9A-Za-z_-]{35}\b"),
    ("a Stripe key", r"\b[rs]k_live_[0-9A-Za-z]{20,}"),
    ("an OpenAI key", r"\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{20}T3BlbkFJ[A-Za-z0-9_-]{20,}"),
    (
        "a Talos or Kubernetes service token",
        r"\beyJhbGciOi[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}",
    ),
    ("a Tailscale key", r"\btskey-(?:auth|client|api)-[A-Za-z0-9]{8,}-[A-Za-z0-9]{16,}"),
];

static SET: LazyLock<Option<RegexSet>> =
    LazyLock::new(|| RegexSet::new(FORMS.iter().map(|(_, form)| *form)).ok());

pub(crate) fn check(context: &mut Context<'_>) {
    let Some(set) = &*SET else { return };
    let mut seen = std::collections::BTreeSet::new();
    let cluster = context.cluster;
    for object in &cluster.objects {
        let origin = object.resource.origin();
        let place = origin.location();
        let name = place.source.name().to_owned();
        if !seen.insert(name) || is_encrypted(object) {
            continue;
        }
        let source = Arc::clone(&place.source);
        if !set.is_match(source.text()) {
            continue;
        }
        let hidden = Arc::new(Source::new(source.name(), source.text()).with_mask(Mask::Except(Vec::new())));
        let mut at = 0;
        for line in source.text().split_inclusive('\n') {
            if let Some(form) = set.matches(line).into_iter().next()
                && !line.contains("ENC[")
            {
                let finding = Diagnostic::new(
                    PLAIN_TOKEN.severity,
                    PLAIN_TOKEN.id,
                    format!("{} stands here in plain text", FORMS[form].0),
                );
                let start = at + line.len() - line.trim_start().len();
                context.findings.push(
                    finding.at(Location::new(&hidden, start..at + line.trim_end().len())).with_help(
                        "withdraw it where it was issued, and put the new one into an encrypted *.sops.yaml",
                    ),
                );
            }
            at += line.len();
        }
    }
}

fn is_encrypted(object: &crate::applied::Object) -> bool {
    object.at(&["sops"]).is_some()
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
        for token in tokens {
            assert!(set.is_match(&format!("  key: {token}")), "{token}");
        }
        for fine in
            ["-----BEGIN CERTIFICATE-----", "ghp_short", "age1qqqq", "AKIAEXAMPLE", "sk-test", "eyJhbGciOi"]
        {
            assert!(!set.is_match(fine), "{fine}");
        }
    }
}
