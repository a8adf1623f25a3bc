import http.client
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest
from masquerade.studio.streaming.mjpeg import MjpegServer
from masquerade.studio.virtual_camera.camera_format import CameraFormat
from masquerade.studio.virtual_camera.feed import CameraFeed

from tests.masquerade.studio.virtual_camera.bars import COLOURS, read_colours, read_number
from tests.masquerade.studio.virtual_camera.scenes import Playing

_CARD = np.full((720, 1280, 4), 90, np.uint8)


@pytest.fixture
def changed() -> threading.Event:
    return threading.Event()


@pytest.fixture
def feed(changed: threading.Event) -> Iterator[CameraFeed]:
    opened = CameraFeed(MjpegServer, CameraFormat(), _CARD, on_change=changed.set, on_error=lambda error: None)
    yield opened
    opened.close()


def _get(address: str, path: str, **headers: str) -> http.client.HTTPResponse:
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.netloc, timeout=10)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return connection.getresponse()


def _read_image(response: http.client.HTTPResponse) -> np.ndarray:
    line = b""
    while not line.startswith(b"Content-Length"):
        line = response.readline()
    response.readline()
    packed = np.frombuffer(response.read(int(line.split()[1])), np.uint8)
    return cv2.imdecode(packed, cv2.IMREAD_COLOR)


def test_two_programs_read_the_frames_and_nothing_is_encoded_before(feed: CameraFeed, changed: threading.Event) -> None:
    address = feed.description
    with Playing(feed) as playing:
        page = _get(address, urlsplit(address).path)
        assert b"<img src='stream'" in page.read()
        while playing.offered < 5:
            changed.wait(0.01)
        assert feed.sent == 0
        readers = [_get(address, urlsplit(address).path + "stream") for _ in range(2)]
        for reader in readers:
            images = [_read_image(reader) for _ in range(5)]
            assert np.abs(read_colours(images[-1]).astype(int) - np.array(COLOURS)).max() < 20
            numbers = [read_number(image[..., 1]) for image in images]
            assert numbers == sorted(numbers)
        assert feed.readers == 2
        changed.clear()
        for reader in readers:
            reader.close()
        while feed.readers:
            assert changed.wait(10)
            changed.clear()


def test_another_host_another_page_and_another_token_get_nothing(feed: CameraFeed) -> None:
    address = feed.description
    place = urlsplit(address)
    path = place.path
    assert place.hostname == "127.0.0.1"
    assert _get(address, path).status == 200
    assert _get(address, path, Host=f"localhost:{place.port}").status == 200
    assert _get(address, path, Host="evil.example").status == 403
    assert _get(address, path, Host=f"evil.example:{place.port}").status == 403
    assert _get(address, path, Origin="https://evil.example").status == 403
    assert _get(address, path + "stream", Sec_Fetch_Site="cross-site").status == 403
    assert _get(address, "/").status == 403
    assert _get(address, "/guess/stream").status == 403
    assert _get(address, "x").status in (400, 403)
    answer = _get(address, path)
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Access-Control-Allow-Origin"] is None
    assert feed.readers == 0


def test_two_streams_have_two_addresses_and_the_end_ends_the_readers(feed: CameraFeed) -> None:
    second = CameraFeed(MjpegServer, CameraFormat(), _CARD, on_error=lambda error: None)
    assert urlsplit(second.description).path != urlsplit(feed.description).path
    reader = _get(second.description, urlsplit(second.description).path + "stream")
    # Nobody plays: the reader sees the card.
    assert abs(int(_read_image(reader)[0, 0, 0]) - 90) < 4
    second.close()
    reader.read()
