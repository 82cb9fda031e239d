"""What do the mails of a mailbox look like? Each as text, and as pictures: on a phone, on a desk, in the dark.

`make pictures` runs this on the demo's mailbox. Debian's chromium takes the pictures; no mail reaches for anything
outside (a request that one tries to make is said, and ends in failure).
"""

import argparse
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from search.alerts import Maildir

CHROMIUM = Path("/usr/bin/chromium")
LOOKS = {"phone": (360, 740, "light"), "desk": (800, 900, "light"), "dark": (360, 740, "dark")}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("mailbox", type=Path, help="a maildir")
    parser.add_argument("folder", type=Path, help="where the texts and pictures go")
    asked = parser.parse_args()
    if not CHROMIUM.exists():
        sys.stderr.write("pictures are taken with chromium: apt-get install chromium\n")
        return 1
    asked.folder.mkdir(parents=True, exist_ok=True)
    mails = [message_from_bytes(each, policy=policy.default) for each in Maildir(asked.mailbox).messages()]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        asking = [line for mail in sorted(mails, key=_name) for line in _take(browser, mail, asked.folder)]
        browser.close()
    sys.stdout.write(f"{len(mails)} mails in {asked.folder}\n")
    sys.stderr.writelines(asking)
    return 1 if asking else 0


def _take(browser: Browser, mail: EmailMessage, folder: Path) -> list[str]:
    """Writes one mail's text and pictures; what it tried to fetch."""
    name, outside = _name(mail), list[str]()
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    heads = "".join(f"{each}: {mail[each]}\n" for each in ("From", "To", "Subject", "Date"))
    (folder / f"{name}.txt").write_text(f"{heads}\n{text.get_content() if text else ''}", encoding="utf-8")
    for look, (width, height, scheme) in LOOKS.items() if html else ():
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        page.on("request", lambda request: outside.append(f"{name} asks for {request.url}\n"))
        page.set_content(html.get_content())
        page.screenshot(path=folder / f"{name}.{look}.png", full_page=True)
        page.close()
    return outside


def _name(mail: EmailMessage) -> str:
    """ana.weekly.2026-w40: to whom, and what kind of mail for which time."""
    kind = str(mail["Message-ID"]).strip("<>").rpartition("@")[0].rpartition(".")[0]
    return f"{str(mail['To']).partition('@')[0]}.{kind}"


if __name__ == "__main__":
    sys.exit(main())
