//! `talosgen image`: schematics, their IDs, the URLs of the factory's images, and values for META.

mod register;

use std::path::Path;
use std::sync::Arc;

use cliutil::{CommonArgs, Diagnostic, Exit, Failure, Io, Outcome, ReadOptions, Reporter, Severity};
use machineconfig::{Boot, Cluster, Contract, Factory, ImageSpec, Problem, Schematic};
use yaml::{EmitOptions, Mapping, Value};

use crate::cli::{ImageArgs, Wanted};
use crate::inputs;

/// The key of META that holds network settings.
const NETWORK: u8 = 10;

/// What is known of one image.
struct Image {
    /// The node; empty when there is no talconfig.
    name: String,
    schematic: Schematic,
    /// The schematic of what it boots from; mostly the same.
    boot: Schematic,
    spec: ImageSpec,
    own_installer: Option<String>,
    network: Option<Result<String, Problem>>,
}

/// Where images come from.
struct Origin {
    factory: Factory,
    version: String,
}

pub(crate) fn run(args: &ImageArgs, common: &CommonArgs, reporter: &Reporter, io: &mut Io) -> Outcome<Exit> {
    let (images, origin) = found(args, common, reporter, io)?;
    let out = printed(args, &images, &origin)?;
    if args.register {
        let wanted = images.iter().flat_map(|image| [&image.schematic, &image.boot]);
        register::all(wanted, &origin.factory.schematics(), common.quiet, io)?;
    }
    io.write_out(out)?;
    Ok(Exit::Yes)
}

/// The images: of one schematic, or of the nodes of a talconfig.
fn found(
    args: &ImageArgs,
    common: &CommonArgs,
    reporter: &Reporter,
    io: &mut Io,
) -> Outcome<(Vec<Image>, Origin)> {
    let meta = meta(args)?;
    let alone = args.schematic.is_some() || !args.extension.is_empty() || !args.kernel_arg.is_empty();
    if !alone && (args.config_file.as_os_str() == "-" || args.config_file.exists() || args.node.is_some()) {
        return of_nodes(args, &meta, common, reporter, io);
    }
    if args.network_meta || args.what == Wanted::Meta {
        return Err(Failure::new("talos/meta-network", "network settings are those of a talconfig's nodes")
            .with_help("name the talconfig with --config-file, or give --meta 10=@network.yaml"));
    }
    let schematic = schematic(args, common, reporter, io)?.with_meta(&meta);
    let version = version(args, Contract::DEFAULT_VERSION);
    let factory = at_registry(args, Factory::default());
    let image = Image {
        name: String::new(),
        boot: schematic.clone(),
        schematic,
        spec: spec(args, ImageSpec::default()),
        own_installer: None,
        network: None,
    };
    Ok((vec![image], Origin { factory, version }))
}

/// Values for META, those of files read.
fn meta(args: &ImageArgs) -> Outcome<Vec<(u8, String)>> {
    let read = |(key, value): &(u8, String)| {
        let text = match value.strip_prefix('@') {
            Some(path) => cliutil::read_file(Path::new(path))?.text().to_owned(),
            None => value.clone(),
        };
        Ok((*key, text))
    };
    args.meta.iter().map(read).collect()
}

/// The schematic that the arguments give. A key that is not known is a warning: what it says is not in the image.
fn schematic(args: &ImageArgs, common: &CommonArgs, reporter: &Reporter, io: &mut Io) -> Outcome<Schematic> {
    let Some(path) = &args.schematic else {
        return Ok(Schematic::of_parts(&args.extension, &args.kernel_arg));
    };
    let source = Arc::new(cliutil::read_input(io, path, ReadOptions::default())?);
    let (schematic, unknown) =
        Schematic::load(source.text()).map_err(|problems| crate::patch::placed(&source, problems))?;
    let mut warnings = crate::patch::placed(&source, unknown).diagnostics;
    for warning in &mut warnings {
        warning.severity = Severity::Warning;
    }
    warnings.retain(|_| !common.quiet);
    reporter.show(&warnings, true, io);
    Ok(schematic)
}

fn version(args: &ImageArgs, default: &str) -> String {
    let version = args.talos_version.as_deref().unwrap_or(default);
    if version.starts_with('v') { version.to_owned() } else { format!("v{version}") }
}

fn at_registry(args: &ImageArgs, factory: Factory) -> Factory {
    match &args.registry_url {
        Some(registry) => factory.at(registry),
        None => factory,
    }
}

/// What the arguments say wins over what the node says.
fn spec(args: &ImageArgs, own: ImageSpec) -> ImageSpec {
    ImageSpec {
        mode: args.mode.clone().or(own.mode),
        arch: args.arch.clone().or(own.arch),
        secureboot: args.secure_boot || own.secureboot,
        uki: args.use_uki || own.uki,
        boot: if args.suffix.is_some() { None } else { own.boot },
        suffix: args.suffix.clone().or(own.suffix),
    }
}

fn of_nodes(
    args: &ImageArgs,
    meta: &[(u8, String)],
    common: &CommonArgs,
    reporter: &Reporter,
    io: &mut Io,
) -> Outcome<(Vec<Image>, Origin)> {
    let cluster = cluster(args, common, reporter, io)?;
    let networks = args.network_meta || matches!(args.what, Wanted::Meta | Wanted::All);
    let mut images = Vec::new();
    for node in cluster.images().filter(|node| args.node.as_deref().is_none_or(|word| node.is(word))) {
        let network = networks.then(|| node.network_meta(args.link.as_deref()));
        let mut meta = meta.to_vec();
        if args.network_meta {
            let text = network.clone().transpose().map_err(|problem| of_node(node.hostname(), &problem))?;
            meta.extend(text.map(|text| (NETWORK, text)));
        }
        images.push(Image {
            name: node.hostname().to_owned(),
            schematic: node.schematic(&meta),
            boot: node.boot_schematic(&meta),
            spec: spec(args, node.spec()),
            own_installer: node.own_installer().filter(|_| args.talos_version.is_none()),
            network,
        });
    }
    if images.is_empty() {
        let word = args.node.as_deref().unwrap_or_default();
        let names: Vec<_> = cluster.hostnames().collect();
        return Err(Failure::new("talos/no-such-node", format!("no node is called {word:?}"))
            .with_help(format!("there are: {}", names.join(", "))));
    }
    let version = version(args, &cluster.talos_version());
    Ok((images, Origin { factory: at_registry(args, cluster.factory()), version }))
}

fn of_node(name: &str, problem: &Problem) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(problem.code, format!("{name}: {problem}"));
    diagnostic.help.clone_from(&problem.help);
    diagnostic
}

fn cluster(args: &ImageArgs, common: &CommonArgs, reporter: &Reporter, io: &mut Io) -> Outcome<Cluster> {
    let source = Arc::new(cliutil::read_input(io, &args.config_file, ReadOptions::default())?);
    let folder = args.config_file.parent().map(Path::to_path_buf).unwrap_or_default();
    let files = inputs::Decrypting::default();
    let env = inputs::environment(&args.env_file, &files)?;
    let cluster = Cluster::load(&source, &env, &folder, &files)?;
    let mut findings = cluster.check();
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return Err(inputs::without_values(findings, &env).into());
    }
    findings.extend(cluster.warnings.iter().cloned());
    findings.retain(|_| !common.quiet);
    reporter.show(&inputs::without_values(findings, &env), true, io);
    Ok(cluster)
}

fn printed(args: &ImageArgs, images: &[Image], origin: &Origin) -> Outcome<String> {
    if args.what == Wanted::All {
        return everything(images, origin);
    }
    let mut out = String::new();
    let whole = matches!(args.what, Wanted::Schematic | Wanted::Meta);
    for image in images {
        let text = one(args.what, image, origin)?;
        let entry = match (images.len(), whole) {
            (1, true) => text,
            (1, false) => format!("{text}\n"),
            (_, true) => format!("---\n# {}\n{text}", image.name),
            (_, false) => format!("{}: {text}\n", image.name),
        };
        out.push_str(&entry);
    }
    Ok(out)
}

fn one(what: Wanted, image: &Image, origin: &Origin) -> Outcome<String> {
    let boot = |boot| origin.factory.image(&image.boot.id(), &origin.version, &image.spec, boot);
    let url = match what {
        Wanted::Id => Ok(image.schematic.id()),
        Wanted::Schematic => Ok(image.schematic.canonical().to_owned()),
        Wanted::Meta => image.network.clone().transpose().map(Option::unwrap_or_default),
        Wanted::Installer => match &image.own_installer {
            Some(own) => Ok(own.clone()),
            None => origin.factory.installer(&image.schematic.id(), &origin.version, &image.spec),
        },
        Wanted::Iso => boot(Some(Boot::Iso)),
        Wanted::Disk => boot(Some(Boot::Disk)),
        Wanted::Pxe => boot(Some(Boot::Pxe)),
        Wanted::Boot | Wanted::All => boot(None),
    };
    url.map_err(|problem| of_node(&image.name, &problem).into())
}

/// A mapping of nodes; without nodes that of the one image.
fn everything(images: &[Image], origin: &Origin) -> Outcome<String> {
    let mut all = Mapping::new();
    for image in images {
        let mut entry = Mapping::new();
        entry.insert("id", image.schematic.id());
        if image.boot != image.schematic {
            entry.insert("bootID", image.boot.id());
        }
        for (key, what) in [
            ("installer", Wanted::Installer),
            ("iso", Wanted::Iso),
            ("disk", Wanted::Disk),
            ("pxe", Wanted::Pxe),
            ("schematic", Wanted::Schematic),
        ] {
            entry.insert(key, one(what, image, origin)?);
        }
        // An interface without a name is no problem of somebody who asks for everything.
        if let Some(Ok(network)) = &image.network {
            entry.insert("networkMeta", network.as_str());
        }
        if image.name.is_empty() {
            all = entry;
        } else {
            all.insert(image.name.as_str(), entry);
        }
    }
    Ok(yaml::emit(&Value::Mapping(all), EmitOptions::default()))
}
