//! Rules across keys. Those about networks, addresses and nodes are here; the others are declared in core.yaml,
//! nodes.yaml and the components. A rule whose inputs are wrong themselves is not checked.

mod addresses;
mod declared;
mod domains;
mod machines;
mod networks;
mod pools;

use cliutil::Outcome;

use crate::codes;
use crate::config::Run;

/// Checks every rule.
///
/// # Errors
/// When an expression of the catalogue fails.
pub(crate) fn check(run: &mut Run) -> Outcome<()> {
    networks::check(run);
    addresses::check(run);
    machines::check(run);
    domains::check(run);
    requires(run);
    declared::check(run)
}

/// A component that is on needs others that are on.
fn requires(run: &mut Run) {
    let model = run.model;
    for (index, loaded) in
        model.components.iter().enumerate().filter(|(index, _)| run.on[*index] == Some(true))
    {
        for needed in &loaded.component.requires {
            let at = model.components.iter().position(|other| other.id == *needed);
            let Some(other) = at.filter(|at| run.on[*at] == Some(false)) else { continue };
            let message = format!("{} is on and needs {needed}, which is off", loaded.id);
            let finding = run.findings.error(codes::REQUIRES, message, run.switch_place(index));
            let finding = match run.switches(other).as_slice() {
                [] => finding,
                keys => finding.with_help(format!("{needed} is switched on by {}", keys.join(", "))),
            };
            run.findings.push(finding);
        }
    }
}

impl Run<'_> {
    /// The keys that the condition of a component looks at, as far as a person can give them.
    fn switches(&self, component: usize) -> Vec<String> {
        let crate::declaration::When::Expression(when) = &self.model.components[component].component.when
        else {
            return Vec::new();
        };
        let mut keys = self.model.expressions.names(when).unwrap_or_default();
        // What is computed is not given: what it is made from is.
        for _ in 0..self.model.computed.len() {
            let made = |key: &String| self.model.is_purely_computed(key);
            if !keys.iter().any(made) {
                break;
            }
            let expand = |key: String| match self.model.computed.get(&key).filter(|_| made(&key)) {
                Some(item) => self.model.expressions.names(&item.computed.value).unwrap_or_default(),
                None => vec![key],
            };
            keys = keys.into_iter().flat_map(expand).collect();
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Where a component was switched on; the beginning of the input where nothing says so.
    fn switch_place(&self, component: usize) -> crate::findings::Place {
        self.switches(component).iter().find_map(|key| self.values.place(key)).unwrap_or(self.top)
    }
}
