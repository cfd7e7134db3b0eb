"""Unnamed network namespaces. They exist as long as this process or a process inside them."""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys

CLONE_NEWNET = 0x40000000


class Unavailable(Exception):
    """The reason for which this machine cannot have such a network."""


class Namespace:
    """A new namespace, in which this thread is afterwards."""

    def __init__(self):
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
            raise Unavailable(f"no network namespace: {os.strerror(ctypes.get_errno())}")
        self._file = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.inode = os.fstat(self._file).st_ino

    @property
    def path(self):
        return f"/proc/{os.getpid()}/fd/{self._file}"

    def run(self, *command):
        """Runs a program in the namespace; returns its error output, or None."""
        command = ["nsenter", f"--net={self.path}", *command]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return None if done.returncode == 0 else done.stderr.strip() or f"exit code {done.returncode}"


def set_here(name, value="1"):
    """Sets a value below net in the namespace of this thread, if the kernel has it."""
    try:
        with open(f"/proc/sys/net/{name}", "w", encoding="ascii") as file:
            file.write(value)
    except OSError:
        pass  # the kernel lacks the setting


def ip_here(*arguments):
    """Runs ip(8) in the namespace of this thread."""
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unavailable(f"ip {' '.join(arguments)}: {done.stderr.strip()}")


def kill_inside(namespaces):
    """Kills the processes that still run in the namespaces and would keep them alive."""
    inodes = {namespace.inode for namespace in namespaces}
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            if os.stat(f"/proc/{name}/ns/net").st_ino in inodes:
                os.kill(int(name), signal.SIGKILL)
        except OSError:
            pass  # the process has ended


def emit(value):
    """Prints a line of JSON."""
    print(json.dumps(value), flush=True)


def run_network(make, programs):
    """Makes a network and runs it until a signal; prints why it cannot exist here."""
    try:
        if not sys.platform.startswith("linux"):
            raise Unavailable("network namespaces need Linux")
        if os.geteuid() != 0:
            raise Unavailable("network namespaces need root")
        for program in programs:
            if shutil.which(program) is None:
                raise Unavailable(f"{program} was not found on the PATH")
        network = make()
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
