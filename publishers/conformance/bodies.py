"""A place for the bodies of large events, which is not always there at the first asking."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

UNAVAILABLE, GONE = b"unavailable once", b"gone"


class BodyServer:
    """Serves bodies by path on the loopback address."""

    def __init__(self) -> None:
        """Listen on a free port."""
        self.bodies: dict[str, list[bytes]] = {}  # answers in turn, the last for ever
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serve for as long as the block lasts."""
        thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._http.shutdown()
            thread.join()
            self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        bodies = self.bodies

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                """Answer with the next body of the path."""
                answers = bodies.get(self.path, [GONE])
                body = answers.pop(0) if len(answers) > 1 else answers[0]
                special = {UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE, GONE: HTTPStatus.GONE}
                self.send_response(special.get(body, HTTPStatus.OK))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Keep silent."""

        return Handler
