"""nginx with a configuration of the documentation, on a free port of this machine."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
needed = pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed (apt install nginx-light)")


@contextlib.contextmanager
def documented(number: int, replaced: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Runs an nginx block of `docs/running.md`.

    Args:
        number: of the block, from 0.
        replaced: addresses of the documentation, and those to put in their place.
        folder: where its files go.

    Yields:
        its address, without a final slash.
    """
    blocks = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs" / "running.md").read_text(encoding="utf-8"), re.DOTALL)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    block = blocks[number].replace("listen 8080", f"listen 127.0.0.1:{port}")
    for before, after in replaced.items():
        assert before in block
        block = block.replace(before, after)
    conf = folder / "nginx.conf"
    conf.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\n"
        f"http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n"
        f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{block} }}\n"
    )
    process = subprocess.Popen(["nginx", "-c", str(conf), "-e", str(folder / "error.log")])
    try:
        for _ in range(200):
            try:
                httpx.get(f"http://127.0.0.1:{port}/healthz")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
