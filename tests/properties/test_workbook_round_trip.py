"""A scenario as a workbook, and back, is the same scenario."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from anlan.app.workbook.command import Asked as Import
from anlan.app.workbook.command import export_workbook, import_workbook
from anlan.app.workbook.exact import template_files
from anlan.app.workbook.opening import open_book
from anlan.app.workbook.tables import empty_table, table_entries
from anlan.app.workbook.template import Part, written
from anlan.sim import load
from anlan.sim.scenario.registry import entries
from anlan.sim.scenario.schema import Scenario
from anlan.sim.scenario.takes import plain

# words that a program could take for a formula, a number, a date or an error
LIKE_OTHERS = ["007", "=1+1", "1e5", "2024-01-02", "+8613", "例", "true", "N/A", "#REF!"]
NAMES = ["tiny", "tiny-fire", "haimen-typhoon"]


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_out_and_back_is_the_same(name: str, tmp_path: Path) -> None:
    book, folder = tmp_path / "book.xlsx", tmp_path / "back"
    export_workbook(name, book, "zh")
    import_workbook(Import(book, folder, yes=True), "zh")
    there, back = load(name), load(folder)
    assert [e.title for e in entries(Scenario) if e.of(there) != e.of(back)] == []
    assert there == back


def cells(file: str) -> st.SearchStrategy[dict[str, str]]:
    """Rows of a table as texts: words that look like formulas and numbers, numbers of any size."""
    words = st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")),
        min_size=1, max_size=20,
    ) | st.sampled_from(LIKE_OTHERS)  # fmt: skip
    numbers = st.integers(-(10**12), 10**12).map(str) | st.floats(
        allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12
    ).map(repr)
    columns = table_entries()[file].row.model_fields
    return st.fixed_dictionaries(
        {
            name: numbers if plain(spec.annotation) in (int, float) else words
            for name, spec in columns.items()
            if plain(spec.annotation) is not bool
            and name not in ("kind", "level", "mode", "capabilities")
        }
    )


@settings(max_examples=3, deadline=None, phases=[Phase.generate])
@given(data=st.data())
def test_rows_of_every_table_out_and_back(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tables = {file: empty_table(file) for file in table_entries()}
    for file, table in tables.items():
        table.rows = data.draw(st.lists(cells(file), min_size=1, max_size=2))
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    parts = [Part(file, f"sheet {n}", table) for n, (file, table) in enumerate(tables.items())]
    path.write_bytes(written(parts, examples=True))
    found = template_files(open_book(path)).tables
    for file, table in tables.items():
        assert len(found[file].rows) == len(table.rows)
        for row, again in zip(table.rows, found[file].rows, strict=True):
            for name, text in row.items():
                if name in table_entries()[file].part.refers:
                    continue  # a name there is taken for the id of what bears it
                if plain(table.model.model_fields[name].annotation) in (int, float):
                    assert float(again[name]) == float(text), (file, name)
                else:
                    assert again[name] == text, (file, name)
