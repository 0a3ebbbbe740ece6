//! Looks at credentials before anything is sent with them: whether they are there, whether a certificate has ended, and whether they are those of
//! another cluster, for example of the one that was here before. What cannot be read here is left to the programs that
//! are given the files: they say what they do not like.

use std::path::Path;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cliutil::{Diagnostic, Outcome};
use pki::read_certificate;
use yaml::{Dialect, Value};

use crate::files;

/// Checks the access file of Talos, also against the authority in a machine's generated configuration.
///
/// # Errors
/// `io/missing`, `nodeop/access-ended`, `nodeop/access-cluster`, `nodeop/access-form`.
pub(crate) fn talos(path: &Path, configuration: Option<&Path>) -> Outcome<()> {
    files::expect(path, "make it with talosgen genconfig, or give --talosconfig")?;
    let Some(root) = load(path) else { return Ok(()) };
    let name = root.get("context").and_then(Value::as_str).unwrap_or_default();
    let Some(contexts) = root.get("contexts") else { return Ok(()) };
    let Some(context) = contexts.get(name) else {
        let message = format!("{}: its current context is {name:?}, which it does not have", path.display());
        return Err(Diagnostic::error("nodeop/access-form", message)
            .with_help("talosctl config context NAME chooses one")
            .into());
    };
    let help = "make a new one with talosgen genconfig (just talos generate-config)";
    dates(path, context.get("crt"), help)?;
    let ca =
        configuration.and_then(load).and_then(|root| certificate(root.get("machine")?.get("ca")?.get("crt")));
    same_cluster(path, certificate(context.get("ca")), ca, help)
}

/// Checks the access file of Kubernetes, also against the authority in the machines' configurations beside it.
///
/// # Errors
/// As [`talos`].
pub(crate) fn kubernetes(path: &Path, configuration: Option<&Path>) -> Outcome<()> {
    files::expect(path, "bootstrap talos writes it; or give --kubeconfig")?;
    let Some(root) = load(path) else { return Ok(()) };
    let Some(current) = root.get("current-context").and_then(Value::as_str) else { return Ok(()) };
    let named = |list: &str, name: &str| {
        let items = root.get(list).and_then(Value::as_sequence).unwrap_or_default();
        items.iter().find(|one| one.get("name").and_then(Value::as_str) == Some(name)).cloned()
    };
    let Some(context) = named("contexts", current).and_then(|one| one.get("context").cloned()) else {
        let message =
            format!("{}: its current context is {current:?}, which it does not have", path.display());
        return Err(Diagnostic::error("nodeop/access-form", message)
            .with_help("kubectl config use-context NAME chooses one")
            .into());
    };
    let part = |list: &str, key: &str| {
        let name = context.get(key).and_then(Value::as_str)?;
        named(list, name)?.get(key).cloned()
    };
    let help = "make a new one with nodeop kubeconfig";
    let user = part("users", "user");
    dates(path, user.as_ref().and_then(|user| user.get("client-certificate-data")), help)?;
    let cluster = part("clusters", "cluster");
    let own = certificate(cluster.as_ref().and_then(|one| one.get("certificate-authority-data")));
    let ca =
        configuration.and_then(load).and_then(|root| certificate(root.get("cluster")?.get("ca")?.get("crt")));
    same_cluster(path, own, ca, help)
}

fn load(path: &Path) -> Option<Value> {
    let text = std::fs::read_to_string(path).ok()?;
    yaml::load(&text, Dialect::GoYamlV3).ok()?.into_iter().next()
}

/// A certificate in PEM form out of its base64.
fn certificate(value: Option<&Value>) -> Option<String> {
    String::from_utf8(STANDARD.decode(value?.as_str()?).ok()?).ok()
}

fn dates(path: &Path, value: Option<&Value>, help: &str) -> Outcome<()> {
    let read = certificate(value).and_then(|text| read_certificate(&text).ok());
    let Some(certificate) = read else { return Ok(()) };
    let now = SystemTime::now();
    let says = if certificate.not_after < now {
        format!("its certificate ended on {}", date(certificate.not_after))
    } else if certificate.not_before > now {
        format!("its certificate begins on {}: is this machine's clock right?", date(certificate.not_before))
    } else {
        return Ok(());
    };
    let message = format!("{}: {says}", path.display());
    Err(Diagnostic::error("nodeop/access-ended", message).with_help(help).into())
}

fn date(at: SystemTime) -> String {
    jiff::Timestamp::try_from(at)
        .map_or_else(|_| "another day".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}

fn same_cluster(path: &Path, own: Option<String>, ca: Option<String>, help: &str) -> Outcome<()> {
    let (Some(own), Some(ca)) = (own, ca) else { return Ok(()) };
    if own.trim() == ca.trim() {
        return Ok(());
    }
    let message = format!(
        "{}: it is for another cluster: its authority is not the one of the machines' configurations",
        path.display()
    );
    Err(Diagnostic::error("nodeop/access-cluster", message).with_help(help).into())
}
