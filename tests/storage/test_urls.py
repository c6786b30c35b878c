"""Addresses as users write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.storage import StorageError, normalize_url
from netclinic.storage.urls import shown_url


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("trials.db", "sqlite:///trials.db"),
        ("/data/my trials.db", "sqlite:////data/my trials.db"),
        ("sqlite:///trials.db", "sqlite:///trials.db"),
        ("sqlite+pysqlite:///trials.db", "sqlite+pysqlite:///trials.db"),
        ("postgresql://me@host/trials", "postgresql+psycopg://me@host/trials"),
        ("postgres://me@host:5433/trials", "postgresql+psycopg://me@host:5433/trials"),
        ("postgresql+psycopg2://me@host/trials", "postgresql+psycopg2://me@host/trials"),
        ("mysql://me:p%40ss@host/trials", "mysql+pymysql://me:p%40ss@host/trials"),
        ("mariadb://me@host/trials", "mysql+pymysql://me@host/trials"),
        (
            "postgresql://me@host/trials?sslmode=require",
            "postgresql+psycopg://me@host/trials?sslmode=require",
        ),
    ],
)
def test_the_driver_is_filled_in(written, meant):
    assert normalize_url(written) == meant
    assert normalize_url(meant) == meant


def test_a_password_is_not_shown_wherever_it_stands():
    assert shown_url("postgresql://me:secret@host/x") == "postgresql+psycopg://me:***@host/x"
    assert "secret" not in shown_url("postgresql://me@host/x?password=secret&sslmode=require")


def test_a_tilde_is_the_home_folder(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    assert normalize_url("~/trials.db") == "sqlite:////home/me/trials.db"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "The storage is empty. Allowed: a file (trials.db or sqlite:///trials.db)"),
        ("redis://host", "redis:// is not supported as storage. Allowed: a file"),
        ("://x", "'://x' is not an address of a database. Allowed: a file"),
        ("postgresql://host:port/x", "is not an address of a database"),
        ("sqlite://", "A database in memory is forgotten when the program ends."),
        ("sqlite:///:memory:", "A database in memory is forgotten when the program ends."),
        (":memory:", "A database in memory is forgotten when the program ends."),
        ("sqlite:///file:x?mode=memory&uri=true", "A database in memory is forgotten"),
        ("mysql://me@host", "mysql://me@host names no database. Write it behind a slash: mysql://"),
        ("mariadb://me:secret@host/", "mariadb://me:***@host/ names no database."),
        ("mysql://me:se@cret@host/x", "more than one @. Write those of the user and password as"),
        ("postgresql://me:se@cr/et@host/x", "more than one @. Write those of the user and"),
        ("postgresql://me:secret@host:port/x", "'postgresql://me:***@host:port/x' is not an addr"),
        ("postgresql:/me:secret@host/x", "postgresql: begins an address, but // does not follow."),
        ("sqlite:trials.db", "sqlite: begins an address, but // does not follow. Allowed: a file"),
    ],
)
def test_anything_else_is_refused(written, said):
    with pytest.raises(StorageError) as caught:
        normalize_url(written)
    assert said in str(caught.value)
    assert not re.search("secret|cret|cr.et", str(caught.value))


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_refused(text):
    try:
        made = normalize_url(text)
    except StorageError:
        return
    assert normalize_url(made) == made


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=30))
def test_any_file_name_keeps_its_meaning(name):
    import sqlalchemy as sa

    path = f"/data/{name}"
    if "://" in path:
        return
    assert sa.make_url(normalize_url(path)).database == path
