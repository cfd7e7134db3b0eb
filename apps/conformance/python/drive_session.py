"""The session calls of drive.py."""

from typing import Any, AsyncIterator, Dict, List, Tuple

from aster.runtime import AsterClient

from conformance_session import ConformanceSession
from conformance_types import Empty, Request
from error_json import described
from values import build, from_json

SERVICE = "aster.conformance.ConformanceSession"


class SessionCaller:
    """One session with the call of a row and a second call after it."""

    def __init__(self, client: AsterClient, command: Dict[str, Any]) -> None:
        self.client = client
        self.proxy = command["via"] == "proxy"
        self.method = command["method"]
        self.tag = command["session"]
        self.requests = [step["request"] for step in command["steps"] if step["do"] == "send"]
        self.options = {} if self.proxy else {"metadata": command.get("metadata")}

    async def run(self, replies: List[Any]) -> Tuple[Any, Any]:
        """Appends the replies; returns the error of the call, if any, and the result of the second call."""
        if self.proxy:
            self.session = await self.client.session(SERVICE)
        else:
            self.session = await self.client.client(ConformanceSession)
        error = None
        try:
            await self.call(replies)
        except Exception as problem:
            error = described(problem)
        return error, await self.next()

    async def call(self, replies: List[Any]) -> None:
        stub = getattr(self.session, self.method)
        lower = self.method.lower()
        cls = Empty if lower.startswith("empty") else Request
        requests = [r if self.proxy else build(cls, from_json(r)) for r in self.requests]
        streamed = "clientstream" in lower or "bidi" in lower
        answer = await stub(each(requests) if streamed else requests[0], **self.options)
        # the Python package returns replies when all have arrived
        replies.extend(answer if isinstance(answer, list) else [answer])

    async def next(self) -> Any:
        request = {"tag": self.tag} if self.proxy else Request(tag=self.tag)
        counted: List[Any] = []
        error = None
        try:
            counted.append(await self.session.count(request))
        except Exception as problem:
            error = described(problem)
        await self.session.close()
        return {"replies": counted, "error": error, "ms": 0}


async def each(items: List[Any]) -> AsyncIterator[Any]:
    for item in items:
        yield item
