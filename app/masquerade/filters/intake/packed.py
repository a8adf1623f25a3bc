"""Writes a checked filter into one file, and reads it back."""

import hashlib
import json
from pathlib import Path

from masquerade.filters.format.art.loading import Art
from masquerade.filters.format.art.svg import ArtBox
from masquerade.filters.format.manifest import Filter, filter_of

_SIGNATURE = b"masquerade filter 1\n"
_SUM_BYTES = 32


class DamagedError(Exception):
    """A packed filter is not as it was written: a crash, a full disk, or another program."""


def pack(manifest_text: bytes, art: tuple[tuple[Art, ...], ...]) -> bytes:
    """Return the file of a filter.

    Args:
        manifest_text: its filter.toml.
        art: the pieces of each layer.
    """
    pieces = list(dict.fromkeys(piece for layer in art for piece in layer))
    numbers = {piece: number for number, piece in enumerate(pieces)}
    index = {
        "manifest": len(manifest_text),
        "pieces": [_described(piece) for piece in pieces],
        "layers": [[numbers[piece] for piece in layer] for layer in art],
    }
    head = json.dumps(index).encode() + b"\n"
    body = b"".join([head, manifest_text, *(piece.content for piece in pieces)])
    return _SIGNATURE + hashlib.sha256(body).digest() + body


def unpack(content: bytes, folder: Path) -> Filter:
    """Return the filter of such a file.

    Args:
        content: of the file.
        folder: of the package that it was made of.

    Raises:
        DamagedError: the file is not as it was written.
    """
    begin = len(_SIGNATURE) + _SUM_BYTES
    body = content[begin:]
    if not content.startswith(_SIGNATURE) or hashlib.sha256(body).digest() != content[begin - _SUM_BYTES : begin]:
        raise DamagedError("the sum is wrong")
    try:
        head, _, rest = body.partition(b"\n")
        index = json.loads(head)
        text, rest = rest[: index["manifest"]], rest[index["manifest"] :]
        pieces = []
        for each in index["pieces"]:
            pieces.append(
                Art(
                    rest[: each["bytes"]],
                    each["vector"],
                    ArtBox(*each["box"]),
                    each["seconds"],
                    each["part"],
                    each.get("video", False),
                )
            )
            rest = rest[each["bytes"] :]
        art = tuple(tuple(pieces[number] for number in layer) for layer in index["layers"])
        return filter_of(text.decode("utf-8-sig"), art, folder)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise DamagedError(str(error)) from error


def _described(piece: Art) -> dict[str, object]:
    box = piece.box
    return {
        "bytes": len(piece.content),
        "vector": piece.vector,
        "box": [box.left, box.top, box.width, box.height],
        "seconds": piece.seconds,
        "part": piece.part,
        "video": piece.video,
    }
