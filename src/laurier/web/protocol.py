"""What a request of the SPARQL 1.1 Protocol says: its parameters, however sent, and the formats that it accepts."""

from __future__ import annotations

import contextlib

from laurier import formats, negotiation
from laurier.errors import QueryUnacceptable
from laurier.formats import GRAPHS, HTML, RESULTS, Choice, Format
from laurier.web.problems import Problem, bad_parameter, not_acceptable
from laurier.web.request import Parameters, Request, parse_parameters

# Below it the answer would only tell how busy the machine is.
_SHORTEST = 0.1


async def read(request: Request, limit: int) -> Parameters:
    """The parameters of a query, in whichever of the three ways it was sent (sections 2.1.1 to 2.1.3).

    Args:
        request: a GET, HEAD or POST.
        limit: of the body, in bytes.

    Raises:
        Problem: the body is of another type, too long, not UTF-8, or an update.
    """
    parameters = request.parameters()
    if request.method != "POST":
        return parameters
    given = request.header(b"content-type") or ""
    media_type, _, rest = given.partition(";")
    media_type = media_type.strip().lower()
    charset = next((p.partition("=")[2] for p in rest.split(";") if p.strip().lower().startswith("charset")), "utf-8")
    known = ("application/sparql-query", "application/x-www-form-urlencoded", "application/sparql-update")
    if media_type not in known or charset.strip().strip('"').lower() not in ("utf-8", "utf8"):
        raise Problem(
            415,
            f"The body is of type {given or 'unknown'}: send application/sparql-query or "
            "application/x-www-form-urlencoded, in UTF-8.",
            f"Le corps est de type {given or 'inconnu'} : envoyez application/sparql-query ou "
            "application/x-www-form-urlencoded, en UTF-8.",
            headers={"accept-post": "application/sparql-query, application/x-www-form-urlencoded"},
        )
    if media_type == "application/sparql-update":
        raise no_update()
    body = await request.body(limit)
    if media_type == "application/x-www-form-urlencoded":
        return parameters + parse_parameters(body)
    try:
        return [*parameters, ("query", body.decode("utf-8"))]
    except UnicodeDecodeError:
        raise Problem(
            400, "The query is not UTF-8: encode it so.", "La requête n'est pas en UTF-8 : encodez-la ainsi."
        ) from None


def choices(request: Request, parameters: Parameters) -> tuple[Choice | None, Choice | None]:
    """How to write solutions and graphs, by `format=` or by Accept.

    Raises:
        Problem: neither can be written in a format accepted.
    """
    both = ((*RESULTS, HTML), (*GRAPHS, HTML))
    named = next((value for name, value in parameters if name == "format"), None)
    if named is None:
        accept = request.header(b"accept")
        results, graph = (negotiation.negotiate(accept, offers) for offers in both)
    else:
        results, graph = (_named(named, offers) for offers in both)
    if results is None and graph is None:
        if named is not None:
            names = ", ".join(offer.name for offer in (*RESULTS, *GRAPHS, HTML))
            raise bad_parameter("format", f"is unknown: give one of {names}", f"est inconnu : donnez l'un de {names}")
        raise unacceptable()
    return results, graph


def _named(name: str, offers: tuple[Format, ...]) -> Choice | None:
    found = formats.by_name(name, offers)
    return Choice(found, found.content_type) if found is not None else None


def machine(choice: Choice | None, instead: Format) -> Choice | None:
    """A page is made from a form that a program reads."""
    return Choice(instead, instead.content_type) if choice is not None and choice.format is HTML else choice


def no_update() -> Problem:
    """The store is read-only."""
    return Problem(
        403,
        "This endpoint is read-only: it answers queries and refuses updates.",
        "Ce point d'accès est en lecture seule : il répond aux requêtes et refuse les mises à jour.",
    )


def unacceptable(error: QueryUnacceptable | None = None) -> Problem:
    """No form of the answer suits the client, for the reason that the store gave if it did."""
    problem = not_acceptable(
        [(offer.media_type, f"/sparql?format={offer.name}") for offer in (*RESULTS, *GRAPHS, HTML)]
    )
    if error is not None:
        problem.en, problem.fr = error.en, error.fr
    return problem


def values(parameters: Parameters, name: str) -> tuple[str, ...]:
    """Every value of a parameter."""
    return tuple(value for key, value in parameters if key == name)


def seconds(parameters: Parameters) -> float | None:
    """The time limit that the client asks for in `timeout=`, in seconds.

    Raises:
        Problem: it is not a number, or too short for any query.
    """
    given = next(iter(values(parameters, "timeout")), None)
    if given is None:
        return None
    with contextlib.suppress(ValueError):
        asked = float(given)
        if _SHORTEST <= asked <= 999_999:
            return asked
    raise bad_parameter(
        "timeout",
        f"must be a number of seconds from {_SHORTEST}",
        f"doit être un nombre de secondes, {_SHORTEST} au moins",
    )
