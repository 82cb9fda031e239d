"""Is everything that members read there in each of their languages, and nothing that nobody says any more?"""

import shutil
import string
from datetime import UTC, date, datetime

import pytest

from search.alerts import texts, wording
from search.alerts.wording import LANGUAGES, Wording, translations

OTHERS = [language for language in LANGUAGES if language != "en"]


def forms(text) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


def filled(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_has_a_translation_and_no_translation_is_left_over(language):
    said, there = texts.texts(), dict(translations(language))
    assert len(said) > 25
    assert not [text for text in said if not all(forms(there.get(text, "")))], "run `make messages`, then translate"
    assert not set(there) - set(said), "run `make messages`"


@pytest.mark.parametrize("language", OTHERS)
def test_translations_fill_in_what_the_text_fills_in(language):
    for text, translated in translations(language):
        names = filled(forms(text)[-1])
        for form in forms(translated):
            # a singular may say "one" in words
            assert filled(form) == names or (isinstance(text, tuple) and filled(form) == names - {"n"}), form
        assert filled(forms(text)[0]) >= names - {"n"}


def test_gathering_loses_no_translation(tmp_path, monkeypatch):
    before = {language: dict(translations(language)) for language in OTHERS}
    (tmp_path / "alerts").mkdir()
    shutil.copytree(texts.LOCALE, tmp_path / "alerts" / "locale")
    assert texts.gather(tmp_path / "alerts" / "locale") == {}
    monkeypatch.setattr(wording, "files", lambda _: tmp_path / "alerts")
    assert {language: dict(translations(language)) for language in OTHERS} == before


def test_a_new_text_is_gathered_and_said_to_be_missing(tmp_path, monkeypatch):
    shutil.copytree(texts.LOCALE, tmp_path / "locale")
    new = {"Quite new": {"search/x.py"}, ("{n} new", "{n} very new"): {"search/x.py"}}
    monkeypatch.setattr(texts, "texts", lambda: new)
    assert texts.gather(tmp_path / "locale") == {language: list(new) for language in OTHERS}


def test_plurals_follow_the_language():
    one_many = ("{n} new document", "{n} new documents")
    assert [Wording("en")(*one_many, n=n) for n in (0, 1, 2)] == [
        "0 new documents",
        "1 new document",
        "2 new documents",
    ]
    assert Wording("fr")(*one_many, n=0) == "0 nouveau document"
    assert Wording("es")(*one_many, n=0) == "0 documentos nuevos"
    assert Wording("es")(*one_many, n=2) == "2 documentos nuevos"


def test_dates_and_intervals():
    en = Wording("en")
    assert en.interval(date(2026, 12, 28), date(2027, 1, 3)) == "28 Dec 2026 - 3 Jan 2027"
    assert en.interval(date(2026, 10, 5), date(2026, 10, 11)) == "5 - 11 Oct 2026"
    assert en.interval(date(2026, 10, 5), date(2026, 10, 5)) == "5 Oct 2026"
    assert Wording("fr").interval(date(2026, 9, 28), date(2026, 10, 4)) == "28 sept. - 4 oct. 2026"
    moment = datetime(2026, 10, 5, 5, tzinfo=UTC)
    assert en.moment(moment, "Europe/Zurich") == "5 Oct 2026, 07:00 (Europe/Zurich)"
    assert en.moment(moment) == "5 Oct 2026, 05:00 UTC"


def test_what_is_filled_in_is_never_a_pattern_itself():
    assert Wording("fr")("Your search “{name}”", name="{0} {x.__class__}") == "Votre recherche « {0} {x.__class__} »"


def test_a_language_without_a_catalog_is_answered_in_english():
    assert Wording("xx")("Stop all mail") == "Stop all mail" and Wording("xx").language == "en"


def test_a_damaged_catalog_is_an_error_and_no_mail_in_two_languages(tmp_path, monkeypatch):
    folder = tmp_path / "locale" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "forumwatch.po").write_text('msgid "a"\nnonsense\n', encoding="utf-8")
    monkeypatch.setattr(wording, "files", lambda _: tmp_path)
    wording._texts.cache_clear()
    try:
        with pytest.raises(Exception, match="misformatted"):
            Wording("fr")
    finally:
        wording._texts.cache_clear()
