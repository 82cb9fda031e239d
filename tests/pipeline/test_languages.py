"""Is the language told of one of the six, of another, and of a text that does not tell?"""

import pytest

from pipeline.description.describe import describe
from pipeline.document import Page, Paragraph, Reading
from pipeline.languages import OTHER, detect
from search.labels import label_of
from search.query.values import codes_of

SIX = {
    "en": "The Committee recommends that the State party adopt all measures necessary to protect migrant workers.",
    "fr": "Le Comité recommande à l’État partie de prendre toutes les mesures nécessaires pour eux.",
    "es": "El Comité recomienda que el Estado parte adopte todas las medidas necesarias para ellos.",
    "ru": "Комитет рекомендует государству-участнику принять все необходимые меры для защиты мигрантов.",
    "ar": "توصي اللجنة بأن تتخذ الدولة الطرف جميع التدابير اللازمة لحماية حقوق العمال المهاجرين وأفراد أسرهم في البلد.",
    "zh": "委员会建议缔约国采取一切必要措施，保护移徙工人及其家庭成员的权利。",
}
OTHERS = {
    "de": "Der Ausschuss empfiehlt, dass der Vertragsstaat alle Maßnahmen zum Schutz der Wanderarbeitnehmer trifft.",
    "pt": "O Comitê recomenda que o Estado Parte adote todas as medidas necessárias para a proteção dos trabalhadores.",
    "it": "Il Comitato raccomanda che lo Stato parte adotti tutte le misure necessarie per la protezione loro.",
    "uk": "Комітет рекомендує державі вжити всіх необхідних заходів для захисту прав мігрантів та їх сімей у країні.",
    "fa": "کمیته توصیه می کند که دولت عضو همه اقدامات لازم را برای حمایت از حقوق کارگران مهاجر و آنها را به عمل آورد",
    "ja": "委員会は、締約国が移住労働者の権利の保護のために必要なすべての措置をとることを勧告する。",
    "el": "Η Επιτροπή συνιστά στο συμβαλλόμενο κράτος να λάβει όλα τα αναγκαία μέτρα.",
    "ko": "위원회는 당사국이 이주노동자의 권리 보호를 위해 필요한 모든 조치를 취할 것을 권고한다.",
}


@pytest.mark.parametrize("expected", [None, "en", "fr"])
@pytest.mark.parametrize("code", SIX)
def test_the_six_are_told(code, expected):
    assert detect(SIX[code], expected) == code
    assert detect(SIX[code].upper(), expected) == code


@pytest.mark.parametrize("expected", [None, "en", "es"])
@pytest.mark.parametrize("code", OTHERS)
def test_any_other_is_other_whatever_was_expected(code, expected):
    assert detect(OTHERS[code], expected) == OTHER


def test_too_short_is_not_other():
    assert detect("12. No. 7") is None
    assert detect("Ghana, Togo, Mali", "fr") == "fr"


def test_a_page_in_another_language_makes_the_document_one_of_two_languages():
    texts = [(1, "en", SIX["en"] * 200), (2, "fr", SIX["fr"] * 10), (3, OTHER, OTHERS["de"]), (3, "en", SIX["en"] * 30)]
    paragraphs = [Paragraph(at, page, None, code, text) for at, (page, code, text) in enumerate(texts, 1)]
    pages = [Page(page, "made", 1.0, code, text) for page, code, text in texts if code != OTHER]
    about = describe(Reading("application/pdf", "made", tuple(pages), tuple(paragraphs)), {}, "UN")
    assert (about.language, about.languages) == ("en", ("en", "fr"))


def test_other_can_be_asked_for_and_has_a_name():
    assert codes_of("language", "Other") == (OTHER,)
    assert label_of("language", OTHER, "fr") == "Autre langue"
