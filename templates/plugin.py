"""What our catalogue needs beyond makejinja: two filters, eight functions and the component gate.

`render` has all of this built in; this file lets makejinja render the same tree. It is the only Python here.
"""

import base64
import ipaddress
import json
import re
from pathlib import Path, PurePath

GATE = "component.yaml"


def basename(value: str) -> str:
    """The file name without its last extension."""
    return PurePath(value).stem


def nthhost(value: str, number: int):
    """Address `number` of a network, counted from its own address; False when there is none."""
    try:
        return str(ipaddress.ip_network(value, strict=False)[number])
    except (ValueError, IndexError):
        return False


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FileNotFoundError(f"{path} does not exist") from None


def age_key(key_type: str, path: str = "age.key") -> str:
    """The public or the private key of an age key file."""
    patterns = {
        "public": r"# public key: (age1[A-Za-z0-9_]+)",
        "private": r"(AGE-SECRET-KEY-[A-Za-z0-9_-]+)",
    }
    if key_type not in patterns:
        raise ValueError(f"{path}: key type is {key_type!r}, expected 'public' or 'private'")
    found = re.search(patterns[key_type], _read(path))
    if found is None:
        raise ValueError(f"{path} has no {key_type} key")
    return found.group(1)


def _tunnel(path: str, *keys: str) -> list:
    try:
        data = json.loads(_read(path))
    except json.JSONDecodeError:
        raise ValueError(f"{path} is not JSON") from None
    missing = [key for key in keys if not isinstance(data, dict) or not data.get(key)]
    if missing:
        raise ValueError(f"{path} lacks {', '.join(missing)}")
    return [data[key] for key in keys]


def cloudflare_tunnel_id(path: str = "cloudflare-tunnel.json") -> str:
    """The tunnel's id."""
    return _tunnel(path, "TunnelID")[0]


def cloudflare_tunnel_secret(path: str = "cloudflare-tunnel.json") -> str:
    """The token that cloudflared takes: Base64 of compact JSON, keys in the order a, t, s."""
    account, tunnel, secret = _tunnel(path, "AccountTag", "TunnelID", "TunnelSecret")
    token = json.dumps({"a": account, "t": tunnel, "s": secret}, separators=(",", ":"))
    return base64.b64encode(token.encode()).decode()


def github_deploy_key(path: str = "github-deploy.key") -> str:
    """The private deploy key, without blanks at its ends."""
    return _read(path).strip()


def github_push_token(path: str = "github-push-token.txt") -> str:
    """The webhook token, without blanks at its ends."""
    return _read(path).strip()


def _folders(path: Path) -> set:
    return {entry.name for entry in path.iterdir() if entry.is_dir()} if path.is_dir() else set()


def _written() -> set:
    record = Path(".clusterpipe/written")
    lines = record.read_text(encoding="utf-8").splitlines() if record.is_file() else []
    return {line.split("  ", 1)[1] for line in lines if "  " in line}


def own_apps(namespace: str, inputs: list, base: str) -> list:
    """The apps of a namespace that are a person's own: of overrides/, or put into the repository by hand."""
    folder = Path(base, namespace)
    written = _written()

    def has(app: str, *names: str) -> bool:
        return any((source / folder / app / name).is_file() for source in inputs for name in names)

    rendered = {app for source in inputs for app in _folders(source / folder) if has(app, "ks.yaml", "ks.yaml.j2")}
    on_disk = {
        app
        for app in _folders(folder) - rendered
        if (folder / app / "ks.yaml").is_file() and str(folder / app / "ks.yaml") not in written
    }
    return sorted(app for app in rendered | on_disk if not has(app, GATE))


def own_files(folder: str, start: str, inputs: list) -> list:
    """The YAML files of a folder that begin with a text: of an input, or put into the repository by hand."""
    written = _written()

    def files(path: Path) -> set:
        return {entry.name for entry in path.iterdir() if entry.is_file()} if path.is_dir() else set()

    rendered = {name for source in inputs for name in files(source / folder) if not name.endswith(".partial.yaml.j2")}
    on_disk = {name for name in files(Path(folder)) if str(Path(folder, name)) not in written}
    names = {name.removesuffix(".j2") for name in rendered} | on_disk
    return sorted(name for name in names if name.startswith(start) and name.endswith(".yaml"))


class Plugin:
    """The class makejinja loads."""

    def __init__(self, data, config):
        self._inputs = [Path(path) for path in config.inputs]
        self._components = data.get("components", {})
        self._system = data.get("system", "cluster-template")

    def filters(self):
        return [basename, nthhost]

    def functions(self):
        def talos_patches(group: str) -> list:
            """The patch templates of a group, sorted; none when it has no folder."""
            folder = Path("templates", self._system, "talos/patches", group)
            return sorted(str(path) for path in folder.glob("*.yaml.j2"))

        def own_apps_here(namespace: str, base: str = "kubernetes/apps") -> list:
            return own_apps(namespace, self._inputs, base)

        def own_files_here(folder: str, start: str) -> list:
            return own_files(folder, start, self._inputs)

        own_apps_here.__name__ = "own_apps"
        own_files_here.__name__ = "own_files"
        return [
            age_key,
            cloudflare_tunnel_id,
            cloudflare_tunnel_secret,
            github_deploy_key,
            github_push_token,
            talos_patches,
            own_apps_here,
            own_files_here,
        ]

    def path_filters(self):
        def is_on(folder: Path) -> bool:
            return folder.name in self._components.get(folder.parent.name, [])

        def keep(path: Path) -> bool:
            return all(is_on(folder) for folder in [path, *path.parents] if (folder / GATE).is_file())

        return [keep]
