"""Writes what makejinja 2.8.1 makes of each tree: expected/ and expected.modes.

A tree is a folder with makejinja.toml (or a file args), inputs, data, and optionally modes: lines of MODE PATH that git
does not keep. Run it with the pinned makejinja: .peers/venv/bin/python tools/render/tests/trees/generate.py
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
MAKEJINJA = Path(sys.executable).with_name("makejinja")


def modes(folder):
    lines = []
    for path in sorted(folder.rglob("*")):
        kind = "d" if path.is_dir() else "f"
        lines.append(f"{kind}{path.stat().st_mode & 0o7777:04o} {path.relative_to(folder)}\n")
    return "".join(lines)


os.umask(0o022)
for tree in sorted(path for path in HERE.iterdir() if path.is_dir()):
    with tempfile.TemporaryDirectory() as work:
        work = Path(work) / "tree"
        shutil.copytree(tree, work, symlinks=True, ignore=shutil.ignore_patterns("expected", "expected.modes"))
        if (tree / "modes").exists():
            for line in (tree / "modes").read_text().splitlines():
                mode, path = line.split(" ", 1)
                (work / path).chmod(int(mode, 8))
        args = shlex.split((tree / "args").read_text()) if (tree / "args").exists() else []
        subprocess.run([MAKEJINJA, "--quiet", *args], cwd=work, check=True, env={**os.environ, "TREE_TEST": "from env"})
        expected = tree / "expected"
        shutil.rmtree(expected, ignore_errors=True)
        shutil.copytree(work / "out", expected, symlinks=True)
        (tree / "expected.modes").write_text(modes(work / "out"))
    print(tree.name, sum(1 for path in expected.rglob("*") if path.is_file()))
