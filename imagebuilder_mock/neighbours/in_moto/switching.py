"""moto, where the mock itself switches it on: for a program that it runs, and for its server."""

from __future__ import annotations

from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEEDS_MOTO = "moto answers for other services, and it is not installed: pip install {what}."
# Credentials in the environment stay, and so does boto3's default session, which moto 5.0 replaces.
_CONFIG: Any = {"core": {"mock_credentials": False, "reset_boto3_session": False}}


@contextmanager
def moto_on() -> Iterator[None]:
    """Have ``mock_aws`` on; what a test has in it already stays.

    ModuleNotFoundError, with what to install, without moto.
    """
    _check_installed(("moto",), "'imagebuilder-mock[moto]', or moto itself")
    from moto import mock_aws  # noqa: PLC0415 - an extra

    with mock_aws(config=_CONFIG):
        yield


def moto_application() -> Any:
    """The WSGI application of moto's own server, in which the state of this process is.

    ModuleNotFoundError, with what to install, without moto or what its server needs.
    """
    what = "'moto[server]', or moto, flask and flask-cors"
    _check_installed(("moto", "flask", "flask_cors"), what)
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415 - an extra
        DomainDispatcherApplication,
        create_backend_app,
    )

    return DomainDispatcherApplication(create_backend_app)


def forget() -> None:
    """Empty moto, as its own reset does."""
    from moto.core.base_backend import BackendDict  # noqa: PLC0415
    from moto.core.model_instances import reset_model_data  # noqa: PLC0415

    BackendDict.reset()
    reset_model_data()


def _check_installed(modules: tuple[str, ...], what: str) -> None:
    missing = next((module for module in modules if find_spec(module) is None), None)
    if missing is not None:
        raise ModuleNotFoundError(_NEEDS_MOTO.format(what=what), name=missing)
