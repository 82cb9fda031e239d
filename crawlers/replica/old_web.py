"""What did a page of www.gcim.org look like in 2005? Tables for layout, windows-1252, relative links."""

import html

from crawlers.replica.compose import compose
from crawlers.replica.works import Edition, own_works


def old_page(edition: Edition) -> bytes:
    """The page as captured. Its links lead to the other captured documents."""
    sheet = compose(edition, 1)
    work = edition.work
    links = "\n".join(
        f'<tr><td bgcolor="#E6EEF5"><font size="1"><a href="{_relative(other.words["url"], work.words["url"])}">'
        f"{html.escape(other.titles.get(edition.language, other.titles['en']))}</a></font></td></tr>"
        for other in own_works()
        if other.publisher == "GCIM" and other is not work and edition.language in other.languages
    )
    paragraphs = "\n".join(
        f'<p><font face="Verdana" size="2">{html.escape(line)}</font></p>' for line in sheet.text_lines()
    )
    page = f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1252">
<title>GCIM - {html.escape(sheet.title)}</title></head>
<body bgcolor="#FFFFFF" topmargin="0"><table width="760" border="0" cellspacing="0" cellpadding="4">
<tr><td colspan="2" bgcolor="#003366"><font color="#FFFFFF"><b>{html.escape(sheet.body_name)}</b></font></td></tr>
<tr><td width="190" valign="top"><table border="0">
{links}
</table></td>
<td valign="top"><h2>{html.escape(sheet.title)}</h2>
<p><i>{html.escape(sheet.date)}</i></p>
{paragraphs}
</td></tr>
<tr><td colspan="2"><font size="1">{html.escape(sheet.notice)}</font></td></tr></table></body></html>
"""
    return page.encode("cp1252", errors="xmlcharrefreplace")


def _relative(target: str, source: str) -> str:
    """The path from one page of www.gcim.org to another."""
    here = source.split("/", 3)[3].split("/")[:-1]
    return "../" * len([part for part in here if part]) + target.split("/", 3)[3]
