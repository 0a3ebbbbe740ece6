//! Which rule a file is encrypted by: `.sops.yaml`, the environment and the flags, with sops's precedence.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cliutil::{Diagnostic, Failure, Outcome, Severity, Source};
use sops::{Config, Environment, Rule, Selector, SelectorKind, config};

use crate::cli::RuleArgs;
use crate::files;

/// The configuration that a run follows, read once.
pub(crate) struct Book {
    folder: PathBuf,
    config: Option<(Arc<Source>, Config)>,
    recipients: Option<String>,
    /// Kinds of keys that the environment names and only the sops program can use: it reads them by itself.
    others: Vec<&'static str>,
    notes: Vec<Diagnostic>,
}

/// Variables that name keys which are not built in.
const OTHER_VARIABLES: [(&str, &str); 6] = [
    ("SOPS_KMS_ARN", "kms"),
    ("SOPS_PGP_FP", "pgp"),
    ("SOPS_GCP_KMS_IDS", "gcp_kms"),
    ("SOPS_HUAWEICLOUD_KMS_IDS", "hckms"),
    ("SOPS_AZURE_KEYVAULT_URLS", "azure_keyvault"),
    ("SOPS_VAULT_URIS", "hc_vault_transit_uri"),
];

impl Book {
    /// Finds and reads the configuration; that there is none is no error here.
    pub(crate) fn load(given: Option<&Path>, environment: &Environment) -> Outcome<Self> {
        let folder = files::working_directory()?;
        let mut notes = Vec::new();
        let config = match locate(given, environment, &folder, &mut notes) {
            Some(path) => Some(read(&path, &folder, &mut notes)?),
            None => None,
        };
        let recipients = environment.text("SOPS_AGE_RECIPIENTS").map(str::to_owned);
        let is_set = |name: &str| environment.text(name).is_some_and(|value| !value.is_empty());
        let others =
            OTHER_VARIABLES.into_iter().filter(|(name, _)| is_set(name)).map(|(_, kind)| kind).collect();
        Ok(Self { folder, config, recipients, others, notes })
    }

    /// What is worth saying about the configuration.
    pub(crate) fn notes(&self) -> &[Diagnostic] {
        &self.notes
    }

    /// The rule for a file by its name.
    ///
    /// As in sops a configuration that exists is read even when the recipients come from elsewhere, so a file that no
    /// rule matches is refused all the same.
    pub(crate) fn rule(&self, args: &RuleArgs, name: &Path) -> Outcome<Rule> {
        let from_config = self.in_config(name)?;
        let has_config = from_config.is_some();
        let mut rule = from_config
            .unwrap_or_else(|| self.config.as_ref().map_or_else(Rule::default, |c| c.1.base_rule()));
        let given = args.age.as_deref().or(self.recipients.as_deref()).unwrap_or_default();
        let mut given = sops::parse_recipients(given);
        given.extend(self.others.iter().map(|kind| sops::MasterKey::Other(kind)));
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
        if let Some(indent) = args.indent.filter(|indent| *indent != 0) {
            (rule.indent, rule.binary_indent) = (indent, Some(indent));
        }
        if let Some(threshold) = args.shamir_secret_sharing_threshold.filter(|count| *count != 0) {
            rule.shamir_threshold = Some(threshold);
        }
        Ok(rule)
    }

    /// The rule that the configuration alone has for a file.
    pub(crate) fn configured(&self, name: &Path) -> Outcome<Rule> {
        self.in_config(name)?.ok_or_else(|| {
            Failure::new("sops/no-rule", "config file not found, or has no creation rules")
                .with_help("write a .sops.yaml with creation_rules, or name one with --config")
        })
    }

    /// As [`Book::configured`]; none where no rule speaks of the file.
    pub(crate) fn rule_if_any(&self, name: &Path) -> Option<Rule> {
        self.in_config(name).ok().flatten()
    }

    fn in_config(&self, name: &Path) -> Outcome<Option<Rule>> {
        let Some((source, config)) = &self.config else { return Ok(None) };
        config.rule_for(&self.folder.join(name)).map_err(|error| files::failure(source, error))
    }
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

fn read(path: &Path, folder: &Path, notes: &mut Vec<Diagnostic>) -> Outcome<(Arc<Source>, Config)> {
    let source = Arc::new(cliutil::read_file(path)?);
    let config = Config::parse(source.text(), &config::normalized(&folder.join(path)));
    let mut config = config.map_err(|error| files::failure(&source, error))?;
    notes.extend(files::notes(&source, std::mem::take(&mut config.notes), Severity::Warning));
    Ok((source, config))
}

/// Flags win over the rule's fields, each for itself; two different ones together are refused.
fn selector(args: &RuleArgs, from_rule: &Selector) -> Outcome<Selector> {
    use SelectorKind as K;
    let flags = [
        (K::EncryptedRegex, &args.encrypted_regex),
        (K::UnencryptedRegex, &args.unencrypted_regex),
        (K::EncryptedSuffix, &args.encrypted_suffix),
        (K::UnencryptedSuffix, &args.unencrypted_suffix),
        (K::EncryptedCommentRegex, &args.encrypted_comment_regex),
        (K::UnencryptedCommentRegex, &args.unencrypted_comment_regex),
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
