//! Charts: which version is installed must be said.

use super::{CHART_VERSION, Context, is_open};
use crate::applied::Object;

pub(crate) fn check(context: &mut Context<'_>) {
    let cluster = context.cluster;
    for release in cluster.of("helm.toolkit.fluxcd.io", "HelmRelease") {
        helm_release(context, release);
    }
    for chart in cluster.of("source.toolkit.fluxcd.io", "HelmChart") {
        if is_git(chart.text(&["spec", "sourceRef", "kind"])) {
            continue;
        }
        version(context, chart, &["spec", "version"], &["spec", "chart"]);
    }
    for repository in cluster.of("source.toolkit.fluxcd.io", "OCIRepository") {
        oci_repository(context, repository);
    }
}

/// A chart out of Git has the version of the revision.
fn is_git(kind: Option<&str>) -> bool {
    matches!(kind, Some("GitRepository" | "Bucket"))
}

fn helm_release(context: &mut Context<'_>, release: &Object) {
    const SPEC: [&str; 3] = ["spec", "chart", "spec"];
    if release.at(&SPEC).is_none() || is_git(release.text(&["spec", "chart", "spec", "sourceRef", "kind"])) {
        return;
    }
    version(context, release, &["spec", "chart", "spec", "version"], &["spec", "chart", "spec", "chart"]);
}

fn version(context: &mut Context<'_>, object: &Object, path: &[&str], beside: &[&str]) {
    let help = "name one version: an upgrade is then a change that can be seen and reverted";
    match object.text(path) {
        None => {
            let message = format!("{}: the chart has no version, so it is the latest one", object.id);
            context.report(CHART_VERSION, object, beside, message, help.to_owned());
        }
        Some(version) if is_range(version) => {
            let message = format!("{}: the chart's version is a range", object.id);
            context.report(CHART_VERSION, object, path, message, help.to_owned());
        }
        Some(_) => {}
    }
}

fn oci_repository(context: &mut Context<'_>, repository: &Object) {
    let at = |key| repository.text(&["spec", "ref", key]);
    let (path, what): (&[&str], _) = if at("digest").is_some() {
        return;
    } else if at("semver").is_some_and(is_range) {
        (&["spec", "ref", "semver"], "takes a range of versions")
    } else if at("semver").is_some() {
        return;
    } else if at("tag") == Some("latest") {
        (&["spec", "ref", "tag"], "takes whatever is latest")
    } else if at("tag").is_none() {
        (&["spec", "url"], "names no version, so it is the latest one")
    } else {
        return;
    };
    let message = format!("{} {what}", repository.id);
    let help = "name one version, as ref.tag or better ref.digest".to_owned();
    context.report(CHART_VERSION, repository, path, message, help);
}

/// Whether a version stands for several.
fn is_range(version: &str) -> bool {
    if is_open(version) {
        return false;
    }
    let core = version.trim_start_matches('v').split(['-', '+']).next().unwrap_or_default();
    version.contains(['*', '>', '<', '^', '~', '|', ' ', ',', '!'])
        || core.split('.').count() < 3
        || core.split('.').any(|part| part.eq_ignore_ascii_case("x"))
}

#[cfg(test)]
mod tests {
    use super::is_range;

    #[test]
    fn ranges() {
        for one in ["1.2.3", "v1.2.3", "1.2.3-rc.1", "0.0.0+x", "${VERSION}"] {
            assert!(!is_range(one), "{one}");
        }
        for several in [
            "*",
            "1.x",
            "1.2.x",
            ">=1.0.0",
            "^1.2.3",
            "~1.2",
            "1.2",
            "1",
            "1.0.0 - 2.0.0",
            "1.0.0 || 2",
            "!=1.2.3",
        ] {
            assert!(is_range(several), "{several}");
        }
    }
}
