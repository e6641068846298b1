"""Words of the system and of parsers inside a sentence of ours: translated where they are usual, else quoted."""

from __future__ import annotations

import errno
import re
import socket
from dataclasses import dataclass
from types import MappingProxyType

_LONGEST = 300
_FRENCH = MappingProxyType(
    {
        errno.ENOENT: "il n'existe pas",
        errno.EACCES: "accès refusé",
        errno.EPERM: "opération interdite",
        errno.EROFS: "le disque est en lecture seule",
        errno.ENOSPC: "il n'y a plus de place sur le disque",
        errno.EDQUOT: "le quota du compte est atteint",
        errno.EFBIG: "le fichier est trop grand",
        errno.EISDIR: "c'est un dossier",
        errno.ENOTDIR: "ce n'est pas un dossier",
        errno.EEXIST: "il existe déjà",
        errno.ENOTEMPTY: "le dossier n'est pas vide",
        errno.ENAMETOOLONG: "le nom est trop long",
        errno.ELOOP: "les liens tournent en rond",
        errno.EMFILE: "trop de fichiers sont ouverts",
        errno.ENOMEM: "il n'y a pas assez de mémoire",
        errno.EIO: "erreur du disque",
        errno.EADDRINUSE: "l'adresse est déjà prise",
        errno.EADDRNOTAVAIL: "cette machine n'a pas cette adresse",
        errno.ECONNREFUSED: "connexion refusée",
        errno.ECONNRESET: "connexion coupée",
        errno.EHOSTUNREACH: "machine hors d'atteinte",
        errno.ENETUNREACH: "réseau hors d'atteinte",
        errno.ETIMEDOUT: "délai dépassé",
        socket.EAI_NONAME: "nom de machine inconnu",
        socket.EAI_AGAIN: "nom de machine introuvable pour l'instant",
    }
)
_NUMBER = re.compile(r"\[Errno (-?\d+)\]\s*")
_AT = re.compile(r"[:,]?\s*\(?(?:at )?line (\d+),? column (\d+)(?: \(char \d+\))?\)?\.?\Z")


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, for a sentence in English and for one in French."""

    en: str
    fr: str


def said(error: BaseException | str) -> Said:
    """The words of an error that we did not write."""
    if isinstance(error, UnicodeDecodeError):
        return Said(
            f"byte {error.start} cannot be read as {error.encoding.upper()}",
            f"l'octet {error.start} ne peut pas être lu en {error.encoding.upper()}",
        )
    if isinstance(error, RecursionError):
        return Said("it is nested too deeply", "il est imbriqué trop profondément")
    words = str(error).strip() or type(error).__name__
    number = (error.errno if isinstance(error, OSError) else None) or 0
    if isinstance(error, OSError) and error.strerror:
        words = error.strerror
    found = _NUMBER.search(words)
    if found is not None:
        number, words = number or int(found[1]), _NUMBER.sub("", words)
    words = " ".join(words.split())[:_LONGEST]
    if number in _FRENCH:
        return Said(words, _FRENCH[number])
    at = _AT.search(words)
    if at is not None:
        return Said(words, f"ligne {at[1]}, colonne {at[2]} : « {words[: at.start()]} »")
    return Said(words, f"« {words} »")
