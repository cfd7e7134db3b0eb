"""Sends a server what is no QUIC: udp_flood.py ADDRESS PORT PACKETS, with {"seed":1,"initials":["hex"]} on stdin.

A third of the packets are random bytes, a third look like the long header of QUIC 1, and a third are first packets of real
dials, cut short or with wrong bits, each from one of a few sockets.
"""

import json
import random
import socket
import struct
import sys


def main():
    address, port, packets = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    command = json.loads(sys.stdin.readline())
    dice = random.Random(command["seed"])
    initials = [bytes.fromhex(text) for text in command["initials"]]
    makers = [random_bytes, long_header, lambda dice: spoiled(dice, initials)]
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(16)]
    for index in range(packets):
        sockets[index % 16].sendto(makers[index % 3](dice), (address, port))
    print(json.dumps({"sent": packets}), flush=True)


def random_bytes(dice):
    return dice.randbytes(dice.randrange(1, 1400))


def long_header(dice):
    ids = b"".join(bytes([size]) + dice.randbytes(size) for size in (dice.randrange(21), 8))
    return bytes([0xC0 | dice.randrange(64)]) + struct.pack("!I", 1) + ids + random_bytes(dice)


def spoiled(dice, initials):
    packet = bytearray(dice.choice(initials))
    if dice.random() < 0.5:
        return bytes(packet[: dice.randrange(1, len(packet))])
    for _ in range(dice.randrange(1, 8)):
        packet[dice.randrange(len(packet))] ^= 1 << dice.randrange(8)
    return bytes(packet)


main()
