"""Writes the template for face paint as an SVG: a guide, and some paint to start with."""

import numpy as np

from masquerade.filters.format.face_template import TEMPLATE_WH, to_template
from masquerade.geometry.head import HEAD_ANCHORS
from masquerade.values import LANDMARK_NAMES

PAINT_ART_FILE = "paint.svg"

PAINT_MANIFEST = """\
#:schema ./filter.schema.json
# A Masquerade filter. docs/filters.md explains every key; `masquerade filters check FOLDER` checks it.
format = 1
name = "{name}"
author = "{author}"
licence = "CC0-1.0"
tags = ["make-up"]                   # the first tag is its group in the gallery
# hint = "Open your mouth"           # shown for a moment when the filter is chosen

[[layer]]
kind = "paint"
art = "{art}"
part = "paint"                       # only the group with this id; the guide below it is not painted
opacity = 0.95
"""

_EYE = "M211 381 C216 374 224 366 232 362 C240 357 250 353 260 352 C271 351 281 351 290 353 C300 355 309 360 316 366 \
C324 372 331 383 334 389 C329 392 321 395 312 397 C302 400 291 402 280 402 C269 402 257 401 246 399 \
C237 397 230 394 224 391 C218 388 214 384 211 381 Z"
_LIPS = "M294 639 C315 632 340 616 365 612 C378 610 390 616 400 617 C410 616 422 610 435 612 C460 616 485 632 506 639 \
C490 662 450 692 400 694 C350 692 310 662 294 639 Z M294 639 C330 636 470 636 506 639"
_OVAL = "M400 110 C250 110 150 230 146 390 C146 540 190 690 270 785 C320 845 370 856 400 856 \
C430 856 480 845 530 785 C610 690 654 540 654 390 C650 230 550 110 400 110 Z"

_ART = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">
  <title>Face paint</title>
  <defs>
    <radialGradient id="blush" cx=".5" cy=".5" r=".5">
      <stop offset="0" stop-color="#f0506e" stop-opacity=".7"/>
      <stop offset="1" stop-color="#f0506e" stop-opacity="0"/>
    </radialGradient>
  </defs>
  <g id="guide" fill="none" stroke="#8090a0" stroke-width="2">
    <path d="{oval}"/>
    <path id="eye" d="{eye}"/>
    <use href="#eye" transform="translate(800 0) scale(-1 1)"/>
    <path d="{lips}"/>
{points}
  </g>
  <g id="paint">
    <ellipse cx="232" cy="530" rx="85" ry="60" fill="url(#blush)"/>
    <ellipse cx="568" cy="530" rx="85" ry="60" fill="url(#blush)"/>
    <path d="M400 470 C366 470 352 498 364 520 C374 536 390 540 400 548
             C410 540 426 536 436 520 C448 498 434 470 400 470"
          fill="#2b2330"/>
    <g stroke="#2b2330" stroke-width="5" stroke-linecap="round">
      <path d="M300 585 L190 570 M300 600 L188 606 M500 585 L610 570 M500 600 L612 606" fill="none"/>
    </g>
  </g>
</svg>
"""


def paint_art() -> str:
    """Return the template as an SVG with the groups "guide" and "paint"."""
    places = to_template(np.array([HEAD_ANCHORS[name] for name in LANDMARK_NAMES]))
    points = "\n".join(
        f'    <circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="#d04040" stroke="none"><title>{name}</title></circle>'
        for name, (x, y) in zip(LANDMARK_NAMES, places, strict=True)
    )
    width, height = TEMPLATE_WH
    return _ART.format(width=width, height=height, oval=_OVAL, eye=_EYE, lips=_LIPS, points=points)
