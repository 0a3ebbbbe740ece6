//! Images: what runs must be said, so that a restart does not bring another program.

use yaml::Value;

use super::{Context, LATEST_IMAGE, is_open};
use crate::applied::{Object, text};

/// Deeper values are no image of a chart.
const MAX_DEPTH: usize = 40;

pub(crate) fn check(context: &mut Context<'_>) {
    let cluster = context.cluster;
    for object in &cluster.objects {
        let mut found = Vec::new();
        if object.is("helm.toolkit.fluxcd.io", "HelmRelease") {
            if let Some(values) = object.at(&["spec", "values"]) {
                of_values(values, &mut vec!["spec".to_owned(), "values".to_owned()], &mut found);
            }
        } else {
            for pod in super::references::pod_paths(object) {
                of_pod(object, pod, &mut found);
            }
        }
        for (path, what) in found {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            context.report(
                LATEST_IMAGE,
                object,
                &path,
                format!("{}: {what}", object.id),
                "name a version, or better a digest: what runs then is what was tested".to_owned(),
            );
        }
    }
}

type Found = Vec<(Vec<String>, String)>;

fn of_pod(object: &Object, pod: &[&str], found: &mut Found) {
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        let path = [pod, &[list]].concat();
        for (n, container) in object.items(&path).iter().enumerate() {
            if let Some(what) = text(container, &["image"]).and_then(wrong) {
                let mut at: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
                at.extend([n.to_string(), "image".to_owned()]);
                found.push((at, what));
            }
        }
    }
    for (n, volume) in object.items(&[pod, &["volumes"]].concat()).iter().enumerate() {
        if let Some(what) = text(volume, &["image", "reference"]).and_then(wrong) {
            let mut at: Vec<String> = pod.iter().map(|part| (*part).to_owned()).collect();
            at.extend(["volumes", &n.to_string(), "image", "reference"].map(str::to_owned));
            found.push((at, what));
        }
    }
}

/// What is wrong with an image.
fn wrong(image: &str) -> Option<String> {
    if is_open(image) || image.contains('@') {
        return None;
    }
    let name = image.rsplit('/').next().unwrap_or(image);
    match name.split_once(':') {
        None => Some(format!("the image {image} has no tag, so it is the latest one")),
        Some((_, "latest")) => Some(format!("the image {image} is whatever is latest")),
        Some(_) => None,
    }
}

/// Images in the values of a chart: `image: {repository, tag}`, or `image: name:tag` where it is one. A tag that is not
/// said is the chart's own.
fn of_values(value: &Value, path: &mut Vec<String>, found: &mut Found) {
    if path.len() > MAX_DEPTH {
        return;
    }
    match value {
        Value::Mapping(entries) => {
            let has_digest = text(value, &["digest"]).is_some();
            if text(value, &["repository"]).is_some()
                && text(value, &["tag"]) == Some("latest")
                && !has_digest
            {
                path.push("tag".to_owned());
                found.push((path.clone(), "the tag of this image is latest".to_owned()));
                path.pop();
            }
            for (key, value) in entries.iter() {
                let Some(key) = key.as_str() else { continue };
                path.push(key.to_owned());
                if let (true, Some(image)) = (key == "image" || key.ends_with("Image"), value.as_str())
                    && image.ends_with(":latest")
                {
                    found.push((path.clone(), format!("the image {image} is whatever is latest")));
                }
                of_values(value, path, found);
                path.pop();
            }
        }
        Value::Sequence(items) => {
            for (n, value) in items.iter().enumerate() {
                path.push(n.to_string());
                of_values(value, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::wrong;

    #[test]
    fn images() {
        for fine in ["nginx:1.27", "host:5000/a/b:v1", "a@sha256:0", "a:latest@sha256:0", "${IMAGE}"] {
            assert_eq!(wrong(fine), None, "{fine}");
        }
        for bad in ["nginx", "nginx:latest", "host:5000/a/b"] {
            assert!(wrong(bad).is_some(), "{bad}");
        }
    }
}
