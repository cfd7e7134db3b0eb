"""MissionControl on the Python package, with the same contract id as in TypeScript.

Prints the address of the server, and ends when stdin ends.
"""

import asyncio
import sys
from dataclasses import dataclass, field
from typing import AsyncIterator

from aster.codec import wire_type
from aster.decorators import client_stream, rpc, server_stream, service
from aster.runtime import AsterServer


@wire_type("mission/StatusRequest")
@dataclass
class StatusRequest:
    agent_id: str = ""


@wire_type("mission/StatusResponse")
@dataclass
class StatusResponse:
    agent_id: str = ""
    status: str = "idle"
    uptime_secs: int = 0


@wire_type("mission/LogEntry")
@dataclass
class LogEntry:
    timestamp: float = 0.0
    level: str = "info"
    message: str = ""
    agent_id: str = ""


@wire_type("mission/SubmitLogResult")
@dataclass
class SubmitLogResult:
    accepted: bool = True


@wire_type("mission/TailRequest")
@dataclass
class TailRequest:
    agent_id: str = ""
    level: str = "info"


@wire_type("mission/MetricPoint")
@dataclass
class MetricPoint:
    name: str = ""
    value: float = 0.0
    timestamp: float = 0.0
    tags: dict[str, str] = field(default_factory=dict)


@wire_type("mission/IngestResult")
@dataclass
class IngestResult:
    accepted: int = 0
    dropped: int = 0


@service(name="MissionControl", version=1)
class MissionControl:
    def __init__(self) -> None:
        self.tails: set[asyncio.Queue[LogEntry]] = set()

    @rpc
    async def getStatus(self, request: StatusRequest) -> StatusResponse:
        return StatusResponse(agent_id=request.agent_id, status="running", uptime_secs=3600)

    @rpc
    async def submitLog(self, entry: LogEntry) -> SubmitLogResult:
        for tail in self.tails:
            tail.put_nowait(entry)
        return SubmitLogResult()

    @server_stream
    async def tailLogs(self, request: TailRequest) -> AsyncIterator[LogEntry]:
        levels = ["debug", "info", "warn", "error"]
        tail: asyncio.Queue[LogEntry] = asyncio.Queue()
        self.tails.add(tail)
        try:
            while True:
                entry = await tail.get()
                if levels.index(entry.level) < levels.index(request.level):
                    continue
                if request.agent_id in ("", entry.agent_id):
                    yield entry
        finally:
            self.tails.remove(tail)

    @client_stream
    async def ingestMetrics(self, points: AsyncIterator[MetricPoint]) -> IngestResult:
        result = IngestResult()
        async for point in points:
            if point.name:
                result.accepted += 1
            else:
                result.dropped += 1
        return result


async def main() -> None:
    server = AsterServer([MissionControl()], allow_all_consumers=True, allow_all_producers=True)
    await server.start()
    server.serve()
    print(server.address, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.close()


asyncio.run(main())
