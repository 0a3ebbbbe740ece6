"""One random talconfig with all that belongs to it, made from a number.

Most are such that talhelper accepts them; about one in six has something broken. Values are drawn from lists that hold
the usual, the rare and what YAML readers stumble over. Keys are those of talhelper's schema, all of them.
"""

import base64
import json
import pathlib
import random
import subprocess

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


class Dumper(yaml.SafeDumper):
    """No anchors: what is the same twice is written twice. yaml.SafeDumper itself writes anchors and aliases."""

    def ignore_aliases(self, data):
        return True


class Case:
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
        self.flags += self.pick([[], [], [], ["--disable-nodes-section"], ["--talos-mode", "cloud"]])
        text = self.dump(config)
        if self.chance(0.2):
            text = self.with_aliases(config)
        elif self.chance(0.15):
            text = self.broken(config)
        if self.chance(0.3):
            text = self.with_comments(text)
        self.files["talconfig.yaml"] = text
        if self.variables or self.bundle == "v10-variables-v1.10" or self.chance(0.2):
            self.files["talenv.yaml"] = self.talenv()

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
        form = self.pick(["${%s}", "${%s}", "$%s", "${%s:-no}", "${%s-no}", "default", "alternative"])
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

    def value(self):
        return self.pick(["x", "a-b", 5, True, 1.5, "", "v1", "0x1F", 17, "yes", "1.10"])

    def labels(self, strict):
        keys = ["app", "example.com/x", "topology.kubernetes.io/zone", "a.b_c-d"]
        values = ["x", "a-b", 5, True, 1.5, "", "v1"] if strict else WORDS
        out = {key: self.pick(values) for key in self.some(keys, 4, 0)}
        if self.chance(0.3):
            out["version"] = "{{ .MachineConfig.MachineInstall.InstallImage | splitList \":\" | last }}"
        if self.chance(0.15):
            out["kind"] = self.pick(["{{ .MachineConfig.MachineType }}", "{{ .ClusterConfig.ClusterName | upper | trunc 5 }}",
                                     "{{ if .MachineConfig.MachineInstall }}yes{{ else }}no{{ end }}", "{{ len .ClusterConfig.ClusterNetwork.PodSubnet }}"])
        return out

    def taints(self):
        return {key: self.pick(["x:NoSchedule", ":NoExecute", "NoSchedule", "PreferNoSchedule", "y:PreferNoSchedule"])
                for key in self.some(["gpu", "example.com/t", "node-role.kubernetes.io/x"], 2)}

    def disk_selector(self):
        out = self.struct(
            "v1alpha1.InstallDiskSelector",
            size=(0.5, lambda: self.pick(["<= 1TB", ">= 100GB", "== 32GiB", "120GB", "> 1GB", ">100 GiB"])),
            model=(0.4, lambda: self.pick(["WDC*", "Samsung SSD 970"])),
            serial=(0.2, "S3X*"),
            modalias=(0.1, "scsi:t-0x00"),
            uuid=(0.1, "0000-*"),
            wwid=(0.2, "naa.5*"),
            type=(0.3, lambda: self.pick(["ssd", "hdd", "nvme", "sd"])),
            busPath=(0.2, "/pci0000:00/*"),
        )
        return out or {"size": ">= 100GB"}

    def machine_disks(self):
        out = []
        for _ in range(self.int(1, 2)):
            partitions = [
                self.struct("v1alpha1.DiskPartition", size=self.pick(["10GB", "100 MB", "1GiB", 1000000, "1.5TB", "50000000000", 123456789]),
                            mountpoint=f"/var/mnt/{self.name('d')}")
                for _ in range(self.int(0, 2))
            ]
            if self.chance(0.5):
                partitions.append(self.struct("v1alpha1.DiskPartition", mountpoint=(0.9, f"/var/mnt/{self.name('d')}"), size=(0.2, 0)))
            out.append(self.struct("v1alpha1.MachineDisk", device=f"/dev/sd{self.pick('bcd')}", partitions=(0.9, partitions)))
        return out

    def content(self, folder):
        if self.chance(0.6):
            return self.pick(WORDS + ["[Unit]\nA=b\n", "#!/bin/sh\necho hi\n", "multi\n\n  indented\nlast", "x: 1\ny: [a, b]\n"])
        text = self.pick(["key: value # gone\n# all gone\nlist:\n- a\n", "a: |\n  # stays\n  b\n", "{\"a\": 1}\n", "plain words\nof two lines\n", "x: 0x1F\ny: yes\nz: 1.10\n",
                          f"v: {self.variable('word')}\nw: 'cost $$5'\n", "base: &b\n  a: 1\nderived:\n  <<: *b\n  c: >\n    folded\n    text\n"])
        ending = self.pick([".yaml", ".conf", ".json", ".txt"])
        if ending == ".json":
            text = '{"a": [1, 2], "b": "c"}\n'
        return self.file(folder, text, ending)

    def machine_files(self):
        return [
            self.struct("config.MachineFile", content=self.content("files"), permissions=(0.8, lambda: self.pick([0o644, 0o600, 420, 0, 493])),
                        path=f"/var/etc/{self.name('f')}", op=self.pick(["create", "append", "overwrite"]),
                        skipEnvsubst=(0.3, self.bool))
            for _ in range(self.int(0, 2))
        ]

    def inline_manifests(self):
        return [
            self.struct("config.ClusterInlineManifest", name=self.name("m"), contents=self.content("manifests"), skipEnvsubst=(0.3, self.bool))
            for _ in range(self.int(0, 2))
        ]

    def kernel_modules(self):
        return [self.struct("v1alpha1.KernelModuleConfig", name=self.pick(["br_netfilter", "zfs", "drbd"]),
                            parameters=(0.4, lambda: self.some(["a=1", "b", "c=d e"], 2, 0))) for _ in range(self.int(0, 2))]

    # Interfaces

    def selector(self):
        out = self.struct(
            "v1alpha1.NetworkDeviceSelector",
            busPath=(0.2, "0000:0*"),
            hardwareAddr=(0.6, lambda: self.pick(MACS)),
            permanentAddr=(0.2, lambda: self.pick(MACS)),
            pciID=(0.1, "8086:*"),
            driver=(0.2, lambda: self.pick(["virtio*", "e1000"])),
            physical=(0.3, self.bool),
        )
        return out or {"physical": True}

    def route(self):
        ip6 = self.chance(0.2)
        net = self.pick(["::/0", "fd01::/64"]) if ip6 else self.pick(["0.0.0.0/0", "10.1.0.0/16", "192.168.5.0/24"])
        return self.struct(
            "v1alpha1.Route",
            network=(0.9, net),
            gateway=self.ip6() if ip6 else self.ip4(),
            source=(0.15, lambda: self.ip6() if ip6 else self.ip4()),
            metric=(0.3, lambda: self.pick([0, 100, 1024])),
            mtu=(0.15, lambda: self.pick([0, 1400, 9000])),
        )

    def dhcp_options(self):
        return self.struct("v1alpha1.DHCPOptions", routeMetric=(0.7, lambda: self.pick([0, 512, 1024])), ipv4=(0.4, self.bool), ipv6=(0.4, self.bool),
                           duidv6=(0.15, "00010001aabb"))

    def vip(self):
        return self.struct("v1alpha1.DeviceVIPConfig", ip=self.ip(), equinixMetal=(0.15, lambda: self.struct("v1alpha1.VIPEquinixMetalConfig", apiToken="t")),
                           hcloud=(0.15, lambda: self.struct("v1alpha1.VIPHCloudConfig", apiToken="t")))

    def vlan(self, tag):
        static = self.chance(0.6)
        out = self.struct(
            "v1alpha1.Vlan",
            vlanId=tag,
            addresses=(1 if static else 0, lambda: self.some([self.cidr(), self.cidr(), self.ip4()], 2)),
            routes=(0.4, lambda: [self.route() for _ in range(self.int(0, 2))]),
            dhcp=(0.2 if static else 0.8, lambda: not static),
            mtu=(0.3, lambda: self.pick([0, 1500, 9000])),
            vip=(0.2 if self.control_plane else 0, self.vip),
            dhcpOptions=(0.2, self.dhcp_options),
        )
        if not static and self.chance(0.1):
            out["cidr"] = self.cidr()
            self.keys.add("v1alpha1.Vlan.cidr")
        return out

    def bond(self):
        mode = self.pick(["802.3ad", "802.3ad", "active-backup", "balance-rr", "balance-xor", "balance-tlb", "balance-alb", "broadcast"])
        selectors = self.chance(0.35)
        # What belongs to a mode, and what belongs to a monitor.
        lacp, backup = mode == "802.3ad", mode == "active-backup"
        mii = self.chance(0.6)
        arp = not mii and mode in ("active-backup", "balance-xor", "balance-rr", "broadcast")
        rare = 0.15
        return self.struct(
            "v1alpha1.Bond",
            interfaces=(0 if selectors else 1, lambda: [f"eth{self.int(10, 19)}", f"eth{self.int(20, 29)}"]),
            deviceSelectors=(1 if selectors else 0, lambda: [self.selector() for _ in range(self.int(1, 2))]),
            mode=mode,
            xmitHashPolicy=(0.3, lambda: self.pick(["layer2", "layer3+4", "layer2+3", "encap3+4", "vlan+srcmac"])),
            lacpRate=(0.5 if lacp else 0, lambda: self.pick(["fast", "slow"])),
            arpValidate=(rare if arp else 0, lambda: self.pick(["none", "active", "all"])),
            arpAllTargets=(rare, lambda: self.pick(["any", "all"])),
            primary=(0.3 if backup else 0, "eth10"),
            primaryReselect=(0.3 if backup else 0, lambda: self.pick(["always", "better", "failure"])),
            failOverMac=(0.3 if backup else 0, lambda: self.pick(["none", "active", "follow"])),
            adSelect=(0.3 if lacp else 0, lambda: self.pick(["stable", "bandwidth", "count"])),
            miimon=(1 if mii else 0, 100),
            updelay=(0.3 if mii else 0, lambda: self.pick([0, 200])),
            downdelay=(0.3 if mii else 0, 200),
            arpInterval=(0.4 if arp else 0, lambda: self.pick([0, 100])),
            resendIgmp=(rare, 1),
            minLinks=(rare, 1),
            lpInterval=(rare, 1),
            packetsPerSlave=(rare if mode == "balance-rr" else 0, 1),
            numPeerNotif=(rare, 1),
            tlbDynamicLb=(0.3 if mode == "balance-tlb" else 0, lambda: self.pick([0, 1])),
            allSlavesActive=(rare, lambda: self.pick([0, 1])),
            useCarrier=(0.2, self.bool),
            adActorSysPrio=(0.3 if lacp else 0, lambda: self.pick([0, 65535])),
            adUserPortKey=(0.3 if lacp else 0, 5),
            peerNotifyDelay=(rare if mii else 0, lambda: self.pick([0, 100])),
        )

    def wireguard(self):
        key = base64.b64encode(bytes([self.int(0, 255) for _ in range(32)])).decode()
        peer = lambda: self.struct(  # noqa: E731
            "v1alpha1.DeviceWireguardPeer", publicKey=key, endpoint=(0.6, lambda: self.pick(["10.0.0.1:51820", "[fd00::1]:51820"])),
            persistentKeepaliveInterval=(0.4, lambda: self.pick(["10s", "1m30s", "0s", "1h"])),
            allowedIPs=(0.8, lambda: self.some(["10.1.0.0/24", "fd00::/64", "0.0.0.0/0"], 2)))
        return self.struct("v1alpha1.DeviceWireguardConfig", privateKey=key, listenPort=(0.5, 51820), firewallMark=(0.3, 16),
                           peers=(0.8, lambda: [peer() for _ in range(self.int(0, 2))]))

    def interfaces(self, group):
        return [self.interface(n, group) for n in range(self.int(0, 3))]

    def interface(self, n, group):
        special = self.pick([None, None, None, None, "bond", "bridge", "wireguard", "dummy"])
        by_selector = special in (None, "bond", "bridge") and self.chance(0.35)
        name = {"bond": f"bond{n}", "bridge": f"br{n}", "wireguard": f"wg{n}", "dummy": f"dummy{n}"}.get(special, f"eth{n}")
        cp = self.control_plane if not group else False
        static = self.chance(0.7)
        fields = dict(
            interface=(0 if by_selector else 1, name),
            deviceSelector=(1 if by_selector else 0, self.selector),
            addresses=(1 if static else 0, lambda: self.some([self.cidr(), self.cidr(), self.ip4(), self.ip6()], 2)),
            routes=(0.4, lambda: [self.route() for _ in range(self.int(0, 2))]),
            mtu=(0.3, lambda: self.pick([0, 1500, 9000])),
            dhcp=(0.2 if static else 0.9, lambda: not static),
            dhcpOptions=(0.2, self.dhcp_options),
            ignore=(0.05, self.bool),
            bridgePort=(0.05, lambda: self.struct("v1alpha1.BridgePort", master="br9")),
            vlans=(0.3, lambda: [self.vlan(tag) for tag in self.some([10, 20, 4000, 0], 2)]),
            vip=(0.3 if cp else 0, self.vip),
        )
        if special == "bond":
            fields["bond"] = self.bond
        elif special == "bridge":
            fields["bridge"] = lambda: self.struct(
                "v1alpha1.Bridge", interfaces=[f"eth{self.int(30, 39)}"], stp=(0.6, lambda: self.struct("v1alpha1.STP", enabled=(0.9, self.bool))),
                vlan=(0.4, lambda: self.struct("v1alpha1.BridgeVLAN", vlanFiltering=(0.9, self.bool))))
        elif special == "wireguard":
            fields["wireguard"] = self.wireguard
        elif special == "dummy":
            fields["dummy"] = True
        return self.shuffled(self.struct("v1alpha1.Device", **fields))

    # Images

    def schematic(self, checked):
        customization = self.struct(
            "schematic.Customization",
            embeddedMachineConfiguration=(0.1, "machine: {}\n"),
            extraKernelArgs=(0.4, lambda: self.some(["net.ifnames=0", "console=ttyS0", "-quiet", "a='b c'", "yes", "x:y"], 3, 0)),
            meta=(0.2, lambda: [self.struct("schematic.MetaValue", key=self.pick([10, 0x0C]), value=self.pick(WORDS))]),
            systemExtensions=(0.6, lambda: self.struct("schematic.SystemExtensions", officialExtensions=lambda: self.some(EXTENSIONS, 3, 0))),
            bootloader=(0.15, lambda: self.pick(["dual-boot", "sd-boot", "grub"])),
            secureboot=(0.15, lambda: self.struct("schematic.SecureBootCustomization", enrollKeys=(0.4, "if-safe"), includeWellKnownCertificates=(0.7, self.bool))),
            diskImage=(0.1, lambda: self.struct("schematic.DiskImageCustomization", sectorSize=4096)),
        )
        overlay = lambda: self.struct("schematic.Overlay", image="siderolabs/sbc-raspberrypi", name="rpi_generic",  # noqa: E731
                                      options=(0.5, lambda: {"configTxt": self.pick(WORDS), "n": 5, "l": [1, "b"], "a10": True, "a9": 1.5}))
        return self.struct("schematic.Schematic", customization=(0.9, customization), overlay=(0.15, overlay), owner=(0.05, "me"))

    def machine_spec(self):
        boot = self.pick([None, "iso", "disk-image", "pxe"])
        suffix = {"disk-image": self.pick(["raw.xz", "qcow2"]), "iso": "iso", None: "iso"}.get(boot)
        return self.struct("config.MachineSpec", mode=(0.5, lambda: self.pick(["metal", "nocloud", "aws"])), arch=(0.4, lambda: self.pick(["amd64", "arm64"])),
                           secureboot=(0.3, self.bool), useUKI=(0.3, self.bool), bootMethod=(1 if boot else 0, boot), imageSuffix=(0.4 if suffix else 0, suffix))

    def image_factory(self):
        return self.struct(
            "config.ImageFactory",
            registryURL=(0.6, lambda: self.pick(["factory.example.com", "Factory.lan:8443"])),
            schematicEndpoint=(0.2, "/s"),
            protocol=(0.3, lambda: self.pick(["http", "https"])),
            installerURLTmpl=(0.5, lambda: self.pick([
                "{{.RegistryURL}}/installer/{{.ID}}:{{.Version}}",
                '{{ .RegistryURL | lower }}/{{ .Mode | default "x" }}{{ if .Secureboot }}-sb{{ end }}/{{ .ID | trunc 12 }}:{{ .Version | trimPrefix "v" }}',
                '{{- $$v := .Version -}}{{ printf "%s/%s:%s" .RegistryURL .ID $$v }}',
                '{{ with .Mode }}{{ . | upper | quote | trimAll "\\"" }}{{ end }}/{{ .ID | sha256sum | substr 0 8 }}:{{ .Version | toString | replace "v" "" }}',
            ])),
            ISOURLTmpl=(0.3, "{{.Protocol}}://{{.RegistryURL}}/{{.ID}}{{.Suffix}}"),
        )

    # Documents

    def firewall(self):
        rule = lambda: self.struct(  # noqa: E731
            "config.NetworkRule", name=self.name("rule"),
            portSelector=lambda: self.struct("network.RulePortSelector", ports=lambda: self.some([80, 443, "1000-2000", 6443, "5-5"], 3),
                                             protocol=self.pick(["tcp", "udp", "icmp", "icmpv6"])),
            ingress=lambda: [self.struct("network.IngressRule", subnet=self.net(), except_=(0.3, lambda: self.pick(["10.3.0.0/16", "fd00::1/128"]))) for _ in range(self.int(0, 2))])
        return self.struct("config.IngressFirewall", defaultAction=(0.8, lambda: self.pick(["block", "accept", "BLOCK"])), rules=(0.9, lambda: [rule() for _ in range(self.int(0, 2))]))

    def extension_services(self):
        config_file = lambda: self.struct("extensions.ConfigFile", content=self.pick(WORDS) or "x", mountPath=f"/etc/{self.name('c')}")  # noqa: E731
        return [
            self.struct("config.ExtensionService", name=self.name("svc"), configFiles=(0.97, lambda: [config_file() for _ in range(self.int(1, 2))]),
                        environment=(0.6, lambda: self.some(["A=b", "C=", "D=x y", "E=$$F"], 3)))
            for _ in range(self.int(0, 2))
        ]

    def provisioning(self, user):
        return self.struct(
            "block.ProvisioningSpec",
            diskSelector=(1 if user else 0.4, lambda: self.struct("block.DiskSelector", match=self.pick([
                "system_disk", "disk.transport == \"nvme\" && !system_disk", "disk.size > 120u * GB && disk.size < 1u * TB", "disk.model.startsWith('S')"]))),
            minSize=(1 if user else 0.4, lambda: self.pick(["2GB", "1GiB", "5000000000", "100MB"])),
            maxSize=(0.4, lambda: self.pick(["200GB", "1TiB", "75%", "30000000000"])),
            grow=(0.3, self.bool),
        )

    def encryption(self):
        key = lambda slot: self.struct(  # noqa: E731
            "block.EncryptionKey", slot=slot,
            **{self.pick(["static", "nodeID", "kms", "tpm"]): (1, None)}, lockToState=(0.2, self.bool))

        def filled(entry):
            for kind in ("static", "nodeID", "kms", "tpm"):
                if kind in entry:
                    entry[kind] = {
                        "static": lambda: self.struct("block.EncryptionKeyStatic", passphrase=self.pick(["secret", "${PASS}", "a b"])),
                        "nodeID": dict,
                        "kms": lambda: self.struct("block.EncryptionKeyKMS", endpoint="https://kms.example:4050"),
                        "tpm": lambda: self.struct("block.EncryptionKeyTPM", options=(0.4, lambda: self.struct("block.EncryptionKeyTPMOptions", pcrs=(0.9, lambda: self.some([0, 7, 11], 3, 0)))),
                                                   checkSecurebootStatusOnEnroll=(0.5, self.bool)),
                    }[kind]()
                    if entry[kind] == {"passphrase": "${PASS}"}:
                        self.variables["PASS"] = "word"
            return entry

        return self.struct(
            "block.EncryptionSpec", provider=self.pick(["luks2", "luks2", "LUKS2"]), keys=lambda: [filled(key(slot)) for slot in self.some([0, 1, 2], 2)],
            cipher=(0.2, "aes-xts-plain64"), allowDiscards=(0.2, self.bool), keySize=(0.2, 256), blockSize=(0.2, 4096), options=(0.2, lambda: self.some(["no_read_workqueue", "same_cpu_crypt"], 2, 0)))

    def volumes(self):
        out = []
        for name in self.some(["EPHEMERAL", "IMAGECACHE", "STATE"], 2, 0):
            provisioning = (0.7 if name != "STATE" else 0, lambda: self.provisioning(False))
            out.append(self.struct("config.Volume", name=name, provisioning=provisioning, encryption=(0.3, self.encryption)))
        return out

    def user_volumes(self):
        out = []
        for _ in range(self.int(0, 2)):
            kind = self.pick([None, None, "partition", "disk", "directory"])
            provisioning = lambda: self.provisioning(True)  # noqa: E731
            if kind == "disk":
                provisioning = lambda: {"diskSelector": {"match": "disk.serial == 'x'"}}  # noqa: E731
            out.append(self.struct(
                "config.UserVolume", name=self.name("vol"), volumeType=(1 if kind else 0, kind), provisioning=(0 if kind == "directory" else 1, provisioning),
                filesystem=(0 if kind == "directory" else 0.5, lambda: self.struct("block.FilesystemSpec", type=(0.8, lambda: self.pick(["xfs", "ext4"])),
                                                                                   projectQuotaSupport=(0.1, False))),
                encryption=(0 if kind == "directory" else 0.3, self.encryption)))
        return out

    def cni(self):
        name = self.pick(["none", "flannel", "custom"])
        return self.struct("v1alpha1.CNIConfig", name=name, urls=(1 if name == "custom" else 0.1, lambda: ["https://example.com/cni.yaml"] if name == "custom" else []),
                           flannel=(0.5 if name == "flannel" else 0, lambda: self.struct("v1alpha1.FlannelCNIConfig", extraArgs=(0.6, lambda: self.some(["--iface=eth0", "-v=2"], 2, 0)),
                                                                                         kubeNetworkPoliciesEnabled=(0.5, self.bool))))

    def extra_manifests(self):
        text = self.pick(["apiVersion: v1alpha1\nkind: KmsgLogConfig\nname: log\nurl: tcp://10.0.0.1:5555/\n",
                          "---\napiVersion: v1alpha1\nkind: WatchdogTimerConfig\ndevice: /dev/watchdog0\ntimeout: 2m0s\n",
                          "apiVersion: v1alpha1\nkind: TrustedRootsConfig\nname: ca\ncertificates: |\n  # {{ .ClusterConfig.ClusterName }}\n  x\n"])
        return [self.file("extra", text).replace("@", self.pick(["@", ""]), 1)]

    # Patches

    def patches(self, whole):
        out = []
        for _ in range(self.int(0, 2)):
            patch = self.patch()
            if self.chance(0.4):
                text = (self.dump(patch) if not isinstance(patch, str) else patch).replace("$patch", "$$patch")
                if self.chance(0.3):
                    text = "# a comment\n" + text
                if self.chance(0.15):
                    text = self.pick(["", "\n  \n", "# only a comment\n", "{{ if false }}machine: {}{{ end }}\n", "null\n"])
                elif self.chance(0.3) and not isinstance(patch, str) and not isinstance(patch, list):
                    text += self.pick(TEMPLATES)
                out.append(self.file("patches", text))
            else:
                text = patch if isinstance(patch, str) else self.pick([self.dump, json.dumps])(patch)
                # In talconfig.yaml a dollar begins a variable.
                out.append(text.replace("$patch", "$$patch") if "$" in text else text)
        return out

    def patch(self):
        kind = self.pick(["strategic", "strategic", "strategic", "json", "documents", "delete"])
        if kind == "json" and not self.multidoc:
            return self.json_patch()
        if kind == "documents":
            return self.documents()
        if kind == "delete":
            return self.pick([
                {"machine": {"sysctls": {"net.core.somaxconn": "1"}}, "cluster": {"proxy": {"$patch": "delete"}}},
                {"cluster": {"apiServer": {"admissionControl": [{"name": "PodSecurity", "$patch": "delete"}]}}},
                {"machine": {"features": {"hostDNS": {"$patch": "delete"}}}},
                {"apiVersion": "v1alpha1", "kind": "UserVolumeConfig", "name": "nothing", "$patch": "delete"},
                {"machine": {"kubelet": {"$patch": "delete"}}},
                {"cluster": {"discovery": {"$patch": "delete"}}},
            ])
        return self.strategic()

    def json_patch(self):
        return self.some([
            {"op": "add", "path": "/machine/certSANs", "value": ["x", "10.0.0.1"]},
            {"op": "replace", "path": "/machine/install/wipe", "value": True},
            {"op": "add", "path": "/machine/sysctls", "value": {"a.b": "1"}},
            {"op": "remove", "path": "/machine/features/kubePrism"},
            {"op": "test", "path": "/version", "value": "v1alpha1"},
            {"op": "copy", "from": "/cluster/clusterName", "path": "/cluster/network/dnsDomain"},
            {"op": "replace", "path": "/cluster/discovery/enabled", "value": False},
        ], 2)

    def strategic(self):
        pieces = [
            {"machine": {"sysctls": {"net.core.somaxconn": 65535, "a.b": "x"}}},
            {"machine": {"env": {"FROM_VARIABLE": self.variable("some-value"), "FROM_PROCESS": "${FROM_PROCESS}"}}},
            {"machine": {"sysctls": {"from.variable": self.variable(5)}}},
            {"machine": {"kubelet": {"extraArgs": {"rotate-server-certificates": True, "v": ["1", "2"]}, "nodeIP": {"validSubnets": ["10.0.0.0/8", "!10.1.0.0/16"]}}}},
            {"machine": {"kubelet": {"extraConfig": {"maxPods": 200, "imageGCHighThresholdPercent": 70}, "extraMounts": [
                {"destination": "/var/x", "type": "bind", "source": "/var/x", "options": ["bind", "rw"]}]}}},
            {"machine": {"files": [{"content": "a\nb\n", "permissions": 0o644, "path": "/var/p", "op": "create"}]}},
            {"machine": {"time": {"servers": ["time.example"], "bootTimeout": "2m0s", "disabled": False}}},
            {"machine": {"install": {"extraKernelArgs": ["a=b"], "grubUseUKICmdline": False} if self.multidoc else {"extraKernelArgs": ["a=b"], "wipe": True}}},
            {"machine": {"logging": {"destinations": [{"endpoint": "udp://10.0.0.1:1/", "format": "json_lines", "extraTags": {"a": "b"}}]}}},
            {"machine": {"env": {"A": "b", "http_proxy": "http://x:1"}, "udev": {"rules": ["SUBSYSTEM==\"x\""]}}},
            {"machine": {"nodeLabels": {"from": "patch"}, "nodeTaints": {"p": "q:NoSchedule"}}},
            {"machine": {"features": {"kubernetesTalosAPIAccess": {"enabled": False, "allowedRoles": ["os:reader"]}, "imageCache": {"localEnabled": True}}}},
            {"machine": {"systemDiskEncryption": {"ephemeral": {"provider": "luks2", "keys": [{"slot": 0, "nodeID": {}}]}}}},
            {"machine": {"registries": {"mirrors": {"docker.io": {"endpoints": ["https://m.example"], "overridePath": True}},
                                        "config": {"r.example": {"auth": {"username": "u", "password": "p"}}}}}},
            {"machine": {"seccompProfiles": [{"name": "p.json", "value": {"defaultAction": "SCMP_ACT_LOG"}}], "pods": [{"apiVersion": "v1", "kind": "Pod"}]}},
            {"machine": {"nodeAnnotations": {"a": "b"}, "sysfs": {"a.b": "c"}, "certSANs": ["patched"]}},
            {"machine": {"controlPlane": {"controllerManager": {"disabled": True}}}},
            {"machine": {"kernel": {"modules": [{"name": "nbd", "parameters": ["x=1"]}]}}},
            {"machine": {"baseRuntimeSpecOverrides": {"process": {"rlimits": [{"type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024}]}}}},
            {"cluster": {"apiServer": {"extraArgs": {"feature-gates": "A=true"}, "certSANs": ["extra"], "disablePodSecurityPolicy": True}}},
            {"cluster": {"apiServer": {"admissionControl": [{"name": "PodSecurity", "configuration": {"defaults": {"enforce": "privileged"}}}],
                                       "auditPolicy": {"rules": [{"level": "None"}]}}}},
            {"cluster": {"apiServer": {"resources": {"requests": {"cpu": "100m"}, "limits": {"memory": "1Gi"}}, "env": {"A": "b"},
                                       "extraVolumes": [{"hostPath": "/a", "mountPath": "/b", "readonly": True}]}}},
            {"cluster": {"controllerManager": {"extraArgs": {"bind-address": "0.0.0.0"}}, "scheduler": {"extraArgs": {"bind-address": "0.0.0.0"}, "config": {"a": {"b": 1}}}}},
            {"cluster": {"network": {"podSubnets": ["10.9.0.0/16"], "serviceSubnets": ["10.8.0.0/16"], "cni": {"name": "none"}}}},
            {"cluster": {"etcd": {"extraArgs": {"quota-backend-bytes": 8589934592}, "advertisedSubnets": ["10.0.0.0/8"]}}} if False else {"cluster": {"allowSchedulingOnControlPlanes": True}},
            {"cluster": {"proxy": {"disabled": True, "mode": "ipvs"}, "coreDNS": {"disabled": True}}},
            {"cluster": {"discovery": {"registries": {"kubernetes": {"disabled": False}, "service": {"disabled": True}}}}},
            {"cluster": {"extraManifests": ["https://example.com/a.yaml"], "extraManifestHeaders": {"A": "b"}, "inlineManifests": [{"name": "pp", "contents": "x: y\n"}]}},
            {"cluster": {"externalCloudProvider": {"enabled": True, "manifests": ["https://example.com/b.yaml"]}, "adminKubeconfig": {"certLifetime": "1h0m0s"}}},
        ]
        if not self.multidoc:
            pieces += [
                {"machine": {"network": {"kubespan": {"enabled": True, "mtu": 1420}}}},
                {"machine": {"network": {"interfaces": [{"interface": "eth0", "addresses": ["10.7.0.1/24"], "vlans": [{"vlanId": 10, "mtu": 1400}]}], "extraHostEntries": [{"ip": "10.0.0.9", "aliases": ["h"]}]}}},
                {"machine": {"network": {"nameservers": ["9.9.9.9"], "searchDomains": ["s.example"], "hostname": "patched"}}},
            ]
        out = {}
        for piece in self.some(pieces, 3):
            merge(out, piece)
        return out

    def documents(self):
        all_ = [
            "apiVersion: v1alpha1\nkind: UserVolumeConfig\nname: extra\nprovisioning:\n  diskSelector:\n    match: '!system_disk'\n  minSize: 10GB\n",
            "apiVersion: v1alpha1\nkind: VolumeConfig\nname: EPHEMERAL\nprovisioning:\n  maxSize: 40GB\n",
            "apiVersion: v1alpha1\nkind: KmsgLogConfig\nname: k\nurl: udp://10.0.0.5:514\n",
            "apiVersion: v1alpha1\nkind: EventSinkConfig\nendpoint: 10.0.0.3:10000\n",
            "apiVersion: v1alpha1\nkind: NetworkDefaultActionConfig\ningress: block\n",
            "apiVersion: v1alpha1\nkind: NetworkRuleConfig\nname: rule1\nportSelector:\n  ports: [22, 80-90]\n  protocol: tcp\ningress:\n  - subnet: 10.0.0.0/8\n",
            "apiVersion: v1alpha1\nkind: ExtensionServiceConfig\nname: svc1\nenvironment: [A=1]\nconfigFiles:\n  - content: x\n    mountPath: /etc/c1\n",
            "apiVersion: v1alpha1\nkind: WatchdogTimerConfig\ndevice: /dev/watchdog0\ntimeout: 5m\n",
            "apiVersion: v1alpha1\nkind: TrustedRootsConfig\nname: r\ncertificates: |\n  x\n",
            "apiVersion: v1alpha1\nkind: PCIDriverRebindConfig\nname: 0000:04:00.00\ntargetDriver: vfio-pci\n",
            "machine:\n  sysctls: {d.e: f}\n",
            "apiVersion: v1alpha1\nkind: RawVolumeConfig\nname: raw\nprovisioning:\n  diskSelector: {match: system_disk}\n  minSize: 1GiB\n",
            "apiVersion: v1alpha1\nkind: SwapVolumeConfig\nname: swap\nprovisioning:\n  diskSelector: {match: system_disk}\n  minSize: 1GiB\n  maxSize: 2GiB\n",
            "apiVersion: v1alpha1\nkind: ZswapConfig\nmaxPoolPercent: 25\n",
            "apiVersion: v1alpha1\nkind: OOMConfig\n",
            "apiVersion: v1alpha1\nkind: EthernetConfig\nname: eth0\nrings: {rx: 256}\nfeatures: {tx-checksum-ipv4: true}\n",
        ]
        if self.multidoc:
            all_ += [
                "apiVersion: v1alpha1\nkind: LinkConfig\nname: eth0\nmtu: 1400\naddresses:\n  - address: 10.6.0.1/24\nroutes:\n  - gateway: 10.6.0.254\n",
                "apiVersion: v1alpha1\nkind: ResolverConfig\nnameservers:\n  - address: 8.8.8.8\nsearchDomains: {domains: [a.example], disableDefault: true}\n",
                "apiVersion: v1alpha1\nkind: TimeSyncConfig\nntp: {servers: [t.example]}\nbootTimeout: 1m\n",
                "apiVersion: v1alpha1\nkind: DHCPv4Config\nname: eth5\nrouteMetric: 5\n",
                "apiVersion: v1alpha1\nkind: RegistryMirrorConfig\nname: ghcr.io\nendpoints: [{url: 'https://m.example'}]\n",
                "apiVersion: v1alpha1\nkind: StaticHostConfig\nname: 10.0.0.7\nhostnames: [a, b]\n",
                "apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: from-patch\nauto: \"off\"\n",
                "apiVersion: v1alpha1\nkind: BondConfig\nname: bond0\nlinks: [eth1]\nbondMode: active-backup\nmiimon: 50\n",
            ]
        return "---\n".join(self.some(all_, 3))

    # The rest

    def talenv(self):
        lines = []
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

    def broken(self, config):
        """The talconfig with one thing wrong, or at least odd."""
        node = self.pick(config["nodes"])
        change = self.pick([
            lambda: config.pop("clusterName"),
            lambda: config.pop("endpoint"),
            lambda: config.pop("kubernetesVersion"),
            lambda: config.update(nodes=[]),
            lambda: config.update(endpoint=self.pick(["10.0.0.1:6443", "https://", "https://a:99999", "http://x y", 5])),
            lambda: config.update(talosVersion=self.pick(["v1.99.0", "1.11", "latest", "v2.0.0", 1.10, "v1.12.99"])),
            lambda: config.update(kubernetesVersion=self.pick(["v1.20.0", "1.99.1", "latest", "v1.34", ""])),
            lambda: config.update(domain=self.pick(["a b", "-", "x..y"])),
            lambda: config.update(clusterPodNets=self.pick([["10.0.0.0"], ["10.0.0.0/33"], "10.0.0.0/8", [5], ["fd00::/200"]])),
            lambda: config.update(clusterSvcNets=["x"]),
            lambda: config.update(cniConfig=self.pick([{"name": "cilium"}, {"name": "custom"}, {"name": "none", "urls": ["https://x"]}, {}, {"name": "custom", "urls": ["nope"]}])),
            lambda: config.update(patches=self.pick([["@./patches/none.yaml"], ["machine: {typo: 1}"], ["nothing"], ["# nothing\n"], [" "], [""], ["@"], ["@ patches"], ["patches/x.yaml"], [{"machine": {}}], ["machine: ["], ["[]"], ["a: b"], ["{{ .Nope }} x"], ["{{ x"]])),
            lambda: config.update(unknownKey=5),
            lambda: config.update(inlineManifests=self.pick([[{"name": "", "contents": "x"}], [{"name": "a", "contents": "x"}, {"name": "a", "contents": "y"}], [{"contents": "@./none"}]])),
            lambda: node.pop("hostname"),
            lambda: node.pop("ipAddress"),
            lambda: (node.pop("installDisk", None), node.pop("installDiskSelector", None)),
            lambda: node.update(hostname=self.pick(["bad_name", "-x", "a b", "x" * 64, 5, "1.2.3.4"])),
            lambda: node.update(ipAddress=self.pick(["bad address", "10.0.0.1,,", "10.0.0.300", 5])),
            lambda: node.update(installDiskSelector=self.pick([{"size": "huge"}, {"name": "x"}, {"type": "tape"}, {}])),
            lambda: node.update(nodeLabels=self.pick([{"bad key": "x"}, {"a": "-x"}, {"a": "x" * 64}, {"a/b/c": "d"}, ["a"], {"a": None}])),
            lambda: node.update(nodeAnnotations=self.pick([{"bad key": "x"}, {"a": "{{ .Nope }}"}, {"/x": "y"}])),
            lambda: node.update(nodeTaints=self.pick([{"a": "x:Sometimes"}, {"bad key": "NoSchedule"}, {"a": ""}, {"a": "x:y:NoSchedule"}])),
            lambda: node.update(nameservers=self.pick([["dns.example"], [""], "1.1.1.1", ["1.1.1.1/24"]])),
            lambda: node.update(talosImageURL=self.pick(["factory.talos.dev/installer/x:v1.0.0", "UPPER/case", "x", "a.b/c@sha256:" + "0" * 64])),
            lambda: node.update(machineSpec=self.pick([{"bootMethod": "floppy"}, {"imageSuffix": "exe"}, {"bootMethod": "pxe", "imageSuffix": "iso"}, {"secureboot": "maybe"}])),
            lambda: node.update(schematic=self.pick([{"customization": {"systemExtensions": {"officialExtensions": ["siderolabs/none"]}}},
                                                     {"customization": {"systemExtensions": {"officialExtensions": ["siderolabs/drbd", "siderolabs/drbd"]}}},
                                                     {"overlay": {"name": "x"}}, {"overlay": {"name": "x", "image": "y"}}, {"customization": {"bootloader": "lilo"}}, {"typo": 1}])),
            lambda: node.update(networkInterfaces=self.pick([
                [{}], [{"interface": "a", "deviceSelector": {"physical": True}}], [{"interface": "a", "addresses": ["x"]}], [{"interface": "a", "addresses": ["10.0.0.1/24"], "dhcp": True}],
                [{"interface": "a", "bond": {"interfaces": ["b"], "mode": "nope"}}], [{"interface": "a", "bond": {"interfaces": ["b"], "mode": "802.3ad", "arpIPTarget": ["10.0.0.1"]}}],
                [{"interface": "a", "cidr": "10.0.0.1/24"}], [{"interface": "a", "mtu": "big"}], [{"interface": "a", "routes": [{"network": "x", "gateway": "10.0.0.1"}]}],
                [{"interface": "a", "routes": [{"network": "10.0.0.0/8", "gateway": "x"}]}], [{"interface": "a", "routes": [{}]}], [{"interface": "a", "vlans": [{"vlanId": 70000}]}],
                [{"interface": "a", "vip": {"ip": "x"}}], [{"interface": "a", "bridge": {"interfaces": ["b"]}, "bond": {"interfaces": ["c"], "mode": "802.3ad"}}],
                [{"interface": "a", "bond": {"interfaces": ["c"], "mode": "802.3ad"}}, {"interface": "b", "bond": {"interfaces": ["c"], "mode": "802.3ad"}}],
                [{"interface": "a", "bond": {"interfaces": ["c"], "deviceSelectors": [{"physical": True}], "mode": "802.3ad"}}],
                [{"interface": "a", "bond": {"mode": "802.3ad", "interfaces": ["c"], "xmitHashPolicy": "x"}}], [{"deviceSelector": {}}], [{"interface": "a", "vlans": [{"addresses": ["10.0.0.1/24"]}]}],
                [{"interface": "a", "wireguard": {"privateKey": "x"}}], [{"interface": "a", "dhcp": "maybe"}], [{"interface": "a", "vlans": [{"vlanId": 5, "addresses": ["bad"]}]}]])),
            lambda: node.update(ingressFirewall=self.pick([{"rules": [{"name": ""}]}, {"defaultAction": "maybe"}, {"rules": [{"name": "x", "portSelector": {"ports": ["x"], "protocol": "tcp"}}]},
                                                           {"rules": [{"name": "x", "portSelector": {"ports": ["9-5"], "protocol": "tcp"}, "ingress": [{"subnet": "10.0.0.0/8"}]}]},
                                                           {"rules": [{"name": "x", "portSelector": {"ports": [80], "protocol": "sctp"}}]}, {"rules": [{"name": "x", "portSelector": {"ports": [80], "protocol": "tcp"}, "ingress": [{"subnet": "x"}]}]},
                                                           {"rules": [{"name": "x", "portSelector": {"ports": [80], "protocol": "tcp"}, "ingress": [{}]}]}, {}])),
            lambda: node.update(userVolumes=self.pick([[{"name": "a_b", "provisioning": {"diskSelector": {"match": "system_disk"}, "minSize": "1GB"}}], [{"name": "x"}], [{"name": "x", "volumeType": "magic"}],
                                                       [{"name": "x", "provisioning": {"diskSelector": {"match": "disk.size >"}, "minSize": "1GB"}}], [{"name": "x", "provisioning": {"diskSelector": {"match": "system_disk"}, "minSize": "lots"}}],
                                                       [{"name": "x" * 40, "volumeType": "directory"}], [{"name": "d", "volumeType": "directory"}, {"name": "d", "volumeType": "directory"}],
                                                       [{"name": "x", "provisioning": {"diskSelector": {"match": "disk.nope"}, "minSize": "1GB"}}], [{"name": "x", "provisioning": {"diskSelector": {"match": "system_disk"}, "minSize": "2GB", "maxSize": "1GB"}}],
                                                       [{"name": "x", "provisioning": {"diskSelector": {"match": "system_disk"}, "minSize": "1GB"}, "filesystem": {"type": "zfs"}}]])),
            lambda: node.update(volumes=self.pick([[{"name": "DATA"}], [{"name": "STATE", "provisioning": {"maxSize": "5GB"}}], [{"name": "EPHEMERAL", "encryption": {"provider": "luks2"}}],
                                                   [{"name": "EPHEMERAL", "encryption": {"provider": "luks2", "keys": [{"slot": 0}]}}], [{"name": "EPHEMERAL"}, {"name": "EPHEMERAL"}], [{}],
                                                   [{"name": "EPHEMERAL", "encryption": {"provider": "x", "keys": [{"slot": 0, "nodeID": {}}]}}]])),
            lambda: node.update(machineFiles=self.pick([[{"path": "/x", "op": "delete", "content": ""}], [{"path": "rel", "op": "create", "content": ""}], [{"path": "/x", "op": "create", "content": "@./none"}], [{"op": "create", "path": "/x", "content": "x", "permissions": "rw"}],
                                                        [{"path": "/var/x", "content": "no op"}]])),
            lambda: node.update(machineDisks=self.pick([[{"device": "/dev/sdb", "partitions": [{"mountpoint": "/a"}, {"mountpoint": "/b", "size": "1GB"}]}], [{"partitions": [{"size": "much"}]}]])),
            lambda: node.update(kernelModules=self.pick([[{"parameters": ["x"]}], ["zfs"], [{"name": ""}]])),
            lambda: node.update(extensionServices=self.pick([[{"name": ""}], [{"name": "x"}], [{"name": "x", "configFiles": [{"content": "x"}]}], [{"name": "x", "environment": ["A=b"]}, {"name": "x", "environment": ["A=b"]}]])),
            lambda: node.update(extraManifests=self.pick([["none.yaml"], ["@patches"]])),
            lambda: node.update(filenameTmpl=self.pick(["{{ .Nope }}", "{{", "{{ .Hostname | nofunc }}"])),
            lambda: node.update(controlPlane=self.pick(["yes", "true", 1, None])),
            lambda: node.update(patches=self.pick([["@./patches/none.yaml"], ["[{op: remove, path: /machine/nope}]"], ["- op: add\n  path: /machine/x/y\n  value: 1"], ["machine:\n  network: 5"],
                                                   ["apiVersion: v1alpha1\nkind: Nope\nname: x"], ["kind: LinkConfig\nname: x"], ["cluster:\n  apiServer:\n    $$patch: delete"],
                                                   ["machine:\n  sysctls:\n    nope:\n      $$patch: delete"], ["machine:\n  type: nope"], ["machine:\n  ca: null"], ["machine:\n  install: null"],
                                                   ["cluster:\n  controlPlane:\n    endpoint: nope"], ["machine:\n  kubelet:\n    extraConfig:\n      port: 1"],
                                                   ["machine:\n  features:\n    kubePrism:\n      port: 0"], ["machine:\n  time:\n    bootTimeout: 5"], ["machine:\n  nodeLabels:\n    bad key: x"],
                                                   ["machine:\n  $$patch: delete"], ["$$patch: delete"], ["machine:\n  certSANs:\n    $$patch: delete"], ["machine:\n  certSANs:\n  - $$patch: delete"]])),
            lambda: config.update(domain="${NOT_SET}"),
            lambda: config.update(domain="${NOT_SET:-}"),
            lambda: config.update(domain="${"),
            lambda: config.update(domain="$"),
            lambda: config.update(domain="${NOT_SET:-a.example}"),
            lambda: config.update(controlPlane=self.pick([None, [], 5, {}])),
            lambda: config.update(nodes=[dict(node), dict(node)]),
        ])
        change()
        text = self.dump(config)
        if self.chance(0.1):
            text = self.pick([text + "clusterName: twice\n", text + "\tx: y\n", text + "? [a]\n: b\n", "- " + text.replace("\n", "\n  "), text + "---\nclusterName: second\n", text + "<<: {domain: merged.example}\n"])
        return text


TEMPLATES = [
    "# {{ .ClusterConfig.ClusterName }}\n",
    "{{ if eq .MachineConfig.MachineType \"worker\" }}# worker{{ end }}\n",
    "{{- range $i, $s := .ClusterConfig.ClusterNetwork.PodSubnet }}\n# {{ $i }} {{ $s }}\n{{- end }}\n",
    "# {{ .MachineConfig.MachineInstall.InstallDisk | default \"none\" | upper | b64enc }}\n",
    "{{/* gone */}}\n",
    "# {{ $x := list 1 2 3 }}{{ join \"-\" $x }} {{ dict \"a\" 1 | toJson }} {{ \"a,b\" | splitList \",\" | last }}\n",
    "# {{ printf \"%05d %q %v\" 42 \"x\" true }} {{ add 1 2 }} {{ mul 3 4 }} {{ ternary \"a\" \"b\" true }}\n",
]


def merge(into, other):
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


class PatchCase(Case):
    """One machine configuration and patches to it."""

    def __init__(self, number, bases):
        self.random = random.Random(f"patch {number}")
        self.keys, self.files, self.variables, self.count = set(), {}, {}, 0
        self.variable = str
        self.base = self.pick(bases)
        documents = self.base.read_text().count("\n---\n")
        self.multidoc = "kind: HostnameConfig" in self.base.read_text()
        self.control_plane = True
        self.patches = []
        for _ in range(self.int(1, 3)):
            patch = self.json_patch() if documents == 0 and self.chance(0.3) else self.patch()
            if self.chance(0.1):
                patch = self.odd()
            # talosctl 1.13.0 cannot read lists of arguments.
            arguments = patch.get("machine", {}) if isinstance(patch, dict) else {}
            arguments = ((arguments or {}).get("kubelet") or {}).get("extraArgs") or {}
            for key in [key for key, value in arguments.items() if isinstance(value, list)]:
                arguments[key] = "text"
            text = patch if isinstance(patch, str) else self.pick([self.dump, json.dumps])(patch)
            self.patches.append(text if "\n" in text or " " in text else text + "\n")

    def odd(self):
        """What is refused, or has rules of its own."""
        return self.pick([
            "machine: {typo: 1}", "machine: [", "[]", "{}", "# nothing\n", "---\n---\n", "machine: null\n", "cluster: {}\n",
            [{"op": "remove", "path": "/machine/nothing"}], [{"op": "add", "path": "/a/b/c", "value": 1}], [{"op": "test", "path": "/version", "value": "x"}],
            [{"op": "add", "path": "/machine/certSANs/-", "value": "tail"}], [{"op": "remove", "path": "/machine/certSANs/0"}], [{"op": "replace", "path": "", "value": {"version": "v1alpha1"}}],
            [{"op": "move", "from": "/machine/token", "path": "/machine/nodeLabels"}], [{"op": "nope", "path": "/x"}], [{"op": "add", "path": "/machine/sysctls/a~1b", "value": "1"}],
            [{"op": "add", "path": "/machine/unknownField", "value": 1}], [{"op": "copy", "from": "/machine/nothing", "path": "/machine/env"}],
            {"machine": {"$patch": "delete"}}, {"$patch": "delete"}, {"cluster": {"$patch": "delete"}}, {"machine": {"certSANs": {"$patch": "delete"}}},
            {"machine": {"network": {"interfaces": [{"interface": "eth0", "$patch": "delete"}]}}}, {"machine": {"sysctls": {"none": {"$patch": "delete"}}}},
            {"cluster": {"apiServer": {"admissionControl": [{"name": "None", "$patch": "delete"}]}}}, {"machine": {"files": [{"path": "/x", "$patch": "delete"}]}},
            {"machine": {"token": {"$patch": "delete"}, "ca": {"$patch": "delete"}}}, {"machine": {"features": {"kubePrism": {"port": {"$patch": "delete"}}}}},
            {"apiVersion": "v1alpha1", "kind": "HostnameConfig", "$patch": "delete"}, {"apiVersion": "v1alpha1", "kind": "LinkConfig", "name": "eth0", "mtu": {"$patch": "delete"}},
            {"kind": "HostnameConfig", "$patch": "delete"}, {"apiVersion": "v1alpha1", "kind": "ResolverConfig", "nameservers": {"$patch": "delete"}},
            {"apiVersion": "v1alpha1", "kind": "UserVolumeConfig", "name": "vol1", "$patch": "delete"}, {"machine": {"install": {"$patch": "replace"}}},
            "apiVersion: v1alpha1\nkind: Nope\n", "apiVersion: v2\nkind: LinkConfig\nname: x\n", "kind: LinkConfig\nname: x\n", "a: b\n", "machine: {type: worker}\nmachine: {type: worker}\n",
            "machine: {sysctls: {a: 1, a: 2}}\n", "machine: &m {sysctls: {a: 1}}\n", "machine:\n  sysctls: &s {a: 1}\n  sysfs: *s\n", "machine:\n  sysctls:\n    <<: {a: 1}\n    b: 2\n",
            {"machine": {"kubelet": {"extraArgs": {"a": ["x", "y"], "b": "", "c": None, "d": 5}}}}, {"machine": {"kubelet": {"extraArgs": {"a": []}}}},
            {"machine": {"install": {"wipe": False, "diskSelector": {"size": "> 1GB", "type": "ssd"}}}},
            {"machine": {"kubelet": {"nodeIP": {}}}}, {"machine": {"kubelet": None}}, {"machine": {"registries": {"mirrors": {"*": {"endpoints": []}}}}},
            {"machine": {"registries": {"config": {"x": {"tls": {"insecureSkipVerify": True, "ca": "aGVsbG8="}}}}}}, {"machine": {"disks": [{"device": "/dev/sdb", "partitions": [{"mountpoint": "/var/x", "size": "1TB"}]}]}},
            {"machine": {"time": {"bootTimeout": "90s"}}}, {"machine": {"time": {"bootTimeout": "x"}}}, {"machine": {"features": {"hostDNS": {"enabled": False}, "diskQuotaSupport": False}}},
            {"cluster": {"controlPlane": {"endpoint": "https://other:6443", "localAPIServerPort": 7443}}}, {"cluster": {"etcd": {"advertisedSubnets": ["10.0.0.0/8"], "subnet": "10.0.0.0/8"}}},
            {"cluster": {"network": {"podSubnets": [], "dnsDomain": ""}}}, {"machine": {"nodeTaints": {"a": None}, "nodeLabels": {"b": ""}}},
            {"machine": {"pods": [{"a": 1}], "env": {"X": 5}}}, {"cluster": {"inlineManifests": [{"name": "x", "contents": "a\n\nb"}]}},
            {"machine": {"kernel": {"modules": []}}}, {"machine": {"seccompProfiles": [{"name": "x", "value": {}}]}}, {"machine": {"baseRuntimeSpecOverrides": {}}},
            {"machine": {"systemDiskEncryption": {"state": {"provider": "luks2", "keys": [{"slot": 0, "tpm": {"checkSecurebootStatusOnEnroll": True}}, {"slot": 1, "static": {"passphrase": "x"}}]}}}},
            {"debug": True, "persist": False}, {"version": "v1alpha2", "machine": {}}, {"machine": {"acceptedCAs": [{"crt": "aGVsbG8="}]}}, {"machine": {"acceptedCAs": [{"crt": "not base64!"}]}},
        ])
