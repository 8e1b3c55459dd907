"""The order of a tick, as a table of named phases.

A phase is one line of PHASES: its name, what happens in it (for people, in the two languages) and
the function that does it. The model plays them in this order, `--profile` says what each costs,
and the documentation is made from the table. What a phase changes, those after it see in the same
tick.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from anlan.sim.forcing.base import now
from anlan.sim.parts import Parts


@dataclass(frozen=True)
class Phase:
    """One part of a tick."""

    name: str
    zh: str
    en: str
    do: Callable[[Parts, int], None]


def _sky(p: Parts, tick: int) -> None:
    p.present.tick, p.present.sky = tick, now(p.forcing, tick)


def _power(p: Parts, tick: int) -> None:
    p.power.step(tick, p.present.sky)
    p.phone.step(tick, p.power.outages)


def _water(p: Parts, tick: int) -> None:
    sky = p.present.sky
    if p.water.stays_dry(sky):
        return
    rain_mm = p.water.rain_mm(sky)
    outside_m, dark = sky.outside_m, p.power.outages
    gates, pumps = p.drainage.gates_open(sky.sea_level_m, outside_m), p.drainage.pumps_mm(dark)
    unaided = p.drainage.pumps_in_mm(p.power.out_unaided) if p.power.unaided_h else None
    p.water.step(rain_mm, gates, pumps, sky.sea_level_m, unaided, outside_m)


def _roads(p: Parts, tick: int) -> None:
    p.fallen_trees.step(tick, p.present.sky)
    if p.roads.step(tick, p.water, p.present.sky, p.trees):
        p.closures.step(tick)
        p.road_watch.step(tick)
    p.cut_off.step()


def _sources(p: Parts, tick: int) -> None:
    for source in p.sources:
        source.step(tick)


def _notice(p: Parts, tick: int) -> None:
    p.notice.step(tick)
    p.water_watch.step(tick)
    p.messages.step(tick)


def _command(p: Parts, tick: int) -> None:
    p.fire_desk.step(tick)
    p.command.step_command(tick)


def _words(p: Parts, tick: int) -> None:
    p.words.step(tick)


def _people(p: Parts, tick: int) -> None:
    p.people.step(tick)


def _crews(p: Parts, tick: int) -> None:
    p.minutes.step(tick)


def _work(p: Parts, tick: int) -> None:
    p.workplace.work_at_scenes(list(p.command.picture.board.scenes.values()), tick)
    p.people.end(tick)


def _stores(p: Parts, tick: int) -> None:
    for store in p.stores:
        if store.produces:
            store.make(tick)
    for lorries in p.lorries.values():
        for lorry in lorries:
            lorry.step(tick)


def _needs(p: Parts, tick: int) -> None:
    if p.clock.is_hours_end(tick):
        hour = int(p.clock.hour_at(tick + 1))
        p.sites.serve(tick, meal=hour in p.meal_hours)


def _record(p: Parts, tick: int) -> None:
    if p.clock.is_hours_end(tick):
        p.recorder.hour(tick)


PHASES: tuple[Phase, ...] = (
    Phase(
        "sky",
        "风、雨、潮位、河道水位进入本时步；其后各步只看得到本时步",
        "Wind, rain, sea and rivers of the tick; nothing after it sees a later one.",
        _sky,
    ),
    Phase(
        "power",
        "风吹倒电杆，抢修恢复供电；基站靠蓄电池维持，耗尽即断网",
        "The wind breaks poles and crews of the grid mend them; base stations live on batteries.",
        _power,
    ),
    Phase(
        "water",
        "雨水产流，海水漫堤，经重力排水、闸门和泵站排出",
        "Rain runs off and the sea comes over; drains, sluices and pumps take water away.",
        _water,
    ),
    Phase(
        "roads",
        "树木倒伏、积水中断道路；两端的人把路况报出",
        "Trees fall and water rises over roads; who lives there tells of it.",
        _roads,
    ),
    Phase(
        "sources",
        "火灾等致灾源蔓延到本时步末，伤及在家的人",
        "Fires and other sources burn to the end of the tick, and harm whom they find at home.",
        _sources,
    ),
    Phase(
        "notice",
        "有人发现险情并报出；电话不通的信息等待或由人送达",
        "What is found is reported; messages go by phone, wait, or arrive with a runner.",
        _notice,
    ),
    Phase(
        "command",
        "指挥部研判、下令、调运物资，只知道已经送到的信息",
        "Command raises levels, orders, sends goods; it knows what it was told.",
        _command,
    ),
    Phase(
        "words",
        "预警和指令经各种渠道在人群中传开",
        "Warnings and orders spread among people by the channels that work.",
        _words,
    ),
    Phase(
        "people",
        "居民受灾、得知、准备、转移、到达、断水、返家",
        "People come to harm, hear, get ready, leave, arrive, run dry, go home.",
        _people,
    ),
    Phase(
        "crews",
        "时步内按分钟推进：读报、派队、集结、行进、作业、休整，各有其时刻",
        "Minute by minute: reports are read, crews are sent, muster, drive, work and rest.",
        _crews,
    ),
    Phase(
        "work",
        "在火场、废墟等自行演变的现场作业；扑火队伍与火线只在这一步相遇；本时步内不治的伤员在此计入",
        "Work at fires and ruins; crews and fire meet nowhere else. Some die of wounds.",
        _work,
    ),
    Phase(
        "stores",
        "生产、装车、运输、卸货",
        "Stores make and load, lorries drive and unload.",
        _stores,
    ),
    Phase(
        "needs",
        "每小时各点按存量发放饮水、餐食和用品",
        "Every hour each site gives out water, meals and goods as far as its stock goes.",
        _needs,
    ),
    Phase(
        "record",
        "每小时记录各项存量和状态",
        "Every hour levels are written down.",
        _record,
    ),
)
