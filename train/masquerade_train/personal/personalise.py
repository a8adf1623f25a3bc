"""Makes a model for one person: photos, corrections, training, comparison; the app uses the better model."""

import logging
import math
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from masquerade_train.datasets.face_set import FaceSet, save_faces
from masquerade_train.errors import replacing
from masquerade_train.exporting.card_file import MODEL_FILE
from masquerade_train.exporting.export import ExportOptions, export
from masquerade_train.fitting.fit import fit
from masquerade_train.fitting.run_config import Budget, RunConfig
from masquerade_train.fitting.start_weights import bundled_card, network_of
from masquerade_train.inference.predictor import open_network
from masquerade_train.personal.before_after import BeforeAfter, measure_both
from masquerade_train.personal.folder import LABELS, SOURCE, corrected_files, read_folder, write_folder
from masquerade_train.personal.photos import take_photos
from masquerade_train.recipes.recipe import BACKGROUND, Crops, Recipe
from masquerade_train.recipes.table import RECIPES
from masquerade_train.zoo.catalog import PRETRAINED

_BASE = "masquerade15-on"
_EPOCH_IMAGES = 1280
# The base knows faces and stays as it is: one person's photos would spoil it, and a step takes half the time.
_FROZEN_UNTIL = "all"
_CARD = "card.json"
_HOW_MEASURED = (
    "  measured on crops with a detector's errors, against your corrections, elsewhere against the mean of 18 looks "
    "of the bundled model: without corrections this says how steady the model is, not how right."
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PersonalPlan:
    """What a personal model is made of.

    Attributes:
        source: "camera:0", the path of a video or of a folder of photos, or the folder of an earlier personal model.
        out: the model's folder; photos of the user are kept in it.
        minutes: of training.
        seconds: to watch a camera; None = a file, to its end.
        correct: True opens a window for doubtful photos.
        use: True lets the app use the model if it is better.
    """

    source: str
    out: Path
    minutes: float = 6.0
    seconds: float | None = None
    correct: bool = True
    use: bool = True


def personalise(plan: PersonalPlan) -> str:
    """Make the model and return what came of it, for people.

    A model that is not better is thrown away, and nothing of the app is changed.

    Raises:
        TrainError: the source cannot be used, or a file cannot be read or written.
    """
    photos = plan.out / "photos"
    if _is_earlier(plan):
        _log.info("The photos of %s are used as they are.", photos)
    else:
        counts = write_folder(photos, take_photos(plan.source, plan.seconds))
        _log.info(
            "%d photos to learn from, %d kept aside to measure on, %d of them all doubtful (in %s).",
            counts.training,
            counts.test,
            counts.doubtful,
            photos,
        )
    if plan.correct:
        _open_corrections(photos / LABELS)
    faces = read_folder(photos)
    run = plan.out / "run"
    shutil.rmtree(run, ignore_errors=True)
    try:
        return _train(plan, faces, run, corrected_files(photos))
    finally:
        shutil.rmtree(run, ignore_errors=True)


def _is_earlier(plan: PersonalPlan) -> bool:
    """Return whether the source is the folder of an earlier personal model, whose photos are taken again."""
    folder = Path(plan.source)
    return (folder / "photos" / LABELS).is_file() and folder.resolve() == plan.out.resolve()


def _open_corrections(labels: Path) -> None:
    """Let the user correct doubtful photos in the app's own window; where there is none, labels stay as they are."""
    done = subprocess.run([sys.executable, "-m", "masquerade", "correct", str(labels), "--doubtful"], check=False)
    if done.returncode:
        _log.warning("The photos were not corrected. `masquerade correct %s` does it later.", labels)


def _train(plan: PersonalPlan, faces: FaceSet, run: Path, corrected: frozenset[str]) -> str:
    bundled = bundled_card().path
    data, trained = run / "faces.npz", run / plan.out.name
    save_faces(faces, data)
    fit(personal_recipe(faces), RunConfig(data, run / "fit", bundled, Budget(plan.minutes)))
    # How much int8 loses is a part of what is measured: the app runs int8 before and after.
    export(run / "fit", trained, data, ExportOptions(only=True, allowed_loss=math.inf))
    result = measure_both(faces, open_network(bundled), open_network(trained / MODEL_FILE), corrected)
    return "\n".join([result.describe(), _HOW_MEASURED, *_keep(plan, trained, result)])


def personal_recipe(faces: FaceSet) -> Recipe:
    """Return the recipe that continues training the bundled model with the photos of `faces`."""
    base, card = RECIPES[_BASE], bundled_card()
    assert isinstance(base.input, Crops)
    crops = replace(
        base.input,
        side=card.input_side,
        channels=3 if card.colour == "rgb" else 1,
        points=card.points,
        shares=((SOURCE, 0.92), (BACKGROUND, 0.08)),
        epoch_images=_EPOCH_IMAGES,
    )
    name = f"personal-{int((faces.sources == SOURCE).sum())}"
    # The budget in minutes ends it.
    network = network_of(card.path)
    frozen_until = _FROZEN_UNTIL if network in PRETRAINED else ""
    return replace(base, name=name, net=network, input=crops, frozen_until=frozen_until, epochs=10_000)


def _keep(plan: PersonalPlan, trained: Path, result: BeforeAfter) -> list[str]:
    """Install a better model in the app; return a summary."""
    kept = f"Photos of you are kept in {plan.out / 'photos'}: delete them when you no longer need them."
    if not result.is_better:
        return ["It is not better than the bundled model, so nothing was changed. Corrected photos help most.", kept]
    for file in (MODEL_FILE, _CARD):
        with replacing(plan.out / file) as part:
            shutil.copyfile(trained / file, part)
    if not plan.use:
        return [f"It is better. Use it: masquerade model {plan.out}", kept]
    done = subprocess.run(
        [sys.executable, "-m", "masquerade", "model", str(plan.out)], check=False, capture_output=True, text=True
    )
    if done.returncode:
        return [f"It is better, but the app cannot use it. {done.stderr.strip()}", kept]
    return ["It is better, and the app uses it now. `masquerade model standard` goes back.", kept]
