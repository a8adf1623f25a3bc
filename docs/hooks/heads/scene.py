"""Build one of the twelve heads in Blender and render it: run by render_heads.py, inside of Blender.

`blender --background --python scene.py -- PACKAGE OUTPUT SIDE SAMPLES NAME...`
"""

import math
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Vector

sys.path.insert(0, str(Path(__file__).parent))
from base_mesh import PIVOT, BaseMesh, Floats, PosedHead, Regions, find_regions, pose_head, read_base_mesh

Rgb = Sequence[float]
# Half of what the camera sees at the head, and how far away it stands, in eye distances.
_HALF_VIEW, _CAMERA_AWAY = 3.6, 13.0
_DARK_HAIR, _DARK_EYES = (0.02, 0.012, 0.008), (0.1, 0.05, 0.02)
_DAYLIGHT = (
    (-5, -7, 4, 1500, 4, (1, 0.96, 0.9)),
    (6, -6, 1, 500, 5, (0.9, 0.95, 1)),
    (3, 6, 5, 700, 2, (1, 1, 1)),
)


def _material(name: str, rgb: Rgb, rough: float = 0.5, gleam: float = 0.4) -> Any:
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    inputs = material.node_tree.nodes["Principled BSDF"].inputs
    inputs["Base Color"].default_value = (*rgb, 1)
    inputs["Roughness"].default_value, inputs["Specular"].default_value = rough, gleam
    return material


def _skin(data: Path, rgb: Rgb) -> Any:
    """Return skin with blotches and pores, and with lips, ears, lids and mouth in colours of their own."""
    red, green, blue = rgb
    material = _material("skin", rgb)
    tree = material.node_tree
    shader = tree.nodes["Principled BSDF"]
    shader.inputs["Subsurface"].default_value, shader.inputs["Subsurface Radius"].default_value = (
        0.04,
        (0.12, 0.05, 0.03),
    )
    blotches, colour = tree.nodes.new("ShaderNodeTexNoise"), tree.nodes.new("ShaderNodeMixRGB")
    blotches.inputs["Scale"].default_value, blotches.inputs["Detail"].default_value = 14, 8
    colour.inputs[1].default_value = (*(0.82 * each for each in rgb), 1)
    colour.inputs[2].default_value = (*(min(1, 1.12 * each) for each in rgb), 1)
    tree.links.new(blotches.outputs[0], colour.inputs[0])
    places = tree.nodes.new("ShaderNodeUVMap")
    for texture, tint, strength in (
        ("mpfb_lips.jpg", (0.85 * red, 0.48 * green, 0.5 * blue), 0.75),
        ("mpfb_ears.jpg", (red, 0.75 * green, 0.7 * blue), 0.35),
        ("mpfb_eyelids.jpg", (0.75 * red, 0.6 * green, 0.58 * blue), 0.55),
        ("mpfb_inside-mouth.jpg", (0.25, 0.05, 0.05), 0.95),
    ):
        mix = _tint(tree, places, data / "textures" / texture, (*tint, 1), strength)
        tree.links.new(colour.outputs[0], mix.inputs[1])
        colour = mix
    tree.links.new(colour.outputs[0], shader.inputs["Base Color"])
    tree.links.new(colour.outputs[0], shader.inputs["Subsurface Color"])
    pores, bump = tree.nodes.new("ShaderNodeTexNoise"), tree.nodes.new("ShaderNodeBump")
    pores.inputs["Scale"].default_value, bump.inputs["Strength"].default_value = 120, 0.12
    tree.links.new(pores.outputs[0], bump.inputs["Height"])
    tree.links.new(bump.outputs[0], shader.inputs["Normal"])
    return material


def _tint(tree: Any, places: Any, mask: Path, rgba: Rgb, strength: float) -> Any:
    """Return a node that lays a colour over its first input where a mask is white."""
    image, share, mix = (tree.nodes.new(f"ShaderNode{kind}") for kind in ("TexImage", "Math", "MixRGB"))
    image.image = bpy.data.images.load(str(mask))
    image.image.colorspace_settings.name = "Non-Color"
    share.operation, share.inputs[1].default_value = "MULTIPLY", strength
    mix.inputs[2].default_value = rgba
    tree.links.new(places.outputs[0], image.inputs[0])
    tree.links.new(image.outputs[0], share.inputs[0])
    tree.links.new(share.outputs[0], mix.inputs[0])
    return mix


class HeadScene:
    """An empty scene that one head is put into.

    Args:
        mesh: the base mesh.
        spec: the head's table of heads.toml.
    """

    def __init__(self, mesh: BaseMesh, spec: dict[str, Any]) -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self._mesh, self._spec = mesh, spec
        self._head: PosedHead = pose_head(mesh, spec)
        self._regions: Regions = find_regions(mesh, self._head)
        self._hair = _material("hair", spec.get("hair", _DARK_HAIR), 0.45, 0.35)

    def build(self) -> None:
        """Put in the head, what it wears, light and camera."""
        spec, regions = self._spec, self._regions
        self._add("skin", regions.skin(), _skin(self._mesh.data, spec["skin"]), textured=True)
        if clothed := regions.clothed():
            self._add("cloth", clothed, _material("cloth", spec.get("cloth", (0.1, 0.15, 0.3)), 0.9, 0.1))
        teeth = regions.group("helper-upper-teeth", "helper-lower-teeth")
        self._add("teeth", teeth, _material("teeth", (0.75, 0.7, 0.6), 0.2))
        self._add_eyes()
        self._add_hair(spec["style"])
        brows = self._add("brows", regions.brows(), self._hair)
        self._grow(brows, 220, 0.06, rough=0.02, children=12, fall=0.2)
        if "beard" in spec:
            beard = self._add("beard", regions.beard(), self._hair)
            self._grow(beard, 1500, spec["beard"], rough=0.05, children=20, fall=0.7)
        if spec.get("glasses"):
            self._add_glasses()
        self._add_light()
        self._add_camera()

    def _add(
        self, name: str, faces: Sequence[int], material: Any, *, points: Floats | None = None, textured: bool = False
    ) -> Any:
        """Return a new object of some faces of the base mesh, smoothed."""
        points = self._head.turned if points is None else points
        used = np.unique(np.concatenate([self._mesh.faces[face] for face in faces]))
        number = {int(vertex): index for index, vertex in enumerate(used)}
        body = bpy.data.meshes.new(name)
        polygons = [[number[vertex] for vertex in self._mesh.faces[face]] for face in faces]
        body.from_pydata([tuple(point) for point in points[used]], [], polygons)
        if textured:
            places = [place for face in faces for place in self._mesh.corners[face]]
            layer = body.uv_layers.new()
            for corner, place in zip(layer.data, places, strict=True):
                corner.uv = self._mesh.texture[place]
        body.update()
        for polygon in body.polygons:
            polygon.use_smooth = True
        body.materials.append(material)
        added = bpy.data.objects.new(name, body)
        bpy.context.collection.objects.link(added)
        smoothing = added.modifiers.new("smoothing", "SUBSURF")
        smoothing.levels = smoothing.render_levels = 1
        return added

    def _add_eyes(self) -> None:
        """Put in eyeballs that look straight ahead of the head."""
        white = _material("white", (0.8, 0.78, 0.75), 0.12, 0.6)
        iris = _material("iris", self._spec.get("iris", _DARK_EYES), 0.1)
        pupil = _material("pupil", (0.005, 0.005, 0.005), 0.08)
        for side, middle in zip("lr", self._head.eyes, strict=True):
            faces = self._regions.group(f"helper-{side}-eye")
            ball = self._add(f"eye-{side}", faces, white)
            ball.data.materials.append(iris)
            ball.data.materials.append(pupil)
            for polygon, face in zip(ball.data.polygons, faces, strict=True):
                direction = self._head.upright[list(self._mesh.faces[face])].mean(0) - middle
                ahead = float(-direction[1] / np.linalg.norm(direction))
                angle = math.degrees(math.acos(min(max(ahead, -1.0), 1.0)))
                polygon.material_index = 2 if angle < 13 else 1 if angle < 28 else 0

    def _add_hair(self, style: str) -> None:
        if style == "scarf":
            self._add_scarf()
        if style in ("scarf", "bald"):
            return
        scalp, turned = self._regions.scalp(), self._head.turned
        self._add("cap", scalp, self._hair, points=PIVOT + (turned - PIVOT) * 1.012)
        strands = self._add("strands", scalp, self._hair)
        if style == "short":
            self._grow(strands, 2600, 0.24, rough=0.05, fall=0.3)
        elif style == "curly":
            self._grow(strands, 2600, 0.75, rough=0.16, children=24, width=0.018, curl=0.14)
        elif style == "stubble":
            self._grow(strands, 2600, 0.06, rough=0.02)
        elif style == "long":
            self._grow(strands, 2600, 0.5, rough=0.05, fall=1.0)
            self._add("long", self._regions.long_hair(), self._hair)
            ends = self._add("ends", self._regions.long_hair(), self._hair)
            self._grow(ends, 3000, 0.16, rough=0.05, fall=1.0)

    def _grow(
        self,
        on: Any,
        count: int,
        length: float,
        *,
        rough: float,
        fall: float = 0.0,
        children: int = 30,
        width: float = 0.012,
        curl: float = 0.0,
    ) -> None:
        """Let strands grow on an object, which is not seen itself; `fall` is how far they hang."""
        on.modifiers.new("hair", "PARTICLE_SYSTEM")
        settings = on.particle_systems[0].settings
        settings.type, settings.count, settings.hair_length, settings.hair_step = "HAIR", count, length, 6
        settings.use_advanced_hair = True
        settings.child_type, settings.rendered_child_count, settings.child_nbr = "INTERPOLATED", children, 2
        settings.roughness_2 = settings.roughness_endpoint = rough
        settings.clump_factor = 0.0
        if curl:
            settings.kink, settings.kink_amplitude, settings.kink_frequency = "CURL", curl, 4
        settings.normal_factor = length / 4
        settings.effector_weights.gravity = fall
        settings.object_align_factor = (0, 0, -0.9 * fall * length / 4)
        settings.root_radius, settings.tip_radius, settings.radius_scale = width, 0.4 * width, 1.0
        settings.material = 1
        on.show_instancer_for_render = False

    def _add_scarf(self) -> None:
        middle = np.array([0, 1.3, -0.2])
        wide = np.where(self._head.upright[:, 2] < -1.7, 1.35, 1.16)[:, None]
        grown = middle + (self._head.turned - middle) * np.concatenate([wide, wide, np.full_like(wide, 1.08)], 1)
        cloth = _material("scarf", self._spec.get("scarf", (0.25, 0.05, 0.12)), 0.85, 0.1)
        scarf = self._add("scarf", self._regions.scarf(), cloth, points=grown)
        scarf.modifiers["smoothing"].levels = scarf.modifiers["smoothing"].render_levels = 2
        scarf.modifiers.new("thick", "SOLIDIFY").thickness = 0.06

    def _add_glasses(self) -> None:
        """Put on two rings, a bridge and two arms."""
        rim = _material("rim", (0.02, 0.02, 0.02), 0.3)

        def bend(shape: Any, place: Any) -> None:
            shape.data.materials.append(rim)
            for vertex in shape.data.vertices:
                vertex.co = tuple(self._head.place(np.array(place(*vertex.co))))

        for side in (-1, 1):
            bpy.ops.mesh.primitive_torus_add(major_radius=0.44, minor_radius=0.035, major_segments=40)
            bend(
                bpy.context.object,
                lambda x, y, z, side=side: (
                    x + side * 0.52,
                    -0.32 + 0.05 * abs(x * side + 0.5),
                    0.82 * y - 0.06,
                ),
            )
            bpy.ops.mesh.primitive_cylinder_add(radius=0.03, depth=1.7)
            bend(
                bpy.context.object,
                lambda x, y, z, side=side: (side * (0.97 + 0.1 * (z + 0.85) / 1.7) + x, 0.5 + z, 0.02 + y),
            )
        bpy.ops.mesh.primitive_cylinder_add(radius=0.03, depth=0.26)
        bend(bpy.context.object, lambda x, y, z: (z, x - 0.36, 0.02 + y))

    def _add_light(self) -> None:
        for x, y, z, watts, side, rgb in self._spec.get("lights", _DAYLIGHT):
            lamp = bpy.data.lights.new("lamp", "AREA")
            lamp.energy, lamp.size, lamp.color = watts, side, rgb
            placed = bpy.data.objects.new("lamp", lamp)
            bpy.context.collection.objects.link(placed)
            placed.location = (x, y, z)
            placed.rotation_euler = Vector((-x, -y, -z)).to_track_quat("-Z", "Y").to_euler()
        world = bpy.data.worlds.new("world")
        bpy.context.scene.world = world
        world.use_nodes = True
        sky = world.node_tree.nodes["Background"].inputs
        sky[0].default_value, sky[1].default_value = (0.35, 0.38, 0.42, 1), self._spec.get("ambient", 0.5)
        bpy.ops.mesh.primitive_plane_add(size=60, location=(0, 9, 0), rotation=(math.pi / 2, 0, 0))
        wall = _material("wall", self._spec.get("wall", (0.4, 0.42, 0.45)), 1, 0)
        bpy.context.object.data.materials.append(wall)

    @staticmethod
    def _add_camera() -> None:
        camera = bpy.data.cameras.new("camera")
        placed = bpy.data.objects.new("camera", camera)
        bpy.context.collection.objects.link(placed)
        placed.location, placed.rotation_euler = (0, -_CAMERA_AWAY, -0.45), (math.pi / 2, 0, 0)
        camera.lens = 36 / (2 * _HALF_VIEW / _CAMERA_AWAY)
        bpy.context.scene.camera = placed


def render(path: Path, side: int, samples: int) -> None:
    """Render the scene to a square PNG."""
    scene = bpy.context.scene
    scene.render.engine, scene.cycles.samples, scene.cycles.max_bounces = "CYCLES", samples, 3
    # Debian's Blender has no denoiser.
    scene.cycles.use_denoising = False
    scene.render.resolution_x = scene.render.resolution_y = side
    scene.view_settings.view_transform = "Standard"
    scene.render.image_settings.file_format, scene.render.filepath = "PNG", str(path)
    bpy.ops.render.render(write_still=True)


def main(arguments: Sequence[str]) -> None:
    """Render the named heads."""
    package, output, side, samples, *names = arguments
    specs = tomllib.loads((Path(__file__).parent / "heads.toml").read_text())
    mesh = read_base_mesh(Path(package))
    for name in names:
        HeadScene(mesh, specs[name]).build()
        render(Path(output) / f"{name}.png", int(side), int(samples))


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1 :])
