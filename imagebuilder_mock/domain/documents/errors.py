"""What is wrong with a document. Importing this loads no YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec

from imagebuilder_mock.domain.records import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

P = ParamSpec("P")


class Problem(Value):
    """One thing that is wrong with a document; lines and columns count from one."""

    path: tuple[object, ...]
    """The members and indexes that lead to it."""
    line: int
    column: int
    sentence: str


class DocumentError(ValueError):
    """The service refuses a document; ``detail`` is the sentence that says why.

    ``problems`` are all that were found. The service answers with the first one.
    """

    def __init__(self, detail: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.problems = problems


def refuse(problems: Sequence[Problem]) -> None:
    """A DocumentError if there are any."""
    if problems:
        raise DocumentError(problems[0].sentence, tuple(problems))


def problems_of(
    parse: Callable[P, object], *args: P.args, **kwargs: P.kwargs
) -> tuple[Problem, ...]:
    """The problems of a document: ``problems_of(parse_component_document, text)``."""
    try:
        parse(*args, **kwargs)
    except DocumentError as error:
        return error.problems
    return ()
