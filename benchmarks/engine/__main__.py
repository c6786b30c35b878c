"""netclinic beside its peers, row by row, into benchmarks/engine.md.

Run: make bench-engine, or python benchmarks/engine --only ROW.
"""

import argparse

from measure import HERE, measure, save
from page import page
from rows import ROWS


def main() -> None:
    """Measure the rows that are asked for, and write the page from all that are kept."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", action="append", choices=[*ROWS], help="a row; may be repeated")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--page", action="store_true", help="measure nothing, write the page")
    parser.add_argument("--peer-python", default=".venv-peers/bin/python")
    asked = parser.parse_args()
    for name in () if asked.page else asked.only or ROWS:
        save(ROWS[name], measure(ROWS[name], asked.rounds, asked.peer_python))
        write_page()
    write_page()


def write_page() -> None:
    """So that a long run that is cut short leaves what it has measured."""
    (HERE.parent / "engine.md").write_text(page())


if __name__ == "__main__":
    main()
