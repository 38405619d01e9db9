"""Small PNG files: pictures side by side, with few colours, written by hand.

A browser reads the pictures and counts their colours; the file is put together here.
"""

import base64
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page

COLOURS = 48
_GAP = 24

# Takes pictures as data URLs; gives width, height, a palette and an index for each
# pixel. Colours that are rare become the nearest of the frequent ones.
_REDUCE = """
async ([urls, most, gap]) => {
  const images = await Promise.all(urls.map(async url => {
    const image = new Image();
    image.src = url;
    await image.decode();
    return image;
  }));
  const sum = (all, one) => all + one;
  const width = images.map(one => one.width).reduce(sum) + gap * (images.length - 1);
  const height = Math.max(...images.map(one => one.height));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  context.fillStyle = "#e4e4e4";
  context.fillRect(0, 0, width, height);
  let left = 0;
  for (const image of images) {
    context.drawImage(image, left, 0);
    left += image.width + gap;
  }
  const data = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
  const counts = new Map();
  for (const pixel of data) counts.set(pixel, (counts.get(pixel) || 0) + 1);
  const ranked = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a));
  const parts = pixel => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  const far = (a, b) => a.reduce((all, one, at) => all + (one - b[at]) ** 2, 0);
  const palette = [];
  for (const pixel of ranked) {
    if (palette.length === most) break;
    const near = palette.some(one => far(one, parts(pixel)) < 150);
    if (!near) palette.push(parts(pixel));
  }
  const index = new Map();
  for (const pixel of ranked) {
    const away = palette.map(one => far(one, parts(pixel)));
    index.set(pixel, away.indexOf(Math.min(...away)));
  }
  let found = "";
  for (const pixel of data) found += String.fromCharCode(index.get(pixel));
  return [width, height, palette.flat(), btoa(found)];
}
"""


def save(page: Page, pictures: Sequence[bytes], path: Path) -> int:
    """Write PNG files side by side as one of few colours; gives its octets."""
    urls = [
        "data:image/png;base64," + base64.b64encode(one).decode() for one in pictures
    ]
    width, height, palette, found = page.evaluate(_REDUCE, [urls, COLOURS, _GAP])
    pixels = base64.b64decode(found)
    rows = b"".join(
        b"\0" + pixels[begin : begin + width]
        for begin in range(0, width * height, width)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    raw = b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, data)
        for name, data in (
            (b"IHDR", header),
            (b"PLTE", bytes(palette)),
            (b"IDAT", zlib.compress(rows, 9)),
            (b"IEND", b""),
        )
    )
    path.write_bytes(raw)
    return len(raw)


def _chunk(name: bytes, data: bytes) -> bytes:
    checked = struct.pack(">I", zlib.crc32(name + data))
    return struct.pack(">I", len(data)) + name + data + checked
