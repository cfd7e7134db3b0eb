"""Blobs and gossip of aster-rpc, by commands on stdin. Bytes are texts in UTF-8."""

import asyncio
import os

os.environ.setdefault("ASTER_RELAY_MODE", "disabled")

from aster import EndpointConfig, IrohNode, blobs_client, gossip_client  # noqa: E402

import commands  # noqa: E402

NODES = {}
TOPICS = {}


class Node:
    """A node that the runner of the commands can close."""

    def __init__(self, node):
        self.node = node

    async def close(self):
        await self.node.shutdown()


async def start(command):
    """Opens the node; returns its id and its direct addresses."""
    config = EndpointConfig(alpns=[], relay_mode="disabled", bind_addr="127.0.0.1:0")
    node = await IrohNode.memory_with_alpns([b"unused"], config)
    NODES["node"] = Node(node)
    info = node.node_addr_info()
    return {"endpointId": info.endpoint_id, "directAddresses": list(info.direct_addresses)}


async def add(command):
    """Adds a blob; returns its hash and a ticket."""
    blobs = blobs_client(NODES["node"].node)
    blob = await blobs.add_bytes(command["content"].encode())
    return {"hash": blob, "ticket": blobs.create_ticket(blob)}


async def add_collection(command):
    """Adds a collection with one blob; returns its hash and a ticket."""
    blobs = blobs_client(NODES["node"].node)
    collection = await blobs.add_bytes_as_collection(command["name"], command["content"].encode())
    return {"hash": collection, "ticket": blobs.create_collection_ticket(collection)}


async def get(command):
    """Downloads the blob of a ticket; returns its content."""
    blobs = blobs_client(NODES["node"].node)
    return bytes(await blobs.download_blob(command["ticket"])).decode()


async def join(command):
    """Joins a topic, and waits for a peer that joins through this node."""
    topic = bytes.fromhex(command["topic"])
    TOPICS["topic"] = await gossip_client(NODES["node"].node).subscribe(topic, [])


async def broadcast(command):
    """Sends a message on the topic."""
    await TOPICS["topic"].broadcast(command["content"].encode())


async def receive(command):
    """Returns the next message on the topic."""
    while True:
        kind, content = await TOPICS["topic"].recv()
        if kind == "received":
            return bytes(content).decode()


OPERATIONS = {
    "start": start,
    "add": add,
    "addCollection": add_collection,
    "get": get,
    "join": join,
    "broadcast": broadcast,
    "receive": receive,
}

asyncio.run(commands.serve(OPERATIONS, NODES))
