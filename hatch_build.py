"""What is built shows the README without links that lead nowhere: a registry has no other files.

With an address of the source in pyproject.toml (``[project.urls]``, ``Source``), links lead there,
to the files of the version; without one, the words of a link stand alone.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_RELATIVE_LINK = re.compile(r"\[([^\]]+)\]\((?!#|[a-z]+:)([^)\s]+)\)")


class ReadmeHook(MetadataHookInterface):
    """Hatchling asks it for the README."""

    def update(self, metadata: dict[str, Any]) -> None:
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        source = metadata.get("urls", {}).get("Source")
        files = source and f"{source.rstrip('/')}/blob/v{metadata['version']}"
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": with_links_to(files, text),
        }


def with_links_to(files: str | None, text: str) -> str:
    """The README with its relative links below the address of the files, or as words alone."""
    return _RELATIVE_LINK.sub(rf"[\1]({files}/\2)" if files else r"\1", text)
