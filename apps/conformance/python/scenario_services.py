"""The services of the scenarios unary-echo and server-stream, which the Python project describes.

They have the contract ids of src/rows/scenarios.ts. This module must not postpone annotations, see
conformance_types.py.
"""

from dataclasses import dataclass
from typing import AsyncIterator

import pyfory
from aster.codec import wire_type
from aster.decorators import rpc, server_stream, service


@wire_type("echo/EchoRequest")
@dataclass
class EchoRequest:
    message: str = ""


@wire_type("echo/EchoResponse")
@dataclass
class EchoResponse:
    reply: str = ""


@service(name="Echo", version=1)
class Echo:
    @rpc
    async def echo(self, request: EchoRequest) -> EchoResponse:
        return EchoResponse(reply=request.message)


@wire_type("counter/CountRequest")
@dataclass
class CountRequest:
    count: pyfory.int32 = 0


@wire_type("counter/CountItem")
@dataclass
class CountItem:
    value: pyfory.int32 = 0


@service(name="Counter", version=1)
class Counter:
    @server_stream
    async def count_up(self, request: CountRequest) -> AsyncIterator[CountItem]:
        for value in range(1, request.count + 1):
            yield CountItem(value=value)
