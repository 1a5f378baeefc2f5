"""The mock as a server: for the AWS CLI, other processes and other languages."""

from __future__ import annotations

from contextlib import contextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING

from imagebuilder_mock.gateway import Gateway
from imagebuilder_mock.mock import ImageBuilderMock, switch
from imagebuilder_mock.transports.http.guarding import Guard, is_host
from imagebuilder_mock.transports.http.serving import PATIENCE, CannotListenError, serving
from imagebuilder_mock.transports.http.wsgi import CONTROL_PREFIX, Application

from .remote_control import RemoteControl
from .state_files import StateFiles
from .surroundings import ALONE, Surroundings, world_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from typing_extensions import Unpack

    from imagebuilder_mock.transports.http.serving import Served
    from imagebuilder_mock.world.settings import Options


ADVICE = (
    "Nobody answers here for other services: start the server with --moto or --upstream URL (in "
    "Python with moto=True or upstream=URL)."
)


@contextmanager
def imagebuilder_server(  # noqa: PLR0913 - the public contract: one for each option
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    allow_remote_control: bool = False,
    allow_host: Sequence[str] = (),
    allow_origin: Sequence[str] = (),
    files: str | os.PathLike[str] | None = None,
    moto: bool = False,
    upstream: str | None = None,
    **options: Unpack[Options],
) -> Iterator[str]:
    """Serve Image Builder over HTTP, by default on a free port; the context's value is the URL.

    The options are those of ``mock_imagebuilder``, which is on while the server runs:
    ``current_mock()`` controls what the server answers. Parameters that the model does not have are
    ignored unless ``unknown_members`` says otherwise. ``allow_remote_control`` lets other machines
    control the mock too; ``allow_host`` names further hosts under which the server may be asked,
    and ``allow_origin`` origins of web pages that may ask it. ``files`` is the folder that control
    saves to and loads from; without it, it does neither.

    With ``moto=True`` the port answers for the rest of AWS too, from moto in this process, and what
    Image Builder looks up and leaves behind is in the same state; a reset of the mock empties both.
    ``upstream`` is the URL of another emulator, which gets these requests. ValueError if both are
    given, or the URL is one of AWS, and for what is no host or no origin. CannotListenError (an
    OSError) if the port is taken, ModuleNotFoundError if werkzeug, or what moto's server needs, is
    not installed.
    """
    surroundings = Surroundings.checked(moto=moto, upstream=upstream)
    with (
        ImageBuilderMock(**options) as mock,
        surroundings.around(mock, advice=ADVICE),
        serve(
            mock,
            host=host,
            port=port,
            allow_remote_control=allow_remote_control,
            allow_host=allow_host,
            allow_origin=allow_origin,
            files=StateFiles(files),
            surroundings=surroundings,
        ) as served,
    ):
        yield served.url


@contextmanager
def serve(  # noqa: PLR0913 - one for each option
    mock: ImageBuilderMock,
    *,
    host: str,
    port: int,
    files: StateFiles,
    surroundings: Surroundings = ALONE,
    allow_remote_control: bool = False,
    allow_host: Sequence[str] = (),
    allow_origin: Sequence[str] = (),
    linger: float = PATIENCE,
) -> Iterator[Served]:
    """Serve a mock that is on; at its end, requests have ``linger`` seconds to be answered."""
    gateway = server_gateway(mock)
    control = RemoteControl(mock, gateway.world, files, allow_remote=allow_remote_control)
    application = Guard(
        surroundings.on_one_port(Application(gateway, control), mock),
        hosts=[*allow_host, *_named_by(host)],
        origins=allow_origin,
        pages=(CONTROL_PREFIX, *surroundings.pages),
    )
    with serving(application, host=host, port=port, linger=linger) as served:
        # Clients of this process that are pointed at it go there, and not the short way.
        switch.own_servers.add(served.host, served.port)
        try:
            if switch.own_servers.has_url(surroundings.upstream or ""):
                msg = f"The upstream {surroundings.upstream} is this server itself."
                raise CannotListenError(msg)
            yield served
        finally:
            switch.own_servers.remove(served.host, served.port)


def server_gateway(mock: ImageBuilderMock) -> Gateway:
    """Another way into the world of a mock that is on.

    A newer SDK may send members that the model does not have: they pass, unless an option of the
    mock says what to do with them.
    """
    is_said = any("unknown_members" in start.options for start in switch.starts)
    return Gateway(world_of(mock), unknown_members=None if is_said else "ignore")


def _named_by(host: str) -> list[str]:
    """Who listens at an address or a name may be asked under it, unless it is all addresses."""
    name = host.partition("%")[0]  # without the zone of an IPv6 address
    try:
        return [] if ip_address(name).is_unspecified else [name]
    except ValueError:
        return [name] if is_host(name) else []
