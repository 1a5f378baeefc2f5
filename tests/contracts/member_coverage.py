"""Which members of the model the mock makes something of: ``make coverage-model``.

The stories of ``test_answers.py`` are told again. An output member is filled if an answer ever had
it. An input member has an effect if the same request without it is answered otherwise, is refused,
or leaves something else behind; each request is tried so on a copy of the world. Members below one
that is left out are not counted. ``members_left_out.json`` has the reasons.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.model import ListShape, StructureShape

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.domain.errors import ImageBuilderError
from imagebuilder_mock.domain.ordered import OrderedIndex
from imagebuilder_mock.domain.records import is_record, members_of
from imagebuilder_mock.gateway import Gateway
from imagebuilder_mock.operations import HANDLERS
from imagebuilder_mock.protocol.requests import check
from tests.contracts import every_member
from tests.model import service_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

REASONS = Path(__file__).with_name("members_left_out.json")

_START = datetime(2026, 1, 1, tzinfo=timezone.utc)

Told = dict[str, set[str]]
"""Paths of members, by operation."""


@dataclass
class Coverage:
    """What the stories met, by operation, as dotted paths."""

    effective: Told = field(default_factory=lambda: defaultdict(set))
    filled: Told = field(default_factory=lambda: defaultdict(set))


def measure(chapters: Iterable[Callable[[Any], None]], client_of: Callable[[Any], Any]) -> Coverage:
    """Tell the chapters, each in a world of its own."""
    coverage = Coverage()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Gateway, "_result", _measuring(Gateway._result, coverage))
        for chapter in chapters:
            # The clock stands still: answers are compared.
            with mock_imagebuilder(now=_START) as mock:
                chapter(client_of(mock.client(region="us-east-1")))
            for call in mock.calls:
                coverage.filled[call.operation].update(_given(call.result))
    return coverage


def _measuring(original: Any, coverage: Coverage) -> Any:
    def result(gateway: Any, operation: Any, params: dict[str, Any], caller: Any) -> Any:
        effective = coverage.effective[operation.name]
        untried = [path for path in _given(params) if path not in effective]
        if untried:
            usual = _outcome(original, gateway, operation, params, caller)
            for path in untried:
                without = _without(params, path)
                if _outcome(original, gateway, operation, without, caller) != usual:
                    effective.add(path)
        return original(gateway, operation, params, caller)

    return result


def _outcome(original: Any, gateway: Any, *request: Any) -> tuple[str, str]:
    """What the request is answered, and what it leaves behind, in a copy of the world."""
    with gateway.world.restored_afterwards():
        operation, params, caller = request
        try:
            checked = check(operation, deepcopy(params))
            answer = repr(original(gateway, operation, checked, caller))
        except ImageBuilderError as error:
            answer = repr(error)
        return answer, _left_behind(gateway.world)


def _left_behind(world: Any) -> str:
    stores = [sorted(map(_whole, store)) for store in world.state.stores.values()]
    executions = [
        [*execution.resources, *(each for index in execution.outputs.values() for each in index)]
        for execution in world.state.lifecycle_executions
    ]
    return _whole((stores, executions))


def _whole(value: Any) -> str:
    """Everything in a value, as text: the ``repr`` of a resource is short."""
    if is_record(type(value)):
        members = [_whole(getattr(value, member.name)) for member in members_of(type(value))]
        return f"{type(value).__name__}({', '.join(members)})"
    if isinstance(value, (list, tuple, OrderedIndex)):
        return f"[{', '.join(map(_whole, value))}]"
    return repr(value)


def _given(value: Any, above: str = "") -> Iterator[str]:
    """The dotted paths of what is there; lists are gone into, what is empty counts too."""
    if isinstance(value, dict):
        for name, item in value.items():
            path = f"{above}.{name}" if above else name
            yield path
            yield from _given(item, path)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _given(item, above)


def _without(value: Any, path: str) -> Any:
    """A copy without the member, in every item of a list on the way."""
    name, _, rest = path.partition(".")
    if isinstance(value, (list, tuple)):
        return [_without(item, path) for item in value]
    if not isinstance(value, dict):
        return value
    if not rest:
        return {key: item for key, item in value.items() if key != name}
    return {key: _without(item, rest) if key == name else item for key, item in value.items()}


# Against the model


@dataclass(frozen=True)
class Member:
    """One member in the request or answer of an operation."""

    operation: str
    path: str
    shape: str
    """The structure and the member: ``Image.sourcePipelineName``."""

    def __str__(self) -> str:
        return f"{self.operation} {self.path}"


def modelled(operation: str, *, output: bool) -> list[Member]:
    model = service_model().operation_model(operation)
    shape = model.output_shape if output else model.input_shape
    return list(_members(operation, shape, ""))


def _members(operation: str, shape: Any, above: str) -> Iterator[Member]:
    if isinstance(shape, ListShape):
        yield from _members(operation, shape.member, above)
    elif isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            path = f"{above}.{name}" if above else name
            yield Member(operation, path, f"{shape.name}.{name}")
            yield from _members(operation, member, path)


def left_out(told: Told, *, output: bool) -> list[Member]:
    """The members that the stories never met, without those below one that is left out."""
    missing: list[Member] = []
    for operation in built():
        gone: list[str] = []
        for member in modelled(operation, output=output):
            is_below = any(member.path.startswith(f"{path}.") for path in gone)
            if member.path not in told.get(operation, ()) and not is_below:
                gone.append(member.path)
                missing.append(member)
    return missing


def built() -> list[str]:
    """The operations that there are, of which the model knows."""
    return sorted(set(HANDLERS) & set(service_model().operation_names))


def reasons() -> Mapping[str, Mapping[str, str]]:
    """Why a member is left out: for ``inputs`` and ``outputs``, by shape or by operation."""
    found: dict[str, dict[str, str]] = json.loads(REASONS.read_text(encoding="utf-8"))
    return found


def reason_for(member: Member, known: Mapping[str, str]) -> str | None:
    """That of the place, else that of the shape wherever it stands."""
    return known.get(str(member)) or known.get(member.shape)


def _report() -> None:
    from tests.contracts.test_answers import CHAPTERS, Client

    coverage = measure([*CHAPTERS, *every_member.CHAPTERS], Client)
    write = sys.stdout.write
    write(f"{'operation':<40}{'inputs with effect':>20}{'outputs filled':>20}\n")
    totals = [0, 0, 0, 0]
    for operation in built():
        counts = []
        for told, output in ((coverage.effective, False), (coverage.filled, True)):
            members = modelled(operation, output=output)
            met = sum(member.path in told[operation] for member in members)
            counts += [met, len(members)]
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        write(_row(operation, counts))
    write(_row("all", totals))
    for told, output in ((coverage.effective, False), (coverage.filled, True)):
        name = "outputs" if output else "inputs"
        write(f"\n{'Outputs never filled' if output else 'Inputs without effect'}\n")
        for member in left_out(told, output=output):
            reason = reason_for(member, reasons()[name]) or "NO REASON GIVEN"
            write(f"  {member}: {reason}\n")


def _row(name: str, counts: list[int]) -> str:
    effective, inputs, filled, outputs = counts
    return f"{name:<40}{f'{effective} of {inputs}':>20}{f'{filled} of {outputs}':>20}\n"


if __name__ == "__main__":
    _report()
