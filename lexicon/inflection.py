"""In which forms does a country's name stand in a sentence? Russian cases, Arabic particles joined to it."""

import re

_CONSONANTS = "бвгджзклмнпрстфхцчшщ"
_AFTER_HUSH = "гкхжшщч"  # no -ы behind these


def written_forms(name: str, language: str) -> tuple[str, ...]:
    """`name` itself, then the forms that a sentence gives it; the regular ones only."""
    if language == "ru" and re.fullmatch(r"[А-ЯЁ][а-яё]{2,}", name):
        return (name, *(form for form in _russian(name) if form != name))
    if language == "ru":
        return (name, *_russian_republic(name))
    if language == "ar" and re.fullmatch(r"\w{3,}", name):
        return (name, *_arabic(name))
    return (name,)


def _russian(name: str) -> tuple[str, ...]:
    """The cases of a Russian country name of one word; empty for what is not declined (Перу, Чили, Марокко)."""
    stem, last = name[:-1], name[-1]
    before = name[-2]
    if name.endswith("ия"):
        return tuple(stem + ending for ending in ("и", "ю", "ей"))
    if last == "я":
        return tuple(stem + ending for ending in ("и", "е", "ю", "ей"))
    if last == "а":
        genitive = "и" if before in _AFTER_HUSH else "ы"
        return tuple(stem + ending for ending in (genitive, "е", "у", "ой"))
    if last == "ы":  # plural: Филиппины, Нидерланды
        return (stem, *(stem + ending for ending in ("ам", "ами", "ах")))
    if last == "й":
        return tuple(stem + ending for ending in ("я", "ю", "ем", "е"))
    if last == "ь":
        return tuple(stem + ending for ending in ("я", "ю", "ем", "е"))
    if last in _CONSONANTS:
        return tuple(name + ending for ending in ("а", "у", "ом", "е"))
    return ()


def _russian_republic(name: str) -> tuple[str, ...]:
    """The cases of "Республика Корея", "Российская Федерация": adjectives in -ая, then the noun, the rest unchanged."""
    found = re.fullmatch(r"((?:[А-ЯЁ][А-ЯЁа-яё-]+ая )*)(Республик|Федераци)[ая](.*)", name)
    if not found:
        return ()
    adjectives, noun, rest = found.groups()
    endings = ("и", "е", "у", "ой") if noun == "Республик" else ("и", "и", "ю", "ей")
    oblique = re.sub(r"ая(?= )", "ой", adjectives)
    accusative = re.sub(r"ая(?= )", "ую", adjectives)
    fronts = (oblique, oblique, accusative, oblique)
    return tuple(dict.fromkeys(front + noun + ending + rest for front, ending in zip(fronts, endings, strict=True)))


def _arabic(name: str) -> tuple[str, ...]:
    """A name with "and", "in, by", "to, for" before it, which Arabic writes as one word."""
    to = "لل" + name[2:] if name.startswith("ال") else "ل" + name
    return ("و" + name, "ب" + name, to, "ول" + to[1:], "وب" + name)
