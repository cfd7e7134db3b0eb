"""A NAT for UDP like those of home routers.

Each inner socket has one public port, which accepts packets only from peers that the socket has sent to.
"""

import socket
import struct

from udp_packet import readdress, udp_at


class UdpNat:
    def __init__(self, inside, public):
        self._inside, self._public = inside, public
        self._next_port = 40000
        self._ports = {}
        self._sockets = {}
        self._contacted = set()

    def rebind(self):
        """Forgets all ports: later packets leave from new ports, and packets to old ports are lost."""
        self._ports.clear()
        self._sockets.clear()
        self._contacted.clear()

    def outward(self, packet):
        at = udp_at(packet)
        if at is None or socket.inet_ntoa(packet[12:16]) != self._inside:
            return None
        port, target_port = struct.unpack_from("!HH", packet, at)
        if port not in self._ports:
            self._ports[port] = self._next_port
            self._sockets[self._next_port] = port
            self._next_port += 1
        public = self._ports[port]
        self._contacted.add((public, packet[16:20], target_port))
        return readdress(packet, at, source=(self._public, public))

    def inward(self, packet):
        at = udp_at(packet)
        if at is None:
            return None
        source_port, public = struct.unpack_from("!HH", packet, at)
        if (public, packet[12:16], source_port) not in self._contacted:
            return None
        return readdress(packet, at, target=(self._inside, self._sockets[public]))
