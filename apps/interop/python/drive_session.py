"""The session operations of drive.py: openSession, inSession, beginCall, cancelCall and closeSession."""

import asyncio
from typing import Any, AsyncIterator, Dict, List

from aster.json_codec import JsonProxyCodec
from aster.runtime import AsterClient

from counter_service import Counter
from counter_types import AddRequest, Empty
from error_json import described
from values import build, from_json, to_json

REQUEST_TYPES = {
    "add": AddRequest,
    "total": Empty,
    "history": Empty,
    "add_all": AddRequest,
    "boom": AddRequest,
}


class Sessions:
    def __init__(self, clients: Dict[str, AsterClient]) -> None:
        self.clients = clients
        self.opened: Dict[str, Any] = {}
        self.begun: Dict[str, "asyncio.Task[Any]"] = {}

    async def openSession(self, command: Dict[str, Any]) -> Any:
        """Takes name, session (a name for it) and via ("typed" | "json" | "proxy")."""
        client = self.clients[command["name"]]
        if command["via"] == "proxy":
            session = await client.session("Counter")
        elif command["via"] == "json":
            session = await client.client(Counter, codec=JsonProxyCodec())
        else:
            session = await client.client(Counter)
        self.opened[command["session"]] = session

    async def inSession(self, command: Dict[str, Any]) -> Any:
        """Takes session, method, requests and metadata?; returns {replies, error?}."""
        session = self.opened[command["session"]]
        method = command["method"]
        requests = [from_json(r) for r in command["requests"]]
        replies: Any = []
        error = None
        try:
            # proxies support unary methods only
            if hasattr(type(session), "call"):
                replies = await getattr(session, method)(requests[0])
            else:
                stub = getattr(session, method)
                built = [build(REQUEST_TYPES[method], r) for r in requests]
                replies = await stub(
                    each(built) if method == "add_all" else built[0],
                    metadata=command.get("metadata"),
                )
        except Exception as problem:
            error = described(problem)
        replies = replies if isinstance(replies, list) else [replies]
        return {"replies": [to_json(r) for r in replies], "error": error}

    async def beginCall(self, command: Dict[str, Any]) -> Any:
        """Takes session and requests. Begins an add_all call and sends these requests."""
        session = self.opened[command["session"]]
        sent = asyncio.Event()

        async def requests() -> AsyncIterator[Any]:
            for request in command["requests"]:
                yield build(AddRequest, from_json(request))
            sent.set()
            await asyncio.Event().wait()

        self.begun[command["session"]] = asyncio.create_task(session.add_all(requests()))
        await sent.wait()

    async def cancelCall(self, command: Dict[str, Any]) -> Any:
        """Takes session. Cancels the begun call and waits until the server has answered."""
        # session.cancel() waits for the running call, so the call is cancelled first
        call = self.begun.pop(command["session"])
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        await self.opened[command["session"]].cancel()

    async def closeSession(self, command: Dict[str, Any]) -> Any:
        """Takes session; closes it."""
        await self.opened.pop(command["session"]).close()


async def each(items: List[Any]) -> AsyncIterator[Any]:
    for item in items:
        yield item
