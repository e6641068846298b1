"""The settings: one frozen object, read from `laurier.toml` and overridden by the command line."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from laurier.errors import UsageError
from laurier.foreign import said

FILE_NAME = "laurier.toml"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client may ask of the server, and what is kept for those who ask the same.

    Attributes:
        query_seconds: wall-clock time of one query, in seconds.
        query_memory_mb: address space a query may add to its worker, in MiB.
        result_mb: size of one serialised result, in MiB.
        query_kb: size of the text of a query, in KiB.
        query_depth: nesting of brackets in a query.
        queue: queries that may wait for a worker, those known to be long apart from the others.
        body_kb: size of a request body, in KiB.
        client_connections: connections that one address may have open.
        answers_mb: memory for answers to queries that are asked again, in MiB.
    """

    query_seconds: float = 30.0
    query_memory_mb: int = 1024
    result_mb: int = 512
    query_kb: int = 256
    query_depth: int = 100
    queue: int = 32
    body_kb: int = 1024
    client_connections: int = 256
    answers_mb: int = 32


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator decides.

    Attributes:
        base: the base IRI of everything minted; ends in `/`. It is independent of the address the server listens on.
        data: the folder of `sources/`, `decisions/` and the registry of minted keys.
        releases: the folder in which releases are published.
        title_fr, title_en: the name of the site.
        publisher: the name of the body that publishes the graph.
        publisher_iri: its IRI (for instance its home page), used in the catalogue.
        publisher_type: its kind in the ADMS table of publisher types: NationalAuthority, RegionalAuthority,
            LocalAuthority, NonProfitOrganisation, Academia-ScientificOrganisation, Company...
        contact: the e-mail address or URL at which errors are reported.
        service_allow: hosts that SPARQL SERVICE may call; empty refuses every one.
        store: URL of a remote SPARQL endpoint, or empty for the embedded engine.
        store_user, store_password, store_token: who reads there, empty for anyone; better given by the environment.
        host, port: where to listen; port 0 takes a free one.
        workers: processes that answer queries.
        access_log: whether each request is logged, as JSON without personal data.
        slow_query_seconds: queries that take longer are logged with their text, in seconds.
        limits: what a client may ask.
    """

    base: str = "https://data.example.org/"
    data: Path = Path("data")
    releases: Path = Path("releases")
    title_fr: str = "Laurier"
    title_en: str = "Laurier"
    publisher: str = "Laurier"
    publisher_iri: str = ""
    publisher_type: str = "NationalAuthority"
    contact: str = ""
    service_allow: tuple[str, ...] = ()
    store: str = ""
    store_user: str = field(default="", repr=False)
    store_password: str = field(default="", repr=False)
    store_token: str = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    access_log: bool = False
    slow_query_seconds: float = 5.0
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            raise UsageError(
                f"The base IRI {self.base!r} is not an absolute http(s) IRI: give one such as https://data.example.org/.",
                f"L'IRI de base {self.base!r} n'est pas une IRI http(s) absolue : donnez par exemple "
                "https://data.example.org/.",
            )
        if any(character in self.base for character in ' <>"{}|\\^`') or not self.base.isprintable():
            raise UsageError(
                f"The base IRI {self.base!r} contains a character that no IRI may hold: remove it.",
                f"L'IRI de base {self.base!r} contient un caractère interdit dans une IRI : retirez-le.",
            )
        if not self.base.endswith("/"):
            object.__setattr__(self, "base", self.base + "/")


def load(path: Path | None = None, **overrides: Any) -> Settings:
    """Reads the settings from a TOML file, then applies what the command line gave.

    Args:
        path: the file; when None, `laurier.toml` of the current folder if there is one. Relative folders are
            relative to the file.
        overrides: values of `Settings` fields; None means "not given".

    Raises:
        UsageError: the file is missing, is not TOML, or holds an unknown or ill-typed setting.
    """
    source = path if path is not None else Path(FILE_NAME)
    values: dict[str, Any] = {}
    if source.is_file():
        values = _read(source)
    elif path is not None:
        raise UsageError(
            f"The settings file {path} does not exist: give an existing file with --config.",
            f"Le fichier de réglages {path} n'existe pas : indiquez un fichier existant avec --config.",
            path=str(path),
        )
    settings = Settings(**values)
    given = {name: value for name, value in overrides.items() if value is not None}
    return replace(settings, **given) if given else settings


def _read(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, OSError) as error:
        raise UsageError(
            f"The settings file {path} is not valid TOML ({said(error).en}): correct it.",
            f"Le fichier de réglages {path} n'est pas du TOML valide ({said(error).fr}) : corrigez-le.",
            path=str(path),
        ) from error
    limits = table.pop("limits", {})
    if not isinstance(limits, dict):
        raise UsageError(
            f"{path}: 'limits' must be a table ([limits]), not {limits!r}.",
            f"{path} : « limits » doit être une table ([limits]), et non {limits!r}.",
            path=str(path),
        )
    values = _checked(path, table, Settings())
    values["limits"] = replace(Limits(), **_checked(path, limits, Limits()))
    for name in ("data", "releases"):
        if name in values:
            values[name] = path.parent / values[name]
    return values


_MOST, _MOST_PORT = 1e9, 65535
_FITTING: dict[type, type | tuple[type, ...]] = {bool: bool, int: int, float: (int, float), tuple: list}


def _checked(path: Path, table: dict[str, Any], model: Settings | Limits) -> dict[str, Any]:
    known = {entry.name: getattr(model, entry.name) for entry in fields(model) if entry.name != "limits"}
    values: dict[str, Any] = {}
    for name, value in table.items():
        if name not in known:
            raise UsageError(
                f"{path}: the setting '{name}' is unknown; the settings are {', '.join(sorted(known))}.",
                f"{path} : le réglage « {name} » est inconnu ; les réglages sont {', '.join(sorted(known))}.",
                path=str(path),
            )
        kind = type(known[name])
        fits = isinstance(value, _FITTING.get(kind, str)) and isinstance(value, bool) == (kind is bool)
        if not fits:
            raise UsageError(
                f"{path}: the setting '{name}' must be of type {kind.__name__}, not {value!r}.",
                f"{path} : le réglage « {name} » doit être de type {kind.__name__}, et non {value!r}.",
                path=str(path),
            )
        if name == "port" and not 0 <= value <= _MOST_PORT:
            raise UsageError(
                f"{path}: the setting 'port' must be a number from 0 to {_MOST_PORT}, not {value!r}.",
                f"{path} : le réglage « port » doit être un nombre de 0 à {_MOST_PORT}, et non {value!r}.",
                path=str(path),
            )
        if name != "port" and kind in (int, float) and not 0 < value < _MOST:
            raise UsageError(
                f"{path}: the setting '{name}' must be a number above zero, not {value!r}.",
                f"{path} : le réglage « {name} » doit être un nombre supérieur à zéro, et non {value!r}.",
                path=str(path),
            )
        values[name] = kind(value)
    return values
