#!/usr/bin/env python3
"""Random talconfigs through talhelper and through talosgen: the same documents, or a refusal by both.

    talos.py genconfig --peers .peers --bin target/debug [--count N] [--seed S] [--jobs N] [--keep DIR]

Each case is made from its number alone, so a failing one can be made again: --seed NUMBER --count 1 --keep DIR.
The cases cover every key of talhelper's schema; that is checked when there are enough of them. `templates` compares what
both make of random Go templates with sprig's functions; `patch`, `contract`, `accept` and `meta` have talosctl or Talos's own
library for a judge.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from talos_cases import Case, keys_of  # noqa: E402
from talos_draw import VECTORS  # noqa: E402
from talos_patches import PatchCase  # noqa: E402
from talos_templates import templates  # noqa: E402


class Loader(yaml.CSafeLoader):
    """YAML 1.2, as the rule for comparing asks."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in [
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", "-+0123456789"),
    ("float", r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$", "-+0123456789."),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("merge", r"^(?:<<)$", "<"),
]:
    Loader.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(pattern), list(first))


def integer(loader, node):
    text = loader.construct_scalar(node)
    return int(text, 0) if text[:2] in ("0o", "0x") else int(text)


Loader.add_constructor("tag:yaml.org,2002:int", integer)


def real(loader, node):
    """A float; a number beyond the largest is text to Go."""
    text = loader.construct_scalar(node)
    if "inf" in text.lower() or "nan" in text.lower():
        return loader.construct_yaml_float(node)
    value = float(text)
    return text if value in (float("inf"), float("-inf")) else value


Loader.add_constructor("tag:yaml.org,2002:float", real)


# A text that go-yaml writes as `!!merge <<` where it is a value.
Loader.add_constructor("tag:yaml.org,2002:merge", lambda loader, node: loader.construct_scalar(node))


def documents(path):
    return list(yaml.load_all(path.read_text(), Loader=Loader))


def difference(ours, theirs, path=""):
    """The first difference, as a path and what stands there."""
    if type(ours) is not type(theirs):
        return f"{path}: ours {ours!r}, theirs {theirs!r}"
    if isinstance(ours, dict):
        for key in theirs:
            if key not in ours:
                return f"{path}.{key}: missing, theirs {theirs[key]!r}"
            found = difference(ours[key], theirs[key], f"{path}.{key}")
            if found:
                return found
        extra = [key for key in ours if key not in theirs]
        return f"{path}.{extra[0]}: too much, {ours[extra[0]]!r}" if extra else None
    if isinstance(ours, list):
        if len(ours) != len(theirs):
            return f"{path}: ours {ours!r}, theirs {theirs!r}"
        for n, (a, b) in enumerate(zip(ours, theirs)):
            found = difference(a, b, f"{path}[{n}]")
            if found:
                return found
        return None
    return None if ours == theirs else f"{path}: ours {ours!r}, theirs {theirs!r}"


def label(document):
    return "/".join(str(document.get(key, "")) for key in ("kind", "name")) if isinstance(document, dict) else "?"


def tree(folder):
    return {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()} if folder.exists() else {}


def compare_files(ours, theirs):
    if sorted(ours) != sorted(theirs):
        return f"files: ours {sorted(ours)}, theirs {sorted(theirs)}"
    for name in sorted(theirs):
        left, right = documents(ours[name]), documents(theirs[name])
        if name == "talosconfig":
            for side in (left, right):
                for context in side[0]["contexts"].values():
                    for key in ("crt", "key"):
                        context.pop(key)
        labels = [label(document) for document in left], [label(document) for document in right]
        if labels[0] != labels[1]:
            return f"{name}: documents: ours {labels[0]}, theirs {labels[1]}"
        for n, (a, b) in enumerate(zip(left, right)):
            found = difference(a, b, labels[0][n])
            if found:
                return f"{name}: {found}"
    return None


COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def run(program, folder, *args):
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "FROM_PROCESS": "of the process"}
    done = subprocess.run(
        [program, *args], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300
    )
    return done.returncode, COLOUR.sub("", done.stdout + done.stderr)


def fields(text, warnings):
    """The fields that talhelper names, for errors or for warnings; ours may name the section of the role instead of the node."""
    groups = re.findall(r'^field: "(.*)"\n((?:.*\n)*?)(?=field: |\S|\Z)', text, re.M)
    warned = {field for field, said in groups if all("WARNING" in line for line in said.splitlines() if line.startswith("  *"))}
    named = {field for field, _ in groups}
    return {field.split("].")[-1] for field in named & warned} if warnings else named - warned


# Talhelper stumbles over patches that come to nothing (go-yaml writes no empty stream); ours takes them as none.
KNOWN = ["expected STREAM-START"]


def validated(options, folder):
    """What talhelper's check of the talconfig refuses, ours refuses, naming the same fields."""
    code, said = run(options.talhelper, folder, "validate", "talconfig", "talconfig.yaml")
    our_code, our_words = run(options.talosgen, folder, "validate", "talconfig.yaml")
    missing = [field for field in fields(said, False) if field not in our_words]
    return f"validate: ours {our_code}, theirs {code}, not named: {missing}\n{said[-600:]}" if code and (our_code == 0 or missing) else None


def laid_out(number, options):
    """A case, and a folder with its files."""
    case = Case(number)
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"case{number}-", dir=options.work))
    for name, text in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shutil.copy(VECTORS / case.bundle / "input" / "talsecret.yaml", folder / "talsecret.yaml")
    return case, folder


def one(number, options):
    """The difference of a case and what it covers."""
    case, folder = laid_out(number, options)
    flags = ["genconfig", "--offline-mode", "--no-gitignore", *case.flags]
    code, said = run(options.talhelper, folder, *flags, "-o", "theirs")
    our_code, our_words = run(options.talosgen, folder, *flags, "-o", "ours")
    found = None
    if code and our_code == 0 and any(word in said for word in KNOWN):
        pass
    elif code == 0 and "has no key that selects anything" in our_words:
        # Any disk would do.
        pass
    elif code == 0 and "would both be written to" in our_words:
        # Talhelper writes the second over the first.
        pass
    elif (code == 0) != (our_code == 0):
        words = said if code else our_words
        found = f"exit: ours {our_code}, theirs {code}\n{words[:1500]}"
    elif code == 0:
        found = compare_files(tree(folder / "ours"), tree(folder / "theirs"))
        if not found:
            # Of talosVersion it warns where the release is newer than its own list, which ours has none of.
            warned = fields(said, True) - {"talosVersion"}
            missing = [field for field in warned if field not in our_words]
            if missing:
                found = f"warnings: not named: {missing}\n{our_words[:1500]}"
    else:
        missing = [field for field in fields(said, False) if field not in our_words]
        if missing:
            found = f"errors: not named: {missing}\n{our_words[:1500]}\n--- theirs\n{said[:1500]}"
        if tree(folder / "ours"):
            found = "files were written though it failed"
    if code and not found:
        found = validated(options, folder)
    if options.keep:
        target = pathlib.Path(options.keep) / f"case{number}"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(folder, target)
        (target / "theirs.txt").write_text(said)
        (target / "ours.txt").write_text(our_words)
    shutil.rmtree(folder)
    return number, found, code == 0, case.keys if code == 0 else set()


def genconfig(options):
    numbers = range(options.seed, options.seed + options.count)
    failed, accepted, covered = [], 0, set()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for number, found, good, keys in pool.map(lambda n: one(n, options), numbers):
            accepted += good
            covered |= keys
            if found:
                failed.append(number)
                print(f"case {number}: {found}", flush=True)
    print(f"{options.count} talconfigs, {accepted} accepted by talhelper, {options.count - accepted} refused; {len(failed)} differ")
    wanted = keys_of(options.talosgen)
    missing = sorted(wanted - covered)
    print(f"{len(wanted & covered)} of {len(wanted)} keys of the schema in what was accepted")
    if missing and (options.count >= 300 or options.verbose):
        print("not covered:", ", ".join(missing))
        if options.count >= 300:
            return 1
    return 1 if failed else 0


def bases():
    """Machine configurations to patch: what the vectors expect, by every version there is."""
    return sorted(path for path in VECTORS.glob("v*/expected/**/*.yaml") if "talosconfig" not in path.name)


def without_selectors(path):
    """Takes out of what talosctl wrote the documents `{}`. It leaves one where a patch deletes within a document that the
    configuration lacks, and then refuses the file itself: "duplicate document /v1alpha1/". All else is compared."""
    parts = re.split(r"(?m)^---\n", path.read_text())
    path.write_text("---\n".join(part for part in parts if part.strip() != "{}"))


def patch_one(number, options):
    case = PatchCase(number, bases())
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"patch{number}-", dir=options.work))
    text = case.base.read_text()
    (folder / "config.yaml").write_text(text)
    args = []
    for n, patch in enumerate(case.patches):
        if n % 2:
            args += ["--patch", patch]
        else:
            (folder / f"p{n}.yaml").write_text(patch)
            args += ["--patch", f"@p{n}.yaml"]
    code, said = run(options.talosctl, folder, "machineconfig", "patch", "config.yaml", *args, "--output", "theirs.yaml")
    our_code, our_words = run(options.talosgen, folder, "patch", "config.yaml", *args, "--output", "ours.yaml")
    found = None
    if "panic: reflect" in said:
        # A mistake of talosctl 1.13.0's encoder; there is no answer to compare with.
        pass
    elif (code == 0) != (our_code == 0):
        found = f"exit: ours {our_code}, theirs {code}\n{(said if code else our_words)[:1500]}"
    elif code == 0:
        without_selectors(folder / "theirs.yaml")
        found = compare_files({"x": folder / "ours.yaml"}, {"x": folder / "theirs.yaml"})
    if found:
        found += f"\nbase {case.base.relative_to(VECTORS)}\n" + "\n=====\n".join(case.patches)
    if options.keep:
        target = pathlib.Path(options.keep) / f"patch{number}"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(folder, target)
    shutil.rmtree(folder)
    return number, found, code == 0


def patch(options):
    failed, accepted = [], 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for number, found, good in pool.map(lambda n: patch_one(n, options), range(options.seed, options.seed + options.count)):
            accepted += good
            if found:
                failed.append(number)
                print(f"patch {number}: {found}", flush=True)
    print(f"{options.count} patchings, {accepted} accepted by talosctl, {options.count - accepted} refused; {len(failed)} differ")
    return 1 if failed else 0


# Which talosctl knows which minors.
TALOSCTL = {"1.11.5": ["1.8", "1.9", "1.10", "1.11"], "1.12.0": ["1.12"], "1.13.0": ["1.8", "1.9", "1.10", "1.11", "1.12", "1.13"]}
KUBERNETES = {"1.8": "1.31.0", "1.9": "1.32.0", "1.10": "1.33.0", "1.11": "1.34.0", "1.12": "1.35.0", "1.13": "1.35.0"}
PLAIN = """clusterName: plain
talosVersion: v{minor}.0
kubernetesVersion: v{kubernetes}
endpoint: https://10.0.0.10:6443
nodes:
  - {{hostname: controlplane, ipAddress: 10.0.0.1, controlPlane: true, installDisk: /dev/vda, ignoreHostname: true, talosImageURL: example.com/installer, filenameTmpl: controlplane.yaml}}
  - {{hostname: worker, ipAddress: 10.0.0.2, installDisk: /dev/vda, ignoreHostname: true, talosImageURL: example.com/installer, filenameTmpl: worker.yaml}}
"""


def contract(options):
    """The plain case of each minor, as each talosctl that knows it makes it of the same secrets."""
    failed = count = 0
    for version, minors in TALOSCTL.items():
        talosctl = options.peers / "bin" / f"talosctl-{version}"
        if not talosctl.exists():
            print(f"talosctl {version} is not there")
            continue
        for minor in minors:
            folder = pathlib.Path(tempfile.mkdtemp(dir=options.work))
            (folder / "talconfig.yaml").write_text(PLAIN.format(minor=minor, kubernetes=KUBERNETES[minor]))
            bundle = VECTORS / "v01-minimal-v1.13" / "input" / "talsecret.yaml"
            shutil.copy(bundle, folder / "talsecret.yaml")
            code, said = run(options.talosgen, folder, "genconfig", "--no-gitignore", "-o", "ours", "--disable-nodes-section")
            code_, said_ = run(
                str(talosctl), folder, "gen", "config", "plain", "https://10.0.0.10:6443", "--with-secrets", "talsecret.yaml", "--talos-version", f"v{minor}.0",
                "--kubernetes-version", KUBERNETES[minor], "--install-disk", "/dev/vda", "--install-image", f"example.com/installer:v{minor}.0", "--with-docs=false",
                "--with-examples=false", "--output", "theirs", "--output-types", "controlplane,worker")
            count += 1
            ours = {name: path for name, path in tree(folder / "ours").items() if name != "talosconfig"}
            found = said + said_ if code or code_ else compare_files(ours, tree(folder / "theirs"))
            if found:
                failed += 1
                print(f"talosctl {version}, v{minor}: {found}", flush=True)
    print(f"{count} plain cases beside talosctl gen config; {failed} differ")
    return 1 if failed or not count else 0


# What a talosctl does not know yet, or cannot read by a mistake of its own (see COMPATIBILITY.md).
def known_refusal(version, said):
    later = ["not registered", "unknown keys found", "unknown field"]
    mistakes = ["unexpected type for yaml sequence: v1alpha1.ArgValue", "panic: reflect"]
    if version in ("1.11.5", "1.12.0"):
        # Lists of arguments.
        later.append("cannot unmarshal !!seq into string")
    if version == "1.11.5":
        # Sizes in percent.
        later.append("unhandled size name: %")
    if version == "1.12.0":
        mistakes.append("BondConfig")
    found = [what for what, words in (("later", later), ("mistake", mistakes)) if any(word in said for word in words)]
    return found[0] if found else None


# Fields that a release between two minors brought: the talosctl of its minor does not have them.
BETWEEN = ["excludeAdvertisedNetworks", "strictCgroupClassOrdering"]


def said_later(options, folder, path, version):
    """Whether talosgen says that Talos cannot read a file yet; None where the file names no installer of this minor."""
    text = path.read_text()
    minor = version.rsplit(".", 1)[0]
    if not re.search(rf"^    image: \"?\S+:v{re.escape(minor)}\.", text, re.MULTILINE) or any(field in text for field in BETWEEN):
        return None
    _, said = run(options.talosgen, folder, "validate", "--format", "json", str(path))
    return "talos/later" in said


def accept(options):
    """What talosgen writes, judged by talosctl and read by Talos's own library."""
    cases = []
    for number in range(options.seed, options.seed + options.count):
        case, folder = laid_out(number, options)
        code, _ = run(options.talosgen, folder, "genconfig", "--no-gitignore", "-o", "ours")
        if code == 0:
            cases.append((number, case.minor, folder))
    failed = judged = excused = foretold = 0

    def judge(item):
        number, minor, folder = item
        out = []
        for path in sorted(tree(folder / "ours").values()):
            if path.name == "talosconfig":
                continue
            for version, minors in TALOSCTL.items():
                talosctl = options.peers / "bin" / f"talosctl-{version}"
                if minor in minors and talosctl.exists():
                    code, said = run(str(talosctl), folder, "validate", "--mode", "metal", "--strict", "--config", str(path))
                    out.append((version, path.name, code, said, said_later(options, folder, path, version)))
        return number, minor, out

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for number, minor, out in pool.map(judge, cases):
            for version, name, code, said, warned in out:
                judged += 1
                why = known_refusal(version, said) if code else None
                if warned is not None and why != "mistake":
                    foretold += warned
                    if warned != (why == "later"):
                        failed += 1
                        print(f"case {number} (v{minor}), talosctl {version}: {name}: talosgen {'says' if warned else 'does not say'} that it is too old: {said[:600]}", flush=True)
                if why:
                    excused += 1
                elif code:
                    failed += 1
                    print(f"case {number} (v{minor}), talosctl {version}: {name}: {said[:600]}", flush=True)
    read = 0
    for version, minors in TALOSCTL.items():
        machinery = options.peers / "bin" / f"machinery-{version}"
        if not machinery.exists():
            continue
        for what, wanted in (("config", False), ("client", True)):
            paths = [str(path) for _, minor, folder in cases if minor in minors for path in tree(folder / "ours").values() if (path.name == "talosconfig") == wanted]
            if not paths:
                continue
            code, said = run(str(machinery), pathlib.Path(options.work), what, *paths)
            read += len(paths)
            # A refusal begins with the file's path; what follows on lines of its own belongs to it.
            for refusal in re.split(r"^(?=/)", said, flags=re.MULTILINE) if code else []:
                if refusal.startswith("/") and not known_refusal(version, refusal):
                    failed += 1
                    print(f"machinery {version}: {refusal[:600]}", flush=True)
    print(f"{len(cases)} outputs: {judged} judgements of talosctl ({excused} of them of what that version cannot read, {foretold} of its own minor foretold by talosgen), {read} files read by machinery; {failed} refused")
    return 1 if failed or not judged else 0


def meta(options):
    """The network of each node as META key 10, read by Talos's own library: strictly, and with nothing lost."""
    files, refused = [], 0
    for number in range(options.seed, options.seed + options.count):
        case, folder = laid_out(number, options)
        for n, node in enumerate(re.findall(r"hostname: (\S+)", case.files["talconfig.yaml"])):
            code, said = run(options.talosgen, folder, "image", "meta", "--quiet", "--link", "eth0", "--node", node)
            if code:
                refused += 1
            else:
                files.append(folder / f"meta{n}.yaml")
                files[-1].write_text(said)
    code, said = run(str(options.peers / "bin" / "machinery-1.13.0"), pathlib.Path(options.work), "meta", *map(str, files))
    if code:
        print(said)
    print(f"{len(files)} values for META read by machinery, {refused} nodes refused by talosgen; {len(said.splitlines())} not as they were meant")
    return 1 if code or not files else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["genconfig", "patch", "contract", "accept", "meta", "templates"])
    parser.add_argument("--peers", required=True)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--talos", default="1.13.0", help="the version of talosctl")
    parser.add_argument("--keep")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    options.peers = pathlib.Path(options.peers).resolve()
    options.talhelper = str(options.peers / "bin" / "talhelper")
    options.talosctl = str(options.peers / "bin" / f"talosctl-{options.talos}")
    options.talosgen = str(pathlib.Path(options.bin).resolve() / "talosgen")
    with tempfile.TemporaryDirectory(prefix="talos-") as work:
        options.work = work
        if options.what == "templates":
            return templates(options, run, VECTORS / "v01-minimal-v1.13" / "input" / "talsecret.yaml")
        return {"genconfig": genconfig, "patch": patch, "contract": contract, "accept": accept, "meta": meta}[options.what](options)


if __name__ == "__main__":
    sys.exit(main())
