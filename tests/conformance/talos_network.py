"""The interfaces of a node: selectors, routes, VLANs, bonds, wireguard."""

import base64

from talos_draw import MACS, Drawing


class Network(Drawing):
    """What stands in networkInterfaces."""

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
            arpValidate=(0.6 if arp else 0, lambda: self.pick(["none", "active", "all"])),
            arpAllTargets=(rare, lambda: self.pick(["any", "all"])),
            primary=(0.6 if backup else 0, "eth10"),
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
            packetsPerSlave=(0.6 if mode == "balance-rr" else 0, 1),
            numPeerNotif=(rare, 1),
            tlbDynamicLb=(0.7 if mode == "balance-tlb" else 0, lambda: self.pick([0, 1])),
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
        special = self.pick([None, None, None, "bond", "bond", "bridge", "wireguard", "dummy"])
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
