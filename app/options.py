"""The arguments and options of the commands: what each is called, and the key of its help.

Help texts are keys of the word list; `cli.build` puts the words of a language in their place.
"""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_type_hints

import typer

from anlan.analysis.words import FALLBACK, LANGS, word
from anlan.app import completion
from anlan.sim.scenario.errors import shown

MOST_SEED = 2**63 - 1


def spoken(context: typer.Context) -> str:
    """The language in which the command line was built."""
    return context.obj if context.obj in LANGS else FALLBACK


def _language(context: typer.Context, value: str | None) -> str:
    """The language that `--lang` asks for, else the one that the line was built in."""
    if value is None:
        return spoken(context)
    if value not in LANGS:
        told = word("cli.bad.lang", spoken(context), given=value, langs=", ".join(LANGS))
        raise typer.BadParameter(told)
    return value


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"anlan {version('anlan')}")
        except PackageNotFoundError:  # run from a checkout that is not installed
            print("anlan")
        raise typer.Exit


def _install(context: typer.Context, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        print(completion.install(spoken(context)))
        raise typer.Exit


def _seed(context: typer.Context, value: int | None) -> int | None:
    if value is not None and value > MOST_SEED:
        told = word("cli.bad.seed", spoken(context), given=shown(value), most=MOST_SEED)
        raise typer.BadParameter(told)
    return value


AGENCIES = ("cma", "jma", "jtwc", "hko")  # whose best tracks are read


def _agency(context: typer.Context, value: str | None) -> str | None:
    if value is not None and value not in AGENCIES:
        told = word("cli.bad.agency", spoken(context), given=value, known=", ".join(AGENCIES))
        raise typer.BadParameter(told)
    return value


def names(given: list[str] | None, lang: str) -> dict[str, str]:
    """`LANG=NAME` texts as a mapping. Raises BadParameter for another language."""
    found: dict[str, str] = {}
    for text in given or []:
        key, _, name = text.partition("=")
        if key.strip() not in LANGS or not name.strip():
            told = word("cli.bad.name", lang, text=text, langs=", ".join(LANGS))
            raise typer.BadParameter(told, param_hint="--name")
        found[key.strip()] = name.strip()
    return found


def pairs(settings: list[str] | None, lang: str) -> dict[str, str]:
    """`key=value` texts as a mapping. Raises BadParameter for one without a key or a value."""
    found: dict[str, str] = {}
    for text in settings or []:
        key, sign, value = text.partition("=")
        key = key.strip()
        if not (sign and key):
            raise typer.BadParameter(word("cli.bad.set", lang, text=text), param_hint="--set")
        if key in found:
            raise typer.BadParameter(word("cli.bad.set_twice", lang, name=key), param_hint="--set")
        found[key] = value.strip()
    return found


Lang = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="|".join(LANGS),
        help="cli.opt.lang",
        callback=_language,
        autocompletion=completion.languages,
    ),
]
Version = Annotated[
    bool, typer.Option("--version", help="cli.opt.version", is_eager=True, callback=_version)
]
Install = Annotated[
    bool,
    typer.Option(
        "--install-completion", help="cli.opt.install_completion", is_eager=True, callback=_install
    ),
]
MOST_YEARS = 100  # that `anlan cover` plays
ScenarioName = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO", help="cli.arg.scenario", autocompletion=completion.scenarios
    ),
]
OwnFolder = Annotated[Path, typer.Argument(metavar="FOLDER", help="cli.arg.folder")]
NewFolder = Annotated[Path, typer.Argument(metavar="FOLDER", help="cli.arg.new_folder")]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="cli.opt.set", autocompletion=completion.settings
    ),
]
Modules = Annotated[
    list[str] | None, typer.Option("--module", metavar="MODULE", help="cli.opt.module")
]

Assumptions = Annotated[
    int | None, typer.Option("--assumptions", min=2, metavar="N", help="cli.opt.assumptions")
]
AssumptionRuns = Annotated[
    int | None,
    typer.Option("--assumption-runs", min=1, metavar="N", help="cli.opt.assumption_runs"),
]
CostsFile = Annotated[Path | None, typer.Option("--costs", metavar="FILE", help="cli.opt.costs")]
TargetIds = Annotated[
    list[str] | None,
    typer.Option(
        "--target", metavar="ID", help="cli.opt.size_target", autocompletion=completion.targets
    ),
]


class Given(NamedTuple):
    """What a scenario is taken with: `--set`, and modules of one's own."""

    settings: Settings = None
    modules: Modules = None


class GivenSets(NamedTuple):
    """The same, and how it is judged over what is assumed: sets of assumptions, runs in each."""

    settings: Settings = None
    modules: Modules = None
    assumptions: Assumptions = None
    assumption_runs: AssumptionRuns = None


class GivenPrices(NamedTuple):
    """The same, and what a list is held against: prices, and the targets that are asked for."""

    settings: Settings = None
    modules: Modules = None
    costs: CostsFile = None
    target: TargetIds = None


Workers = Annotated[int | None, typer.Option(min=1, metavar="N", help="cli.opt.workers")]
Cluster = Annotated[str | None, typer.Option(metavar="ADDRESS", help="cli.opt.cluster")]
Shard = Annotated[str | None, typer.Option(metavar="I/N", help="cli.opt.shard")]


class By(NamedTuple):
    """Who plays: workers of this machine, a cluster's, or several machines a share each."""

    workers: Workers = None
    cluster: Cluster = None
    shard: Shard = None


def gathering(name: str, group: type[Any]) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Makes a command whose parameter `name` is typed as one option a field of `group`.

    A function of many parameters is read by nobody; the parser wants them one by one.
    """

    def made(command: Callable[..., int]) -> Callable[..., int]:
        hints = get_type_hints(group, include_extras=True)
        options = [
            Parameter(field, Parameter.KEYWORD_ONLY, default=None, annotation=hints[field])
            for field in group._fields
        ]

        @wraps(command, assigned=("__module__", "__name__", "__qualname__", "__doc__"))
        def typed(**others: Any) -> int:
            held = group(**{field: others.pop(field, None) for field in group._fields})
            return command(**{name: held}, **others)

        told = signature(command)
        kept = [p for p in told.parameters.values() if p.name != name]
        rest = [p.replace(kind=Parameter.KEYWORD_ONLY) for p in kept]
        new = told.replace(parameters=[*rest[:-1], *options, rest[-1]])
        setattr(typed, "__signature__", new)  # noqa: B010 (a wrapper has it, its type does not)
        hinted = {p.name: p.annotation for p in (*rest, *options)}
        typed.__annotations__ = hinted | {"return": int}
        del typed.__wrapped__
        return typed

    return made


with_modules = gathering("given", Given)
with_sets = gathering("given", GivenSets)
with_prices = gathering("given", GivenPrices)
by_whom = gathering("by", By)


AllNumbers = Annotated[bool, typer.Option("--parameters", help="cli.opt.parameters")]
Factors = Annotated[bool, typer.Option("--factors", help="cli.opt.factors")]
Find = Annotated[str | None, typer.Option("--find", metavar="WORD", help="cli.opt.find")]
Runs = Annotated[int, typer.Option(min=1, metavar="N", help="cli.opt.runs")]
Seed = Annotated[int, typer.Option(min=0, metavar="N", help="cli.opt.seed", callback=_seed)]
Out = Annotated[Path | None, typer.Option(metavar="FOLDER", help="cli.opt.out")]
KeepLedgers = Annotated[int | None, typer.Option(min=0, metavar="N", help="cli.opt.keep_ledgers")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="cli.opt.overwrite")]
NoPictures = Annotated[bool, typer.Option("--no-pictures", help="cli.opt.no_pictures")]
Profile = Annotated[bool, typer.Option("--profile", help="cli.opt.profile")]
Years = Annotated[int, typer.Option(min=1, max=MOST_YEARS, metavar="N", help="cli.opt.years")]
Seasons = Annotated[int, typer.Option("--seasons", min=1, metavar="N", help="cli.opt.seasons")]
SeasonsOut = Annotated[
    Path | None, typer.Option("--out", metavar="FOLDER", help="cli.opt.seasons_out")
]
StudyFile = Annotated[Path, typer.Argument(metavar="STUDY", help="cli.arg.study")]
StudyOut = Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help="cli.opt.study_out")]
MergeOut = Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help="cli.opt.merge_out")]
Estimate = Annotated[bool, typer.Option("--estimate", help="cli.opt.estimate")]
ScenarioNames = Annotated[
    list[str],
    typer.Argument(
        metavar="SCENARIO...", help="cli.arg.scenarios", autocompletion=completion.scenarios
    ),
]
MayChange = Annotated[Path, typer.Option("--may-change", metavar="FILE", help="cli.opt.may_change")]
MostRuns = Annotated[int, typer.Option("--most-runs", min=1, metavar="N", help="cli.opt.most_runs")]
SizeOut = Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help="cli.opt.size_out")]
Shards = Annotated[list[Path], typer.Argument(metavar="[STUDY] FOLDER...", help="cli.arg.shards")]
Compared = Annotated[
    list[str],
    typer.Argument(metavar="PLAN...", help="cli.arg.compare", autocompletion=completion.scenarios),
]
ComparedRuns = Annotated[
    int | None, typer.Option("--runs", min=1, metavar="N", help="cli.opt.compare_runs")
]
ComparedSeed = Annotated[
    int | None,
    typer.Option("--seed", min=0, metavar="N", help="cli.opt.compare_seed", callback=_seed),
]
ComparedOut = Annotated[
    Path | None, typer.Option("--out", metavar="FOLDER", help="cli.opt.compare_out")
]
Base = Annotated[int, typer.Option(min=0, metavar="N", help="cli.opt.base")]
Measures = Annotated[
    list[str] | None,
    typer.Option(
        "--measure", metavar="NAME", help="cli.opt.measure", autocompletion=completion.measures
    ),
]
Confidence = Annotated[float, typer.Option(min=0.5, max=0.9999, help="cli.opt.confidence")]
OtherEvents = Annotated[bool, typer.Option("--other-events", help="cli.opt.other_events")]
Csv = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="cli.opt.csv")]
Orders = Annotated[
    list[str] | None,
    typer.Option("--order", metavar="NAME", help="cli.opt.order", autocompletion=completion.orders),
]
Targets = Annotated[
    list[str] | None,
    typer.Option(
        "--target", metavar="ID", help="cli.opt.target", autocompletion=completion.targets
    ),
]
HourRuns = Annotated[int, typer.Option("--runs", min=1, metavar="N", help="cli.opt.deadline_runs")]
Step = Annotated[float, typer.Option("--step", min=0.01, metavar="H", help="cli.opt.step")]
DeadlineOut = Annotated[
    Path | None, typer.Option("--out", metavar="FOLDER", help="cli.opt.deadline_out")
]
Explained = Annotated[
    list[str] | None,
    typer.Option(
        "--target", metavar="ID", help="cli.opt.explain_target", autocompletion=completion.targets
    ),
]
ExplainAll = Annotated[bool, typer.Option("--all", help="cli.opt.explain_all")]
Confirm = Annotated[int, typer.Option("--confirm", min=0, metavar="N", help="cli.opt.confirm")]
OneVariant = Annotated[
    int | None, typer.Option("--variant", min=0, metavar="N", help="cli.opt.variant")
]
ExplainCsv = Annotated[
    Path | None, typer.Option("--csv", metavar="FOLDER", help="cli.opt.explain_csv")
]
Finished = Annotated[Path, typer.Argument(metavar="FOLDER", help="cli.arg.out")]
DocumentOut = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="cli.opt.document_out")
]
Template = Annotated[
    Path | None, typer.Option("--template", metavar="FILE.docx", help="cli.opt.template")
]
Pdf = Annotated[bool, typer.Option("--pdf", help="cli.opt.pdf")]
DocumentOverwrite = Annotated[bool, typer.Option("--overwrite", help="cli.opt.document_overwrite")]
DocumentNoPictures = Annotated[
    bool, typer.Option("--no-pictures", help="cli.opt.document_no_pictures")
]
WorkbookIn = Annotated[Path, typer.Argument(metavar="WORKBOOK", help="cli.arg.workbook")]
Extract = Annotated[Path, typer.Argument(metavar="EXTRACT.osm.pbf", help="cli.arg.extract")]
SnapKm = Annotated[
    float, typer.Option("--snap-km", metavar="KM", min=0.01, max=50.0, help="cli.opt.snap_km")
]
MarginKm = Annotated[
    float, typer.Option("--margin-km", metavar="KM", min=0.0, max=200.0, help="cli.opt.margin_km")
]
GeoFile = Annotated[Path, typer.Argument(metavar="FILE.geojson", help="cli.arg.geo")]
GeoTable = Annotated[str, typer.Option("--table", metavar="TABLE", help="cli.opt.geo_table")]
GeoSnapKm = Annotated[
    float, typer.Option("--snap-km", metavar="KM", min=0.01, max=50.0, help="cli.opt.geo_snap_km")
]
TrackFile = Annotated[Path, typer.Argument(metavar="FILE", help="cli.arg.track")]
WhichStorm = Annotated[str | None, typer.Option("--storm", metavar="STORM", help="cli.opt.storm")]
TrackAgency = Annotated[
    str | None, typer.Option("--agency", metavar="AGENCY", help="cli.opt.agency", callback=_agency)
]
TrackId = Annotated[str | None, typer.Option("--id", metavar="ID", help="cli.opt.track_id")]
TrackNames = Annotated[
    list[str] | None, typer.Option("--name", metavar="LANG=NAME", help="cli.opt.track_name")
]
WorkbookOut = Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="cli.arg.workbook_out")]
IntoFolder = Annotated[Path, typer.Argument(metavar="FOLDER", help="cli.arg.into")]
NewId = Annotated[str, typer.Argument(metavar="ID", help="cli.arg.new_id")]
Workbook = Annotated[Path, typer.Option("--workbook", metavar="FILE.xlsx", help="cli.opt.workbook")]
From = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="SCENARIO", help="cli.opt.from", autocompletion=completion.scenarios
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="cli.opt.yes")]
Replace = Annotated[bool, typer.Option("--replace", help="cli.opt.replace")]
Wgs84 = Annotated[bool, typer.Option("--wgs84", help="cli.opt.wgs84")]
ReportFile = Annotated[
    Path | None, typer.Option("--report", metavar="FILE.xlsx", help="cli.opt.report_file")
]
Answers = Annotated[
    Path | None, typer.Option("--answers", metavar="FILE.xlsx", help="cli.opt.answers")
]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, metavar="N", help="cli.opt.port")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="cli.opt.no_browser")]
ViewOut = Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help="cli.opt.view_out")]
