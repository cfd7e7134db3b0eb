"""One direction of a wire."""

import heapq
import itertools
import os

from udp_packet import corrupt

SHAPE = {
    "delayMs": 0,
    "jitterMs": 0,  # added or subtracted at random, so that packets overtake each other
    "loss": 0,
    "duplicate": 0,
    "reorder": 0,  # share of packets that are not delayed
    "corrupt": 0,  # share of packets with one wrong bit and no checksum
    "kbitPerS": 0,  # 0: no limit
    "queueMs": 500,  # packets that wait longer in the queue are dropped
    "dropLongerThan": 0,  # bytes of the IP packet; 0: no limit
    "drop": False,  # drop all packets
}


class Direction:
    """One direction of the wire. It reads packets, applies the faults of its shape, and writes them."""

    def __init__(self, source, target, rng, translate):
        self.source, self.target, self._rng, self._translate = source, target, rng, translate
        self.shape = dict(SHAPE)
        self.counts = {"packets": 0, "bytes": 0, "dropped": 0}
        self._free_at = 0.0
        self._waiting = []
        self._order = itertools.count()
        self.watch = None

    def set(self, shape):
        unknown = set(shape) - set(SHAPE)
        if unknown:
            raise ValueError(f"unknown property of a shape: {', '.join(sorted(unknown))}")
        self.shape = {**SHAPE, **shape}

    def take(self, packet, now):
        packet = self._translate(packet)
        if packet is None or self._is_lost(packet):
            self.counts["dropped"] += 1
            return
        if self.watch is not None:
            self.watch(packet)
        if self._chance("corrupt"):
            packet = corrupt(packet, self._rng)
        starts = max(now, self._free_at)
        if (starts - now) * 1000 > self.shape["queueMs"]:
            self.counts["dropped"] += 1
            return
        rate = self.shape["kbitPerS"]
        if rate > 0:
            starts += len(packet) * 8 / (rate * 1000)
            self._free_at = starts
        for _ in range(2 if self._chance("duplicate") else 1):
            heapq.heappush(self._waiting, (starts + self._delay(), next(self._order), packet))

    def send_due(self, now):
        while self._waiting and self._waiting[0][0] <= now:
            packet = heapq.heappop(self._waiting)[2]
            try:
                os.write(self.target, packet)
                self.counts["packets"] += 1
                self.counts["bytes"] += len(packet)
            except OSError:
                self.counts["dropped"] += 1  # the link is down, or its queue is full

    def next_due(self):
        return self._waiting[0][0] if self._waiting else None

    def _is_lost(self, packet):
        longest = self.shape["dropLongerThan"]
        return self.shape["drop"] or 0 < longest < len(packet) or self._chance("loss")

    def _chance(self, name):
        return self.shape[name] > 0 and self._rng.random() < self.shape[name]

    def _delay(self):
        if self._chance("reorder"):
            return 0.0
        jitter = self.shape["jitterMs"]
        off = self._rng.uniform(-jitter, jitter) if jitter > 0 else 0
        return max(0.0, self.shape["delayMs"] + off) / 1000
