"""``mock.documents``: documents at S3 URIs, for tests that have no S3."""

from __future__ import annotations

from imagebuilder_mock.neighbours.contents import S3Uri
from imagebuilder_mock.world.published import published

from .arguments import Face


class Documents(Face):
    """``mock.documents``: components, workflows and Dockerfile templates that requests name."""

    __slots__ = ()

    @published(uri="s3://documents/install.yml", text="schemaVersion: 1.0\nphases: []\n")
    def put(self, uri: str, text: str) -> None:
        """Put a document at an ``s3://`` URI, or replace the one that is there.

        Beside moto its S3 is asked first, and this document is read if S3 has no such object.
        ValueError if the URI has another form, TypeError if the text is no string.
        """
        try:
            address = S3Uri.parse(uri)
        except (TypeError, ValueError):
            msg = (
                f"uri={uri!r}: give the URI of an object, such as 's3://documents/install.yml'. "
                "The name of a bucket has at least 3 characters."
            )
            raise ValueError(msg) from None
        given: object = text
        if not isinstance(given, str):
            msg = f"text: give the document as a string, not {type(given).__name__}."
            raise TypeError(msg)
        with self._world.lock:
            self._world.state.documents[str(address)] = text
