"""``mock.catalogue``: what Amazon offers."""

from __future__ import annotations

from contextlib import suppress

from imagebuilder_mock.catalogue.records import offered, offered_names
from imagebuilder_mock.domain.errors import InvalidVersionNumberException
from imagebuilder_mock.domain.suggestions import did_you_mean, listed
from imagebuilder_mock.domain.versions import Version
from imagebuilder_mock.world.managed import Publication
from imagebuilder_mock.world.published import published

from .arguments import DEFAULT_REGION, Face, check_text, counted

_NODES = 3


class Catalogue(Face):
    """``mock.catalogue``: Amazon-managed images, components and workflows."""

    __slots__ = ()

    def _holds(self) -> str:
        return f"{counted(len(self._world.state.publications), 'version')} published by the test"

    @published(name="Amazon Linux 2023 x86", version="2026.12.1")
    def publish(self, name: str, version: str) -> None:
        """Publish a new version of an Amazon-managed resource, in every Region.

        ``name`` is its name or the name in its ARN (``Amazon Linux 2023 x86``, ``update-linux``),
        ``version`` three numbers (``2026.12.1``). If it is the highest version, wildcards resolve
        to it from now on, so pipelines find an update. ValueError for a name that Amazon does not
        offer, and for a version that exists already.
        """
        check_text(name=name, version=version, may_be_empty=True)
        with self._world.lock:
            found = offered(name)
            if found is None:
                known = sorted(offered_names())
                longer = [each for each in known if name.lower() in each.lower()]
                hint = "" if longer else did_you_mean(name, known)
                hint = hint or f" It offers: {listed(longer or known)}."
                msg = f"Amazon offers nothing named {name!r}.{hint}"
                raise ValueError(msg)
            account, kind, slug = found
            number = _checked(version)
            # Every Region has the same.
            store = self._world.managed(account, DEFAULT_REGION)
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
    msg = f"{version!r} is not a version: write three numbers, such as 2026.12.1."
    raise ValueError(msg)
