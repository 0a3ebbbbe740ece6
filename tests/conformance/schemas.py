#!/usr/bin/env python3
"""Writes the JSON Schemas that kubeconform is given: schemas.py OUT SWAGGER CRDS…

SWAGGER is Kubernetes' swagger.json; CRDS are files and folders of CustomResourceDefinitions. The schemas lie in OUT as
GROUP/KIND_VERSION.json (for the core group VERSION/KIND_VERSION.json), which is kubeconform's template
`{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json`, and are strict: a property they do not name is refused.
Needs PyYAML, which makejinja brings.
"""

import json
import sys
from pathlib import Path

import yaml

DEFINITIONS = "_definitions.json"
# What the API server takes for these, where the swagger only says "string".
NUMBER_OR_STRING = {"oneOf": [{"type": "string"}, {"type": "number"}]}
INTEGER_OR_STRING = {"oneOf": [{"type": "string"}, {"type": "integer"}]}
# Schemas of these hold schemas, and the API server looks at no property of theirs that it does not know.
OPEN = "apiextensions-apiserver.pkg.apis.apiextensions"


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """A plain `=`, which one of the files has, is a string."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:value"]
    for first, resolvers in Loader.yaml_implicit_resolvers.items()
}


def strict(schema, prefix):
    """A structural schema as JSON Schema: closed, `null` allowed for what may be left out, references below prefix."""
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": prefix + schema["$ref"].removeprefix("#/definitions/")}
    if schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string":
        return INTEGER_OR_STRING
    out = {key: value for key, value in schema.items() if not key.startswith("x-") and key != "description"}
    for key in ("items", "additionalProperties", "not"):
        if key in out:
            out[key] = strict(out[key], prefix)
    for key in ("allOf", "anyOf", "oneOf"):
        if key in out:
            out[key] = [strict(one, prefix) for one in out[key]]
    if "properties" in out:
        required = out.get("required", [])
        out["properties"] = {
            name: nullable(strict(one, prefix), name in required) for name, one in out["properties"].items()
        }
        if "additionalProperties" not in out and not schema.get("x-kubernetes-preserve-unknown-fields"):
            if out.get("type") == "object":
                out["additionalProperties"] = False
    return out


def nullable(schema, required):
    if required or not isinstance(schema.get("type"), str):
        return schema
    types = [schema["type"], "null"]
    with_null = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": types, **with_null}


def write(out, group, version, kind, schema):
    folder = out / (group or version)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{kind.lower()}_{version}.json").write_text(json.dumps(schema), encoding="utf-8")


def kubernetes(out, swagger):
    """The kinds of Kubernetes itself: references into one file of definitions."""
    definitions = json.loads(Path(swagger).read_text(encoding="utf-8"))["definitions"]
    written = 0
    converted = {}
    for name, definition in definitions.items():
        if name.endswith("api.resource.Quantity"):
            converted[name] = NUMBER_OR_STRING
            continue
        converted[name] = strict(definition, "#/definitions/")
        if OPEN in name and "JSONSchemaProps" in name:
            converted[name].pop("additionalProperties", None)
        for known in definition.get("x-kubernetes-group-version-kind", []):
            reference = {"$ref": f"../{DEFINITIONS}#/definitions/{name}"}
            write(out, known["group"], known["version"], known["kind"], reference)
            written += 1
    (out / DEFINITIONS).write_text(json.dumps({"definitions": converted}), encoding="utf-8")
    return written


def documents(file):
    """The documents of a file. In a chart's folder, the template lines around the document are not part of it."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    return yaml.load_all("".join(line for line in lines if not line.startswith("{{")), Loader)


def custom_resources(out, path):
    path = Path(path)
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    written = 0
    for file in files:
        for document in documents(file):
            if not isinstance(document, dict) or document.get("kind") != "CustomResourceDefinition":
                continue
            spec = document["spec"]
            for version in spec["versions"]:
                schema = strict(version["schema"]["openAPIV3Schema"], "#/definitions/")
                # The metadata of an object is Kubernetes' own, and names its kind twice.
                schema.setdefault("properties", {})["metadata"] = {
                    "$ref": f"../{DEFINITIONS}#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
                }
                schema["properties"].setdefault("apiVersion", {"type": "string"})
                schema["properties"].setdefault("kind", {"type": "string"})
                write(out, spec["group"], version["name"], spec["names"]["kind"], schema)
                written += 1
    if written == 0:
        raise SystemExit(f"schemas.py: no CustomResourceDefinition in {path}")
    return written


def main(arguments):
    if len(arguments) < 2:
        raise SystemExit(__doc__.splitlines()[0])
    out = Path(arguments[0])
    out.mkdir(parents=True, exist_ok=True)
    written = kubernetes(out, arguments[1]) + sum(custom_resources(out, path) for path in arguments[2:])
    print(f"{written} schemas", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
