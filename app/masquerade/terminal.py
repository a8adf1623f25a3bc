"""Makes text from outside safe to print: a file name must not send commands to the terminal."""

import re

# C0 and C1 control characters, DEL, lone surrogates (bytes of a name that is not UTF-8),
# and the marks that let text run backwards.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_UNSAFE_BUT_LAYOUT = re.compile(_UNSAFE.pattern.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))


def printable(name: object) -> str:
    """Return a name with every control character escaped, line breaks too.

    A byte that is not UTF-8 is shown as it is in the file system: `caf\\xe9.jpg`.
    """
    return _UNSAFE.sub(_escape, str(name))


def printable_lines(text: str) -> str:
    """Return a message with every control character escaped except line breaks and tabs."""
    return _UNSAFE_BUT_LAYOUT.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"
