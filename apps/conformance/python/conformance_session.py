"""The conformance service in sessions, on the Python package.

It has the contract id of `ConformanceSession` in src/service/definitions.ts.
"""

import asyncio
from typing import Callable, List, Optional

from aster.decorators import rpc, service
from aster.status import RpcError, StatusCode

from conformance_service import Conformance, ServedCall
from conformance_types import Reply, Request

# called at the end of every session with its tag
ON_CLOSE: List[Callable[[str], None]] = []


@service(name="aster.conformance.ConformanceSession", version=1, scoped="session")
class ConformanceSession(Conformance):
    def __init__(self, peer: Optional[str] = None) -> None:
        self.tag = ""
        self.counted = ServedCall()
        self.running = False

    @rpc
    async def count(self, request: Request) -> Reply:
        if self.running:
            raise RpcError(StatusCode.INTERNAL, "two calls at a time")
        self.running = True
        self.tag = request.tag
        self.counted.take(request)
        await asyncio.sleep(request.delay_ms / 1000)
        self.running = False
        return self.counted.reply_with(self.counted.written(b""))

    def on_session_close(self) -> None:
        for callback in ON_CLOSE:
            callback(self.tag)
