"""WTO documents on Mode 4 of the GATS, the movement of natural persons, from WTO Documents Online.

The search knows symbols, dates, types and bodies; the subject is read from each hit. One document may
carry several symbols and files, joined with "#". The drive letter of a file stands for its language.
"""

import re

from crawlers.bases.source import Reading
from crawlers.bases.xml_results import XmlResultsSource
from crawlers.found import Expect, Found, Withheld
from crawlers.words import only_said

MODE_4 = re.compile(r"natural persons|mode\s*4|personnes\s+physiques|personas\s+físicas", re.IGNORECASE)
FILE = "https://docs.wto.org/dol2fe/Pages/SS/directdoc.aspx?filename={name}&Open=True"
PREFERRED = ("pdf", "docx", "doc", "odt", "rtf", "wpd", "zip", "gz")


class WtoMode4(XmlResultsSource):
    name = "wto_mode4"
    publisher = "WTO"
    title = "WTO documents on the movement of natural persons (GATS Mode 4)"
    terms = "https://www.wto.org/english/res_e/copyright_e.htm"
    cadence = "weekly"
    expect = Expect(at_least=20, at_most=10_000)
    endpoint = "https://docs.wto.org/dol2fe/Pages/SS/GetXMLResults.aspx"
    query = "@Symbol=S/* OR @Symbol=TN/S/* OR @Symbol=JOB/SERV/* OR @Symbol=WT/MIN*"
    languages = ("English", "French", "Spanish")

    def read_hit(self, fields: dict[str, str], language: str) -> Reading:
        if not MODE_4.search(f"{fields['SUBJECTLIST']} {fields['CATTITLE']}"):
            return
        words = only_said(
            title=fields["CATTITLE"],
            symbol=fields["SYMBOL"],
            date=fields["ISSUINGDATE"].partition(" ")[0],
            language=language,
            body=fields["BODIES"],
            kind=fields["TYPES"],
            country=fields["CONCERNEDCOUNTRIES"],
            subjects=fields["SUBJECTLIST"],
        )
        if fields["RESTRICTIONTYPENAME"] not in {"U", "D"}:
            yield Withheld(f"{fields['SYMBOL']} {language}", "restricted", words)
            return
        files = {name.rpartition(".")[2].lower(): name for name in fields["FILENAMESA"].split("#") if name}
        form = next((form for form in PREFERRED if form in files), None)
        if form:
            drive, _, path = files[form].partition(":")
            yield Found(FILE.format(name=f"{drive.lower()}:{path}"), words, format=form)
