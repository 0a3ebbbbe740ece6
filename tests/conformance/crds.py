#!/usr/bin/env python3
"""Writes CustomResourceDefinitions as an API server takes them: crds.py OUT CRDS…

CRDS are files and folders, as for schemas.py. Each definition becomes OUT/NAME.json. A conversion webhook is left out:
none runs here.
"""

import json
import sys
from pathlib import Path

from schemas import documents


def main(arguments):
    if len(arguments) < 2:
        raise SystemExit(__doc__.splitlines()[0])
    out = Path(arguments[0])
    out.mkdir(parents=True, exist_ok=True)
    for path in map(Path, arguments[1:]):
        files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
        found = 0
        for document in (document for file in files for document in documents(file)):
            if not isinstance(document, dict) or document.get("kind") != "CustomResourceDefinition":
                continue
            document["spec"].pop("conversion", None)
            document.pop("status", None)
            name = document["metadata"]["name"]
            (out / f"{name}.json").write_text(json.dumps(document, default=str), encoding="utf-8")
            found += 1
        if found == 0:
            raise SystemExit(f"crds.py: no CustomResourceDefinition in {path}")
    print(f"{len(list(out.iterdir()))} definitions", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
