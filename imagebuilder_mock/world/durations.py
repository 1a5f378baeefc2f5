"""How long things take in mock time, which a test can change.

A real build of 2023 took 10 seconds to its first step, 10 minutes 15 to build, 4 minutes 45 to
test; how these spread over the steps was not seen. Each step action has its own time.
"""

from __future__ import annotations

from collections import ChainMap
from datetime import timedelta

from imagebuilder_mock.domain.documents.workflows.actions import STEP_ACTIONS

_STAGES = {
    "PENDING": timedelta(seconds=1),
    "CREATING": timedelta(seconds=10),
    "BUILDING": timedelta(minutes=10, seconds=15),
    "TESTING": timedelta(minutes=4, seconds=45),
    "DISTRIBUTING": timedelta(minutes=5),
    "INTEGRATING": timedelta(seconds=30),
}
"""Stages in which the service works without a workflow."""

_DEFAULTS = {
    **_STAGES,
    **{name: action.takes for name, action in STEP_ACTIONS.items() if action.takes is not None},
    "rollback": timedelta(minutes=1),
}


class Durations(ChainMap[str, timedelta]):
    """By stage (``"CREATING"``), by action (``"LaunchInstance"``) or by a step's own name.

    To delete one is to go back to its default.
    """

    def __init__(self) -> None:
        super().__init__({}, _DEFAULTS)

    def __setitem__(self, name: str, duration: timedelta) -> None:
        given: object = duration
        if not isinstance(given, timedelta) or given < timedelta():
            msg = f"durations[{name!r}]={duration!r}: give a timedelta of at least nothing."
            raise ValueError(msg)
        super().__setitem__(name, duration)

    def set_here(self) -> dict[str, timedelta]:
        """Those that are not the defaults."""
        return dict(self.maps[0])

    def of_step(self, name: str, action: str) -> timedelta:
        """The step's own if a test set one, else that of its action."""
        return self.maps[0].get(name, self[action])

    def given_for(self, name: str, action: str) -> timedelta | None:
        """What a test set for the step or its action; the defaults are samples."""
        return self.maps[0].get(name, self.maps[0].get(action))
