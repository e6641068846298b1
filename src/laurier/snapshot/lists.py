"""The lists of an instance as tables: laureates, the values of a facet, and what covers a place.

Whatever it lists, a table cites the source: a laureate by its own passage, a value by that of the first laureate read
with it.
"""

from __future__ import annotations

from dataclasses import dataclass

from laurier.errors import Language
from laurier.flat import Place, Row
from laurier.snapshot.columns import COLUMNS, Column
from laurier.snapshot.covering import reason
from laurier.snapshot.places import Cover, Found
from laurier.snapshot.search_values import Value
from laurier.snapshot.tables import Table, laureate_node, value_node

#: The columns that cite the source.
_CITING = tuple(column for column in COLUMNS if column.name.startswith("source_") or column.name == "citation")

LAUREATES = Table(columns=COLUMNS, iri=lambda row: row.laureate, places=lambda row: row.places, node=laureate_node)


@dataclass(frozen=True, slots=True)
class Listed:
    """A value of a facet in a list.

    Attributes:
        value: the value.
        first: the first laureate that has it.
        place: the territory that it is, None for other facets.
    """

    value: Value
    first: Row
    place: Place | None = None


def _of_first(column: Column[Row]) -> Column[Listed]:
    return Column(
        column.name,
        column.kind,
        f"Pour le premier lauréat qui l’a : {column.fr}",
        f"For the first laureate that has it: {column.en}",
        lambda listed: column.cell(listed.first),
    )


VALUES: Table[Listed] = Table(
    columns=(
        Column("cle", "text", "Clé, unique dans la liste.", "Key, unique in the list.", lambda v: v.value.key),
        Column("uri", "text", "IRI.", "IRI.", lambda v: v.value.iri),
        Column("libelle_fr", "text", "Libellé français.", "French label.", lambda v: v.value.label_fr),
        Column("libelle_en", "text", "Libellé anglais.", "English label.", lambda v: v.value.label_en),
        Column("nature", "text", "Nature d’un territoire.", "Kind of a territory.", lambda v: v.value.kind),
        Column("laureats", "integer", "Nombre de lauréats.", "Number of laureates.", lambda v: v.value.count),
        Column("dans", "list", "Clés de ce qui le contient.", "Keys of what contains it.", lambda v: v.value.parents),
        Column("longitude", "number", "Longitude (WGS 84) du centre d’un territoire.",
               "Longitude (WGS 84) of the centre of a territory.", lambda v: v.place.longitude if v.place else None),
        Column("latitude", "number", "Latitude (WGS 84) du centre d’un territoire.",
               "Latitude (WGS 84) of the centre of a territory.", lambda v: v.place.latitude if v.place else None),
        Column("laureat_uri", "text", "IRI du premier lauréat qui l’a.", "IRI of the first laureate that has it.",
               lambda v: v.first.laureate),
        *map(_of_first, _CITING),
    ),
    iri=lambda listed: listed.value.iri,
    places=lambda listed: (listed.place,) if listed.place else (),
    node=lambda listed: value_node(listed.value.facet, listed.value.iri, listed.value.label_fr, listed.value.label_en),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Covering:
    """A laureate that covers a place.

    Attributes:
        place: what was asked.
        cover: which laureate, by which territory.
        row: the laureate.
    """

    place: Found
    cover: Cover
    row: Row


def covering(language: Language) -> Table[Covering]:
    """The table of what covers a place, with its reasons in a language."""
    of_row = {column.name: column for column in COLUMNS}

    def cited(column: Column[Row]) -> Column[Covering]:
        return Column(column.name, column.kind, column.fr, column.en, lambda found: column.cell(found.row))

    return Table(
        columns=(
            cited(of_row["laureat_uri"]),
            cited(of_row["titre"]),
            Column("relation", "text", "Le territoire du lauréat est celui qui est demandé (equal), y est contenu "
                   "(inside) ou le contient (contains).", "The territory of the laureate is the one asked for (equal), "
                   "lies inside it, or contains it.", lambda c: c.cover.relation),
            Column("par_type", "text", "Nature de ce territoire.", "Kind of that territory.",
                   lambda c: c.cover.by.kind),
            Column("par_code", "text", "Son code.", "Its code.", lambda c: c.cover.by.code),
            Column("par_nom", "text", "Son nom.", "Its name.", lambda c: c.cover.by.name),
            Column("par_lien", "text", "État du rapprochement.", "Status of the link.", lambda c: c.cover.status),
            Column("raison", "text", "Pourquoi, en une phrase.", "Why, in a sentence.",
                   lambda c: reason(c.place, c.cover, language)),
            *(cited(column) for column in COLUMNS if column.name not in ("laureat_uri", "titre")),
        ),
        iri=lambda c: c.row.laureate,
        places=lambda c: c.row.places,
        node=lambda c: laureate_node(c.row),
    )  # fmt: skip
