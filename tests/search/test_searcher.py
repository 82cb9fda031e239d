"""Does a search find what it should, and show it as it should?"""


def keys(results):
    return [hit.work for hit in results.hits]


def test_a_phrase_and_a_country_meet_in_one_work(searcher):
    results = searcher.search('"domestic workers" AND country:PHL')
    assert keys(results) == ["UN:A/HRC/47/30"]
    assert results.total == 1 and not results.complaints and results.after is None
    passage = results.hits[0].passages[0]
    assert passage.citation in ("A/HRC/47/30, para. 45", "A/HRC/47/30, para. 46")
    assert next(passage.text[start:end] for start, end in passage.marks).startswith("domestic worker")
