"""Where does a mail come back to, so that it names itself? A sender of its own for each mail, signed by the house.

bounces+123.0f3a9c...@example.org is mail 123 of the outbox; whoever does not know the secret cannot make up the
rest, and so cannot have an innocent reader's mails stopped by a forged bounce.
"""

import hashlib
import hmac
import re

SIGNED = re.compile(r"\+(\d{1,15})\.([0-9a-f]{16})@", re.IGNORECASE)


def return_path(secret: str, bounce_address: str, outbox_id: int) -> str:
    """The envelope sender of one mail."""
    local, _, domain = bounce_address.rpartition("@")
    return f"{local}+{outbox_id}.{_signature(secret, outbox_id)}@{domain}"


def read_return_path(secret: str, bounce_address: str, text: str) -> tuple[int | None, bool]:
    """The mail that an address in `text` names, if it was signed here; and whether one was found that was not."""
    local, _, domain = bounce_address.lower().rpartition("@")
    forged = False
    for found in SIGNED.finditer(text):
        before = text[: found.start()].lower().endswith(local)
        after = text[found.end() :].lower().startswith(domain)
        if not (before and after):
            continue
        outbox_id = int(found[1])
        if hmac.compare_digest(_signature(secret, outbox_id), found[2].lower()):
            return outbox_id, False
        forged = True
    return None, forged


def _signature(secret: str, outbox_id: int) -> str:
    return hmac.new(secret.encode(), f"return path\n{outbox_id}".encode(), hashlib.sha256).hexdigest()[:16]
