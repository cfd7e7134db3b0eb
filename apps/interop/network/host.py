"""A network namespace with one interface, a TUN device."""

import fcntl
import os
import struct

from namespace import Namespace, Unavailable, ip_here, set_here

TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x1001
DEVICE = "wire"


class Host:
    """One host: a namespace with its TUN device."""

    def __init__(self, address):
        self.namespace = Namespace()
        try:
            self.tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(self.tun, TUNSETIFF, struct.pack("16sH22x", DEVICE.encode(), IFF_TUN_NO_PI))
        except OSError as error:
            raise Unavailable(f"no TUN device: {error}") from error
        for name in ("ipv6/conf/all/disable_ipv6", "ipv4/conf/all/promote_secondaries"):
            set_here(name)
        ip_here("link", "set", "lo", "up")
        ip_here("link", "set", DEVICE, "txqueuelen", "4000", "up")
        ip_here("address", "add", f"{address}/24", "dev", DEVICE)
        # iroh waits for a default route before it considers the network ready
        ip_here("route", "add", "default", "dev", DEVICE)

    def ip(self, arguments):
        """Runs ip(8) in the namespace; returns its error output, or None."""
        return self.namespace.run("ip", *arguments)
