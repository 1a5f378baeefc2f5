"""Emulators of AWS at a URL, for tests of what is around the mock."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import pytest

from imagebuilder_mock.neighbours import at_endpoint


@contextmanager
def moto_server():
    """moto's own server, in a thread: it has the state of this process's moto, emptied.

    It loads a service when it is first asked, and has more time for that than other emulators.
    """
    from moto.core.base_backend import BackendDict
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    BackendDict.reset()
    with (
        pytest.MonkeyPatch.context() as patch,
        serving(DomainDispatcherApplication(create_backend_app)) as url,
    ):
        patch.setattr(at_endpoint, "_ANSWERING", 60)
        yield url
    BackendDict.reset()


@contextmanager
def serving(application):
    """A WSGI application at a URL of this machine."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log(self, *_):
            """Tests that pass say nothing."""

    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
