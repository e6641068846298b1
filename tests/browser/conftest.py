"""A server over the first brochure's release, a browser's tools, and clear reasons to skip when one is lacking."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from laurier.settings import Settings
from laurier.snapshot.opened import Snapshot
from laurier.vocabulary import Vocabulary
from laurier.web.pages.site import Pages

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


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
def site(release: Snapshot) -> Iterator[str]:
    """The address of a server of the pages alone, under the policy that they promise to keep."""
    pages = Pages(release, Settings(contact="erreurs@example.org"), Vocabulary())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            path = unquote(parts.path)
            static = pages.static(path.removeprefix("/static/")) if path.startswith("/static/") else None
            if static:
                self.answer(200, static[1], static[0])
                return
            if path in ("/faulty", "/static/faults.css"):
                page_or_style = (FAULTY, "text/html") if path == "/faulty" else (FAULTS, "text/css")
                self.answer(200, f"{page_or_style[1]}; charset=utf-8", page_or_style[0].encode())
                return
            language = "en" if path.startswith("/en/") else "fr"
            page = pages.page(language, path[4:], parse_qsl(parts.query)) if path[:4] in ("/fr/", "/en/") else None
            if page is None:
                page = pages.problem(404, "Page introuvable", "Rien ici.", language)
            # The page of an error is looked at like any other; a browser would report its status as a fault.
            self.answer(200 if path.endswith("/none") else page.status, "text/html; charset=utf-8", page.body.encode())

        def answer(self, status: int, media_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
