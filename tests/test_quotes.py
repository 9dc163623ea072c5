from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceprep.metrics.quotes import LONGEST, quote, quote_end, retold

FACTS = "Failed payments went down from twenty percent to three percent"
PLAN = "I wrote a note of one page with the numbers, walked our director through it, and told the team, so they knew."


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        pytest.param("So, and then we left.", "then we left", id="what people say before they start"),
        pytest.param("and, um, I asked, uh, an engineer.", "I asked, an engineer", id="filled pauses"),
        pytest.param("i said i'd go, i.e. soon", "I said I'd go, i.e. soon", id="small letters"),
        pytest.param("Well, so.", "Well", id="nothing else"),
        pytest.param("Something changed.", "Something changed", id="only whole words are left out"),
        pytest.param("he was, fine with it, I think.", "he was fine with it", id="what people trail off with"),
        pytest.param(
            "So what I did, well, what we did, I mean, we had a lot of meetings.",
            "we had a lot of meetings",
            id="after a repair",
        ),
        pytest.param(
            "After that I put the logs and the calls on two slides, and I presented them to the sales team.",
            "After that I put the logs and the calls on two slides",
            id="a whole clause",
        ),
        pytest.param(PLAN, "I wrote a note of one page with the numbers", id="a list of deeds is not broken"),
        pytest.param(
            "When I joined my last team, every release took us two full days, and nobody knew why it did.",
            "When I joined my last team, every release took us two full days",
            id="a clause that hangs on the next",
        ),
        pytest.param(
            "Two years ago I was the product manager for the booking app of a regional bus company.",
            "Two years ago I was the product manager\u2026",
            id="cut before a small word",
        ),
        pytest.param(
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen 17",
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen\u2026",
            id="cut where nothing else helps",
        ),
        pytest.param("", "", id="nothing at all"),
    ],
)
def test_quotes_end_where_a_clause_does(said: str, quoted: str) -> None:
    assert quote(said) == f"\u201c{quoted}\u201d"


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        pytest.param(f"{FACTS}, and sales rose too.", f"{FACTS}, and sales rose too", id="short enough"),
        pytest.param(
            f"{FACTS}, and the ticket sales rose by eighteen percent.",
            "the ticket sales rose by eighteen percent",
            id="the last clause",
        ),
        pytest.param(
            "As a result of it the release of the whole new product takes us only three hours of the day.",
            "\u2026release of the whole new product takes us only three hours of the day",
            id="the last words",
        ),
    ],
)
def test_the_end_is_quoted_from_where_a_clause_begins(said: str, quoted: str) -> None:
    assert quote_end(said) == f"\u201c{quoted}\u201d"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        pytest.param("I called eight clinics.", "You called eight clinics.", id="I"),
        pytest.param("Then I called eight clinics.", "You called eight clinics.", id="order left out"),
        pytest.param("We had promised our clients a date.", "You had promised your clients a date.", id="we"),
        pytest.param("I was told that I was late.", "You were told that you were late.", id="was and were"),
        pytest.param("I wasn't sure about my part.", "You weren't sure about your part.", id="wasn't"),
        pytest.param("It was my job to decide.", "It was your job to decide.", id="my job"),
        pytest.param("The release slipped.", "You said the release slipped.", id="a thing"),
        pytest.param(
            "My manager asked me to help us.", "You said your manager asked you to help you.", id="my manager"
        ),
        pytest.param("There was a lot of pressure.", "You said there was a lot of pressure.", id="there was"),
        pytest.param("I made the plan myself.", "You made the plan yourself.", id="myself"),
        pytest.param("I knew the plan was wrong.", "You knew the plan was wrong.", id="was of something else"),
    ],
)
def test_a_clause_is_told_back_to_the_speaker(said: str, told: str) -> None:
    assert retold(said) == told


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("I go to the customer and ask him.", id="told in the present"),
        pytest.param("I'm working in a hospital.", id="a short form"),
        pytest.param("I called him and was told to wait.", id="a verb that would not agree"),
        pytest.param("I said that we needed a list.", id="I and we would both be you"),
        pytest.param("I asked him: what do you need?", id="somebody else is you"),
        pytest.param("Last winter the heating broke.", id="does not begin with who"),
        pytest.param("the difficult stakeholder in finance", id="no verb"),
        pytest.param("Never had I seen our team so tired.", id="turned around"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_might_be_turned_wrongly_is_not_turned(said: str) -> None:
    assert retold(said) == ""


WORDS = st.sampled_from(
    [
        "i",
        "we",
        "my",
        "the",
        "team",
        "was",
        "and",
        "so",
        "called",
        "him,",
        "because",
        "it",
        "um",
        "which",
        "had",
        "to.",
        "but",
        "you",
        "plan",
        "then",
    ]
)


@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_no_quotation_is_long_and_none_ends_in_the_air(said: str) -> None:
    for made in (quote(said), quote_end(said)):
        assert len(made.split()) <= LONGEST + 2
    assert not quote(said).endswith(("the\u2026\u201d", "and\u2026\u201d", "my\u2026\u201d"))


@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_nobody_is_i_in_what_is_told_back(said: str) -> None:
    assert not {"i", "we", "my"} & set(retold(said).lower().rstrip(".").replace(",", "").split())
