"""MNIST and a part of Fashion-MNIST: as tensors in memory, and as a folder that torchvision reads.

Both sets ship with the package, so nothing here needs a network except `fetch_full_fashion`, which runs only
when it is called. Every file is checked against its sha256 before one pixel of it is used.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Collection
from functools import cache
from hashlib import sha256
from http.client import HTTPException
from pathlib import Path
from typing import TypedDict

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .files import write_whole

ASSETS = Path(__file__).parent / "assets" / "data"
REINSTALL = "reinstall the course, or run `git checkout -- course_utils/assets/data` in its folder"
FOLDERS = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST"}  # the names torchvision looks for
SPLITS = ("train", "validation", "train+validation", "test")
SPLIT_SEED = 13126114  # the arXiv number of the first paper on variational autoencoders

CLASS_NAMES: dict[str, tuple[str, ...]] = {
    "mnist": tuple("0123456789"),
    "fashion_mnist": (
        *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
        *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ),
}

# sha256 of the uncompressed files, as their authors published them.
OFFICIAL_SHA256: dict[str, dict[str, str]] = {
    "mnist": {
        "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
    "fashion_mnist": {
        "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
}


class PackedFile(TypedDict):
    """One gzip file of the package; sha256 is that of its uncompressed bytes."""

    file: str
    sha256: str


class FileSplit(TypedDict):
    """The two files that the data set's authors call "train" or "test", and how many images they hold."""

    count: int
    images: PackedFile
    labels: PackedFile


Manifest = dict[str, dict[str, FileSplit]]


class DataError(RuntimeError):
    """The data cannot be had as asked; the message is one sentence with what is wrong and what to do."""


def load(
    name: str, split: str, *, limit: int | None = None, dtype: torch.dtype = torch.float32
) -> tuple[Tensor, Tensor]:
    """Return the images and labels of one split, as tensors the caller owns and may change.

    `name` is "mnist" or "fashion_mnist"; `split` is "train" or "validation" (90 % and 10 % of the train file,
    the same images on every machine), "train+validation" (the whole train file in its own order) or "test".
    `limit` keeps the first images only.

    Images are (N, 1, 28, 28), grey levels in [0, 1] for a float `dtype` and bytes 0 to 255 for `torch.uint8`;
    labels are int64 (N,), positions in `CLASS_NAMES[name]`. Raises DataError for an unknown name, split or
    dtype, a limit outside 1 to N, and a packaged file that is missing or altered.
    """
    if dtype != torch.uint8 and not dtype.is_floating_point:
        raise DataError(f"Images cannot be given as {dtype}: ask for torch.uint8 or a float dtype.")
    rows = torch.from_numpy(split_indices(name, split))
    if limit is not None and not 1 <= limit <= len(rows):
        raise DataError(f"limit={limit} is out of range for {name} {split}: choose from 1 to {len(rows)}.")
    images, labels = _packaged(ASSETS, name, _file_split(split))
    kept = rows[:limit]
    # Indexing with a tensor copies, which is what keeps the caller's hands off the memo.
    pixels = images[kept].to(dtype)
    return pixels.div_(255) if dtype.is_floating_point else pixels, labels[kept].long()


def split_indices(name: str, split: str) -> NDArray[np.int64]:
    """Return the rows (N,) of the train or test file that make up `split`, in rising order.

    `torch.utils.data.Subset(torchvision_dataset, split_indices(...))` is then the split that `load` gives.
    Raises DataError for an unknown name or split.
    """
    _require_one_of("data set", name, FOLDERS)
    _require_one_of("split", split, SPLITS)
    count = _manifest(ASSETS)[name][_file_split(split)]["count"]
    if split in ("test", "train+validation"):
        return np.arange(count, dtype=np.int64)
    # RandomState and not default_rng: numpy promises that this older stream never changes, so the split
    # cannot move under anyone who upgrades.
    shuffled = np.random.RandomState(SPLIT_SEED).permutation(count)
    held_out = count // 10
    part = shuffled[:held_out] if split == "validation" else shuffled[held_out:]
    return np.sort(part).astype(np.int64)


def torchvision_root(folder: Path | None = None) -> Path:
    """Return a root that torchvision's `MNIST` and `FashionMNIST` read with `download=False`.

    The packaged files are unpacked there on the first call and checked on every call; a broken one is
    replaced whole, and a printed sentence says so. The default folder is COURSE_CACHE where that is set, else
    the user's own cache. FashionMNIST holds the packaged part, 10,000 train and 1,000 test images. Raises
    DataError where the folder cannot be written.
    """
    root = Path(folder) if folder else _cache_folder()
    manifest = _manifest(ASSETS)
    try:
        for split in (split for splits in manifest.values() for split in splits.values()):
            _unpack(split["images"], root)
            _unpack(split["labels"], root)
    except OSError as error:
        raise DataError(
            f"The folder {root} cannot be used for the data ({error.strerror}): "
            "set the environment variable COURSE_CACHE to a folder you can write to."
        ) from error
    return root


def fetch_full_fashion(folder: Path | None = None) -> Path:
    """Fetch all 70,000 images of Fashion-MNIST and return the root that torchvision's `FashionMNIST` reads.

    The one function here that uses the network, and only while an official file is missing; about 30 MB. The
    default folder is `full` in the cache of `torchvision_root`. Raises DataError where the fetch fails.
    """
    root = Path(folder) if folder else _cache_folder() / "full"
    raw = root / FOLDERS["fashion_mnist"] / "raw"
    try:
        if missing := _not_official(raw):
            for path in missing:
                path.unlink(missing_ok=True)  # torchvision would take any file of that name for a good one
            from torchvision.datasets import FashionMNIST

            FashionMNIST(str(root), download=True)
        complete = not _not_official(raw)
    except (OSError, RuntimeError, HTTPException) as error:
        raise DataError(
            f"Fashion-MNIST could not be fetched into {root}: check the network and that the folder can be "
            'written, or stay with the packaged part, load("fashion_mnist", ...).'
        ) from error
    if not complete:
        raise DataError(f"The files fetched into {raw} are not the official ones: delete them and try again.")
    return root


def read_gzip(path: Path, expected_sha256: str, remedy: str) -> bytes:
    """Return the uncompressed bytes of `path`.

    Raises DataError, which names the file and ends in `remedy`, where they have not the expected sha256.
    """
    try:
        content = gzip.decompress(path.read_bytes())
        if sha256(content).hexdigest() != expected_sha256:
            raise ValueError("the sha256 differs")
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise DataError(f"The file {path} is missing or altered: {remedy}.") from error
    return content


def _cache_folder() -> Path:
    import platformdirs

    return Path(os.environ.get("COURSE_CACHE") or platformdirs.user_cache_dir("vae-course")).expanduser()


def _file_split(split: str) -> str:
    return "test" if split == "test" else "train"


def _require_one_of(what: str, given: str, valid: Collection[str]) -> None:
    if given not in valid:
        raise DataError(f"There is no {what} {given!r}: choose one of {', '.join(map(repr, valid))}.")


def _manifest(assets: Path) -> Manifest:
    path = assets / "manifest.json"
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise DataError(f"The file {path} is missing or altered: {REINSTALL}.") from error


def _read_packed(assets: Path, packed: PackedFile) -> bytes:
    return read_gzip(assets / packed["file"], packed["sha256"], REINSTALL)


@cache
def _packaged(assets: Path, name: str, file_split: str) -> tuple[Tensor, Tensor]:
    """Images (N, 1, 28, 28) and labels (N,) of a verified file pair, uint8, kept as long as the process."""
    split = _manifest(assets)[name][file_split]
    images = np.frombuffer(_read_packed(assets, split["images"]), np.uint8, offset=16)
    labels = np.frombuffer(_read_packed(assets, split["labels"]), np.uint8, offset=8)
    return torch.tensor(images).view(-1, 1, 28, 28), torch.tensor(labels)


def _unpack(packed: PackedFile, root: Path) -> None:
    target = (root / packed["file"]).with_suffix("")
    existed = target.exists()
    if existed and _digest(target) == packed["sha256"]:
        return
    write_whole(target, _read_packed(ASSETS, packed))
    if existed:
        print(f"The file {target} was broken and has been replaced from the package.")


def _not_official(raw: Path) -> list[Path]:
    paths = {raw / stem: digest for stem, digest in OFFICIAL_SHA256["fashion_mnist"].items()}
    return [path for path, digest in paths.items() if not path.exists() or _digest(path) != digest]


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
