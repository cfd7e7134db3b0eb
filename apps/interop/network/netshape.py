"""A network of two hosts, "near" and "far", with a wire between them that can be made bad while it is in use.

Each host is a network namespace without a name: it exists as long as this process or one inside does, and those inside end
with this one, so that nothing is left behind, whatever ends the test. Their only interface is a TUN device, whose packets pass through here;
commands come as JSON lines on stdin, each answered by one line, and the end of stdin ends the network. Linux and root
only: where that is not given, the first line says why ({"unavailable": "..."}).

    {"id":1,"shape":{"up":{"delayMs":25,"loss":0.05},"down":{}}}   "up" is near to far; what is not named is as on a good wire
    {"id":2,"ip":["near","link","set","wire","down"]}              runs ip(8) on a host
    {"id":3,"rebind":true}                                         the NAT forgets its ports (--nat)
    {"id":4,"stats":true}                                          packets and bytes sent and dropped, per direction
    {"id":5,"capture":{"count":8,"leastBytes":1000}}               UDP payloads of near to come, as hex, when there are so many
"""

import argparse
import json
import os
import random
import selectors
import shutil
import signal
import sys
import time

from direction import Direction
from host import Host, Unavailable
from udp_nat import UdpNat
from udp_packet import payload_of

FAR = "10.77.0.2"
PUBLIC = "10.77.0.1"
INSIDE = "192.168.77.2"


class Network:
    def __init__(self, options):
        self.near = Host(INSIDE if options.nat else PUBLIC)
        self.far = Host(FAR)
        self._nat = UdpNat(INSIDE, PUBLIC) if options.nat else None
        out, back = (self._nat.outward, self._nat.inward) if self._nat else (lambda p: p,) * 2
        # each direction has its own dice: what happens on one does not change the other
        self.up = Direction(self.near.tun, self.far.tun, random.Random(options.seed), out)
        self.down = Direction(self.far.tun, self.near.tun, random.Random(options.seed + 1), back)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self.near.tun, selectors.EVENT_READ, self.up)
        self._selector.register(self.far.tun, selectors.EVENT_READ, self.down)
        self._selector.register(0, selectors.EVENT_READ, None)
        self._typed = b""

    def run(self):
        emit({
            "ready": True,
            "near": {"namespace": self.near.path, "address": INSIDE if self._nat else PUBLIC},
            "far": {"namespace": self.far.path, "address": FAR},
        })
        while True:
            due = [at for at in (self.up.next_due(), self.down.next_due()) if at is not None]
            patience = max(0.0, min(due) - time.monotonic()) if due else None
            for key, _ in self._selector.select(patience):
                if key.data is not None:
                    self._read(key.data)
                elif not self._listen():
                    return
            now = time.monotonic()
            self.up.send_due(now)
            self.down.send_due(now)

    def close(self):
        """Ends what still runs on the hosts: it would keep them, and nobody waits for it any more."""
        hosts = {os.fstat(host.namespace).st_ino for host in (self.near, self.far)}
        for name in os.listdir("/proc"):
            if not name.isdigit() or int(name) == os.getpid():
                continue
            try:
                if os.stat(f"/proc/{name}/ns/net").st_ino in hosts:
                    os.kill(int(name), signal.SIGKILL)
            except OSError:
                pass  # it has ended by itself

    @staticmethod
    def _read(direction):
        for _ in range(64):  # then it is the turn of others
            try:
                packet = os.read(direction.source, 65536)
            except OSError:
                return
            if packet[0] >> 4 == 4:
                direction.take(packet, time.monotonic())

    def _listen(self):
        """Obeys the lines that have come; False at the end of stdin."""
        read = os.read(0, 65536)
        *lines, self._typed = (self._typed + read).split(b"\n")
        for line in lines:
            command = json.loads(line)
            number = command.pop("id")
            try:
                self._obey(number, command)
            except (ValueError, KeyError, TypeError) as error:
                emit({"id": number, "error": str(error)})
        return read != b""

    def _obey(self, number, command):
        answer = {"id": number}
        if "shape" in command:
            for name, shape in command["shape"].items():
                {"up": self.up, "down": self.down}[name].set(shape)
        elif "ip" in command:
            host, *arguments = command["ip"]
            complaint = {"near": self.near, "far": self.far}[host].ip(arguments)
            if complaint is not None:
                answer["error"] = complaint
        elif "rebind" in command and self._nat:
            self._nat.rebind()
        elif "stats" in command:
            answer["stats"] = {"up": self.up.counts, "down": self.down.counts}
        elif "capture" in command:
            self._capture(answer, **command["capture"])
            return
        else:
            answer["error"] = f"there is no command {', '.join(command)}"
        emit(answer)

    def _capture(self, answer, count, leastBytes):
        taken = answer["captured"] = []

        def watch(packet):
            payload = payload_of(packet)
            if payload is None or len(payload) < leastBytes:
                return
            taken.append(payload.hex())
            if len(taken) == count:
                self.up.watch = None
                emit(answer)

        self.up.watch = watch


def emit(value):
    print(json.dumps(value), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nat", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    try:
        if not sys.platform.startswith("linux"):
            raise Unavailable("network namespaces are Linux's")
        if os.geteuid() != 0:
            raise Unavailable("network namespaces need root")
        for program in ("ip", "nsenter"):
            if shutil.which(program) is None:
                raise Unavailable(f"there is no {program} on the PATH")
        network = Network(options)
    except Unavailable as reason:
        emit({"unavailable": str(reason)})
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        network.run()
    except KeyboardInterrupt:
        pass
    finally:
        network.close()


main()
