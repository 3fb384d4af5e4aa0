"""On a Dask cluster of two processes, one of them killed on the way: the same gradebook, nobody lost."""

import os
import signal

import pytest

from course_utils.grading import command

from . import notebooks as nb
from .conftest import hand_in, options
from .test_resume import CLASS, SECRET

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


def _grade(tmp_path, name, submissions, **more):
    out = tmp_path / name
    out.mkdir()
    (out / "secret").write_bytes(SECRET)
    said = []
    assert command.grade_class(options(submissions, out, **more), said.append) == command.GRADED, said
    return (out / "gradebook.csv").read_bytes()


def test_the_gradebook_is_that_of_one_machine_though_a_process_is_killed(cluster, tmp_path, monkeypatch):
    submissions = hand_in(tmp_path / "in", CLASS)
    victim = next(iter(cluster.workers.values())).pid
    append = command.Journal.append

    def kill_after_the_first(journal, line):
        append(journal, line)
        if sum(1 for _ in journal.lines()) == 1:
            os.kill(victim, signal.SIGKILL)

    alone = _grade(tmp_path, "alone", submissions, workers=1)
    monkeypatch.setattr(command.Journal, "append", kill_after_the_first)
    assert _grade(tmp_path, "together", submissions, dask=cluster.scheduler_address) == alone


def test_nobody_at_the_address_is_said_in_a_sentence(tmp_path):
    submissions = hand_in(tmp_path / "in", {"ada": (nb.data(nb.LESSON),)})
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        pytest.raises(command.Refused, match="Nobody answers"),
    ):
        command.grade_class(options(submissions, tmp_path / "out", dask="tcp://127.0.0.1:1"), print)
