//! Builds the Flux Kustomizations of a file or a folder's kustomization, and those that they bring about:
//! `cargo run --release -p clusterpipe-kustomize --example flux -- ROOT FROM [OUT]`. With OUT each object is written to
//! `OUT/NAMESPACE-NAME.ks.yaml`, what it applies to `OUT/NAMESPACE-NAME.yaml`.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use kustomize::flux::{self, Kustomization, Options, Sources};

fn main() -> std::io::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [root, from, rest @ ..] = &arguments[..] else { return Ok(ExitCode::from(2)) };
    let loader = kustomize::Loader::new(&kustomize::Disk);
    let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr().lock());
    let mut code = ExitCode::SUCCESS;
    let mut tell = |problems: &[cliutil::Diagnostic]| -> std::io::Result<()> {
        for problem in problems {
            let (line, column) =
                problem.location.as_ref().map(cliutil::Location::line_column).unwrap_or_default();
            let file = problem.file().unwrap_or_default();
            writeln!(err, "{file}:{line}:{column}: {}: {}", problem.code, problem.message)?;
        }
        Ok(())
    };
    let from = Path::new(from);
    let objects = if from.is_dir() {
        kustomize::build(&loader, from).map(|build| build.resources)
    } else {
        kustomize::read(&loader, from)
    };
    let first = objects.and_then(|objects| {
        let objects = objects.iter().filter(|resource| Kustomization::is(resource));
        objects.map(Kustomization::read).collect::<Result<Vec<_>, _>>()
    });
    let first = match first {
        Ok(first) => first,
        Err(problems) => {
            tell(&problems)?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let options = Options { assume_sources: true, ..Options::default() };
    for node in flux::tree(&loader, Path::new(root), first, Sources::new(), options) {
        let name = format!("{}-{}", node.kustomization.namespace, node.kustomization.name);
        match &node.build {
            Ok(Some(build)) => {
                tell(&build.warnings)?;
                let text = kustomize::to_yaml(&build.resources);
                match rest {
                    [to, ..] => {
                        std::fs::write(Path::new(to).join(format!("{name}.yaml")), text)?;
                        for resource in build.resources.iter().filter(|resource| Kustomization::is(resource))
                        {
                            let name = format!("{}-{}.ks.yaml", resource.namespace(), resource.name());
                            std::fs::write(Path::new(to).join(name), resource.to_yaml())?;
                        }
                    }
                    [] => writeln!(out, "# {name}\n{text}")?,
                }
            }
            Ok(None) => {}
            Err(problems) => {
                code = ExitCode::FAILURE;
                tell(problems)?;
            }
        }
    }
    Ok(code)
}
