"""What a machine is, beside its interfaces: labels, disks, files, images, firewall, extensions, volumes."""

from talos_draw import EXTENSIONS, WORDS, Drawing


class Machine(Drawing):
    """Fields of a node and of the sections that nodes share."""

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
            serial=(0.2, lambda: self.pick(["S3X*", "2244E6801787", "1E4_00"])),
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
