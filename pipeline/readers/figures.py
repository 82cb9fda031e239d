"""Is a picture that stands on a page of text print: a table, say, that was pasted as a picture? Or a photograph?

Print is dark on white with little between. Asked only of pictures that are large, and smaller than the page: about
10 milliseconds each.
"""

from typing import Any

_SCALE = 100 / 72
_LIGHT, _DARK = 200, 110  # of 255
_PAPER = 0.8  # share of the picture that is light
_INK = (0.008, 0.2)  # share that is dark
_BETWEEN = 0.12  # share that is neither


def holds_print(page: Any) -> bool:
    """Of the largest picture of a page."""
    import pypdfium2.raw as pdfium

    if page.get_rotation():
        return False
    boxes = [thing.get_bounds() for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=2)]
    if not boxes:
        return False
    left, bottom, right, top = max(boxes, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]))
    x, _, _, y = page.get_cropbox()
    bitmap = page.render(scale=_SCALE, grayscale=True)
    try:
        whole = bitmap.to_pil()
        edges = ((left - x) * _SCALE, (y - top) * _SCALE, (right - x) * _SCALE, (y - bottom) * _SCALE)
        shades = whole.crop(tuple(map(int, edges))).histogram()
    finally:
        bitmap.close()
    points = max(1, sum(shades))
    light, dark = sum(shades[_LIGHT:]) / points, sum(shades[:_DARK]) / points
    return bool(light >= _PAPER and _INK[0] <= dark <= _INK[1] and 1.0 - light - dark <= _BETWEEN)
