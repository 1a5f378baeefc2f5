"""State machines of Hypothesis that have a mock, and are run in every build mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from hypothesis.stateful import RuleBasedStateMachine, invariant

from imagebuilder_mock.world.settings import BuildMode
from tests.index_rebuild import check_indexes, check_small

if TYPE_CHECKING:
    from unittest import TestCase

    from imagebuilder_mock import ImageBuilderMock


class MockMachine(RuleBasedStateMachine):
    """A machine that starts a mock, with ``builds=self.mode`` if it is run in each mode."""

    mode: BuildMode
    mock: ImageBuilderMock

    def teardown(self) -> None:
        try:
            check_indexes(self.mock._active_world("test"))
        finally:
            self.mock.stop()

    @invariant()
    def every_index_is_what_a_rebuild_gives(self) -> None:
        check_small(self.mock._active_world("test"))


def in_each_mode(machine: type[MockMachine]) -> list[type[TestCase]]:
    """The machine's test case for each mode: observed, instant, clock, held."""
    return [_in_mode(mode, machine).TestCase for mode in get_args(BuildMode)]


def _in_mode(mode: BuildMode, machine: type[MockMachine]) -> type[MockMachine]:
    return type(f"{mode.title()}{machine.__name__}", (machine,), {"mode": mode})
