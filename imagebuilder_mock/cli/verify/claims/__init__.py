"""The claims: each module has a table of them, about a subject or two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import (
    components,
    defaults,
    entries,
    existence,
    filters,
    lifecycle,
    lists,
    managed,
    pipelines,
    policies,
    recipes,
    requests,
    schedules,
    settings,
    tags,
    tokens,
    versions,
    workflows,
)

if TYPE_CHECKING:
    from imagebuilder_mock.cli.verify.claim import Claim

CLAIMS: tuple[Claim, ...] = tuple(
    claim
    for table in (
        requests,
        tokens,
        existence,
        defaults,
        versions,
        lists,
        filters,
        entries,
        tags,
        components,
        workflows,
        recipes,
        settings,
        pipelines,
        schedules,
        policies,
        lifecycle,
        managed,
    )
    for claim in table.CLAIMS
)
