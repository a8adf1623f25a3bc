"""Checks whether a container accepts a stream, and moves packets to another clock: can_be_copied, moved."""

import io
import logging
from typing import Any

import av
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream

_log = logging.getLogger(__name__)


def can_be_copied(source: Stream, container: OutputContainer) -> bool:
    """Try it in memory: a header refuses some kinds, rates and profiles, and a refused header costs the file."""
    try:
        with av.open(io.BytesIO(), "w", format=container.format.name) as trial:
            trial.add_stream_from_template(source)
            trial.start_encoding()
    except (av.FFmpegError, ValueError) as error:
        _log.debug("a stream cannot be copied into %s: %s", container.format.name, error)
        return False
    return True


def moved(packet: "Packet[Any]", stream: Stream, shift_seconds: float) -> "Packet[Any]":
    """Return a packet of another container, its times moved, as one of `stream`."""
    shift = round(shift_seconds / packet.time_base)
    packet.dts = None if packet.dts is None else packet.dts + shift
    packet.pts = packet.dts if packet.pts is None else packet.pts + shift
    packet.stream = stream
    return packet
