"""The hat template for new filters: crown, band and brim on the hat line."""

HAT_ART_FILE = "hat.svg"

HAT_MANIFEST = """\
#:schema ./filter.schema.json
# A Masquerade filter. docs/filters.md explains every key; `masquerade filters check FOLDER` checks it.
format = 2
name = "{name}"
author = "{author}"
licence = "CC0-1.0"
tags = ["hats"]                      # the first tag is its group in the gallery
# hint = "Open your mouth"           # shown for a moment when the filter is chosen

# Layers are painted in this order: first the shadow on the forehead, then the hat.
[[layer]]
kind = "sticker"
art = "{art}"
part = "shadow"                      # only the group with this id
anchors = {{ hat_line = [320, 377] }}  # a point of the art, in units of its viewBox, and where it lies on the head
width = 4.0                          # a single anchor sets no size: the art's width in eye distances
blend = "multiply"

[[layer]]
kind = "sticker"
art = "{art}"
part = "hat"
anchors = {{ hat_line = [320, 377] }}   # moves with the hair of who wears it
width = 4.0
depth = 0.2                          # a little behind the brow, so that it turns with the head
"""

HAT_ART = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 480">
  <defs>
    <linearGradient id="felt" x1="0" y1="0" x2="1" y2="1">
      <stop offset="0" stop-color="#5b8def"/>
      <stop offset="1" stop-color="#1f3f8f"/>
    </linearGradient>
    <radialGradient id="contact" cx=".5" cy=".5" r=".5">
      <stop offset="0" stop-color="#000" stop-opacity=".35"/>
      <stop offset="1" stop-color="#000" stop-opacity="0"/>
    </radialGradient>
  </defs>
  <g id="shadow">
    <ellipse cx="320" cy="400" rx="230" ry="60" fill="url(#contact)"/>
  </g>
  <g id="hat">
    <path d="M160 360 C150 200 190 60 320 60 C450 60 490 200 480 360 Z" fill="url(#felt)"/>
    <path d="M158 350 C156 320 157 300 159 285 C260 318 380 318 481 285 C483 300 484 320 482 350
             C380 385 260 385 158 350 Z"
          fill="#152a5e"/>
    <path d="M20 365 C120 320 200 345 320 352 C440 345 520 320 620 365
             C560 420 440 425 320 425 C200 425 80 420 20 365 Z"
          fill="url(#felt)"/>
    <path d="M215 120 C235 95 265 80 300 78" fill="none" stroke="#fff" stroke-opacity=".5" stroke-width="9"
          stroke-linecap="round"/>
  </g>
</svg>
"""
