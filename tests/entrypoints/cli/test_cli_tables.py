"""Tables on the command line: what strangers wrote stays as it is, and a pipe gets whole lines."""

import pytest

from mdm.entrypoints.cli.tables import print_table, table

ID = "01a1ff05-4448-7400-bf7f-5b6a21ec5d36"


def test_cells_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    listed = table("Id", "Reason")
    listed.add_row("1", 'group "DE" [/bold] [red]is missing :smile:')
    print_table(listed)
    assert 'group "DE" [/bold] [red]is missing :smile:' in capsys.readouterr().out


def test_what_is_piped_is_not_cut_to_eighty_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    listed = table("Replay", "Master", "Reason")
    listed.add_row(ID, ID, "restored " * 20 + "end")
    print_table(listed)
    row = next(line for line in capsys.readouterr().out.splitlines() if ID in line)
    assert (row.count(ID), row.rstrip().endswith("end")) == (2, True)
