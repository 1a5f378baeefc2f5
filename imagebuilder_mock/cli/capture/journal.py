"""What has been read so far, in a file to continue from: a JSON line for each resource."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os

    from typing_extensions import Self


class Journal:
    """Remembers answers; with a path, also those of an earlier capture that was interrupted."""

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self._path = None if path is None else Path(path)
        self._known: dict[str, dict[str, Any]] = {}
        if self._path is not None and self._path.exists():
            for line in self._path.read_text(encoding="utf-8").splitlines(keepends=True):
                # The last line may have been cut off with the capture.
                if line.endswith("\n"):
                    noted = json.loads(line)
                    self._known[noted["arn"]] = noted["members"]
            text = "".join(
                f"{json.dumps({'arn': arn, 'members': members})}\n"
                for arn, members in self._known.items()
            )
            self._path.write_text(text, encoding="utf-8")
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
        text = json.dumps({"arn": arn, "members": members}, default=_time)
        if self._file is not None:
            self._file.write(f"{text}\n")
            self._file.flush()
        noted: dict[str, Any] = json.loads(text)["members"]
        self._known[arn] = noted
        return noted

    def remove(self) -> None:
        """Delete the file: the capture is complete."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)


def _time(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    msg = f"not a value of an answer: {value!r}"
    raise TypeError(msg)
