"""How long things take in mock time, which a test can change.

A real build of 2023 took 10 seconds to its first step, 10 minutes 15 to build, 4 minutes 45 to
test; how these spread over the steps was not seen. Each step action has its own time.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from datetime import timedelta
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.documents.workflows.actions import STEP_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

_STAGES: Mapping[str, timedelta] = {
    "PENDING": timedelta(seconds=1),
    "CREATING": timedelta(seconds=10),
    "BUILDING": timedelta(minutes=10, seconds=15),
    "TESTING": timedelta(minutes=4, seconds=45),
    "DISTRIBUTING": timedelta(minutes=5),
    "INTEGRATING": timedelta(seconds=30),
}
"""Stages in which the service works without a workflow."""

_DEFAULTS: Mapping[str, timedelta] = {
    **_STAGES,
    **{name: action.takes for name, action in STEP_ACTIONS.items() if action.takes is not None},
    "rollback": timedelta(minutes=1),
}


class Durations(MutableMapping[str, timedelta]):
    """By stage (``"CREATING"``), by action (``"LaunchInstance"``) or by a step's own name."""

    def __init__(self) -> None:
        self._set: dict[str, timedelta] = {}

    def __getitem__(self, name: str) -> timedelta:
        found = self._set.get(name)
        return _DEFAULTS[name] if found is None else found

    def __setitem__(self, name: str, duration: timedelta) -> None:
        given: object = duration
        if not isinstance(given, timedelta) or given < timedelta():
            msg = f"durations[{name!r}]={duration!r}: give a timedelta of at least nothing."
            raise ValueError(msg)
        self._set[name] = duration

    def __delitem__(self, name: str) -> None:
        """Back to the default."""
        del self._set[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**_DEFAULTS, **self._set})

    def __len__(self) -> int:
        return len({**_DEFAULTS, **self._set})

    def set_here(self) -> dict[str, timedelta]:
        """Those that are not the defaults."""
        return dict(self._set)

    def of_step(self, name: str, action: str) -> timedelta:
        """The step's own if a test set one, else that of its action."""
        given = self.given_for(name, action)
        return _DEFAULTS[action] if given is None else given

    def given_for(self, name: str, action: str) -> timedelta | None:
        """What a test set for the step or its action; the defaults are samples."""
        return self._set.get(name, self._set.get(action))
