"""Holds how a virtual camera looks to others, without loading what converts images: CameraLook."""

from dataclasses import dataclass

from masquerade.settings import VIRTUAL_CAMERA_HEIGHTS


@dataclass(frozen=True, slots=True)
class CameraLook:
    """What can be chosen of a virtual camera or a stream.

    Attributes:
        mirrored: send the frames as in a mirror.
        card: path of the image that is shown while there are no frames; "" = the bundled one.
        height: 720 or 1080 rows, 16:9.
    """

    mirrored: bool = False
    card: str = ""
    height: int = VIRTUAL_CAMERA_HEIGHTS[0]

    def __post_init__(self) -> None:
        if self.height not in VIRTUAL_CAMERA_HEIGHTS:
            raise ValueError(f"height must be one of {VIRTUAL_CAMERA_HEIGHTS}, got {self.height}")

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height, pixels."""
        return self.height * 16 // 9, self.height
