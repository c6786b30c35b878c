"""What Markdown shows of any text."""

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from netclinic.diagnostics.report.markdown import as_prose, as_text


def words(markdown):
    """What a reader sees: the text of every token, code included."""
    parser = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
    shown = []
    for token in parser.parse(markdown):
        shown += [c.content for c in token.children or [] if c.type in ("text", "code_inline")]
        shown += [token.content] if token.type == "fence" else []
    return shown


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
def test_any_text_is_shown_as_it_is(text):
    assert "".join(words(f"x {as_text(text)} x")) == f"x {text} x"


def test_a_command_in_a_sentence_is_code():
    """The report's first advice showed the backticks."""
    told = as_prose("Of `a*b`: `netclinic learning-curve a_b` forecasts *it*.")
    assert told == r"Of \`a\*b\`: `netclinic learning-curve a_b` forecasts \*it\*."
    assert words(told) == ["Of `a*b`: ", "netclinic learning-curve a_b", " forecasts *it*."]
