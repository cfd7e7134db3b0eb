"""The conformance service on the Python package.

It has the methods and the contract id of `Conformance` in src/service/definitions.ts.
"""

import asyncio
import base64
from typing import Any, AsyncIterator, Dict, List, Optional

from aster.decorators import bidi_stream, client_stream, rpc, server_stream, service
from aster.status import RpcError, StatusCode

from call_context import CURRENT_CALL
from conformance_types import Empty, Pair, Reply, Request


def noise(size: int) -> bytes:
    """Returns the noise of src/service/generated-bytes.ts."""
    state = 0x2545F491
    made = bytearray(size)
    for index in range(size):
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        made[index] = state & 0xFF
    return bytes(made)


# the attempts of each call whose first ones are to fail
ATTEMPTS: Dict[str, int] = {}


class ServedCall:
    """One call that a handler serves."""

    def __init__(self) -> None:
        self.plan = Request()
        self.items = 0
        self.total = 0
        # in JSON mode the Python package passes bytes as the base64 text of the peer; replies need
        # the same form
        self.text = False

    def take(self, request: Request) -> None:
        self.items += 1
        if self.items == 1:
            self.fail_first(request.tag)
        self.text = isinstance(request.payload, str)
        payload: Any = request.payload
        self.total += len(base64.b64decode(payload) if self.text else payload)
        if self.plan.code == 0:
            self.plan = request

    def fail_first(self, tag: str) -> None:
        """Fails as many attempts of a call as its metadata say."""
        failures = int(CURRENT_CALL.get().metadata.get("fail-first", "0"))
        if failures == 0:
            return
        ATTEMPTS[tag] = ATTEMPTS.get(tag, 0) + 1
        if ATTEMPTS[tag] <= failures:
            raise RpcError.from_status(StatusCode.UNAVAILABLE, f"attempt {ATTEMPTS[tag]}", {})

    def payloads(self, plan: Request) -> List[Any]:
        made = [noise(size) if plan.noise else bytes(size) for size in plan.sizes]
        return list(plan.data) + [self.written(payload) for payload in made]

    def written(self, payload: bytes) -> Any:
        return base64.b64encode(payload).decode() if self.text else payload

    def reply_with(self, payload: Any) -> Reply:
        call = CURRENT_CALL.get()
        remaining = call.remaining_seconds
        roles = [role.strip() for role in call.attributes.get("aster.role", "").split(",")]
        return Reply(
            payload=payload,
            items=self.items,
            bytes=self.total,
            metadata=[Pair(key=key, value=value) for key, value in call.metadata.items()],
            remaining_ms=-1 if remaining is None else int(remaining * 1000),
            peer=call.peer or "",
            roles=[role for role in roles if role],
        )

    async def replies(self, plan: Request) -> AsyncIterator[Reply]:
        for payload in self.payloads(plan):
            await asyncio.sleep(plan.delay_ms / 1000)
            yield self.reply_with(payload)

    async def reply(self) -> Reply:
        await asyncio.sleep(self.plan.delay_ms / 1000)
        await self.finish()
        payloads = self.payloads(self.plan)
        return self.reply_with(payloads[0] if payloads else self.written(b""))

    async def finish(self) -> None:
        await asyncio.sleep(self.plan.hold_ms / 1000)
        if self.plan.code != 0:
            # in JSON mode the pairs are dictionaries
            details = {
                pair["key"] if isinstance(pair, dict) else pair.key: (
                    pair["value"] if isinstance(pair, dict) else pair.value
                )
                for pair in self.plan.details
            }
            raise RpcError.from_status(StatusCode(self.plan.code), self.plan.message, details)


@service(name="aster.conformance.Conformance", version=1)
class Conformance:
    @rpc
    async def unary(self, request: Request) -> Reply:
        call = ServedCall()
        call.take(request)
        return await call.reply()

    @server_stream
    async def serverStream(self, request: Request) -> AsyncIterator[Reply]:
        call = ServedCall()
        call.take(request)
        async for reply in call.replies(request):
            yield reply
        await call.finish()

    @client_stream
    async def clientStream(self, requests: AsyncIterator[Request]) -> Reply:
        call = ServedCall()
        async for request in requests:
            call.take(request)
        return await call.reply()

    @bidi_stream
    async def bidiStream(self, requests: AsyncIterator[Request]) -> AsyncIterator[Reply]:
        call = ServedCall()
        later: List[Request] = []
        async for request in requests:
            call.take(request)
            if request.full_duplex:
                async for reply in call.replies(request):
                    yield reply
                if request.code != 0:
                    break
            else:
                later.append(request)
        for request in later:
            async for reply in call.replies(request):
                yield reply
        await call.finish()

    @rpc
    async def emptyUnary(self, request: Empty) -> Empty:
        return Empty()

    @server_stream
    async def emptyServerStream(self, request: Empty) -> AsyncIterator[Empty]:
        yield Empty()
        yield Empty()

    @client_stream
    async def emptyClientStream(self, requests: AsyncIterator[Empty]) -> Empty:
        async for _ in requests:
            pass
        return Empty()

    @bidi_stream
    async def emptyBidiStream(self, requests: AsyncIterator[Empty]) -> AsyncIterator[Empty]:
        async for request in requests:
            yield request
