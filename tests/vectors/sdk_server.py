"""A loopback server that answers like the platform's API, for the official SDK to talk to."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from sample_data.forms import dumps, envelope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sample_data.study import Row, Study

BASE = "/api/v3/data/"
KEY = "hst_test_" + "0" * 64


@contextmanager
def serving(study: Study) -> Iterator[str]:
    """Serve a study on an ephemeral port of 127.0.0.1; gives the SDK's ``base_url``."""

    class Handler(_Answers):
        content = study

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/v3"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def listing(
    study: Study, name: str, scope: str, scope_id: str, room: str | None = None
) -> list[Row]:
    """The rows that one endpoint holds; a type that the study lacks is an empty listing."""
    rows = study.rows.get(name, [])
    if scope == "room":
        return [row for row in rows if scope_id in (row.get("roomId"), row.get("sessionId"))]
    if scope == "participant":
        mine = [r for r in rows if scope_id in (r.get("participantId"), r.get("senderId"))]
        return [r for r in mine if room in (None, r.get("roomId"), r.get("sessionId"))]
    return rows


class _Answers(BaseHTTPRequestHandler):
    content: Study

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = {key: values[0] for key, values in parse_qs(url.query).items()}
        if self.headers["X-API-Key"] != KEY or not url.path.startswith(BASE):
            self._send(401, {"status": "error", "error": {"code": "UNAUTHORIZED", "message": "no"}})
            return
        *name, scope, scope_id = url.path.removeprefix(BASE).split("/")
        rows = listing(self.content, "/".join(name), scope, scope_id, asked.get("roomId"))
        if "category" in asked:
            rows = [row for row in rows if row.get("category") == asked["category"]]
        limit, offset = int(asked.get("limit", 1000)), int(asked.get("offset", 0))
        self._send(
            200,
            envelope(
                self.content,
                "/".join(name),
                rows[offset : offset + limit],
                scope=scope,
                scope_id=scope_id,
                offset=offset,
                limit=limit,
                total=len(rows),
            ),
        )

    def _send(self, status: int, body: dict[str, object]) -> None:
        raw = dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""
