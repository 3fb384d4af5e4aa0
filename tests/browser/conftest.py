"""A JupyterLab of its own, offline and without anybody's settings, and a Chromium that looks at it."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
START_SECONDS, RUN_SECONDS = 120, 600


@pytest.fixture(scope="session")
def browser():
    """Chromium; tests that need it are skipped where it, or what drives it, is not installed."""
    sync = pytest.importorskip("playwright.sync_api", reason='Pages are not looked at: pip install -e ".[browser]".')
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"Pages are not looked at: none of {', '.join(BROWSERS)} is installed.")
    with sync.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def axe(browser):
    """The source of axe-core, which finds what readers with a screen reader or a keyboard would stumble over."""
    package = pytest.importorskip("axe_playwright_python", reason='axe is not here: pip install -e ".[browser]".')
    return (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def serious(page, axe, *within, colours=True):
    """What axe calls serious or critical in those parts of a page: (rule, HTML); colours take it most of its time."""
    page.evaluate(axe)
    options = {"resultTypes": ["violations"], "preload": False, "rules": {"color-contrast": {"enabled": colours}}}
    found = page.evaluate("([include, options]) => axe.run({include}, options)", [list(within), options])
    faults = [fault for fault in found["violations"] if fault["impact"] in ("serious", "critical")]
    return [(fault["id"], node["html"][:200]) for fault in faults for node in fault["nodes"]]


@pytest.fixture(scope="session")
def lab(browser, tmp_path_factory):
    """The address of a JupyterLab started as README says, over a folder of its own, and that folder."""
    home = tmp_path_factory.mktemp("lab")
    folder = home / "course"
    folder.mkdir()
    address = f"http://127.0.0.1:{_free_port()}"
    arguments = {
        "ServerApp.port": address.rpartition(":")[2],
        "ServerApp.root_dir": folder,
        "IdentityProvider.token": "",
        "ServerApp.disable_check_xsrf": True,
        "LabApp.user_settings_dir": home / "user",
        "LabApp.workspaces_dir": home / "workspaces",
    }
    hidden = {"COURSE_QUIET", "PYTEST_CURRENT_TEST"}  # these readers watch
    own = {name: str(home / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    environment = {name: value for name, value in os.environ.items() if name not in hidden} | own
    documented = re.findall(r"jupyter lab (--\S+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", *documented]
    command += [f"--{name}={value}" for name, value in arguments.items()]
    with (
        (home / "log").open("w") as log,
        subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=environment) as server,
    ):
        try:
            _await_answer(address, server, home / "log")
            yield address, folder
        finally:
            server.terminate()


def _free_port():
    with contextlib.closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _await_answer(address, server, log):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{address}/api/status", timeout=1)
            return
        time.sleep(0.3)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def open_page(browser):
    """A function that opens an address and remembers what went wrong on it and what it asked for."""

    def _open(address, **options):
        page = browser.new_page(viewport={"width": 1280, "height": 1000}, **options)
        page.set_default_timeout(1000 * START_SECONDS)
        page.course_faults, page.course_requests = [], []
        page.on("pageerror", lambda error: page.course_faults.append(str(error)))
        page.on("request", lambda request: page.course_requests.append(request.url))
        page.goto(address)
        return page

    return _open
