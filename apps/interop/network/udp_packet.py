"""IPv4 packets with UDP, as bytes."""

import socket
import struct

UDP = 17


def udp_at(packet):
    """Returns the offset of the UDP header, or None for other packets and fragments."""
    if packet[9] != UDP or struct.unpack_from("!H", packet, 6)[0] & 0x3FFF:
        return None
    return (packet[0] & 0x0F) * 4


def payload_of(packet):
    at = udp_at(packet)
    return None if at is None else packet[at + 8 :]


def corrupt(packet, rng):
    """Flips one bit of the payload and removes the UDP checksum, so that only QUIC can detect it."""
    at = udp_at(packet)
    if at is None or len(packet) <= at + 8:
        return packet
    corrupted = bytearray(packet)
    corrupted[rng.randrange(at + 8, len(packet))] ^= 1 << rng.randrange(8)
    struct.pack_into("!H", corrupted, at + 6, 0)
    return bytes(corrupted)


def readdress(packet, at, source=None, target=None):
    """Returns the packet with another source or target, each (address, port)."""
    changed = bytearray(packet)
    for end, address_at, port_at in ((source, 12, at), (target, 16, at + 2)):
        if end is not None:
            changed[address_at : address_at + 4] = socket.inet_aton(end[0])
            struct.pack_into("!H", changed, port_at, end[1])
    struct.pack_into("!H", changed, 10, 0)
    struct.pack_into("!H", changed, 10, checksum(changed[: (changed[0] & 0x0F) * 4]))
    struct.pack_into("!H", changed, at + 6, 0)
    return bytes(changed)


def checksum(header):
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
