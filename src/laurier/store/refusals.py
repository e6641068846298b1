"""Why a query is not answered, in sentences: each refusal of the store, in English and French."""

from __future__ import annotations

import signal

from laurier.errors import (
    QueryBusy,
    QueryError,
    QueryExhausted,
    QueryRefused,
    QueryTimeout,
    QueryTooLarge,
    QueryUnacceptable,
)


def busy() -> QueryBusy:
    """The queue is full, or the wait was too long."""
    return QueryBusy(
        "Too many queries are waiting: try again in a few seconds.",
        "Trop de requêtes attendent : réessayez dans quelques secondes.",
    )


def too_slow(seconds: float) -> QueryTimeout:
    """The query outlived its time limit (in seconds)."""
    return QueryTimeout(
        f"The query ran longer than {seconds:g} seconds and was stopped: select less, or download the complete dump.",
        f"La requête a dépassé {seconds:g} secondes et a été arrêtée : sélectionnez moins, ou téléchargez l'export "
        "complet.",
    )


def cancelled() -> QueryError:
    """Nobody waits for the answer any more."""
    return QueryError("The client went away.", "Le client est parti.")


def no_service() -> QueryRefused:
    """SERVICE is off, or its host is not on the list."""
    return QueryRefused(
        "SERVICE is not allowed here: query the other endpoint yourself, or run the query elsewhere.",
        "SERVICE n'est pas autorisé ici : interrogez vous-même l'autre point d'accès, ou exécutez la requête ailleurs.",
    )


def no_format(what: str, quoi: str) -> QueryUnacceptable:
    """The kind of result (named in both languages) fits no accepted format."""
    return QueryUnacceptable(
        f"The query gives {what}, and none of the formats accepted can hold it.",
        f"La requête donne {quoi}, et aucun des formats acceptés ne peut le contenir.",
    )


def too_long(limit: int) -> QueryExhausted:
    """The result outgrew its limit (in bytes)."""
    return QueryExhausted(
        f"The result is longer than {limit // 2**20} MiB: add a LIMIT, or download the complete dump.",
        f"Le résultat dépasse {limit // 2**20} Mio : ajoutez LIMIT, ou téléchargez l'export complet.",
    )


def out_of_memory() -> QueryExhausted:
    """The worker reached its memory limit."""
    return QueryExhausted(
        "The query needs more memory than it may use: select less, or download the complete dump.",
        "La requête demande plus de mémoire que permis : sélectionnez moins, ou téléchargez l'export complet.",
    )


def not_in_xml() -> QueryError:
    """The result holds a character without a form in XML, or a property without an XML name."""
    return QueryUnacceptable(
        "The result holds a control character, or a property that ends in no XML name, which XML cannot write: ask "
        "for JSON or Turtle.",
        "Le résultat contient un caractère de contrôle, ou une propriété qui ne finit pas par un nom XML, que XML ne "
        "sait pas écrire : demandez JSON ou Turtle.",
    )


def no_graph_name(name: str) -> QueryError:
    """A graph is named by something else than an absolute IRI."""
    return QueryError(
        f"The graph name {name!r} is not an absolute IRI: give one of those that the service description lists.",
        f"Le nom de graphe {name!r} n'est pas une IRI absolue : donnez l'une de celles que liste la description du "
        "service.",
    )


def of_the_engine(problem: BaseException) -> QueryError:
    """What the engine said while it evaluated."""
    told = str(problem).strip().rstrip(".")
    if isinstance(problem, PermissionError) or "os error 13" in told or "Permission denied" in told:
        return no_service()
    return QueryError(
        f"The query cannot be evaluated: {told}.",
        f"La requête ne peut pas être évaluée : {told}.",
    )


def of_the_end(code: int, said: str) -> QueryError:
    """Why a worker ended in the middle of a query: its exit code, and what it wrote on its standard error."""
    if code == -signal.SIGSEGV or "overflowed its stack" in said:
        return QueryTooLarge(
            "The query is too deeply nested for the engine: simplify it.",
            "La requête est trop imbriquée pour le moteur : simplifiez-la.",
        )
    if code in (-signal.SIGABRT, -signal.SIGKILL, -signal.SIGBUS):
        return out_of_memory()
    last = said.strip().splitlines()[-1:] or [f"exit code {code}"]
    return QueryError(
        f"The process that answered the query ended ({last[0]}): try again.",
        f"Le processus qui répondait à la requête s'est arrêté ({last[0]}) : réessayez.",
    )


def late() -> QueryTimeout:
    """The answer did not come in whole in time."""
    return QueryTimeout(
        "The answer took too long and was cut: select less, or download the complete dump.",
        "La réponse a pris trop de temps et a été coupée : sélectionnez moins, ou téléchargez l'export complet.",
    )


def unreachable(why: str) -> QueryBusy:
    """The remote store does not answer."""
    return QueryBusy(
        f"The store does not answer ({why or 'connection lost'}): try again in a few seconds.",
        f"Le stockage ne répond pas ({why or 'connexion perdue'}) : réessayez dans quelques secondes.",
    )


def silent(url: str, problem: BaseException) -> QueryBusy:
    """The engine of a remote store does not answer."""
    return QueryBusy(
        f"The SPARQL engine at {url} does not answer ({type(problem).__name__}): try again in a few seconds.",
        f"Le moteur SPARQL à {url} ne répond pas ({type(problem).__name__}) : réessayez dans quelques secondes.",
    )


def too_many_rows(limit: str) -> QueryExhausted:
    """The engine of a remote store cuts results after so many rows."""
    return QueryExhausted(
        f"The engine gives at most {limit} rows: add a smaller LIMIT, or download the complete dump.",
        f"Le moteur donne au plus {limit} lignes : ajoutez un LIMIT plus petit, ou téléchargez l'export complet.",
    )
