"""The mock as a server: for the AWS CLI, other processes and other languages."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from imagebuilder_mock.mock import ImageBuilderMock, own_servers, server_gateway
from imagebuilder_mock.transports.http.serving import CannotListenError, serving, url_of
from imagebuilder_mock.transports.http.wsgi import Application

from .remote_control import RemoteControl
from .surroundings import ALONE, Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Unpack

    from imagebuilder_mock.world.settings import Options


ADVICE = (
    "Nobody answers here for other services: start the server with --moto or --upstream URL (in "
    "Python with moto=True or upstream=URL)."
)


@contextmanager
def imagebuilder_server(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    allow_remote_control: bool = False,
    moto: bool = False,
    upstream: str | None = None,
    **options: Unpack[Options],
) -> Iterator[str]:
    """Serve Image Builder over HTTP, by default on a free port; the context's value is the URL.

    The options are those of ``mock_imagebuilder``, which is on while the server runs:
    ``current_mock()`` controls what the server answers. Parameters that the model does not have are
    ignored unless ``unknown_members`` says otherwise. ``allow_remote_control`` lets other machines
    control the mock too.

    With ``moto=True`` the port answers for the rest of AWS too, from moto in this process, and what
    Image Builder looks up and leaves behind is in the same state; a reset of the mock empties both.
    ``upstream`` is the URL of another emulator, which gets these requests. ValueError if both are
    given, or the URL is one of AWS. CannotListenError (an OSError) if the port is taken,
    ModuleNotFoundError if werkzeug, or what moto's server needs, is not installed.
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
            surroundings=surroundings,
        ) as url,
    ):
        yield url


@contextmanager
def serve(
    mock: ImageBuilderMock,
    *,
    host: str,
    port: int,
    allow_remote_control: bool,
    surroundings: Surroundings = ALONE,
) -> Iterator[str]:
    """Serve a mock that is on; the context's value is the URL."""
    control = RemoteControl(mock, allow_remote=allow_remote_control)
    application = surroundings.on_one_port(Application(server_gateway(mock), control), mock)
    with serving(application, host=host, port=port) as address:
        # Clients of this process that are pointed at it go there, and not the short way.
        own_servers().add(*address)
        try:
            if own_servers().has_url(surroundings.upstream or ""):
                msg = f"The upstream {surroundings.upstream} is this server itself."
                raise CannotListenError(msg)
            yield url_of(*address)
        finally:
            own_servers().remove(*address)
