"""``cache clear``: compiled programs, findings about devices, empty databases, readings of data."""

from ..diagnostics.number_text import size_text
from .output import note


def clear() -> None:
    """Remove what is kept between runs.

    That is compiled programs, findings about GPUs, empty databases, and what small models made of
    data sets. It only saves time: the next run compiles what it needs, tries what trains lanes
    best, makes its tables and looks at its data, anew.
    """
    from ..models.compile_cache import clear_compile_cache
    from ..models.kept_files import clear_folder
    from ..models.probe_cache import probe_folder
    from ..search.empty_databases import databases_folder
    from ..search.kept_readings import readings_folder

    before = clear_compile_cache()
    note(f"Removed {before.programs:,} programs ({size_text(before.size)}) from {before.folder}")
    others = {
        "findings about devices": probe_folder(),
        "empty databases": databases_folder(),
        "readings of data sets": readings_folder(),
    }
    for what, folder in others.items():
        if count := clear_folder(folder):
            note(f"Removed {count:,} {what} from {folder}")
