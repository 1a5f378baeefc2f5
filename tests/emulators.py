"""Emulators of AWS at a URL, for tests of what is around the mock."""

from __future__ import annotations

import threading
from contextlib import contextmanager


@contextmanager
def moto_server():
    """moto's own server, in a thread: it has the state of this process's moto, emptied."""
    from moto.core.base_backend import BackendDict
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    BackendDict.reset()
    with serving(DomainDispatcherApplication(create_backend_app)) as url:
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
