"""Is a mail server understood? Answers as real servers give them."""

import pytest

from search.alerts.errors import AlertError
from search.alerts.post import answers
from search.alerts.post.answers import classify
from search.alerts.post.returning import read_return_path, return_path


@pytest.mark.parametrize(
    ("code", "answer", "meant"),
    [
        (550, "5.1.1 <x@example.net>: Recipient address rejected: User unknown in virtual mailbox table", "gone"),
        (550, "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "gone"),
        (550, "no such mailbox", "gone"),
        (550, "Unrouteable address: unknown user", "gone"),
        (550, "5.2.1 The email account that you tried to reach is disabled", "gone"),
        (552, "5.2.2 The recipient's inbox is out of storage space", "full"),
        (452, "4.2.2 The recipient's inbox is out of storage space", "full"),
        (550, "5.7.1 Message rejected as spam by Content Filtering", "refused"),
        (550, "5.7.26 Unauthenticated email is not accepted due to the domain's DMARC policy", "refused"),
        (554, "5.7.1 <x@example.net>: no such user, says our block list", "refused"),  # its status decides
        (550, "blocked: no such user may write to us", "refused"),
        (550, "what?", "refused"),
        (552, "too big", "refused"),
        (451, "4.7.1 Greylisting in action, please come back later", "later"),
        (450, "user unknown in our copy of the table", "later"),  # 4xx never says for good
        (450, "5.1.1 of two minds", "later"),
        (421, "4.7.28 Our system has detected an unusual rate of mail", "server"),
        (452, "4.3.1 Insufficient system storage", "server"),
        (535, "5.7.8 Error: authentication failed", "server"),
        (550, "version 15.1.1.2 at 10.5.1.1 said no", "refused"),  # neither is a status
    ],
)
def test_what_an_answer_means(code, answer, meant):
    assert classify(code, answer) == meant


def test_a_table_with_a_mistake_in_it_is_refused(tmp_path, monkeypatch):
    for text in ("[status]\n'5' = 'gonne'\n[[words]]\nclass = 'gone'\nany = []", "[status", "a = 1"):
        (tmp_path / "answers.toml").write_text(text)
        monkeypatch.setattr(answers, "TABLE", tmp_path / "answers.toml")
        answers._table.cache_clear()
        with pytest.raises(AlertError, match=r"answers\.toml"):
            classify(550, "5.1.1 x")
    monkeypatch.undo()
    answers._table.cache_clear()
    assert classify(550, "5.1.1 x") == "gone"


def test_a_return_path_names_its_mail_and_cannot_be_made_up():
    path = return_path("the secret", "bounces@example.org", 123)
    assert path.startswith("bounces+123.") and path.endswith("@example.org") and len(path.partition("@")[0]) <= 64
    assert read_return_path("the secret", "bounces@example.org", f"<{path.upper()}>") == (123, False)
    assert read_return_path("another secret", "bounces@example.org", path) == (None, True)
    assert read_return_path("the secret", "bounces@example.org", path.replace("123", "124")) == (None, True)
    assert read_return_path("the secret", "bounces@example.com", path) == (None, False)
    both = path.replace("123", "124") + ", " + path
    assert read_return_path("the secret", "bounces@example.org", both) == (123, False)
