"""Serves the finished frames as an MJPEG stream to programs of this machine, e.g. OBS's browser source."""

import secrets
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import cv2

from masquerade.studio.virtual_camera.camera_format import CameraFormat
from masquerade.studio.virtual_camera.device import VirtualCameraError
from masquerade.values import ByteArray

_HOST = "127.0.0.1"
_QUALITY = 85
_BOUNDARY = b"frame"
_TIMEOUT_SECONDS = 5.0
_PAGE = (
    b"<!doctype html><title>Masquerade</title><style>body{margin:0;background:#000}"
    b"img{width:100vw;height:100vh;object-fit:contain;display:block}</style><img src='stream' alt=''>"
)


class MjpegServer:
    """A camera device whose readers are programs that open its address.

    The address holds a random token and is answered on loopback only. A page of another origin gets
    nothing: neither by its name (the host must be this one) nor as an image in it.
    """

    def __init__(self, camera_format: CameraFormat, on_change: Callable[[], None]) -> None:
        """Begin to serve.

        Args:
            camera_format: not used for more than the size; readers take the rate as it comes.
            on_change: called ON A THREAD OF THE SERVER when a reader has come or gone.

        Raises:
            VirtualCameraError: no port can be had.
        """
        self._format = camera_format
        self._on_change = on_change
        self._token = secrets.token_urlsafe(24)
        self._came = threading.Condition()
        self._image = b""
        self._number = 0
        self._readers = 0
        self._closed = False
        try:
            self._server = _Server((_HOST, 0), _handler_of(self))
        except OSError as error:
            raise VirtualCameraError(f"The stream cannot start ({error.strerror or error}).") from error
        self._thread = threading.Thread(target=self._server.serve_forever, name="stream", args=(0.1,), daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """What is pasted into the other program."""
        return f"http://{_HOST}:{self._server.server_address[1]}/{self._token}/"

    @property
    def description(self) -> str:
        """The address, since no program lists a stream."""
        return self.address

    @property
    def watched(self) -> bool:
        """True while a program reads the stream."""
        return self._readers > 0

    @property
    def readers(self) -> int:
        """How many programs read the stream."""
        return self._readers

    def send(self, pixels: ByteArray, taken_at: float) -> None:
        """Encode an image once for all readers; one that is behind misses it."""
        done, encoded = cv2.imencode(".jpg", pixels[..., :3], (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))
        if not done:
            return
        with self._came:
            self._image = encoded.tobytes()
            self._number += 1
            self._came.notify_all()

    def close(self) -> None:
        """End the server and every stream. May be called twice."""
        with self._came:
            if self._closed:
                return
            self._closed = True
            self._came.notify_all()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def may_read(self, path: str, headers: Any) -> bool:
        """Return whether a request comes from whom it was given to: right token, this host, no other page."""
        port = self._server.server_address[1]
        origins = {f"http://{host}:{port}" for host in (_HOST, "localhost")}
        hosts = {urlsplit(origin).netloc for origin in origins}
        origin = headers.get("Origin")
        return (
            headers.get("Host", "") in hosts
            and (origin is None or origin in origins)
            and headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin")
            and secrets.compare_digest(path.strip("/").partition("/")[0].encode(), self._token.encode())
        )

    def stream(self, write: Callable[[bytes], object]) -> None:
        """Write every image to one reader, until it goes or the server ends."""
        self._count(1)
        number = self._number
        try:
            while True:
                with self._came:
                    while self._number == number and not self._closed:
                        self._came.wait()
                    if self._closed:
                        return
                    number, image = self._number, self._image
                head = f"\r\nContent-Type: image/jpeg\r\nContent-Length: {len(image)}\r\n\r\n".encode()
                write(b"--" + _BOUNDARY + head + image + b"\r\n")
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        with self._came:
            self._readers += change
        if not self._closed:
            self._on_change()


class _Server(ThreadingHTTPServer):
    # A reader that does not read must not keep the program from ending.
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a reader that goes away is no error."""


def _handler_of(server: MjpegServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        server_version, sys_version = "Masquerade", ""
        timeout = _TIMEOUT_SECONDS

        def do_GET(self) -> None:
            """Answer with the page, or with the stream."""
            path = urlsplit(self.path).path
            if not server.may_read(path, self.headers):
                self.send_error(HTTPStatus.FORBIDDEN)
            elif path.endswith("/stream"):
                self._head(f"multipart/x-mixed-replace; boundary={_BOUNDARY.decode()}")
                server.stream(self.wfile.write)
            else:
                self._head("text/html; charset=utf-8")
                self.wfile.write(_PAGE)

        def _head(self, kind: str) -> None:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", kind)
            self.send_header("Cache-Control", "no-store")
            self.send_header("Cross-Origin-Resource-Policy", "same-origin")
            self.send_header("X-Frame-Options", "SAMEORIGIN")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing: the address is a secret."""

    return Handler
