"""On a Dask cluster of two processes, one of them killed on the way: the same gradebook, nobody lost."""

import os
import signal

import pytest

from course_utils.grading import command

from . import notebooks as nb
from .conftest import gradebook, hand_in, options

distributed = pytest.importorskip("distributed", reason="dask.distributed is an optional extra")
dask = pytest.importorskip("dask")


@pytest.fixture
def cluster(walled, tmp_path):
    with distributed.LocalCluster(
        n_workers=2,
        processes=True,
        threads_per_worker=1,
        dashboard_address=None,
        local_directory=str(tmp_path),
        host="127.0.0.1",
    ) as cluster:
        yield cluster


def test_the_gradebook_is_that_of_one_machine_though_a_process_is_killed(cluster, whole, tmp_path, monkeypatch):
    submissions, expected = whole
    victim = next(iter(cluster.workers.values())).pid
    append = command.Journal.append

    def kill_after_the_first(journal, line):
        append(journal, line)
        if sum(1 for _ in journal.lines()) == 1:
            os.kill(victim, signal.SIGKILL)

    monkeypatch.setattr(command.Journal, "append", kill_after_the_first)
    assert gradebook(submissions, tmp_path / "together", dask=cluster.scheduler_address) == expected


def test_nobody_at_the_address_is_said_in_a_sentence(tmp_path):
    submissions = hand_in(tmp_path / "in", {"ada": (nb.data(nb.LESSON),)})
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        pytest.raises(command.Refused, match="Nobody answers"),
    ):
        command.grade_class(options(submissions, tmp_path / "out", dask="tcp://127.0.0.1:1"), print)
