"""The wheel as a client, driven over stdin and stdout, one JSON object a line.

{"id", "op", …} is answered by {"id", "result"} or {"id", "error": {"type", "code", "message", "details"}}. Commands run side by
side. Operations: connect, admission, call, load, session, contract, close (see the functions below for their fields), and those
of drive_session.py.
"""

import asyncio
import os
import time
from typing import Any, AsyncIterator, Dict, List, Optional, Tuple

os.environ.setdefault("ASTER_RELAY_MODE", "disabled")

from aster import EndpointConfig, IrohNode, net_client  # noqa: E402
from aster.contract.identity import contract_id_from_service  # noqa: E402
from aster.json_codec import JsonProxyCodec  # noqa: E402
from aster.runtime import AsterClient, _coerce_node_addr  # noqa: E402

import commands  # noqa: E402
import testkit_types  # noqa: E402
from counter_service import Counter  # noqa: E402
from drive_errors import described  # noqa: E402
from drive_session import Sessions  # noqa: E402
from testkit_service import Testkit  # noqa: E402
from values import build, from_json, to_json  # noqa: E402

REQUEST_TYPES = {
    "echo": testkit_types.EchoRequest,
    "fail": testkit_types.FailRequest,
    "sleep": testkit_types.SleepRequest,
    "count": testkit_types.CountRequest,
    "sum": testkit_types.CountReply,
    "chat": testkit_types.EchoRequest,
    "failing_count": testkit_types.CountRequest,
    "rows": testkit_types.CountRequest,
}

ADMISSION = b"aster.consumer_admission"

CLIENTS: Dict[str, AsterClient] = {}
TYPED: Dict[Tuple[str, str], Any] = {}


async def connect(command: Dict[str, Any]) -> Any:
    """name, address → the services of the admission reply."""
    client = AsterClient(address=command["address"])
    await client.connect()
    CLIENTS[command["name"]] = client
    if any(service.name == "Testkit" for service in client.services):
        TYPED[command["name"], "typed"] = await client.client(Testkit)
        # what the wheel uses by itself where a server offers JSON only: JSON under a header that says XLANG
        TYPED[command["name"], "typed-json"] = await client.client(Testkit, codec=JsonProxyCodec())
    return [
        {
            "name": service.name,
            "version": service.version,
            "contractId": service.contract_id,
            "channels": service.channels,
            "pattern": service.pattern,
            "modes": list(service.serialization_modes or []),
        }
        for service in client.services
    ]


async def admission(command: Dict[str, Any]) -> Any:
    """address, request (the text to send) → the text of the answer, as it came."""
    node = await IrohNode.memory_with_alpns(
        [ADMISSION], EndpointConfig(alpns=[], relay_mode="disabled")
    )
    try:
        connection = await net_client(node).connect_node_addr(
            _coerce_node_addr(command["address"]), ADMISSION
        )
        send, recv = await connection.open_bi()
        await send.write_all(command["request"].encode())
        await send.finish()
        return bytes(await recv.read_to_end(64 * 1024)).decode()
    finally:
        await node.shutdown()


async def each(items: List[Any]) -> AsyncIterator[Any]:
    for item in items:
        yield item


async def typed_call(command: Dict[str, Any], replies: List[Any]) -> None:
    client = TYPED[command["name"], command["via"]]
    method = command["method"]
    options = {"timeout": command.get("timeout"), "metadata": command.get("metadata")}
    requests = [build(REQUEST_TYPES[method], from_json(r)) for r in command["requests"]]
    stub = getattr(client, method)
    pattern = command["pattern"]
    if pattern == "unary":
        replies.append(await stub(requests[0], **options))
    elif pattern == "clientStream":
        replies.append(await stub(each(requests), **options))
    elif pattern == "serverStream":
        await read(stub(requests[0], **options), command.get("take"), replies)
    else:
        await chat(stub(**options), requests, replies)


async def read(stream: Any, take: Optional[int], replies: List[Any]) -> None:
    """Reads a stream to its end, or leaves it after so many items."""
    async for reply in stream:
        replies.append(reply)
        if len(replies) == take:
            await stream.aclose()
            return


async def chat(channel: Any, requests: List[Any], replies: List[Any]) -> None:
    # a channel that is closed before its first message would never open, and so never end
    await channel.__aenter__()
    for request in requests:
        await channel.send(request)
        replies.append(await channel.recv())
    await channel.close()
    while (reply := await channel.recv()) is not None:
        replies.append(reply)


async def proxy_call(command: Dict[str, Any], replies: List[Any]) -> None:
    proxy = CLIENTS[command["name"]].proxy("Testkit")
    await proxy._ensure_transport()
    # the wheel makes proxies of offered services only; this one may ask for others
    proxy._service_name = command.get("service", "Testkit")
    method = getattr(proxy, command["method"])
    requests = [from_json(r) for r in command["requests"]]
    pattern = command["pattern"]
    if pattern == "unary":
        replies.append(await method(requests[0]))
    elif pattern == "clientStream":
        replies.append(await method(each(requests)))
    elif pattern == "serverStream":
        await read(method.stream(requests[0]), command.get("take"), replies)
    else:
        bidi = method.bidi()
        await bidi.open()
        # its own iterator calls a method that the wheel's channel does not have
        await chat(bidi._channel, requests, replies)


async def call(command: Dict[str, Any]) -> Any:
    """name, via ("typed" | "typed-json" | "proxy"), method, pattern, requests, timeout?, metadata?, service?, take? → {replies, error?, ms}."""
    replies: List[Any] = []
    error = None
    started = time.monotonic()
    try:
        await (proxy_call if command["via"] == "proxy" else typed_call)(command, replies)
    except Exception as problem:
        error = described(problem)
    took = round((time.monotonic() - started) * 1000, 1)
    return {"replies": [to_json(r) for r in replies], "error": error, "ms": took}


async def load(command: Dict[str, Any]) -> Any:
    """As call, n times at once with "number" counting up → the numbers that came back, and how many calls failed."""

    async def one(n: int) -> Any:
        request = {**command["request"], "number": n}
        return await call({**command, "requests": [request], "pattern": "unary"})

    results = await asyncio.gather(*(one(n) for n in range(command["n"])))
    good = [r for r in results if r["error"] is None]
    return {
        "numbers": [r["replies"][0]["number"] for r in good],
        "errors": [r["error"] for r in results if r["error"] is not None],
    }


async def session(command: Dict[str, Any]) -> Any:
    """name → what a call says in a session with Testkit, which has none."""
    opened = await CLIENTS[command["name"]].session("Testkit")
    return await opened.echo({})


async def contract(_: Dict[str, Any]) -> Any:
    """→ the contract ids the wheel computes, by service."""
    return {hosted.__name__: contract_id_from_service(hosted) for hosted in (Testkit, Counter)}


async def close(command: Dict[str, Any]) -> Any:
    """name → null, once the client has gone."""
    await CLIENTS.pop(command["name"]).close()


SESSIONS = Sessions(CLIENTS)

OPERATIONS = {
    f.__name__: f
    for f in (
        connect,
        admission,
        call,
        load,
        session,
        contract,
        close,
        SESSIONS.openSession,
        SESSIONS.inSession,
        SESSIONS.giveUp,
        SESSIONS.closeSession,
    )
}


asyncio.run(commands.serve(OPERATIONS, CLIENTS))
