#!/usr/bin/env python3
"""Random talconfigs through talhelper and through talosgen: the same documents, or a refusal by both.

    talos.py genconfig --peers .peers --bin target/debug [--count N] [--seed S] [--jobs N] [--keep DIR]

Each case is made from its number alone, so a failing one can be made again: --seed NUMBER --count 1 --keep DIR.
The cases cover every key of talhelper's schema; that is checked when there are enough of them.
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

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = HERE.parent.parent / "crates" / "machineconfig" / "tests" / "vectors"


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


def fields(text):
    return set(re.findall(r'^field: "(.*)"$', text, re.M))


def one(number, options):
    """The difference of a case and what it covers."""
    case = Case(number)
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"case{number}-", dir=options.work))
    for name, text in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shutil.copy(VECTORS / case.bundle / "input" / "talsecret.yaml", folder / "talsecret.yaml")
    flags = ["genconfig", "--offline-mode", "--no-gitignore", *case.flags]
    code, said = run(options.talhelper, folder, *flags, "-o", "theirs")
    our_code, our_words = run(options.talosgen, folder, *flags, "-o", "ours")
    found = None
    if (code == 0) != (our_code == 0):
        words = said if code else our_words
        found = f"exit: ours {our_code}, theirs {code}\n{words[:1500]}"
    elif code == 0:
        found = compare_files(tree(folder / "ours"), tree(folder / "theirs"))
        if not found:
            missing = [field for field in fields(said) if field not in our_words]
            if missing:
                found = f"warnings: not named: {missing}\n{our_words[:1500]}"
    else:
        missing = [field for field in fields(said) if field not in our_words]
        if missing:
            found = f"errors: not named: {missing}\n{our_words[:1500]}\n--- theirs\n{said[:1500]}"
        if tree(folder / "ours"):
            found = "files were written though it failed"
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["genconfig"])
    parser.add_argument("--peers", required=True)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    options.talhelper = str(pathlib.Path(options.peers).resolve() / "bin" / "talhelper")
    options.talosgen = str(pathlib.Path(options.bin).resolve() / "talosgen")
    with tempfile.TemporaryDirectory(prefix="talos-") as work:
        options.work = work
        return genconfig(options)


if __name__ == "__main__":
    sys.exit(main())
