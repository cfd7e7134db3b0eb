"""The Testkit service on the Python package.

It has the methods and the contract id of apps/testkit/src/services/testkit.ts.
"""

import asyncio
from typing import AsyncIterator

from aster.decorators import bidi_stream, client_stream, rpc, server_stream, service
from aster.rpc_types import SerializationMode
from aster.status import RpcError, StatusCode

from call_context import CURRENT_CALL
from testkit_types import (
    CountReply,
    CountRequest,
    EchoReply,
    EchoRequest,
    FailRequest,
    SleepReply,
    SleepRequest,
    SumReply,
)


def reply_to(request: EchoRequest) -> EchoReply:
    call = CURRENT_CALL.get()
    remaining = call.remaining_seconds
    roles = [role.strip() for role in call.attributes.get("aster.role", "").split(",")]
    return EchoReply(
        text=request.text,
        number=request.number,
        ratio=request.ratio,
        flag=request.flag,
        blob=request.blob,
        tags=request.tags,
        attributes=request.attributes,
        inner=request.inner,
        points=request.points,
        peer=call.peer or "",
        roles=[role for role in roles if role],
        remaining_ms=-1 if remaining is None else int(remaining * 1000),
        metadata=call.metadata,
    )


async def counted(request: CountRequest) -> AsyncIterator[CountReply]:
    for n in range(request.start, request.end):
        if request.delay_ms > 0:
            await asyncio.sleep(request.delay_ms / 1000)
        yield CountReply(n=n, payload=bytes(request.size))


@service(
    name="Testkit",
    version=1,
    serialization=[
        SerializationMode.XLANG,
        SerializationMode.NATIVE,
        SerializationMode.ROW,
        SerializationMode.JSON,
    ],
)
class Testkit:
    @rpc
    async def echo(self, request: EchoRequest) -> EchoReply:
        return reply_to(request)

    @rpc
    async def fail(self, request: FailRequest) -> EchoReply:
        raise RpcError.from_status(
            StatusCode(request.code), request.message, {"after": str(request.after)}
        )

    @rpc(idempotent=True)
    async def sleep(self, request: SleepRequest) -> SleepReply:
        await asyncio.sleep(request.ms / 1000)
        return SleepReply(ms=request.ms)

    @server_stream
    async def count(self, request: CountRequest) -> AsyncIterator[CountReply]:
        async for item in counted(request):
            yield item

    @client_stream
    async def sum(self, requests: AsyncIterator[CountReply]) -> SumReply:
        reply = SumReply()
        async for item in requests:
            reply.total += item.n
            reply.items += 1
        return reply

    @bidi_stream
    async def chat(self, requests: AsyncIterator[EchoRequest]) -> AsyncIterator[EchoReply]:
        async for request in requests:
            yield reply_to(request)

    @server_stream
    async def failing_count(self, request: CountRequest) -> AsyncIterator[CountReply]:
        async for item in counted(request):
            yield item
        raise RpcError(StatusCode.FAILED_PRECONDITION, "enough")

    @server_stream(serialization=SerializationMode.ROW)
    async def rows(self, request: CountRequest) -> AsyncIterator[CountReply]:
        async for item in counted(request):
            yield item

    @rpc(requires="admin")
    async def admin(self, request: SleepRequest) -> SleepReply:
        await asyncio.sleep(request.ms / 1000)
        return SleepReply(ms=request.ms)
