"""Templates made into pages: the environment, what every template can call, the theme, the files beside the pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

import jinja2

from laurier.errors import Language, UsageError
from laurier.foreign import said
from laurier.settings import Settings
from laurier.snapshot.manifest import Manifest
from laurier.web.pages import typography
from laurier.web.pages.addresses import LANGUAGES, Addresses
from laurier.web.pages.strings import Strings

_HERE = Path(__file__).resolve().parents[1]
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page ready to send.

    Attributes:
        body: HTML.
        language: of the page (Content-Language).
        status: HTTP status.
        headers: further header fields.
    """

    body: str
    language: Language
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Renderer:
    """Makes pages from templates; a theme's templates and files come before ours.

    Raises:
        UsageError: the theme is not a folder, or one of its templates cannot be read.
    """

    def __init__(
        self, manifest: Manifest, settings: Settings, addresses: Addresses, strings: Strings, theme: Path | None = None
    ) -> None:
        if theme is not None and not theme.is_dir():
            raise UsageError(
                f"The theme {theme} is not a folder: give a folder with --theme.",
                f"Le thème {theme} n'est pas un dossier : indiquez un dossier avec --theme.",
                path=str(theme),
            )
        self._strings = strings
        self._addresses = addresses
        self._settings = settings
        self.manifest = manifest
        self._folders = [folder for folder in (theme, _HERE) if folder is not None]
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader([folder / "templates" for folder in self._folders]),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.static_address = cache(self._static_address)
        self._shared = {language: self._words_of(language) for language in LANGUAGES}
        self._compile()

    def _compile(self) -> None:
        for name in self._environment.list_templates(extensions=["html"]):
            try:
                self._environment.get_template(name)
            except jinja2.TemplateError as error:
                raise UsageError(
                    f"The template {name} cannot be read ({said(error).en}): correct it.",
                    f"Le gabarit {name} ne peut pas être lu ({said(error).fr}) : corrigez-le.",
                    path=name,
                ) from error

    def _words_of(self, language: Language) -> dict[str, Any]:
        settings, manifest = self._settings, self.manifest
        t = partial(self._strings.say, language)
        return {
            "lang": language,
            "languages": LANGUAGES,
            "source_lang": "fr",
            "t": t,
            "page": partial(self._addresses.page, language),
            "of": lambda iri: self._addresses.of(iri, language),
            "typo": lambda text: typography.typeset(text, language),
            "num": lambda value: typography.number(value, language),
            "label": lambda thing: thing.label_en if language == "en" else thing.label_fr,
            "kind_name": lambda kind: t(f"kind_{kind}") if f"kind_{kind}" in self._strings else kind,
            "static": self.static_address,
            "themed": self.static("theme.css") is not None,
            "site_title": self.site_title(language),
            "publisher": settings.publisher,
            "release": manifest.hash,
            "released": self.day(language),
            "licensed": bool(manifest.documents),
            "alternates": (),
            "description": "",
            "section": "",
        }

    def day(self, language: Language) -> str:
        """The day of the release, in words."""
        try:
            return typography.day(date.fromisoformat(self.manifest.published[:10]), language)
        except ValueError:
            return self.manifest.published

    def render(
        self,
        template: str,
        language: Language,
        path: str,
        title: str,
        values: Mapping[str, object],
        *,
        http_status: int = 200,
        here: Callable[[Language], str] | None = None,
    ) -> Rendered:
        """Makes a page.

        Args:
            template: its name.
            language: of the page.
            path: its path after the language, for the links to its other languages.
            title: what the browser shows; it is unique over the site.
            values: what the template uses.
            http_status: HTTP status.
            here: gives the address of this page in a language, where that is not its path alone.
        """
        own: dict[str, object] = {"path": path, "section": path.partition("/")[0], "title": title}
        own["here"] = here or partial(self._addresses.page, path=path)
        body = self._environment.get_template(template).render({**self._shared[language], **own, **values})
        return Rendered(body, language, http_status)

    def site_title(self, language: Language) -> str:
        """The name of the site."""
        return self._settings.title_en if language == "en" else self._settings.title_fr

    def static(self, name: str) -> tuple[bytes, str] | None:
        """A file beside the pages with its media type, or None."""
        suffix = Path(name).suffix
        if suffix not in _MEDIA_TYPES or "\\" in name or any(part in ("", ".", "..") for part in name.split("/")):
            return None
        for folder in self._folders:
            path = folder / "static" / name
            if path.is_file():
                return path.read_bytes(), _MEDIA_TYPES[suffix]
        return None

    def _static_address(self, name: str) -> str:
        found = self.static(name)
        # The digest lets a browser keep the file for ever, and a new one be seen at once.
        version = hashlib.sha256(found[0]).hexdigest()[:10] if found else ""
        return f"/static/{name}?v={version}"
