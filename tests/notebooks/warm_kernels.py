"""Kernels that start warm: one process per worker imports what lessons import, once, and every kernel is its fork.

A kernel spends some seconds of processor time on importing torch, matplotlib and scikit-learn before it runs its first
cell, two dozen times a suite. The fork server of the standard library imports them once. Only Linux: elsewhere forking
a process with these libraries in it is not safe, and kernels start as Jupyter starts them.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from multiprocessing import forkserver
from typing import Any

from jupyter_client.provisioning import local_provisioner

PRELOADED = [
    "course_utils.checkpoints",
    "course_utils.exercises",
    "course_utils.quizzes",
    "course_utils.widgets",
    "ipykernel.kernelapp",
    "ipywidgets",
    "matplotlib.backends.backend_agg",
    "sklearn.decomposition",
    "sklearn.manifold",
    "sklearn.mixture",
    "torch._dynamo",  # an optimizer's first construction imports it: three seconds
    "torchvision",
]
_MODULE = "ipykernel_launcher"
_launch_cold = local_provisioner.launch_kernel


class WarmKernel:
    """A forked kernel with the part of :class:`subprocess.Popen` that Jupyter uses."""

    stdin = stdout = stderr = None

    def __init__(self, arguments: list[str], env: dict[str, str], cwd: str | None) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        self._process = context.Process(target=run_kernel, args=(arguments, env, cwd))
        self._process.start()
        self.pid = self._process.pid
        while self.poll() is None and os.getpgid(self.pid) != self.pid:
            time.sleep(0.01)  # Jupyter signals the kernel's whole group; until setsid, that is the tests' own

    def poll(self) -> int | None:
        """Exit status, or ``None`` while it runs."""
        return self._process.exitcode

    def wait(self) -> int | None:
        """Wait for its end; exit status."""
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def run_kernel(arguments: list[str], env: dict[str, str], cwd: str | None) -> None:
    """What the fork does: become the kernel that the command would have started."""
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd or ".")
    with open(os.devnull, "r+b") as nowhere:
        for stream in range(3):
            os.dup2(nowhere.fileno(), stream)
    sys.argv = [_MODULE, *arguments]
    IPKernelApp.launch_instance()


def launch(cmd: list[str], env: dict[str, str] | None = None, cwd: str | None = None, **options: Any) -> Any:
    """As jupyter_client's ``launch_kernel``, with a fork where the command is that of this Python's own kernel."""
    own = cmd[:1] == [sys.executable] and _MODULE in cmd
    if not own:
        return _launch_cold(cmd, env=env, cwd=cwd, **options)
    return WarmKernel(cmd[cmd.index(_MODULE) + 1 :], dict(os.environ if env is None else env), cwd)


def install() -> None:
    """Let all kernels that this process starts be warm, where that is safe, and unless COURSE_TESTS_COLD is set."""
    if sys.platform.startswith("linux") and "COURSE_TESTS_COLD" not in os.environ:
        local_provisioner.launch_kernel = launch


def stop() -> None:
    """End the process that is forked, and wait for it."""
    forkserver._forkserver._stop()
