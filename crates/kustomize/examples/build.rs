//! Builds the kustomizations named as arguments, each as `kustomize build --load-restrictor=LoadRestrictionsNone`
//! would: `cargo run --release -p clusterpipe-kustomize --example build -- DIR…`

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

fn main() -> std::io::Result<ExitCode> {
    let loader = kustomize::Loader::new(&kustomize::Disk);
    let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr().lock());
    let mut code = ExitCode::SUCCESS;
    for folder in std::env::args().skip(1) {
        match kustomize::build(&loader, Path::new(&folder)) {
            Ok(build) => out.write_all(kustomize::to_yaml(&build.resources).as_bytes())?,
            Err(problems) => {
                code = ExitCode::FAILURE;
                for problem in problems {
                    let place =
                        problem.location.as_ref().map(cliutil::Location::line_column).unwrap_or_default();
                    let file = problem.file().unwrap_or_default();
                    writeln!(err, "{file}:{}:{}: {}: {}", place.0, place.1, problem.code, problem.message)?;
                    if let Some(help) = &problem.help {
                        writeln!(err, "  help: {help}")?;
                    }
                }
            }
        }
    }
    Ok(code)
}
