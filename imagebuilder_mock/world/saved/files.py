"""State files: JSON with a version, read whole or not at all, written whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import threading
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.world.settings import is_account_id

from .codecs import shown
from .damage import Damage, StateError, at, damage_in
from .document import SavedState
from .locks import is_still, try_lock
from .records import codec_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import IO

    from .codecs import Json, Schema

FORMAT = "imagebuilder-mock state"
VERSION = 1

UPGRADES: Mapping[int, Callable[[dict[str, Json]], dict[str, Json]]] = {}
"""For each older version, what makes a document of the next one out of it."""

_DEPTH = 4
"""How deep a file is broken into lines: a resource stands on one of its own."""


def write_state(state: SavedState, path: str | os.PathLike[str]) -> None:
    """Write the file, or leave the one that is there as it is.

    A link stays, and what it leads to is written. A file that is there keeps its mode. OSError if
    it is no regular file.
    """
    target = Path(os.path.realpath(path))
    mode = _mode_of(target)
    remove_unfinished(target)
    try:
        unfinished, descriptor = _new_unfinished(target, 0o666 if mode is None else mode)
    except OSError as error:
        # What is named is the file that was asked for.
        raise type(error)(error.errno, error.strerror, str(target)) from None
    try:
        with open(descriptor, "w", encoding="utf-8", newline="\n") as file:  # noqa: PTH123 - it is open
            if mode is not None:
                unfinished.chmod(mode)  # the umask counts for new files
            file.writelines(state_lines(state))
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _new_unfinished(target: Path, mode: int) -> tuple[Path, int]:
    """A file of our own to write to; its lock tells it from what a killed process has left."""
    numbers = count()
    while True:
        number = f"{os.getpid()}-{threading.get_ident()}-{next(numbers)}"
        name = f".{target.name}.{number}.unfinished"
        path = target.with_name(name)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError:
            continue
        if try_lock(descriptor) and is_still(path, descriptor):
            return path, descriptor
        # Another process has taken it for abandoned, in the moment before it was locked.
        os.close(descriptor)


def remove_unfinished(target: Path) -> None:
    """Remove what is left of processes that were killed while they wrote to the target.

    If it is a folder, all files below it are meant.
    """
    of_target = rf"\.{re.escape(target.name)}\.\d+-\d+-\d+\.unfinished"
    is_folder = target.is_dir()
    form = re.compile(r"\..+\.\d+-\d+-\d+\.unfinished" if is_folder else of_target)
    around = target.rglob if is_folder else target.parent.glob
    for path in around(".*.unfinished"):
        if form.fullmatch(path.name):
            _remove_if_abandoned(path)


def _remove_if_abandoned(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return  # its writer has just ended, or it is not ours to open
    try:
        if try_lock(descriptor):
            path.unlink(missing_ok=True)
    except PermissionError:
        return  # another user's; or it is open, on Windows
    finally:
        os.close(descriptor)


def _mode_of(target: Path) -> int | None:
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        msg = "it is not a regular file"
        raise OSError(errno.EINVAL, msg, str(target))
    return stat.S_IMODE(mode)


def state_lines(state: SavedState) -> Iterator[str]:
    """What a file holds, in pieces."""
    yield from _lines(state_document(state))
    yield "\n"


def state_document(state: SavedState) -> dict[str, Json]:
    """What a file holds, as JSON."""
    return {"format": FORMAT, "version": VERSION, **codec_of(SavedState).write(state)}


def read_state(path: str | os.PathLike[str]) -> SavedState:
    """Read a file; StateError says what is wrong where, OSError why it cannot be read."""
    name = os.fspath(path)  # open() takes numbers too
    with open(name, "rb") as file:  # noqa: PTH123 - any path
        return read_stream(file, name)


def read_stream(file: IO[bytes], name: str) -> SavedState:
    """Read an open file; StateError says where in it something is wrong."""
    try:
        document = parsed_json(file.read(), name)
    except ValueError as error:
        raise StateError(str(error)) from None
    return read_document(document, name)


def parsed_json(content: bytes, name: str) -> Json:
    """The JSON of a file; ValueError if it is none, with the place of what is wrong."""
    try:
        return json.loads(content.decode())
    except json.JSONDecodeError as error:
        msg = f"{name}:{error.lineno}:{error.colno}: not JSON: {error.msg}."
        raise ValueError(msg) from None
    except (UnicodeDecodeError, RecursionError) as error:
        msg = f"{name}: not JSON: {error}."
        raise ValueError(msg) from None


def read_document(document: Json, name: str) -> SavedState:
    """Read the JSON of a file; StateError says where in it something is wrong."""
    with damage_in(name):
        return _read_document(document)


def is_state_file(path: Path) -> bool:
    """Whether a file has the form of one that was saved, whatever is wrong with it otherwise."""
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and document.get("format") == FORMAT


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
        raise Damage(f'is not a state: its "format" must be "{FORMAT}"')
    version = document.get("version")
    if type(version) is not int or version < 1:
        raise Damage(f'has a "version" that does not exist: {version!r}')
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
