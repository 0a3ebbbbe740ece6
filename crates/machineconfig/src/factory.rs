//! The image factory: where the images of a schematic are, from which a machine boots or is installed.
//!
//! URLs are made as talhelper 3.1.16 makes them, its two templates included, except for what it gets wrong: a disk image
//! without a suffix of its own is `raw.zst` (talhelper says `iso`), and PXE has its own path at the factory.

use yaml::{Mapping, Value};

use crate::cluster::{Cluster, Fields as _, Node};
use crate::template::{self, Val};
use crate::{Problem, Schematic, meta};

const REGISTRY: &str = "factory.talos.dev";
const INSTALLER: &str =
    "{{.RegistryURL}}/{{.Mode}}-installer{{if .Secureboot}}-secureboot{{end}}/{{.ID}}:{{.Version}}";
const IMAGE: &str = "{{.Protocol}}://{{.RegistryURL}}/image/{{.ID}}/{{.Version}}/{{.Mode}}-{{.Arch}}\
    {{if .Secureboot}}-secureboot{{end}}{{if and .Secureboot .UseUKI}}-uki.efi{{ else }}{{.Suffix}}{{end}}";

/// An image factory and how its URLs are made.
#[derive(Debug, Clone)]
pub struct Factory {
    registry: String,
    protocol: String,
    endpoint: String,
    installer: String,
    image: String,
}

impl Default for Factory {
    fn default() -> Self {
        Self::from_value(None)
    }
}

/// How a machine is started for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boot {
    /// From a CD image.
    Iso,
    /// From a disk that holds the image already.
    Disk,
    /// From the network.
    Pxe,
}

impl Boot {
    fn name(self) -> &'static str {
        match self {
            Self::Iso => "iso",
            Self::Disk => "disk-image",
            Self::Pxe => "pxe",
        }
    }
}

/// What an image is for. An absent text is the factory's default.
#[derive(Debug, Clone, Default)]
pub struct ImageSpec {
    /// The platform: `metal`, `nocloud`, …
    pub mode: Option<String>,
    /// `amd64` or `arm64`.
    pub arch: Option<String>,
    /// Whether Secure Boot is on.
    pub secureboot: bool,
    /// With Secure Boot: the bare unified kernel image.
    pub uki: bool,
    /// How the machine starts, where that is said.
    pub boot: Option<Boot>,
    /// The ending of the file, without its dot.
    pub suffix: Option<String>,
}

fn or(text: &str, default: &str) -> String {
    if text.is_empty() { default.to_owned() } else { text.to_owned() }
}

impl Factory {
    /// The factory of a talconfig's `imageFactory`.
    pub(crate) fn from_value(value: Option<&Value>) -> Self {
        let own = |key| value.map_or("", |value| value.text(key));
        Self {
            registry: or(own("registryURL"), REGISTRY),
            protocol: or(own("protocol"), "https"),
            endpoint: or(own("schematicEndpoint"), "/schematics"),
            installer: or(own("installerURLTmpl"), INSTALLER),
            image: or(own("ISOURLTmpl"), IMAGE),
        }
    }

    /// The same factory at another host.
    #[must_use]
    pub fn at(self, registry: &str) -> Self {
        Self { registry: registry.to_owned(), ..self }
    }

    /// Where schematics are registered.
    pub fn schematics(&self) -> String {
        format!("{}://{}{}", self.protocol, self.registry, self.endpoint)
    }

    /// The installer image.
    ///
    /// # Errors
    /// When the talconfig's template for it fails.
    pub fn installer(&self, id: &str, version: &str, spec: &ImageSpec) -> Result<String, Problem> {
        self.render(&self.installer, self.names(id, version, spec))
    }

    /// The image that a machine starts from; `boot` or the spec says how.
    ///
    /// # Errors
    /// When the talconfig's template for it fails.
    pub fn image(
        &self,
        id: &str,
        version: &str,
        spec: &ImageSpec,
        boot: Option<Boot>,
    ) -> Result<String, Problem> {
        let boot = boot.or(spec.boot).unwrap_or(Boot::Iso);
        let mut data = self.names(id, version, spec);
        data.push(("BootMethod", Val::text(boot.name())));
        if boot == Boot::Pxe {
            return self.render(&self.pxe(), data);
        }
        // The suffix of a spec belongs to the way of starting that the spec names.
        let own = spec.suffix.as_deref().filter(|_| spec.boot.is_none_or(|own| own == boot));
        let uki = spec.secureboot && spec.uki && boot == Boot::Iso;
        let suffix = own.unwrap_or(if boot == Boot::Disk { "raw.zst" } else { "iso" });
        data.push(("Suffix", Val::text(format!(".{suffix}"))));
        data.push(("UseUKI", Val::Bool(uki)));
        self.render(&self.image, data)
    }

    /// The script that iPXE is given; the public factory has a host of its own for it.
    fn pxe(&self) -> String {
        let host = if self.registry == REGISTRY { "pxe.factory.talos.dev" } else { self.registry.as_str() };
        format!(
            "{{{{.Protocol}}}}://{host}/pxe/{{{{.ID}}}}/{{{{.Version}}}}/{{{{.Mode}}}}-{{{{.Arch}}}}\
             {{{{if .Secureboot}}}}-secureboot{{{{end}}}}"
        )
    }

    fn names<'v>(&self, id: &str, version: &str, spec: &ImageSpec) -> Vec<(&'static str, Val<'v>)> {
        let text =
            |text: &Option<String>, default| Val::text(or(text.as_deref().unwrap_or_default(), default));
        vec![
            ("Protocol", Val::text(&self.protocol)),
            ("RegistryURL", Val::text(&self.registry)),
            ("ID", Val::text(id)),
            ("Version", Val::text(version)),
            ("Mode", text(&spec.mode, "metal")),
            ("Arch", text(&spec.arch, "amd64")),
            ("Secureboot", Val::Bool(spec.secureboot)),
        ]
    }

    #[expect(clippy::unused_self, reason = "a template belongs to its factory")]
    fn render(&self, text: &str, data: Vec<(&'static str, Val<'_>)>) -> Result<String, Problem> {
        template::render(text, &Val::names(data))
            .map_err(|error| Problem::new("template/failed", error.message).on("imageFactory"))
    }
}

impl ImageSpec {
    /// The spec of a node's `machineSpec`.
    pub(crate) fn of_node(node: &Node) -> Self {
        let spec = node.within("machineSpec");
        let text = |key| Some(spec.text(key)).filter(|text| !text.is_empty()).map(str::to_owned);
        let boot = match spec.text("bootMethod") {
            "iso" => Some(Boot::Iso),
            "disk-image" => Some(Boot::Disk),
            "pxe" => Some(Boot::Pxe),
            _ => None,
        };
        Self {
            mode: text("mode"),
            arch: text("arch"),
            secureboot: spec.flag("secureboot"),
            uki: spec.flag("useUKI"),
            boot,
            suffix: text("imageSuffix"),
        }
    }
}

/// The images of a node.
pub struct NodeImages<'c> {
    cluster: &'c Cluster,
    node: &'c Node,
}

impl Cluster {
    /// The images of each node, in order.
    pub fn images(&self) -> impl Iterator<Item = NodeImages<'_>> {
        self.nodes.iter().map(|node| NodeImages { cluster: self, node })
    }

    /// The image factory.
    pub fn factory(&self) -> Factory {
        Factory::from_value(self.root.get("imageFactory"))
    }

    /// `talosVersion` with its `v`, or the version that is taken when there is none.
    pub fn talos_version(&self) -> String {
        match self.root.text("talosVersion") {
            "" => crate::Contract::DEFAULT_VERSION.to_owned(),
            version if version.starts_with('v') => version.to_owned(),
            version => format!("v{version}"),
        }
    }
}

impl NodeImages<'_> {
    /// The host name.
    pub fn hostname(&self) -> &str {
        self.node.hostname()
    }

    /// Whether a word names this node: its host name or one of its addresses.
    pub fn is(&self, word: &str) -> bool {
        self.hostname() == word || self.node.addresses().contains(&word)
    }

    /// What its images are for.
    pub fn spec(&self) -> ImageSpec {
        ImageSpec::of_node(self.node)
    }

    /// The installer that the node names itself, in place of one of the factory.
    pub fn own_installer(&self) -> Option<String> {
        let own = self.node.text("talosImageURL");
        (!own.is_empty()).then(|| format!("{own}:{}", self.cluster.talos_version()))
    }

    /// The schematic of the image that is installed, with values for META added.
    pub fn schematic(&self, meta: &[(u8, String)]) -> Schematic {
        Schematic::from_value(Some(&with_meta(self.node.value("schematic"), meta)))
    }

    /// The schematic of the image that the machine starts from, with values for META added.
    pub fn boot_schematic(&self, meta: &[(u8, String)]) -> Schematic {
        let own = self.node.value("imageSchematic").or_else(|| self.node.value("schematic"));
        Schematic::from_value(Some(&with_meta(own, meta)))
    }

    /// The value of META key 10 that gives the machine its static addresses: its interfaces, routes, host name and
    /// resolvers. `link` is the name of interfaces that the talconfig finds by a selector.
    ///
    /// # Errors
    /// When an interface has no name, or is of a kind that cannot be said there.
    pub fn network_meta(&self, link: Option<&str>) -> Result<String, Problem> {
        meta::network(self.node, link)
    }
}

/// A schematic with values for META; one that is there is replaced.
pub(crate) fn with_meta(schematic: Option<&Value>, meta: &[(u8, String)]) -> Value {
    let mut schematic = schematic.and_then(Value::as_mapping).cloned().unwrap_or_default();
    if meta.is_empty() {
        return Value::Mapping(schematic);
    }
    let mut customization =
        schematic.remove("customization").and_then(|value| value.as_mapping().cloned()).unwrap_or_default();
    let mut values =
        customization.remove("meta").map(|value| value.as_sequence().unwrap_or_default().to_vec());
    let values = values.get_or_insert_default();
    for (key, value) in meta {
        values.retain(|other| other.number("key") != i128::from(*key));
        let mut entry = Mapping::new();
        entry.insert("key", i64::from(*key));
        entry.insert("value", value.as_str());
        values.push(Value::Mapping(entry));
    }
    customization.insert("meta", std::mem::take(values));
    schematic.insert("customization", customization);
    Value::Mapping(schematic)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba";

    fn url(spec: &ImageSpec, boot: Option<Boot>) -> String {
        Factory::default().image(ID, "v1.13.0", spec, boot).unwrap()
    }

    // URLs as the factory's documentation and talhelper give them.
    #[test]
    fn urls() {
        let spec = ImageSpec::default();
        let base = format!("https://factory.talos.dev/image/{ID}/v1.13.0");
        assert_eq!(url(&spec, None), format!("{base}/metal-amd64.iso"));
        assert_eq!(url(&spec, Some(Boot::Disk)), format!("{base}/metal-amd64.raw.zst"));
        assert_eq!(
            url(&spec, Some(Boot::Pxe)),
            format!("https://pxe.factory.talos.dev/pxe/{ID}/v1.13.0/metal-amd64")
        );
        let spec = ImageSpec {
            mode: Some("nocloud".to_owned()),
            arch: Some("arm64".to_owned()),
            secureboot: true,
            uki: true,
            boot: Some(Boot::Disk),
            suffix: Some("qcow2".to_owned()),
        };
        assert_eq!(url(&spec, None), format!("{base}/nocloud-arm64-secureboot.qcow2"));
        assert_eq!(url(&spec, Some(Boot::Iso)), format!("{base}/nocloud-arm64-secureboot-uki.efi"));
        let installer = Factory::default().at("factory.lan:5000").installer(ID, "v1.13.0", &spec).unwrap();
        assert_eq!(installer, format!("factory.lan:5000/nocloud-installer-secureboot/{ID}:v1.13.0"));
    }

    #[test]
    fn values_for_meta_are_added_once() {
        let data = |text| yaml::load_one(text, yaml::Dialect::GoYamlV3).unwrap();
        let schematic =
            data("customization: {extraKernelArgs: [a], meta: [{key: 10, value: old}, {key: 12, value: x}]}");
        let found = with_meta(Some(&schematic), &[(10, "new".to_owned())]);
        let want =
            data("customization: {extraKernelArgs: [a], meta: [{key: 12, value: x}, {key: 10, value: new}]}");
        assert_eq!(
            Schematic::from_value(Some(&found)).canonical(),
            Schematic::from_value(Some(&want)).canonical()
        );
        assert_eq!(with_meta(None, &[]), Value::Mapping(Mapping::new()));
    }
}
