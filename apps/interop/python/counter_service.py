"""The Counter service on the Python package.

It has the methods and the contract id of apps/testkit/src/services/counter.ts.
"""

from typing import AsyncIterator, Callable, List, Optional

from aster.decorators import client_stream, rpc, server_stream, service
from aster.status import RpcError, StatusCode

from counter_types import AddRequest, Empty, Total

# called at the end of every session with the peer and the total
ON_CLOSE: List[Callable[[str, int], None]] = []


@service(name="Counter", version=1, scoped="session")
class Counter:
    def __init__(self, peer: Optional[str] = None) -> None:
        self.peer = peer or ""
        self.totals: List[int] = []

    def current(self) -> Total:
        return Total(total=self.totals[-1] if self.totals else 0, peer=self.peer)

    def put(self, n: int) -> None:
        self.totals.append(self.current().total + n)

    @rpc
    async def add(self, request: AddRequest) -> Total:
        self.put(request.n)
        return self.current()

    @rpc
    async def total(self, request: Empty) -> Total:
        return self.current()

    @server_stream
    async def history(self, request: Empty) -> AsyncIterator[Total]:
        for total in list(self.totals):
            yield Total(total=total, peer=self.peer)

    @client_stream
    async def add_all(self, requests: AsyncIterator[AddRequest]) -> Total:
        async for request in requests:
            self.put(request.n)
        return self.current()

    @rpc
    async def boom(self, request: AddRequest) -> Total:
        raise RpcError(StatusCode.ABORTED, "boom")

    def on_session_close(self) -> None:
        for callback in ON_CLOSE:
            callback(self.peer, self.current().total)
