"""A server over the first brochure's release, a browser's tools, and clear reasons to skip when one is lacking."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from laurier.pipeline.outcome import Outcome
from laurier.settings import Settings

HERE = Path(__file__).parent
#: A page with one fault for each check of the browser.
FAULTY = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Fautes</title>
<link rel="stylesheet" href="/static/faults.css"></head><body><main><h1>Fautes</h1>
<p class="pale">Un texte trop pâle.</p><p class="pale-at-night">Un texte trop pâle la nuit.</p><input name="sans-nom">
<p class="wide">Un bloc trop large.</p><p class="cut">Un texte qui ne grandit pas sans être coupé.</p>
<p><a href="/fr/">Un</a> <a href="/fr/plan">deux</a> <a href="/fr/api">trois</a> <a href="/fr/carte">quatre</a>
<a class="unseen" href="/fr/sparql">cinq</a></p><p style="color:red">Un style interdit.</p>
<img alt="" src="http://elsewhere.invalid/x.png"></main></body></html>"""
FAULTS = """.pale{color:#bbb;background:#fff}.wide{width:1500px;background:#fff}.unseen:focus{outline:0}
.cut{height:1.2em;overflow:hidden;font:1rem/1.2 sans-serif;height:20px}body{color-scheme:light dark;background:#fff}
@media(prefers-color-scheme:dark){body{background:#000;color:#fff}.pale-at-night{color:#333}}"""


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium: `apt-get install chromium`")
    return found


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder of the JavaScript tools, installed from the lock file the first time."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("no Node.js: `apt-get install nodejs npm`")
    if not (HERE / "node_modules" / "axe-core").is_dir():
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode:
            pytest.skip(f"the tools could not be installed: {done.stderr.strip()[-200:]}")
    return HERE


@pytest.fixture(scope="session")
def site(built: tuple[Settings, Outcome], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the real server over the first brochure's release."""
    config = tmp_path_factory.mktemp("site") / "laurier.toml"
    config.write_text('contact = "erreurs@example.org"\n', encoding="utf-8")
    command = [sys.executable, "-c", "from laurier.cli import main; main()", "--config", str(config)]
    process = subprocess.Popen(
        [*command, "serve", "--port", "0", "--releases", str(built[0].releases)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        lines = iter(process.stdout.readline, "")
        address = next((line.strip().rstrip("/") for line in lines if line.startswith("http")), "")
        assert address, "the server did not start"
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        process.stdout.close()


@pytest.fixture(scope="session")
def faulty() -> Iterator[str]:
    """The address of a server of one page full of faults."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, media_type = (FAULTS, "text/css") if self.path.endswith(".css") else (FAULTY, "text/html")
            self.send_response(200)
            self.send_header("Content-Type", f"{media_type}; charset=utf-8")
            self.send_header("Content-Security-Policy", "default-src 'self'")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
