"""A real HTTP server on the loopback interface that can be told to misbehave."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class WebServer:
    """What the server gives and how.

    `faults` are taken one a request: a status to answer with, or ``cut:N`` to
    break off after N bytes of the body, or ``silent`` to send nothing at all.
    """

    content: bytes
    etag: str = '"v1"'
    faults: list[str] = field(default_factory=list)
    ranges: list[str | None] = field(default_factory=list)
    url: str = ""


@contextmanager
def serving(content: bytes) -> Iterator[WebServer]:
    state = WebServer(content)
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.ranges.append(self.headers.get("Range"))
            fault = state.faults.pop(0) if state.faults else ""
            if fault == "silent":
                over.wait(10)
                return
            if fault.isdigit():
                self.send_error(int(fault))
                return
            start = self._start()
            body = state.content[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", state.etag)
            self.end_headers()
            self.wfile.write(body[: int(fault[4:])] if fault.startswith("cut:") else body)

        def _start(self) -> int:
            wanted = self.headers.get("Range")
            if not wanted or self.headers.get("If-Range") != state.etag:
                return 0
            return int(wanted.removeprefix("bytes=").removesuffix("-"))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()
