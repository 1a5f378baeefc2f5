"""Gateways for tests below boto3: a world at a fixed time, and what it holds."""

from __future__ import annotations

import pickle
from datetime import datetime, timezone
from random import Random
from typing import Any

from imagebuilder_mock.gateway import Gateway
from imagebuilder_mock.protocol.http import Caller
from imagebuilder_mock.protocol.identity import partition_of
from imagebuilder_mock.world.clock import Clock
from imagebuilder_mock.world.ids import Ids
from imagebuilder_mock.world.settings import Settings
from imagebuilder_mock.world.world import World
from tests.model_inputs import request

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
CALLER = Caller(account_id="123456789012", region="us-east-1")


def a_gateway(**options: Any) -> Gateway:
    given = Settings(**options)
    world = World(
        given, clock=Clock(lambda: NOW), ids=Ids(Random(given.seed)), partition_of=partition_of
    )
    return Gateway(world)


def answer(gateway: Gateway, operation: str, **params: Any) -> Any:
    """The answer to a well-formed call."""
    return gateway.handle(request(operation, params), CALLER)


def state_of(gateway: Gateway) -> bytes:
    """All that a request can change, for a comparison; that somebody looked is no change."""
    state = gateway.world.state
    inhabited = {place: store for place, store in state.stores.items() if any(store)}
    return pickle.dumps((inhabited, state.references, state.tokens, state.scheduler))
