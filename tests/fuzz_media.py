"""Mutates photos, videos and model cards for a while: python -m tests.fuzz_media --minutes 10.

A reader may refuse in one sentence, or give what it can read; any other error is a finding, and its
input is kept. It runs in this process: a crash ends it, and the input that did it lies in the findings as `last`.
"""

import json
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from masquerade.errors import AppError
from masquerade.pipeline.sources.opening import open_video
from masquerade.pipeline.sources.photos.image_files import read_image
from masquerade.resources import bundled
from masquerade.vision.card import read_card
from masquerade.vision.landmarker import Landmarker
from PIL import Image

from tests.fuzz_packages import SLOW_SECONDS, mutate
from tests.fuzzing import fuzz
from tests.masquerade.pipeline.sources.clips import grey, write_clip, write_sound
from tests.masquerade.pipeline.sources.photos.photo_files import write_heic

MAX_FRAMES = 40
PHOTO_KINDS = (".jpg", ".png", ".webp", ".bmp", ".tif", ".gif", ".avif")
VIDEO_KINDS = {
    ".mp4": "libx264",
    ".mkv": "libx264",
    ".avi": "mjpeg",
    ".mov": "libx265",
    ".webm": "libvpx",
    ".gif": "gif",
}
CARD_WORDS = (0, -1, 1e308, "", "../x", None, [], {}, "9" * 5000, [[]], True)


def write_photos(folder: Path) -> list[Path]:
    """Write one small photo of each kind."""
    image = np.asarray(cv2.resize(np.random.default_rng(1).integers(0, 255, (6, 8, 3), np.uint8), (64, 48)), np.uint8)
    paths = []
    for ending in PHOTO_KINDS:
        paths.append(folder / f"photo{ending}")
        Image.fromarray(image).save(paths[-1])
    return [*paths, write_heic(folder / "photo.heic", image)]


def write_videos(folder: Path) -> list[Path]:
    """Write one short video of each kind, and a sound file."""
    images = [grey(20 * level, (64, 48)) for level in range(8)]
    paths = []
    for ending, codec in VIDEO_KINDS.items():
        pixel_format = {"mjpeg": "yuvj420p", "gif": "rgb8"}.get(codec, "yuv420p")
        paths.append(write_clip(folder / f"clip{ending}", images, codec=codec, pixel_format=pixel_format))
    return [*paths, write_sound(folder / "sound.wav")]


class MediaFuzzer:
    """Tries inputs, and counts what became of them."""

    def __init__(self, seed: int, folder: Path, findings: Path) -> None:
        self.chance = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.folder, self.findings = folder, findings
        findings.mkdir(parents=True, exist_ok=True)
        self.photos, self.videos = write_photos(folder), write_videos(folder)
        self.cards = [bundled("model") / name / "card.json" for name in ("masquerade15", "seed96grey")]

    def step(self) -> None:
        """Try one input of each kind."""
        self.photo()
        self.video()
        self.card()

    def photo(self) -> None:
        path = self._spoiled(self.chance.choice(self.photos))
        self._run("photo", path, lambda: read_image(path))

    def video(self) -> None:
        path = self._spoiled(self.chance.choice(self.videos))

        def read() -> None:
            with open_video(path) as source:
                for _ in range(MAX_FRAMES):
                    if source.read() is None:
                        break

        self._run("video", path, read)

    def card(self) -> None:
        """Change a card by its bytes or by its values; or the model file beside it."""
        card = self.chance.choice(self.cards)
        folder = self.folder / "model"
        folder.mkdir(exist_ok=True)
        content = card.read_bytes()
        if self.chance.random() < 0.5:
            values = json.loads(content)
            values[self.chance.choice(list(values))] = self.chance.choice(CARD_WORDS)
            content = json.dumps(values).encode()
        else:
            content = mutate(content, self.chance)
        (folder / "card.json").write_bytes(content)
        model = (card.parent / "model.tflite").read_bytes()
        (folder / "model.tflite").write_bytes(mutate(model, self.chance) if self.chance.random() < 0.2 else model)
        self._run("card", folder / "card.json", lambda: Landmarker(read_card(folder)))

    def _spoiled(self, seed: Path) -> Path:
        content = seed.read_bytes()
        if self.chance.random() < 0.3:
            content = content[: self.chance.randrange(1, len(content))]
        path = self.folder / f"spoiled{seed.suffix}"
        path.write_bytes(mutate(content, self.chance))
        return path

    def finish(self) -> None:
        """Do nothing: every input is tried at once."""

    def _run(self, kind: str, path: Path, work: Callable[[], object]) -> None:
        """Try one input; what is neither an answer nor an AppError, and in time, is a finding."""
        content = path.read_bytes()
        (self.findings / "last").write_bytes(content)
        began = time.process_time()
        try:
            work()
            outcome = "read"
        except AppError:
            outcome = "refused"
        except Exception:  # noqa: BLE001 (that is what is looked for)
            traceback.print_exc()
            outcome = "FINDING"
        if time.process_time() - began > SLOW_SECONDS:
            outcome = "FINDING slow"
        if "FINDING" in outcome:
            (self.findings / f"{kind}-{sum(self.counts.values())}{path.suffix}").write_bytes(content)
        self.counts[f"{kind} {outcome}"] += 1


if __name__ == "__main__":
    sys.exit(fuzz(__doc__, MediaFuzzer, ("FINDING",)))
