"""Who may use a server: programs, by a name of this machine or of AWS, and no foreign web page.

A browser on this machine lets any web page send requests to its ports. The page cannot read the
answers, but it can change things; and if the name of its host comes to mean this machine (DNS
rebinding), it can read them too. So each request is checked before the application gets it: the
name that it asks for (``Host``), and the page that it comes from (``Origin``, ``Sec-Fetch-Site``).
"""

from __future__ import annotations

import json
import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.protocol.identity import aws_domains

from .wire import NAMES_OF_THIS_MACHINE
from .wsgi import server_log, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .wsgi import Environ, Headers, WsgiApplication

# A name or an address (in brackets, or as it is given to --host), and a port.
_HOST = re.compile(r"(?:\[(?P<v6>[0-9a-fA-F:.]+)\]|(?P<name>[A-Za-z0-9_.*-]+))(?P<port>:\d*)?")
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(?:\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::\d+)?")

_TOKENS = re.compile(r"[A-Za-z0-9_, -]*")

_OTHER_SITES = frozenset({"cross-site", "same-site"})
_CORS = "access-control-"
_REMEMBERED = 600
"""Seconds for which a browser may remember the answer to a preflight."""


def allowed_host(text: str) -> str:
    """A host that may be asked for, such as ``mock``, ``10.0.0.5`` or ``*.example.com``.

    ValueError if it is not a host.
    """
    name = _canonical(text)
    if name is None or "*" in name.removeprefix("*."):
        msg = (
            f"{text!r} is not a host: give a name or an address without scheme and port, such as "
            "'mock', '10.0.0.5' or '*.example.com'."
        )
        raise ValueError(msg)
    return name


def is_host(text: str) -> bool:
    try:
        return bool(allowed_host(text))
    except ValueError:
        return False


def allowed_origin(text: str) -> str:
    """The origin of web pages that may ask, such as ``http://localhost:3000``.

    ValueError if it is not an origin.
    """
    if not _ORIGIN.fullmatch(text.lower()):
        msg = (
            f"{text!r} is not an origin: give the scheme, host and port of the page and nothing "
            "after them, such as 'http://localhost:3000'."
        )
        raise ValueError(msg)
    return text.lower()


class Guard:
    """A WSGI application that passes on to another what is allowed, and refuses the rest with 403.

    ``hosts`` and ``origins`` are allowed too, and pages of these origins get the headers of CORS.
    ``pages`` are the beginnings of paths that links in any page may open.
    """

    def __init__(
        self,
        application: WsgiApplication,
        *,
        hosts: Iterable[str] = (),
        origins: Iterable[str] = (),
        pages: tuple[str, ...] = (),
    ) -> None:
        self._application = application
        named = {*NAMES_OF_THIS_MACHINE, "*.localhost", *map(allowed_host, hosts)}
        named |= {f"*.{domain}" for domain in aws_domains()}
        self._names = frozenset(name for name in named if not name.startswith("*"))
        self._endings = tuple(name.removeprefix("*") for name in named if name.startswith("*"))
        self._origins = frozenset(map(allowed_origin, origins))
        self._pages = pages

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        origin = environ.get("HTTP_ORIGIN", "").lower()
        is_allowed = origin in self._origins
        refusal = self._refusal(environ, is_allowed=is_allowed)
        if refusal is not None:
            server_log.info("%s 403", shown(environ["REQUEST_METHOD"], environ["PATH_INFO"]))
            return _refused(refusal, start_response)
        if is_allowed and _is_preflight(environ):
            start_response("204 No Content", _preflight_answer(environ, origin))
            return []

        def start(status: str, headers: Headers, *more: Any) -> Any:
            # An application such as moto's may allow every origin by itself.
            own = [each for each in headers if not each[0].lower().startswith(_CORS)]
            return start_response(status, own + (_cors(origin) if is_allowed else []), *more)

        return self._application(environ, start)

    def _refusal(self, environ: Environ, *, is_allowed: bool) -> str | None:
        host = environ.get("HTTP_HOST", "")
        if not self._is_served(host):
            return (
                f"Nothing is served here under the name {host!r}. A name other than localhost and "
                "AWS's own has to be given when the server is started: --allow-host NAME "
                "(allow_host=[...])."
            )
        if is_allowed or not _is_from_another_page(environ) or self._is_a_link(environ):
            return None
        return (
            "A web page of another origin may not ask this server, unless its origin is given when "
            "the server is started: --allow-origin ORIGIN (allow_origin=[...])."
        )

    def _is_served(self, host: str) -> bool:
        name = _canonical(host, with_port=True)
        return name is not None and (name in self._names or name.endswith(self._endings))

    def _is_a_link(self, environ: Environ) -> bool:
        """Whether somebody has followed a link to a page of ours, which changes nothing."""
        return (
            environ["REQUEST_METHOD"] == "GET"
            and "HTTP_ORIGIN" not in environ
            and environ.get("HTTP_SEC_FETCH_MODE") == "navigate"
            and environ.get("HTTP_SEC_FETCH_DEST", "document") == "document"
            and environ["PATH_INFO"].startswith(self._pages)
        )


def _canonical(text: str, *, with_port: bool = False) -> str | None:
    """The name or address in a Host header or an option; None if it is not a host."""
    found = _HOST.fullmatch(text)
    if found is None and not with_port:
        found = _HOST.fullmatch(f"[{text}]")
    if found is None or (found["port"] is not None and not with_port):
        return None
    name = (found["v6"] or found["name"]).lower()
    try:
        return str(ip_address(name))
    except ValueError:
        return None if found["v6"] else name.removesuffix(".") or None


def _is_from_another_page(environ: Environ) -> bool:
    origin = environ.get("HTTP_ORIGIN")
    if origin is None:
        return environ.get("HTTP_SEC_FETCH_SITE") in _OTHER_SITES
    own = f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}"
    return bool(origin.lower() != own.lower())


def _is_preflight(environ: Environ) -> bool:
    return (
        environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
    )


def _cors(origin: str) -> Headers:
    return [
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Expose-Headers", "*"),
        ("Vary", "Origin"),
    ]


def _preflight_answer(environ: Environ, origin: str) -> Headers:
    asked = {
        "Access-Control-Allow-Methods": environ["HTTP_ACCESS_CONTROL_REQUEST_METHOD"],
        "Access-Control-Allow-Headers": environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS"),
        "Access-Control-Allow-Private-Network": environ.get(
            "HTTP_ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK"
        ),
    }
    return [
        *_cors(origin),
        ("Access-Control-Max-Age", str(_REMEMBERED)),
        *((name, value) for name, value in asked.items() if value and _TOKENS.fullmatch(value)),
    ]


def _refused(message: str, start_response: Any) -> list[bytes]:
    body = json.dumps({"message": message}).encode()
    start_response(
        "403 Forbidden",
        [
            ("content-type", "application/json"),
            ("x-amzn-errortype", "ForbiddenException"),
            ("Content-Length", str(len(body))),
        ],
    )
    return [body]
