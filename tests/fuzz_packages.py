"""Mutates filter packages, zips and settings for a while: python -m tests.fuzz_packages --minutes 10.

A parser may refuse or accept; any other error is a finding, and its input is kept. What is
accepted is then drawn by the worker that packages of strangers go through. A crash or a hang
there is contained, and counted; it is a finding if the parser's process would have seen it.
"""

import random
import shutil
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from masquerade.errors import AppError, FilterError
from masquerade.filters.format.art.animation import animation_problem
from masquerade.filters.format.art.png import clean_png, png_problem
from masquerade.filters.format.art.svg import check_svg
from masquerade.filters.format.manifest import load_filter
from masquerade.filters.intake.intake import Intake
from masquerade.filters.packages.archive import unpack_package
from masquerade.resources import bundled
from masquerade.settings_file import open_settings

from tests.fuzzing import fuzz
from tests.masquerade.filters.format.art.test_animation import encoded, frames
from tests.masquerade.filters.format.art.test_apng import BACKGROUND, BLUE, OVER, two_frames
from tests.masquerade.filters.format.art.test_loading import NOISE, PALETTE, header, png
from tests.masquerade.filters.package_writer import HEAD, SQUARES, STICKER, package
from tests.masquerade.filters.packages.test_archive import whole, zipped

SLOW_SECONDS = 5.0
BATCH = 40
WORDS = (
    b"nan",
    b"inf",
    b"-1",
    b"0",
    b"1e308",
    b"1e-308",
    b"9" * 5000,
    b"0x" + b"f" * 5000,
    b"[" * 3000,
    b"{a=" * 500,
    b'"""',
    b"'''",
    b"\\",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"]]>",
    b"&#0;",
    b"&lt;",
    b"<!--",
    b"<![CDATA[",
    b'<use href="#a"/>',
    b'<g id="a">',
    b"</g>",
    b'xmlns="urn:x"',
    b'xmlns:x="urn:x"',
    b"<x:text>",
    b"url(#a)",
    b'stroke-dasharray="0.1"',
    b'transform="scale(0)"',
    b'transform="matrix(1e9 0 0 1e9 0 0)"',
    b"<style>",
    b"%",
    b"acTL",
    b"fcTL",
    b"fdAT",
    b"IDAT",
    b"IEND",
    b"tRNS",
    b"PLTE",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"../",
    b"\n\n",
    b"[[layer]]",
    b"kind",
    b"art",
    b"anchors",
    b"trigger",
    b"filters",
    b"window",
    b"theme",
    b"format",
    b"= 1",
)
SETTINGS = b'source = "0"\nfilters = [\n    "blur",\n]\nintensity = 0.5\ntheme = "dark"\n[window]\nleft = 1\ntop = 2\n'
PNGS = (NOISE, png(header(9, 10, 1, 0), pixels=bytes(30)), png(header(10, 10, 8, 3), PALETTE, pixels=bytes(110)))
ANIMATIONS = (encoded(".png", frames()), two_frames(BACKGROUND, OVER, BLUE), encoded(".gif", frames()))


def mutate(content: bytes, chance: random.Random) -> bytes:
    """Return the content with some bytes changed, cut out, doubled, or hostile words put in."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        at = chance.randrange(len(data) + 1)
        length = min(chance.choice((1, 1, 4, 20, 200)), len(data) - at)
        step = chance.randrange(5)
        if step == 0 and length:
            data[at] = chance.randrange(256)
        elif step == 1:
            del data[at : at + length]
        elif step == 2:
            data[at:at] = data[at : at + length] * chance.choice((1, 2, 50))
        elif step == 3:
            data[at:at] = chance.choice(WORDS)
        else:
            data[at : at + length] = chance.choice(WORDS)
    return bytes(data)


def mutate_png(content: bytes, chance: random.Random) -> bytes:
    """Return a PNG with changes inside its chunks, whose sums are made right again half of the time."""
    if chance.random() < 0.3 or not content.startswith(b"\x89PNG"):
        return mutate(content, chance)
    import struct  # noqa: PLC0415
    import zlib  # noqa: PLC0415

    at, chunks = 8, []
    while at + 12 <= len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        chunks.append((content[at + 4 : at + 8], content[at + 8 : at + 8 + length]))
        at += 12 + length
    for _ in range(chance.choice((1, 1, 2, 4))):
        number = chance.randrange(len(chunks))
        kind, data = chunks[number]
        step = chance.randrange(4)
        if step == 0:
            chunks[number] = (kind, mutate(data, chance))
        elif step == 1:
            chunks.insert(chance.randrange(len(chunks)), chunks[number])
        elif step == 2 and len(chunks) > 1:
            del chunks[number]
        elif kind in (b"IDAT", b"fdAT"):
            head = data[:4] if kind == b"fdAT" else b""
            chunks[number] = (kind, head + zlib.compress(bytes(chance.randrange(2000))))
    body = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    return content[:8] + b"".join(body)


def refuse(problem: object) -> None:
    """Raise FilterError where there is a problem."""
    if problem:
        raise FilterError(str(problem))


class Fuzzer:
    """Tries inputs, and counts what became of them."""

    def __init__(self, seed: int, folder: Path, findings: Path) -> None:
        self.chance = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.folder, self.findings = folder, findings
        self.svgs = [path.read_bytes() for path in sorted((bundled("assets") / "filters").glob("*/*.svg"))]
        self.svgs = [SQUARES.encode(), *(each for each in self.svgs if len(each) < 4000)]
        self.tomls = [path.read_bytes() for path in sorted((bundled("assets") / "filters").glob("*/filter.toml"))]
        self.intake = Intake(folder / "cache")
        self.waiting: list[Path] = []
        self.kinds: tuple[Callable[[], None], ...] = (
            self.toml,
            self.svg,
            self.png,
            self.animation,
            self.zip,
            self.settings,
        )

    def step(self) -> None:
        """Try one input of each kind."""
        for kind in self.kinds:
            kind()
        if len(self.waiting) >= BATCH:
            self.finish()

    def toml(self) -> None:
        content = mutate(self.chance.choice([*self.tomls, (HEAD + STICKER).encode()]), self.chance)
        folder = package(self.folder / "toml")
        (folder / "filter.toml").write_bytes(content)
        self.run("toml", content, lambda: load_filter(folder))

    def svg(self) -> None:
        content = mutate(self.chance.choice(self.svgs), self.chance)

        def check() -> bytes:
            report = check_svg(content)
            return refuse(report.problems) or report.content

        if self.run("svg", content, check) is not None:
            self.wait("svg", "art.svg", content)

    def png(self) -> None:
        content = mutate_png(self.chance.choice(PNGS), self.chance)
        if self.run("png", content, lambda: refuse(png_problem(content, 2048)) or clean_png(content)) is not None:
            self.wait("png", "art.png", content)

    def animation(self) -> None:
        content = mutate_png(self.chance.choice(ANIMATIONS), self.chance)
        if self.run("animation", content, lambda: refuse(animation_problem(content)) or content) is not None:
            self.wait("animation", "art.gif" if content[:3] == b"GIF" else "art.png", content)

    def zip(self) -> None:
        content = mutate(zipped(self.folder / "whole.zip", *whole()).read_bytes(), self.chance)
        path, into = self.folder / "a.zip", self.folder / "into"
        path.write_bytes(content)
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir()
        self.run("zip", content, lambda: unpack_package(path, into))

    def settings(self) -> None:
        content = mutate(SETTINGS, self.chance)
        path = self.folder / "settings" / "settings.toml"
        shutil.rmtree(path.parent, ignore_errors=True)
        path.parent.mkdir()
        path.write_bytes(content)
        self.run("settings", content, lambda: open_settings(path))

    def run(self, kind: str, content: bytes, work: Callable[[], object]) -> object:
        """Do the work; anything but an answer or an AppError, and in time, is a finding."""
        began = time.process_time()
        result: object = None
        try:
            result = work()
            outcome = "accepted" if result is not None else "refused"
        except AppError:
            outcome = "refused"
        except Exception:  # noqa: BLE001 (that is what is looked for)
            traceback.print_exc()
            outcome = "FINDING"
        if time.process_time() - began > SLOW_SECONDS:
            outcome = "FINDING slow"
        if "FINDING" in outcome:
            self.keep(kind, content)
        self.counts[f"{kind} {outcome}"] += 1
        return result

    def wait(self, kind: str, name: str, content: bytes) -> None:
        """Put a package with this art aside until there are enough of them to be drawn."""
        folder = self.folder / "waiting" / f"{kind}{len(self.waiting)}"
        package(folder, HEAD + STICKER.replace("art.svg", name))
        (folder / name).write_bytes(content)
        self.waiting.append(folder)

    def finish(self) -> None:
        """Let the worker draw what was accepted."""
        for path, taken in self.intake.take_in(self.waiting).items():
            words = str(taken) if isinstance(taken, FilterError) else "drawn"
            ends = ("crashes", "takes longer", "takes too long", "cannot be used", "too much memory", "was not checked")
            outcome = next((end for end in ends if end in words), "drawn" if words == "drawn" else "refused")
            self.counts[f"worker: {path.name.rstrip('0123456789')} {outcome}"] += 1
            if outcome not in ("drawn", "refused"):
                print(words)
                for file in path.iterdir():
                    self.keep(f"worker-{outcome.replace(' ', '-')}-{file.name}", file.read_bytes())
        self.waiting.clear()
        shutil.rmtree(self.folder / "waiting", ignore_errors=True)
        shutil.rmtree(self.folder / "cache", ignore_errors=True)

    def keep(self, kind: str, content: bytes) -> None:
        """Write an input to the findings."""
        self.findings.mkdir(parents=True, exist_ok=True)
        (self.findings / f"{kind}-{sum(self.counts.values())}").write_bytes(content)


if __name__ == "__main__":
    sys.exit(fuzz(__doc__, Fuzzer, ("FINDING", "worker-")))
