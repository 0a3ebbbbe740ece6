"""The checks of ours on cluster.yaml and nodes.yaml, as far as the bench's example has them, written with pydantic.

    rules.py CLUSTER NODES      ends with 1 and says what is wrong, or with 0
"""

import ipaddress
import sys
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def network(text: str) -> str:
    ipaddress.IPv4Network(text)
    return text


def address(text: str) -> str:
    ipaddress.IPv4Address(text)
    return text


def asn(text: str) -> str:
    if not 1 <= int(text) <= 4294967295:
        raise ValueError("not an AS number")
    return text


Network = Annotated[str, AfterValidator(network)]
Address = Annotated[str, AfterValidator(address)]
Asn = Annotated[str, Field(pattern=r"^[0-9]+$"), AfterValidator(asn)]
Domain = Annotated[str, Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$")]
Text = Annotated[str, Field(min_length=1)]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Node(Closed):
    name: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
    address: Address
    controller: bool
    disk: Text
    mac_addr: Annotated[str, Field(pattern=r"^([0-9a-f]{2}:){5}[0-9a-f]{2}$")]
    schematic_id: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    mtu: Annotated[int, Field(ge=1450, le=9000)] = 1500
    secureboot: bool = False
    encrypt_disk: bool = False
    kernel_modules: list[str] = []
    nodeLabels: dict[str, str] = {}

    @model_validator(mode="after")
    def name_is_free(self):
        if self.name in ("global", "controller", "worker"):
            raise ValueError(f"{self.name} is reserved")
        return self


class Config(Closed):
    node_cidr: Network
    node_dns_servers: list[Address] = ["1.1.1.1", "1.0.0.1"]
    node_ntp_servers: list[Address] = ["162.159.200.1", "162.159.200.123"]
    node_default_gateway: Address | None = None
    cluster_pod_cidr: Network = "10.42.0.0/16"
    cluster_svc_cidr: Network = "10.43.0.0/16"
    cluster_api_addr: Address
    cluster_api_tls_sans: list[Domain] = []
    cluster_dns_gateway_addr: Address
    cluster_gateway_addr: Address
    cloudflare_gateway_addr: Address
    allow_scheduling_on_control_planes: bool = True
    repository_name: Annotated[str, Field(pattern=r"^[^/]+/[^/]+$")]
    repository_branch: Text = "main"
    repository_visibility: Literal["public", "private"] = "public"
    cloudflare_domains: Annotated[list[Domain], Field(min_length=1)]
    cloudflare_token: Text
    cilium_loadbalancer_mode: Literal["dsr", "snat"] = "dsr"
    cilium_bgp_router_addr: Address | None = None
    cilium_bgp_router_asn: Asn | None = None
    cilium_bgp_node_asn: Asn | None = None
    nodes: Annotated[list[Node], Field(min_length=1)]

    @model_validator(mode="after")
    def networks(self):
        keys = ["node_cidr", "cluster_pod_cidr", "cluster_svc_cidr"]
        nets = [(key, ipaddress.IPv4Network(getattr(self, key))) for key in keys]
        for n, (key, net) in enumerate(nets):
            for other_key, other in nets[:n]:
                if net.overlaps(other):
                    raise ValueError(f"{key} overlaps {other_key}")
        return self

    @model_validator(mode="after")
    def addresses(self):
        net = ipaddress.IPv4Network(self.node_cidr)
        gateway = self.node_default_gateway or str(net[1])
        bgp = self.bgp()
        owners = {gateway: "node_default_gateway"}
        inside = [("node_default_gateway", gateway)]

        def own(key, value, must_be_inside):
            if value in owners:
                raise ValueError(f"{value} is used by both {owners[value]} and {key}")
            owners[value] = key
            if must_be_inside:
                inside.append((key, value))

        own("cluster_api_addr", self.cluster_api_addr, True)
        for key in ("cluster_dns_gateway_addr", "cluster_gateway_addr", "cloudflare_gateway_addr"):
            own(key, getattr(self, key), not bgp)
        for n, node in enumerate(self.nodes):
            own(f"nodes[{n}].address", node.address, True)
        for key, value in inside:
            if ipaddress.IPv4Address(value) not in net:
                raise ValueError(f"{key} {value} is not inside {net}")
        return self

    def bgp(self):
        given = [self.cilium_bgp_router_addr, self.cilium_bgp_router_asn, self.cilium_bgp_node_asn]
        if any(given) and not all(given):
            raise ValueError("bgp is partially configured")
        return all(given)

    @model_validator(mode="after")
    def machines(self):
        for field in ("name", "mac_addr"):
            values = [getattr(node, field) for node in self.nodes]
            if len(set(values)) < len(values):
                raise ValueError(f"two nodes have one {field}")
        if not any(node.controller for node in self.nodes):
            raise ValueError("no controller")
        return self


def main(paths):
    data = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            data.update(yaml.load(file, Loader=Loader))
    try:
        Config.model_validate(data)
    except ValidationError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


sys.exit(main(sys.argv[1:]))
