"""The wheel as the client of conformance rows, driven over stdin and stdout, one JSON object a line.

{"id", "op": "connect", "name", "address"} and {"id", "op": "call", "name", "via": "typed" | "proxy", "method", "steps",
"timeout"?, "metadata"?, "session"?} are answered by {"id", "result"} or {"id", "error"}. A call gives {"replies", "error"?, "ms"}; the steps are those
of src/conformance/steps.ts, as far as wheel-dialect.ts lets them through. With a tag for it the call is made in a session of its own, and
"next" says how another one went after it. Commands run side by side.
"""

import asyncio
import os
import time
from typing import Any, AsyncIterator, Dict, List, Optional

os.environ.setdefault("ASTER_RELAY_MODE", "disabled")

from aster.runtime import AsterClient  # noqa: E402

import commands  # noqa: E402
from conformance_drive_session import SessionCaller  # noqa: E402
from conformance_service import Conformance  # noqa: E402
from conformance_types import Empty, Request  # noqa: E402
from drive_errors import described  # noqa: E402
from values import build, from_json, to_json  # noqa: E402

SERVICE = "aster.conformance.Conformance"
CLIENTS: Dict[str, AsterClient] = {}
TYPED: Dict[str, Any] = {}
END = object()


class Caller:
    """Goes through the steps of one call."""

    def __init__(self, command: Dict[str, Any], replies: List[Any]) -> None:
        self.replies = replies
        self.proxy = command["via"] == "proxy"
        self.method = command["method"]
        self.steps = command["steps"]
        self.options = {} if self.proxy else {
            "timeout": command.get("timeout"),
            "metadata": command.get("metadata"),
        }
        source = CLIENTS[command["name"]].proxy(SERVICE) if self.proxy else TYPED[command["name"]]
        self.stub = getattr(source, self.method)
        self.lower = self.method.lower()

    def message(self, step: Dict[str, Any]) -> Any:
        if self.proxy:
            return step["request"]
        cls = Empty if self.lower.startswith("empty") else Request
        return build(cls, from_json(step["request"]))

    async def run(self) -> None:
        if "bidi" in self.lower:
            await self.bidi()
        elif "serverstream" in self.lower:
            await self.server_stream()
        elif "clientstream" in self.lower:
            await self.single(self.collected())
        else:
            await self.single(self.message(self.steps[0]), self.steps[1:])

    async def single(self, request: Any, steps: Optional[List[Any]] = None) -> None:
        task = asyncio.ensure_future(self.stub(request, **self.options))
        for step in steps if steps is not None else self.steps:
            if step["do"] == "cancel":
                task.cancel()
            elif step["do"] == "wait":
                await asyncio.sleep(step["ms"] / 1000)
            elif step["do"] == "handled":
                await asyncio.sleep(0.2)
        self.replies.append(await task)

    async def collected(self) -> AsyncIterator[Any]:
        for step in self.steps:
            if step["do"] == "send":
                yield self.message(step)
        if not any(step["do"] == "finish" for step in self.steps):
            # the row does not end them: longer than anything that the row waits for
            await asyncio.sleep(8)

    async def server_stream(self) -> None:
        request = self.message(self.steps[0])
        stream = self.stub.stream(request) if self.proxy else self.stub(request, **self.options)
        for step in self.steps[1:]:
            if step["do"] == "receive":
                for _ in range(step["replies"]):
                    self.replies.append(await stream.__anext__())
            elif step["do"] == "leave":
                await stream.aclose()
                return
        async for reply in stream:
            self.replies.append(reply)

    async def bidi(self) -> None:
        if self.proxy:
            proxied = self.stub.bidi()
            await proxied.open()
            # its own iterator calls a method that the wheel's channel does not have
            channel = proxied._channel
        else:
            channel = self.stub(**self.options)
        # a channel that is closed before its first message would never open, and so never end
        await channel.__aenter__()
        for step in self.steps:
            if step["do"] == "send":
                await channel.send(self.message(step))
            elif step["do"] == "finish":
                await channel.close()
            elif step["do"] == "receive":
                for _ in range(step["replies"]):
                    self.replies.append(await channel.recv())
        while (reply := await channel.recv()) is not None:
            self.replies.append(reply)


async def connect(command: Dict[str, Any]) -> str:
    """name, address → our endpoint id."""
    client = AsterClient(address=command["address"])
    await client.connect()
    CLIENTS[command["name"]] = client
    TYPED[command["name"]] = await client.client(Conformance)
    await client.proxy(SERVICE)._ensure_transport()
    return client._node.node_id()


async def call(command: Dict[str, Any]) -> Any:
    replies: List[Any] = []
    error = None
    started = time.monotonic()
    following = None
    try:
        if command.get("session") is None:
            await Caller(command, replies).run()
        else:
            caller = SessionCaller(CLIENTS[command["name"]], command)
            error, following = await caller.run(replies)
            following["replies"] = [to_json(r) for r in following["replies"]]
    except asyncio.CancelledError:
        error = {"type": "CancelledError", "code": 1, "message": ""}
    except Exception as problem:
        error = described(problem)
    took = round((time.monotonic() - started) * 1000, 1)
    return {
        "replies": [to_json(r) for r in replies],
        "error": error,
        "ms": took,
        "next": following,
    }


OPERATIONS = {"connect": connect, "call": call}


asyncio.run(commands.serve(OPERATIONS, CLIENTS))
