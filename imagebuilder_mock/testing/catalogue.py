"""What Amazon offers, in the test's hands."""

from __future__ import annotations

from contextlib import suppress
from difflib import get_close_matches
from typing import TYPE_CHECKING

from imagebuilder_mock.catalogue.offer import offered, offered_names
from imagebuilder_mock.domain.errors import InvalidVersionNumberException
from imagebuilder_mock.domain.versions import Version
from imagebuilder_mock.world.managed import Publication

if TYPE_CHECKING:
    from imagebuilder_mock.world.world import World

_NODES = 3


class Catalogue:
    """``mock.catalogue``: Amazon-managed images, components and workflows."""

    __slots__ = ("_world",)

    def __init__(self, world: World) -> None:
        self._world = world

    def publish(self, name: str, version: str) -> None:
        """Let Amazon publish a version of something that it offers, in every Region.

        ``name`` as in lists or ARNs (``Amazon Linux 2023 x86``, ``update-linux``), ``version`` as
        ``2026.12.1``. Wildcards mean the new version from now on, if it is the highest, so that
        pipelines have news. ValueError for a name that Amazon does not offer, or a version that it
        does offer already.
        """
        with self._world.lock:
            found = offered(name)
            if found is None:
                known = offered_names()
                close = get_close_matches(name, known, n=5, cutoff=0.3) or sorted(known)
                msg = f"Amazon offers nothing named {name!r}. It offers: {', '.join(close)}, ..."
                raise ValueError(msg)
            account, kind, slug = found
            number = _checked(version)
            # Every Region has the same.
            store = self._world.managed(account, "us-east-1")
            if Version.parse(number) in store.family(store.arn_for(kind, slug)).groups:
                msg = f"Amazon offers {name!r} in version {number} already."
                raise ValueError(msg)
            self._world.publish_managed(
                Publication(
                    account=account,
                    kind=kind,
                    slug=slug,
                    version=number,
                    created=self._world.clock.now(),
                )
            )


def _checked(version: str) -> str:
    nodes = version.split(".")
    if len(nodes) == _NODES and all(node.isdecimal() for node in nodes):
        with suppress(InvalidVersionNumberException):
            return str(Version.parse(version))
    msg = f"{version!r} is no version; write three numbers, as in 2026.12.1"
    raise ValueError(msg)
