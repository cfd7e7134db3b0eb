"""Hosts on local networks, whose wires a test can plug into another network.

    lan.py alice=left bob=right relay=left,right

makes three hosts and two networks. Each host is an unnamed network namespace, and each network is a bridge in
one more namespace, the switch room. A host has the address 10.78.N.H/24 on network N, an interface per network
with its name, and a default route on its first one. Like netshape.py it leaves nothing behind, needs Linux and
root, and takes commands as JSON lines:

    {"id":1,"ip":["alice","route","replace","default","via","10.78.0.3"]}   runs ip(8) on a host
    {"id":2,"forward":["relay",true]}                    makes a host pass packets on between its networks
    {"id":3,"plug":["alice","left","right"]}             plugs the wire of a host into another network, or null
    {"id":4,"capture":true}                              keeps all packets from now on
    {"id":5,"find":["c2VjcmV0"]}                         returns the number of kept packets that have these bytes
"""

import base64
import json
import os
import select
import socket
import sys

from namespace import Namespace, Unavailable, emit, ip_here, kill_inside, run_network, set_here

ETH_P_ALL = 3
# 64 KiB of data that the sender has not yet cut, and headers
MAX_FRAME_BYTES = 66_000
RECEIVE_BUFFER_BYTES = 64 * 1024 * 1024
SO_RCVBUFFORCE = 33


class Host:
    def __init__(self, number, networks):
        self.namespace = Namespace()
        self.number, self.networks = number, networks
        set_here("ipv6/conf/all/disable_ipv6")
        ip_here("link", "set", "lo", "up")

    def join(self, network, at, room):
        """Adds an interface whose other end, the port, is in the switch room. This thread is there."""
        port = f"p{self.number}{at}"
        ip_here("link", "add", port, "type", "veth", "peer", "name", network, "netns", self.namespace.path)
        address = f"10.78.{at}.{self.number}"
        self._ip("address", "add", f"{address}/24", "dev", network)
        self._ip("link", "set", network, "up")
        ip_here("link", "set", port, "master", network, "up")
        if network == self.networks[0]:
            # iroh waits for a default route before it considers the network ready
            self._ip("route", "add", "default", "dev", network)
        return port, address

    def _ip(self, *arguments):
        error = self.namespace.run("ip", *arguments)
        if error is not None:
            raise Unavailable(f"ip {' '.join(arguments)}: {error}")


class Lans:
    def __init__(self, wiring):
        self._names = list(dict.fromkeys(name for names in wiring.values() for name in names))
        self.hosts = {name: Host(number, lans) for number, (name, lans) in enumerate(wiring.items(), 1)}
        self._room = Namespace()
        set_here("ipv6/conf/all/disable_ipv6")
        for name in self._names:
            ip_here("link", "add", name, "type", "bridge")
            ip_here("link", "set", name, "up")
        self._ports, self.addresses = {}, {}
        for name, host in self.hosts.items():
            for lan in host.networks:
                port, address = host.join(lan, self._names.index(lan), self._room)
                self._ports[name, lan] = port
                self.addresses.setdefault(name, {})[lan] = address
        self._capture = None
        self._kept = []
        self._input = b""

    def run(self):
        hosts = {
            name: {"namespace": host.namespace.path, "addresses": self.addresses[name]}
            for name, host in self.hosts.items()
        }
        emit({"ready": True, "hosts": hosts})
        while True:
            sources = [0] if self._capture is None else [0, self._capture]
            ready = select.select(sources, [], [])[0]
            if self._capture in ready:
                self._keep()
            if 0 in ready and not self._read_commands():
                return

    def close(self):
        kill_inside(host.namespace for host in self.hosts.values())

    def _keep(self):
        while True:
            try:
                self._kept.append(self._capture.recv(MAX_FRAME_BYTES))
            except BlockingIOError:
                return

    def _read_commands(self):
        """Runs the commands that have arrived; returns False at the end of stdin."""
        read = os.read(0, 65536)
        *lines, self._input = (self._input + read).split(b"\n")
        for line in lines:
            command = json.loads(line)
            answer = {"id": command.pop("id")}
            try:
                ((name, value),) = command.items()
                self._commands[name](self, answer, value)
            except (ValueError, KeyError, TypeError) as error:
                answer["error"] = repr(error)
            emit(answer)
        return read != b""

    def _ip(self, answer, command):
        host, *arguments = command
        self._done(answer, self.hosts[host].namespace.run("ip", *arguments))

    def _forward(self, answer, command):
        host, on = command
        setting = f"net.ipv4.ip_forward={int(on)}"
        self._done(answer, self.hosts[host].namespace.run("sysctl", "-q", setting))

    def _plug(self, answer, command):
        host, lan, into = command
        where = ["nomaster"] if into is None else ["master", into]
        port = self._ports[host, lan]
        self._done(answer, self._room.run("ip", "link", "set", port, *where))

    def _start_capture(self, _answer, _command):
        # this thread is in the switch room: the socket gets the packets of all ports
        self._capture = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self._capture.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES)
        self._capture.setblocking(False)

    def _find(self, answer, needles):
        self._keep()
        wanted = [base64.b64decode(needle) for needle in needles]
        answer["found"] = [sum(needle in packet for packet in self._kept) for needle in wanted]
        answer["packets"], answer["bytes"] = len(self._kept), sum(map(len, self._kept))

    @staticmethod
    def _done(answer, error):
        if error is not None:
            answer["error"] = error

    _commands = {"ip": _ip, "forward": _forward, "plug": _plug, "capture": _start_capture, "find": _find}


def main():
    wiring = {name: lans.split(",") for name, lans in (text.split("=") for text in sys.argv[1:])}
    run_network(lambda: Lans(wiring), ("ip", "nsenter", "sysctl"))


main()
