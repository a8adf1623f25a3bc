"""A package is read whole, and every problem in it is reported at once."""

from pathlib import Path

import pytest
from masquerade.errors import FilterError
from masquerade.filters.format.layers import (
    Anchor,
    Area,
    Blend,
    Effect,
    Follow,
    LayerTrigger,
    Motion,
    PrivacyLayer,
    StickerLayer,
)
from masquerade.filters.format.manifest import load_filter
from masquerade.resources import bundled
from masquerade.values import Trigger

from tests.masquerade.filters.package_writer import HEAD, STICKER, package

ANCHORS = "anchors = { nose_tip = [1, 2], chin = [3, 4] }\n"
BARE = '[[layer]]\nkind = "sticker"\nart = "art.svg"\n'
PRIVACY = '[[layer]]\nkind = "privacy"\neffect = "blur"\n'


def errors_of(folder: Path, manifest: str) -> list[str]:
    with pytest.raises(FilterError) as caught:
        load_filter(package(folder, manifest))
    lines = str(caught.value).splitlines()
    assert all(line.startswith(f"{folder / 'filter.toml'}:") for line in lines)
    return [line.removeprefix(f"{folder / 'filter.toml'}:") for line in lines]


def test_a_sticker_with_every_key_is_read_as_written(tmp_path: Path) -> None:
    manifest = load_filter(
        package(
            tmp_path / "all-keys",
            HEAD
            + 'hint = "Open your mouth"\nkeywords = ["spectacles", "Brille"]\n'
            + BARE
            + 'part = "front"\nanchors = { nose_tip = [1, 2.5] }\nwidth = 2.4\nfollows = ["roll", "scale"]\n'
            + 'depth = 0.5\nturn = [80, -10]\nbehind = true\nblend = "soft_light"\nopacity = 0.5\nlag = 0.1\n'
            + '[layer.trigger]\non = "mouth_open"\nmotion = "slide"\nseconds = 0.3\n',
        )
    ).manifest
    assert manifest.layers == (
        StickerLayer(
            art="art.svg",
            part="front",
            anchors=(Anchor("nose_tip", 1.0, 2.5),),
            width=2.4,
            follows=frozenset({Follow.ROLL, Follow.SCALE}),
            depth=0.5,
            turn=(80.0, -10.0),
            behind=True,
            blend=Blend.SOFT_LIGHT,
            opacity=0.5,
            lag=0.1,
            trigger=LayerTrigger(Trigger.MOUTH_OPEN, Motion.SLIDE, 0.3),
        ),
    )
    assert (manifest.id, manifest.hint, manifest.tags) == ("all-keys", "Open your mouth", ("test",))
    assert manifest.keywords == ("spectacles", "Brille")


def test_keywords_that_are_no_list_of_words_are_a_problem(tmp_path: Path) -> None:
    (line,) = errors_of(tmp_path, 'keywords = "glasses"\n' + HEAD + STICKER)
    assert "'keywords' must be a list of 1 to 64 texts of up to 30 characters" in line


def test_a_privacy_layer_is_read_with_its_defaults(tmp_path: Path) -> None:
    assert load_filter(package(tmp_path, HEAD + PRIVACY)).manifest.layers == (
        PrivacyLayer(Effect.BLUR, Area.HEAD, 0.5),
    )


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [
        (HEAD + "[[layer", "is not TOML"),
        (HEAD + "x = " + "[" * 20_000, "is not TOML|inside each other"),
        (HEAD.replace("format = 1", "format = 3") + STICKER, "'format' must be 1 or 2, not 3"),
        (HEAD.replace("format = 1", "format = true") + STICKER, "'format' must be 1 or 2, not True"),
        (HEAD.replace("format = 1\n", "") + STICKER, "'format' is missing"),
        (HEAD, "'layer' is missing"),
        (HEAD + "layer = 3\n", "'layer' must be 1 to 24 tables"),
        (HEAD + STICKER * 25, "'layer' must be 1 to 24 tables"),
        (HEAD.replace('"Test"', "7") + STICKER, "'name' must be a text"),
        (HEAD.replace('"Test"', '"two\\nlines"') + STICKER, "'name' must be a text of 1 to 60 characters on one line"),
        (HEAD.replace('["test"]', "[]") + STICKER, "'tags' must be a list of 1 to 8"),
        (HEAD.replace("licence", "license") + STICKER, r"unknown key 'license' \(did you mean 'licence'\?\)"),
        (HEAD + STICKER.replace("sticker", "stiker"), r"layer 1: 'kind' must be .* \(did you mean 'sticker'\?\)"),
        (HEAD + STICKER.replace('kind = "sticker"\n', ""), "layer 1: 'kind' is missing"),
        (HEAD + STICKER.replace("kind =", "knd ="), "layer 1: 'kind' is missing; is 'knd' meant for it?"),
        (HEAD + STICKER.replace("art.svg", "at.svg"), r"layer 1: there is no file 'at.svg' \(did you mean 'art.svg'"),
        (HEAD + STICKER.replace("art.svg", "AT.SVG"), r"layer 1: there is no file 'AT.SVG' \(did you mean 'art.svg'"),
        (HEAD + STICKER + 'part = "frnt"\n', r"no group with the id 'frnt' \(did you mean 'front'\?\)"),
        (HEAD + BARE + "anchors = { nose = [1, 2] }\nwidth = 1\n", r"unknown anchor 'nose' \(did you mean 'nose_tip'"),
        (HEAD + BARE + "anchors = { nose_tip = [nan, 2] }\nwidth = 1\n", "'nose_tip' must be two numbers"),
        (HEAD + BARE + "anchors = { nose_tip = [1, 2, 3] }\nwidth = 1\n", "'nose_tip' must be two numbers"),
        (HEAD + BARE + "anchors = { nose_tip = [1, 2] }\n", "'width' is missing"),
        (HEAD + BARE + "anchors = {}\n", "'anchors' must hold 1 to 6 anchors, not 0"),
        (HEAD + BARE + "anchors = 4\n", "'anchors' must be a table"),
        (HEAD + BARE, "layer 1: 'anchors' is missing"),
        (HEAD + BARE + "anchors = { nose_tip = [1, 2], chin = [1, 2] }\n", "all at one point of the art"),
        (HEAD + STICKER + "width = 2\n", "'width' only applies to a single anchor"),
        (HEAD + STICKER + "depth = inf\n", "'depth' must be a number from -6 to 6, not inf"),
        (HEAD + STICKER + "opacity = 1.5\n", "'opacity' must be a number from 0 to 1"),
        (HEAD + STICKER + "opacity = true\n", "'opacity' must be a number from 0 to 1, not True"),
        (HEAD + STICKER + 'behind = "yes"\n', "'behind' must be true or false"),
        (HEAD + STICKER + 'blend = "multply"\n', r"'blend' must be normal, multiply.* \(did you mean 'multiply'\?\)"),
        (HEAD + STICKER + 'follows = ["rol"]\n', r"'follows' must be .* \(did you mean 'roll'\?\)"),
        (HEAD + STICKER + 'follows = "roll"\n', "'follows' must be a list"),
        (HEAD + STICKER + "turn = [200, 0]\n", "'turn' must be two numbers from -180 to 180"),
        (HEAD + STICKER + "dept = 1\n", r"layer 1: unknown key 'dept' \(did you mean 'depth'\?\)"),
        (HEAD + STICKER + '[layer.trigger]\non = "mouth"\n', "layer 1: trigger: 'on' must be mouth_open"),
        (HEAD + STICKER + '[layer.trigger]\nmotion = "show"\n', "layer 1: trigger: 'on' is missing"),
        (HEAD + STICKER + '[layer.trigger]\non = "mouth_open"\nsecond = 1\n', "trigger: unknown key 'second'"),
        (HEAD + PRIVACY + "strength = 2\n", "'strength' must be a number from 0 to 1"),
        (HEAD + PRIVACY + 'area = "hed"\n', r"'area' must be face, head or eyes, not 'hed' \(did you mean 'head'\?\)"),
    ],
)
def test_an_error_names_its_layer_and_key(tmp_path: Path, manifest: str, problem: str) -> None:
    with pytest.raises(FilterError, match=problem):
        load_filter(package(tmp_path, manifest))


def test_all_errors_are_reported_at_once(tmp_path: Path) -> None:
    manifest = (
        HEAD.replace("author", "autor") + STICKER + STICKER + "opacity = 3\nbled = 1\n" + PRIVACY + "strength = 9\n"
    )
    assert errors_of(tmp_path, manifest) == [
        "1: 'author' is missing",
        "3: unknown key 'autor' (did you mean 'author'?)",
        "14: layer 2: 'opacity' must be a number from 0 to 1, not 3",
        "15: layer 2: unknown key 'bled' (did you mean 'blend'?)",
        "19: layer 3: 'strength' must be a number from 0 to 1, not 9",
    ]


@pytest.mark.parametrize(
    "name", ["../art.svg", "/etc/passwd.svg", "sub/art.svg", "..\\art.svg", "C:art.svg", "art.txt"]
)
def test_no_name_of_a_file_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "art.svg").write_text("<svg/>")
    manifest = HEAD + STICKER.replace('"art.svg"', f"'{name}'")
    (problem,) = errors_of(tmp_path / "inner", manifest)
    assert problem.startswith("8: layer 1: 'art' must be")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    folder = package(tmp_path / "inner")
    (folder / "art.svg").rename(tmp_path / "art.svg")
    (folder / "art.svg").symlink_to(tmp_path / "art.svg")
    with pytest.raises(FilterError, match="own folder"):
        load_filter(folder)


def test_a_manifest_that_is_a_link_is_not_read(tmp_path: Path) -> None:
    folder = package(tmp_path / "inner")
    (folder / "filter.toml").rename(tmp_path / "filter.toml")
    (folder / "filter.toml").symlink_to(tmp_path / "filter.toml")
    with pytest.raises(FilterError, match="is a link"):
        load_filter(folder)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"#" * 200_000], ids=["not text", "too large"])
def test_a_manifest_that_is_no_text_is_an_error(tmp_path: Path, content: bytes) -> None:
    (package(tmp_path) / "filter.toml").write_bytes(content)
    with pytest.raises(FilterError):
        load_filter(tmp_path)


def test_a_folder_without_a_manifest_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FilterError, match="a filter is a folder with"):
        load_filter(tmp_path)


@pytest.mark.parametrize("folder", sorted(path for path in (bundled("assets") / "filters").iterdir() if path.is_dir()))
def test_every_bundled_filter_is_without_error(folder: Path) -> None:
    manifest = load_filter(folder).manifest
    assert manifest.licence == "CC0-1.0"
    # Without it, users do not find what to do.
    waiting = [layer for layer in manifest.layers if not isinstance(layer, PrivacyLayer) and layer.trigger is not None]
    assert manifest.hint is not None or not waiting
