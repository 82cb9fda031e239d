"""Where do as many works as wanted come from? Made in six languages, words by rank as in a language; the same always.

The most frequent words are those of migration in UN documents, so that the same questions can be put to real records;
the tens of thousands after them are made of syllables, some of them inflected.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from search.engines.engine import IndexedParagraph, IndexedWork

FREQUENT = {
    "en": "the of and to in for on that by with as be are should their rights workers States migrant international "
    "migrants report Committee measures human women labour children protection national which Government development "
    "all law from countries migration not persons social domestic employment recruitment detention trafficking access "
    "services policy work education health violence agencies fees remittances inspection visa border asylum expulsion",
    "fr": "de la les des et en à le du dans pour par que droits travailleurs migrants États femmes travail protection "
    "recrutement enfants emploi pays mesures égalité domestiques détention rapport Comité",
    "es": "de la los y en el las a del que por para derechos trabajadores migrantes Estados mujeres trabajo protección "
    "contratación niños empleo países medidas igualdad domésticas detención informe Comité",
    "ru": "и в на по с для о прав трудящихся мигрантов государств женщин труда защиты найма детей занятости стран мер "
    "равенства задержания доклад Комитет",
    "ar": "في من على إلى أن حقوق العمال المهاجرين الدول النساء العمل حماية التوظيف الأطفال البلدان المساواة الاحتجاز "
    "تقرير اللجنة",
    "zh": "的 和 在 权利 工人 移徙 国家 妇女 劳动 保护 招聘 儿童 就业 平等 拘留 报告 委员会",
}
SYLLABLES = {
    "en": "mi gra tion la bour re cruit ment so cial pro tec de ten co an er ist un der for ma tive con ver sal pe ri",
    "fr": "mi gra tion tra vail re cru te ment so cial pro tec dé ten co an eur iste sou pour ma tif con ver sel pé",
    "es": "mi gra ción tra ba jo re clu ta mien so cial pro tec de ten co an or is ta ma ti vo con ver sal pe rio do",
    "ru": "ми гра ция тру да со ци аль про тек за дер жа ние ко мит ра бот ник по ли ти ка на ци о го су дар ств",
    "ar": "حق عم مه جر دو لة نس اء حم اي تو ظي طف لب مس او حت جز تق رير لج نة قا نو سي اس",
    "zh": "政 策 法 律 社 会 经 济 发 展 合 作 安 全 文 化 教 育 健 康 机 构 服 务 组 织 人 民 地 区",
}
ENDINGS = {"en": ("", "", "s", "ed", "ing"), "fr": ("", "s", "es"), "es": ("", "s", "es"), "ru": ("", "ы", "ов", "ам")}
SIZES = {"en": 40_000}  # words; the other languages have fewer
OTHERS = 25_000
SHARES = {"en": 58, "fr": 12, "es": 12, "ru": 7, "ar": 6, "zh": 5}
TOPICS = ("domestic workers", "recruitment fees", "immigration detention", "labour inspection", "human trafficking")
COUNTRIES = ("PHL", "MAR", "IDN", "MEX", "NPL", "ETH", "TUN", "BOL", "LKA", "UKR", "ESP", "FRA", "CAN", "KEN", "SAU")
BODIES = {"UN": ("GA", "HRC", "CMW"), "ILO": ("ILO-GB", "ILC"), "IOM": ("IOM-COUNCIL",), "WTO": ("WTO-CTS",)}
KINDS = ("report", "note", "resolution", "statement", "general comment")
THEMES = ("domestic-work", "recruitment", "remittances", "detention")


@dataclass(frozen=True, slots=True)
class Language:
    """Its words and their cumulated weights: the n-th is as frequent as 1 / (n + 2.7), as Mandelbrot has it."""

    words: tuple[str, ...]
    weights: tuple[float, ...]
    glue: str = " "

    def text(self, chance: random.Random, length: int) -> str:
        return self.glue.join(chance.choices(self.words, cum_weights=self.weights, k=length))


def languages() -> dict[str, Language]:
    return {code: _language(code) for code in SHARES}


def generated(number: int) -> Iterator[IndexedWork]:
    """`number` works; the first n are the same for any number."""
    chance, known = random.Random(2026), languages()
    codes, weights = list(SHARES), list(SHARES.values())
    for work in range(1, number + 1):
        own = [chance.choices(codes, weights)[0]]
        if chance.random() < 0.1:
            own.append(chance.choice(codes))
        yield _work(work, tuple(dict.fromkeys(own)), known, chance)


def _language(code: str) -> Language:
    chance = random.Random(code)
    syllables, endings = SYLLABLES[code].split(), ENDINGS.get(code, ("",))
    words = dict.fromkeys(FREQUENT[code].split())
    while len(words) < SIZES.get(code, OTHERS):
        words["".join(chance.choices(syllables, k=chance.randint(2, 4))) + chance.choice(endings)] = None
    weights = accumulate(1 / (rank + 2.7) for rank in range(1, len(words) + 1))
    return Language(tuple(words), tuple(weights), "" if code == "zh" else " ")


def _work(number: int, own: tuple[str, ...], known: dict[str, Language], chance: random.Random) -> IndexedWork:
    paragraphs = tuple(
        _paragraph(number * 10 + at, ordinal, code, known[code], chance)
        for at, code in enumerate(own)
        for ordinal in range(1, chance.randint(2, 6))
    )
    day = date(1994, 1, 1) + timedelta(days=chance.randint(0, 11_800))
    publisher = chance.choices(list(BODIES), (60, 25, 10, 5))[0]
    spoken = {field: _said(paragraphs, field) for field in ("country", "theme", "cites")}
    values = {
        "publisher": (publisher,),
        "body": (chance.choice(BODIES[publisher]),),
        "session": (str(number % 70),),
        "kind": (chance.choice(KINDS),),
        "source": (f"{publisher.lower()}-documents",),
        "symbol": (f"a/hrc/{number % 70}/{number}", f"a/hrc/{number % 70}"),
        "year": (str(day.year),),
        "language": own,
    }
    titles = tuple((code, known[code].text(chance, 9)) for code in own)
    names = {"person": _said(paragraphs, "person")}
    return IndexedWork(number, f"UN:A/HRC/{number}", day, titles, values | spoken, names, paragraphs, number)


def _paragraph(document: int, ordinal: int, code: str, language: Language, chance: random.Random) -> IndexedParagraph:
    text = language.text(chance, max(8, int(chance.gauss(55, 25))))
    if code == "en" and chance.random() < 0.05:
        text += f" {chance.choice(TOPICS)}"
    found = [("country", chance.choice(COUNTRIES))] if chance.random() < 0.3 else []
    found += [("theme", chance.choice(THEMES))] if chance.random() < 0.2 else []
    found += [("cites", f"a/res/45/{chance.randint(1, 200)}")] if chance.random() < 0.1 else []
    found += [("person", f"Ana {language.words[chance.randint(100, 5000)].title()}")] if chance.random() < 0.05 else []
    kind = "heading" if chance.random() < 0.1 else "text"
    return IndexedParagraph(document, ordinal, code, text, tuple(found), kind)


def _said(paragraphs: tuple[IndexedParagraph, ...], field: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for each in paragraphs for name, value in each.values if name == field))
