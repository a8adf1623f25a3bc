"""Fades layers in and out with their trigger."""

from masquerade.filters.compositing.placement import smoothstep
from masquerade.filters.format.layers import LayerTrigger, Motion
from masquerade.filters.people.per_face import PerFace
from masquerade.filters.people.presence import FrameContext, VisibleFace


def visible_share(
    trigger: LayerTrigger | None, memory: PerFace[float], presence: VisibleFace, frame: FrameContext
) -> float:
    """Return how much of a layer shows on a face in this frame, 0 to 1, eased, and remember it for the next.

    Args:
        trigger: of the layer; without one it is always there.
        memory: the layer's progress on each face.
        presence: the face; a fading one takes its layers with it.
        frame: its intensity weakens the layer.
    """
    identity = presence.face.identity
    progress = step_progress(trigger, memory.get(identity), presence, frame.seconds)
    memory[identity] = progress
    return smoothstep(progress) * frame.intensity * presence.opacity


def step_progress(trigger: LayerTrigger | None, old: float | None, presence: VisibleFace, seconds: float) -> float:
    """Return how much of a layer is there, 0 to 1, before easing.

    Args:
        trigger: of the layer; without one it is always there.
        old: what this gave for the face in the frame before; None for a new face.
        presence: the face.
        seconds: since the frame before.
    """
    is_on = trigger is not None and trigger.on in presence.face.active
    return step_towards(trigger, old, is_on, presence.age == float("inf"), seconds)


def step_towards(trigger: LayerTrigger | None, old: float | None, is_on: bool, settled: bool, seconds: float) -> float:
    """Return how much of a layer is there, 0 to 1, before easing.

    Args:
        trigger: of the layer; without one it is always there.
        old: what this gave in the frame before; None at first.
        is_on: whether the trigger is on.
        settled: True on the very first frame, a photo perhaps, where the motion is over;
            otherwise what is new begins at rest.
        seconds: since the frame before.
    """
    if trigger is None:
        return 1.0
    goal = float(is_on != (trigger.motion is Motion.HIDE))
    if old is None:
        return goal if settled else float(trigger.motion is Motion.HIDE)
    step = seconds / trigger.seconds if trigger.seconds > 0.0 else 1.0
    return min(goal, old + step) if goal > old else max(goal, old - step)
