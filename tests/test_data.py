from __future__ import annotations

import gzip
import json
import shutil
import sys
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from struct import pack
from typing import Any

import numpy as np
import pytest
import torch
import torchvision

from course_utils import data, files
from course_utils.author import bundle
from course_utils.data import (
    CLASS_NAMES,
    OFFICIAL_SHA256,
    SPLITS,
    DataError,
    fetch_full_fashion,
    load,
    split_indices,
    torchvision_root,
)

NAMES = ("mnist", "fashion_mnist")
TORCHVISION = {"mnist": torchvision.datasets.MNIST, "fashion_mnist": torchvision.datasets.FashionMNIST}
TEST_IMAGES = "MNIST/raw/t10k-images-idx3-ubyte"

COUNTS = {
    ("mnist", "train"): 54_000,
    ("mnist", "validation"): 6_000,
    ("mnist", "train+validation"): 60_000,
    ("mnist", "test"): 10_000,
    ("fashion_mnist", "train"): 9_000,
    ("fashion_mnist", "validation"): 1_000,
    ("fashion_mnist", "train+validation"): 10_000,
    ("fashion_mnist", "test"): 1_000,
}

# sha256 of the index arrays as little-endian int64: a split that moves changes every figure of the course.
FROZEN_SPLITS = {
    ("mnist", "train"): "c211e8ee6e666a39fef097d0d76eb192f3eb29c8aea1ccc3d3808de0aae20f6d",
    ("mnist", "validation"): "fd2f0009100c4af5300088fc42bd58092522a1777c08cf817d7cfc2874c527a5",
    ("fashion_mnist", "train"): "065165abc46b62861eb2a17fb6eb80ab90551ebe9ee25fb65bf2e52f2099749d",
    ("fashion_mnist", "validation"): "0ba86f050c4038b53ede99fdd496f852caaea34bd7155e97e5f53563280efec6",
}

# sha256 of the pixels and labels that stand first in the official files, without the idx headers.
FIRST_OF_FASHION = {
    "train+validation": (
        "2929ae1c7b89e0ee6587bbe4911fd5f0a5dafe21ae6ed9b737173cbfe20c12c9",
        "1022e4632874e71bb84d924c475e6a3428a2deeb8c5a0f612a015c97e4fce7f0",
    ),
    "test": (
        "8d46efb2efae7259de048298adb99140d06082b91c430833a54d7ce30f21c9c9",
        "86fea14d645de73ec2f8e0e859add59c557ccdf73e3e419692220b128c15ec47",
    ),
}


def digest(tensor: torch.Tensor) -> str:
    return sha256(tensor.numpy().tobytes()).hexdigest()


def folder_contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the packaged data that a test may damage."""
    copy = tmp_path / "assets"
    shutil.copytree(data.ASSETS, copy)
    monkeypatch.setattr(data, "ASSETS", copy)
    return copy


# What load gives


@pytest.mark.parametrize(("name", "split"), COUNTS)
def test_counts_shapes_dtypes_and_ranges(name: str, split: str) -> None:
    images, labels = load(name, split)
    assert images.shape == (COUNTS[name, split], 1, 28, 28)
    assert images.dtype == torch.float32
    assert (images.min().item(), images.max().item()) == (0.0, 1.0)
    assert labels.shape == (len(images),)
    assert labels.dtype == torch.int64
    assert labels.unique().tolist() == list(range(len(CLASS_NAMES[name])))


def test_class_counts_of_the_mnist_test_file_are_the_published_ones() -> None:
    _, labels = load("mnist", "test", dtype=torch.uint8)
    assert labels.bincount().tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_every_float_dtype_is_the_bytes_over_255(dtype: torch.dtype) -> None:
    as_bytes, _ = load("mnist", "test", limit=500, dtype=torch.uint8)
    images, _ = load("mnist", "test", limit=500, dtype=dtype)
    assert as_bytes.dtype == torch.uint8
    assert as_bytes.max() == 255
    assert images.dtype == dtype
    assert torch.equal(images, as_bytes.to(dtype) / 255)


def test_limit_keeps_the_first_images() -> None:
    images, labels = load("fashion_mnist", "validation")
    first_images, first_labels = load("fashion_mnist", "validation", limit=7)
    assert torch.equal(first_images, images[:7])
    assert torch.equal(first_labels, labels[:7])
    assert len(load("fashion_mnist", "validation", limit=1000)[0]) == 1000


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_callers_cannot_change_what_the_next_caller_gets(split: str, dtype: torch.dtype) -> None:
    before = [digest(tensor) for tensor in load("fashion_mnist", split, dtype=dtype)]
    for limit in (None, 9):
        for tensor in load("fashion_mnist", split, limit=limit, dtype=dtype):
            tensor.fill_(1)
    assert [digest(tensor) for tensor in load("fashion_mnist", split, dtype=dtype)] == before


# The splits


@pytest.mark.parametrize("name", NAMES)
def test_train_and_validation_are_disjoint_sorted_and_complete(name: str) -> None:
    train, validation = split_indices(name, "train"), split_indices(name, "validation")
    assert np.all(np.diff(train) > 0)
    assert np.all(np.diff(validation) > 0)
    both = np.sort(np.concatenate([train, validation]))
    assert np.array_equal(both, split_indices(name, "train+validation"))
    assert np.array_equal(both, np.arange(COUNTS[name, "train+validation"]))


@pytest.mark.parametrize(("name", "split"), FROZEN_SPLITS)
def test_splits_are_frozen(name: str, split: str) -> None:
    indices = split_indices(name, split)
    assert sha256(indices.astype("<i8").tobytes()).hexdigest() == FROZEN_SPLITS[name, split]


@pytest.mark.parametrize("split", ["train", "validation"])
def test_load_gives_the_rows_of_split_indices(split: str) -> None:
    images, labels = load("fashion_mnist", split, dtype=torch.uint8)
    every_image, every_label = load("fashion_mnist", "train+validation", dtype=torch.uint8)
    rows = torch.from_numpy(split_indices("fashion_mnist", split))
    assert torch.equal(images, every_image[rows])
    assert torch.equal(labels, every_label[rows])


# What ships


def test_mnist_ships_as_its_authors_published_it() -> None:
    for stem, official in OFFICIAL_SHA256["mnist"].items():
        packed = data.ASSETS / "MNIST" / "raw" / f"{stem}.gz"
        assert sha256(gzip.decompress(packed.read_bytes())).hexdigest() == official


@pytest.mark.parametrize("split", FIRST_OF_FASHION)
def test_fashion_mnist_ships_as_the_first_rows_of_the_official_files(split: str) -> None:
    images, labels = load("fashion_mnist", split, dtype=torch.uint8)
    assert (digest(images), digest(labels.to(torch.uint8))) == FIRST_OF_FASHION[split]


def test_licences_ship_and_the_data_stays_small() -> None:
    licences = (data.ASSETS / "LICENSES.md").read_text(encoding="utf-8")
    for phrase in ("CC BY-SA 3.0", "Yann LeCun and Corinna Cortes", "Copyright (c) 2017 Zalando SE"):
        assert phrase in licences
    assert sum(p.stat().st_size for p in data.ASSETS.rglob("*") if p.is_file()) < 20e6


# Errors


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("cifar", "test"), {}, "no data set 'cifar': choose one of 'mnist', 'fashion_mnist'"),
        (("mnist", "dev"), {}, "no split 'dev': .* 'train', 'validation', 'train+validation', 'test'"),
        (("mnist", "test"), {"limit": 0}, "limit=0 is out of range .*: choose from 1 to 10000"),
        (("mnist", "test"), {"limit": -1}, "limit=-1 is out of range .*: choose from 1 to 10000"),
        (("mnist", "validation"), {"limit": 6001}, "limit=6001 is out of range .*: choose from 1 to 6000"),
        (("mnist", "test"), {"dtype": torch.int64}, "torch.int64: ask for torch.uint8 or a float dtype"),
    ],
)
def test_a_request_that_cannot_be_met_is_explained(arguments: tuple, options: dict, message: str) -> None:
    with pytest.raises(DataError, match=message.replace("+", r"\+")):
        load(*arguments, **options)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def alter_one_packed_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def alter_one_pixel(path: Path) -> None:
    """The gzip file stays sound: only the sha256 can tell."""
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[5000] ^= 1
    path.write_bytes(gzip.compress(content, 1))


@pytest.mark.parametrize("damage", [truncate, alter_one_packed_byte, alter_one_pixel, Path.unlink])
@pytest.mark.parametrize("use", [lambda: load("mnist", "test"), torchvision_root], ids=["load", "root"])
def test_a_damaged_package_is_named_with_the_way_out(damage, use, assets, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    damage(assets / f"{TEST_IMAGES}.gz")
    with pytest.raises(DataError, match=r"t10k-images-idx3-ubyte\.gz is missing or altered: .*git checkout"):
        use()


@pytest.mark.parametrize("damage", [truncate, Path.unlink])
def test_a_damaged_manifest_is_named(damage, assets: Path) -> None:
    damage(assets / "manifest.json")
    with pytest.raises(DataError, match=r"manifest\.json is missing or altered"):
        load("mnist", "test")


# The folder for torchvision


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unpacked root that tests only read."""
    return torchvision_root(tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("split", ["train+validation", "test"])
def test_torchvision_reads_the_same_pixels(name: str, split: str, root: Path) -> None:
    dataset = TORCHVISION[name](root, train=split != "test", download=False)
    images, labels = load(name, split, dtype=torch.uint8)
    assert torch.equal(dataset.data, images.squeeze(1))
    assert torch.equal(dataset.targets, labels)


def test_to_tensor_gives_the_same_grey_levels(root: Path) -> None:
    dataset = torchvision.datasets.MNIST(root, train=False, transform=torchvision.transforms.ToTensor())
    assert torch.equal(torch.stack([dataset[i][0] for i in range(50)]), load("mnist", "test", limit=50)[0])


def test_course_cache_chooses_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "mine"))
    assert torchvision_root() == tmp_path / "mine"
    assert (tmp_path / "mine" / TEST_IMAGES).exists()


def test_a_second_call_writes_nothing_and_says_nothing(root: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(data, "write_whole", lambda *_: pytest.fail("a sound file was written again"))
    torchvision_root(root)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("damage", [truncate, lambda path: path.write_bytes(b"")], ids=["half", "empty"])
def test_a_half_written_file_is_replaced_whole(damage, root: Path, tmp_path: Path, capsys) -> None:
    shutil.copytree(root, tmp_path, dirs_exist_ok=True)
    damage(tmp_path / TEST_IMAGES)
    torchvision_root(tmp_path)
    written = capsys.readouterr()
    sentence = f"The file {tmp_path / TEST_IMAGES} was broken and has been replaced from the package.\n"
    assert written == (sentence, "")
    assert folder_contents(tmp_path) == folder_contents(root)


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(DataError, match=r"file/cache cannot be used .*: set .* COURSE_CACHE to"):
        torchvision_root(tmp_path / "file" / "cache")


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "replace", full_disk)
    with pytest.raises(OSError, match="No space left"):
        files.write_whole(target, b"new")
    assert folder_contents(tmp_path) == {"file": b"old"}


def _unpack_at_the_signal(folder: Path, together: Any) -> None:
    together.wait(timeout=60)
    torchvision_root(folder)


def test_two_processes_may_unpack_at_once(root: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    # a fork has torch already; where there is none, each process imports it anew
    context = get_context("fork" if sys.platform.startswith("linux") else "spawn")
    together = context.Barrier(2)
    both = [context.Process(target=_unpack_at_the_signal, args=(tmp_path, together)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(timeout=120)
    assert [process.exitcode for process in both] == [0, 0]
    assert capfd.readouterr() == ("", "")
    assert folder_contents(tmp_path) == folder_contents(root)


# All of Fashion-MNIST, with torchvision's download played by a stand-in


def idx(items: np.ndarray) -> bytes:
    return bytes([0, 0, 8, items.ndim]) + pack(f">{items.ndim}I", *items.shape) + items.tobytes()


@pytest.fixture
def small_official(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, bytes]]:
    """Tiny files that pass for the official ones of both sets."""
    numbers = np.random.RandomState(0)

    def draw(stem: str) -> bytes:
        shape = (9, 2, 3) if "images" in stem else (9,)
        return idx(numbers.randint(256, size=shape, dtype=np.uint8))

    files = {name: {stem: draw(stem) for stem in stems} for name, stems in OFFICIAL_SHA256.items()}
    for name, stems in files.items():
        digests = {stem: sha256(content).hexdigest() for stem, content in stems.items()}
        monkeypatch.setitem(data.OFFICIAL_SHA256, name, digests)
    return files


def play_download(monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes]) -> list[str]:
    calls: list[str] = []

    def download_missing(root: str, download: bool) -> None:
        calls.append(root)
        raw = Path(root) / "FashionMNIST" / "raw"
        raw.mkdir(parents=True, exist_ok=True)
        for stem, content in files.items():
            if not (raw / stem).exists():  # as torchvision does
                (raw / stem).write_bytes(content)

    monkeypatch.setattr(torchvision.datasets, "FashionMNIST", download_missing)
    return calls


def test_the_full_set_is_fetched_once_and_mended(small_official, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    calls = play_download(monkeypatch, small_official["fashion_mnist"])
    assert fetch_full_fashion() == fetch_full_fashion() == tmp_path / "full"
    assert len(calls) == 1
    broken = tmp_path / "full" / "FashionMNIST" / "raw" / "train-images-idx3-ubyte"
    truncate(broken)
    fetch_full_fashion()
    assert broken.read_bytes() == small_official["fashion_mnist"]["train-images-idx3-ubyte"]


def test_a_fetch_of_other_bytes_is_refused(small_official, tmp_path: Path, monkeypatch) -> None:
    play_download(monkeypatch, small_official["mnist"])
    with pytest.raises(DataError, match="are not the official ones: delete them"):
        fetch_full_fashion(tmp_path)


@pytest.mark.parametrize("failure", [RuntimeError("Error downloading"), OSError("offline")])
def test_a_fetch_without_a_network_is_explained(failure: Exception, tmp_path: Path, monkeypatch) -> None:
    def offline(root: str, download: bool) -> None:
        raise failure

    monkeypatch.setattr(torchvision.datasets, "FashionMNIST", offline)
    with pytest.raises(DataError, match="could not be fetched .*: check the network"):
        fetch_full_fashion(tmp_path)


# Building the bundle


def write_source(folder: Path, files: dict[str, dict[str, bytes]]) -> None:
    for name, stems in files.items():
        (folder / bundle.SOURCE_FOLDERS[name]).mkdir(parents=True)
        for stem, content in stems.items():
            (folder / bundle.SOURCE_FOLDERS[name] / f"{stem}.gz").write_bytes(gzip.compress(content))


def test_a_bundle_is_built_the_same_twice_and_loads(small_official, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(bundle, "FASHION_COUNTS", {"train": 5, "test": 4})
    write_source(tmp_path / "source", small_official)
    for target in ("one", "two"):
        bundle.build_bundle(tmp_path / "source", tmp_path / target)
    assert folder_contents(tmp_path / "one") == folder_contents(tmp_path / "two")
    repacked = tmp_path / "one" / "FashionMNIST" / "raw" / "t10k-labels-idx1-ubyte.gz"
    assert repacked.read_bytes()[4:8] == bytes(4)  # no clock time in the gzip header

    manifest = json.loads((tmp_path / "one" / "manifest.json").read_text())
    assert [manifest[name][split]["count"] for name in NAMES for split in ("train", "test")] == [9, 9, 5, 4]
    images = manifest["fashion_mnist"]["test"]["images"]
    official = small_official["fashion_mnist"]["t10k-images-idx3-ubyte"]
    unpacked = data.read_gzip(tmp_path / "one" / images["file"], images["sha256"], "")
    assert unpacked == official[:4] + pack(">I", 4) + official[8 : 16 + 4 * 6]
    kept = tmp_path / "one" / "MNIST" / "raw" / "t10k-labels-idx1-ubyte.gz"
    assert kept.read_bytes() == (tmp_path / "source" / "mnist" / kept.name).read_bytes()


@pytest.mark.parametrize("damage", [alter_one_packed_byte, Path.unlink])
def test_a_bundle_is_not_built_from_other_bytes(damage, small_official, tmp_path: Path) -> None:
    write_source(tmp_path / "source", small_official)
    damage(tmp_path / "source" / "fashion-mnist" / "t10k-labels-idx1-ubyte.gz")
    with pytest.raises(DataError, match=r"t10k-labels-idx1-ubyte\.gz is missing or altered: fetch"):
        bundle.build_bundle(tmp_path / "source", tmp_path / "target")
    assert not (tmp_path / "target").exists()
