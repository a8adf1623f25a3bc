"""Show the settings on a page over the window; every change counts at once."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from masquerade.gui.pages.overlay_page import OverlayPage
from masquerade.gui.widgets.controls import Switch, WordButton, isolated
from masquerade.settings import (
    PHOTO_DELAYS,
    REPLAY_SECONDS,
    SPLIT_MEGABYTES,
    PhotoFormat,
    PhotoSeries,
    Settings,
    SourceKind,
    StatsDetail,
    ThemeChoice,
    VideoFormat,
    VideoQuality,
)

# Between rows, and the part of it that belongs to the row: what stands under its words is nearer to them.
_ROW_GAP, _ROW_TOP = 14, 8
_FOLDER_WIDTH = 300  # pixels; a longer path is cut in its middle, and whole in the tooltip

_GLOBAL_SHORTCUTS = "Keys that work while another program has the focus"

# Bundled landmark models by what they are for; others go by their file.
_MODEL_WORDS = MappingProxyType({"masquerade85": "Standard", "masquerade15": "15 landmarks", "seed96grey": "Basic"})


class ChoiceRow(QWidget):
    """Two or three words of which one is chosen.

    Signals:
        chosen: with the member, a text.
    """

    chosen = Signal(object)

    def __init__(self, name: str, choices: Sequence[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._name, self._row = name, QHBoxLayout(self)
        self._buttons: dict[str, WordButton] = {}
        self._group = QButtonGroup(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        for member, words in choices:
            self.offer(member, words)
        self._group.buttonClicked.connect(lambda button: self.chosen.emit(button.property("member")))

    def offer(self, member: str, words: str) -> None:
        """Add a choice, unless it is there already."""
        if member in self._buttons:
            return
        button = WordButton(isolated(words), self, f"{self._name}: {words}")
        button.setObjectName("chip")
        button.setCheckable(True)
        button.setProperty("member", member)
        self._group.addButton(button)
        self._row.addWidget(button)
        self._buttons[member] = button

    def show_choice(self, member: str) -> None:
        """Mark the chosen one."""
        self._buttons[member].setChecked(True)


class SettingsPage(OverlayPage):
    """The window, photos, recordings, saved files, and the program itself.

    Signals:
        settings_changed: with the new Settings.
        login_switched: start the program at login, or no longer.
        global_shortcuts_switched: keys work while another program has the keyboard, or no longer.
        model_chosen: with one of the models that `offer_models` was given; nothing is changed yet.
        virtual_camera_wanted: show the page of the virtual camera instead.
    """

    settings_changed = Signal(object)
    login_switched = Signal(bool)
    global_shortcuts_switched = Signal(bool)
    model_chosen = Signal(str)
    virtual_camera_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Settings", parent)
        self._settings = Settings()
        rows = QWidget(self)
        self._grid = QGridLayout(rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(32)
        self._grid.setVerticalSpacing(_ROW_GAP - _ROW_TOP)
        self._grid.setColumnStretch(1, 1)
        self._controls: list[tuple[QWidget, QHBoxLayout, int]] = []
        self._next_row = 0
        self._add_view_rows(rows)
        self._add_photo_rows(rows)
        self._add_recording_rows(rows)
        self._add_heading("Saved files")
        self._add_folder(rows)
        self._add_heading("Program")
        self.virtual_camera = WordButton("Open", rows, "Open the settings of the virtual camera")
        self.virtual_camera.clicked.connect(self.virtual_camera_wanted)
        self._add("Virtual camera", "Size, mirroring, stream for OBS", self.virtual_camera)
        self.login = Switch("", "Start at login", rows)
        self.login.clicked.connect(self.login_switched)
        self._add("Start at login", "Hidden in the tray, ready for a call", self.login)
        self._rows = rows
        self.model: ChoiceRow | None = None
        self.global_shortcuts: Switch | None = None
        self._global_keys: QLabel | None = None
        self.body.addWidget(rows)

    def _add_view_rows(self, rows: QWidget) -> None:
        themes = (
            (ThemeChoice.SYSTEM, "System"),
            (ThemeChoice.DARK, "Dark"),
            (ThemeChoice.LIGHT, "Light"),
            (ThemeChoice.CONTRAST, "High contrast"),
        )
        self.theme = ChoiceRow("Theme", themes, rows)
        self.theme.chosen.connect(lambda theme: self._change(replace(self._settings, theme=ThemeChoice(theme))))
        self.mirror_preview = Switch("", "Mirror preview", rows)
        self.mirror_preview.clicked.connect(self._on_mirror)
        self.mirror_file = Switch("", "Mirror saved files", rows)
        self.mirror_file.clicked.connect(lambda on: self._change(replace(self._settings, mirror_file=on)))
        details = ((StatsDetail.OFF, "Off"), (StatsDetail.SHORT, "Short"), (StatsDetail.FULL, "Full"))
        self.stats = ChoiceRow("Performance stats", details, rows)
        self.stats.chosen.connect(lambda detail: self._change(replace(self._settings, stats=StatsDetail(detail))))
        self.reduced_motion = Switch("", "Reduced motion", rows)
        self.reduced_motion.clicked.connect(lambda on: self._change(replace(self._settings, reduced_motion=on)))
        self._add_heading("Window")
        self._add("Theme", "", self.theme)
        self._add("Mirror preview", "Flip the camera image like a mirror", self.mirror_preview)
        self._add("Show performance stats", "Frame rate and delay, on the preview", self.stats)
        self._add("Reduced motion", "No flash and no flying photo", self.reduced_motion)

    def show_settings(self, settings: Settings) -> None:
        """Show the current settings."""
        self._settings = settings
        self.theme.show_choice(settings.theme)
        self.mirror_preview.setChecked(SourceKind.CAMERA in settings.mirror_preview)
        self.mirror_file.setChecked(settings.mirror_file)
        self.stats.show_choice(settings.stats)
        self.reduced_motion.setChecked(settings.reduced_motion)
        self.photo_format.show_choice(settings.photo_format)
        self.photo_series.show_choice(settings.photo_series)
        self.photo_delay.show_choice(str(settings.photo_delay))
        self.countdown_sound.setChecked(settings.countdown_sound)
        self.replay.show_choice(str(settings.replay_seconds))
        self.quality.show_choice(settings.video_quality)
        self.format.show_choice(settings.video_format)
        self.split.show_choice(str(settings.split_megabytes))
        self.hardware.setChecked(settings.hardware_encoder)
        self.clean_copy.setChecked(settings.clean_copy)
        self._show_folders(settings)

    def show_login(self, on: bool) -> None:
        """Show whether the program is started at login."""
        self.login.setChecked(on)

    def offer_global_shortcuts(self) -> None:
        """Offer the switch for global shortcuts, which only some desktops have."""
        if self.global_shortcuts is None:
            self.global_shortcuts = Switch("", "Global shortcuts", self._rows)
            self.global_shortcuts.clicked.connect(self.global_shortcuts_switched)
            self._global_keys = self._add("Global shortcuts", _GLOBAL_SHORTCUTS, self.global_shortcuts)

    def show_global_shortcuts(self, on: bool, keys: str) -> None:
        """Show whether they are on, and the keys that the desktop gave, a line each."""
        if self.global_shortcuts is not None and self._global_keys is not None:
            self.global_shortcuts.setChecked(on)
            self._global_keys.setText(keys or _GLOBAL_SHORTCUTS)

    def offer_models(self, models: Sequence[str], used: str) -> None:
        """Offer the landmark models, names and paths; nothing where there is no choice."""
        if len(models) > 1 and self.model is None:
            self.model = ChoiceRow("Face tracking", [(model, model_words(model)) for model in models], self._rows)
            self.model.chosen.connect(lambda model: self.model_chosen.emit(str(model)))
            self._add("Face tracking", "Advanced: the model that follows faces", self.model)
        elif self.model is not None:
            for model in models:
                self.model.offer(model, model_words(model))
        self.show_model(used)

    def show_model(self, used: str) -> None:
        """Mark the model that is in use."""
        if self.model is not None:
            self.model.show_choice(used)

    def _add_heading(self, words: str) -> None:
        """Begin another group of rows."""
        heading = QLabel(words, self)
        heading.setObjectName("section")
        heading.setContentsMargins(0, 12 if self._next_row else 0, 0, 0)
        self._grid.addWidget(heading, self._next_row, 0)
        self._next_row += 1

    def _add(self, title: str, words: str, control: QWidget) -> QLabel:
        """Add a row and return its second line, which is left out where it says nothing."""
        text = QWidget(self)
        lines = QVBoxLayout(text)
        lines.setContentsMargins(0, _ROW_TOP, 0, 0)
        lines.setSpacing(2)
        small = QLabel(words, text)
        small.setObjectName("small")
        small.setVisible(bool(words))
        # The stretches keep the two lines together in a row that is higher than they are.
        lines.addStretch(1)
        lines.addWidget(QLabel(title, text))
        lines.addWidget(small)
        lines.addStretch(1)
        place = QHBoxLayout()
        place.addWidget(control)
        row = self._next_row
        self._next_row += 2
        self._controls.append((control, place, row))
        control.setAccessibleDescription(words.strip())
        self._grid.addWidget(text, row, 0)
        self._grid.addLayout(place, row, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return small

    def lay_out(self, width: int) -> None:
        """Put the controls beside their words; where there is no room, rows of choices under them, then all."""
        for kinds_under in ((), (ChoiceRow,), (QWidget,)):
            self._place_controls(kinds_under)
            if self._grid.minimumSize().width() <= width:
                break

    def _place_controls(self, kinds_under: tuple[type[QWidget], ...]) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        # A column that is spanned takes room for its gap, too.
        columns = 1 if QWidget in kinds_under else 2
        for control, place, row in self._controls:
            self._grid.removeItem(place)
            place.setParent(None)
            is_under = isinstance(control, kinds_under)
            # A switch keeps room for its focus ring: with as much beside the others all end in one line.
            end = 0 if isinstance(control, Switch) else Switch.INSET
            place.setContentsMargins(0, 0 if is_under else _ROW_TOP, end, 0)
            if is_under:
                self._grid.addLayout(place, row + 1, 0, 1, columns, middle | Qt.AlignmentFlag.AlignLeft)
            else:
                self._grid.addLayout(place, row, 1, middle | Qt.AlignmentFlag.AlignRight)
        self._grid.invalidate()

    def _add_photo_rows(self, rows: QWidget) -> None:
        self._add_heading("Photos")
        formats = ((PhotoFormat.JPEG, "JPEG"), (PhotoFormat.PNG, "PNG"), (PhotoFormat.WEBP, "WebP"))
        self.photo_format = ChoiceRow("Photo format", formats, rows)
        self.photo_format.chosen.connect(
            lambda kind: self._change(replace(self._settings, photo_format=PhotoFormat(kind)))
        )
        self._add("Format", "JPEG opens everywhere; PNG loses nothing", self.photo_format)
        delays = tuple((str(seconds), f"{seconds} s" if seconds else "Off") for seconds in PHOTO_DELAYS)
        self.photo_delay = ChoiceRow("Countdown", delays, rows)
        self.photo_delay.chosen.connect(lambda chosen: self._change(replace(self._settings, photo_delay=int(chosen))))
        series = ((PhotoSeries.SINGLE, "One"), (PhotoSeries.BURST, "Four"), (PhotoSeries.STRIP, "Strip of four"))
        self.photo_series = ChoiceRow("Photo button", series, rows)
        self.photo_series.chosen.connect(
            lambda kind: self._change(replace(self._settings, photo_series=PhotoSeries(kind)))
        )
        self._add("Photo button", "What one press takes", self.photo_series)
        self._add("Countdown", "Before a photo", self.photo_delay)
        self.countdown_sound = Switch("", "Countdown sound", rows)
        self.countdown_sound.clicked.connect(lambda on: self._change(replace(self._settings, countdown_sound=on)))
        self._add("Countdown sound", "A tick each second, but not while recording", self.countdown_sound)

    def _add_recording_rows(self, rows: QWidget) -> None:
        self._add_heading("Recordings")
        qualities = ((VideoQuality.SMALL, "Small"), (VideoQuality.STANDARD, "Standard"), (VideoQuality.BEST, "Best"))
        self.quality = ChoiceRow("Recording quality", qualities, rows)
        self.quality.chosen.connect(
            lambda quality: self._change(replace(self._settings, video_quality=VideoQuality(quality)))
        )
        formats = ((VideoFormat.MP4, "MP4"), (VideoFormat.WEBM, "WebM"))
        self.format = ChoiceRow("Recording format", formats, rows)
        self.format.chosen.connect(lambda kind: self._change(replace(self._settings, video_format=VideoFormat(kind))))
        sizes = tuple((str(size), f"{size // 1000} GB" if size else "Off") for size in SPLIT_MEGABYTES)
        self.split = ChoiceRow("Split recordings", sizes, rows)
        self.split.chosen.connect(lambda size: self._change(replace(self._settings, split_megabytes=int(size))))
        self.hardware = Switch("", "Encode on the graphics card", rows)
        self.hardware.clicked.connect(lambda on: self._change(replace(self._settings, hardware_encoder=on)))
        self.clean_copy = Switch("", "Also record without filters", rows)
        self.clean_copy.clicked.connect(lambda on: self._change(replace(self._settings, clean_copy=on)))
        self._add("Quality", "The better, the larger the file", self.quality)
        self._add("Format", "MP4 plays everywhere; WebM is free of patents", self.format)
        self._add("Split", "Start a new file at this size", self.split)
        kept = tuple((str(seconds), f"{seconds} s" if seconds else "Off") for seconds in REPLAY_SECONDS)
        self.replay = ChoiceRow("Replay", kept, rows)
        self.replay.chosen.connect(lambda chosen: self._change(replace(self._settings, replay_seconds=int(chosen))))
        self._add("Replay", "Keep the last seconds ready to save", self.replay)
        self._add("Encode on the graphics card", "For MP4, where the graphics card supports it", self.hardware)
        self._add("Also record without filters", "A second file; never while a filter hides faces", self.clean_copy)

    def _add_folder(self, rows: QWidget) -> None:
        self.choose_folder = WordButton(isolated("Choose\u2026"), rows, "Choose the folder for recordings and photos")
        self.choose_folder.clicked.connect(self._on_choose_folder)
        self._folder_words = self._add("Folder", " ", self.choose_folder)
        self._add("Mirror saved files", "Flip photos and recordings, too", self.mirror_file)

    def _show_folders(self, settings: Settings) -> None:
        """Show where recordings and photos go: the system's two folders, or the one that was chosen."""
        folders = dict.fromkeys((str(settings.recordings_folder), str(settings.photos_folder)))
        metrics = self._folder_words.fontMetrics()
        cut = (metrics.elidedText(folder, Qt.TextElideMode.ElideMiddle, _FOLDER_WIDTH) for folder in folders)
        self._folder_words.setText("\n".join(cut))
        self._folder_words.setToolTip("\n".join(folders))

    def _on_choose_folder(self) -> None:
        dialog = QFileDialog(self, "Folder for recordings and photos", str(self._settings.recordings_folder))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda folder: self._change(replace(self._settings, folder=folder)))
        dialog.open()

    def _on_mirror(self, on: bool) -> None:
        others = tuple(kind for kind in self._settings.mirror_preview if kind is not SourceKind.CAMERA)
        self._change(replace(self._settings, mirror_preview=(SourceKind.CAMERA, *others) if on else others))

    def _change(self, settings: Settings) -> None:
        self.show_settings(settings)
        self.settings_changed.emit(settings)


def model_words(model: str) -> str:
    """Return what the window calls a landmark model."""
    return _MODEL_WORDS.get(model, Path(model).name)
