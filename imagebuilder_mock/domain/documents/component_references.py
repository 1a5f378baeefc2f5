"""What a component document's ``{{ }}`` expressions refer to.

Sources, all of the user guide: toe-use-documents (chaining), toe-looping-constructs,
toe-user-defined-variables. AWSTOE's own check finds undeclared references. An expression of a form
that is none of AWSTOE's (``{{ .ID }}``, ``{{ item | quote }}``) may be meant for another program
and is left alone; so are, as documented, loop expressions in a step that has no loop.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_EXPRESSION = re.compile(r"\{\{([^{}]*)\}\}")
_VARIABLE = re.compile("([A-Za-z0-9_-]+)")
_RESOLVED = re.compile(r"aws:ssm:resolve\(\s*([A-Za-z0-9_-]+)\s*\)")
_CHAIN = re.compile(
    r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.(?:inputs|outputs)(?:\[[0-9]+\])?\.\S+",
)
_LOOP = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_CREDENTIAL_METADATA = re.compile(r"aws:imds:/*(iam|identity-credentials)(/.*)?")
_LOOP_MEMBERS = frozenset({"index", "value"})


@dataclass(frozen=True, slots=True)
class Scope:
    """What the expressions of one step can refer to.

    ``variables`` are the names of parameters and constants, ``steps`` the step names of each
    phase. ``loops`` are the loop names of the phase; ``own_loops`` is what the step's loop is
    called (``loop``, and its name where it has one), empty where it has none.
    """

    variables: Collection[str]
    steps: Mapping[str, Collection[str]]
    loops: Collection[str]
    own_loops: Collection[str]


def check_references(value: object, scope: Scope) -> None:
    """Look at every expression in the texts of a value, however deep; one that is wrong raises."""
    for text in _texts_in(value):
        for match in _EXPRESSION.finditer(text):
            _check(match[1].strip(), scope)


def chained_phases(value: object) -> Iterator[tuple[str, str]]:
    """Each expression that refers to a step's inputs or outputs, and the phase of that step."""
    for text in _texts_in(value):
        for expression in _EXPRESSION.findall(text):
            if match := _CHAIN.fullmatch(expression.strip()):
                yield match[0], match[1]


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _texts_in(member)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts_in(item)


def _check(expression: str, scope: Scope) -> None:
    if match := _VARIABLE.fullmatch(expression) or _RESOLVED.fullmatch(expression):
        _check_variable(match[1], scope)
    elif match := _CHAIN.fullmatch(expression):
        _check_chain(match[1], match[2], expression, scope)
    elif match := _LOOP.fullmatch(expression):
        _check_loop(match[1], match[2], expression, scope)
    elif _CREDENTIAL_METADATA.fullmatch(expression):
        raise DocumentError(
            f"The reference '{expression}' is not supported: its instance metadata path returns "
            "credentials.",
        )


def _check_variable(name: str, scope: Scope) -> None:
    if name not in scope.variables:
        raise DocumentError(
            f"The following parameters or constants are not defined in the document: {name}.",
        )


def _check_chain(phase: str, step: str, expression: str, scope: Scope) -> None:
    if step not in scope.steps.get(phase, ()):
        raise DocumentError(
            f"The reference '{expression}' is not valid: there is no step '{step}' in phase "
            f"'{phase}'.",
        )


def _check_loop(loop: str, member: str, expression: str, scope: Scope) -> None:
    if not scope.own_loops:
        return
    if loop in scope.own_loops:
        if member not in _LOOP_MEMBERS:
            raise DocumentError(
                f"The reference '{expression}' is not valid: a loop has the members index and "
                "value.",
            )
    elif loop in scope.loops:
        raise DocumentError(
            f"The reference '{expression}' is not valid: '{loop}' is the loop of another step.",
        )
