//! Which rule a file is encrypted by: `.sops.yaml`, the environment and the flags, with sops's precedence.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cliutil::{Diagnostic, Failure, Outcome, Severity};
use sops::{Config, Environment, Rule, Selector, SelectorKind, config};

use crate::cli::RuleArgs;
use crate::files;

/// A rule, and what is worth saying about where it came from.
pub(crate) struct Resolved {
    pub(crate) rule: Rule,
    pub(crate) notes: Vec<Diagnostic>,
}

/// The rule for a file by its name.
///
/// As in sops a configuration that exists is read even when the recipients come from elsewhere, so a file that no
/// rule matches is refused all the same.
pub(crate) fn resolve(args: &RuleArgs, name: &Path, environment: &Environment) -> Outcome<Resolved> {
    let folder = files::working_directory()?;
    let mut notes = Vec::new();
    let (from_config, indent) = match locate(args.config.as_deref(), environment, &folder, &mut notes) {
        Some(path) => read(&path, &folder, name, &mut notes)?,
        None => (None, config::DEFAULT_INDENT),
    };
    let has_config = from_config.is_some();
    let mut rule = from_config.unwrap_or_else(|| Rule {
        groups: Vec::new(),
        shamir_threshold: None,
        selector: Selector::default(),
        mac_only_encrypted: false,
        indent,
    });
    let recipients =
        args.age.as_deref().or_else(|| environment.text("SOPS_AGE_RECIPIENTS")).unwrap_or_default();
    let given = sops::parse_recipients(recipients);
    if given.is_empty() && !has_config {
        return Err(Failure::new(
            "sops/no-recipients",
            "config file not found, or has no creation rules, and no keys provided through command line options",
        )
        .with_help("write a .sops.yaml with creation_rules, or name recipients with --age or SOPS_AGE_RECIPIENTS"));
    }
    if !given.is_empty() {
        rule.groups = vec![given];
    }
    rule.selector = selector(args, &rule.selector)?;
    rule.mac_only_encrypted |= args.mac_only_encrypted;
    Ok(Resolved { rule, notes })
}

/// The rule that the configuration alone has for a file.
pub(crate) fn configured(path: Option<&Path>, name: &Path, environment: &Environment) -> Outcome<Rule> {
    let folder = files::working_directory()?;
    let mut notes = Vec::new();
    let config = locate(path, environment, &folder, &mut notes);
    let rule =
        config.map_or(Ok(None), |path| read(&path, &folder, name, &mut notes).map(|(rule, _)| rule))?;
    rule.ok_or_else(|| {
        Failure::new("sops/no-rule", "config file not found, or has no creation rules")
            .with_help("write a .sops.yaml with creation_rules, or name one with --config")
    })
}

fn locate(
    given: Option<&Path>,
    environment: &Environment,
    folder: &Path,
    notes: &mut Vec<Diagnostic>,
) -> Option<PathBuf> {
    if let Some(path) = given.map(Path::to_path_buf).or_else(|| config::named(environment)) {
        return Some(path);
    }
    let found = config::find(folder);
    if let Some(other) = found.passed_over {
        notes.push(
            Diagnostic::warning(
                "sops/config-name",
                "this file is not read: the configuration must be called .sops.yaml",
            )
            .in_file(other.display().to_string()),
        );
    }
    // Shown as a person would write it.
    found.path.map(|path| path.strip_prefix(folder).map(Path::to_path_buf).unwrap_or(path))
}

fn read(
    path: &Path,
    folder: &Path,
    name: &Path,
    notes: &mut Vec<Diagnostic>,
) -> Outcome<(Option<Rule>, usize)> {
    let source = Arc::new(cliutil::read_file(path)?);
    let fail = |error| files::failure(&source, error);
    let mut config = Config::parse(source.text(), &config::normalized(&folder.join(path))).map_err(fail)?;
    notes.extend(files::notes(&source, std::mem::take(&mut config.notes), Severity::Warning));
    let rule = config.rule_for(&folder.join(name)).map_err(fail)?;
    Ok((rule, config.indent()))
}

/// Flags win over the rule's fields, each for itself; two different ones together are refused.
fn selector(args: &RuleArgs, from_rule: &Selector) -> Outcome<Selector> {
    use SelectorKind as K;
    let flags = [
        (K::EncryptedRegex, &args.encrypted_regex),
        (K::UnencryptedRegex, &args.unencrypted_regex),
        (K::EncryptedSuffix, &args.encrypted_suffix),
        (K::UnencryptedSuffix, &args.unencrypted_suffix),
    ];
    let mut fields: Vec<_> = flags
        .into_iter()
        .filter_map(|(kind, text)| Some((kind, text.clone().filter(|t| !t.is_empty())?)))
        .collect();
    if let Some((kind, text)) = from_rule.given()
        && fields.iter().all(|(given, _)| *given != kind)
    {
        fields.push((kind, text.to_owned()));
    }
    Selector::from_fields(&fields).map_err(|error| {
        let failure = Failure::new(error.code, error.message);
        match error.help {
            Some(help) => failure.with_help(help),
            None => failure,
        }
    })
}
