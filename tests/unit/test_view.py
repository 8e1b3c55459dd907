"""The page's parts without a browser: drafts, names, the map, who may talk to it, its processes."""

from __future__ import annotations

import asyncio
import copy
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, MutableMapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from anlan.analysis.words import LANGS
from anlan.app.view import jobs
from anlan.app.view.desk import FORGET_S, LEAVE_S, Desks, free_name, safe_name
from anlan.app.view.draft import MOST_CELL, STOCK, TEAMS, Draft, clean, file_of, with_storm
from anlan.app.view.jobs import BAD, BROKEN, DONE, PLAYING, STOPPED, Job
from anlan.app.view.map import Ground, Sight, drawn, hit, symbols
from anlan.app.view.security import MOST_BYTES, OwnOrigin, origins
from anlan.app.view.worker import TASKS
from anlan.sim import BadInput, folder_of, load
from tests.house import ROOT


@pytest.fixture
def draft() -> Draft:
    return Draft.of(folder_of("tiny"))


def test_a_draft_without_changes_changes_no_file(draft: Draft) -> None:
    assert not draft.is_changed
    assert draft.outcome().tables == {}
    assert draft.digest() == Draft.of(folder_of("tiny")).digest()


def test_a_team_that_moves_and_one_that_is_added_load(draft: Draft, tmp_path: Path) -> None:
    draft.move(TEAMS, "team-1", "port")
    added = draft.add_like(TEAMS, 0, {"name_zh": "新队", "name_en": "New team"}, "seat")
    with draft.written(tmp_path, LANGS[0]) as folder:
        teams = {team.team: team for team in load(folder).teams}
    assert teams["team-1"].community == "port"
    assert teams[added].community == "seat"
    assert teams[added].members == teams["team-1"].members
    assert teams[added].mark == "assumption"
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_is_told_by_the_ordinary_reader(draft: Draft, tmp_path: Path) -> None:
    draft.set_cell(TEAMS, 0, "members", "八个人")
    draft.set_cell(STOCK, 0, "quantity", "-5")
    with pytest.raises(BadInput) as caught, draft.written(tmp_path, LANGS[0]):
        pass
    slips = [caught.value, *caught.value.others]
    assert {file_of(slip) for slip in slips} == {TEAMS, STOCK}
    assert any("row 2" in str(slip) and "members" in str(slip) for slip in slips)


@pytest.mark.parametrize(
    ("file", "index", "column"),
    [("../secret.csv", 0, "team"), (TEAMS, 99, "members"), (TEAMS, -1, "members"),
     (TEAMS, 0, "no_such_column")],
)  # fmt: skip
def test_a_cell_that_there_is_not_is_passed_over(
    draft: Draft, file: str, index: int, column: str
) -> None:
    before = copy.deepcopy(draft.tables)
    draft.set_cell(file, index, column, "x")
    assert {f: t.rows for f, t in draft.tables.items()} == {f: t.rows for f, t in before.items()}


def test_what_is_typed_stands_on_one_line_and_ends() -> None:
    assert clean("a\nb\u202ec\x00") == "a bc"
    assert len(clean("长" * 10_000)) == MOST_CELL


def test_another_storm_changes_one_line_of_the_scenario() -> None:
    folder = folder_of("haimen-typhoon")
    was = (folder / "scenario.toml").read_text(encoding="utf-8")
    now = with_storm(was, "lekima-2019")
    changed = [b for a, b in zip(was.splitlines(), now.splitlines(), strict=True) if a != b]
    assert changed == ['storm = "lekima-2019"']


def test_fires_that_are_left_out_are_no_rows(tmp_path: Path) -> None:
    draft = Draft.of(folder_of("fuling-forest-fire"))
    ids = [row["ignition"] for row in draft.rows("ignitions.csv")]
    draft.left_out["ignitions.csv"] = frozenset(ids[1:])
    kept = draft.outcome().tables["ignitions.csv"].rows
    assert [row["ignition"] for row in kept] == ids[:1]


@pytest.mark.parametrize(
    ("typed", "made"),
    [
        ("我的方案", "我的方案"),
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\Windows\\x", "C-Windows-x"),
        ("a/b", "a-b"),
        ("..", "plan-"),
        ("", "plan-"),
        ("nul", "plan-nul"),
        ("名\x00字\n", "名-字"),
        (".hidden", "hidden"),
        ("x" * 500, "x" * 60),
    ],
)
def test_a_name_becomes_a_file_that_lies_where_it_was_put(typed: str, made: str) -> None:
    name = safe_name(typed)
    assert name == made
    assert Path(name).name == name
    assert name not in ("", ".", "..")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").touch()
    assert free_name(tmp_path, "a", ".xlsx").name == "a-1.xlsx"
    assert free_name(tmp_path, "b", "").name == "b"


def test_the_map_finds_what_is_clicked_and_escapes_names() -> None:
    scenario = load("tiny")
    town = scenario.towns[0].model_copy(update={"name_zh": "<script>", "name_en": "<script>"})
    ground = Ground(scenario.model_copy(update={"towns": (town,)}))
    tables = {TEAMS: Draft.of(folder_of("tiny")).rows(TEAMS)}
    for sight in (Sight(), Sight((0.3, 0.5), 2.0)):
        places = symbols(ground, tables, sight)
        at = places[TEAMS, "team-1"]
        assert hit(places, at) == (TEAMS, "team-1")
        assert hit(places, (at[0] + 100, at[1])) is None
        for place, whole in ground.at.items():
            assert ground.nearest(ground.seen(whole, sight), sight) == place
    text = drawn(ground, tables, Sight(), None, None, LANGS[0])
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_a_click_in_an_enlarged_map_becomes_its_middle() -> None:
    ground = Ground(load("tiny"))
    sight = Sight((0.4, 0.6), 2.0)
    click = (100.0, 150.0)
    whole = ground.at["port"]
    shifted = Sight(ground.middle_at(click, sight), 2.0)
    before, after = ground.seen(whole, sight), ground.seen(whole, shifted)
    half = (ground.size[0] / 2, ground.size[1] / 2)
    for n in (0, 1):
        assert after[n] - before[n] == pytest.approx(half[n] - click[n])


def test_a_job_tells_how_far_it_is_and_how_long_still() -> None:
    job = Job("run", {})
    job.hear({"event": "progress", "done": 2, "total": 10})
    assert job.state == PLAYING
    assert job.seconds_left is None
    job.hear({"event": "progress", "done": 6, "total": 10})
    assert job.first is not None
    job.first = (job.first[0] - 8.0, 2)
    assert job.seconds_left == pytest.approx(8.0, rel=0.1)
    job.hear({"event": "bad", "lines": {LANGS[0]: ["x"]}})
    assert job.state == BAD
    assert job.over


# -- who ends what -------------------------------------------------------------------------------


def alive(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks Linux")
def test_what_is_stopped_ends_with_all_that_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PROGRAM", "tests.player")
    monkeypatch.chdir(ROOT)

    async def play() -> tuple[Job, int]:
        pool, job, heard = jobs.Pool(1), Job("run", {"total": 1}), asyncio.Event()
        task = asyncio.create_task(
            pool.play(job, lambda: heard.set() if job.state == PLAYING else None)
        )
        await asyncio.wait_for(heard.wait(), 60)
        child = job.done
        assert alive(child)
        task.cancel()
        await task
        await pool.close()
        until = time.monotonic() + 30.0
        while alive(child) and time.monotonic() < until:
            await asyncio.sleep(0.05)
        return job, child

    job, child = asyncio.run(play())
    assert job.state == STOPPED
    assert not alive(child)


def test_a_process_that_ends_without_a_word_is_told_as_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "PROGRAM", "tests.no_such_player")

    async def play() -> Job:
        pool, job = jobs.Pool(1), Job("run", {})
        monkeypatch.setattr(pool, "get_ready", nothing)
        await pool.play(job, lambda: None)
        return job

    assert asyncio.run(play()).state == BROKEN


async def nothing() -> None:
    """Do nothing."""


class Endless:
    """In the place of a pool: plays until it is cancelled."""

    async def play(self, job: Job, changed: Callable[[], None]) -> None:
        job.state = PLAYING
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            job.state = STOPPED


def test_what_is_played_ends_with_its_tab_and_outlives_a_reload(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def live() -> list[bool]:
        desks = Desks(Endless(), "tiny", 1)  # type: ignore[arg-type]
        stays, reloads, goes = (desks.of(name) for name in "abc")
        for desk in (stays, reloads, goes):
            desk.run(20)
        stays.clients.add("here")
        reloads.left = time.monotonic() - LEAVE_S + 5.0
        goes.left = time.monotonic() - LEAVE_S - 1.0
        await asyncio.sleep(0)
        await desks.sweep()
        found = [desk.busy for desk in (stays, reloads, goes)]
        assert desks.of("c") is goes  # what it changed is still there
        goes.left -= FORGET_S
        await desks.sweep()
        assert desks.of("c") is not goes
        assert not goes.home.exists()
        await desks.close()
        assert not stays.home.exists()
        return found

    assert asyncio.run(live()) == [True, True, False]


def test_each_tab_has_a_plan_of_its_own() -> None:
    async def live() -> None:
        desks = Desks(Endless(), "tiny", 1)  # type: ignore[arg-type]
        tabs = [desks.of(str(n)) for n in range(20)]
        for n, desk in enumerate(tabs):
            desk.draft.set_cell(TEAMS, 0, "members", str(10 + n))
        assert [desk.draft.rows(TEAMS)[0]["members"] for desk in tabs] == [
            str(10 + n) for n in range(20)
        ]
        assert len({desk.draft.digest() for desk in tabs}) == len({d.home for d in tabs}) == 20
        await desks.close()

    asyncio.run(live())


# -- who may talk to it ------------------------------------------------------------------------


async def inner(scope: Any, receive: Any, send: Any) -> None:
    """An application that reads all of a body, then answers."""
    while scope["type"] == "http" and (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})


def asked(kind: str, headers: dict[str, str], bodies: tuple[int, ...] = (0,)) -> list[Any]:
    """What is sent to whom asks, with a body in pieces of so many bytes."""
    sent: list[Any] = []
    pieces = list(bodies)

    async def receive() -> MutableMapping[str, Any]:
        body = b"x" * pieces.pop(0) if pieces else b""
        return {"type": f"{kind}.request", "body": body, "more_body": bool(pieces)}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    raw = [(k.encode(), v.encode()) for k, v in headers.items()]
    app = OwnOrigin(inner, origins(8000))
    asyncio.run(app({"type": kind, "headers": raw}, receive, send))
    return sent


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://127.0.0.1:8000", 200), ("http://localhost:8000", 200), ("http://127.0.0.1:9", 403),
     ("https://127.0.0.1:8000", 403), ("http://evil.example", 403), ("null", 403), ("", 403)],
)  # fmt: skip
def test_only_the_pages_own_origin_is_answered(origin: str, status: int) -> None:
    assert asked("http", {"Origin": origin})[0]["status"] == status
    closed = asked("websocket", {"origin": origin})[0]["type"] == "websocket.close"
    assert closed == (status == 403)


def test_a_body_that_is_too_large_is_refused_whatever_it_says_of_itself() -> None:
    assert asked("http", {"Content-Length": str(MOST_BYTES + 1)})[0]["status"] == 413
    half = MOST_BYTES // 2 + 1
    assert asked("http", {}, (half, half))[0]["status"] == 413
    assert asked("http", {"Content-Length": "3"}, (half, half))[0]["status"] == 413
    assert asked("http", {}, (half, 1))[0]["status"] == 200


# -- the real server ---------------------------------------------------------------------------


@pytest.mark.skipif(find_spec("nicegui") is None, reason="the extra view is not installed")
@pytest.mark.skipif(os.name != "posix", reason="stopped by a signal")
def test_the_server_is_on_this_machine_alone_and_refuses_strangers(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "anlan.app", "view", "tiny", "--no-browser", "--lang", "en"]
    server = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)/en", server.stdout.readline())
        assert found
        port = int(found[1])
        own = f"http://127.0.0.1:{port}"
        assert answer(port, {}) == 200
        assert answer(port, {"Origin": own}) == 200
        assert answer(port, {"Origin": "http://evil.example"}) == 403
        assert answer(port, {"Host": "evil.example"}) == 400
        socket = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
        path = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
        assert answer(port, socket | {"Origin": own}, path) == 101
        assert answer(port, socket | {"Origin": "http://evil.example"}, path) == 403
        assert answer(port, socket | {"Host": "evil.example"}, path) == 400
        assert answer(port, {}, "/docs") == 404
        assert answer(port, {"Accept": "*/*"}, "/_nicegui/../../etc/passwd") in (400, 404)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=60)
    assert list(tmp_path.iterdir()) == []


def answer(port: int, headers: dict[str, str], path: str = "/en") -> int:
    """The status of what the server answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_done_is_the_last_word_of_a_job() -> None:
    job = Job("run", {})
    job.hear({"event": "verdict", "runs": 3, "last": False})
    assert job.verdicts == 1
    assert not job.over
    job.hear({"event": DONE})
    assert job.over


@pytest.mark.long
def test_what_would_be_enough_is_told_in_both_languages(tmp_path: Path) -> None:
    """Of `tiny` for six hours, of which a flood rescue team of thirty and no deaths are asked."""
    base = tmp_path / "tiny"
    shutil.copytree(folder_of("tiny"), base)
    toml = (base / "scenario.toml").read_text(encoding="utf-8")
    toml = toml.replace("duration_h = 36", "duration_h = 6")
    toml = toml.replace("start_before_closest_h = 24.0", "start_before_closest_h = 4.0")
    (base / "scenario.toml").write_text(toml, encoding="utf-8")
    plan = (base / "plan.toml").read_text(encoding="utf-8")
    head, *targets = plan.split("[[target]]")
    kept = [t for t in targets if '"flood-team-30"' in t or '"no-deaths"' in t]
    text = "[[target]]".join([head, *kept]).replace("at_least = 0.95", "at_least = 0.5")
    (base / "plan.toml").write_text(text, encoding="utf-8")
    levers = tmp_path / "may_change.csv"
    levers.write_text("what,where,at_least,at_most,step,unit_cost\nteams.members,,8,40,8,1\n")
    told: list[str] = []
    shown = tmp_path / "sized.json"
    task = {"scenario": str(base), "out": str(tmp_path / "size"), "shown": str(shown), "runs": 200,
            "seed": 1, "lang": LANGS[0], "workers": 1, "may_change": str(levers)}  # fmt: skip
    TASKS["size"](task, lambda event, **facts: told.append(event))
    facts = json.loads(shown.read_text(encoding="utf-8"))
    assert "progress" in told
    assert facts["outcome"] == "enough"
    for lang in LANGS:
        (row,) = facts["told"][lang]["shopping"]
        assert (row["today"], row["enough"], row["more"]) == (8, 32, 24)
        assert facts["told"][lang]["headline"]
