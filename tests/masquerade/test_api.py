"""Tests the public API: its examples in the docs, what an import costs, and what wrong arguments are answered with."""

import ast
import io
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import cv2
import masquerade
import numpy as np
import pytest
from masquerade.pipeline.sources.source import Source

from tests.masquerade.commands.faces import face_video, portrait, save
from tests.shared import REPO

PAGE = (REPO / "docs" / "python-api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^## ([^\n]+)\n(?:(?!^## ).)*?```python\n(.*?)```\n\n```text\n(.*?)```", PAGE, re.M | re.S)
PORTRAIT = REPO / "assets" / "demo" / "eileen_collins.jpg"
NUMBER = re.compile(r"-?\d+\.?\d*")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder of the examples."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(PORTRAIT, tmp_path / "portrait.jpg")
    face_video(tmp_path / "clip.mp4", frames=25, sound=False)
    shutil.copytree(REPO / "model" / "masquerade15", tmp_path / "my-model")
    shutil.copytree(REPO / "assets" / "filters" / "dog", tmp_path / "my-filter")
    manifest = tmp_path / "my-filter" / "filter.toml"
    text = manifest.read_text(encoding="utf-8").replace("\nname =", '\nautor = "me"\nname =', 1)
    manifest.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("code", "output"), [each[1:] for each in EXAMPLES], ids=[each[0] for each in EXAMPLES])
def test_an_example_of_the_docs_prints_what_the_docs_show(desk: Path, code: str, output: str) -> None:
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(code, "example", "exec"), {})
    assert NUMBER.sub("#", printed.getvalue()) == NUMBER.sub("#", output)
    # A processor with other instructions rounds otherwise.
    numbers, shown = ([float(each) for each in NUMBER.findall(text)] for text in (printed.getvalue(), output))
    assert numbers == pytest.approx(shown, abs=2)


def test_every_public_function_has_an_example_of_at_most_seven_lines() -> None:
    assert len(EXAMPLES) == 7
    assert max(len(code.splitlines()) for _, code, _ in EXAMPLES) <= 8
    functions = {name for name in masquerade.__all__ if name[0].islower()} - {"list_filters"}
    used = {
        node.attr for _, code, _ in EXAMPLES for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Attribute)
    }
    assert functions <= used


def test_every_public_name_is_there_and_documented() -> None:
    assert sorted(masquerade.__all__) == sorted(masquerade._HOMES)
    for name in masquerade.__all__:
        value = getattr(masquerade, name)
        assert name in dir(masquerade)
        if name != "LANDMARK_NAMES":
            assert value.__doc__
    with pytest.raises(AttributeError, match="no attribute 'find_face'"):
        masquerade.find_face  # noqa: B018


def test_an_import_is_quick_and_loads_nothing_heavy() -> None:
    script = (
        "import sys; before = set(sys.modules); import masquerade; loaded = set(sys.modules) - before\n"
        "heavy = ('numpy', 'cv2', 'PySide6', 'av', 'socket', 'ai_edge_litert')\n"
        "print([name for name in loaded if name in heavy or name.startswith('masquerade.')])\n"
        # 29 of Python's own take some 10 ms.
        "print(len(loaded) < 60)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\nTrue\n"


@pytest.mark.parametrize(
    ("convert", "colour"),
    [
        (lambda bgr: bgr, "bgr"),
        (lambda bgr: bgr[..., ::-1], "rgb"),
        (lambda bgr: cv2.cvtColor(bgr, cv2.COLOR_BGR2BGRA), "bgr"),
        (lambda bgr: cv2.cvtColor(bgr, cv2.COLOR_BGR2RGBA), "rgb"),
        (lambda bgr: cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), "bgr"),
    ],
    ids=["BGR", "RGB", "BGRA", "RGBA", "grey"],
)
def test_a_face_is_found_in_every_kind_of_array_which_stays_as_it_is(convert: object, colour: str) -> None:
    image = convert(cv2.imread(str(PORTRAIT)))  # type: ignore[operator]
    before = image.copy()
    (face,) = masquerade.find_faces(image, colour=colour)
    assert face.landmarks["nose_tip"] == pytest.approx((225, 127), abs=3)
    assert (image == before).all()


def test_filters_are_drawn_in_the_colours_of_the_image_that_was_given() -> None:
    bgr = cv2.imread(str(PORTRAIT))
    drawn = masquerade.draw_filters(bgr, "clown-nose")
    red_first = masquerade.draw_filters(np.ascontiguousarray(bgr[..., ::-1]), "clown-nose", colour="rgb")
    assert (red_first[..., ::-1] == drawn).all()
    blue, green, red = (int(each) for each in drawn[127, 225])
    assert red > 2 * max(blue, green)


@pytest.mark.parametrize(
    ("image", "error", "words"),
    [
        (np.zeros((4, 4, 3), np.float32), TypeError, "must be uint8, got float32"),
        (np.zeros((4, 4, 2), np.uint8), ValueError, r"got \(4, 4, 2\)"),
        (np.zeros((0, 4, 3), np.uint8), ValueError, "sides of 1 to"),
        ([[1, 2]], TypeError, "a path or a numpy array, got list"),
        ("nowhere.png", masquerade.SourceError, "nowhere.png"),
    ],
)
def test_a_value_that_is_no_image_is_refused(image: object, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        masquerade.find_faces(image)  # type: ignore[arg-type]


def test_a_wrong_name_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(masquerade.FilterError, match="Did you mean 'sunglasses'"):
        masquerade.draw_filters(PORTRAIT, "sunglases")
    with pytest.raises(masquerade.ModelError, match="no model"):
        masquerade.find_faces(PORTRAIT, model="no-such-model")
    with pytest.raises(masquerade.SourceError, match="no file"):
        masquerade.track("nowhere.mp4")
    with pytest.raises(ValueError, match="'bgr' or 'rgb'"):
        masquerade.find_faces(np.zeros((4, 4, 3), np.uint8), colour="bgra")  # type: ignore[arg-type]


def test_a_stream_can_be_left_in_the_middle_and_gives_its_source_back(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[Source] = []
    from masquerade.api import streams  # noqa: PLC0415

    opened = streams.open_source("clip.mp4")
    leave = type(opened).__exit__

    def noted(source: Source, *words: object) -> None:
        closed.append(source)
        leave(source, *words)  # type: ignore[arg-type]

    monkeypatch.setattr(type(opened), "__exit__", noted)
    frames = masquerade.track("clip.mp4")
    assert next(frames).index == 0
    frames.close()  # type: ignore[attr-defined]
    assert len(closed) == 1


def test_filters_of_a_stream_change_in_the_middle(tmp_path: Path) -> None:
    path = save(tmp_path / "face.png", portrait((256, 256)))
    image = cv2.imread(str(path))
    stream = masquerade.FaceStream()
    bare = stream.process(image, 0.0)
    stream.choose("clown-nose")
    worn = stream.process(image, 0.1)
    assert (bare.image == image).all()
    assert (worn.image != image).any()
    assert [face.identity for face in worn.faces] == [1]
    assert (bare.index, worn.index, worn.time) == (0, 1, 0.1)
