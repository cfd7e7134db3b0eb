"""A network namespace with one interface, a TUN device."""

import ctypes
import fcntl
import os
import struct
import subprocess

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x1001
DEVICE = "wire"


class Unavailable(Exception):
    """The reason for which this machine cannot have such a network."""


class Host:
    """One host: a namespace with its TUN device."""

    def __init__(self, address):
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
            raise Unavailable(f"no network namespace: {os.strerror(ctypes.get_errno())}")
        self.namespace = os.open("/proc/self/ns/net", os.O_RDONLY)
        try:
            self.tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(self.tun, TUNSETIFF, struct.pack("16sH22x", DEVICE.encode(), IFF_TUN_NO_PI))
        except OSError as error:
            raise Unavailable(f"no TUN device: {error}") from error
        for name in ("ipv6/conf/all/disable_ipv6", "ipv4/conf/all/promote_secondaries"):
            self._sysctl(name)
        self._ip("link", "set", "lo", "up")
        self._ip("link", "set", DEVICE, "txqueuelen", "4000", "up")
        self._ip("address", "add", f"{address}/24", "dev", DEVICE)
        # iroh waits for a default route before it considers the network ready
        self._ip("route", "add", "default", "dev", DEVICE)

    @staticmethod
    def _sysctl(name):
        try:
            with open(f"/proc/sys/net/{name}", "w", encoding="ascii") as file:
                file.write("1")
        except OSError:
            pass  # the kernel lacks the setting

    @staticmethod
    def _ip(*arguments):
        done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Unavailable(f"ip {' '.join(arguments)}: {done.stderr.strip()}")

    @property
    def path(self):
        return f"/proc/{os.getpid()}/fd/{self.namespace}"

    def ip(self, arguments):
        """Runs ip(8) in the namespace; returns its error output, or None."""
        command = ["nsenter", f"--net={self.path}", "ip", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return None if done.returncode == 0 else done.stderr.strip()
