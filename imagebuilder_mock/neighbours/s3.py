"""Amazon S3: documents and disk files that are read, logs and exports that are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from .errors import NobodyToAskError

# What a bucket's name may be made of; old ones may have capitals and underscores.
_URI = re.compile(r"s3://([A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9])/(.+)", re.DOTALL)


class S3Uri(NamedTuple):
    """The address of an object."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, text: str) -> S3Uri:
        """Read ``s3://bucket/key``; ValueError if it is not of this form."""
        found = _URI.fullmatch(text)
        if found is None:
            msg = f"{text!r} is no S3 URI"
            raise ValueError(msg)
        return cls(*found.groups())

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


class S3(Protocol):
    """S3 as an account sees it."""

    def has_bucket(self, name: str) -> bool:
        """Whether the name can be taken: the bucket is there, or nobody looks it up."""
        ...

    def size(self, uri: S3Uri) -> int:
        """An object's size in bytes; AbsentError, or NobodyToAskError without S3."""
        ...

    def read(self, uri: S3Uri, *, limit: int | None) -> bytes:
        """An object's bytes, at most ``limit`` of them; AbsentError, or NobodyToAskError."""
        ...

    def write(self, uri: S3Uri, body: bytes) -> None:
        """Put an object; NeighbourError if the bucket does not take it."""
        ...


@dataclass(frozen=True, slots=True)
class NoS3:
    """Without S3 there is nothing to read, and what is written is lost.

    Names are taken as they are given, or, if the rule is strict, not at all.
    """

    takes_names: bool

    def has_bucket(self, name: str) -> bool:  # noqa: ARG002 - the port's
        return self.takes_names

    def size(self, uri: S3Uri) -> int:
        raise NobodyToAskError(str(uri))

    def read(self, uri: S3Uri, *, limit: int | None) -> bytes:  # noqa: ARG002 - the port's
        raise NobodyToAskError(str(uri))

    def write(self, uri: S3Uri, body: bytes) -> None:
        """Nobody is there to take it."""
