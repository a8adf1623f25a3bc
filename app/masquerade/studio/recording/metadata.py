"""Decides which metadata of a video or photo its rendered copy keeps; place and device are private."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

_DATE_TAGS = frozenset({"creation_time", "date", "year", "date_recorded", "com.apple.quicktime.creationdate"})
_SAFE_TAGS = _DATE_TAGS | {
    *("title", "artist", "album_artist", "album", "composer", "genre", "copyright", "description", "synopsis"),
    *("show", "episode_id", "season_number", "episode_sort", "network", "track", "disc", "publisher", "director"),
    *("com.apple.quicktime.title", "com.apple.quicktime.author", "com.apple.quicktime.copyright"),
}
# What a person may miss; other names are technical.
_TEXT_TAGS = (_SAFE_TAGS - _DATE_TAGS) | {"comment", "keywords", "lyrics", "rating", "grouping", "encoded_by"}
# Written by the new file itself.
_TECHNICAL_TAGS = frozenset({"major_brand", "minor_version", "compatible_brands", "encoder", "duration", "language"})
_PLACE_WORDS, _DEVICE_WORDS = (
    ("location", "gps", "geo", "xyz", "loci", "latitude", "longitude"),
    ("make", "model", "software", "device", "camera", "lens", "serial", "firmware", "manufacturer", "android", "uuid"),
)

# EXIF tags by number (Exif 2.32, 4.6).
_EXIF_DATES = {0x0132, 0x9003, 0x9004, 0x9010, 0x9011, 0x9012, 0x9290, 0x9291, 0x9292}
_EXIF_SAFE = _EXIF_DATES | {0x010E, 0x013B, 0x8298}  # description, artist, copyright
_EXIF_DEVICE = {0x010F, 0x0110, 0x0131, 0x013C, 0xA430, 0xA431, 0xA432, 0xA433, 0xA434, 0xA435, 0x927C, 0x9286, 0xA420}
# What belongs to the old pixels: orientation and layout, the colour profile, and previews, in which faces are bare.
_EXIF_OF_OLD_PIXELS = {
    *(*range(0x00FE, 0x0104), 0x0106, 0x0111, 0x0112, 0x0115, 0x0116, 0x0117, 0x011C, 0x013D, 0x0140, 0x0142, 0x0143),
    *(0x0144, 0x0145, 0x014A, 0x0152, 0x0153, 0x0201, 0x0202, 0x02BC, 0x8649, 0x8773, 0x83BB, 0x927C),
    *(0xA001, 0xA002, 0xA003, 0xA005, 0xC4A5, 0xC6D3),
}
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825


class MetadataMode(Enum):
    """What a rendered file keeps of the metadata of its source.

    Images, sound and, except with STRIP and DATE_ONLY, subtitles and chapters are always kept.
    """

    SAFE = "safe"
    KEEP = "keep"
    STRIP = "strip"
    DATE_ONLY = "date-only"

    @property
    def keeps_text(self) -> bool:
        """Whether chapters, subtitles and languages stay."""
        return self in (MetadataMode.SAFE, MetadataMode.KEEP)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a rendered file lacks of its source, as one line of text.

    Attributes:
        place: where it was taken.
        device: what it was taken with.
        text: titles, names and other tags.
        others: further parts, each in words, such as "1 subtitle track of images (eng)".
    """

    place: bool = False
    device: bool = False
    text: bool = False
    others: tuple[str, ...] = ()

    def __or__(self, other: "LeftOut") -> "LeftOut":
        """Return both together."""
        others = dict.fromkeys((*self.others, *other.others))
        return LeftOut(self.place or other.place, self.device or other.device, self.text or other.text, tuple(others))

    def __str__(self) -> str:
        """List the parts; "" where nothing was left out."""
        tags = (("place", self.place), ("device", self.device), ("other tags", self.text))
        return ", ".join((*(name for name, left_out in tags if left_out), *self.others))


def choose_tags(tags: Mapping[str, str], mode: MetadataMode) -> tuple[dict[str, str], LeftOut]:
    """Return the tags of a video that its copy keeps, and what is left out."""
    kept: dict[str, str] = {}
    left_out = LeftOut()
    for name, value in tags.items():
        key = name.lower()
        # FFmpeg names itself where other programs name a camera.
        if key in _TECHNICAL_TAGS or value.startswith("Lavf"):
            continue
        if mode is MetadataMode.KEEP or key in _kept_names(mode):
            kept[key] = value
        elif any(word in key for word in _PLACE_WORDS):
            left_out = replace(left_out, place=True)
        elif any(word in key for word in _DEVICE_WORDS):
            left_out = replace(left_out, device=True)
        elif key in _TEXT_TAGS:
            left_out = replace(left_out, text=True)
    return kept, left_out


def _kept_names(mode: MetadataMode) -> frozenset[str]:
    return {MetadataMode.SAFE: _SAFE_TAGS, MetadataMode.DATE_ONLY: _DATE_TAGS}.get(mode, frozenset())


def choose_exif(block: bytes, mode: MetadataMode) -> tuple[bytes, LeftOut]:
    """Return the EXIF block that the copy of a photo keeps, and what is left out.

    Thumbnails, maker notes and the orientation never stay: they belong to the old pixels.

    Args:
        block: as `Photo.exif`; b"" = none.
        mode: what to keep.

    Returns:
        The new block, b"" where nothing stays.
    """
    if not block:
        return b"", LeftOut()
    from PIL import Image  # noqa: PLC0415 (the command line shows its help without it)

    given, kept = Image.Exif(), Image.Exif()
    given.load(block)
    details, place = given.get_ifd(_EXIF_IFD), given.get_ifd(_GPS_IFD)
    # A directory is kept in full where it is named in `kept`; tags of the main one go one by one.
    kept_tags = {tag: value for tag, value in given.items() if _keeps_exif(tag, mode)}
    kept_details = {tag: value for tag, value in details.items() if _keeps_exif(tag, mode)}
    for tag, value in kept_tags.items():
        kept[tag] = value
    if kept_details:
        kept.get_ifd(_EXIF_IFD).update(kept_details)
    if place and mode is MetadataMode.KEEP:
        kept.get_ifd(_GPS_IFD).update(place)
    gone = (set(given) - set(kept_tags)) | (set(details) - set(kept_details))
    left_out = LeftOut(
        place=bool(place) and mode is not MetadataMode.KEEP,
        device=bool(gone & _EXIF_DEVICE) and mode is not MetadataMode.KEEP,
        text=bool(gone & (_EXIF_SAFE - _EXIF_DATES)),
    )
    return (kept.tobytes() if kept_tags or kept_details or (place and mode is MetadataMode.KEEP) else b""), left_out


def _keeps_exif(tag: int, mode: MetadataMode) -> bool:
    if tag in _EXIF_OF_OLD_PIXELS or tag in (_EXIF_IFD, _GPS_IFD):
        return False
    if mode is MetadataMode.KEEP:
        return True
    return tag in {MetadataMode.SAFE: _EXIF_SAFE, MetadataMode.DATE_ONLY: _EXIF_DATES}.get(mode, set())
