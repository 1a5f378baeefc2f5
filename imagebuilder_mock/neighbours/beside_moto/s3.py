"""S3 in moto."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imagebuilder_mock.neighbours.s3 import S3Uri

    from .account import MotoAccount


class MotoS3:
    def __init__(self, moto: MotoAccount) -> None:
        self._moto = moto

    def has_bucket(self, name: str) -> bool:
        return self._moto.can_take(
            "s3", lambda: self._moto.finds("s3", "head_bucket", Bucket=name), _buckets
        )

    def size(self, uri: S3Uri) -> int:
        found = self._moto.ask("s3", "head_object", Bucket=uri.bucket, Key=uri.key)
        return int(found["ContentLength"])

    def read(self, uri: S3Uri, *, limit: int | None) -> bytes:
        body = self._moto.ask("s3", "get_object", Bucket=uri.bucket, Key=uri.key)["Body"]
        return bytes(body.read(limit))

    def write(self, uri: S3Uri, body: bytes) -> None:
        self._moto.ask("s3", "put_object", Bucket=uri.bucket, Key=uri.key, Body=body)


def _buckets(moto: MotoAccount) -> object:
    return moto.ask("s3", "list_buckets")["Buckets"]
