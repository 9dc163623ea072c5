"""What the Markdown report says, and that no text from outside becomes markup.

After a wanted change of the report, write the golden file again: `python tests/test_report_markdown.py`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_example import empty, example, hostile

from voiceprep.model import Evidence, Span
from voiceprep.report.markdown import escape, render
from voiceprep.testing import spoken

GOLDEN = Path(__file__).parent / "golden" / "report.md"


def test_the_example_is_written_as_in_the_golden_file() -> None:
    assert render([example()]) == GOLDEN.read_text("utf-8")


def test_the_one_thing_to_try_comes_first() -> None:
    assert render([example()]).startswith(
        "# Let the silence stand\n\n**One thing to try:** Record the answer once more."
    )


def test_the_outline_of_the_question_is_numbered() -> None:
    question = example().question
    assert question is not None
    asked = replace(question, outline=("What *was* promised", "What came of it"))
    assert "1. What \\*was\\* promised\n2. What came of it\n" in render([replace(example(), question=asked)])
    assert "outline" not in render([replace(example(), question=replace(question, outline=()))])


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain words.", "plain words."),
        ("a|b", "a\\|b"),
        ("*star* _line_ `tick`", "\\*star\\* \\_line\\_ \\`tick\\`"),
        ("[link](javascript:x)", "\\[link\\](javascript:x)"),
        ("<b>&amp;", "\\<b\\>\\&amp;"),
        ("two\nlines\u2028three", "two lines three"),
        ("- item", "\\- item"),
        ("1. item", "1\\. item"),
        ("+1", "\\+1"),
        ("5.0 a minute", "5.0 a minute"),
        ("back\\slash", "back\\\\slash"),
        ("  ", ""),
    ],
)
def test_text_is_escaped(text: str, written: str) -> None:
    assert escape(text) == written


@given(st.text())
def test_escaped_text_has_no_bare_markup_and_no_line_break(text: str) -> None:
    written = escape(text)
    assert not re.search(r"[`*_\[\]<>|~&#]", re.sub(r"\\.", "", written))
    assert len(written.splitlines()) <= 1


@given(st.lists(st.text(), min_size=1, max_size=8))
def test_any_transcript_renders_and_can_be_written(texts: list[str]) -> None:
    transcript = spoken("<1.2> ".join(["word"] * len(texts)))
    words = tuple(replace(word, text=text) for word, text in zip(transcript.words, texts, strict=True))
    assessment = replace(empty(), transcript=replace(transcript, words=words))
    assert render([assessment]).encode("utf-8").endswith(b"\n")


def test_a_name_in_a_broken_encoding_can_be_written() -> None:
    page = render([replace(empty(), recording=replace(empty().recording, name="caf\udce9.wav"))])
    assert "caf\N{REPLACEMENT CHARACTER}.wav" in page.encode("utf-8").decode("utf-8")


def test_hostile_text_makes_no_element_no_link_and_no_extra_column() -> None:
    page = render([hostile()])
    bare = re.sub(r"\\.", "", page)
    assert "<" not in bare
    assert "](" not in bare
    assert {row.count("|") for row in bare.splitlines() if row.startswith("|")} == {5}


def test_no_speech_is_said_plainly() -> None:
    page = render([empty()])
    assert page.startswith("# No speech was heard")
    assert "Not measured: no speech was heard." in page
    assert "What you said" not in page


def test_many_moments_are_cut_and_counted() -> None:
    first, *rest = example().findings
    many = tuple(Evidence(f"m{at}", Span(at, at + 1)) for at in range(40))
    finding = replace(first, measurement=replace(first.measurement, evidence=many))
    page = render([replace(example(), findings=(finding, *rest))])
    assert "m11; and 28 more" in page
    assert "m12" not in page


def test_several_answers_make_one_document() -> None:
    assert render([example(), empty()]).count("\n---\n") == 1


def test_nothing_is_a_document_too() -> None:
    assert render([]) == "There is nothing in this report.\n"


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(render([example()]), "utf-8")
