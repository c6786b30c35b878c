"""The kinds of findings told one by one: the text of docs/findings.md."""

from ..explanations.explanations import GROUPS, anchor
from ..findings import FindingKind
from ..remedies.table import TABLE
from .report_labels import FINDINGS, REMEDIES

PREFACE = """\
# Findings

<!-- Made by docs/generate.py; a test compares. -->

Every kind of finding that a diagnosis can hold: what it means, how it was found and by which
threshold, what would make it wrong, and what to do. A report links each of its findings to the same
explanation; `findings[].kind` in `diagnosis.json` is the name in code letters.
"""


def reference() -> str:
    """The whole page, a section a subject and a subsection a kind with its anchor."""
    parts = [PREFACE]
    for subject, kinds in GROUPS.items():
        parts += [f"## {subject}\n", *(_section(kind) for kind in kinds)]
    return "\n".join(parts)


def _section(kind: FindingKind) -> str:
    text = next(kinds[kind] for kinds in GROUPS.values() if kind in kinds)
    offered = [REMEDIES[remedy] for remedy in TABLE.get(kind, ())]
    lines = [
        f'<a id="{anchor(kind)}"></a>\n',
        f"### {FINDINGS[kind]}\n",
        f"`{kind.value}`. {text.means}\n",
        f"- **How it is found.** {text.found}",
        f"- **What would make it wrong.** {text.wrong}",
        f"- **What to do.** {text.do}",
    ]
    if offered:
        lines.append(f"- **Remedies in the report.** {'; '.join(offered)}.")
    return "\n".join(lines) + "\n"
