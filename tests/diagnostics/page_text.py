"""The text of a page as it is read: without what only keeps lines from breaking."""

from netclinic.diagnostics.report.page_templates import WORD_JOINER


def as_read(page: str) -> str:
    """The page with plain blanks, and nothing behind dashes."""
    return page.replace("\u00a0", " ").replace(WORD_JOINER, "")
