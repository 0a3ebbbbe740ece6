"""One random talconfig with all that belongs to it, made from a number.

Most are such that talhelper accepts them; about one in six has something broken. Values are drawn from lists that hold
the usual, the rare and what YAML readers stumble over. Keys are those of talhelper's schema, all of them. The parts are
in files of their own: talos_draw.py (drawing), talos_machine.py, talos_network.py, talos_patches.py, talos_broken.py.
"""

import json
import random
import subprocess

import yaml

from talos_broken import Broken
from talos_draw import BUNDLES, KUBERNETES, VECTORS, VERSIONS
from talos_machine import Machine
from talos_network import Network
from talos_patches import Patches


def keys_of(talosgen):
    """Every key of the schema, as STRUCTURE.key, from the definitions that a talconfig reaches."""
    schema = json.loads(subprocess.run([talosgen, "schema", "talconfig"], check=True, capture_output=True, text=True).stdout)
    definitions = schema["$defs"]
    open_, seen = ["config.TalhelperConfig"], set()
    while open_:
        name = open_.pop()
        if name in seen:
            continue
        seen.add(name)
        open_ += [reference.rsplit("/", 1)[1] for reference in references(definitions[name])]
    # What talhelper refuses whatever stands there, and structures that have no keys.
    refused = {"v1alpha1.Device.cidr", "v1alpha1.Bond.arpIPTarget", "v1alpha1.Bond.adActorSystem", "v1alpha1.InstallDiskSelector.name"}
    return {f"{name}.{key}" for name in seen for key in definitions[name]["properties"]} - refused


def references(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref":
                yield inner
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)

# Values of talenv.yaml: dollar signs, comments, escapes, quotes. (A quote in single quotes makes talhelper ignore the file.)
ODD = ["abc$foo", "'abc$foo'", '"abc$foo"', "pa$$word", "x${b}y", "$BEEc", "${BEE}c", "x$(BEE)y", "x${BEE:-d}y", "x$NO.y", "x$HOME",
       "\\$BEE", '"\\\\$BEE"', "$$BEE", "a # b # c", "#a", "x#a", "a\t# c", '"a\\tb"', '"a\\u0041b"', "a\\\\b", '"a\\\\nb"', "${}x", "x$BEE_y"]


class Case(Machine, Network, Patches, Broken):
    """A talconfig, its files, flags and bundle, and the keys it has."""

    def __init__(self, number):
        self.random = random.Random(number)
        self.keys = set()
        self.files = {}
        self.flags = []
        self.bundle = self.pick(BUNDLES)
        self.minor = self.pick(list(VERSIONS))
        self.multidoc = self.minor in ("1.12", "1.13")
        self.variables = {}
        self.count = 0
        config = self.talconfig()
        self.odd = self.pick(ODD) if self.chance(0.15) else None
        if self.odd:
            config["nodes"][0].setdefault("nodeAnnotations", {})["odd"] = "${ODD}"
        self.flags += self.pick([[], [], [], ["--disable-nodes-section"], ["--talos-mode", "cloud"]])
        text = self.dump(config)
        if self.chance(0.2):
            text = self.with_aliases(config)
        elif self.chance(0.15):
            text = self.broken(config)
        if self.chance(0.3):
            text = self.with_comments(text)
        self.files["talconfig.yaml"] = text
        if self.variables or self.odd or self.bundle == "v10-variables-v1.10" or self.chance(0.2):
            self.files["talenv.yaml"] = self.talenv()

    # The talconfig

    def talconfig(self):
        kind = "config.TalhelperConfig"
        endpoint = self.pick([f"https://{self.ip4()}:6443", "https://k8s.example.com:6443", "https://[fd00::10]:6443",
                              "https://api.example", "https://K8S.Example.com:443/path", "https://10.0.0.1"])
        nodes = self.nodes()
        config = self.struct(
            kind,
            clusterName=self.maybe_variable(self.pick(["home", "prod-1", "a.b", "Cluster"])),
            talosVersion=self.maybe_variable(self.pick(VERSIONS[self.minor])),
            kubernetesVersion=self.maybe_variable(self.pick(KUBERNETES[self.minor])),
            endpoint=self.maybe_variable(endpoint),
            domain=(0.3, lambda: self.pick(["cluster.local", "k8s.lan", "corp.example.com"])),
            allowSchedulingOnMasters=(0.2, self.bool),
            allowSchedulingOnControlPlanes=(0.3, self.bool),
            additionalMachineCertSans=(0.3, lambda: self.some([self.ip(), "a.example", "127.0.0.1", 5])),
            additionalApiServerCertSans=(0.3, lambda: self.some([self.ip(), "api.example", "*.x", ""], least=0)),
            inlineManifests=(0.25, self.inline_manifests),
            clusterPodNets=(0.3, lambda: self.some(["10.244.0.0/16", "fd00:244::/56", "10.1.0.0/16"], 2, 0)),
            clusterSvcNets=(0.3, lambda: self.some(["10.96.0.0/12", "fd00:96::/112"], 2, 0)),
            cniConfig=(0.3, self.cni),
            patches=(0.4, lambda: self.patches(True)),
            imageFactory=(0.2, self.image_factory),
            controlPlane=(0.5, lambda: self.node_configs(group=True)),
            worker=(0.5, lambda: self.node_configs(group=True)),
            nodes=nodes,
        )
        return self.shuffled(config)

    def shuffled(self, mapping):
        items = list(mapping.items())
        self.random.shuffle(items)
        return dict(items)

    def nodes(self):
        count = self.pick([1, 1, 2, 2, 3, 4]) if self.chance(0.97) else self.int(20, 60)
        return [self.node(n) for n in range(count)]

    def node(self, n):
        kind = "config.Node"
        self.control_plane = n == 0 or self.chance(0.3)
        addresses = self.pick([self.ip4(), self.ip4(), self.ip6(), f"{self.ip4()}, {self.ip6()}", f"node{n}.example"])
        disk = self.pick(["/dev/sda", "/dev/nvme0n1", "/dev/disk/by-id/x"])
        selects = self.chance(0.3)
        node = self.struct(
            kind,
            hostname=self.maybe_variable(self.pick([f"node-{n}", f"node{n}.example.com", f"N{n}"])),
            ipAddress=addresses,
            controlPlane=(1 if self.control_plane else 0.5, self.control_plane),
            installDisk=(0.2 if selects else 1, disk),
            installDiskSelector=(1 if selects else 0, self.disk_selector),
            ignoreHostname=(0.15, self.bool),
            overridePatches=(0.2, self.bool),
            overrideExtraManifests=(0.1, self.bool),
            overrideMachineCertSANs=(0.2, self.bool),
        )
        node.update(self.node_configs(group=False))
        return self.shuffled(node)

    def node_configs(self, group):
        kind = "config.Node"
        p = self.pick([0.05, 0.15, 0.3])
        fields = self.struct(
            kind,
            nodeLabels=(p, lambda: self.labels(True)),
            nodeAnnotations=(p, lambda: self.labels(False)),
            nodeTaints=(p, self.taints),
            machineDisks=(p / 2, self.machine_disks),
            machineFiles=(p, self.machine_files),
            disableSearchDomain=(p, self.bool),
            kernelModules=(p, self.kernel_modules),
            nameservers=(p, lambda: self.some([self.ip4(), self.ip4(), self.ip6()], 3, 0)),
            networkInterfaces=(p * 1.5, lambda: self.interfaces(group)),
            extraManifests=(p / 2, self.extra_manifests),
            certSANs=(p, lambda: self.some([self.ip(), "san.example", "b"], 2, 0)),
            patches=(p * 1.5, lambda: self.patches(False)),
            talosImageURL=(p / 2, lambda: self.pick(["factory.talos.dev/installer/" + "ab" * 32, "ghcr.io/siderolabs/installer", "registry.lan:5000/x/y"])),
            noSchematicValidate=(p / 2, self.bool),
            schematic=(p, lambda: self.schematic(True)),
            imageSchematic=(p / 2, lambda: self.schematic(True)),
            machineSpec=(p, self.machine_spec),
            ingressFirewall=(p, self.firewall),
            extensionServices=(p, self.extension_services),
            volumes=(p, self.volumes),
            userVolumes=(p, self.user_volumes),
            filenameTmpl=(0 if group else p / 2, lambda: "{{ .Hostname }}-{{ .Role }}{{ if .IPAddress }}-x{{ end }}." + self.pick(["yaml", "yml"])),
        )
        if group:
            self.keys |= {key.replace("config.Node.", "config.NodeConfigs.") for key in self.keys if key.startswith("config.Node.")}
        return fields

    # The rest

    def talenv(self):
        lines = ["BEE: bee", f"ODD: {self.odd}"] if self.odd else []
        for name, value in self.variables.items():
            value = str(value)
            lines.append(self.pick([f"{name}: {value}", f'{name}: "{value}"', f"{name}: '{value}'", f"{name}: {value}  # why", f"{name}:   {value}"]))
        if self.chance(0.3):
            lines.insert(0, "# variables")
        if self.bundle == "v10-variables-v1.10":
            # What its placeholders stand for.
            lines += [line for line in (VECTORS / self.bundle / "input" / "talenv.yaml").read_text().splitlines() if line.startswith("SECRET")]
        lines.append("LAST: end")
        return "\n".join(lines) + "\n"

    def with_aliases(self, config):
        """What nodes have is shared through anchors, some of it merged into them."""
        nodes = config["nodes"]
        shared = self.pick(nodes)
        for node in nodes:
            for key in self.some(["nodeLabels", "networkInterfaces", "schematic", "patches", "machineSpec", "certSANs"], 3):
                if key in shared and key not in node:
                    node[key] = shared[key]
        if self.chance(0.6):
            common = {"installDisk": "/dev/merged", "nodeAnnotations": {"merged": "yes"}, "nodeTaints": {"a": "NoSchedule"}}
            for node in nodes:
                if self.chance(0.7):
                    node["<<"] = self.pick([common, common, [common, {"nodeLabels": {"from": "list"}}]])
        text = self.dump(config, yaml.SafeDumper)
        return text.replace("'<<':", "<<:").replace('"<<":', "<<:")

    def with_comments(self, text):
        lines = []
        for line in text.split("\n"):
            if self.chance(0.05) and line and not line.startswith((" ", "-")) and ": " in line and "'" not in line and '"' not in line and "|" not in line and ">" not in line:
                line += " # a remark"
            lines.append(line)
        return "# talconfig\n" + "\n".join(lines)
