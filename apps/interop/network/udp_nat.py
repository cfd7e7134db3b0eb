"""A NAT as home routers have it, for UDP only: one public port per socket inside, which only those hear who were spoken to."""

import socket
import struct

from udp_packet import readdress, udp_at


class UdpNat:
    def __init__(self, inside, public):
        self._inside, self._public = inside, public
        self._next_port = 40000
        self._ports = {}
        self._sockets = {}
        self._spoken = set()

    def rebind(self):
        """Forgets every port: what goes out from now on comes from another one, and what comes in to an old one is lost."""
        self._ports.clear()
        self._sockets.clear()
        self._spoken.clear()

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
        self._spoken.add((public, packet[16:20], target_port))
        return readdress(packet, at, source=(self._public, public))

    def inward(self, packet):
        at = udp_at(packet)
        if at is None:
            return None
        source_port, public = struct.unpack_from("!HH", packet, at)
        if (public, packet[12:16], source_port) not in self._spoken:
            return None
        return readdress(packet, at, target=(self._inside, self._sockets[public]))
