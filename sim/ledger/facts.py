"""One named record a table of the ledger: what a fact says, in which unit, and what it refers to.

A column's annotation is its data dictionary: numpy dtype, unit, what it is in English and in
Chinese, and, where it holds an id, the table whose key that is. Times are ticks (names end in
`_tick`; NEVER = -1: it did not happen before the end) or minutes since the start (`_min`; not a
number: it did not happen). Where a fact has both, the minute is exact and the tick is the one in
which it lies. A count of people is of people, whatever a row of
residents stands for.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

TICK = "tick"
KEY = "key"  # the column that names the fact, for others to refer to


class Column(NamedTuple):
    """What a column holds; `refers`: the table whose key it is, KEY for a table's own, or empty."""

    dtype: str
    unit: str
    en: str
    zh: str
    refers: str = ""


class Message(NamedTuple):
    """Something said: a forecast, a signal, an order, a report, news of roads, water or danger."""

    message: Annotated[str, Column("str", "", "id of the message", "编号", KEY)]
    kind: Annotated[
        str,
        Column(
            "str",
            "",
            "forecast, signal, level, order, contraflow, report, road, water, threat, stand_down; "
            "cry: the first call for help of an incident where the water overcomes somebody",
            "类别；cry 为某处有人将被水淹没时的首个呼救",
        ),
    ]
    sender: Annotated[str, Column("str", "", "who sent it", "发送者")]
    receiver: Annotated[str, Column("str", "", "who it was for (a community, command)", "接收者")]
    about: Annotated[
        str,
        Column(
            "str",
            "",
            "id of the incident or road that it is about, or empty",
            "所涉险情或路段的编号，空则无",
        ),
    ]
    content: Annotated[str, Column("str", "", "level, signal or what it says", "内容")]
    sent_tick: Annotated[int, Column("int32", TICK, "when it was sent", "发出时刻")]
    received_tick: Annotated[
        int, Column("int32", TICK, "when it was acknowledged or arrived", "收到时刻")
    ]
    sent_min: Annotated[
        float, Column("float64", "min", "since the start; when it was sent", "发出时刻")
    ]
    received_min: Annotated[
        float,
        Column(
            "float64", "min", "since the start; when it was acknowledged or arrived", "收到时刻"
        ),
    ]
    means: Annotated[
        str,
        Column(
            "str",
            "",
            "phone, runner, desk, radio; empty: no message that travels (a bulletin, a signal)",
            "方式；空为不需传送（预报、信号）",
        ),
    ]


class Threat(NamedTuple):
    """What command was told to expect, or what is there already."""

    tick: Annotated[int, Column("int32", TICK, "when command was told", "获知时刻")]
    kind: Annotated[str, Column("str", "", "wind, rain, fire, shaking, dike ...", "类别")]
    source: Annotated[str, Column("str", "", "who says so", "来源")]
    quantity: Annotated[str, Column("str", "", "what is expected, with its unit", "指标")]
    value: Annotated[float, Column("float64", "", "how much of it", "数值")]
    within_h: Annotated[
        float,
        Column(
            "float64",
            "h",
            "within how many hours; 0: it is there already",
            "多少小时内，0为已经发生",
        ),
    ]
    places: Annotated[
        int, Column("int32", "community", "how many communities it is for", "涉及社区数")
    ]


class WarningHeard(NamedTuple):
    """Residents of a community who heard the public warning in the same tick."""

    community: Annotated[str, Column("str", "", "community", "社区")]
    heard_tick: Annotated[
        int, Column("int32", TICK, "when the public warning was heard", "听到预警时刻")
    ]
    persons: Annotated[int, Column("int64", "person", "residents who heard in that tick", "人数")]


class Evacuation(NamedTuple):
    """Households of a community with the same story of being told to leave."""

    community: Annotated[str, Column("str", "", "community", "社区")]
    dwelling: Annotated[str, Column("str", "", "dwelling group", "住房类别")]
    order: Annotated[
        str, Column("str", "", "id of the order's message, or empty", "指令编号", "message")
    ]
    ordered_tick: Annotated[int, Column("int32", TICK, "order given by command", "下令时刻")]
    heard_tick: Annotated[int, Column("int32", TICK, "order heard", "得知时刻")]
    left_tick: Annotated[int, Column("int32", TICK, "left home", "离家时刻")]
    arrived_tick: Annotated[int, Column("int32", TICK, "reached shelter or kin", "到达时刻")]
    destination: Annotated[str, Column("str", "", "shelter id, kin, or none", "去向")]
    outcome: Annotated[
        str,
        Column(
            "str",
            "",
            "arrived, travelling, waiting, refused, not_heard, no_place, no_road, overtaken",
            "结果",
        ),
    ]
    home_at_risk: Annotated[
        bool, Column("bool", "", "their home became untenable in this run", "住所在本次推演中成危")
    ]
    persons: Annotated[int, Column("int64", "person", "residents in the row", "人数")]
    away_person_ticks: Annotated[
        int,
        Column(
            "int64",
            "person x tick",
            "time away from home of all of them, until they came back or the run ended",
            "离家时间合计（人·时步），到返家或推演结束为止",
        ),
    ]
    harmed_persons: Annotated[
        int,
        Column("int64", "person", "of them, dead or hurt on the way", "其中途中伤亡的人数"),
    ]
    died_persons: Annotated[
        int,
        Column(
            "int64",
            "person",
            "of the harmed, dead by the end of the run",
            "其中到推演结束已死亡的人数",
        ),
    ]
    driven_persons: Annotated[
        int,
        Column("int64", "person", "of them, set out by car or bus", "其中乘小汽车或客车离开的人数"),
    ]
    queue_person_min: Annotated[
        float,
        Column(
            "float64",
            "person x min",
            "time that these waited in queues on the road, all together",
            "这些人在路上排队等候的时间合计（人·分钟）",
        ),
    ]


class AtRisk(NamedTuple):
    """Residents whom the hazard puts at risk in one way in the same tick, with the same story.

    Way, cause and times of the risk are the hazard's doing alone: the same whatever is done. A
    resident is in here at most once for each way.
    """

    community: Annotated[str, Column("str", "", "home community", "户籍社区")]
    way: Annotated[
        str,
        Column(
            "str",
            "",
            "home: it can be lived in no longer; supply: without power, nothing to drink or eat "
            "there; road: cut off by road, nothing left of what they hold",
            "方式：home 住所不能再住，supply 停电而家中断水断粮，road 道路中断而家中储备用尽",
        ),
    ]
    cause: Annotated[
        str,
        Column(
            "str",
            "",
            "wind (a frail home in a storm), collapse, flood, shaking, forest_fire, fire, outage, "
            "cut_off; of several the first",
            "原因（多个取最先）；wind 为大风中的危旧房、工棚、船",
        ),
    ]
    again: Annotated[
        bool,
        Column("bool", "", "they were at risk in another way before", "此前已以其他方式处于危险"),
    ]
    from_tick: Annotated[int, Column("int32", TICK, "at risk from this tick on", "成危时刻")]
    lacks_tick: Annotated[
        int,
        Column(
            "int32",
            TICK,
            "they have nothing left from this tick on: with an emergency kit later than at risk",
            "断粮断水时刻；有应急包的晚于成危时刻",
        ),
    ]
    ended_tick: Annotated[
        int,
        Column(
            "int32",
            TICK,
            "it was over without help: the wind had fallen and the home stood, supply was back, "
            "a road was free",
            "自行结束时刻：风停而住所完好，或恢复供应、道路恢复",
        ),
    ]
    warned: Annotated[
        bool,
        Column("bool", "", "had heard a warning or an order before", "成危前已听到预警或指令"),
    ]
    ordered: Annotated[
        bool, Column("bool", "", "had been ordered to leave before", "成危前已被令转移")
    ]
    state: Annotated[
        str,
        Column(
            "str",
            "",
            "of their household then: home, preparing, travelling, sheltered, with_kin, lodged",
            "成危时住户的状态",
        ),
    ]
    roof_tick: Annotated[
        int,
        Column(
            "int32",
            TICK,
            "under another roof since (before or after); way home only",
            "住进别处时刻（可早于成危）；仅 home",
        ),
    ]
    relief_tick: Annotated[
        int,
        Column(
            "int32",
            TICK,
            "first given something since they were at risk in any way, or brought out",
            "成危（任一方式）以来首次得到救助或被救出时刻",
        ),
    ]
    spared: Annotated[
        bool,
        Column(
            "bool",
            "",
            "people were at home, and help kept the water or the fire from it to the end; "
            "way home only",
            "家中有人，且水或火因处置始终未及其住所；仅 home",
        ),
    ]
    fate: Annotated[
        str, Column("str", "", "at the end: well, hurt, trapped, dead", "推演结束时的状况")
    ]
    persons: Annotated[int, Column("int64", "person", "residents in the row", "人数")]


class InPeril(NamedTuple):
    """Residents whom the disaster would leave in need of rescue, had nobody moved or warned them.

    Cause and time are the hazard's doing alone: the same whatever is done. Each resident once.
    """

    community: Annotated[str, Column("str", "", "home community", "户籍社区")]
    cause: Annotated[
        str,
        Column(
            "str",
            "",
            "flood (the water comes into their home, or would without help), collapse (their home "
            "falls and would trap or hurt them), wind (the first great gust would find them "
            "outdoors); of several the first",
            "原因（多个取最先）：flood 水进住所（或无处置时会进），"
            "collapse 房屋倒塌而会被困或受伤，"
            "wind 首次强阵风时会在户外",
        ),
    ]
    from_tick: Annotated[int, Column("int32", TICK, "in peril from this tick on", "遇险时刻")]
    state: Annotated[
        str,
        Column(
            "str",
            "",
            "of their household then: home, preparing, travelling, sheltered, with_kin, lodged",
            "遇险时住户的状态",
        ),
    ]
    incident: Annotated[
        str,
        Column(
            "str",
            "",
            "id of the incident in which they were caught, of several that which a crew reached "
            "last after its happening; empty: in none (moved out, indoors, home kept dry)",
            "所在险情的编号（多起取发生后队伍到场最晚的）；空为未涉险（已转移、在室内或住所未进水）",
            "incident",
        ),
    ]
    fate: Annotated[
        str, Column("str", "", "at the end: well, hurt, trapped, dead", "推演结束时的状况")
    ]
    persons: Annotated[int, Column("int64", "person", "residents in the row", "人数")]


class Incident(NamedTuple):
    """A place and a time where a capability is needed."""

    incident: Annotated[str, Column("str", "", "id of the incident", "编号", KEY)]
    kind: Annotated[
        str,
        Column(
            "str",
            "",
            "collapse, flood, injury, tree, fire, forest_fire; wounded: one whom rescuers or "
            "neighbours have brought out hurt, or who was hurt on the way to a roof; arrest: a "
            "cardiac arrest, see there; pumping, bagging: orders to pump, or to lay bags; "
            "sand_boil: water that comes up behind a dike, done when a ring stands round it; "
            "sluice: a sluice that is to be shut by hand, done when it is",
            "类别：倒塌、水困、受伤、倒树、建筑火灾、森林火灾；"
            "wounded 为救出后待治的伤员，或转移途中受伤的人；"
            "arrest 为心搏骤停，见该表；"
            "pumping、bagging 为指挥部下令排水、垒沙袋；sand_boil 为堤后管涌，围井筑成即处置完毕；"
            "sluice 为需人工关闭的涵闸，关闭即处置完毕",
        ),
    ]
    community: Annotated[str, Column("str", "", "where (for tree: the road's first end)", "地点")]
    place: Annotated[str, Column("str", "", "road for tree, else empty", "路段")]
    occurred_tick: Annotated[int, Column("int32", TICK, "when it happened", "发生时刻")]
    found_tick: Annotated[int, Column("int32", TICK, "when somebody there noticed it", "发现时刻")]
    reported_tick: Annotated[
        int, Column("int32", TICK, "when the report had come to an office", "报告到达时刻")
    ]
    known_tick: Annotated[int, Column("int32", TICK, "when command had read it", "指挥部知悉时刻")]
    dispatched_tick: Annotated[
        int,
        Column("int32", TICK, "when a crew was first called in or sent for it", "下令时刻"),
    ]
    arrived_tick: Annotated[int, Column("int32", TICK, "when the first crew arrived", "到场时刻")]
    done_tick: Annotated[int, Column("int32", TICK, "when the work was finished", "处置完毕时刻")]
    occurred_min: Annotated[
        float, Column("float64", "min", "since the start; when it happened", "发生时刻")
    ]
    found_min: Annotated[
        float, Column("float64", "min", "when somebody there noticed it", "发现时刻")
    ]
    reported_min: Annotated[
        float, Column("float64", "min", "when the report had come to an office", "报告到达时刻")
    ]
    read_min: Annotated[
        float, Column("float64", "min", "when command had read it", "指挥部阅知时刻")
    ]
    dispatched_min: Annotated[
        float,
        Column("float64", "min", "when a crew was first called in or sent for it", "下令时刻"),
    ]
    mustered_min: Annotated[
        float,
        Column(
            "float64",
            "min",
            "when the crew that was there first had mustered for it",
            "首到队伍集结完毕时刻",
        ),
    ]
    departed_min: Annotated[
        float, Column("float64", "min", "when that crew set out", "首到队伍出发时刻")
    ]
    arrived_min: Annotated[
        float, Column("float64", "min", "when that crew arrived", "首到队伍到场时刻")
    ]
    started_min: Annotated[float, Column("float64", "min", "when work began", "开始作业时刻")]
    done_min: Annotated[
        float, Column("float64", "min", "when the work was finished", "处置完毕时刻")
    ]
    first_aid_min: Annotated[
        float,
        Column(
            "float64",
            "min",
            "when a first responder of the place was there",
            "本地第一响应人到场时刻",
        ),
    ]
    urgent_min: Annotated[
        float,
        Column(
            "float64",
            "min",
            "when command knew that the water overcomes somebody there",
            "指挥部知悉有人将被水淹没的时刻",
        ),
    ]
    persons: Annotated[
        int, Column("int64", "person", "people trapped or hurt, crews too", "涉险人数")
    ]
    rescued: Annotated[
        int,
        Column(
            "int64",
            "person",
            "brought out alive; injury, wounded: treated, and not dead of the wounds since",
            "获救人数；受伤类为已救治且未因伤死亡的人数",
        ),
    ]
    died: Annotated[
        int,
        Column(
            "int64",
            "person",
            "of them died before they were brought out, of the hurt also later of their wounds "
            "(who dies at once is in casualty alone)",
            "救出前死亡人数，伤员含其后因伤死亡；当场死亡的只见伤亡表",
        ),
    ]
    crew: Annotated[str, Column("str", "", "first crew, or empty", "首到队伍")]
    cases: Annotated[
        int,
        Column(
            "int32",
            "incident",
            "incidents that the row stands for; 1 unless residents.scale is more",
            "该行代表的险情数（residents.scale 为1时恒为1）",
        ),
    ]


class Arrest(NamedTuple):
    """One cardiac arrest while the run lasts: they come by the calendar, whatever is done."""

    arrest: Annotated[str, Column("str", "", "id of the arrest", "编号", KEY)]
    incident: Annotated[
        str,
        Column(
            "str", "", "id of the call for a medical crew, or empty", "呼救险情编号", "incident"
        ),
    ]
    community: Annotated[str, Column("str", "", "where", "地点")]
    occurred_min: Annotated[
        float, Column("float64", "min", "since the start; when it happened", "发生时刻")
    ]
    persons: Annotated[int, Column("int64", "person", "how many the row is", "人数")]
    seen: Annotated[bool, Column("bool", "", "somebody saw it", "是否有人目击")]
    shockable: Annotated[
        bool, Column("bool", "", "the heart can be shocked at first", "倒地时是否为可电击心律")
    ]
    cpr_min: Annotated[
        float,
        Column("float64", "min", "since the start; first chest compressions", "开始心肺复苏时刻"),
    ]
    shock_min: Annotated[
        float, Column("float64", "min", "since the start; first shock", "首次电击时刻")
    ]
    care_min: Annotated[
        float,
        Column("float64", "min", "since the start; a medical crew is there", "医疗组到场时刻"),
    ]
    survival_share: Annotated[
        float, Column("float64", "share", "chance to live by these minutes", "据此的存活概率")
    ]
    survived: Annotated[bool, Column("bool", "", "lives", "是否存活")]


class Casualty(NamedTuple):
    """One person dead or hurt (several alike where a row of residents stands for several)."""

    incident: Annotated[
        str,
        Column(
            "str", "", "id of the incident that it belongs to, or empty", "险情编号", "incident"
        ),
    ]
    tick: Annotated[int, Column("int32", TICK, "when", "时刻")]
    community: Annotated[str, Column("str", "", "where", "地点")]
    cause: Annotated[
        str,
        Column(
            "str",
            "",
            "collapse, flood, wind, fire, forest_fire; moving: on the way to a shelter, kin or "
            "lodgings; overrun: a crew caught by a forest fire",
            "原因；moving 为转移途中，overrun 为扑火队伍被火围困",
        ),
    ]
    outcome: Annotated[
        str,
        Column(
            "str",
            "",
            "died or injured; who dies of wounds later has a row of each",
            "后果；受伤后死亡的人两种各一行",
        ),
    ]
    age_band: Annotated[str, Column("str", "", "0-14, 15-59, 60-79, 80+", "年龄段")]
    persons: Annotated[int, Column("int64", "person", "people in the row", "人数")]


class Wound(NamedTuple):
    """Somebody who is hurt: how badly, and when which help came."""

    incident: Annotated[
        str,
        Column("str", "", "id of the incident in which they wait", "待救治的险情编号", "incident"),
    ]
    community: Annotated[str, Column("str", "", "where", "地点")]
    cause: Annotated[str, Column("str", "", "of the wound, as in casualty", "致伤原因，同伤亡表")]
    severity: Annotated[
        str,
        Column(
            "str",
            "",
            "class of triage: immediate, delayed, minimal, expectant",
            "伤情分级：危重、重伤、轻伤、濒危",
        ),
    ]
    persons: Annotated[int, Column("int64", "person", "how many the row is", "人数")]
    since_min: Annotated[
        float,
        Column("float64", "min", "since the start; hurt, or brought out hurt", "受伤或救出时刻"),
    ]
    aid_min: Annotated[float, Column("float64", "min", "first aid", "得到急救时刻")]
    care_min: Annotated[
        float, Column("float64", "min", "treated by a medical crew", "医疗组救治时刻")
    ]
    carried_min: Annotated[
        float,
        Column("float64", "min", "carried to where an ambulance can stand", "抬到道路边的时刻"),
    ]
    fetched_min: Annotated[
        float,
        Column(
            "float64", "min", "an ambulance was there, where they are modelled", "救护车到达时刻"
        ),
    ]
    ambulance: Annotated[str, Column("str", "", "team and number of it, or empty", "救护车")]
    hospital_min: Annotated[float, Column("float64", "min", "in a hospital", "送达医院时刻")]
    hospital: Annotated[str, Column("str", "", "which, or empty", "医院")]
    died_tick: Annotated[int, Column("int32", TICK, "when they died of it", "死亡时刻")]


class Muster(NamedTuple):
    """A crew called in, and when it was ready."""

    crew: Annotated[str, Column("str", "", "crew", "队伍编组")]
    team: Annotated[str, Column("str", "", "team", "队伍")]
    called_tick: Annotated[int, Column("int32", TICK, "when it was called in", "集结令时刻")]
    ready_tick: Annotated[int, Column("int32", TICK, "when it was ready", "集结完毕时刻")]
    called_min: Annotated[
        float, Column("float64", "min", "since the start; when it was called in", "集结令时刻")
    ]
    ready_min: Annotated[float, Column("float64", "min", "when it was ready", "集结完毕时刻")]


class Deployment(NamedTuple):
    """A crew sent to an incident, and what became of that."""

    crew: Annotated[str, Column("str", "", "crew", "队伍编组")]
    team: Annotated[str, Column("str", "", "team", "队伍")]
    incident: Annotated[str, Column("str", "", "incident", "险情编号", "incident")]
    trip: Annotated[
        str, Column("str", "", "id of the trip to it; empty: none was needed", "行程编号", "trip")
    ]
    people: Annotated[int, Column("int32", "person", "members who went", "人数")]
    sent_tick: Annotated[int, Column("int32", TICK, "when it was ordered to go", "出动令时刻")]
    arrived_tick: Annotated[int, Column("int32", TICK, "when it was there", "到场时刻")]
    left_tick: Annotated[
        int,
        Column("int32", TICK, "when it left the incident, or gave it up on the way", "离开时刻"),
    ]
    sent_min: Annotated[
        float, Column("float64", "min", "since the start; when it was ordered to go", "出动令时刻")
    ]
    departed_min: Annotated[float, Column("float64", "min", "when it set out", "出发时刻")]
    arrived_min: Annotated[float, Column("float64", "min", "when it was there", "到场时刻")]
    left_min: Annotated[
        float,
        Column("float64", "min", "when it left the incident, or gave it up on the way", "离开时刻"),
    ]
    outcome: Annotated[
        str,
        Column("str", "", "done, released, sent_on, turned_back, lost, or open at the end", "结果"),
    ]


class Trip(NamedTuple):
    """A crew or lorry on the road."""

    trip: Annotated[str, Column("str", "", "id of the trip", "行程编号", KEY)]
    agent: Annotated[str, Column("str", "", "crew or truck", "队伍或车辆")]
    kind: Annotated[str, Column("str", "", "crew or truck", "类别")]
    purpose: Annotated[str, Column("str", "", "task, delivery, return", "目的")]
    about: Annotated[
        str,
        Column(
            "str", "", "id of the incident that it is for, or empty", "所涉险情编号", "incident"
        ),
    ]
    origin: Annotated[str, Column("str", "", "community it left", "起点")]
    destination: Annotated[str, Column("str", "", "community it was bound for", "终点")]
    departed_tick: Annotated[int, Column("int32", TICK, "departure", "出发时刻")]
    arrived_tick: Annotated[int, Column("int32", TICK, "arrival", "到达时刻")]
    departed_min: Annotated[
        float, Column("float64", "min", "since the start; departure", "出发时刻")
    ]
    arrived_min: Annotated[
        float,
        Column(
            "float64", "min", "arrival, or when it was back at the last place", "到达或折返时刻"
        ),
    ]
    distance_km: Annotated[float, Column("float64", "km", "length of the way it took", "里程")]
    outcome: Annotated[str, Column("str", "", "arrived, turned_back, under_way", "结果")]


class Request(NamedTuple):
    """What a site first asked for and has not been sent yet."""

    request: Annotated[str, Column("str", "", "id of the request", "申请编号", KEY)]
    site: Annotated[str, Column("str", "", "shelter or community", "地点")]
    wanted_tick: Annotated[
        int, Column("int32", TICK, "when the site began to want", "产生需求时刻")
    ]
    heard_tick: Annotated[int, Column("int32", TICK, "when command heard of it", "指挥部获知时刻")]
    means: Annotated[str, Column("str", "", "phone or runner", "方式")]


class Delivery(NamedTuple):
    """One item that a lorry brought, or was bringing, to a site."""

    request: Annotated[
        str,
        Column(
            "str",
            "",
            "id of the request that it answers, or empty (carried by hand)",
            "申请编号",
            "request",
        ),
    ]
    trip: Annotated[
        str, Column("str", "", "id of the trip that brought it, or empty", "行程编号", "trip")
    ]
    store: Annotated[str, Column("str", "", "from", "储备库")]
    site: Annotated[str, Column("str", "", "shelter or community", "接收点")]
    item: Annotated[str, Column("str", "", "item", "物资")]
    quantity: Annotated[int, Column("int64", "item unit", "quantity on the truck", "数量")]
    requested_tick: Annotated[int, Column("int32", TICK, "request known to command", "申请时刻")]
    departed_tick: Annotated[int, Column("int32", TICK, "left the store", "出库时刻")]
    arrived_tick: Annotated[int, Column("int32", TICK, "unloaded at the site", "送达时刻")]
    truck: Annotated[str, Column("str", "", "truck; by hand within one place", "车辆")]


class StoreLevel(NamedTuple):
    """What lies in a store at the end of an hour."""

    tick: Annotated[
        int, Column("int32", TICK, "end of the tick; hourly, where there is or was some", "时刻")
    ]
    store: Annotated[str, Column("str", "", "store", "储备库")]
    item: Annotated[str, Column("str", "", "item", "物资")]
    stock: Annotated[int, Column("int64", "item unit", "on the shelf", "库存")]
    available: Annotated[
        int, Column("int64", "item unit", "of it what can be loaded now", "可调拨")
    ]


class StockLevel(NamedTuple):
    """Where an item is in the whole district at the end of an hour."""

    tick: Annotated[int, Column("int32", TICK, "end of the tick", "时刻")]
    item: Annotated[str, Column("str", "", "item", "物资")]
    at_stores: Annotated[int, Column("int64", "item unit", "at all stores", "库存")]
    on_trucks: Annotated[int, Column("int64", "item unit", "on the road", "在途")]
    at_sites: Annotated[int, Column("int64", "item unit", "at shelters and communities", "在点")]
    received: Annotated[
        int, Column("int64", "item unit", "made or brought in since the start", "累计调入")
    ]
    issued: Annotated[int, Column("int64", "item unit", "given out since the start", "累计发放")]
    lost: Annotated[int, Column("int64", "item unit", "unusable since the start", "累计损失")]
    needed: Annotated[int, Column("int64", "item unit", "needed since the start", "累计需求")]
    persons_short: Annotated[
        int, Column("int64", "person", "residents short of it now", "当前短缺人数")
    ]


class SiteLevel(NamedTuple):
    """An item at a site in use at the end of an hour."""

    tick: Annotated[
        int, Column("int32", TICK, "end of the tick; hourly, sites in use only", "时刻")
    ]
    site: Annotated[str, Column("str", "", "shelter or community", "地点")]
    kind: Annotated[str, Column("str", "", "shelter or community", "类别")]
    item: Annotated[str, Column("str", "", "item", "物资")]
    stock: Annotated[int, Column("int64", "item unit", "on hand", "现存")]
    owed: Annotated[int, Column("int64", "item unit", "needed and not given yet", "欠发")]
    persons: Annotated[int, Column("int64", "person", "residents who draw on the site", "人数")]
    persons_at_risk: Annotated[
        int, Column("int64", "person", "of them those whose risk is not over", "其中危险未过者")
    ]
    persons_short: Annotated[
        int, Column("int64", "person", "residents short of the item", "短缺人数")
    ]


class ShelterLevel(NamedTuple):
    """A shelter at the end of an hour."""

    tick: Annotated[int, Column("int32", TICK, "end of the tick; hourly", "时刻")]
    shelter: Annotated[str, Column("str", "", "shelter", "避难场所")]
    occupants: Annotated[int, Column("int64", "person", "residents inside", "安置人数")]
    reserved: Annotated[int, Column("int64", "person", "residents on their way to it", "在途人数")]
    capacity: Annotated[int, Column("int64", "person", "places", "容量")]
    open: Annotated[bool, Column("bool", "", "open", "是否开放")]


class Relief(NamedTuple):
    """People who came to need relief at a site in the same tick, with the same story."""

    site: Annotated[str, Column("str", "", "shelter or community", "地点")]
    kind: Annotated[str, Column("str", "", "shelter or community", "类别")]
    need_tick: Annotated[
        int, Column("int32", TICK, "when they came to need relief", "产生需求时刻")
    ]
    relief_tick: Annotated[
        int, Column("int32", TICK, "first water or food after that", "首次获得救助时刻")
    ]
    ended_tick: Annotated[
        int,
        Column(
            "int32",
            TICK,
            "need ended by itself before any relief came (power back, gone home)",
            "未获救助而需求自行结束时刻",
        ),
    ]
    persons: Annotated[int, Column("int64", "person", "residents in the row", "人数")]


class ResidentState(NamedTuple):
    """Where the residents of a community are at the end of an hour."""

    tick: Annotated[int, Column("int32", TICK, "end of the tick; hourly", "时刻")]
    community: Annotated[str, Column("str", "", "home community", "户籍社区")]
    home: Annotated[int, Column("int64", "person", "at home", "在家")]
    preparing: Annotated[
        int, Column("int64", "person", "told to leave and getting ready", "准备转移")
    ]
    travelling: Annotated[int, Column("int64", "person", "on the way", "途中")]
    sheltered: Annotated[int, Column("int64", "person", "in a shelter", "在避难场所")]
    with_kin: Annotated[int, Column("int64", "person", "with relatives or friends", "投亲靠友")]
    lodged: Annotated[
        int,
        Column(
            "int64",
            "person",
            "in hotels, homes elsewhere, with employers",
            "旅馆、他处住房、单位安置",
        ),
    ]
    trapped: Annotated[int, Column("int64", "person", "trapped or stranded", "被困")]
    in_care: Annotated[int, Column("int64", "person", "hurt and reached by medical care", "救治中")]
    dead: Annotated[int, Column("int64", "person", "dead", "死亡")]


class HazardLevel(NamedTuple):
    """Wind, rain, water and networks at a community at the end of an hour."""

    tick: Annotated[int, Column("int32", TICK, "end of the tick; hourly", "时刻")]
    community: Annotated[str, Column("str", "", "community", "社区")]
    wind_ms: Annotated[
        float, Column("float32", "m/s", "10-minute mean wind at 10 m", "10分钟平均风速")
    ]
    gust_ms: Annotated[float, Column("float32", "m/s", "3-second gust", "3秒阵风")]
    rain_mm: Annotated[float, Column("float32", "mm", "rain since the start", "累计雨量")]
    depth_m: Annotated[float, Column("float32", "m", "water on the streets", "积水深")]
    power_out: Annotated[bool, Column("bool", "", "no mains power", "停电")]
    phone_out: Annotated[bool, Column("bool", "", "no mobile network", "断网")]
    cut_off: Annotated[
        bool, Column("bool", "", "no way for a lorry from where most people live", "道路中断")
    ]


class Storm(NamedTuple):
    """The storm at the end of an hour; none where the hazard has no centre."""

    tick: Annotated[int, Column("int32", TICK, "hourly", "时刻")]
    lon: Annotated[float, Column("float64", "deg", "centre, this run", "中心经度")]
    lat: Annotated[float, Column("float64", "deg", "centre, this run", "中心纬度")]
    pressure_hpa: Annotated[float, Column("float64", "hPa", "central pressure", "中心气压")]
    max_wind_ms: Annotated[
        float, Column("float64", "m/s", "largest 10-minute mean wind", "最大风速")
    ]
    sea_level_m: Annotated[float, Column("float64", "m", "surge and tide at the coast", "潮位")]


class Outage(NamedTuple):
    """A network out at a community."""

    network: Annotated[str, Column("str", "", "power or phone", "网络")]
    community: Annotated[str, Column("str", "", "where", "地点")]
    from_tick: Annotated[int, Column("int32", TICK, "out from this tick on", "中断时刻")]
    to_tick: Annotated[int, Column("int32", TICK, "back from this tick on", "恢复时刻")]
    cause: Annotated[
        str, Column("str", "", "wind, battery, cut, or the hazard that cut it", "原因")
    ]


class RoadClosure(NamedTuple):
    """A road closed for lorries."""

    road: Annotated[str, Column("str", "", "road", "路段")]
    from_community: Annotated[str, Column("str", "", "one end", "一端")]
    to_community: Annotated[str, Column("str", "", "other end", "另一端")]
    reason: Annotated[str, Column("str", "", "water or tree", "原因")]
    closed_tick: Annotated[int, Column("int32", TICK, "closed for a lorry", "中断时刻")]
    opened_tick: Annotated[int, Column("int32", TICK, "open again", "恢复时刻")]


class RoadLoad(NamedTuple):
    """One direction of a road in an hour in which anybody passes who leaves home."""

    tick: Annotated[int, Column("int32", TICK, "last tick of the hour", "该小时最后一个时步")]
    road: Annotated[str, Column("str", "", "road", "路段")]
    origin: Annotated[str, Column("str", "", "community that they come from", "来向社区")]
    destination: Annotated[str, Column("str", "", "community that they drive to", "去向社区")]
    vehicles: Annotated[
        float,
        Column(
            "float64",
            "veh",
            "cars that pass, a bus being several (no crews, lorries, ambulances)",
            "通过的车辆（客车折算为小汽车；不含救援、运输和救护车辆）",
        ),
    ]
    capacity_veh_h: Annotated[
        float,
        Column(
            "float64",
            "veh/h",
            "what this direction carries in the dry, with contraflow where that is in force",
            "该方向无大雨时的通行能力（潮汐行车期间按改后车道计）",
        ),
    ]
    waited_veh_min: Annotated[
        float,
        Column(
            "float64",
            "veh x min",
            "time that those who pass have waited for it, all together",
            "通过者在此排队等候的时间合计（车·分钟）",
        ),
    ]
    longest_wait_min: Annotated[
        float, Column("float64", "min", "the longest wait of any of them", "其中最长的等候")
    ]


class Pumped(NamedTuple):
    """A place to which mobile pumps were ordered."""

    community: Annotated[str, Column("str", "", "where", "地点")]
    ordered_tick: Annotated[int, Column("int32", TICK, "first order", "首次下令时刻")]
    orders: Annotated[int, Column("int32", "order", "how many orders", "排水指令数")]
    pumped_m3: Annotated[
        float, Column("float64", "m3", "water that mobile pumps took out", "移动泵排出水量")
    ]


class Bagged(NamedTuple):
    """A place where bags were ordered laid."""

    community: Annotated[str, Column("str", "", "where", "地点")]
    ordered_tick: Annotated[int, Column("int32", TICK, "first order", "首次下令时刻")]
    orders: Annotated[int, Column("int32", "order", "how many orders", "垒沙袋指令数")]
    bags: Annotated[
        float, Column("float64", "bag", "bags that crews filled and laid", "垒放沙袋数")
    ]


class Dike(NamedTuple):
    """A length of dike behind which sand boils came, and what became of it."""

    dike: Annotated[str, Column("str", "", "id of the length of dike", "堤段编号")]
    community: Annotated[str, Column("str", "", "the community behind it", "堤后的村社区")]
    boils: Annotated[
        int,
        Column("int32", "sand boil", "that the sea raised, whatever was done", "管涌数"),
    ]
    rung: Annotated[
        int,
        Column("int32", "sand boil", "round which a ring stood in time", "及时围住的管涌数"),
    ]
    unaided_min: Annotated[
        float,
        Column(
            "float64",
            "min",
            "since the start; when it would have broken without any help",
            "若无人处置的溃决时刻",
        ),
    ]
    broken_min: Annotated[float, Column("float64", "min", "when it broke", "溃决时刻")]
    let_in_m3: Annotated[
        float, Column("float64", "m3", "water that came in by the breach", "溃口进水量")
    ]


class Flooded(NamedTuple):
    """A community whose homes the water came into, or would have come into without help."""

    community: Annotated[str, Column("str", "", "where", "地点")]
    homes: Annotated[int, Column("int64", "home", "homes that the water came into", "进水户数")]
    homes_unaided: Annotated[
        int,
        Column(
            "int64",
            "home",
            "the same if nobody had pumped or laid bags",
            "若无人排水、垒沙袋的进水户数",
        ),
    ]
    homes_behind_bags: Annotated[
        int, Column("int64", "home", "homes whose doors got bags", "门口垒了沙袋的户数")
    ]


class Fire(NamedTuple):
    """One building or one forest fire."""

    fire: Annotated[str, Column("str", "", "id; one row a building or a forest fire", "编号", KEY)]
    kind: Annotated[str, Column("str", "", "building or forest", "类别")]
    community: Annotated[str, Column("str", "", "where", "地点")]
    fire_class: Annotated[
        str, Column("str", "", "building class, or class of a forest fire", "建筑或火灾等级")
    ]
    incident: Annotated[
        str,
        Column(
            "str", "", "id of the incident that it belongs to; empty: none", "险情编号", "incident"
        ),
    ]
    spread_from: Annotated[
        str, Column("str", "", "the fire that lit it, or empty", "由何处蔓延", "fire")
    ]
    ignited_min: Annotated[float, Column("float64", "min", "since the start; ignition", "起火")]
    flashover_min: Annotated[
        float, Column("float64", "min", "first compartment alight all over", "轰燃")
    ]
    discovered_min: Annotated[float, Column("float64", "min", "somebody noticed", "发现")]
    called_min: Annotated[float, Column("float64", "min", "the call came through", "报警")]
    ordered_min: Annotated[
        float,
        Column(
            "float64",
            "min",
            "the desk had read it and given the order, whether or not a crew was free",
            "下达出动命令（不论有无空闲队伍）",
        ),
    ]
    dispatched_min: Annotated[
        float, Column("float64", "min", "first crew sent, once one was free", "首队受领出动")
    ]
    left_min: Annotated[
        float, Column("float64", "min", "that crew turned out and on its way", "首队驶出")
    ]
    arrived_min: Annotated[float, Column("float64", "min", "first crew there", "首队到场")]
    first_water_min: Annotated[
        float, Column("float64", "min", "first water on the fire", "首次出水")
    ]
    controlled_min: Annotated[float, Column("float64", "min", "grows no more", "控制")]
    out_min: Annotated[
        float, Column("float64", "min", "out; forest: no open flame", "扑灭（林火：明火扑灭）")
    ]
    cold_min: Annotated[
        float,
        Column(
            "float64",
            "min",
            "forest: mopped up and guarded for as long as the rule asks; empty: not by the end",
            "林火：余火清理完毕且看守期满",
        ),
    ]
    flare_ups: Annotated[
        int, Column("int32", "", "forest: how often it broke out over its line", "复燃次数")
    ]
    mop_up_person_h: Annotated[
        float,
        Column("float64", "person_h", "forest: mopping up and guarding", "清理余火和看守人时"),
    ]
    spots: Annotated[
        int, Column("int32", "", "forest: fires that its brands lit ahead of it", "飞火引燃次数")
    ]
    crown_ha: Annotated[float, Column("float64", "ha", "forest: crowns that burnt", "树冠燃烧面积")]
    engines_needed_max: Annotated[
        int,
        Column(
            "int32",
            "crew",
            "most engines it needed (forest: persons)",
            "最多需要车数（林火：人数）",
        ),
    ]
    engines_peak: Annotated[
        int,
        Column(
            "int32", "crew", "most engines there (forest: persons)", "到场最多车数（林火：人数）"
        ),
    ]
    water_l: Annotated[float, Column("float64", "L", "water used on it", "用水量")]
    burnt_m2: Annotated[
        float, Column("float64", "m2", "floor area burnt; 0 for a forest fire", "过火面积")
    ]
    burnt_ha: Annotated[
        float, Column("float64", "ha", "land burnt; 0 for a building fire", "过火林地面积")
    ]
    victims: Annotated[
        int,
        Column(
            "int64",
            "person",
            "could not get out by themselves; forest: hurt or dead",
            "被困人数；森林火灾为伤亡人数",
        ),
    ]
    rescued: Annotated[int, Column("int64", "person", "brought out alive", "获救人数")]
    died: Annotated[int, Column("int64", "person", "died in it", "死亡人数")]
    first_crew: Annotated[str, Column("str", "", "first crew there, or empty", "首到队伍")]


class FireFront(NamedTuple):
    """A forest fire at the end of an hour."""

    tick: Annotated[int, Column("int32", TICK, "end of the tick; hourly", "时刻")]
    fire: Annotated[str, Column("str", "", "id of the forest fire", "火场", "fire")]
    burnt_ha: Annotated[float, Column("float64", "ha", "land burnt", "过火面积")]
    forest_ha: Annotated[float, Column("float64", "ha", "forest burnt", "受害森林面积")]
    edge_m: Annotated[float, Column("float64", "m", "edge that still runs", "活动火线长")]
    line_m: Annotated[float, Column("float64", "m", "line built", "已建隔离线长")]
    crews: Annotated[int, Column("int64", "crew", "at the fire", "在场队伍")]
    held_back: Annotated[
        int, Column("int64", "crew", "waiting because flames are too long", "因火势后撤队伍")
    ]
    status: Annotated[
        str, Column("str", "", "running, contained, out (no open flame), cold", "状态")
    ]


class FireCell(NamedTuple):
    """A cell of the landscape that burnt."""

    fire: Annotated[str, Column("str", "", "id of the forest fire", "火场", "fire")]
    row: Annotated[int, Column("int32", "", "row of the grid, 0 the northernmost", "行")]
    col: Annotated[int, Column("int32", "", "column of the grid", "列")]
    arrival_min: Annotated[
        float, Column("float64", "min", "since the start; when it burnt", "过火时刻")
    ]


class FireLine(NamedTuple):
    """A cell of line, break or drop that was made."""

    fire: Annotated[str, Column("str", "", "id of the forest fire", "火场", "fire")]
    tick: Annotated[int, Column("int32", TICK, "when it was made", "建成时刻")]
    kind: Annotated[
        str,
        Column(
            "str",
            "",
            "line (by crews along the edge), break (by machines), drop (wet for a while)",
            "类别：line 队伍沿火线开设，break 机械开设，drop 洒水压制",
        ),
    ]
    row: Annotated[int, Column("int32", "", "row of the grid, 0 the northernmost", "行")]
    col: Annotated[int, Column("int32", "", "column of the grid", "列")]


class CrewLevel(NamedTuple):
    """How many crews are in which state at the end of an hour."""

    tick: Annotated[int, Column("int32", TICK, "end of the tick; hourly", "时刻")]
    off_duty: Annotated[int, Column("int64", "crew", "not called in or resting", "未集结或休整")]
    mustering: Annotated[int, Column("int64", "crew", "called in, not ready yet", "集结中")]
    idle: Annotated[int, Column("int64", "crew", "ready", "待命")]
    travelling: Annotated[int, Column("int64", "crew", "on the way", "途中")]
    working: Annotated[int, Column("int64", "crew", "at work", "作业")]


RECORDS: dict[str, type[NamedTuple]] = {
    "message": Message,
    "threat": Threat,
    "warning": WarningHeard,
    "evacuation": Evacuation,
    "at_risk": AtRisk,
    "in_peril": InPeril,
    "incident": Incident,
    "arrest": Arrest,
    "casualty": Casualty,
    "wound": Wound,
    "muster": Muster,
    "deployment": Deployment,
    "trip": Trip,
    "request": Request,
    "delivery": Delivery,
    "store_level": StoreLevel,
    "stock_level": StockLevel,
    "site_level": SiteLevel,
    "shelter_level": ShelterLevel,
    "relief": Relief,
    "resident_state": ResidentState,
    "hazard_level": HazardLevel,
    "storm": Storm,
    "outage": Outage,
    "road_closure": RoadClosure,
    "road_load": RoadLoad,
    "pumped": Pumped,
    "bagged": Bagged,
    "dike": Dike,
    "flooded": Flooded,
    "fire": Fire,
    "fire_front": FireFront,
    "fire_cell": FireCell,
    "fire_line": FireLine,
    "crew_level": CrewLevel,
}
