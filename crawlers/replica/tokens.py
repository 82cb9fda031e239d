"""How does the replica hand out links that change at every request, yet outlive a restart?"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time

HONOURED_FOR = 3600.0


class Tokens:
    """Opaque, signed and short-lived words. They are derived from the seed, so a restarted replica honours them."""

    def __init__(self, seed: int, purpose: str) -> None:
        self._key = hashlib.sha256(f"replica {seed} {purpose}".encode()).digest()

    def issue(self, content: dict[str, object], now: float | None = None) -> str:
        """A fresh token: never the same twice."""
        sealed = {"t": round(time.time() if now is None else now), "c": content}
        plain = json.dumps(sealed, ensure_ascii=False, separators=(",", ":")).encode()
        nonce = secrets.token_bytes(8)
        body = nonce + self._veil(nonce, plain)
        return base64.b64encode(self._sign(body) + body).decode()

    def open(self, token: str, now: float | None = None) -> dict[str, object] | None:
        """What the token was issued for; None when it is not ours or too old."""
        try:
            raw = base64.b64decode(token.replace(" ", "+"), validate=True)
        except (binascii.Error, ValueError):
            return None
        signature, body = raw[:12], raw[12:]
        if len(body) < 8 or not hmac.compare_digest(signature, self._sign(body)):
            return None
        sealed = json.loads(self._veil(body[:8], body[8:]))
        moment = time.time() if now is None else now
        content = sealed["c"] if moment - sealed["t"] <= HONOURED_FOR else None
        return content if isinstance(content, dict) else None

    def _sign(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, hashlib.sha256).digest()[:12]

    def _veil(self, nonce: bytes, content: bytes) -> bytes:
        """So that a token does not show what it means, as the publisher's does not. Not a secret worth keeping."""
        stream = b""
        while len(stream) < len(content):
            stream += hashlib.sha256(self._key + nonce + len(stream).to_bytes(4, "big")).digest()
        return bytes(a ^ b for a, b in zip(content, stream, strict=False))
