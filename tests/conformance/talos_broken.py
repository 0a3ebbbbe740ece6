"""Talconfigs that are wrong, or at least odd."""


from talos_draw import Drawing


class Broken(Drawing):
    """One thing at a time."""

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
