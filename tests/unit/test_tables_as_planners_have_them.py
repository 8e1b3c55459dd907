"""Tables as Excel and WPS leave them: encodings, Chinese headers and ids, columns of one's own."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from anlan.app.cli import main
from anlan.sim import load, places_of
from anlan.sim.scenario.dictionary import said
from anlan.sim.scenario.errors import BadInput
from anlan.sim.scenario.headers import folded, names_of
from anlan.sim.scenario.read import SHIPPED
from anlan.sim.scenario.registry import Table, entries
from anlan.sim.scenario.schema import Scenario
from anlan.sim.scenario.tables import read_table
from tests.chinese import english

TABLES = [e for e in entries(Scenario) if isinstance(e.part, Table)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED / "tiny", tmp_path / "mine"))


def rewritten(path: Path, change: Callable[[str], str], encoding: str = "utf-8") -> None:
    path.write_bytes(change(path.read_text(encoding="utf-8")).encode(encoding))


def in_chinese(text: str, file: str) -> str:
    """A table with the Chinese names of its columns."""
    head, _, rows = text.partition("\n")
    names = names_of(file, next(e.row for e in TABLES if e.part.file == file))
    by_length = sorted((n for n in names if not n.isascii()), key=len, reverse=True)
    chinese = {names[name]: name for name in by_length}  # the shortest of each
    return ",".join(chinese[column] for column in head.split(",")) + "\n" + rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encoding_and_chinese_headers_change_nothing(folder: Path, encoding: str) -> None:
    files = list(folder.glob("*.csv"))
    assert len(files) > 5
    for path in files:
        rewritten(path, lambda text, file=path.name: in_chinese(text, file), encoding)  # type: ignore[misc]
    assert load(folder) == load("tiny")
    told = {r.file for r in places_of(folder).remarks if r.key == "gb18030"}
    assert told == ({p.name for p in files} if encoding == "gb18030" else set())


@pytest.mark.parametrize("file", sorted(e.part.file for e in TABLES))
def test_every_column_has_a_name_in_both_languages_that_no_other_has(file: str) -> None:
    row = next(e.row for e in TABLES if e.part.file == file)
    names = names_of(file, row)
    for column in row.model_fields:
        assert names[folded(column)] == column
        assert [n for n, c in names.items() if c == column and not n.isascii()], column


def test_check_says_what_it_read_how(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_own = {"mark": "mark,备注,负责人", "known": "known,补登,张三"}
    rewritten(
        folder / "teams.csv",
        lambda t: t.replace("mark", with_own["mark"]).replace(",known", f",{with_own['known']}"),
        "gb18030",
    )
    for lang, words in (
        ("zh", ("teams.csv 不是 UTF-8 编码，已按 GB18030 读取", "备注, 负责人")),
        ("en", ("teams.csv is not in UTF-8 and was read as GB18030", "备注, 负责人")),
    ):
        assert main(["check", str(folder), "--lang", lang]) == 1
        shown = capsys.readouterr().out
        assert all(word in shown for word in words), shown
    assert load(folder) == load("tiny")


@pytest.mark.parametrize(
    ("column", "meant"),
    [("boat", "boats"), ("memebrs", "members"), ("员数", "members"), ("Crew-size", "crew_size")],
)
def test_a_column_near_a_known_one_is_a_slip(folder: Path, column: str, meant: str) -> None:
    rewritten(folder / "teams.csv", lambda t: t.replace(meant, column))
    if column == "员数":  # too short to be near; the column that lacks is named, and this one
        meant = "if 员数 is it, call that members"
    with pytest.raises(BadInput, match=r"^teams\.csv, row 1, column ") as caught:
        load(folder)
    assert meant in str(caught.value)


@pytest.mark.parametrize("column", ["备注", "Remarks", "note", "联系电话"])
def test_a_column_of_ones_own_is_left_alone(folder: Path, column: str) -> None:
    rewritten(
        folder / "stores.csv",
        lambda t: "\n".join(f"{line},{'x' if i else column}" for i, line in
                            enumerate(t.splitlines())),
    )  # fmt: skip
    assert load(folder) == load("tiny")
    assert [r.key for r in places_of(folder).remarks] == ["unread_columns"]


def test_a_later_slip_names_the_column_as_the_file_has_it(folder: Path) -> None:
    rewritten(
        folder / "roads.csv", lambda t: in_chinese(t.replace(",port,", ",prot,"), "roads.csv")
    )
    with pytest.raises(BadInput) as caught:
        load(folder)
    written = said()["roads.csv", "to_community"].zh.partition("（")[0]
    assert f"roads.csv, row 2, column {written}" in str(caught.value)


def test_ids_may_be_chinese(folder: Path) -> None:
    rewritten(folder / "teams.csv", lambda t: t.replace("team-1", "救援一队"))
    rewritten(folder / "stores.csv", lambda t: t.replace("store-1", "东区库"))
    rewritten(folder / "stock.csv", lambda t: t.replace("store-1", "东区库"))
    changed = load(folder, {"teams.救援一队.boats": "2", "stock.东区库.water_ml": "90000"})
    assert changed.teams[0].boats == 2
    assert {s.holder for s in changed.stock} >= {"东区库"}
    assert main(["run", str(folder), "--runs", "1", "--workers", "1", "--no-pictures", "--out",
                 str(folder / "out")]) in (0, 1, 3)  # fmt: skip


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("８", "full-width characters; write 8 (the first is ８, U+FF18)"),
        ('"1,200"', "holds ',' inside the number; write 1200"),
        ("1，200", "holds '，' inside the number; write 1200"),
        ('"8,5"', "holds ',' inside the number; write 8.5"),
        ("8。5", "holds '。' inside the number; write 8.5"),
        ("8人", "holds '人' after the number; write the number alone, 8"),
        ("80%", "is in percent; write 0.8"),
        ("8 or 9", "is not a whole number"),
    ],
)
def test_the_wrong_character_of_a_number_is_named(folder: Path, given: str, says: str) -> None:
    rewritten(folder / "teams.csv", lambda t: t.replace("seat,8,4", f"seat,{given},4"))
    with pytest.raises(BadInput, match=r"^teams\.csv, row 2, column members: ") as caught:
        load(folder)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("file", "column", "given", "says"),
    [
        ("stock.csv", "quantity", "6E+07", "write all its digits, such as 60000000"),
        ("teams.csv", "boats", "无", "where there is none write 0"),
        ("teams.csv", "saws", "/", "where there is none leave the cell empty"),
        ("communities.csv", "elevation_m", "-", "is not a number; give a number from -500"),
        ("communities.csv", "generator", "是", "write 1"),
        ("teams.csv", "members", "约40", "write the number alone, 40"),
        ("tracks.csv", "time", "2024/9/1 8:00", "such as 2024-09-01T08:00:00+08:00"),
        ("tracks.csv", "time", "2024090108", "such as 2024-09-01T08:00:00+08:00"),
        ("tracks.csv", "time", "45536.33333", "such as 2024-09-01T08:00:00+08:00"),
        ("tracks.csv", "time", "2024年9月1日8时", "such as 2024-09-01T08:00:00+08:00"),
        ("teams.csv", "team", "Team 1", "has a blank in it; write team-1"),
        ("teams.csv", "team", "救援 1队", "has a blank in it; write 救援-1队"),
        ("teams.csv", "community", "港口", "that is the name of port; write port"),
    ],
)
def test_what_a_cell_of_a_roster_means_is_said(
    folder: Path, file: str, column: str, given: str, says: str
) -> None:
    def changed(text: str) -> str:
        rows = list(csv.reader(text.splitlines()))
        rows[1][rows[0].index(column)] = given
        return "\n".join(",".join(f'"{c}"' if "," in c else c for c in row) for row in rows)

    rewritten(folder / file, changed)
    with pytest.raises(BadInput) as wrong:
        load(folder)
    assert str(wrong.value).startswith(f"{file}, row 2, column {column}: ")
    assert says in str(wrong.value)
    assert english(wrong.value) == []


@pytest.mark.parametrize(
    ("row", "says"),
    [("合计,,,,,12", "looks like a line of totals"), ("", "repeats the header")],
)
def test_a_line_that_is_no_row_is_one_error(folder: Path, row: str, says: str) -> None:
    def longer(text: str) -> str:
        head = text.splitlines()[0]
        line = row + "," * (head.count(",") - row.count(",")) if row else head
        return f"{text}{line}\n"

    rewritten(folder / "teams.csv", longer)
    with pytest.raises(BadInput) as wrong:
        load(folder)
    assert says in str(wrong.value)
    assert not wrong.value.others
    assert english(wrong.value) == []


def test_the_wrong_separator_of_words_is_named(folder: Path) -> None:
    rewritten(folder / "teams.csv", lambda t: t.replace("rescue;water", "rescue、water"))
    with pytest.raises(BadInput) as caught:
        load(folder)
    assert "、 (an enumeration comma) between words; write a semicolon" in str(caught.value)


def test_every_slip_of_a_row_and_of_a_header_is_told(folder: Path) -> None:
    rewritten(folder / "teams.csv", lambda t: t.replace("seat,8,4,1", "seat,many,-4,1"))
    rewritten(folder / "stores.csv", lambda t: t.replace("trucks", "truks").replace("mark", "makr"))
    with pytest.raises(BadInput) as caught:
        load(folder)
    lines = [str(e) for e in (caught.value, *caught.value.others)]
    assert [line.partition(":")[0] for line in lines] == [
        "teams.csv, row 2, column members",
        "teams.csv, row 2, column crew_size",
        "stores.csv, row 1, column truks",
        "stores.csv, row 1, column makr",
    ]


@pytest.mark.parametrize("file", sorted(e.part.file for e in TABLES))
def test_an_empty_cell_of_a_column_that_may_be_left_out_is_as_if_it_were(
    tmp_path: Path, file: str
) -> None:
    row = next(e.row for e in TABLES if e.part.file == file)
    spare = [n for n, f in row.model_fields.items() if not f.is_required()]
    ships = [p for p in (SHIPPED / file, *sorted(SHIPPED.glob(f"*/{file}"))) if p.is_file()]
    if not spare or not ships:
        return
    with ships[0].open(encoding="utf-8", newline="") as given:
        rows = [{k: v for k, v in r.items() if k not in spare} for r in csv.DictReader(given)][:9]
    read = []
    for more in ([], spare):
        with (tmp_path / file).open("w", encoding="utf-8", newline="") as out:
            table = csv.DictWriter(out, [*rows[0], *more], restval="")
            table.writeheader()
            table.writerows(rows)
        read.append(read_table(tmp_path, file, row).rows)
    assert read[0] == read[1] != ()


@pytest.mark.parametrize("file", sorted(e.part.file for e in TABLES if e.part.optional))  # type: ignore[union-attr]
def test_an_optional_table_with_a_header_only_is_none_and_told(folder: Path, file: str) -> None:
    entry = next(e for e in TABLES if e.part.file == file)
    (folder / file).unlink(missing_ok=True)
    if file == "tracks.csv":  # which the tiny typhoon cannot be without
        return
    without = load(folder)
    (folder / file).write_text(",".join(entry.row.model_fields) + "\n", encoding="utf-8")
    counts = entry.attribute == "hospitals"  # no hospital, where no file means that all find one
    assert (load(folder) != without) == counts
    assert [r.key for r in places_of(folder).remarks] == ([] if counts else ["no_rows"])
