"""Lists and deletes what the program has written on this machine: `masquerade doctor --privacy`."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from masquerade.gui.services.desktop.application_entry import ApplicationEntry
from masquerade.gui.services.desktop.autostart import WrittenFile, this_system
from masquerade.resources import cache_folder, log_file, runtime_folder, settings_file, user_filters, user_models
from masquerade.settings_file import read_settings

# Photos and recordings bear the program's name and the time; others may lie in the same folder.
_OWN_MEDIA = "Masquerade [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] *"


@dataclass(frozen=True, slots=True)
class WrittenFiles:
    """Files of one purpose.

    Attributes:
        purpose: for people.
        folder: where they lie; it may not exist.
        pattern: of the files' names.
        is_kept: True for what `--delete` leaves alone.
    """

    purpose: str
    folder: Path
    pattern: str = "*"
    is_kept: bool = False

    def files(self) -> Iterator[Path]:
        """Return the files there are, in folders below, too."""
        return (path for path in sorted(self.folder.rglob(self.pattern)) if path.is_symlink() or not path.is_dir())


def written_files() -> tuple[WrittenFiles, ...]:
    """Return everything that the program writes; nothing else of the user's lies there."""
    settings = read_settings(settings_file()).settings
    return (
        WrittenFiles("settings", settings_file().parent, f"{settings_file().name}*"),
        WrittenFiles("your own filters", user_filters()),
        WrittenFiles("your own models, and the photos that they learned from", user_models()),
        WrittenFiles("gallery images and checked filter packages", cache_folder()),
        *_start_at_login(),
        *(WrittenFiles("global shortcuts", path.parent, path.name) for path in ApplicationEntry().written),
        WrittenFiles("log, without images", log_file().parent, f"{log_file().name}*"),
        WrittenFiles("files of the running program", runtime_folder()),
        WrittenFiles("recordings", settings.recordings_folder, _OWN_MEDIA, is_kept=True),
        WrittenFiles("photos", settings.photos_folder, _OWN_MEDIA, is_kept=True),
    )


def _start_at_login() -> tuple[WrittenFiles, ...]:
    """Return the file that starts the program at login; Windows has a key of the registry instead."""
    autostart = this_system()
    if not isinstance(autostart, WrittenFile):
        return ()
    return (WrittenFiles("start at login", autostart.path.parent, autostart.path.name),)


def show_written_files(delete: bool) -> int:
    """Print every file, and delete those that are not the user's own; return the exit code.

    Args:
        delete: True deletes all but recordings and photos.
    """
    failed = 0
    shown: set[Path] = set()
    for group in written_files():
        files = [path for path in group.files() if path not in shown]
        shown.update(files)
        print(f"{group.purpose} ({group.folder}): {_count(files)}{_kept(group, delete)}")
        for path in files:
            failed += _show(path, delete and not group.is_kept)
        if delete and not group.is_kept:
            _remove_empty(group.folder)
    if delete and failed:
        print(f"\n{failed} could not be deleted.")
    return 1 if failed else 0


def _kept(group: WrittenFiles, delete: bool) -> str:
    return ", kept" if delete and group.is_kept else ""


def _count(files: list[Path]) -> str:
    total = sum(path.lstat().st_size for path in files)
    return f"{len(files)} files, {total / 1_000_000:.1f} MB" if files else "none"


def _show(path: Path, delete: bool) -> int:
    """Print a file and delete it where asked; return 1 where that fails."""
    if not delete:
        print(f"  {path}")
        return 0
    try:
        path.unlink()
    except OSError as error:
        print(f"  {path}: not deleted ({error.strerror})")
        return 1
    print(f"  {path}: deleted")
    return 0


def _remove_empty(folder: Path) -> None:
    """Remove a folder of the program, with empty folders in it, if no file is left."""
    if folder.is_dir() and not any(not path.is_dir() for path in folder.rglob("*")):
        shutil.rmtree(folder, ignore_errors=True)
