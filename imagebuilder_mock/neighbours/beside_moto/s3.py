"""S3 in moto."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imagebuilder_mock.neighbours.s3 import S3Uri

    from .account import MotoAccount


class MotoS3:
    def __init__(self, moto: MotoAccount) -> None:
        self._moto = moto

    def size(self, uri: S3Uri) -> int:
        found = self._moto.ask("s3", "head_object", Bucket=uri.bucket, Key=uri.key)
        return int(found["ContentLength"])

    def read(self, uri: S3Uri, *, limit: int | None) -> bytes:
        body = self._moto.ask("s3", "get_object", Bucket=uri.bucket, Key=uri.key)["Body"]
        return bytes(body.read(limit))

    def write(self, uri: S3Uri, body: bytes) -> None:
        self._moto.ask("s3", "put_object", Bucket=uri.bucket, Key=uri.key, Body=body)
