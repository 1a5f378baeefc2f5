"""How long things take in mock time, which a test can change.

These were observed: 0.45 seconds of CREATING (amazon-linux-2023#1054) and, in aws-samples of 2026,
the launch of an instance (3:25), its termination (41 to 52 seconds), a test workflow without tests
(4:19), whole builds without a distribution configuration (9 to 15 minutes) and one of a Windows AMI
(20). The times of the other steps add up to that. Each step action has its own time.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from datetime import timedelta

from imagebuilder_mock.domain.documents.workflows.actions import STEP_ACTIONS

_STAGES = {
    "PENDING": timedelta(seconds=1),
    "CREATING": timedelta(milliseconds=450),
    "BUILDING": timedelta(minutes=9, seconds=17),
    "TESTING": timedelta(minutes=4, seconds=19),
    "DISTRIBUTING": timedelta(minutes=5),
    "INTEGRATING": timedelta(seconds=30),
}
"""Stages in which the service works without a workflow."""
_NOTHING_TO_DO = timedelta(seconds=1)
"""How long a stage, or a step that distributes, takes then."""

_DEFAULTS = {
    **_STAGES,
    **{name: action.takes for name, action in STEP_ACTIONS.items() if action.takes is not None},
    "rollback": timedelta(minutes=1),
}


class Durations(MutableMapping[str, timedelta]):
    """By stage (``"CREATING"``), by action (``"LaunchInstance"``) or by a step's own name.

    Deleting one restores its default.
    """

    __slots__ = ("_given",)

    def __init__(self) -> None:
        self._given: dict[str, timedelta] = {}

    @property
    def given(self) -> dict[str, timedelta]:
        """Those that a test has set."""
        return self._given

    def __getitem__(self, name: str) -> timedelta:
        given = self.given.get(name)
        return _DEFAULTS[name] if given is None else given

    def __setitem__(self, name: str, duration: timedelta) -> None:
        given: object = duration
        if not isinstance(given, timedelta) or given < timedelta():
            msg = f"durations[{name!r}]={duration!r}: give a timedelta of zero or more."
            raise ValueError(msg)
        self.given[name] = duration

    def __delitem__(self, name: str) -> None:
        del self.given[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**_DEFAULTS, **self.given})

    def __len__(self) -> int:
        return len({**_DEFAULTS, **self.given})

    def __repr__(self) -> str:
        held = ", ".join(f"{name} {duration}" for name, duration in self.given.items())
        return f"<mock.builds.durations: {held or 'the defaults'}>"

    def of_stage(self, status: str, *, is_idle: bool) -> timedelta:
        """What a test set for the stage, else its default; hardly anything if it is idle."""
        given = self.given.get(status)
        if given is not None:
            return given
        return _NOTHING_TO_DO if is_idle else _DEFAULTS[status]

    def of_step(self, name: str, action: str, *, is_idle: bool = False) -> timedelta:
        """The step's own if a test set one, else that of its action; hardly anything if idle."""
        given = self.given_for(name, action)
        if given is not None:
            return given
        return _NOTHING_TO_DO if is_idle else self[action]

    def given_for(self, name: str, action: str) -> timedelta | None:
        """What a test set for the step or its action; the defaults are samples."""
        return self.given.get(name, self.given.get(action))
