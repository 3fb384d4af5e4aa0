"""Builds the data that ships with the package from the official files: `course bundle SOURCE`.

A maintainer runs this once. Students never do: the result is in the repository.
"""

from __future__ import annotations

import gzip
import json
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from struct import pack, unpack_from

from ..data import (
    FOLDERS,
    OFFICIAL_SHA256,
    FileSplit,
    Manifest,
    PackedFile,
    read_gzip,
)
from ..files import write_whole

SOURCE_FOLDERS = {"mnist": "mnist", "fashion_mnist": "fashion-mnist"}
PREFIXES = {"train": "train", "test": "t10k"}  # the authors' own file names
FASHION_COUNTS = {"train": 10_000, "test": 1_000}  # 5 MB in place of 30, and still enough to train on


def build_bundle(source: Path, target: Path) -> None:
    """Write `MNIST/raw/*.gz`, `FashionMNIST/raw/*.gz` and `manifest.json` into `target`.

    `source` holds the official gzip files in `mnist/` and `fashion-mnist/`. MNIST is taken over byte for
    byte, of Fashion-MNIST the first 10,000 train and 1,000 test images; the same source gives the same bytes
    under the same zlib. Raises DataError, before anything is written, where a source file is missing or is
    not the official one.
    """
    for name, stems in OFFICIAL_SHA256.items():
        for stem, digest in stems.items():
            read_gzip(_source_file(source, name, stem), digest, "fetch the official file again")
    manifest: Manifest = {
        name: {split: _write_split(source, target, name, split) for split in PREFIXES} for name in FOLDERS
    }
    write_whole(target / "manifest.json", json.dumps(manifest, indent=2).encode() + b"\n")


def first_items(idx: bytes, count: int) -> bytes:
    """Return an idx file with the first `count` items (images or labels) of the idx file `idx`."""
    dimensions = unpack_from(f">{idx[3]}I", idx, 4)  # byte 3 of an idx file is its number of dimensions
    header = 4 + 4 * len(dimensions)
    item = (len(idx) - header) // dimensions[0]
    return idx[:4] + pack(">I", count) + idx[8 : header + count * item]


def _source_file(source: Path, name: str, stem: str) -> Path:
    return source / SOURCE_FOLDERS[name] / f"{stem}.gz"


def _write_split(source: Path, target: Path, name: str, split: str) -> FileSplit:
    images = _write_file(source, target, name, split, "images-idx3-ubyte")
    labels = _write_file(source, target, name, split, "labels-idx1-ubyte")
    (count,) = unpack_from(">I", gzip.decompress((target / images["file"]).read_bytes()), 4)
    return {"count": count, "images": images, "labels": labels}


def _write_file(source: Path, target: Path, name: str, split: str, kind: str) -> PackedFile:
    stem = f"{PREFIXES[split]}-{kind}"
    packed = _source_file(source, name, stem).read_bytes()
    if name == "fashion_mnist":
        packed = _gzip(first_items(gzip.decompress(packed), FASHION_COUNTS[split]))
    file = f"{FOLDERS[name]}/raw/{stem}.gz"
    write_whole(target / file, packed)
    return {"file": file, "sha256": sha256(gzip.decompress((target / file).read_bytes())).hexdigest()}


def _gzip(content: bytes) -> bytes:
    buffer = BytesIO()
    # Not gzip.compress: its header byte for the operating system differs between Python 3.11 and 3.13.
    with gzip.GzipFile("", "wb", compresslevel=9, fileobj=buffer, mtime=0) as stream:
        stream.write(content)
    return buffer.getvalue()
