"""JSON lines on stdin and stdout, one object each; everything the wheel prints goes to stderr."""

import asyncio
import json
import os
import sys
import threading
from typing import Any, AsyncIterator, Callable


def claim_stdout() -> Callable[[Any], None]:
    """Keeps stdout for our own lines and points everybody else's prints at stderr."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr

    def emit(value: Any) -> None:
        out.write(json.dumps(value, separators=(",", ":")) + "\n")
        out.flush()

    return emit


async def read_lines() -> AsyncIterator[Any]:
    """Yields what arrives on stdin; ends with it, so that no process outlives the one that started it."""
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
