"""The commands and their order in ``netclinic --help``."""

from typing import Annotated

import typer

from . import (
    cache,
    compare,
    database,
    diagnose,
    export,
    info,
    learning_curve,
    predict,
    run,
    serve,
    spec_files,
    studies,
    treat,
    trials,
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"netclinic {version('netclinic')}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error; goes anywhere.")
    ] = False,
) -> None:
    """Search a network's hyperparameters, diagnose bias and variance, say what to do."""


app = typer.Typer(
    name="netclinic",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help is calm, wraps well and takes half the time
    context_settings={"help_option_names": ["-h", "--help"]},
    callback=_options,
)
_db = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
_cache = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

app.command("run")(run.run)
app.command("resume")(run.resume)
app.command("studies")(studies.studies)
app.command("trials", short_help="List a study's trials.")(trials.trials)
app.command("best", short_help="Show the trial with the lowest validation error.")(trials.best)
app.command("show", short_help="Show one trial: its parameters, result and curves.")(trials.show)
app.command("diagnose", short_help="Diagnose a stored study, predictions or a training log.")(
    diagnose.diagnose
)
app.command("treat", short_help="Try a remedy in a study beside another one.")(treat.treat)
app.command("compare", short_help="Compare the winners of two studies.")(compare.compare)
app.command("learning-curve", short_help="Forecast what more training rows would bring.")(
    learning_curve.learning_curve
)
app.command("sql")(database.sql)
app.command("export")(export.export)
app.command("predict", short_help="Answer for new rows by a study's best network.")(predict.predict)
app.command("serve", short_help="Show studies and reports in a browser, or as JSON.")(serve.serve)
app.command("init")(spec_files.init)
app.command("schema")(spec_files.schema)
app.command("info")(info.info)
app.add_typer(_db, name="db")
_db.command("upgrade")(database.upgrade)
app.add_typer(_cache, name="cache")
_cache.command("clear")(cache.clear)


@_db.callback()
def _db_options() -> None:
    """Look after the database."""  # a group of one command stays a group


@_cache.callback()
def _cache_options() -> None:
    """Look after the compiled programs."""
