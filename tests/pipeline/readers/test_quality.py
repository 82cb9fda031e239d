"""A page's text is judged by its words: good print is kept in every language, what OCR has spoilt is not."""

import re

import pytest

from pipeline.readers.letters import likely
from pipeline.readers.quality import quality

GOOD = {
    "fr": """Le Comité se félicite de ce que le Gouvernement ait ouvert, dans chacune des provinces du pays, un
bureau où les travailleurs venus de l'étranger peuvent déposer une plainte sans craindre d'être renvoyés
chez eux. Il regrette toutefois que ces bureaux manquent de personnel et que les interprètes y soient
rares. Il recommande que les inspecteurs du travail visitent plus souvent les chantiers et les
exploitations agricoles, que les salaires impayés soient versés avant tout départ, et que les familles
reçoivent des renseignements dans une langue qu'elles comprennent. Les enfants doivent pouvoir aller à
l'école quelle que soit la situation de leurs parents au regard des règles de séjour.""",
    "es": """El Comité toma nota con satisfacción de que el Gobierno ha abierto en cada provincia una oficina donde los
trabajadores llegados del extranjero pueden presentar quejas sin temor a ser devueltos a su país. Lamenta, sin embargo,
que esas oficinas tengan poco personal y que los intérpretes sean escasos. Recomienda que los inspectores del trabajo
visiten con mayor frecuencia las obras y las explotaciones agrícolas, que los salarios pendientes se paguen antes de
la salida y que las familias reciban información en un idioma que comprendan. Los niños deben poder ir a la escuela,
sea cual sea la situación de sus padres.""",
    "ru": """Комитет с удовлетворением отмечает, что правительство открыло в каждой области отделение, в котором
работники, прибывшие из других стран, могут подать жалобу, не опасаясь высылки. Вместе с тем он сожалеет о том, что
в этих отделениях мало сотрудников и почти нет переводчиков. Он рекомендует чаще направлять инспекторов на стройки и
в сельские хозяйства, выплачивать задержанную заработную плату до отъезда и сообщать семьям необходимые сведения
на понятном им языке. Дети должны иметь возможность ходить в школу независимо от положения своих родителей.""",
    "ar": """ترحب اللجنة بقيام الحكومة بفتح مكتب في كل محافظة يستطيع العمال القادمون من الخارج أن يقدموا فيه شكوى دون
خوف من إعادتهم إلى بلدهم. غير أنها تأسف لقلة عدد الموظفين في هذه المكاتب ولندرة المترجمين فيها. وتوصي اللجنة بأن يزور
مفتشو العمل مواقع البناء والمزارع أكثر من ذي قبل، وبأن تدفع الأجور المتأخرة قبل المغادرة، وبأن تحصل الأسر على
المعلومات بلغة تفهمها. ويجب أن يتمكن الأطفال من الذهاب إلى المدرسة مهما كان وضع والديهم.""",
}
# What scanners of old typescripts made of letters: by their shapes, as one is taken for another.
MISREAD = {
    "fr": {"e": "c", "u": "n", "m": "rn", "t": "l", "a": "s", "r": "t"},
    "es": {"e": "c", "u": "n", "m": "rn", "t": "l", "a": "s", "r": "t"},
    "ru": {"н": "и", "ш": "щ", "т": "г", "о": "с", "л": "п", "в": "з"},
    "ar": {"ل": "ا", "م": "ه", "ع": "غ", "د": "ر", "ب": "ت"},
}


def spoilt(text: str, language: str, every: int) -> str:
    """One word in so many with a letter misread, in turn by each of the ways."""
    ways = list(MISREAD[language].items())
    words = re.split(r"(\s+)", text)
    for turn, at in enumerate(range(0, len(words), 2 * every)):
        right, wrong = ways[turn % len(ways)]
        words[at] = words[at][:1] + words[at][1:].replace(right, wrong)
    return "".join(words)


@pytest.mark.parametrize("language", GOOD)
def test_good_print_is_kept(language):
    assert quality(GOOD[language], language) >= 0.95


@pytest.mark.parametrize(("language", "every"), [("fr", 4), ("es", 4), ("ru", 3), ("ar", 1)])
def test_a_layer_that_ocr_has_spoilt_is_not(language, every):
    # Nearly every group of Arabic letters is some word's: there only what is spoilt through and through shows.
    text = spoilt(GOOD[language], language, every)
    assert quality(text, language) < 0.95
    assert likely(text.split(), language) < 1.0


@pytest.mark.parametrize("language", ["fr", "es", "ru"])
def test_the_more_is_spoilt_the_lower_the_mark(language):
    marks = [likely(spoilt(GOOD[language], language, every).split(), language) for every in (12, 4, 2)]
    assert marks == sorted(marks, reverse=True)
    assert marks[-1] < 0.85


def test_letters_that_stand_for_others_are_no_text():
    # Each letter is the one after it in the alphabet, as with a font whose table of letters is wrong.
    shifted = "".join(chr(ord(sign) + 1) if "\u0627" <= sign <= "\u0649" else sign for sign in GOOD["ar"])
    assert quality(shifted, "ar") < 0.5


def test_names_and_a_few_words_say_nothing():
    assert likely(["Kwktz", "Brzeg", "Xqui"] * 30, "fr") == 1.0
    assert likely(["wxk", "zqj"], "fr") == 1.0


def test_a_page_in_two_languages_is_judged_in_both():
    english = """The Committee welcomes the opening of an office in each province where workers who have come from
other countries may complain without fear of being sent back. It regrets that few people work there and that
there are few who interpret. It recommends that inspectors visit farms and building sites more often and that
wages be paid."""
    assert quality(f"{GOOD['fr']}\n{english}", "fr") >= 0.95
