"""May we call this address? Only what anyone on the Internet could: never a machine or a network of our own.

A name is resolved once, every address it has is judged, and the connection goes to a judged address itself: asking the
name a second time could give another answer. Whoever may add webhooks could otherwise have this machine knock at
doors that only it can reach.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence

from search.errors import SearchError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[Address]]

UNICAST_6 = ipaddress.ip_network("2000::/3")  # all that is given out: no mapped, translated, local or multicast ones
NOT_PUBLIC = [
    ipaddress.ip_network(net)
    for net in (
        "192.0.0.0/24",  # for protocols
        "192.88.99.0/24",  # relays of 6to4
        "2001::/23",  # for protocols, Teredo among them: it wraps an IPv4 address
        "2001:db8::/32",  # for documentation
        "2002::/16",  # 6to4: it wraps an IPv4 address
        "3fff::/20",  # for documentation
    )
]


class Refused(SearchError):
    """Raised when an address is not one that webhooks may reach; nothing was sent."""


def is_public(address: Address) -> bool:
    """Neither loopback, private, shared (100.64.0.0/10), link-local, multicast, reserved nor a wrapping of such."""
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if address.version == 6 and address not in UNICAST_6:
        return False
    return not any(address.version == net.version and address in net for net in NOT_PUBLIC)


def resolve(host: str, port: int) -> list[Address]:
    """Every address of the name, in the system's order; OSError if it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # of names that are too long, or have an empty part
        raise OSError(f"{host[:80]!r} is no name of a machine") from error
    return list(dict.fromkeys(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


def judged(host: str, addresses: Sequence[Address], allowed: Callable[[Address], bool]) -> Sequence[Address]:
    """The same addresses if all are allowed; Refused if one is not: a name for both is up to something."""
    for address in addresses:
        if not allowed(address):
            raise Refused(f"{host} is at {address}, which is not a public address: refused")
    if not addresses:
        raise Refused(f"{host} has no address")
    return addresses
