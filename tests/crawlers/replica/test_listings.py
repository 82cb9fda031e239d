"""Does every publisher list what it has, in its own form?"""

import json
import re
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from crawlers_replica_grid import GRID, all_rows, hidden, rows, target

CDX = "https://web.archive.org/cdx/search/cdx?url=gcim.org&matchType=domain&from=2003&to=2009&output=json"
XML = "https://docs.wto.org/dol2fe/Pages/SS/GetXMLResults.aspx?DataSource=Cat&XMLMaxHitsPerPage=100&XMLStart=0"
REPLICA = "Replica made by Forumwatch"


def test_the_grid_comes_in_pages_of_ten_by_postback(week_1):
    page = week_1.ask(GRID).text
    assert REPLICA in page
    assert len(rows(page)) == 10
    symbols = [re.findall(r"<td>(.*?)</td>", row)[3] for row in all_rows(week_1)]
    assert set(symbols) == {work.symbol for work in week_1.exhibit.library.by("UN")}
    assert len(symbols) == len(set(symbols)) >= 30


def test_the_grid_refuses_a_postback_it_did_not_prepare(week_1):
    page = week_1.ask(GRID).text
    good = {**hidden(page), "__EVENTTARGET": target(page, "2")}
    assert week_1.ask(GRID, "POST", data=good).status_code == 200
    for change in (
        {"__VIEWSTATE": ""},
        {"__VIEWSTATE": good["__EVENTVALIDATION"]},
        {"__EVENTVALIDATION": "AAAA"},
        {"__EVENTTARGET": "ctl00$Nothing"},
    ):
        assert week_1.ask(GRID, "POST", data=good | change).status_code == 500
    assert week_1.ask(f"{GRID}&DocTypeID=5", "POST", data=good).status_code == 500, "the state of another query"


def test_the_grid_filters_by_type_and_has_nothing_for_other_treaties(week_1):
    comments = all_rows(week_1, f"{GRID}&DocTypeID=11")
    assert len(comments) == 1
    assert "General comment No. 8" in comments[0]
    assert "No records to display" in week_1.ask(GRID.replace("TreatyID=7", "TreatyID=1")).text


def test_the_page_of_a_symbol_lists_its_languages_and_its_tokens_change(week_1):
    url = "https://tbinternet.ohchr.org/_layouts/15/TreatyBodyExternal/Download.aspx?symbolno=CMW%2fC%2fPHL%2f3&Lang=en"
    first, second = (week_1.ask(url).text for _ in range(2))
    assert re.findall(r'title="(\w+ \w+)"', first)[:1] == ["English pdf"]
    assert "English docx" in first
    assert re.findall(r"enc=[^\"]+", first) != re.findall(r"enc=[^\"]+", second)
    assert "No files" in week_1.ask(url.replace("PHL", "XYZ")).text


def test_ilo_cards_lead_from_page_to_page(week_1):
    found, url = [], "https://www.ilo.org/all-gb-documents?page=0"
    while url:
        page = week_1.ask(url).text
        assert REPLICA in page
        found += re.findall(r'<article class="ilo--card">.*?</article>', page, re.DOTALL)
        following = re.search(r'<a href="([^"]+)" rel="next">', page)
        url = f"https://www.ilo.org/all-gb-documents{following.group(1)}" if following else ""
    assert len(found) == len(week_1.exhibit.library.by("ILO"))
    one = next(card for card in found if "GB.358/INS/7" in card)
    assert '<span class="date">30 September 2026</span>' in one
    assert "https://www.ilo.org/sites/default/files/2026-09/GB358-INS-7-EN.pdf" in one
    node = re.search(r'<h3><a href="([^"]+)', one).group(1)
    assert week_1.ask(f"https://www.ilo.org{node}").status_code == 200


def test_iom_sessions_list_lines_under_items_and_name_what_is_restricted(week_1):
    links = re.findall(r'<li><a href="([^"]+)"', week_1.ask("https://governingbodies.iom.int/council").text)
    assert links == ["/115th-session-council-2024", "/116th-session-council-2025", "/117th-session-council-2026"]
    lines = []
    for link in links:
        page = week_1.ask(f"https://governingbodies.iom.int{link}").text
        assert REPLICA in page
        assert "<h3>Item 2 - Adoption of the agenda</h3>" in page
        lines += re.findall(r"<li>.*?</li>", page, re.DOTALL)
    assert len(lines) == len(week_1.exhibit.library.by("IOM"))
    restricted = [line for line in lines if "(Restricted document, please log in to gain access)" in line]
    assert len(restricted) == 2
    assert not any("href" in line for line in restricted)


def test_the_index_of_captures_honours_its_parameters(week_1):
    table = week_1.ask(CDX).json()
    assert table[0] == ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
    assert len({row[2] for row in table[1:] if row[4] == "200"}) == len(week_1.exhibit.library.by("GCIM"))
    assert any(row[3] == "warc/revisit" and row[4] == "-" for row in table)
    good = week_1.ask(
        f"{CDX}&filter=statuscode:200&filter=!mimetype:text/html&collapse=urlkey&fl=original,mimetype"
    ).json()
    assert good[0] == ["original", "mimetype"]
    assert {row[1] for row in good[1:]} == {"application/pdf"}
    assert week_1.ask(CDX.replace("to=2009", "to=2003")).json() == []
    assert week_1.ask(f"{CDX}&limit=-2").json()[1:] == table[-2:]
    assert week_1.ask(f"{CDX}&filter=original:(").json() == []


def test_a_resume_key_leads_through_all_captures_once(week_1):
    seen, key = [], ""
    while True:
        answer = week_1.ask(f"{CDX}&limit=7&showResumeKey=true" + (f"&resumeKey={key}" if key else "")).json()
        more = len(answer) > 2 and answer[-2] == []
        seen += answer[1:-2] if more else answer[1:]
        if not more:
            break
        key = answer[-1][0]
    assert seen == week_1.ask(CDX).json()[1:]


@pytest.mark.parametrize("language, drive", [("English", "Q:"), ("French", "R:"), ("Spanish", "S:")])
def test_wto_results_in_three_languages(week_1, language, drive):
    answer = week_1.ask(f"{XML}&Language={language}&query=@Symbol=S/C/W/*")
    assert REPLICA in answer.text
    hits = ElementTree.fromstring(answer.content).findall(".//DOCUMENT")
    assert len(hits) >= 4
    assert all(hit.findtext("SYMBOL").startswith("S/C/W/") for hit in hits)
    assert all(hit.findtext("FILENAMESA").startswith(drive) for hit in hits)
    assert len({hit.findtext("CATID") for hit in hits}) == len(hits)
    assert re.fullmatch(r"\d\d/\d\d/\d{4} 00:00:00", hits[0].findtext("ISSUINGDATE"))


def test_wto_queries_combine_symbols_dates_and_pages(week_1):
    def symbols(query, start=0, most=100):
        url = f"{XML.replace('XMLStart=0', f'XMLStart={start}').replace('Page=100', f'Page={most}')}&Language=English"
        root = ElementTree.fromstring(week_1.ask(f"{url}&query={quote(query)}").content)
        return [hit.findtext("SYMBOL") for hit in root.iter("DOCUMENT")]

    assert symbols("@Symbol=S/C/W/301/Rev.1") == ["S/C/W/301/Rev.1"]
    assert symbols("(@Symbol=TN/S/W/*) OR (@Symbol=WT/MIN(26)/24)") == ["WT/MIN(26)/24", "TN/S/W/71", "TN/S/W/62"]
    recent = symbols("@Symbol=S/* AND @meta_Date>=01/09/2026")
    assert recent and set(recent) < set(symbols("@Symbol=S/*"))
    assert symbols("@Symbol=S/C/W/*", 2, 3) == symbols("@Symbol=S/C/W/*")[2:5]
    assert symbols("@Symbol=NOTHING/*") == []


def test_restricted_documents_are_listed_without_a_file(week_1):
    root = ElementTree.fromstring(week_1.ask(f"{XML}&Language=English&query=@Symbol=JOB/SERV/*").content)
    hit = root.find(".//DOCUMENT")
    assert (hit.findtext("RESTRICTIONTYPENAME"), hit.findtext("FILENAMESA")) == ("R", "")
    url = "https://docs.wto.org/dol2fe/Pages/SS/directdoc.aspx?filename=q:/JOB/SERV/351.pdf&Open=True"
    assert "not published" in week_1.ask(url).text


def test_robots_of_each_host_and_no_answer_for_strangers(week_1):
    for host in ("tbinternet.ohchr.org", "docs.un.org", "www.ilo.org", "governingbodies.iom.int", "docs.wto.org"):
        assert "User-agent: *" in week_1.ask(f"https://{host}/robots.txt").text
    assert week_1.ask("https://www.wto.org/robots.txt").text.endswith("User-agent: *\nDisallow: *\n")
    assert week_1.ask("https://docstore.ohchr.org/robots.txt").status_code == 404
    assert week_1.ask("https://www.example.org/").status_code == 421
    assert "week 1" in week_1.ask("http://127.0.0.1:8100/").text


def test_json_of_the_index_is_one_document(week_1):
    assert json.loads(week_1.ask(f"{CDX}&limit=1").text)
