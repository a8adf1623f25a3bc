"""Starts the program at login: what is written for each system, and that it can be taken back."""

import plistlib
import shutil
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
from masquerade.errors import AppError
from masquerade.gui.services.desktop.autostart import DesktopFile, LaunchAgent, RunKey, start_command, this_system
from PySide6.QtCore import QProcess

_COMMAND = ("/opt/my programs/py$thon", "-m", "masquerade", "run", "--hidden", 'a"b', "100%", "back\\slash")


class FakeRegistry:
    """The part of winreg that is used, with one key."""

    HKEY_CURRENT_USER, REG_SZ = object(), 1

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.forbidden = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def OpenKey(self, root: object, path: str) -> Self:  # noqa: N802 (winreg's name)
        return self

    def CreateKey(self, root: object, path: str) -> Self:  # noqa: N802 (winreg's name)
        assert path.endswith(r"CurrentVersion\Run")
        if self.forbidden:
            raise PermissionError(13, "Access is denied")
        return self

    def QueryValueEx(self, key: object, name: str) -> str:  # noqa: N802 (winreg's name)
        if name not in self.values:
            raise FileNotFoundError
        return self.values[name]

    def SetValueEx(self, key: object, name: str, zero: int, kind: int, value: str) -> None:  # noqa: N802
        self.values[name] = value

    def DeleteValue(self, key: object, name: str) -> None:  # noqa: N802 (winreg's name)
        if name not in self.values:
            raise FileNotFoundError
        del self.values[name]


def test_a_desktop_file_is_written_and_taken_back(tmp_path: Path) -> None:
    autostart = DesktopFile(tmp_path / "config" / "autostart", _COMMAND)
    assert not autostart.is_on
    for _ in range(2):
        autostart.switch(True)
        assert autostart.is_on
    assert [path.name for path in autostart.path.parent.iterdir()] == ["masquerade.desktop"]
    lines = dict(line.split("=", 1) for line in autostart.path.read_text().splitlines()[1:])
    assert lines["Type"] == "Application"
    # The value of a string is unescaped once, then the line is split as Exec says; % is doubled.
    unescaped = lines["Exec"].replace("\\\\", "\\").replace("%%", "%")
    words = []
    for word in unescaped[1:-1].split('" "'):
        for sign in '"`$\\':
            word = word.replace(f"\\{sign}", sign)  # noqa: PLW2901 (one escape after the other)
        words.append(word)
    assert tuple(words) == _COMMAND
    for _ in range(2):
        autostart.switch(False)
        assert not autostart.is_on


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="needs desktop-file-validate")
def test_the_desktop_file_is_valid(tmp_path: Path) -> None:
    autostart = DesktopFile(tmp_path, start_command())
    autostart.switch(True)
    answer = subprocess.run(["desktop-file-validate", autostart.path], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout) == (0, "")


def test_a_launch_agent_runs_the_command_at_login(tmp_path: Path) -> None:
    autostart = LaunchAgent(tmp_path / "LaunchAgents", _COMMAND)
    autostart.switch(True)
    agent = plistlib.loads(autostart.path.read_bytes())
    assert agent["ProgramArguments"] == list(_COMMAND)
    assert agent["RunAtLoad"] is True
    assert autostart.path.name == f"{agent['Label']}.plist"


def test_a_run_key_holds_one_line_that_windows_splits_again() -> None:
    registry = FakeRegistry()
    autostart = RunKey(registry, _COMMAND)
    assert not autostart.is_on
    autostart.switch(False)
    autostart.switch(True)
    assert autostart.is_on
    (line,) = registry.values.values()
    assert QProcess.splitCommand('"/opt/my programs/py$thon" -m masquerade')[0] in line
    autostart.switch(False)
    assert not registry.values
    registry.forbidden = True
    with pytest.raises(AppError, match="Access is denied"):
        autostart.switch(True)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "autostart").write_text("a file in the way")
    with pytest.raises(AppError, match="cannot be written"):
        DesktopFile(tmp_path / "autostart", _COMMAND).switch(True)


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the system's own")
def test_a_relative_folder_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    own = this_system()
    assert isinstance(own, DesktopFile)
    assert own.path == tmp_path / "autostart" / "masquerade.desktop"
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    other = this_system()
    assert isinstance(other, DesktopFile)
    assert other.path.is_absolute()


def test_the_command_starts_this_program() -> None:
    assert start_command()[1:] == ("-m", "masquerade", "run", "--hidden")
    subprocess.run([*start_command(), "--help"], check=True, capture_output=True)
