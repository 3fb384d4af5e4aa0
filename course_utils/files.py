"""Writing files whole: whoever reads one finds the old bytes or the new ones, never a part of them."""

from __future__ import annotations

import io
import os
from pathlib import Path
from uuid import uuid4


def write_whole(target: Path, content: bytes) -> None:
    """Write ``content`` to ``target``, all or nothing, whoever is killed meanwhile; folders are made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{uuid4().hex}")
    try:
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def save_whole(state: object, target: Path) -> None:
    """Write what ``torch.load`` reads, as :func:`write_whole` does."""
    import torch  # not above: who writes bytes does not wait for it

    buffer = io.BytesIO()
    torch.save(state, buffer)
    write_whole(target, buffer.getvalue())
