from pathlib import Path

import typer.main
from netclinic.cli.app import app
from netclinic.cli.reference import commands, parameters, reference
from netclinic.storage.urls import normalize_url

DOCS = Path(__file__).parents[2] / "docs" / "cli.md"


def test_the_reference_is_current() -> None:
    assert DOCS.read_text(encoding="utf-8") == reference(), (
        "python -m netclinic.cli.reference > docs/cli.md"
    )


def test_every_command_is_in_the_help_and_in_the_reference() -> None:
    def names(group, words: str) -> set[str]:
        found = set()
        for name, command in group.commands.items():
            inner = f"{words} {name}"
            found |= names(command, inner) if hasattr(command, "commands") else {inner}
        return found

    known = names(typer.main.get_command(app), "netclinic")
    assert known == {words for words, _ in commands()}
    assert all(f"\n## {words}\n" in reference() for words in known)
    assert len(known) == 19


def test_everything_that_can_be_typed_has_a_meaning() -> None:
    for words, function in commands():
        assert (function.__doc__ or "").strip(), words
        for parameter in parameters(function):
            assert parameter.meaning.endswith("."), (words, parameter)
            assert "`" in parameter.typed, (words, parameter)


def test_every_command_that_reads_a_database_takes_its_address() -> None:
    without = {f"netclinic {it}" for it in ("init", "schema", "cache clear", "predict")}
    for words, function in commands():
        storage = [p for p in parameters(function) if "--storage" in p.typed]
        assert bool(storage) == (words not in without), words
        for parameter in storage:
            assert normalize_url(parameter.default.strip("`"))


def test_every_command_that_prints_data_takes_a_format() -> None:
    data = {"studies", "trials", "best", "show", "diagnose", "treat", "sql", "info"} | {
        "compare",
        "learning-curve",
        "predict",
    }
    for words, function in commands():
        has = any("--format" in p.typed for p in parameters(function))
        assert has == (words.removeprefix("netclinic ") in data), words
