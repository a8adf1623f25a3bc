"""A zip is unpacked whole into its own folder, or not at all; no zip leads out of it or fills the disk."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from masquerade.errors import FilterError
from masquerade.filters.packages import archive
from masquerade.filters.packages.archive import unpack_package

from tests.masquerade.filters.package_writer import HEAD, SQUARES, STICKER

MANIFEST = HEAD + STICKER
Entry = tuple[str | zipfile.ZipInfo, str | bytes]


def zipped(path: Path, *entries: Entry, packing: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", packing) as target:
        for name, content in entries:
            target.writestr(name, content)
    return path


def whole(prefix: str = "") -> tuple[Entry, ...]:
    return (f"{prefix}filter.toml", MANIFEST), (f"{prefix}art.svg", SQUARES)


def linked(name: str, target: str, kind: int = stat.S_IFLNK) -> Entry:
    member = zipfile.ZipInfo(name)
    member.external_attr = (kind | 0o777) << 16
    return member, target


def patched(path: Path, change: Callable[[bytearray], None]) -> Path:
    content = bytearray(path.read_bytes())
    change(content)
    path.write_bytes(content)
    return path


def left_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("prefix", ["", "hat/"])
def test_a_package_is_unpacked_with_or_without_a_folder_of_its_own(tmp_path: Path, into: Path, prefix: str) -> None:
    folder = unpack_package(zipped(tmp_path / "hat.zip", *whole(prefix)), into)
    assert folder == into / "hat"
    assert left_in(into) == {"hat/filter.toml", "hat/art.svg"}
    assert (folder / "art.svg").read_text() == SQUARES


def test_the_folder_in_the_zip_names_the_package(tmp_path: Path, into: Path) -> None:
    assert unpack_package(zipped(tmp_path / "download (1).zip", *whole("party-hat/")), into).name == "party-hat"


def test_what_systems_add_and_deeper_folders_are_left_out(tmp_path: Path, into: Path) -> None:
    entries = (
        *whole("hat/"),
        ("hat/", ""),
        ("__MACOSX/hat/._art.svg", "x"),
        ("hat/.DS_Store", "x"),
        ("hat/Thumbs.db", "x"),
        ("hat/sources/art.afdesign", "x"),
        ("readme.txt", "x"),
    )
    unpack_package(zipped(tmp_path / "hat.zip", *entries), into)
    assert left_in(into) == {"hat/filter.toml", "hat/art.svg"}


HOSTILE: dict[str, tuple[tuple[Entry, ...], str]] = {
    "up": ((*whole(), ("../evil.svg", "x")), "leads out"),
    "up inside": ((*whole("hat/"), ("hat/../../evil.svg", "x")), "leads out"),
    "absolute": ((*whole(), ("/tmp/evil.svg", "x")), "not a relative path"),
    "drive": ((*whole(), ("C:/evil.svg", "x")), "not a relative path"),
    "drive without slash": ((*whole(), ("C:evil.svg", "x")), "not a relative path"),
    "backslash": ((*whole(), ("..\\evil.svg", "x")), "not a relative path"),
    "stream": ((*whole(), ("art.svg:hidden", "x")), "not a relative path"),
    "new line": ((*whole(), ("a\nb.svg", "x")), "not a relative path"),
    "escape": ((*whole(), ("\x1b[2Jb.svg", "x")), "not a relative path"),
    "link": ((*whole(), linked("passwd.svg", "/etc/passwd")), "link or a device"),
    "link for the manifest": ((linked("filter.toml", "/etc/passwd"),), "link or a device"),
    "linked folder": ((linked("hat", "/tmp"), *whole("hat/")), "link or a device"),
    "device": ((*whole(), linked("null.svg", "", stat.S_IFCHR)), "link or a device"),
    "no manifest": ((("art.svg", SQUARES),), "no filter.toml"),
    "empty": ((), "no filter.toml"),
    "two packages": ((*whole("a/"), *whole("b/")), "several packages"),
    "too deep": (whole("a/b/"), "too deep"),
    "device of Windows": ((*whole(), ("NUL.svg", "x")), "not a valid name for"),
    "trailing dot": ((*whole(), ("art.svg.", "x")), "not a valid name for"),
    "odd letters": ((*whole(), ("art$(reboot).svg", "x")), "not a valid name for"),
    "trailing space": (whole("hat /"), "not a valid name for"),
    "two of one name": ((*whole(), ("ART.svg", "x")), "two files of one name"),
    "many files": ((*whole(), *((f"{n}.svg", "x") for n in range(300))), "holds 302 files"),
    "a large file": ((*whole(), ("big.svg", bytes(11_000_000))), "larger than 10 MB"),
    "a bomb": ((*whole(), *((f"{n}.svg", bytes(9_000_000)) for n in range(5))), "would unpack to 45 MB"),
    "a small bomb": ((*whole(), ("big.svg", bytes(2_000_000))), "would unpack to 2 MB"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_zip_is_refused_and_nothing_lies_outside(tmp_path: Path, into: Path, case: str) -> None:
    entries, words = HOSTILE[case]
    path = zipped(tmp_path / "hat.zip", *entries)
    with pytest.raises(FilterError, match=words):
        unpack_package(path, into)
    assert left_in(tmp_path) == {"hat.zip"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_comes_twice_is_refused(tmp_path: Path, into: Path) -> None:
    with pytest.raises(FilterError, match="two files of one name"):
        unpack_package(zipped(tmp_path / "hat.zip", *whole(), ("art.svg", "other")), into)


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"not a zip at all", b"PK\x05\x06" + bytes(18), b"PK\x03\x04" + bytes(100)],
    ids=["empty", "two letters", "text", "an end alone", "a beginning alone"],
)
def test_what_is_no_zip_is_refused(tmp_path: Path, into: Path, content: bytes) -> None:
    path = tmp_path / "hat.zip"
    path.write_bytes(content)
    with pytest.raises(FilterError, match=r"damaged|no filter\.toml"):
        unpack_package(path, into)


@pytest.mark.parametrize("at", range(0, 900, 23))
def test_a_zip_with_any_wrong_byte_is_refused_or_unpacked_within_its_folder(
    tmp_path: Path, into: Path, at: int
) -> None:
    path = zipped(tmp_path / "hat.zip", *whole("hat/"))

    def spoil(content: bytearray) -> None:
        content[at % len(content)] ^= 0xFF

    with suppress(FilterError):
        unpack_package(patched(path, spoil), into)
    assert all(name == "hat.zip" or name.startswith("into/") for name in left_in(tmp_path))


@pytest.mark.parametrize("said", [10, 0xFFFFFFF0], ids=["less than it is", "gigabytes"])
def test_a_file_that_lies_about_its_length_is_refused(tmp_path: Path, into: Path, said: int) -> None:
    path = zipped(tmp_path / "hat.zip", *whole())

    def lie(content: bytearray) -> None:
        entry = content.rindex(b"PK\x01\x02")
        struct.pack_into("<I", content, entry + 24, said)

    with pytest.raises(FilterError):
        unpack_package(patched(path, lie), into)


@pytest.mark.parametrize(
    ("flag", "method"), [(1, None), (0, 12), (0, 14), (0, 93)], ids=["locked", "bz2", "lzma", "zstd"]
)
def test_other_ways_of_packing_are_refused(tmp_path: Path, into: Path, flag: int, method: int | None) -> None:
    path = zipped(tmp_path / "hat.zip", *whole())

    def change(content: bytearray) -> None:
        entry = content.index(b"PK\x01\x02")
        content[entry + 8] |= flag
        if method is not None:
            struct.pack_into("<H", content, entry + 10, method)

    with pytest.raises(FilterError, match=r"encrypted|packed in a way"):
        unpack_package(patched(path, change), into)


def test_a_list_of_contents_that_would_fill_the_memory_is_not_read(tmp_path: Path, into: Path) -> None:
    path = zipped(tmp_path / "hat.zip", *((f"{'n' * 200}{n}.svg", "") for n in range(2000)))
    with pytest.raises(FilterError, match="too many files"):
        unpack_package(path, into)


def test_a_zip64_is_not_read(tmp_path: Path, into: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr("filter.toml", MANIFEST)
    content = buffer.getvalue()
    end = content.rindex(b"PK\x05\x06")
    path = tmp_path / "hat.zip"
    path.write_bytes(content[:end] + b"PK\x06\x07" + bytes(16) + content[end:])
    with pytest.raises(FilterError, match="too many files"):
        unpack_package(path, into)


def test_a_huge_zip_is_not_opened(tmp_path: Path, into: Path) -> None:
    path = tmp_path / "hat.zip"
    with path.open("wb") as file:
        file.truncate(archive.MAX_ZIP_BYTES + 1)
    with pytest.raises(FilterError, match="larger than 30 MB"):
        unpack_package(path, into)


def test_a_missing_zip_is_an_error(tmp_path: Path, into: Path) -> None:
    with pytest.raises(FilterError, match="cannot be unpacked"):
        unpack_package(tmp_path / "hat.zip", into)
