#!/usr/bin/env python3
"""The two commands for a fresh machine that has only Python 3.12 or newer.

    python3 dev.py run     sets up .venv and runs the main job: Haimen under Typhoon Muifa
    python3 dev.py test    sets up .venv and runs the checks: style, types, tests but for long ones
    python3 dev.py test -m long    the long ones
    python3 dev.py docs    writes the generated pages of docs/ anew
    python3 dev.py what-counts   plays each capability with none, half and double of it, and writes
                                 docs/what-counts.md; stopped, it goes on where it was
    python3 dev.py validation    plays what was observed, and writes docs/validation.md
    python3 dev.py plan-to-model   plays the parameters that the plans' clauses lead to, checks
                                   the map, and writes docs/plan-to-model.md

What follows the command is handed on: `python3 dev.py run --lang zh`,
`python3 dev.py test tests/unit -k cli`. Only the standard library is used, and the file keeps
to syntax that old versions of Python can read, so that they can say what they lack.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NEEDS = (3, 12)
ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("ANLAN_VENV") or ROOT / ".venv")
RUNTIME, DEV = "requirements.txt", "requirements-dev.txt"
JUDGED = (0, 1, 3)  # the exit codes of a finished study: all met, some not met, undecided


def main(argv):
    if sys.version_info < NEEDS:
        have = ".".join(map(str, sys.version_info[:3]))
        return stop(f"anlan needs Python {NEEDS[0]}.{NEEDS[1]} or newer; this is {have}")
    if not argv or argv[0] not in COMMANDS:
        print(__doc__.strip())
        return 0 if argv in (["-h"], ["--help"]) else 2
    try:
        return COMMANDS[argv[0]](argv[1:])
    except subprocess.CalledProcessError as error:
        return stop(f"{shown(error.cmd)} ended with exit code {error.returncode}")
    except KeyboardInterrupt:
        return stop("stopped; the same command goes on where it was", 130)


def run(more):
    """The main job. Ends with 0 when the study was judged, whatever the verdicts say."""
    set_up(RUNTIME)
    command = ["run", "haimen-typhoon"] + more
    say(" ".join(["anlan"] + command))
    code = subprocess.call([tool("anlan")] + command, cwd=str(ROOT))
    return 0 if code in JUDGED else code


def test(more):
    """The checks; all of them run even if one fails. Long tests are run on purpose (`-m long`)."""
    set_up(DEV)
    python = tool("python")
    # Hundreds of processes are started: with this set each would compile all of anlan anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    steps = (
        []
        if more
        else [
            ("style", [python, "-m", "ruff", "check", "."]),
            ("format", [python, "-m", "ruff", "format", "--check", "."]),
        ]
    )
    workers = str(min(os.cpu_count() or 1, 8))
    asked = more or ["-m", "not long"]
    steps.append(("tests", [python, "-m", "pytest", "-n", workers, "-q"] + asked))
    failed = []
    with tempfile.TemporaryFile() as said:
        types = None if more else start_types(python, said)  # beside the others, which are slower
        for name, command in steps:
            start = time.time()
            say(f"{name}: {shown(command)}")
            if subprocess.call(command, cwd=str(ROOT)) != 0:
                failed.append(name)
            outcome = "FAILED" if name in failed else "ok"
            say(f"{name}: {outcome}, {time.time() - start:.0f} s")
        if types is not None:
            if types.wait() != 0:
                failed.append("types")
            said.seek(0)
            print(said.read().decode("utf-8", "replace"), end="", flush=True)
            say("types: FAILED" if "types" in failed else "types: ok")
    if failed:
        return stop("failed: " + ", ".join(failed), 1)
    say("every check passed")
    return 0


def start_types(python, said):
    say("types: python -m mypy, beside the others")
    return subprocess.Popen([python, "-m", "mypy"], cwd=str(ROOT), stdout=said, stderr=said)


def docs(more):
    set_up(RUNTIME)
    return subprocess.call([tool("python"), "-m", "anlan.app.docs"] + more, cwd=str(ROOT))


def what_counts(more):
    set_up(RUNTIME)
    return subprocess.call([tool("python"), "-m", "anlan.app.what_counts"] + more, cwd=str(ROOT))


def validation(more):
    set_up(RUNTIME)
    return subprocess.call([tool("python"), "-m", "anlan.app.validation"] + more, cwd=str(ROOT))


def plan_to_model(more):
    set_up(RUNTIME)
    return subprocess.call([tool("python"), "-m", "anlan.app.plan_to_model"] + more, cwd=str(ROOT))


def set_up(requirements):
    """Make .venv hold what the requirements file lists; do nothing where it does already."""
    stamp = VENV / "anlan.stamp"
    wanted = {requirements: digest(requirements)}
    have = read_stamp(stamp)
    if all(have.get(name) == value for name, value in wanted.items()):
        return
    if not Path(tool("python")).exists() or have.get("python") not in (None, digest()):
        say(f"making {VENV} with Python {sys.version.split()[0]}")
        made = subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)])
        if made != 0:
            raise SystemExit(stop("venv failed; on Debian or Ubuntu: apt-get install python3-venv"))
        have = {}
    say(f"installing what {requirements} lists (once; a few minutes on a slow line)")
    pip = [tool("python"), "-m", "pip", "--disable-pip-version-check", "install"]
    if not sys.stderr.isatty():
        pip += ["--quiet", "--quiet"]
    subprocess.check_call(pip + ["--require-hashes", "-r", requirements], cwd=str(ROOT))
    own = ["--quiet", "--no-deps", "--no-build-isolation", "-e", "."]
    subprocess.check_call(pip + own, cwd=str(ROOT))
    have.update(wanted)
    if requirements == DEV:  # which holds all of the runtime's
        have[RUNTIME] = digest(RUNTIME)
    have["python"] = digest()
    stamp.write_text(
        "".join(f"{name} {value}\n" for name, value in sorted(have.items())), encoding="utf-8"
    )


def digest(requirements=None):
    """A hash of the Python and, if named, of a requirements file and of the package's own file."""
    found = hashlib.sha256((sys.version + str(ROOT)).encode())
    for name in (requirements, "pyproject.toml") if requirements else ():
        found.update((ROOT / name).read_bytes())
    return found.hexdigest()


def read_stamp(stamp):
    if not stamp.exists():
        return {}
    lines = stamp.read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines if " " in line)


def tool(name):
    """A program of the environment."""
    windows = os.name == "nt"
    return str(VENV / ("Scripts" if windows else "bin") / (name + (".exe" if windows else "")))


def shown(command):
    return " ".join(["python" if c == tool("python") else str(c) for c in command])


def say(text):
    print("dev.py: " + text, flush=True)


def stop(text, code=2):
    print("dev.py: " + text, file=sys.stderr, flush=True)
    return code


COMMANDS = {
    "run": run,
    "test": test,
    "docs": docs,
    "what-counts": what_counts,
    "validation": validation,
    "plan-to-model": plan_to_model,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
