"""Files sent as they are: dumps with ranges, and what stands beside the pages."""

from __future__ import annotations

from urllib.parse import unquote

from laurier import formats
from laurier.snapshot.dumps import DumpFile, read
from laurier.web.edition import Edition, moment
from laurier.web.problems import not_found
from laurier.web.reply import Reply
from laurier.web.representation import links, uri
from laurier.web.request import Request

_FOREVER = "public, max-age=31536000, immutable"


async def dump(request: Request, edition: Edition) -> Reply:
    """`/dumps/<name>`: a file of the release; its ETag and date last as long as its bytes."""
    name = unquote(request.path.removeprefix("/dumps/"))
    entry = next((entry for entry in edition.snapshot.manifest.dumps if entry["name"] == name), None)
    if entry is None:
        raise not_found()
    file: DumpFile = read(entry)
    form = formats.GZIP if file.compression else formats.by_name(file.format)
    assert form is not None, file.format
    described = f'<{uri(edition.base)}catalogue>; rel="describedby"'
    return Reply(
        edition.snapshot.file("dumps") / file.name,
        form.content_type,
        headers=[
            *links(described, licence=edition.licence),
            ("content-disposition", f'inline; filename="{file.name}"'),
        ],
        tag=file.sha256[:32],
        modified=moment(file.modified) or edition.modified,
        compress=False,
    )


async def static(request: Request, edition: Edition) -> Reply:
    """`/static/<name>`: style, script and pictures of the pages."""
    name = unquote(request.path.removeprefix("/static/"))
    found = await edition.with_pages(lambda pages: pages.static(name))
    if found is None:
        raise not_found()
    body, content_type = found
    return Reply(
        body,
        content_type,
        tag=f"{edition.tag}-{len(body):x}",
        # An address with the digest of the file changes with the file.
        cache=_FOREVER if request.query.startswith(b"v=") else "public, max-age=300",
    )
