"""State files: JSON with a version, read whole or not at all, written whole or not at all."""

from __future__ import annotations

import json
import os
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.world.settings import is_account_id

from .codecs import shown
from .damage import Damage, StateError, at
from .document import SavedState
from .records import codec_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .codecs import Json, Schema

FORMAT = "imagebuilder-mock state"
VERSION = 1

UPGRADES: Mapping[int, Callable[[dict[str, Json]], dict[str, Json]]] = {}
"""For each older version, what makes a document of the next one out of it."""

_DEPTH = 4
"""How deep a file is broken into lines: a resource stands on one of its own."""


def write_state(state: SavedState, path: str | os.PathLike[str]) -> None:
    """Write the file, or leave the one that is there as it is."""
    target = Path(path)
    writer = f"{os.getpid()}-{threading.get_ident()}"
    unfinished = target.with_name(f".{target.name}.{writer}")
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(state_lines(state))
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def state_lines(state: SavedState) -> Iterator[str]:
    """What a file holds, in pieces."""
    document = {"format": FORMAT, "version": VERSION, **codec_of(SavedState).write(state)}
    yield from _lines(document)
    yield "\n"


def read_state(path: str | os.PathLike[str]) -> SavedState:
    """Read a file; StateError says where in it something is wrong, OSError that there is none."""
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - any path
            document = json.load(file)
    except json.JSONDecodeError as error:
        msg = f"{os.fspath(path)}: line {error.lineno}, column {error.colno}: no JSON: {error.msg}."
        raise StateError(msg) from None
    except (UnicodeDecodeError, RecursionError) as error:
        msg = f"{os.fspath(path)}: no state file: {error}."
        raise StateError(msg) from None
    try:
        return _read_document(document)
    except Damage as damage:
        raise new_error(path, damage) from None


def new_error(path: str | os.PathLike[str], damage: Damage) -> StateError:
    return StateError(f"{os.fspath(path)}: {damage.path} {damage.detail}.")


@cache
def schema() -> Schema:
    """The JSON schema of a state file of this version."""
    definitions: dict[str, Any] = {}
    codec_of(SavedState).schema(definitions)
    whole = definitions.pop(SavedState.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": FORMAT,
        "type": "object",
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            **whole["properties"],
        },
        "required": ["format", "version", *whole["required"]],
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def _read_document(document: Json) -> SavedState:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise Damage(f'is no state: its "format" must be "{FORMAT}"')
    version = document.get("version")
    if type(version) is not int or version < 1:
        raise Damage(f'has no "version" that there ever was: {version!r}')
    if version > VERSION:
        raise Damage(
            f"was written by a newer imagebuilder_mock: it has version {version}, and this one "
            f"reads versions up to {VERSION}"
        )
    while version < VERSION:
        document = UPGRADES[version](document)
        version += 1
    members = {name: value for name, value in document.items() if name not in {"format", "version"}}
    state: SavedState = codec_of(SavedState).read(members)
    if not is_account_id(state.account_id):
        with at("account_id"):
            raise Damage(f"must be the 12 digits of an account, and is {shown(state.account_id)}")
    return state


def _lines(value: Json, depth: int = 0) -> Iterator[str]:
    """JSON that a person, and a comparison of two files, can read."""
    if not value or depth == _DEPTH or not isinstance(value, (dict, list)):
        yield json.dumps(value, ensure_ascii=False)
        return
    is_object = isinstance(value, dict)
    yield "{" if is_object else "["
    for position, item in enumerate(value):
        yield "," * bool(position) + "\n" + " " * (depth + 1)
        if is_object:
            yield f"{json.dumps(item, ensure_ascii=False)}: "
        yield from _lines(value[item] if is_object else item, depth + 1)
    yield "\n" + " " * depth + ("}" if is_object else "]")
