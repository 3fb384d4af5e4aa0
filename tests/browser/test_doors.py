"""Where a reader arrives who comes through Binder, and what a development container opens."""

import json
import os
import subprocess
import sys
import urllib.request

import pytest

from .conftest import ROOT, _await_answer, _free_port


@pytest.mark.skipif(os.name == "nt", reason="Binder's scripts are for Linux.")
def test_binder_opens_on_lesson_00(tmp_path):
    """JupyterLab with the settings that postBuild leaves in the home of a fresh machine."""
    (tmp_path / "course").write_text("#!/bin/sh\n")  # doctor, which has tests of its own
    (tmp_path / "course").chmod(0o755)
    hidden = {"JUPYTER_CONFIG_DIR", "JUPYTER_CONFIG_PATH", "JUPYTER_RUNTIME_DIR"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"HOME": str(tmp_path), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    subprocess.run(["bash", ROOT / "binder" / "postBuild"], cwd=ROOT, env=environment, check=True)
    port = _free_port()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.port={port}"]
    command += ["--IdentityProvider.token=", f"--ServerApp.root_dir={ROOT}"]
    log = tmp_path / "log"
    with (
        log.open("w") as said,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said) as server,
    ):
        try:
            _await_answer(f"http://127.0.0.1:{port}", server, log)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as arrived:
                assert arrived.url.endswith("/lab/tree/lessons/00_start_here.ipynb")
        finally:
            server.terminate()


def test_a_development_container_opens_a_lesson_that_exists():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    opened = container["customizations"]["codespaces"]["openFiles"]
    assert opened and all((ROOT / name).is_file() for name in opened)
    assert "-r requirements.txt" in container["postCreateCommand"]
