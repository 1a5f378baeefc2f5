"""State machines of Hypothesis that run in every build mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from hypothesis.stateful import RuleBasedStateMachine, invariant

from imagebuilder_mock.world.settings import BuildMode
from tests.index_rebuild import check_small

if TYPE_CHECKING:
    from unittest import TestCase

    from imagebuilder_mock import ImageBuilderMock


class ModeMachine(RuleBasedStateMachine):
    """A machine that starts its mock with ``builds=self.mode``."""

    mode: BuildMode
    mock: ImageBuilderMock

    @invariant()
    def every_index_is_what_a_rebuild_gives(self) -> None:
        check_small(self.mock._active_world("test"))


def in_each_mode(machine: type[ModeMachine]) -> list[type[TestCase]]:
    """The machine's test case for each mode: observed, instant, clock, held."""
    return [_in_mode(mode, machine).TestCase for mode in get_args(BuildMode)]


def _in_mode(mode: BuildMode, machine: type[ModeMachine]) -> type[ModeMachine]:
    return type(f"{mode.title()}{machine.__name__}", (machine,), {"mode": mode})
