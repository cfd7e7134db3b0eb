"""Sends a server packets that are not valid QUIC: udp_flood.py ADDRESS PORT PACKETS.

Reads {"seed":1,"initials":["hex"]} from stdin. A third of the packets are random bytes, a third begin like the
long header of QUIC 1, and a third are first packets of real dials that are cut short or have wrong bits. They
come from a few sockets.
"""

import json
import random
import socket
import struct
import sys


def main():
    address, port, packets = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    command = json.loads(sys.stdin.readline())
    rng = random.Random(command["seed"])
    initials = [bytes.fromhex(text) for text in command["initials"]]
    makers = [random_bytes, long_header, lambda rng: corrupted(rng, initials)]
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(16)]
    for index in range(packets):
        sockets[index % 16].sendto(makers[index % 3](rng), (address, port))
    print(json.dumps({"sent": packets}), flush=True)


def random_bytes(rng):
    return rng.randbytes(rng.randrange(1, 1400))


def long_header(rng):
    ids = b"".join(bytes([size]) + rng.randbytes(size) for size in (rng.randrange(21), 8))
    return bytes([0xC0 | rng.randrange(64)]) + struct.pack("!I", 1) + ids + random_bytes(rng)


def corrupted(rng, initials):
    packet = bytearray(rng.choice(initials))
    if rng.random() < 0.5:
        return bytes(packet[: rng.randrange(1, len(packet))])
    for _ in range(rng.randrange(1, 8)):
        packet[rng.randrange(len(packet))] ^= 1 << rng.randrange(8)
    return bytes(packet)


main()
