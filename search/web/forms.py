"""What was typed into a form? Read with a bound, without a parser for uploads: our forms have none."""

from urllib.parse import parse_qsl

from fastapi import HTTPException, Request

LONGEST = 32_000  # bytes; the longest query, filters and all, in UTF-8 and percent-encoded
MOST_FIELDS = 200
KIND = "application/x-www-form-urlencoded"
TOO_LONG = "That is more than this form takes."


class Typed:
    """The fields of a form, in their order; of several with one name the last counts, but in `pairs`."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs
        self._by_name = dict(pairs)

    def __call__(self, name: str, otherwise: str = "") -> str:
        return self._by_name.get(name, otherwise)

    def ticked(self, name: str) -> bool:
        return self(name) == "yes"

    def number(self, name: str) -> int:
        """0 where it is none."""
        text = self(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


async def typed(request: Request) -> Typed:
    """The form in a request. Errors: HTTPException 400 where it is none, 413 where it is too long."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in (KIND, ""):
        raise HTTPException(400, "This page takes what its own form sends.")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST:
            raise HTTPException(413, TOO_LONG)
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except (ValueError, UnicodeDecodeError) as error:
        raise HTTPException(400, "This page takes what its own form sends.") from error
    return Typed([(name, value.replace("\r\n", "\n").replace("\x00", "")) for name, value in pairs])
