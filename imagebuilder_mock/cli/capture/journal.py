"""What has been read so far, in a file to continue from: a JSON line for each resource."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os

    from typing_extensions import Self

_BEGIN = '{"arn": "'


class Journal:
    """Remembers answers; with a path, also those of an earlier capture that was interrupted."""

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        """ValueError if the file is not a journal; then it stays as it is."""
        self._path = None if path is None else Path(path)
        self._known: dict[str, dict[str, Any]] = {}
        if self._path is not None and self._path.exists():
            self._known = _read(self._path)
            lines = (_line(arn, members) for arn, members in self._known.items())
            self._path.write_text("".join(lines), encoding="utf-8")
        self._file = None if self._path is None else self._path.open("a", encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def known(self, arn: str) -> dict[str, Any] | None:
        return self._known.get(arn)

    def note(self, arn: str, members: dict[str, Any]) -> dict[str, Any]:
        """Remember an answer, whose times become text."""
        line = _line(arn, members)
        if self._file is not None:
            self._file.write(line)
            self._file.flush()
        noted: dict[str, Any] = json.loads(line)["members"]
        self._known[arn] = noted
        return noted

    def remove(self) -> None:
        """Delete the file: the capture is complete."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, dict[str, Any]]:
    """The answers in a journal, whose last line may have been cut off with the capture."""
    known = None
    try:
        *lines, cut_off = path.read_text(encoding="utf-8").split("\n")
        if _BEGIN.startswith(cut_off[: len(_BEGIN)]):
            known = {each["arn"]: each["members"] for each in map(json.loads, lines)}
    except (KeyError, TypeError, ValueError):
        pass
    if known is None:
        msg = f"{path} is not a journal of a capture. Name another file."
        raise ValueError(msg)
    return known


def _line(arn: str, members: dict[str, Any]) -> str:
    return f"{json.dumps({'arn': arn, 'members': members}, default=datetime.isoformat)}\n"
