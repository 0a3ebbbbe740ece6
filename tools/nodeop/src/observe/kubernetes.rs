//! What the API server says.

use cliutil::Outcome;
use yaml::Value;

use super::machine::minor_step;
use super::{Observer, Verdict, documents, heard};
use crate::plan::Object;
use crate::runner::{Ending, Said};

impl Observer<'_> {
    pub(super) fn kubelet_version(&self, version: &str) -> Outcome<Verdict> {
        let said = self.nodes()?;
        let Some(nodes) = items(&said) else { return Ok(Verdict::Unknown(heard(&said, "kubectl"))) };
        let old = nodes.iter().find(|node| kubelet(node) != Some(version));
        Ok(match old {
            _ if nodes.is_empty() => Verdict::No("Kubernetes has no nodes".to_owned()),
            None => Verdict::Yes,
            Some(node) => {
                let (name, runs) = (name(node), kubelet(node).unwrap_or("none"));
                Verdict::No(format!("the kubelet of {name} is {runs}"))
            }
        })
    }

    pub(super) fn kubernetes_minor_step(&self, version: &str) -> Outcome<Verdict> {
        let said = self.nodes()?;
        let Some(nodes) = items(&said) else { return Ok(Verdict::Unknown(heard(&said, "kubectl"))) };
        let verdicts =
            nodes.iter().map(|node| minor_step("Kubernetes", kubelet(node).unwrap_or("none"), version));
        let open = verdicts.into_iter().find(|verdict| !verdict.holds());
        Ok(open.unwrap_or_else(|| Verdict::of(!nodes.is_empty(), || "Kubernetes has no nodes".to_owned())))
    }

    /// All Ready, or none yet: before there is a CNI every node is registered and not ready.
    pub(super) fn nodes_registered(&self) -> Outcome<Verdict> {
        let said = self.nodes()?;
        let Some(nodes) = items(&said) else { return Ok(Verdict::Unknown(heard(&said, "kubectl"))) };
        let ready: Vec<_> = nodes.iter().map(ready).collect();
        let (yes, all) = (ready.iter().filter(|one| **one).count(), ready.len());
        Ok(Verdict::of(all > 0 && (yes == 0 || yes == all), || format!("{yes} of {all} nodes are Ready")))
    }

    pub(super) fn namespace_exists(&self, name: &str) -> Outcome<Verdict> {
        let said = self.kubectl("get", &["namespace", name, "--output=name"])?;
        Ok(match said.ending {
            Ending::Well => Verdict::Yes,
            _ if said.messages.iter().any(|line| line.contains("NotFound")) => {
                Verdict::No(format!("there is no namespace {name}"))
            }
            _ => Verdict::Unknown(heard(&said, "kubectl")),
        })
    }

    pub(super) fn objects_ready(&self, objects: &[Object]) -> Outcome<Verdict> {
        for object in objects {
            let namespace = object.namespace.iter().map(|name| format!("--namespace={name}"));
            let mut words = vec![object.kind.clone(), object.name.clone(), "--output=yaml".to_owned()];
            words.extend(namespace);
            let said = self.kubectl("get", &words.iter().map(String::as_str).collect::<Vec<_>>())?;
            let found = documents(&said).and_then(|all| all.into_iter().next());
            let Some(found) = found else { return Ok(Verdict::Unknown(heard(&said, "kubectl"))) };
            if let Some(why) = not_ready(&found, &object.condition) {
                return Ok(Verdict::No(format!("{} {}: {why}", object.kind, object.name)));
            }
        }
        Ok(Verdict::Yes)
    }

    fn nodes(&self) -> Outcome<Said> {
        self.kubectl("get", &["nodes", "--output=yaml"])
    }
}

fn items(said: &Said) -> Option<Vec<Value>> {
    let documents = documents(said)?;
    Some(documents.first()?.get("items")?.as_sequence()?.to_vec())
}

/// Why an object does not have a condition.
fn not_ready(object: &Value, wanted: &str) -> Option<String> {
    let conditions = object.get("status").and_then(|status| status.get("conditions")?.as_sequence());
    let text = |one: &Value, key: &str| one.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let found = conditions.unwrap_or_default().iter().find(|one| text(one, "type") == wanted);
    match found {
        None => Some(format!("it does not say yet whether it is {wanted}")),
        Some(one) if text(one, "status") == "True" => None,
        Some(one) => Some(format!("{wanted} is {} ({})", text(one, "status"), text(one, "reason"))),
    }
}

fn kubelet(node: &Value) -> Option<&str> {
    node.get("status")?.get("nodeInfo")?.get("kubeletVersion")?.as_str()
}

fn name(node: &Value) -> &str {
    node.get("metadata").and_then(|meta| meta.get("name")?.as_str()).unwrap_or_default()
}

fn ready(node: &Value) -> bool {
    let conditions = node.get("status").and_then(|status| status.get("conditions")?.as_sequence());
    let is = |one: &Value, key: &str, text: &str| one.get(key).and_then(Value::as_str) == Some(text);
    conditions.unwrap_or_default().iter().any(|one| is(one, "type", "Ready") && is(one, "status", "True"))
}
