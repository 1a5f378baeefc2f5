"""The claims: each module has a table of them, about a subject or two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import (
    components,
    defaults,
    existence,
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

CLAIMS: tuple[Claim, ...] = (
    *requests.CLAIMS,
    *tokens.CLAIMS,
    *existence.CLAIMS,
    *defaults.CLAIMS,
    *versions.CLAIMS,
    *lists.CLAIMS,
    *defaults.ENTRIES,
    *tags.CLAIMS,
    *components.CLAIMS,
    *workflows.CLAIMS,
    *recipes.CLAIMS,
    *settings.CLAIMS,
    *pipelines.CLAIMS,
    *schedules.CLAIMS,
    *policies.CLAIMS,
    *lifecycle.CLAIMS,
    *managed.CLAIMS,
)
