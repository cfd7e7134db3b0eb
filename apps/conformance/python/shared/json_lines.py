"""JSON lines on stdin and stdout, one object each. All other output goes to stderr."""

import asyncio
import json
import os
import sys
import threading
from typing import Any, AsyncIterator, Callable


def claim_stdout() -> Callable[[Any], None]:
    """Reserves stdout for JSON lines and redirects other output to stderr; returns the print function."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr

    def emit(value: Any) -> None:
        out.write(json.dumps(value, separators=(",", ":")) + "\n")
        out.flush()

    return emit


async def read_lines() -> AsyncIterator[Any]:
    """Yields the lines of stdin until it ends, so that the process ends with the one that started it."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue = asyncio.Queue()

    def pump() -> None:
        for line in sys.stdin:
            if line.strip():
                loop.call_soon_threadsafe(queue.put_nowait, line)
        loop.call_soon_threadsafe(queue.put_nowait, None)

    threading.Thread(target=pump, daemon=True).start()
    while (line := await queue.get()) is not None:
        yield json.loads(line)
