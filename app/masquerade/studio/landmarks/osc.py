"""Sends head pose and expressions to avatar programs, as the Virtual Motion Capture protocol over OSC: VmcSender."""

import ipaddress
import math
import socket
import struct

from masquerade.errors import AppError
from masquerade.values import Face, Pose, Scene, Trigger

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 39_539
# The blend shapes that every VRM avatar has, by the trigger that moves each.
_BLENDS = {"A": Trigger.MOUTH_OPEN, "Joy": Trigger.SMILE, "U": Trigger.KISS, "Surprised": Trigger.BROWS_UP}


class OscError(AppError):
    """Landmarks cannot be sent."""


def parse_target(text: str) -> tuple[str, int]:
    """Read HOST:PORT, HOST or PORT; the defaults are loopback and VMC's port.

    Raises:
        OscError: it is neither.
    """
    if not text.strip(":"):
        raise OscError("No address was given. Use one such as 127.0.0.1:39539, or only a port.")
    host, _, port = text.rpartition(":") if ":" in text else ("", "", text) if text.isdecimal() else (text, "", "")
    host, number = host or DEFAULT_HOST, port or str(DEFAULT_PORT)
    try:
        ipaddress.ip_address(host)
        if not 1 <= int(number) <= 65_535:
            raise ValueError("the port is out of range")
    except ValueError as error:
        raise OscError(
            f"'{text}' is not a valid address ({error}). Use one such as 127.0.0.1:39539, or only a port."
        ) from error
    return host, int(number)


class VmcSender:
    """Sends the first face of each scene, without waiting for receivers; used on one thread."""

    def __init__(self, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._target = (host, port)

    def send(self, scene: Scene) -> None:
        """Send one bundle; while no face is seen, the avatar stands still."""
        face = next((face for face in scene.faces if not face.held), None)
        messages = [
            encode_message("/VMC/Ext/OK", 1 if face is not None else 0),
            encode_message("/VMC/Ext/T", float(scene.frame.taken_at)),
        ]
        if face is not None:
            messages += _of_face(face)
        try:
            self._socket.sendto(encode_bundle(messages), self._target)
        except OSError:
            # No program listens on loopback, or the network is gone: the next frame tries again.
            return

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


def _of_face(face: Face) -> list[bytes]:
    messages = []
    if face.pose is not None:
        messages.append(encode_message("/VMC/Ext/Bone/Pos", "Head", 0.0, 0.0, 0.0, *head_quaternion(face.pose)))
    for blend, trigger in _BLENDS.items():
        messages.append(encode_message("/VMC/Ext/Blend/Val", blend, 1.0 if trigger in face.active else 0.0))
    messages.append(encode_message("/VMC/Ext/Blend/Apply"))
    return messages


def head_quaternion(pose: Pose) -> tuple[float, float, float, float]:
    """Return the head's turn as (x, y, z, w) in Unity's left-handed axes: x right, y up, z forward.

    The avatar moves as a mirror image does not: it turns its own head to its own side.
    """
    # The person's own right is the image's left, and pitch is down in both.
    x, y, z = (math.radians(angle) / 2 for angle in (pose.pitch, -pose.yaw, pose.roll))
    cx, sx, cy, sy, cz, sz = math.cos(x), math.sin(x), math.cos(y), math.sin(y), math.cos(z), math.sin(z)
    # Unity's order: z, then x, then y.
    return (
        cy * sx * cz + sy * cx * sz,
        sy * cx * cz - cy * sx * sz,
        cy * cx * sz - sy * sx * cz,
        cy * cx * cz + sy * sx * sz,
    )


def encode_message(address: str, *arguments: str | int | float) -> bytes:
    """Return an OSC 1.0 message."""
    tags, body = ",", b""
    for argument in arguments:
        if isinstance(argument, str):
            tags, body = tags + "s", body + _padded(argument)
        elif isinstance(argument, int):
            tags, body = tags + "i", body + struct.pack(">i", argument)
        else:
            tags, body = tags + "f", body + struct.pack(">f", argument)
    return _padded(address) + _padded(tags) + body


def encode_bundle(messages: list[bytes]) -> bytes:
    """Return an OSC 1.0 bundle that counts at once."""
    return (
        _padded("#bundle") + struct.pack(">Q", 1) + b"".join(struct.pack(">i", len(each)) + each for each in messages)
    )


def _padded(text: str) -> bytes:
    """Return a string with its end, filled up to a multiple of four."""
    content = text.encode("ascii", "replace") + b"\0"
    return content + bytes(-len(content) % 4)
