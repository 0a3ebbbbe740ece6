"""What cases are drawn from: values, names, addresses, and structures of which some fields are there."""

import pathlib
import random

import yaml

VERSIONS = {
    "1.8": ["v1.8.0", "v1.8.4", "1.8.2"],
    "1.9": ["v1.9.0", "v1.9.5", "1.9.6"],
    "1.10": ["v1.10.0", "v1.10.6", "1.10.3"],
    "1.11": ["v1.11.0", "v1.11.5", "1.11.2"],
    "1.12": ["v1.12.0", "v1.12.1", "1.12.0"],
    "1.13": ["v1.13.0", "v1.13.1", "1.13.0"],
}
KUBERNETES = {
    "1.8": ["v1.31.0", "1.28.4"],
    "1.9": ["v1.32.0", "v1.29.1"],
    "1.10": ["v1.33.1", "1.30.0"],
    "1.11": ["v1.34.1", "v1.31.9"],
    "1.12": ["v1.35.0", "v1.33.2"],
    "1.13": ["v1.35.0", "1.34.2"],
}
VECTORS = pathlib.Path(__file__).resolve().parent.parent.parent / "crates" / "machineconfig" / "tests" / "vectors"
# Each bundle of the vectors: new, old in style, and with placeholders.
BUNDLES = ["v01-minimal-v1.13", "v10-variables-v1.10", "v02-network-v1.8", "v03-network-v1.12", "v09-groups-overrides-v1.12", "v11-ipv6-dualstack-v1.12"]
MACS = ["52:54:00:12:34:56", "aa:bb:cc:dd:ee:ff", "52:54:00:*", "00:1A:2B:3C:4D:5E"]
WORDS = ["a", "b-c", "true", "yes", "on", "null", "0x1F", "0017", "1.10", "1e3", "", " lead", "trail ", "it's", 'say "x"',
         "a: b", "# no comment", "x #y", "- a", "{a}", "[b]", "*c", "&d", "!e", "%f", "@g", "`h`", "ü", "日本", "😀", "tab\there",
         "line\nbreak", "line\n", "2001-01-01", "12:30", "~", "=", "<<", "1_000", "0o17", "+1", "-.inf", "a\\b", "x:y"]
EXTENSIONS = ["siderolabs/iscsi-tools", "siderolabs/util-linux-tools", "siderolabs/qemu-guest-agent", "siderolabs/tailscale",
              "siderolabs/i915", "siderolabs/intel-ucode", "siderolabs/gvisor", "siderolabs/drbd"]


class Dumper(yaml.SafeDumper):
    """No anchors: what is the same twice is written twice. yaml.SafeDumper itself writes anchors and aliases."""

    def ignore_aliases(self, data):
        return True


class Drawing:
    """Draws by a random number generator of its own, so that a case can be made again."""

    random: random.Random

    # Drawing

    def chance(self, p):
        return self.random.random() < p

    def pick(self, items):
        return self.random.choice(items)

    def some(self, items, most=3, least=1):
        items = list(items)
        return self.random.sample(items, min(len(items), self.random.randint(least, most)))

    def int(self, low, high):
        return self.random.randint(low, high)

    def bool(self):
        return self.chance(0.5)

    def name(self, prefix="n"):
        self.count += 1
        return f"{prefix}{self.count}"

    def struct(self, kind, **fields):
        """A mapping of some of the fields: `key=(chance, value)`, or `key=value` for one that is always there."""
        out = {}
        for key, field in fields.items():
            chance, make = field if isinstance(field, tuple) else (1, field)
            if self.chance(chance):
                key = key.rstrip("_")
                out[key] = make() if callable(make) else make
                self.keys.add(f"{kind}.{key}")
        return out

    def variable(self, value):
        """A value as a variable, in one of the forms that there are."""
        name = f"VAR_{len(self.variables)}"
        form = self.pick(["${%s}", "${%s}", "$%s", "${%s:-no}", "${%s-no}", "${%s:?must be set}", "${%s?x}", "default", "alternative"])
        if form == "default":
            return "${UNSET_%s:-%s}" % (name, value)
        self.variables[name] = value
        if form == "alternative":
            return "${%s:+%s}" % (name, value)
        return form % name

    def maybe_variable(self, value, p=0.06):
        return self.variable(value) if self.chance(p) and not set(str(value)) & set("}${'\"\n ") else value

    def file(self, folder, text, ending=".yaml"):
        name = f"{folder}/{self.name('f')}{ending}"
        self.files[name] = text
        return "@" + self.pick(["./", ""]) + name

    def dump(self, value, dumper=Dumper):
        return yaml.dump(value, Dumper=dumper, sort_keys=False, allow_unicode=True, width=self.pick([80, 1000]),
                         default_flow_style=self.pick([False, False, None]))

    # Addresses

    def ip4(self):
        return f"10.{self.int(0, 255)}.{self.int(0, 255)}.{self.int(1, 254)}"

    def ip6(self):
        return self.pick([f"fd00:{self.int(1, 99)}::{self.int(1, 250)}", f"2001:DB8:0:0:{self.int(1, 9)}::1", "fe80::1"])

    def ip(self):
        return self.ip4() if self.chance(0.75) else self.ip6()

    def cidr(self):
        if self.chance(0.75):
            return f"{self.ip4()}/{self.int(8, 32)}"
        return f"{self.ip6()}/{self.int(32, 128)}"

    def net(self):
        return self.pick(["10.0.0.0/8", "192.168.0.0/16", "0.0.0.0/0", "::/0", "172.16.0.0/12", "fd00::/8", "10.1.2.3/24"])

    def domain(self):
        return self.pick(["example.com", "a.b.c.example", "node_1.lan", "x"])
