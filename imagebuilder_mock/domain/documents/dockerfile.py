"""Dockerfile templates of container recipes: the placeholders that they must have.

Source: user guide, create-container-recipes ("Dockerfile template").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .errors import Problem, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLACEHOLDER = r"\{\{\{\s*imagebuilder:(\w+)\s*\}\}\}"
PLACEHOLDERS = ("parentImage", "environments", "components")


def check_dockerfile_template(text: str, *, has_components: bool) -> None:
    """DocumentError if the service could not fill the template.

    It needs a place for the parent image and, with components, for the environments and then for
    the components.
    """
    refuse(tuple(_problems(text, has_components=has_components)))


def _problems(text: str, *, has_components: bool) -> Iterator[Problem]:
    places: dict[str, int] = {}
    for match in re.finditer(_PLACEHOLDER, text):
        name = match[1]
        if name not in PLACEHOLDERS:
            sentence = f"The placeholder '{_braced(name)}' is not supported."
            yield _problem(sentence, text[: match.start()])
        places.setdefault(name, match.start())
    for name in PLACEHOLDERS if has_components else PLACEHOLDERS[:1]:
        if name not in places:
            yield _problem(f"The Dockerfile template must contain '{_braced(name)}'.")
    components = places.get("components", len(text))
    if has_components and components < places.get("environments", 0):
        yield _problem(
            f"'{_braced('environments')}' must come before '{_braced('components')}' in the "
            "Dockerfile template.",
            text[:components],
        )


def _problem(sentence: str, before: str = "") -> Problem:
    return Problem((), before.count("\n") + 1, len(before) - before.rfind("\n"), sentence)


def _braced(name: str) -> str:
    return f"{{{{{{ imagebuilder:{name} }}}}}}"
