"""Is this an address that mail can be sent to? Bounded, one line, and written the one way it is kept.

What RFC 5321 allows and people use: a dot-atom before the @, a domain name after it. Quoted local parts, comments
and address literals are refused, as they serve to slip things past those who read addresses. A domain in any
script is kept in its ASCII form (RFC 3492); before the @ only ASCII, since letters beyond it need SMTPUTF8, which
many mail servers still lack. Case is folded: no provider in use tells Ana@ from ana@, and two mails are worse.
"""

import re
import unicodedata

from search.alerts.errors import Refused, w

LONGEST, LONGEST_LOCAL = 254, 64  # RFC 5321, 4.5.3.1
LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def clean_address(text: str) -> str:
    """The address as it is kept: ASCII, lower case. Raises Refused with one sentence for the person who typed it."""
    if len(text) > 4 * LONGEST:
        raise Refused(w("the address is too long"))
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp", "Cs") for letter in text.strip(" ")):
        raise Refused(w("the address holds a line break or an invisible character"))
    local, at, domain = unicodedata.normalize("NFC", text.strip(" ")).rpartition("@")
    if not at or not local or not domain:
        raise Refused(w("an address looks like name@example.org"))
    if not LOCAL.fullmatch(local.lower()):
        raise Refused(
            w("the part before the @ may hold letters a-z, digits, dots between them, and + - _ and the like")
        )
    address = f"{local.lower()}@{_ascii_domain(domain)}"
    if len(local) > LONGEST_LOCAL or len(address) > LONGEST:
        raise Refused(w("the address is too long"))
    return address


def hint(address: str) -> str:
    """The address as it may be shown to whoever holds a link: m…@example.org."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}…@{domain}"


def _ascii_domain(domain: str) -> str:
    try:
        plain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise Refused(w("the part after the @ is not a domain name")) from error
    labels = plain.split(".")
    if not all(LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise Refused(w("the part after the @ is not a domain name"))
    if len(labels) < 2 and plain != "localhost":
        raise Refused(w("the part after the @ is not a domain name"))
    return plain
