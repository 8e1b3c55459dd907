"""The commands: each takes what was typed and hands it on.

Help must come at once, so everything heavy is imported inside the command that needs it.
"""

import typer

from anlan.app import options as o

SEASONS = 1000  # some 700 forest fires at Fuling
HOUR_RUNS = 300  # where `--runs` of `deadline` is not given: some 180 good ones settle "in 95 %"
CONFIRM = 4  # a handful: enough to see whether a gain is there at all
SEED = 1  # of `anlan size`, which makes the seeds of its fresh runs of it
SIZE_RUNS = 2000  # the most that `anlan size` plays where nobody says
RUNS = 80  # where `--runs` is not given: 72 is the fewest that can settle "in 95 % of runs"


def top(
    context: typer.Context,
    version: o.Version = False,
    install: o.Install = False,
    lang: o.Lang = None,
) -> None:
    """What stands before the name of a command."""
    context.obj = lang


def list_(lang: o.Lang = None) -> int:
    """The scenarios that ship."""
    from anlan.app.check import scenario_list

    return scenario_list(str(lang))


@o.with_modules
def check(
    scenario: o.ScenarioName,
    given: o.Given,
    parameters: o.AllNumbers = False,
    factors: o.Factors = False,
    find: o.Find = None,
    lang: o.Lang = None,
) -> int:
    """Is a scenario sound, what is in it, what does it assume?"""
    from anlan.app.check import scenario_check
    from anlan.app.factors import show_factors
    from anlan.app.migrate import older
    from anlan.app.modules import use_named
    from anlan.app.targets import load_judged

    lang = str(lang)
    use_named(given.modules, lang, [scenario])
    found = load_judged(scenario, o.pairs(given.settings, lang), lang)
    if factors or find is not None:
        return show_factors(found, find, lang)
    return scenario_check(scenario, found, older(scenario, lang), lang, parameters)


def copy(scenario: o.ScenarioName, folder: o.NewFolder, lang: o.Lang = None) -> int:
    """A scenario as a folder of one's own."""
    from anlan.app.copy import copy as make_own

    return make_own(scenario, folder, str(lang))


def migrate(folder: o.OwnFolder, lang: o.Lang = None) -> int:
    """A scenario folder of an older format brought to the newest."""
    from anlan.app.migrate import migrate as rewrite

    return rewrite(folder, str(lang))


def new(id_: o.NewId, workbook: o.Workbook, base: o.From = None, lang: o.Lang = None) -> int:
    """A workbook to fill in, empty or with a scenario's rows."""
    from anlan.app.workbook.command import new_workbook

    return new_workbook(id_, workbook, base, str(lang))


def import_(
    workbook: o.WorkbookIn,
    folder: o.IntoFolder,
    base: o.From = None,
    yes: o.Yes = False,
    replace: o.Replace = False,
    answers: o.Answers = None,
    report: o.ReportFile = None,
    wgs84: o.Wgs84 = False,
    lang: o.Lang = None,
) -> int:
    """A workbook's rosters into a scenario folder."""
    from anlan.app.workbook.command import Asked, import_workbook

    asked = Asked(workbook, folder, base, yes, replace, report, answers, wgs84)
    return import_workbook(asked, str(lang))


def import_roads(
    extract: o.Extract,
    folder: o.OwnFolder,
    snap_km: o.SnapKm = 2.0,
    margin_km: o.MarginKm = 10.0,
    lang: o.Lang = None,
) -> int:
    """The roads of an OpenStreetMap extract into a scenario folder."""
    from anlan.app.osm.command import import_roads as bring

    return bring(extract, folder, snap_km, margin_km, str(lang))


def import_track(
    file: o.TrackFile,
    folder: o.OwnFolder,
    storm: o.WhichStorm = None,
    agency: o.TrackAgency = None,
    own_id: o.TrackId = None,
    name: o.TrackNames = None,
    lang: o.Lang = None,
) -> int:
    """An agency's best track of a storm into a scenario folder."""
    from anlan.app.tracks.command import Asked
    from anlan.app.tracks.command import import_track as bring

    lang = str(lang)
    return bring(file, folder, Asked(storm, agency, own_id, o.names(name, lang)), lang)


def import_geo(
    file: o.GeoFile,
    folder: o.OwnFolder,
    table: o.GeoTable,
    snap_km: o.GeoSnapKm = 5.0,
    wgs84: o.Wgs84 = False,
    lang: o.Lang = None,
) -> int:
    """Points and outlines of a GIS into a table of a scenario folder."""
    from anlan.app.geo.command import import_geo as bring

    return bring(file, folder, table, snap_km, wgs84, str(lang))


def export(scenario: o.ScenarioName, file: o.WorkbookOut, lang: o.Lang = None) -> int:
    """A scenario as one workbook."""
    from anlan.app.workbook.command import export_workbook

    return export_workbook(scenario, file, str(lang))


@o.with_sets
@o.by_whom
def run(
    scenario: o.ScenarioName,
    given: o.GivenSets,
    by: o.By,
    runs: o.Runs = RUNS,
    seed: o.Seed = 1,
    out: o.Out = None,
    keep_ledgers: o.KeepLedgers = None,
    overwrite: o.Overwrite = False,
    no_pictures: o.NoPictures = False,
    profile: o.Profile = False,
    lang: o.Lang = None,
) -> int:
    """Many runs of a scenario, judged, with a report."""
    from anlan.app.playing import How
    from anlan.app.run import Asked, run_scenario

    lang = str(lang)
    how = How.of_options(*by, overwrite, profile, not no_pictures)
    changes = o.pairs(given.settings, lang)
    modules = tuple(given.modules or ())
    over = (given.assumptions, given.assumption_runs)
    asked = Asked(scenario, changes, runs, seed, keep_ledgers, modules, *over)
    return run_scenario(asked, out, how, lang)


def cover(
    scenario: o.ScenarioName,
    years: o.Years = 1,
    seed: o.Seed = 1,
    settings: o.Settings = None,
    lang: o.Lang = None,
) -> int:
    """How well the stations cover a district in ordinary years."""
    from anlan import sim
    from anlan.app.cover import station_cover

    lang = str(lang)
    return station_cover(sim.load(scenario, o.pairs(settings, lang)), years, seed, lang)


def seasons(
    scenario: o.ScenarioName,
    years: o.Seasons = SEASONS,
    seed: o.Seed = 1,
    workers: o.Workers = None,
    out: o.SeasonsOut = None,
    settings: o.Settings = None,
    overwrite: o.Overwrite = False,
    lang: o.Lang = None,
) -> int:
    """Years of forest fires, and the annual clauses judged by them."""
    from anlan.app.playing import How
    from anlan.app.seasons import play_years

    lang = str(lang)
    how = How.of_options(workers, None, None, overwrite)
    return play_years(scenario, o.pairs(settings, lang), years, seed, out, how, lang)


@o.by_whom
def study(
    file: o.StudyFile,
    by: o.By,
    out: o.StudyOut = None,
    estimate: o.Estimate = False,
    overwrite: o.Overwrite = False,
    no_pictures: o.NoPictures = False,
    profile: o.Profile = False,
    lang: o.Lang = None,
) -> int:
    """A study from its file."""
    from anlan.app.playing import How
    from anlan.app.study import run_study

    how = How.of_options(*by, overwrite, profile, not no_pictures)
    return run_study(file, out, how, estimate, str(lang))


@o.with_prices
def size(
    scenarios: o.ScenarioNames,
    given: o.GivenPrices,
    may_change: o.MayChange,
    seed: o.Seed = SEED,
    confidence: o.Confidence = 0.95,
    most_runs: o.MostRuns = SIZE_RUNS,
    workers: o.Workers = None,
    out: o.SizeOut = None,
    estimate: o.Estimate = False,
    overwrite: o.Overwrite = False,
    lang: o.Lang = None,
) -> int:
    """What would be enough: the least capacity that meets a plan's targets."""
    from anlan.app.playing import How
    from anlan.app.size import Typed, run_size

    lang = str(lang)
    typed = Typed(
        scenarios, o.pairs(given.settings, lang), may_change, given.costs,
        tuple(given.target or ()), seed, confidence, most_runs, tuple(given.modules or ()),
    )  # fmt: skip
    how = How.of_options(workers, None, None, overwrite)
    return run_size(typed, out, how, estimate, lang)


def merge(paths: o.Shards, out: o.MergeOut = None, lang: o.Lang = None) -> int:
    """What shards have left, put together."""
    from anlan.app.merge import merge_shards

    return merge_shards(paths, out, str(lang))


@o.with_modules
def compare(
    plans: o.Compared,
    given: o.Given,
    runs: o.ComparedRuns = None,
    seed: o.ComparedSeed = None,
    workers: o.Workers = None,
    out: o.ComparedOut = None,
    base: o.Base = 0,
    measures: o.Measures = None,
    confidence: o.Confidence = 0.95,
    csv: o.Csv = None,
    other_events: o.OtherEvents = False,
    lang: o.Lang = None,
) -> int:
    """Plans beside each other: scenarios that are played, and finished folders."""
    from anlan.app.compare import Shown, compare_plans
    from anlan.app.compared_plans import Given, Plays

    lang = str(lang)
    changes = o.pairs(given.settings, lang)
    asked = Given(tuple(plans), changes, tuple(given.modules or ()), other_events)
    how = Shown(base, tuple(measures or ()), confidence, csv)
    return compare_plans(asked, Plays(runs, seed, workers, out), how, lang)


def deadline(
    scenario: o.ScenarioName,
    orders: o.Orders = None,
    targets: o.Targets = None,
    runs: o.HourRuns = HOUR_RUNS,
    seed: o.Seed = 1,
    step: o.Step = 1.0,
    workers: o.Workers = None,
    out: o.DeadlineOut = None,
    settings: o.Settings = None,
    overwrite: o.Overwrite = False,
    lang: o.Lang = None,
) -> int:
    """The latest hour at which each order still meets its target."""
    from anlan.app.deadline import Question, last_moments
    from anlan.app.playing import How

    lang = str(lang)
    how = How.of_options(workers, None, None, overwrite)
    asked = Question(orders or (), targets or (), runs, seed, step)
    return last_moments(scenario, o.pairs(settings, lang), asked, out, how, lang)


def explain(
    out: o.Finished,
    targets: o.Explained = None,
    every: o.ExplainAll = False,
    confirm: o.Confirm = CONFIRM,
    variant: o.OneVariant = None,
    workers: o.Workers = None,
    confidence: o.Confidence = 0.95,
    csv: o.ExplainCsv = None,
    lang: o.Lang = None,
) -> int:
    """Why targets are not met."""
    from anlan.app.explain import Asked, explain_folder

    asked = Asked(tuple(targets or ()), every, confirm, variant, workers, confidence)
    return explain_folder(out, asked, csv, str(lang))


def report(out: o.Finished, lang: o.Lang = None) -> int:
    """Pictures and report made anew."""
    from anlan.app.report import rebuild_report

    return rebuild_report(out, str(lang))


def document(
    out: o.Finished,
    file: o.DocumentOut = None,
    template: o.Template = None,
    pdf: o.Pdf = False,
    no_pictures: o.DocumentNoPictures = False,
    overwrite: o.DocumentOverwrite = False,
    lang: o.Lang = None,
) -> int:
    """The verdict as a document to put before a meeting."""
    from anlan.app.document import Asked, write_document

    asked = Asked(out, file, template, pdf, not no_pictures, overwrite)
    return write_document(asked, str(lang))


def view(
    scenario: o.ScenarioName,
    port: o.Port = 0,
    no_browser: o.NoBrowser = False,
    out: o.ViewOut = None,
    lang: o.Lang = None,
) -> int:
    """A page on this machine to try a plan on."""
    from anlan.app.view.command import view as serve

    return serve(scenario, port, not no_browser, out, str(lang))
