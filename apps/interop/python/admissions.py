"""Serves and requests admissions with aster-rpc, by commands on stdin."""

import asyncio
import os

os.environ.setdefault("ASTER_RELAY_MODE", "disabled")

from aster import EndpointConfig, IrohNode, net_client  # noqa: E402
from aster.runtime import AsterServer, _coerce_node_addr  # noqa: E402
from aster.trust.consumer import ConsumerAdmissionResponse  # noqa: E402

import commands  # noqa: E402
from testkit_service import Testkit  # noqa: E402

SERVERS = {}


async def serve(command):
    """Starts a server with closed gates that trusts a root key; returns its address."""
    server = AsterServer(
        [Testkit()],
        root_pubkey=bytes.fromhex(command["root"]),
        allow_all_consumers=False,
        allow_all_producers=False,
    )
    await server.start()
    server.serve()
    SERVERS[server.endpoint_id] = server
    return server.address


async def exchange(command):
    """Sends a text on an ALPN with the secret key of a node; returns the text of the answer."""
    alpn = command["alpn"].encode()
    config = EndpointConfig(
        alpns=[], relay_mode="disabled", secret_key=bytes.fromhex(command["secretKey"])
    )
    node = await IrohNode.memory_with_alpns([alpn], config)
    try:
        address = _coerce_node_addr(command["address"])
        connection = await net_client(node).connect_node_addr(address, alpn)
        send, recv = await connection.open_bi()
        await send.write_all(command["request"].encode())
        await send.finish()
        return bytes(await recv.read_to_end(64 * 1024)).decode()
    finally:
        await node.shutdown()


async def read(command):
    """Reads the answer of a consumer admission."""
    answer = ConsumerAdmissionResponse.from_json(command["text"])
    return {
        "admitted": answer.admitted,
        "attributes": answer.attributes,
        "services": [service.name for service in answer.services],
        "gossipTopic": answer.gossip_topic,
    }


OPERATIONS = {"serve": serve, "exchange": exchange, "read": read}

asyncio.run(commands.serve(OPERATIONS, SERVERS))
