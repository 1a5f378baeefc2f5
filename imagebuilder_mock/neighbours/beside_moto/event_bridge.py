"""EventBridge in moto."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imagebuilder_mock.neighbours.errors import NeighbourError
from imagebuilder_mock.neighbours.event_bridge import SOURCE

if TYPE_CHECKING:
    from imagebuilder_mock.neighbours.event_bridge import Event

    from .account import MotoAccount


class MotoEventBridge:
    def __init__(self, moto: MotoAccount) -> None:
        self._moto = moto

    def put_event(self, event: Event) -> None:
        answer = self._moto.ask(
            "events",
            "put_events",
            Entries=[
                {
                    "Source": SOURCE,
                    "DetailType": event.detail_type,
                    "Detail": json.dumps(event.detail),
                    "Resources": list(event.resources),
                    "Time": event.time,
                }
            ],
        )
        if answer.get("FailedEntryCount"):
            raise NeighbourError(str(answer["Entries"][0].get("ErrorMessage")))
