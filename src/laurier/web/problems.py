"""What goes wrong, as HTTP says it: status codes of our errors, and problem documents (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from laurier.errors import (
    Language,
    QueryBusy,
    QueryError,
    QueryExhausted,
    QueryRefused,
    QueryTimeout,
    QueryTooLarge,
    QueryUnacceptable,
)

# The most precise class first.
_STATUSES: tuple[tuple[type[QueryError], int], ...] = (
    (QueryUnacceptable, 406),
    (QueryRefused, 403),
    (QueryTimeout, 504),
    (QueryExhausted, 507),
    (QueryTooLarge, 413),
    (QueryBusy, 503),
    (QueryError, 400),
)
#: The phrases of RFC 9110 for French readers; a problem document keeps the English ones, which name its type.
_PHRASES = {
    400: "Demande incorrecte",
    403: "Accès refusé",
    404: "Page introuvable",
    405: "Méthode non permise",
    406: "Aucun format ne convient",
    408: "Demande trop lente",
    410: "Ressource retirée",
    413: "Demande trop volumineuse",
    414: "Adresse trop longue",
    415: "Format non pris en charge",
    416: "Partie inexistante",
    429: "Trop de demandes",
    431: "En-têtes trop longs",
    500: "Erreur du serveur",
    503: "Service occupé",
    504: "Délai dépassé",
    507: "Résultat trop volumineux",
}
#: Seconds after which a client may try again.
RETRY = {503: 5, 504: 30}


class Problem(Exception):
    """A request that cannot be served.

    Attributes:
        status: HTTP status.
        en, fr: the sentence that says why and what to do.
        headers: further header fields.
        members: further members of the problem document.
    """

    def __init__(
        self,
        status: int,
        en: str,
        fr: str,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(en)
        self.status = status
        self.en = en
        self.fr = fr
        self.headers = dict(headers or {})
        self.members = dict(members or {})
        if status in RETRY:
            self.headers.setdefault("retry-after", str(RETRY[status]))

    @property
    def title(self) -> str:
        """The phrase of the status."""
        return HTTPStatus(self.status).phrase

    def heading(self, language: Language) -> str:
        """The phrase of the status as a person reads it."""
        return _PHRASES.get(self.status, self.title) if language == "fr" else self.title

    def say(self, language: Language) -> str:
        """The sentence in a language."""
        return self.fr if language == "fr" else self.en

    def document(self, language: Language) -> bytes:
        """The problem document (RFC 9457 section 3)."""
        known = {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.say(language)}
        return json.dumps({**known, **self.members}, ensure_ascii=False, indent=1).encode() + b"\n"


def of_query(error: QueryError) -> Problem:
    """The problem that an error of the store is to a client."""
    status = next(code for kind, code in _STATUSES if isinstance(error, kind))
    place = {"line": error.line, "column": error.column} if error.line is not None else {}
    return Problem(status, error.en, error.fr, members=place)


def not_found() -> Problem:
    """Nothing lives at this address."""
    return Problem(
        404,
        "There is nothing at this address: check it, or start from the home page.",
        "Il n'y a rien à cette adresse : vérifiez-la, ou repartez de l'accueil.",
    )


def not_acceptable(offers: list[tuple[str, str]]) -> Problem:
    """No representation suits the Accept field; `offers` lists media type and address of those that exist."""
    listed = ", ".join(media_type for media_type, _ in offers)
    return Problem(
        406,
        f"None of the formats accepted exists here: ask for one of {listed}.",
        f"Aucun des formats acceptés n'existe ici : demandez l'un de {listed}.",
        members={"offers": [{"type": media_type, "href": address} for media_type, address in offers]},
    )


def bad_method(allowed: tuple[str, ...]) -> Problem:
    """The method is not one of those allowed."""
    names = ", ".join(allowed)
    return Problem(
        405,
        f"This method is not allowed here: use one of {names}.",
        f"Cette méthode n'est pas permise ici : utilisez l'une de {names}.",
        headers={"allow": names},
    )


def bad_parameter(name: str, why_en: str, why_fr: str) -> Problem:
    """A parameter has a value that cannot be used."""
    return Problem(400, f"The parameter '{name}' {why_en}.", f"Le paramètre « {name} » {why_fr}.")
