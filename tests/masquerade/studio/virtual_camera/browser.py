"""Opens the virtual camera in Chromium, as a meeting page does: BrowserReader."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

_PAGE = Path(__file__).with_name("page.html")
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--enable-features=WebRtcPipeWireCamera",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)


class BrowserReader:
    """What the page has reported; `wait_for` waits for a report."""

    def __init__(self) -> None:
        self.reports: list[dict[str, Any]] = []
        self._came = threading.Condition()

    def add(self, report: dict[str, Any]) -> None:
        with self._came:
            self.reports.append(report)
            self._came.notify_all()

    def wait_for(self, count: int, timeout: float) -> list[dict[str, Any]]:
        """Returns the frames seen, at least `count`; fails where they do not come."""
        with self._came:
            enough = self._came.wait_for(lambda: len(self.frames) >= count or self.error is not None, timeout)
            assert enough, f"{len(self.frames)} frames came: {self.reports[:3]}"
            assert self.error is None, self.error
            return self.frames

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [report for report in self.reports if "number" in report]

    @property
    def error(self) -> str | None:
        return next((report["error"] for report in self.reports if "error" in report), None)


def allow_camera(environment: dict[str, str]) -> None:
    """Answers the portal's question "may the browser use the camera" with yes, for good."""
    subprocess.run(
        [
            *("dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.impl.portal.PermissionStore"),
            "/org/freedesktop/impl/portal/PermissionStore",
            "org.freedesktop.impl.portal.PermissionStore.SetPermission",
            *("string:devices", "boolean:true", "string:camera", "string:", "array:string:yes"),
        ],
        env=environment,
        check=True,
        capture_output=True,
        timeout=30,
    )


@contextmanager
def open_page(folder: Path, environment: dict[str, str]) -> Iterator[BrowserReader]:
    """Opens the page; skips the test where there is no Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("needs Chromium")
    reader = BrowserReader()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(reader))
    serving = threading.Thread(target=server.serve_forever, name="page")
    serving.start()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    log = (folder / "chromium.log").open("wb")
    command = [chromium, *_OPTIONS, f"--user-data-dir={folder / 'profile'}", url]
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log)
    try:
        yield reader
    finally:
        process.terminate()
        process.wait(10)
        log.close()
        server.shutdown()
        serving.join()
        server.server_close()


def _handler(reader: BrowserReader) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(_PAGE.read_bytes())

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            reader.add(json.loads(self.rfile.read(length)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler
