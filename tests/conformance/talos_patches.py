"""Patches of all forms, for talconfigs and on their own."""

import json
import random

from talos_draw import Drawing

TEMPLATES = [
    "# {{ .ClusterConfig.ClusterName }}\n",
    "{{ if eq .MachineConfig.MachineType \"worker\" }}# worker{{ end }}\n",
    "{{- range $i, $s := .ClusterConfig.ClusterNetwork.PodSubnet }}\n# {{ $i }} {{ $s }}\n{{- end }}\n",
    "# {{ .MachineConfig.MachineInstall.InstallDisk | default \"none\" | upper | b64enc }}\n",
    "{{/* gone */}}\n",
    "# {{ $x := list 1 2 3 }}{{ join \"-\" $x }} {{ dict \"a\" 1 | toJson }} {{ \"a,b\" | splitList \",\" | last }}\n",
    "# {{ printf \"%05d %q %v\" 42 \"x\" true }} {{ add 1 2 }} {{ mul 3 4 }} {{ ternary \"a\" \"b\" true }}\n",
]

# What a template sees, as it is written out.
EXPRESSIONS = [
    "{{ .MachineConfig.MachineCA.Crt | toString | sha256sum }}",
    "{{ .MachineConfig.MachineCA.Crt }}",
    "{{ .ClusterConfig.ClusterCA | toJson | sha256sum }}",
    "{{ .ClusterConfig.ControlPlane.Endpoint.URL }} {{ .ClusterConfig.ControlPlane.Endpoint.Path }}.",
    "{{ .ClusterConfig.ControlPlane.Endpoint.String | upper }}",
    "{{ .ClusterConfig.ControlPlane.Endpoint.Nope }}",
    "{{ .MachineConfig.MachineNodeLabels.nope }} {{ .MachineConfig.MachineNodeLabels.nope | quote }}",
    "{{ .MachineConfig.MachineNodeLabels.nope | upper }}",
    "{{ range .MachineConfig.MachineFiles }}{{ .FilePermissions }} {{ end }}",
    "{{ break }}",
]

MERGED = [
    "machine:\n  sysctls: &a {a.b: '1', c.d: '2'}\n  sysfs: {<<: *a, c.d: '3'}\n",
    "cluster:\n  controllerManager: {extraArgs: &e {a: b}}\n  scheduler:\n    extraArgs:\n      c: d\n      <<: *e\n",
    "machine:\n  sysfs: {<<: {a: b}, c: d}\n",
    "machine:\n  kubelet: &k {image: x}\ncluster:\n  apiServer: {<<: *k}\n",
]


def merge(into, other):
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


class Patches(Drawing):
    """Strategic merges, RFC 6902, whole documents."""

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
        if self.chance(0.06):
            return self.pick(MERGED)
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
            {"machine": {"env": {"RENDERED": self.pick(EXPRESSIONS)}}},
            {"machine": {"kubelet": {"extraConfig": {"serial": "1E4_00"}}}},
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


class PatchCase(Patches):
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
