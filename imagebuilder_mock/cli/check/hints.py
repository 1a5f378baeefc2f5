"""Suggest the word that may have been meant, behind a sentence of the service."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.documents.dockerfile import PLACEHOLDERS
from imagebuilder_mock.domain.documents.workflows.variables import SUFFIX
from imagebuilder_mock.domain.suggestions import closest

from .schemas import schema_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagebuilder_mock.domain.documents.errors import Problem

    from .problems import DocumentKind

_UNKNOWN = re.compile(
    r"Unsupported action '?([^'.\s]+)'?"
    r"|has an unknown (?:member|input) '([^']+)'"
    r"|Invalid \w+ '([^']+)'\. Valid values are: (.+)\.$"
    r"|'([^']+)' is not a parameter of this request"
    r"|The property '([^']+)' is not known"
    r"|The placeholder '\{\{\{ imagebuilder:(\w+) \}\}\}' is not supported"
)
_LEAST_ALIKE = 0.7


def with_hint(kind: DocumentKind, problem: Problem) -> str:
    """The sentence, followed by the known word that is most like the one that it refuses."""
    match = _UNKNOWN.search(problem.sentence)
    if match is None:
        return problem.sentence
    word = next(group for group in match.groups() if group)
    words = match[4].split(", ") if match[4] else _words(kind)
    meant = closest(word.rpartition(".")[2], words, cutoff=_LEAST_ALIKE)
    return problem.sentence if meant is None else f"{problem.sentence} Did you mean '{meant}'?"


@cache
def _words(kind: DocumentKind) -> frozenset[str]:
    return frozenset(PLACEHOLDERS if kind == "dockerfile" else _names_in(schema_of(kind)))


def _names_in(schema: object) -> Iterator[str]:
    """The names of all members that a schema has, and of the actions of steps."""
    if isinstance(schema, list):
        for each in schema:
            yield from _names_in(each)
    elif isinstance(schema, dict):
        for key, part in schema.items():
            if key == "properties":
                yield from (name for name in part if not name.endswith(SUFFIX))
                yield from part.get("action", {}).get("enum", ())
            yield from _names_in([*part.values()] if key == "properties" else part)
