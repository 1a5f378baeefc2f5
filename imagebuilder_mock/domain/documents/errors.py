"""What is wrong with a document. Importing this loads no YAML."""

from __future__ import annotations


class DocumentError(ValueError):
    """A document is not what the service takes; ``detail`` is the sentence that says why."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail
