"""Unpacks a filter package from an untrusted zip: plain files only, within limits."""

import re
import stat
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

from masquerade.errors import FilterError
from masquerade.filters.format.tables.document import MANIFEST_FILE

MAX_ZIP_BYTES = 30_000_000
_MAX_FILES = 200
# Of the list at the end of the file: names of a thousand letters each would still fit.
_MAX_LIST_BYTES = 300_000
_MAX_FILE_BYTES = 10_000_000
_MAX_BYTES = 50_000_000
# SVG text comes down to a tenth; what comes down to a hundredth was made to burst.
_MAX_RATIO = 100
_RATIO_FREE_BYTES = 1_000_000
_END_SIGN, _END64_SIGN = b"PK\x05\x06", b"PK\x06\x07"
_END_BYTES, _MAX_COMMENT_BYTES = 22, 65_535
# What zipfile and zlib raise for files that are damaged on purpose.
ZIP_ERRORS = (
    BadZipFile,
    LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    RuntimeError,
    ValueError,
    LookupError,
    OverflowError,
    MemoryError,
    TypeError,
    AttributeError,
)
_PLAIN_NAME = re.compile(r"[\w()+,\-. ]{1,100}")
_WINDOWS_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_CHUNK_BYTES = 64_000


def unpack_package(archive: Path, into: Path) -> Path:
    """Unpack the one package in a zip into a new folder inside `into`, and return that folder.

    The package's files lie at the top of the zip, and then the zip names it; or in one
    folder, which then does. Hidden files and what systems put beside them are left out.

    Args:
        archive: the zip.
        into: must exist; on a problem it may hold part of the package.

    Raises:
        FilterError: this is no zip, holds no package, leads out of its folder, or is too large.
    """
    try:
        _check_end(archive)
        with ZipFile(archive) as opened:
            name, members = _members(archive, opened)
            folder = into / name
            folder.mkdir()
            left = _MAX_BYTES
            for file_name, member in members.items():
                left -= _extract(archive, opened, member, folder / file_name, left)
            return folder
    except OSError as error:
        raise FilterError(f"{archive} cannot be unpacked ({error.strerror or error}).") from error
    except ZIP_ERRORS as error:
        raise FilterError(f"{archive} is damaged, or not a zip that can be read here ({error}).") from error


def _check_end(archive: Path) -> None:
    """Refuse a directory that is too large before reading it."""
    length = archive.stat().st_size
    if length > MAX_ZIP_BYTES:
        raise FilterError(f"{archive} is larger than {MAX_ZIP_BYTES // 1_000_000} MB.")
    with archive.open("rb") as file:
        file.seek(max(length - _END_BYTES - _MAX_COMMENT_BYTES, 0))
        tail = file.read()
    ends = [match.start() for match in re.finditer(re.escape(_END_SIGN), tail) if match.start() + 16 <= len(tail)]
    listed = max((struct.unpack_from("<I", tail, end + 12)[0] for end in ends), default=0)
    if listed > _MAX_LIST_BYTES or _END64_SIGN in tail:
        raise FilterError(f"{archive} holds too many files; {_MAX_FILES} are allowed.")


def _members(archive: Path, opened: ZipFile) -> tuple[str, dict[str, ZipInfo]]:
    """Return the package's name, and its files by their names."""
    every = opened.infolist()
    if len(every) > _MAX_FILES:
        raise FilterError(f"{archive} holds {len(every)} files; {_MAX_FILES} are allowed.")
    for member in every:
        problem = _problem(member)
        if problem:
            raise FilterError(f"{archive}: {member.filename[:80]!r} {problem}.")
    kept = [(_path(each), each) for each in every if not each.is_dir() and not _is_litter(_path(each))]
    _check_sizes(archive, [member for _, member in kept])
    root = _root(archive, [path for path, _ in kept])
    name = root.name or archive.stem
    files = [(path.name, member) for path, member in kept if path.parent == root]
    for each in (name, *(file_name for file_name, _ in files)):
        if not _PLAIN_NAME.fullmatch(each) or each[-1] in ". " or _WINDOWS_DEVICES.fullmatch(each):
            raise FilterError(
                f"{archive}: {each[:80]!r} is not a valid name for a filter's file or folder; use plain letters."
            )
    # Some systems distinguish "Art.svg" from "art.svg" and some do not.
    if len({file_name.lower() for file_name, _ in files}) < len(files):
        raise FilterError(f"{archive} holds two files of one name.")
    return name, dict(files)


def _path(member: ZipInfo) -> PurePosixPath:
    return PurePosixPath(member.filename)


def _problem(member: ZipInfo) -> str:
    """Return what is wrong with a member, even an unneeded one; "" = nothing."""
    # zipfile has cut the name at a NUL and turned the system's own separators: what was written counts.
    name = member.orig_filename
    kind = stat.S_IFMT(member.external_attr >> 16)
    if not name.isprintable() or "\\" in name or ":" in name or name.startswith("/"):
        return "is not a relative path with / between its parts"
    if ".." in PurePosixPath(name).parts:
        return "leads out of the package"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device, not a file"
    if member.flag_bits & 0x1:
        return "is encrypted"
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return "is packed in a way that is not read here"
    return ""


def _check_sizes(archive: Path, members: Iterable[ZipInfo]) -> None:
    """Compare the announced sizes with the limits; _extract checks that they are true."""
    total = packed = 0
    for member in members:
        if member.file_size > _MAX_FILE_BYTES:
            raise FilterError(f"{archive}: {member.filename[:80]!r} is larger than {_MAX_FILE_BYTES // 1_000_000} MB.")
        total, packed = total + member.file_size, packed + member.compress_size
    if total > _MAX_BYTES or (total > _RATIO_FREE_BYTES and total > _MAX_RATIO * packed):
        raise FilterError(f"{archive} would unpack to {total / 1e6:.0f} MB, which is too much.")


def _root(archive: Path, paths: Iterable[PurePosixPath]) -> PurePosixPath:
    roots = sorted({path.parent for path in paths if path.name == MANIFEST_FILE})
    if len(roots) != 1:
        many = "several packages; pack one alone" if roots else f"no {MANIFEST_FILE}, so no filter"
        raise FilterError(f"{archive} holds {many}.")
    if len(roots[0].parts) > 1:
        raise FilterError(f"{archive} holds its {MANIFEST_FILE} too deep; pack the filter's own folder.")
    return roots[0]


def _is_litter(path: PurePosixPath) -> bool:
    """Return whether this is a file that systems or editors leave: __MACOSX, .DS_Store, Thumbs.db."""
    return any(part.startswith((".", "__MACOSX")) for part in path.parts) or path.name == "Thumbs.db"


def _extract(archive: Path, opened: ZipFile, member: ZipInfo, target: Path, left: int) -> int:
    """Write one file, at most its announced length, and return its length."""
    most = min(member.file_size, left)
    written = 0
    with opened.open(member) as source, target.open("xb") as file:
        while chunk := source.read(_CHUNK_BYTES):
            written += len(chunk)
            if written > most:
                raise FilterError(f"{archive}: {member.filename[:80]!r} is larger than it says.")
            file.write(chunk)
    return written
