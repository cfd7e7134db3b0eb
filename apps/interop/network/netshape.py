"""A network of two hosts, "near" and "far", with a wire between them whose faults can change at any time.

Each host is an unnamed network namespace. It exists as long as this process or a process inside it, and this
process kills the processes inside when it ends, so that nothing remains, however a test ends. The only
interface of a host is a TUN device, whose packets pass through this process.

Commands are JSON lines on stdin, each answered by one line. The network ends when stdin ends. It needs Linux
and root; elsewhere the first line is {"unavailable": REASON}.

    {"id":1,"shape":{"up":{"delayMs":25,"loss":0.05},"down":{}}}   sets the faults; "up" is from near to far
    {"id":2,"ip":["near","link","set","wire","down"]}              runs ip(8) on a host
    {"id":3,"rebind":true}                                         makes the NAT forget its ports (--nat)
    {"id":4,"stats":true}                                          returns packets, bytes and drops per direction
    {"id":5,"capture":{"count":8,"leastBytes":1000}}               returns the next UDP payloads of near, as hex
"""

import argparse
import json
import os
import random
import selectors
import time

from direction import Direction
from host import Host
from namespace import emit, kill_inside, run_network
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
        # each direction has its own random numbers, so that they do not influence each other
        self.up = Direction(self.near.tun, self.far.tun, random.Random(options.seed), out)
        self.down = Direction(self.far.tun, self.near.tun, random.Random(options.seed + 1), back)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self.near.tun, selectors.EVENT_READ, self.up)
        self._selector.register(self.far.tun, selectors.EVENT_READ, self.down)
        self._selector.register(0, selectors.EVENT_READ, None)
        self._input = b""

    def run(self):
        emit({
            "ready": True,
            "near": {"namespace": self.near.namespace.path, "address": INSIDE if self._nat else PUBLIC},
            "far": {"namespace": self.far.namespace.path, "address": FAR},
        })
        while True:
            due = [at for at in (self.up.next_due(), self.down.next_due()) if at is not None]
            timeout = max(0.0, min(due) - time.monotonic()) if due else None
            for key, _ in self._selector.select(timeout):
                if key.data is not None:
                    self._read(key.data)
                elif not self._read_commands():
                    return
            now = time.monotonic()
            self.up.send_due(now)
            self.down.send_due(now)

    def close(self):
        kill_inside(host.namespace for host in (self.near, self.far))

    @staticmethod
    def _read(direction):
        for _ in range(64):  # then other sources get their turn
            try:
                packet = os.read(direction.source, 65536)
            except OSError:
                return
            if packet[0] >> 4 == 4:
                direction.take(packet, time.monotonic())

    def _read_commands(self):
        """Runs the commands that have arrived; returns False at the end of stdin."""
        read = os.read(0, 65536)
        *lines, self._input = (self._input + read).split(b"\n")
        for line in lines:
            command = json.loads(line)
            number = command.pop("id")
            try:
                self._run_command(number, command)
            except (ValueError, KeyError, TypeError) as error:
                emit({"id": number, "error": str(error)})
        return read != b""

    def _run_command(self, number, command):
        answer = {"id": number}
        if "shape" in command:
            for name, shape in command["shape"].items():
                {"up": self.up, "down": self.down}[name].set(shape)
        elif "ip" in command:
            host, *arguments = command["ip"]
            error = {"near": self.near, "far": self.far}[host].ip(arguments)
            if error is not None:
                answer["error"] = error
        elif "rebind" in command and self._nat:
            self._nat.rebind()
        elif "stats" in command:
            answer["stats"] = {"up": self.up.counts, "down": self.down.counts}
        elif "capture" in command:
            self._capture(answer, **command["capture"])
            return
        else:
            answer["error"] = f"unknown command {', '.join(command)}"
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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nat", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    run_network(lambda: Network(options), ("ip", "nsenter"))


main()
