"""The Python package as the client of conformance rows, with commands as JSON lines.

Commands run concurrently and are answered by {"id", "result"} or {"id", "error"}:

    {"id", "op": "connect", "name", "address"}
    {"id", "op": "call", "name", "via": "typed" | "proxy", "method", "steps", "timeout"?, "metadata"?, "session"?}

The result of a call is {"replies", "error"?, "ms", "next"?}. The steps are those of src/row-kinds/step.ts
that src/targets/python-support.ts allows. "session" is a tag: the call is then made in a session of its
own, and "next" is the result of a second call in that session.
"""

import asyncio
import os
import time
from typing import Any, AsyncIterator, Dict, List, Optional

os.environ.setdefault("ASTER_RELAY_MODE", "disabled")

from aster.runtime import AsterClient  # noqa: E402

import commands  # noqa: E402
from drive_session import SessionCaller  # noqa: E402
from conformance_service import Conformance  # noqa: E402
from conformance_types import Empty, Request  # noqa: E402
from error_json import described  # noqa: E402
from values import build, from_json, to_json  # noqa: E402

SERVICE = "aster.conformance.Conformance"
CLIENTS: Dict[str, AsterClient] = {}
TYPED: Dict[str, Any] = {}
END = object()


class Caller:
    """Runs the steps of one call."""

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
            # the row leaves the requests open: wait longer than the row takes
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
            # the iterator of the proxy calls a method that the channel does not have
            channel = proxied._channel
        else:
            channel = self.stub(**self.options)
        # a channel that is closed before its first message never opens and therefore never ends
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
    """Takes name and address; returns the endpoint id of the client."""
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
