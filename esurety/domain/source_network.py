"""The network that a request comes from, as the limits count it: one IPv4 address, or the /64 of an IPv6 address.

A subscriber of IPv6 has at least a /64 and can use every address in it (RFC 6177), so counting single addresses would count nothing.
"""

from ipaddress import IPv4Address, IPv6Network, ip_address

UNKNOWN = "unknown"


def source_network(address: str) -> str:
    """The network of an address in its canonical writing; one common name for what is no address."""
    try:
        found = ip_address(address.split("%", 1)[0])  # fe80::1%eth0
    except ValueError:
        return UNKNOWN
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((found, 64), strict=False))
