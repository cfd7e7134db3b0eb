"""The Python package as a client, with commands as JSON lines.

Commands {"id", "op", …} run concurrently and are answered by {"id", "result"} or
{"id", "error": {"type", "code", "message", "details"}}. The operations are connect, admission, call, load,
session, contract and close, whose functions below describe their fields, and those of drive_session.py.

The modules call_context, commands, error_json, json_lines and values come from
apps/conformance/python/shared, which the test that starts this script puts on the PYTHONPATH.
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
from error_json import described  # noqa: E402
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
    "admin": testkit_types.SleepRequest,
}

ADMISSION = b"aster.consumer_admission"

CLIENTS: Dict[str, AsterClient] = {}
TYPED: Dict[Tuple[str, str], Any] = {}


async def connect(command: Dict[str, Any]) -> Any:
    """Takes name and address; returns the services of the admission reply.

    Also takes a credential (a file) with its root key, or an identity (a file) with the name of a peer.
    """
    root = command.get("root")
    client = AsterClient(
        address=command["address"],
        root_pubkey=bytes.fromhex(root) if root else None,
        enrollment_credential_file=command.get("credential"),
        identity=command.get("identity"),
        peer=command.get("peer"),
    )
    await client.connect()
    CLIENTS[command["name"]] = client
    if any(service.name == "Testkit" for service in client.services):
        TYPED[command["name"], "typed"] = await client.client(Testkit)
        # the codec that the Python package uses for servers with JSON only: JSON in XLANG headers
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
    """Takes address and request (the text to send); returns the text of the answer."""
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
    """Reads a stream to its end or leaves it after `take` items."""
    async for reply in stream:
        replies.append(reply)
        if len(replies) == take:
            await stream.aclose()
            return


async def chat(channel: Any, requests: List[Any], replies: List[Any]) -> None:
    # a channel that is closed before its first message never opens and therefore never ends
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
    # the Python package makes proxies of offered services only; this call can use another service
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
        # the iterator of the proxy calls a method that the channel does not have
        await chat(bidi._channel, requests, replies)


async def call(command: Dict[str, Any]) -> Any:
    """Makes a call; returns {replies, error?, ms}.

    Takes name, via ("typed" | "typed-json" | "proxy"), method, pattern, requests, timeout?, metadata?,
    service? and take?.
    """
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
    """Makes n calls at once, numbered by "number"; returns the numbers of the replies and the errors."""

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
    """Takes name; calls in a session with Testkit, which fails because the service has no sessions."""
    opened = await CLIENTS[command["name"]].session("Testkit")
    return await opened.echo({})


async def contract(_: Dict[str, Any]) -> Any:
    """Returns the contract ids that the Python package computes, by service."""
    return {hosted.__name__: contract_id_from_service(hosted) for hosted in (Testkit, Counter)}


async def close(command: Dict[str, Any]) -> Any:
    """Takes name; closes the client."""
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
        SESSIONS.beginCall,
        SESSIONS.cancelCall,
        SESSIONS.closeSession,
    )
}


asyncio.run(commands.serve(OPERATIONS, CLIENTS))
