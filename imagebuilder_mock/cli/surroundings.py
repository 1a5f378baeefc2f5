"""The rest of AWS around a mock that is on: moto in this process, or an emulator at a URL."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from imagebuilder_mock.neighbours.at_endpoint import Endpoint
from imagebuilder_mock.neighbours.in_moto.door import Moto
from imagebuilder_mock.neighbours.in_moto.switching import moto_application, moto_on
from imagebuilder_mock.neighbours.machine_images import put_back
from imagebuilder_mock.protocol.identity import is_of_aws
from imagebuilder_mock.transports.http.one_port import Forwarding, InOneAccount, OnePort

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from urllib3.util import Url

    from imagebuilder_mock.mock import ImageBuilderMock
    from imagebuilder_mock.transports.http.wsgi import WsgiApplication
    from imagebuilder_mock.world.neighbours import Neighbours
    from imagebuilder_mock.world.world import World


class Surroundings(NamedTuple):
    """Who answers for the rest of AWS: nobody, moto, or the emulator at a URL."""

    moto: bool = False
    upstream: str | None = None

    @classmethod
    def checked(cls, *, moto: bool, upstream: str | None) -> Surroundings:
        """ValueError, with what to give instead, for both at once or a URL that cannot be one."""
        if upstream is None:
            return cls(moto=moto)
        if moto:
            msg = "moto and upstream are two answers for the rest of AWS: give one of them."
            raise ValueError(msg)
        return cls(upstream=_checked_url(upstream))

    @classmethod
    def of(cls, parser: argparse.ArgumentParser, given: argparse.Namespace) -> Surroundings:
        """What ``add_to`` has added asks for; what is wrong ends the process with status 2."""
        try:
            return cls.checked(moto=given.moto, upstream=given.upstream)
        except ValueError as error:
            parser.error(str(error))

    def __bool__(self) -> bool:
        return self.moto or self.upstream is not None

    @property
    def name(self) -> str:
        return "moto" if self.moto else str(self.upstream)

    @property
    def pages(self) -> tuple[str, ...]:
        """The prefixes of the paths that a link in a web page may open."""
        return ("/moto-api/",) if self.moto else ()

    @contextmanager
    def around(self, mock: ImageBuilderMock, *, advice: str) -> Iterator[None]:
        """Connect them to the mock, which is on; ModuleNotFoundError says what to install.

        ``advice`` says what to do if something has to be looked up and there is nobody to ask.
        """
        with ExitStack() as stack:
            if self.moto:
                stack.enter_context(moto_on())
                stack.enter_context(surrounded(mock, Moto(is_ours=True)))
            elif self.upstream is not None:
                account = account_of(mock)
                endpoint = Endpoint(self.upstream, default_account=account)
                stack.enter_context(surrounded(mock, endpoint))
            else:
                # A program, or a test around the server, may have moto on by itself.
                stack.enter_context(surrounded(mock, Moto(advice)))
            yield

    def on_one_port(self, own: WsgiApplication, mock: ImageBuilderMock) -> WsgiApplication:
        """Our own application, with theirs beside it."""
        if self.moto:
            return OnePort(own, InOneAccount(moto_application(), account_of(mock)))
        if self.upstream is not None:
            return OnePort(own, Forwarding(self.upstream))
        return own


ALONE = Surroundings()


def world_of(mock: ImageBuilderMock) -> World:
    """The world of a mock that is on."""
    return mock._active_world("a server")  # noqa: SLF001 - of the same package


def account_of(mock: ImageBuilderMock) -> str:
    """The account of a mock that is on."""
    return world_of(mock).account_id


@contextmanager
def surrounded(mock: ImageBuilderMock, neighbours: Neighbours) -> Iterator[None]:
    """Put another cloud around a mock that is on, unless the mock asks no neighbours."""
    world = world_of(mock)
    before = world.neighbours
    if before is None:
        yield
        return
    with world.lock:
        world.neighbours = neighbours
        put_back(world)
    try:
        yield
    finally:
        world.neighbours = before


def _checked_url(url: str) -> str:
    parts = _parts(url)
    if parts is None:
        msg = f"The upstream {url!r} is not the URL of a server: write it as http://localhost:4566."
        raise ValueError(msg)
    if is_of_aws(parts.host or ""):
        msg = (
            f"The upstream {url} is AWS itself, where requests would reach a real account: "
            "name an emulator, as http://localhost:4566."
        )
        raise ValueError(msg)
    return url.rstrip("/")


def _parts(url: str) -> Url | None:
    """The parts of a server's URL; None if it has others too, which only requests add."""
    try:
        parts = parse_url(url)
    except LocationParseError:
        return None
    is_server = parts.scheme in {"http", "https"} and parts.host
    return parts if is_server and not (parts.auth or parts.query or parts.fragment) else None


def add_to(parser: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    """Add ``--moto`` and ``--upstream``; returns their group, whose options exclude each other."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--moto", action="store_true", help="have moto answer for the rest of AWS, in this process"
    )
    group.add_argument(
        "--upstream",
        metavar="URL",
        help="have another emulator answer for the rest of AWS, as http://localhost:4566",
    )
    return group
