"""What the window does with finished files, loaded when it is first used: ClipTools."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from masquerade.errors import AppError

if TYPE_CHECKING:
    from masquerade.studio.clips.clip import Clip
    from masquerade.studio.clips.loop import Loop
    from masquerade.studio.clips.options import LoopOptions, Stretch
    from masquerade.studio.clips.playback import Playback
    from masquerade.studio.clips.speaker import Speaker
    from masquerade.values import ByteArray, Frame


class ClipTools:
    """Imports inside its functions, so that no window waits for decoders; every function may block."""

    def read_clip(self, path: Path) -> "Clip":
        """Return what a file is; see `clip.read_clip`."""
        from masquerade.studio.clips.clip import read_clip

        return read_clip(path)

    def read_still(self, path: Path, longest_side: int, seconds: float = 0.0) -> "ByteArray":
        """Return a small image of a file; see `clip.read_still`."""
        from masquerade.studio.clips.clip import read_still

        return read_still(path, longest_side, seconds)

    def open_speaker(self) -> "Speaker | None":
        """Return the system's sound output; None where there is none."""
        from masquerade.studio.clips.speaker import open_speaker

        return open_speaker()

    def play_countdown(self, seconds: int, begun_at: float) -> "Speaker | None":
        """Let a countdown be heard; see `countdown_sound.play_countdown`."""
        from masquerade.studio.clips.countdown_sound import play_countdown

        return play_countdown(seconds, begun_at)

    def play(
        self,
        path: Path,
        stretch: "Stretch",
        on_frame: "Callable[[Frame], None]",
        on_end: Callable[[AppError | None], None],
        speaker: "Speaker | None",
    ) -> "Playback":
        """Play a stretch once; see `Playback`."""
        from masquerade.studio.clips.playback import Playback

        return Playback(path, stretch, on_frame, on_end, speaker)

    def trim(self, path: Path, stretch: "Stretch") -> Path:
        """Write a trimmed copy; see `trim.trim_video`."""
        from masquerade.studio.clips.trim import trim_video

        return trim_video(path, stretch.begin_seconds, stretch.end_seconds).path

    def make_loop(self, source: Path, target: Path, options: "LoopOptions") -> "Loop":
        """Write a loop; see `loop.make_loop`."""
        from masquerade.studio.clips.loop import make_loop

        return make_loop(source, target, options)
