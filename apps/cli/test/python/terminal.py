"""Runs a command under a pseudo-terminal: terminal.py STEPS COMMAND ARGUMENT…

STEPS is a JSON list of pairs: a text to wait for on the screen, and the keys to press then, or the
new size of the terminal as columns and rows. The result is a line of JSON with the exit code and the whole screen.
"""

import fcntl
import json
import os
import pty
import signal
import struct
import sys
import termios
import time

LIMIT_SECONDS = 75


def main() -> None:
    steps = json.loads(sys.argv[1])
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[2], sys.argv[2:])
    signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
    signal.alarm(LIMIT_SECONDS)
    screen = b""
    seen = 0
    while True:
        while steps and steps[0][0].encode() in screen[seen:]:
            wanted, keys = steps.pop(0)
            seen = screen.index(wanted.encode(), seen) + len(wanted.encode())
            # the prompt reads keys a moment after it is drawn
            time.sleep(0.2)
            if isinstance(keys, str):
                os.write(terminal, keys.encode())
            else:
                size = struct.pack("HHHH", keys[1], keys[0], 0, 0)
                fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)
        try:
            part = os.read(terminal, 65536)
        except OSError:
            break
        if part == b"":
            break
        screen += part
    _, status = os.waitpid(pid, 0)
    result = {
        "code": os.waitstatus_to_exitcode(status),
        "screen": screen.decode(errors="replace"),
        "missed": [wanted for wanted, _ in steps],
    }
    print(json.dumps(result))


main()
