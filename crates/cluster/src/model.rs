//! Everything that is declared: core.yaml, nodes.yaml and the components of one system's catalogue.

use std::mem::take;
use std::path::Path;
use std::sync::Arc;

use cliutil::{Diagnostic, Failure, Outcome, Source, did_you_mean};

use crate::catalogue::{self, Loaded};
use crate::declaration::{AddressRole, Computed, Declaration, Declarations, Group, Rule};
use crate::expression::Expressions;
use crate::map::{HashMap, IndexMap, RandomState};
use crate::pin::{self, Pin};
use crate::systems::{Declared, declared};
use crate::verify;

/// Keys of a context that are no options: they are made anew each time.
pub(crate) const DERIVED: [&str; 4] = ["contextVersion", "components", "provided", "versions"];

/// Where a declaration stands.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// The file.
    pub(crate) source: Arc<Source>,
    /// Whether it is shipped with the program: then its declarations hold, which a test of ours has seen to.
    pub(crate) is_shipped: bool,
}

/// A rule with its code as findings carry it.
pub(crate) struct ModelRule {
    pub(crate) rule: Rule,
    pub(crate) code: &'static str,
    pub(crate) origin: Origin,
}

/// A computed value.
pub(crate) struct ModelComputed {
    pub(crate) computed: Computed,
    pub(crate) origin: Origin,
}

/// All declarations of one system.
pub struct Model {
    pub(crate) system: String,
    pub(crate) options: Declarations,
    /// Where each option is declared.
    pub(crate) option_origins: HashMap<String, Origin>,
    pub(crate) fields: Declarations,
    /// How the core's options belong together, and the fields.
    pub(crate) groups: Vec<Group>,
    pub(crate) field_groups: Vec<Group>,
    /// In the order they are evaluated.
    pub(crate) computed: IndexMap<String, ModelComputed>,
    pub(crate) rules: Vec<ModelRule>,
    /// Sorted by namespace and name.
    pub(crate) components: Vec<Loaded>,
    pub(crate) expressions: Expressions,
}

impl Model {
    /// Reads the catalogue of `system` in the folder `templates`, and checks that it hangs together.
    ///
    /// # Errors
    /// `catalogue/…`, every one of them.
    pub fn load(templates: &Path, system: &str) -> Outcome<Self> {
        Self::build(system, catalogue::load(templates, system)?)
    }

    /// The core alone, without any component.
    ///
    /// # Errors
    /// None that a user can cause.
    pub fn core(system: &str) -> Outcome<Self> {
        Self::build(system, Vec::new())
    }

    pub(crate) fn build(system: &str, mut components: Vec<Loaded>) -> Outcome<Self> {
        let Declared { core: (core_source, core), nodes: (nodes_source, nodes) } = declared(system)?;
        let mut problems = Vec::new();
        // Declarations are large, and a map that grows copies them.
        let count = core.options.len() + components.iter().map(|loaded| loaded.keys.len()).sum::<usize>();
        let rules = core.rules.len() + nodes.rules.len();
        let rules = rules + components.iter().map(|loaded| loaded.component.rules.len()).sum::<usize>();
        let mut model = Self {
            system: system.to_owned(),
            options: IndexMap::with_capacity_and_hasher(count, RandomState::default()),
            option_origins: HashMap::with_capacity_and_hasher(count, RandomState::default()),
            fields: nodes.fields,
            groups: core.groups,
            field_groups: nodes.groups,
            computed: IndexMap::default(),
            rules: Vec::with_capacity(rules),
            components: Vec::new(),
            expressions: Expressions::new().map_err(|error| Failure::from(error.to_diagnostic()))?,
        };
        let core_origin = Origin { source: core_source, is_shipped: true };
        model.add(&core_origin, core.options, core.computed, core.rules, &mut problems);
        let nodes_origin = Origin { source: nodes_source, is_shipped: true };
        model.add(&nodes_origin, IndexMap::default(), IndexMap::default(), nodes.rules, &mut problems);
        for loaded in &mut components {
            let origin = loaded.origin();
            let component = &mut loaded.component;
            let (options, computed) = (take(&mut component.options), take(&mut component.computed));
            model.add(&origin, options, computed, take(&mut component.rules), &mut problems);
        }
        model.components = components;
        // The fields of nodes are the same for every system, the keys they inherit from are not.
        for field in model.fields.values_mut() {
            field.inherits = field.inherits.take().filter(|key| model.options.contains_key(key));
        }
        problems.extend(verify::verify(&mut model));
        if problems.is_empty() { Ok(model) } else { Err(Failure::from(problems)) }
    }

    fn add(
        &mut self,
        origin: &Origin,
        options: Declarations,
        computed: IndexMap<String, Computed>,
        rules: Vec<Rule>,
        problems: &mut Vec<Diagnostic>,
    ) {
        for (key, declaration) in options {
            if self.options.contains_key(&key) || key == "nodes" || DERIVED.contains(&key.as_str()) {
                problems.push(verify::declared_twice(origin, "options", &key));
                continue;
            }
            self.option_origins.insert(key.clone(), origin.clone());
            self.options.insert(key, declaration);
        }
        for (key, computed) in computed {
            if self.computed.contains_key(&key) || key == "nodes" || DERIVED.contains(&key.as_str()) {
                problems.push(verify::declared_twice(origin, "computed", &key));
                continue;
            }
            self.computed.insert(key, ModelComputed { computed, origin: origin.clone() });
        }
        for rule in rules {
            let code = intern(&rule.code);
            self.rules.push(ModelRule { rule, code, origin: origin.clone() });
        }
    }

    /// The system whose declarations these are.
    pub fn system(&self) -> &str {
        &self.system
    }

    /// The keys of cluster.yaml with their declarations: the core's, then each component's.
    pub fn options(&self) -> &Declarations {
        &self.options
    }

    /// The fields of a node with their declarations.
    pub fn fields(&self) -> &Declarations {
        &self.fields
    }

    /// The versions of all components: `namespace/app` to what to its parts.
    pub fn versions(&self) -> yaml::Value {
        crate::context::versions(self)
    }

    /// What each component pins, sorted by component.
    pub fn pins(&self) -> Vec<Pin> {
        self.components.iter().flat_map(pin::of).collect()
    }

    pub(crate) fn option(&self, key: &str) -> Option<&Declaration> {
        self.options.get(key).map(Box::as_ref)
    }

    /// The declaration of a key, also by a former name.
    pub(crate) fn option_meant(&self, key: &str) -> Option<&Declaration> {
        self.option(key).or_else(|| renamed(&self.options, key).map(|(_, declaration)| declaration))
    }

    /// The declaration of a node's field, also by a former name.
    pub(crate) fn field_meant(&self, key: &str) -> Option<&Declaration> {
        self.node_field(key).or_else(|| renamed(&self.fields, key).map(|(_, declaration)| declaration))
    }

    pub(crate) fn node_field(&self, key: &str) -> Option<&Declaration> {
        self.fields.get(key).map(Box::as_ref)
    }

    /// Whether a key is computed and nothing else.
    pub(crate) fn is_purely_computed(&self, key: &str) -> bool {
        self.computed.contains_key(key) && !self.options.contains_key(key)
    }

    /// Whether a key that is no option may be shown: what is computed from secrets is not.
    pub(crate) fn is_public_derived(&self, key: &str) -> bool {
        self.is_purely_computed(key) || (DERIVED.contains(&key) && key != "provided")
    }

    /// Every name a top-level key may have.
    pub(crate) fn known_keys(&self) -> impl Iterator<Item = &str> {
        let computed = self.computed.keys().filter(|key| !self.options.contains_key(*key));
        self.options.keys().chain(computed).map(String::as_str).chain(std::iter::once("nodes"))
    }

    /// The options that are addresses in the cluster's network.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = (&str, AddressRole)> {
        self.options.iter().filter_map(|(key, option)| Some((key.as_str(), option.address?)))
    }
}

/// The declaration that once had another name.
pub(crate) fn renamed<'d>(
    declarations: &'d Declarations,
    old: &str,
) -> Option<(&'d String, &'d Declaration)> {
    let mut all = declarations.iter().map(|(key, declaration)| (key, declaration.as_ref()));
    all.find(|(_, declaration)| declaration.formerly.iter().any(|name| name == old))
}

/// The name that is near to a key; former names count too.
pub(crate) fn near<'d>(declarations: &'d Declarations, key: &str) -> Option<&'d str> {
    let former = declarations.values().flat_map(|declaration| &declaration.formerly);
    let found = did_you_mean(key, declarations.keys().chain(former).map(String::as_str))?;
    let renamed = renamed(declarations, found).map(|(new, _)| new.as_str());
    Some(renamed.unwrap_or(found))
}

/// Findings carry codes that live as long as the program. There are as many as the catalogue declares.
fn intern(code: &str) -> &'static str {
    use std::collections::HashSet;
    use std::sync::{LazyLock, Mutex};
    static CODES: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
    let mut codes = CODES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(known) = codes.get(code) {
        return known;
    }
    let kept: &'static str = Box::leak(code.to_owned().into_boxed_str());
    codes.insert(kept);
    kept
}
