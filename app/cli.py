"""The command `anlan`: what a planner types. Says what is wrong in one line; never a traceback.

Help must come at once, so everything heavy is imported inside the command that needs it.
Exit codes: 0 all targets met, 1 some not met, 3 undecided, 2 bad input, 70 a bug in anlan,
130 stopped by hand; a study: 0 played, 4 played but some runs failed.
"""

import os
import sys
import traceback
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from anlan.analysis.words import LANGS, word
from anlan.app.language import of_arguments

BAD_INPUT, A_BUG, STOPPED = 2, 70, 130
RUNS = 80  # where `--runs` is not given: 72 is the fewest that can settle "in 95 % of runs"

MOST_SEED = 2**63 - 1
MOST_SLIPS = 20  # of a scenario's files that are told at once


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    lang = of_arguments(arguments, os.environ)
    try:
        command = typer.main.get_command(build(lang))
        code = command.main(arguments or ["--help"], prog_name="anlan", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except typer.TyperException as error:
        return complain(f"{error.format_message()} {word('cli.see_help', lang)}")
    except (typer.Abort, KeyboardInterrupt):
        return complain(word("cli.stopped", lang), STOPPED)
    except ValueError as error:
        from anlan.sim.scenario.errors import BadInput

        if not isinstance(error, BadInput):
            return report_bug()
        for line in (str(error), *error.others[: MOST_SLIPS - 1]):
            complain(line)
        if (left := len(error.others) + 1 - MOST_SLIPS) > 0:
            complain(word("cli.more_slips", lang, n=left))
        return BAD_INPUT
    except Exception:
        return report_bug()


def report_bug() -> int:
    """The traceback, and an exit code that cannot be taken for a verdict."""
    traceback.print_exc()
    return A_BUG


def complain(text: str, code: int = BAD_INPUT) -> int:
    """One line on the error stream."""
    print(f"anlan: {' '.join(text.split())}", file=sys.stderr)
    return code


def build(lang: str) -> typer.Typer:
    """The command line with its help in a language."""
    w = partial(word, lang=lang)
    app = typer.Typer(
        help=w("cli.help"),
        epilog=_lines(w("cli.epilog")),
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,  # plain help comes in a third of the time
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    Scenario = Annotated[str, typer.Argument(metavar="SCENARIO", help=w("cli.arg.scenario"))]
    Settings = Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help=w("cli.opt.set")),
    ]
    Lang = Annotated[
        str,
        typer.Option("--lang", metavar="zh|en", help=w("cli.opt.lang"), callback=_language),
    ]

    @app.callback()
    def top(
        version: Annotated[
            bool,
            typer.Option("--version", help=w("cli.opt.version"), is_eager=True, callback=_version),
        ] = False,
        lang: Lang = lang,  # read by of_arguments before the parser sees it
    ) -> None:
        pass

    @app.command("list", help=w("cli.list"))
    def list_(lang: Lang = lang) -> int:
        from anlan.app.show import scenario_list

        return scenario_list(lang)

    @app.command(help=w("cli.check"), epilog=_lines(w("cli.check.epilog")))
    def check(scenario: Scenario, settings: Settings = None, lang: Lang = lang) -> int:
        from anlan.app.migrate import older
        from anlan.app.run import load
        from anlan.app.show import scenario_check

        found = load(scenario, _pairs(settings, lang), lang)
        return scenario_check(found, lang, older(scenario, lang))

    @app.command(help=w("cli.migrate"))
    def migrate(
        folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=w("cli.arg.folder"))],
        lang: Lang = lang,
    ) -> int:
        from anlan.app.migrate import migrate as rewrite

        return rewrite(folder, lang)

    @app.command(help=w("cli.run"), epilog=_lines(w("cli.run.epilog")))
    def run(
        scenario: Scenario,
        runs: Annotated[int, typer.Option(min=1, metavar="N", help=w("cli.opt.runs"))] = RUNS,
        seed: Annotated[
            int, typer.Option(min=0, metavar="N", help=w("cli.opt.seed"), callback=_seed)
        ] = 1,
        workers: Annotated[
            int | None, typer.Option(min=1, metavar="N", help=w("cli.opt.workers"))
        ] = None,
        out: Annotated[Path | None, typer.Option(metavar="FOLDER", help=w("cli.opt.out"))] = None,
        settings: Settings = None,
        keep_ledgers: Annotated[
            int | None, typer.Option(min=0, metavar="N", help=w("cli.opt.keep_ledgers"))
        ] = None,
        overwrite: Annotated[
            bool, typer.Option("--overwrite", help=w("cli.opt.overwrite"))
        ] = False,
        lang: Lang = lang,
    ) -> int:
        from anlan.app.run import run_study

        return run_study(
            scenario,
            _pairs(settings, lang),
            runs=runs,
            seed=seed,
            workers=workers or os.cpu_count() or 1,
            out=out,
            overwrite=overwrite,
            keep_ledgers=keep_ledgers,
            lang=lang,
        )

    @app.command(help=w("cli.cover"))
    def cover(
        scenario: Scenario,
        years: Annotated[
            int, typer.Option(min=1, max=100, metavar="N", help=w("cli.opt.years"))
        ] = 1,
        seed: Annotated[int, typer.Option(min=0, metavar="N", help=w("cli.opt.seed"))] = 1,
        settings: Settings = None,
        lang: Lang = lang,
    ) -> int:
        from anlan import sim
        from anlan.app.show import station_cover

        return station_cover(sim.load(scenario, _pairs(settings, lang)), years, seed, lang)

    @app.command(help=w("cli.study"), epilog=_lines(w("cli.study.epilog")))
    def study(
        file: Annotated[Path, typer.Argument(metavar="STUDY", help=w("cli.arg.study"))],
        out: Annotated[
            Path | None, typer.Option(metavar="FOLDER", help=w("cli.opt.study_out"))
        ] = None,
        workers: Annotated[
            int | None, typer.Option(min=1, metavar="N", help=w("cli.opt.workers"))
        ] = None,
        cluster: Annotated[
            str | None, typer.Option(metavar="ADDRESS", help=w("cli.opt.cluster"))
        ] = None,
        shard: Annotated[str | None, typer.Option(metavar="I/N", help=w("cli.opt.shard"))] = None,
        estimate: Annotated[bool, typer.Option("--estimate", help=w("cli.opt.estimate"))] = False,
        overwrite: Annotated[
            bool, typer.Option("--overwrite", help=w("cli.opt.overwrite"))
        ] = False,
        lang: Lang = lang,
    ) -> int:
        from anlan.app.study import run_study

        return run_study(
            file,
            out=out,
            workers=workers or os.cpu_count() or 1,
            cluster=cluster,
            shard=shard,
            overwrite=overwrite,
            estimate=estimate,
            lang=lang,
        )

    @app.command(help=w("cli.merge"))
    def merge(
        file: Annotated[Path, typer.Argument(metavar="STUDY", help=w("cli.arg.study"))],
        folders: Annotated[
            list[Path], typer.Argument(metavar="FOLDER...", help=w("cli.arg.shards"))
        ],
        out: Annotated[
            Path | None, typer.Option(metavar="FOLDER", help=w("cli.opt.study_out"))
        ] = None,
        lang: Lang = lang,
    ) -> int:
        from anlan.app.study import merge_study

        return merge_study(file, folders, out, lang)

    @app.command(help=w("cli.compare"))
    def compare(
        folders: Annotated[
            list[Path], typer.Argument(metavar="FOLDER...", help=w("cli.arg.compare"))
        ],
        base: Annotated[int, typer.Option(min=0, metavar="N", help=w("cli.opt.base"))] = 0,
        measures: Annotated[
            list[str] | None, typer.Option("--measure", metavar="NAME", help=w("cli.opt.measure"))
        ] = None,
        confidence: Annotated[
            float, typer.Option(min=0.5, max=0.9999, help=w("cli.opt.confidence"))
        ] = 0.95,
        csv: Annotated[Path | None, typer.Option(metavar="FILE", help=w("cli.opt.csv"))] = None,
        lang: Lang = lang,
    ) -> int:
        from anlan.app.compare import compare as show

        return show(folders, base, measures or [], confidence, lang, csv)

    @app.command(help=w("cli.report"))
    def report(
        out: Annotated[Path, typer.Argument(metavar="FOLDER", help=w("cli.arg.out"))],
        lang: Lang = lang,
    ) -> int:
        from anlan.app.run import rebuild_report

        return rebuild_report(out, lang)

    return app


def _lines(text: str) -> str:
    """Text whose `\\n` are line ends that the help must keep."""
    return "\b\n" + text.replace("\\n", "\n")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"anlan {version('anlan')}")
        except PackageNotFoundError:  # run from a checkout that is not installed
            print("anlan")
        raise typer.Exit


def _language(value: str) -> str:
    if value not in LANGS:
        raise typer.BadParameter(f"{value!r} is not one of {', '.join(LANGS)}")
    return value


def _seed(value: int) -> int:
    if value > MOST_SEED:
        raise typer.BadParameter(f"{value} is too large; give at most {MOST_SEED}")
    return value


def _pairs(settings: list[str] | None, lang: str) -> dict[str, str]:
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


if __name__ == "__main__":
    sys.exit(main())
