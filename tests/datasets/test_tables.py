from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.datasets import DataError
from netclinic.datasets.request import ReadAs
from netclinic.datasets.tables import read_table


def csv(folder: Path, text: str | bytes) -> Path:
    path = folder / "data.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def parquet(folder: Path, **columns) -> Path:
    path = folder / "data.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def refusal(path: Path, target: str | None = "y") -> str:
    with pytest.raises(DataError) as refused:
        read_table(path, target)
    return str(refused.value)


def test_numbers_text_and_booleans_of_a_csv_file(tmp_path):
    rows = read_table(csv(tmp_path, "a,c,y,b\n1,red,yes,true\n2.5,blue,no,false\n"), "y")
    assert rows.columns == ("a", "c", "b")
    assert rows.categories == (None, ("blue", "red"), None)
    np.testing.assert_array_equal(rows.inputs, [[1, 1, 1], [2.5, 0, 0]])
    assert rows.labels.tolist() == ["yes", "no"]
    assert rows.labels_from == "data.csv: target 'y'"


def test_columns_that_are_ignored_are_no_features_and_one_can_be_kept_beside_them(tmp_path):
    path = csv(tmp_path, "id,a,where,when,y\nu1,1,north,2024-01-05,p\nu2,2,south,2024-01-06,q\n")
    rows = read_table(path, "y", ReadAs(ignored=("id", "where", "when"), marks="where"))
    assert rows.columns == ("a",)
    assert rows.marks is not None
    assert rows.marks.tolist() == ["north", "south"]
    assert read_table(path, "y", ReadAs("when", ("id", "where"))).columns == ("a",)


@pytest.mark.parametrize(
    ("ignored", "message"),
    [
        (
            ("where", "idd"),
            "data.csv: the column 'idd', to be ignored, is not there (did you mean 'id'?); the "
            "others are id, a, where.",
        ),
        (("y",), "data.csv: the column 'y', to be ignored, is the target; the others are"),
        (
            ("id", "a", "where"),
            "data.csv has no column besides the target 'y' and those to be ignored.",
        ),
    ],
)
def test_what_cannot_be_ignored_is_refused(tmp_path, ignored, message):
    path = csv(tmp_path, "id,a,where,y\nu1,1,north,p\nu2,2,south,q\n")
    with pytest.raises(DataError) as refused:
        read_table(path, "y", ReadAs(ignored=ignored))
    assert message in str(refused.value)


def test_a_byte_order_mark_and_quotes_are_understood(tmp_path):
    rows = read_table(csv(tmp_path, '\ufeffa,"y, z"\r\n1,p\r\n2,"q,r"\r\n'), "y, z")
    assert rows.columns == ("a",)
    assert rows.labels.tolist() == ["p", "q,r"]


def test_the_index_that_pandas_writes_is_no_feature(tmp_path):
    rows = read_table(parquet(tmp_path, a=[1, 2], y=[0, 1], __index_level_0__=[5, 6]), "y")
    assert rows.columns == ("a",)


def test_a_column_is_numeric_only_if_all_of_a_long_file_is(tmp_path):
    # Longer than the reader's first block, by which streaming readers fix their types.
    rows = read_table(csv(tmp_path, "a,y\n" + "1,0\n" * 400_000 + "1.5,1\n"), "y")
    assert rows.inputs[-1, 0] == 1.5
    assert rows.categories == (None,)


@given(
    st.lists(
        st.tuples(
            st.floats(-1e30, 1e30),
            # Behind a letter, so that none spells a number or a missing value.
            st.text("é,\"; \n\t中'", max_size=5).map(lambda text: f"t{text}"),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_whatever_is_written_is_read_back(tmp_path_factory, table):
    quoted = [text.replace('"', '""') for _, text in table]
    lines = [f'{number!r},"{text}"' for (number, _), text in zip(table, quoted, strict=True)]
    path = csv(tmp_path_factory.mktemp("table"), "a,y\n" + "\n".join(lines) + "\n")
    rows = read_table(path, "y")
    assert rows.inputs[:, 0].tolist() == [number for number, _ in table]
    assert rows.labels.tolist() == [text for _, text in table]


BROKEN_CSV = [
    ("", "data.csv cannot be read as .csv: Empty CSV file"),
    ("a,y\n", "data.csv has a header but no rows."),
    (
        "a,b,y\n1,2,3\n1,2\n",
        "data.csv cannot be read as .csv: CSV parse error: Row #3: Expected 3 columns, got 2: 1,2",
    ),
    ("y\n1\n", "data.csv has no column besides the target 'y'."),
    (
        ",y\n0,1\n",
        "data.csv: column 0 (columns count from 0) has no name. If it is a row index, write the "
        "file without it (pandas: to_csv(…, index=False)); else name it.",
    ),
    ("a,a,y\n1,2,3\n", "data.csv: column 'a' occurs 2 times; give each column its own name."),
    (
        "a;y\n1;2\n",
        "data.csv has one column only, 'a;y': it seems to be separated by ';'. Write it with "
        "commas, and numbers with decimal points, in pandas: read_csv('data.csv', sep=';', "
        "decimal=',').to_csv('data.csv', index=False)",
    ),
    (
        "a;b;y\n1,5;2,5;p\n2,5;3;q\n",
        "data.csv: it seems to be separated by ';'. Write it with commas, and numbers with decimal "
        "points, in pandas: read_csv('data.csv', sep=';', decimal=',')"
        ".to_csv('data.csv', index=False)",
    ),
    (
        "a, in m;b;y\n1,5;2,5;p\n2;3;q\n",
        "data.csv: it seems to be separated by ';'. Write it with commas, and numbers with decimal "
        "points, in pandas: read_csv('data.csv', sep=';', decimal=',')"
        ".to_csv('data.csv', index=False)",
    ),
    (
        "größe,y\n1,p\n".encode("latin-1"),
        "data.csv: the header is not UTF-8 text. Write the file as UTF-8, in pandas with the "
        "encoding that it has: read_csv('data.csv', encoding='latin-1')"
        ".to_csv('data.csv', index=False)",
    ),
    (
        "a,y\n1,p\n".encode("utf-16"),
        "data.csv: the header is not UTF-8 text. Write the file as UTF-8, in pandas with the "
        "encoding that it has: read_csv('data.csv', encoding='utf-16')"
        ".to_csv('data.csv', index=False)",
    ),
    (
        "a,y\n" + "".join(f'"{n},5",p\n' for n in range(21)),
        "data.csv: column 'a' holds numbers with commas, '0,5' for one. Write them with decimal "
        "points and nothing between thousands (pandas: read_csv with decimal=','), or leave the "
        'column out: write, under [data], ignore = ["a"].',
    ),
    *(
        (
            f'a,y\n"{few}",p\n"{many}",q\n',
            f"data.csv: column 'a' holds numbers with {between!r} between thousands, {many!r} for "
            "one, and each would be a feature of its own. Write them with nothing between "
            f"thousands (pandas: read_csv with thousands={between!r}), nor with a unit; put a "
            "letter in front of each if they are codes; or leave the column out: write, under "
            '[data], ignore = ["a"].',
        )
        for few, many, between in (
            ("950", "1,005", ","),
            ("$7", "$1,200.50", ","),
            ("950", "1'005", "'"),
            ("7 km", "12 000 km", " "),
        )
    ),
    (
        "a,target\n1,2\n",
        "data.csv has no column 'y'; its columns are a, target.",
    ),
    (
        "a,Y1\n1,2\n",
        "data.csv has no column 'y'; its columns are a, Y1.",
    ),
    (
        "a,y\n1,p\nNA,q\n,q\n",
        "data.csv: column 'a' has 2 missing values, the first in row 1 (rows count from 0). Write, "
        'under [data], missing = "fill" (the median of the training rows, and marked as such), or '
        'drop the rows. Or leave the column out: write, under [data], ignore = ["a"].',
    ),
    (
        "c,y\nred,p\n,q\n",
        "data.csv: column 'c' has 1 missing value, the first in row 1 (rows count from 0). Write, "
        'under [data], missing = "fill" (the median of the training rows, and marked as such), or '
        'drop the rows. Or leave the column out: write, under [data], ignore = ["c"].',
    ),
    (
        "a,y\n1,\n2,\n",
        "data.csv: target 'y' is missing in every row: there is nothing to learn.",
    ),
    (
        "a,y\n1,\n2,p\n",
        "data.csv: target 'y' has 1 missing value, the first in row 0 (rows count from 0). Drop "
        'the rows: missing = "fill", under [data], does.',
    ),
    (
        "a,y\n1,p\n-inf,q\n",
        "data.csv: column 'a' is -inf in row 1 (rows count from 0), which is not a finite number; "
        "1 such value in all. Fill them in or drop the rows.",
    ),
    (
        "day,y\n2020-01-31,p\n2020-02-01,q\n",
        "data.csv: column 'day' has type date32[day]; columns must be numbers, text or booleans. "
        "Turn it into numbers (a date into days, say), or leave it out: write, under [data], "
        'ignore = ["day"].',
    ),
    (
        "day,y\n" + "".join(f"{n:02d}.06.2024,p\n" for n in range(1, 22)),
        "data.csv: column 'day' holds dates, '01.06.2024' for one, and each would be a feature of "
        "its own. Turn it into numbers (into days, say), or leave it out: write, under [data], "
        'ignore = ["day"].',
    ),
    (
        "a,y\n1,2020-01-31\n2,2020-02-01\n",
        "data.csv: target 'y' has type date32[day]; labels must be integers, text or booleans.",
    ),
    (
        b"c,y\n\xff\xfe,1\n",
        "data.csv: column 'c' is not UTF-8 text. Write the file as UTF-8, in pandas with the "
        "encoding that it has: read_csv('data.csv', encoding='latin-1')"
        ".to_csv('data.csv', index=False)",
    ),
    (
        b"c,y\n1,j\xe4\n",
        "data.csv: target 'y' is not UTF-8 text. Write the file as UTF-8, in pandas with the "
        "encoding that it has: read_csv('data.csv', encoding='latin-1')"
        ".to_csv('data.csv', index=False)",
    ),
    (
        "a,y\n" + "".join(f"{n}.5%,p\n" for n in range(21)),
        "data.csv: column 'a' holds numbers with '%', '0.5%' for one, and each would be a feature "
        "of its own. Write the numbers alone, nothing between thousands, or leave the column out: "
        'write, under [data], ignore = ["a"].',
    ),
]


@pytest.mark.parametrize(("text", "message"), BROKEN_CSV)
def test_broken_csv_files_are_refused(tmp_path, text, message):
    assert refusal(csv(tmp_path, text)) == message


def test_a_few_values_with_commas_are_categories(tmp_path):
    """As the answers 1, 2 and both to a question are."""
    rows = read_table(csv(tmp_path, 'a,y\n1,p\n2,q\n"1,2",q\n'), "y")
    assert rows.categories == (("1", "1,2", "2"),)


def test_commas_are_named_where_some_rows_lack_a_number(tmp_path):
    """They were told to be "numbers but for '(missing)'"."""
    path = csv(tmp_path, "a,y\n,p\n" + "".join(f'"{n},5",p\n' for n in range(21)))
    with pytest.raises(DataError, match="holds numbers with commas, '0,5' for one"):
        read_table(path, "y", read_as=ReadAs(missing=True))


def test_a_target_that_is_not_given_or_misspelt_is_refused(tmp_path):
    path = csv(tmp_path, "length,width,species\n1,2,a\n")
    assert refusal(path, None) == (
        "data.csv: no target column given; its columns are length, width, species. Write, under "
        '[data]: target = "species"'
    )
    assert refusal(path, "spices") == (
        "data.csv has no column 'spices' (did you mean 'species'?); its columns are length, width, "
        "species."
    )


def test_a_wide_table_is_not_listed_in_full(tmp_path):
    path = csv(tmp_path, ",".join(f"a{i}" for i in range(20)) + "\n" + ",".join("1" * 20) + "\n")
    assert refusal(path, "q").endswith("a9, a10, a11 and 8 more.")


def test_another_file_under_the_name_is_refused(tmp_path):
    path = tmp_path / "data.parquet"
    path.write_text("a,y\n1,2\n")
    assert refusal(path).startswith("data.parquet cannot be read as .parquet: Parquet magic bytes")
