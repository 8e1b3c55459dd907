"""The command `anlan`: what a planner types. Says what is wrong in one line; never a traceback.

Exit codes: 0 all targets met, 1 some not met, 3 undecided, 2 bad input, 4 some runs failed, 70 a
bug in anlan, 130 stopped by hand; a study: 0 played, 4 played but some runs failed.
"""

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import typer

from anlan.analysis.words import FALLBACK, word, words
from anlan.analysis.words.errors import in_words
from anlan.app import commands, completion
from anlan.app.help_words import speaking
from anlan.app.language import of_arguments
from anlan.app.memory import check_memory
from anlan.app.progress import say
from anlan.app.streams import can_show, guarded
from anlan.app.wrong_line import said
from anlan.sim.scenario.errors import BadInput
from anlan.sim.study import telling

BAD_INPUT, A_BUG, STOPPED = 2, 70, 130
MOST_SLIPS = 20  # of a scenario's files that are told at once
# name of a command -> what it does; its help stands in the word list under `cli.<name>`
COMMANDS: dict[str, Callable[..., int]] = {
    "list": commands.list_,
    "check": commands.check,
    "copy": commands.copy,
    "new": commands.new,
    "import": commands.import_,
    "import-roads": commands.import_roads,
    "import-track": commands.import_track,
    "import-geo": commands.import_geo,
    "export": commands.export,
    "migrate": commands.migrate,
    "run": commands.run,
    "cover": commands.cover,
    "seasons": commands.seasons,
    "study": commands.study,
    "size": commands.size,
    "merge": commands.merge,
    "compare": commands.compare,
    "deadline": commands.deadline,
    "explain": commands.explain,
    "report": commands.report,
    "document": commands.document,
    "view": commands.view,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    lang = of_arguments(arguments, os.environ)
    try:
        with guarded(lang):
            return _run(arguments, lang)
    except BadInput as error:  # the output itself is closed, or takes no more
        return complain(in_words(error, _readable(error, lang)))


def _run(arguments: list[str], lang: str) -> int:
    """What was typed, done; every error that a user can make is one line on the error stream."""
    telling[:] = [partial(_set_aside, lang)]
    try:
        check_memory(lang)
        if completion.ASKED in os.environ:
            return completion.answer(build(lang), lang)
        code = build(lang).main(
            arguments or ["--help"], prog_name="anlan", standalone_mode=False, obj=lang
        )
        return code if isinstance(code, int) else 0
    except typer.TyperException as error:
        return complain(f"{said(error, lang)} {word('cli.see_help', lang)}")
    except (typer.Abort, KeyboardInterrupt):
        return complain(word("cli.stopped", lang), STOPPED)
    except MemoryError:
        return complain(word("cli.bad.memory", lang))
    except BadInput as error:
        return complain_of(error, lang)
    except Exception:
        return report_bug()


def _set_aside(lang: str, file: Path, aside: Path) -> None:
    """Tell of a file that somebody has changed and that keeps another name."""
    say(word("cli.set_aside", lang, file=file, name=aside.name))


def complain_of(error: BadInput, lang: str) -> int:
    """A line for each slip, as many as can be read at once."""
    slips = (error, *error.others)
    for slip in slips[:MOST_SLIPS]:
        complain(in_words(slip, _readable(slip, lang)))
    if (left := len(slips) - MOST_SLIPS) > 0:
        complain(word("cli.more_slips", lang, n=left))
    return BAD_INPUT


def _readable(error: BadInput, lang: str) -> str:
    """The language of an error: the one asked for, if the terminal has its characters."""
    return lang if can_show(in_words(error, lang)) else FALLBACK


def report_bug() -> int:
    """The traceback, and an exit code that cannot be taken for a verdict."""
    traceback.print_exc()
    return A_BUG


def complain(text: str, code: int = BAD_INPUT) -> int:
    """One line on the error stream."""
    print(f"anlan: {' '.join(text.split())}", file=sys.stderr)
    return code


def build(lang: str) -> Any:
    """The parser of the command line, with its help in a language."""
    app = typer.Typer(
        help=word("cli.help", lang),
        epilog=_lines(word("cli.epilog", lang)),
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,  # plain help comes in a third of the time
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(commands.top)
    for name, function in COMMANDS.items():
        key = f"cli.{name}"
        more = _lines(word(f"{key}.epilog", lang)) if f"{key}.epilog" in words() else None
        app.command(name, help=word(key, lang), epilog=more)(function)
    group: Any = typer.main.get_command(app)
    for command in (group, *group.commands.values()):
        command.context_class = speaking(command.context_class, lang)
        for parameter in command.params:
            if getattr(parameter, "help", None) in words():
                parameter.help = word(parameter.help, lang)
    return group


def _lines(text: str) -> str:
    """Text whose `\\n` are line ends that the help must keep."""
    return "\b\n" + text.replace("\\n", "\n")


if __name__ == "__main__":
    sys.exit(main())
