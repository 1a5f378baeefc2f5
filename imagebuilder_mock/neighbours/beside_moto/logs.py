"""CloudWatch Logs in moto."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.neighbours.errors import NeighbourError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imagebuilder_mock.neighbours.logs import LogLine

    from .account import MotoAccount


class MotoCloudWatchLogs:
    def __init__(self, moto: MotoAccount) -> None:
        self._moto = moto

    def write(self, group: str, stream: str, lines: Sequence[LogLine]) -> None:
        self._make("create_log_group", logGroupName=group)
        self._make("create_log_stream", logGroupName=group, logStreamName=stream)
        events = [
            {"timestamp": _milliseconds(line), "message": line.text}
            for line in sorted(lines, key=lambda line: line.time)
        ]
        if events:
            self._moto.ask(
                "logs",
                "put_log_events",
                logGroupName=group,
                logStreamName=stream,
                logEvents=events,
            )

    def _make(self, operation: str, **params: str) -> None:
        try:
            self._moto.ask("logs", operation, **params)
        except NeighbourError as error:
            if "already exists" not in str(error):
                raise


def _milliseconds(line: LogLine) -> int:
    return int(line.time.timestamp() * 1000)
