"""Writes the pages of docs/ that are made from the code, and the tree in README.md."""

import ast
import re
from pathlib import Path

from netclinic.cli.reference import reference as cli_reference
from netclinic.diagnostics.report.findings_reference import reference as findings_reference
from netclinic.diagnostics.report.remedies_reference import reference as remedies_reference
from netclinic.search.spec_reference import reference as spec_reference

ROOT = Path(__file__).parents[1]
ROOMS = ("cli", "service", "search", "models", "diagnostics", "datasets", "storage")
BEGIN, END = "<!-- tree -->\n```\n", "```\n<!-- /tree -->"
OTHER = {
    "tests/": "mirrors the rooms; the whole walk is in tests/search/ and tests/cli/",
    "examples/": "studies to run, each a small TOML file",
    "benchmarks/": "measurements, and LOG.md: what was tried and what came out",
    "docs/": "the floor plan, and references made from the code",
    "pyproject.toml": "packaging; each dependency names the room that imports it",
    "constraints.txt": "the set of versions that the tests were run with",
    "Makefile": "make demo, make test, make docs",
}


def first_line(file: Path) -> str:
    """The first line of a module's docstring, without its full stop."""
    docstring = ast.get_docstring(ast.parse(file.read_text())) or ""
    return docstring.split("\n")[0].rstrip(".").replace("``", "")


def tree() -> str:
    """The repository's tree: each room's files and folders, each with one comment."""
    lines = []
    for room in ROOMS:
        lines.append((f"{room}/", first_line(ROOT / room / "__init__.py")))
        files = sorted(f for f in (ROOT / room).glob("*.py") if f.name != "__init__.py")
        lines += [(f"  {f.name}", first_line(f)) for f in files]
        lines += [
            (f"  {inside.parent.name}/", first_line(inside))
            for inside in sorted((ROOT / room).glob("*/__init__.py"))
        ]
    lines += OTHER.items()
    return "".join(f"{name:<23} {comment}\n" for name, comment in lines)


def readme(text: str) -> str:
    """``text`` of README.md with its tree made anew."""
    pattern = re.escape(BEGIN) + ".*?" + re.escape(END)
    return re.sub(pattern, lambda _: BEGIN + tree() + END, text, flags=re.DOTALL)


def main() -> None:
    """Write the generated pages."""
    (ROOT / "docs" / "spec.md").write_text(spec_reference())
    (ROOT / "docs" / "cli.md").write_text(cli_reference())
    (ROOT / "docs" / "findings.md").write_text(findings_reference())
    (ROOT / "docs" / "remedies.md").write_text(remedies_reference())
    page = ROOT / "README.md"
    page.write_text(readme(page.read_text()))


if __name__ == "__main__":
    main()
