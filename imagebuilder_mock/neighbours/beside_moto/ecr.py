"""ECR in moto."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from imagebuilder_mock.neighbours.errors import AbsentError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .account import MotoAccount

_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
_CONFIG = "application/vnd.docker.container.image.v1+json"
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


class MotoEcr:
    def __init__(self, moto: MotoAccount) -> None:
        self._moto = moto

    def has_repository(self, name: str) -> bool:
        return self._moto.can_take(
            "ecr",
            lambda: self._moto.finds("ecr", "describe_repositories", repositoryNames=[name]),
            _repositories,
        )

    def put_image(self, repository: str, tags: Iterable[str], *, content: str) -> None:
        manifest = _manifest(content)
        for tag in tags:
            self._moto.ask(
                "ecr",
                "put_image",
                repositoryName=repository,
                imageManifest=manifest,
                imageManifestMediaType=_MANIFEST,
                imageTag=tag,
            )

    def delete_image(self, repository: str, tag: str) -> bool:
        try:
            found = self._moto.ask(
                "ecr",
                "batch_delete_image",
                repositoryName=repository,
                imageIds=[{"imageTag": tag}],
            )
        except AbsentError:
            return False
        return bool(found["imageIds"])


def _manifest(content: str) -> str:
    """A manifest in Docker's form; its layers are made up, and as different as the contents."""
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": {"mediaType": _CONFIG, **_blob(f"config of {content}")},
            "layers": [{"mediaType": _LAYER, **_blob(f"layer of {content}")}],
        }
    )


def _blob(content: str) -> dict[str, object]:
    digest = hashlib.sha256(content.encode()).hexdigest()
    return {"size": len(content), "digest": f"sha256:{digest}"}


def _repositories(moto: MotoAccount) -> object:
    return moto.ask("ecr", "describe_repositories")["repositories"]
