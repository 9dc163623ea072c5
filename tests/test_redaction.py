"""A redacted report says nothing of who spoke and whom it was about, in any format; how right that is, is measured."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings as hypotheses
from hypothesis import strategies as st
from report_example import example

from voiceprep import identity, pipeline
from voiceprep.config import built_in_pack
from voiceprep.correcting import Change, Correction
from voiceprep.errors import InputError
from voiceprep.model import Assessment, Question, QuestionKind, Recording, Settings, Span, WordKind
from voiceprep.redaction import _masked, mask_of, redact, speech, told
from voiceprep.report.data import parse
from voiceprep.tables import FORMATS
from voiceprep.testing import spoken, typed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voiceprep.model import Transcript

TEXT = """So um last year I worked at Siemens in Munich, <0.6> and my manager Anna Becker asked me to lead the migration
of three hundred and fifty machines. <0.8> We were like six weeks behind, and Peter from the Contoso team had just left.
<1.4> My job was to get it done by the 14th of May. <0.5> So I called eighteen suppliers and um asked Bosch for a second
crew. <0.7> Then I sat down with Anna's team and we cut the scope by forty percent. <1.2> Anna was not, um, happy at
first, but in the end we shipped on the 14th, <0.5> and revenue went from $3.27 million to nineteen million in 2023.
<0.6> Customers at Fairbrook wrote to anna.becker@contoso.example and to www.fairbrook.example that it worked."""
QUESTION = Question("late", "Tell me about a project at Fairbrook that was late.", QuestionKind.BEHAVIOURAL)
# What may not be anywhere, whatever is around it.
SECRET = (
    *("Siemens", "Munich", "Anna", "Becker", "Peter", "Contoso", "Bosch", "Fairbrook", "becker@", "fairbrook.example"),
    *("3.27", "2023", "14th", "eighteen", "nineteen", "hundred and fifty", "four hundred", "forty"),
    *("my-talk-with-anna", "feedbeef", "Ottoline"),
)


def assessed(transcript: Transcript, question: Question | None = QUESTION) -> Assessment:
    recording = Recording("my-talk-with-anna.m4a", "feedbeef" * 8, transcript.duration, "mp4", "aac", 48_000, 1)
    engine = replace(
        transcript.engine, model="/home/ottoline/models/base", settings={"fillers": "ottoline, like", "beam": 5}
    )
    heard = replace(transcript, engine=engine, caveats=("The file of Ottoline was cut.",))
    at = "2026-05-01T10:31:07+02:00"
    made = pipeline.judge(heard, recording, question, Settings(), at=at)
    return replace(made, playback=example().playback, waveform=example().waveform)


def plain(text: str) -> Assessment:
    """Return an assessment in which nothing was measured."""
    return Assessment(Recording("x", "", 1.0), spoken(text), (), "0")


@pytest.fixture(scope="module")
def whole() -> Assessment:
    return assessed(spoken(TEXT))


@pytest.fixture(scope="module")
def clean(whole: Assessment) -> Assessment:
    return redact(whole, mask=["ottoline"])


WEEKS = (
    *("When", "we", "moved", "the", "shop", "last", "year", "the", "landlord", "called", "me", "and", "we", "talked"),
    *("about", "the", "rent", "for", "weeks."),
)

# Nothing is left


def found(text: str) -> list[str]:
    """Return which secrets are in `text`, or in what it carries in base64."""
    blocks = [match[: len(match) // 4 * 4] for match in re.findall(r"[A-Za-z0-9+/]{16,}", text)]
    carried = [text, *(base64.b64decode(block).decode("utf-8", "replace") for block in blocks)]
    return [secret for secret in SECRET if any(secret.lower() in one.lower() for one in carried)]


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_of_a_redacted_report_has_anything_that_was_masked(clean: Assessment, form: str) -> None:
    assert found(pipeline.render(clean, form)) == []


@pytest.mark.parametrize("form", ["html", "json", "text", "md", "vtt", "textgrid"])
def test_the_same_formats_have_it_where_nothing_is_masked(whole: Assessment, form: str) -> None:
    missing = {"vtt": 3, "textgrid": 3}.get(form, 0)
    assert len(found(pipeline.render(whole, form))) >= len(SECRET) - missing - 3


def test_the_page_has_no_sound_and_no_picture_of_it(clean: Assessment) -> None:
    page = pipeline.render(clean, "html")
    assert "data:audio" not in page
    assert 'class="waves"' not in page
    assert (clean.playback, clean.waveform, clean.recording.sha256) == (None, None, "[masked]")


def test_a_mentor_is_not_asked_to_correct_what_was_heard(whole: Assessment, clean: Assessment) -> None:
    assert 'class="mend-bar"' in pipeline.render(whole, "html")
    assert 'class="mend-bar"' not in pipeline.render(clean, "html")


def test_a_text_that_was_typed_is_masked_too() -> None:
    clean = redact(assessed(typed(re.sub(r"<[\d.]+>", "", TEXT))), mask=["ottoline"])
    for form in ("html", "json", "text", "md", "csv"):
        assert found(pipeline.render(clean, form)) == []
    with pytest.raises(InputError):
        pipeline.render(clean, "vtt")


@given(name=st.from_regex(r"[A-Z][bcdfgjkqvwxz]{5,9}", fullmatch=True), at=st.integers(1, 20))
@hypotheses(max_examples=15, deadline=None)
def test_a_name_is_masked_wherever_it_stands(name: str, at: int) -> None:
    words = list(WEEKS)
    words.insert(min(at, len(words) - 1), name)
    clean = redact(plain(" ".join(words)))
    assert name.lower() not in pipeline.render(clean, "html").lower()


HEARD = "Last year claus meyer asked me to move the shop. I called suppliers and um we moved in three weeks."
CORRECTIONS = (
    Correction(Change.WORD, Span(0.6, 0.9), "claus", "Klaus"),
    Correction(Change.WORD, Span(0.9, 1.2), "meyer", "Meier"),
    Correction(Change.WORD, Span(90.0, 90.4), "wilhelmina", "Wilma"),
    Correction(Change.MISSED, Span(1.2, 1.3), "", "hm"),
)


@pytest.mark.parametrize("form", FORMATS)
def test_what_a_correction_replaced_is_nowhere(form: str) -> None:
    heard = spoken(HEARD)
    at = {word.text: word.span for word in heard.words}
    corrections = tuple(replace(one, span=at.get(one.was, one.span)) for one in CORRECTIONS)
    made = pipeline.judge(heard, Recording("x", "", heard.duration), QUESTION, Settings(), corrections=corrections)
    assert "meyer" in " ".join(made.caveats)
    shown = pipeline.render(redact(made), form).lower()
    secrets = {text.lower() for one in CORRECTIONS[:3] for text in (one.was, one.now)}
    assert [secret for secret in secrets if re.search(rf"\b{secret}\b", shown)] == []
    assert "3 corrections by the speaker." in redact(made).caveats


def test_what_the_program_says_is_never_masked() -> None:
    question = next(one for one in built_in_pack().questions if one.outline and one.star)
    made = assessed(
        spoken(TEXT + " I took two or three steps. It was one situation, task, action and result."), question
    )
    program = ("situation", "heard", "sentence", "result", "say", "steps", "points", "words", "question")
    clean = redact(made, mask=["ottoline", *program])
    assert clean.question == question
    assert clean.strengths == made.strengths
    for before, after in zip(made.findings, clean.findings, strict=True):
        assert (after.label, after.source, after.band) == (before.label, before.source, before.band)
    assert found(pipeline.render(clean, "json")) == []
    points = next(one for one in clean.findings if one.measurement.metric == "points")
    outside = re.sub("\u201c[^\u201d]*\u201d", "", points.detail)
    assert "[" not in outside


def test_a_text_is_called_an_answer_and_no_recording() -> None:
    assert redact(assessed(typed("I did it for Anna."))).recording.name == "[answer]"


# What it still says


def test_the_same_name_has_the_same_mask_and_others_have_others(clean: Assessment) -> None:
    said = " ".join(word.text for word in clean.transcript.words)
    first = re.search(r"my manager (\[name \d+\]) asked me", said)
    assert first
    assert f"sat down with {first[1]}'s team" in said
    assert f"{first[1]} was not, um, happy" in said
    assert len(set(re.findall(r"\[name \d+\]", said))) == 7
    assert "lead the migration of [number] machines." in said
    assert "went from [number] to [number] in [number]." in said
    assert "wrote to [address] and to [address] that it worked." in said


def test_measures_verdicts_and_times_stay(whole: Assessment, clean: Assessment) -> None:
    assert len(clean.findings) == len(whole.findings)
    for one, other in zip(whole.findings, clean.findings, strict=True):
        assert (one.verdict, one.label, one.unit, one.source, one.band) == (
            other.verdict, other.label, other.unit, other.source, other.band,
        )  # fmt: skip
        kept = replace(other.measurement, evidence=one.measurement.evidence)
        assert kept == one.measurement
        assert [item.span for item in other.measurement.evidence] == [item.span for item in one.measurement.evidence]
    assert clean.star == whole.star


def test_sentences_still_cover_their_words(whole: Assessment, clean: Assessment) -> None:
    assert len(clean.sentences) == len(whole.sentences)
    for before, after in zip(whole.sentences, clean.sentences, strict=True):
        assert after.span == before.span
        inside = clean.transcript.words[after.first : after.last]
        assert (inside[0].span.start, max(word.span.end for word in inside)) == (before.span.start, before.span.end)
    assert clean.sentences[-1].last == len(clean.transcript.words)


def test_fillers_and_hesitations_are_never_masked(whole: Assessment, clean: Assessment) -> None:
    def odd(one: Assessment) -> list[str]:
        return [word.text for word in one.transcript.words if word.kind is not WordKind.WORD]

    assert odd(clean) == odd(whole)


def test_the_report_says_that_it_is_masked_and_keeps_only_the_day(clean: Assessment) -> None:
    assert clean.at == "2026-05-01"
    assert clean.caveats[0].startswith("Names, numbers and addresses are masked")
    assert clean.transcript.engine.model == "[folder]"


def test_a_redacted_report_can_be_read_back_as_json(clean: Assessment) -> None:
    (back,) = parse(pipeline.render(clean, "json"))
    assert back == replace(clean, recording=back.recording)
    assert json.loads(pipeline.render(clean, "json"))["answers"][0]["recording"]["name"] == "[recording]"


def test_no_question_of_the_pack_is_changed() -> None:
    base = plain("I did it.")
    for question in built_in_pack().questions:
        assert redact(replace(base, question=question)).question == question
        bare = Question(question.id, question.text, question.kind)
        assert redact(replace(base, question=bare)).question == bare


def test_a_name_in_a_question_of_ones_own_is_masked() -> None:
    asked = Question("typed", "Why do you want to work at Brightleaf?")
    question = redact(assessed(spoken("I like what they do."), asked)).question
    assert question
    assert question.text == "Why do you want to work at [name 1]?"


def test_an_answer_without_words_can_be_redacted() -> None:
    empty = replace(spoken("x"), words=(), pauses=(), speech=())
    assert redact(assessed(empty)).transcript.words == ()


# What the user says


def test_words_of_ones_own_are_masked_and_kept() -> None:
    whole = assessed(spoken("The blue team met the Scrum master. It was our blue team, and we drew blueprints."))
    said = " ".join(word.text for word in redact(whole, mask=["Blue Team"], keep=["scrum"]).transcript.words)
    assert said == "The [name 1] met the Scrum master. It was our [name 1], and we drew blueprints."


def test_a_mask_of_ones_own_goes_for_small_letters_too() -> None:
    said = redact(assessed(spoken("They used anchor for that, and Anchor was slow.")), mask=["anchor"])
    assert [word.text for word in said.transcript.words if "[" in word.text] == ["[name 1]", "[name 1]"]


def test_what_a_keep_asks_for_stays_even_if_it_is_a_number_or_an_address() -> None:
    said = redact(assessed(spoken("I wrote to me@example.com in 2020 with Peter.")), keep=["2020", "peter"])
    assert " ".join(word.text for word in said.transcript.words) == "I wrote to [address] in 2020 with Peter."


# One text at a time


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Well, Anna Smith's plan; Smith said no.", "Well, [name 1]'s plan; [name 1] said no."),
        ("We hired Anna, Peter and Maria.", "We hired [name 1], [name 2] and [name 3]."),
        ("Will was there, and I will go. Will agreed.", "[name 1] was there, and I will go. [name 1] agreed."),
        ("I met the Pope. Popes are rare.", "I met the [name 1]. Popes are rare."),
        ("It rose by twenty-five percent to 1,000.", "It rose by [number] percent to [number]."),
        ("one of them took one hundred and two, and one left", "one of them took [number], and one left"),
        ("Three point five million people came in May.", "[number] people came in May."),
        ("It was (Berlin) \u201cin Berlin\u201d.", "It was ([name 1]) \u201cin [name 1]\u201d."),
        ("Write to anna at example dot com today.", "Write to [address] today."),
        ("See https://example.com/a?b=c, or ask.", "See [address], or ask."),
        (
            "On Monday the CEO and the HR team read it in English.",
            "On Monday the CEO and the HR team read it in [name 1].",
        ),
        ("On the twentieth of March, no, March third.", "On the [number] of March, no, March [number]."),
        (
            "our founder was called Zanele and nobody called back",
            "our founder was called [name 1] and nobody called back",
        ),
        ("my name is bartholomeus and i live in xanadupur", "my name is [name 1] and i live in [name 2]"),
        ("", ""),
    ],
)
def test_a_sentence_is_masked_like_this(said: str, shown: str) -> None:
    whole = plain(said)
    assert speech(said, mask_of(whole)) == shown
    assert " ".join(word.text for word in redact(whole).transcript.words) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("You called Anna. How many, 12 or 40?", "You called [name 1]. How many, 12 or [number]?"),
        ("anna 2 times, \u201ctwelve\u201d once", "[name 1] 2 times, \u201c[number]\u201d once"),
        ("Annabel stays, as do 140 words a minute and 1.40 s.", "Annabel stays, as do 140 words a minute and 1.40 s."),
        ("Will you? I met Will.", "[name 2] you? I met [name 2]."),
    ],
)
def test_what_the_program_says_of_an_answer_is_masked_like_this(text: str, shown: str) -> None:
    whole = Assessment(Recording("x", "", 1.0), typed("I told Anna to sell 40 and met Will."), (), "0")
    assert told(text, mask_of(whole)) == shown


def test_text_that_is_all_in_capitals_is_not_all_names() -> None:
    whole = Assessment(
        Recording("x", "", 1.0), typed("I LED THE TEAM AND WE SHIPPED IT WITH PETER ON A FRIDAY."), (), "0"
    )
    said = " ".join(word.text for word in redact(whole).transcript.words)
    assert said == "I LED THE TEAM AND WE SHIPPED IT WITH [name 1] ON A FRIDAY."


@pytest.mark.parametrize("word", ["customers", "nobody", "honestly", "refactoring", "will", "three", "i", "unless"])
def test_ordinary_words_are_ordinary(word: str) -> None:
    assert identity.is_ordinary(word)


@pytest.mark.parametrize("word", ["peter", "munich", "kubernetes", "zalando", "becker"])
def test_names_are_not_ordinary(word: str) -> None:
    assert not identity.is_ordinary(word)


# How right it is, on sentences of our own


def labelled(part: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the words of each line of a part of the labelled sentences, and what each is: name, number or nothing."""
    text = (Path(__file__).parent / "data" / "redaction.txt").read_text(encoding="utf-8")
    inside = text.split(f"== {part}\n")[1].split("\n==")[0]
    for line in inside.strip().splitlines():
        words, kinds, kind = [], [], ""
        for token in line.split():
            kind = "name" if "{" in token else "number" if "<" in token else kind
            words.append(re.sub(r"[{}<>]", "", token))
            kinds.append(kind)
            kind = "" if "}" in token or ">" in token else kind
        yield words, kinds


def shares(part: str) -> dict[str, tuple[int, int]]:
    """Return how many words of each kind are masked, of how many."""
    counts = {kind: [0, 0] for kind in ("name", "number", "")}
    for words, kinds in labelled(part):
        mask = mask_of(plain(" ".join(words)))
        # Word by word, before neighbours are joined.
        for word, kind, (_, label) in zip(words, kinds, _masked(words, mask), strict=True):
            # "The", "a" and "of" within a date or a share say nothing.
            if kind == "number" and word.lower() in {"the", "a", "of", "and", "quarter"}:
                continue
            counts[kind][0] += bool(label)
            counts[kind][1] += 1
    return {kind: (hit, of) for kind, (hit, of) in counts.items()}


def test_names_are_found_as_often_as_the_documents_say() -> None:
    """docs/exchange.md has these figures: nine in ten names at least, and one ordinary word in a hundred at most."""
    assert sum(1 for part in ("seen", "unseen") for _ in labelled(part)) >= 100
    figures = {part: shares(part) for part in ("seen", "unseen")}
    document = (Path(__file__).parents[1] / "docs" / "exchange.md").read_text(encoding="utf-8")
    for part, row in (("seen", "looked at"), ("unseen", "only measured")):
        (names, of_names), (numbers, of_numbers), (wrong, of_words) = figures[part].values()
        assert names / of_names >= 0.9
        assert wrong / of_words <= 0.01
        said = f"{names} of {of_names} | {numbers} of {of_numbers} | {wrong} of {of_words}"
        assert re.search(rf"{row}[^\n]*\| {said} \|", document), f"{row}: {said}"
