import cv2
import numpy as np
import pytest
from masquerade.studio.virtual_camera.camera_format import CameraFormat, LayoutWriter, PixelLayout

from tests.masquerade.studio.virtual_camera.bars import COLOURS, draw_bars, read_colours, read_number

_SIZE_WH = (320, 180)
_TO_BGR = {
    PixelLayout.I420: cv2.COLOR_YUV2BGR_I420,
    PixelLayout.NV12: cv2.COLOR_YUV2BGR_NV12,
    PixelLayout.YUY2: cv2.COLOR_YUV2BGR_YUY2,
}


@pytest.mark.parametrize("layout", PixelLayout)
def test_every_layout_gives_the_colours_back(layout: PixelLayout) -> None:
    camera = CameraFormat(_SIZE_WH)
    target = np.zeros(camera.byte_count(layout), np.uint8)
    LayoutWriter(camera).write(draw_bars(0xA5C3, _SIZE_WH), layout, target)
    shape = (180, 320, 2) if layout is PixelLayout.YUY2 else (270, 320)
    image = cv2.cvtColor(target.reshape(shape), _TO_BGR[layout])
    assert np.abs(read_colours(image).astype(int) - np.array(COLOURS)).max() <= 3
    assert read_number(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)) == 0xA5C3


def test_the_camera_keeps_its_size_and_mirrors_on_demand() -> None:
    camera = CameraFormat(_SIZE_WH)
    tall = np.zeros((400, 200, 4), np.uint8)
    tall[:, :100, 2] = 200
    assert camera.fit(tall, mirrored=False).shape == (180, 320, 4)
    assert camera.fit(tall, mirrored=False)[90, 130, 2] == 200
    assert camera.fit(tall, mirrored=True)[90, 130, 2] == 0
    assert camera.fit(tall, mirrored=True)[90, 190, 2] == 200


@pytest.mark.parametrize("size_wh", [(1281, 720), (1280, 0), (1280, 721)])
def test_odd_and_empty_sizes_are_refused(size_wh: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="even"):
        CameraFormat(size_wh)
