"""What `--set` takes: listed, by name in place of id, and never with a sign that may mean two."""

from __future__ import annotations

import pytest

import anlan
from anlan.app.cli import main
from anlan.app.factors import settable
from anlan.sim import override

TINY = anlan.load("tiny")


def test_every_name_that_is_listed_is_taken() -> None:
    listed = {n.name: n.value for n in settable(TINY, "en")}
    assert len(listed) > 500
    blocks = ("settings.", "policy.", "hazard.typhoon.", "response.", "parameters.")
    rows = ("teams.team-1.", "stock.store-1.", "communities.port.", "target.no-deaths.")
    for begins in (*blocks, *rows):
        some = [name for name in listed if name.startswith(begins)]
        assert some, begins
        for name in some[:40]:  # set to what it is, it stays what it is
            assert override(TINY, {name: listed[name]}) == TINY, name


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_are_found_by_a_word(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", lang, "check", "tiny", "--find", "冲锋舟"]) == 0
    shown = capsys.readouterr().out
    assert "parameters.team.boat_kmh" in shown
    assert "5 – 15" in shown
    assert "teams.team-1.members" not in shown
    assert main(["--lang", lang, "check", "tiny", "--factors"]) == 0
    lines = capsys.readouterr().out.splitlines()
    boats = next(line for line in lines if line.startswith("teams.team-1.boats\t"))
    assert "救援队" in boats
    assert "Rescue team" in boats


def test_a_name_stands_for_its_id() -> None:
    for key in ("teams.救援队.boats", "teams.Rescue team.boats", "teams.team-1.boats"):
        assert override(TINY, {key: "2"}).teams[0].boats == 2
    stocked = override(TINY, {"stock.储备库.饮用水": "5"})
    assert {s.quantity for s in stocked.stock if s.holder == "store-1"} >= {5}
    with pytest.raises(anlan.BadInput, match="did you mean 救援队"):
        override(TINY, {"teams.救援.boats": "2"})


def test_a_name_of_several_is_refused_with_their_ids() -> None:
    rows = tuple(c.model_copy(update={"name_zh": "同名村"}) for c in TINY.communities)
    alike = TINY.model_copy(update={"communities": rows})
    with pytest.raises(anlan.BadInput, match="name of several; write one's id: port, seat"):
        override(alike, {"communities.同名村.households": "5"})


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("teams.team-1.boats", "+2", "it is 1 now; for 2 more write 3, for 2 in all write 2"),
        ("parameters.team.shift_h", "+ 2", "it is 12 now; for 2 more write 14"),
        ("stock.store-1.meal", "+1e2", "it is 60 now; for 1e2 more write 160"),
    ],
)
def test_a_sign_that_may_mean_two_things_is_refused(key: str, value: str, said: str) -> None:
    with pytest.raises(anlan.BadInput) as caught:
        override(TINY, {key: value})
    assert said in str(caught.value)
