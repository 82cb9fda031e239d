"""How does one page through the grid? As a browser does: by posting the hidden fields back."""

import re
from html import unescape

GRID = "https://tbinternet.ohchr.org/_layouts/15/TreatyBodyExternal/TBSearch.aspx?Lang=en&TreatyID=7"


def hidden(page: str) -> dict[str, str]:
    return {
        name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)"[^>]*value="([^"]*)"', page)
    }


def rows(page: str) -> list[str]:
    return re.findall(r'<tr class="rg(?:Alt)?Row">.*?</tr>', page, re.DOTALL)


def target(page: str, text: str) -> str:
    return re.search(rf"__doPostBack\('([^']+)',''\)\"><span>{re.escape(text)}</span>", page).group(1)


def all_rows(visitor, url: str = GRID) -> list[str]:
    page, found, number = visitor.ask(url).text, [], 1
    while True:
        found += rows(page)
        total, pages = (
            int(n) for n in re.search(r"<strong>(\d+)</strong> items in <strong>(\d+)</strong>", page).groups()
        )
        if number == pages:
            assert len(found) == total
            return found
        number += 1
        text = str(number) if f"<span>{number}</span>" in page else "..."
        links = re.findall(rf"__doPostBack\('([^']+)',''\)\"><span>{re.escape(text)}</span>", page)
        page = visitor.ask(url, "POST", data={**hidden(page), "__EVENTTARGET": links[-1], "__EVENTARGUMENT": ""}).text
