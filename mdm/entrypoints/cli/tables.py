"""How tables are printed: what stands in the cells is never markup, and nothing is cut off where it is too wide."""

from collections.abc import Collection

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table

UNBOUNDED = 1_000  # columns of what is no terminal, such as a file or a pipe


def table(*columns: str, whole: Collection[str] = (), title: str | None = None, caption: str | None = None) -> Table:
    """Return an empty table; in a narrow terminal the columns in `whole` stay in one line, and others break."""
    made = [Column(name, overflow="fold", no_wrap=name in whole) for name in columns]
    return Table(*made, box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False, title=title, caption=caption)


def print_table(found: Table) -> None:
    """Print a table."""
    console = Console(markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = UNBOUNDED
    with console.capture() as captured:
        console.print(found)
    print("\n".join(line.rstrip() for line in captured.get().splitlines() if line.strip()))
