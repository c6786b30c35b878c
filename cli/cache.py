"""``cache clear``: compiled programs, findings about devices, empty databases, readings of data."""

from ..diagnostics.number_text import size_text
from .output import note


def clear() -> None:
    """Remove what is kept between runs.

    That is compiled programs, findings about GPUs, empty databases, and what small models made of
    data sets. It only saves time: the next run compiles what it needs, tries what trains lanes
    best, makes its tables and looks at its data, anew.
    """
    from ..datasets.wording import counted
    from ..models.compile_cache import clear_compile_cache
    from ..models.kept_files import clear_folder
    from ..models.probe_cache import probe_folder
    from ..search.empty_databases import databases_folder
    from ..search.kept_readings import readings_folder

    before = clear_compile_cache()
    programs = counted(before.programs, "program")
    note(f"Removed {programs} ({size_text(before.size)}) from {before.folder}")
    others = {  # by what one and what several are called
        ("finding about devices", "findings about devices"): probe_folder(),
        ("empty database", "empty databases"): databases_folder(),
        ("reading of a data set", "readings of data sets"): readings_folder(),
    }
    for names, folder in others.items():
        if count := clear_folder(folder):
            note(f"Removed {count:,} {names[count != 1]} from {folder}")
