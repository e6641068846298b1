"""Links of wordings: the first source, traps, contexts, and what must hold for any text."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laurier.reconcile.gazetteer import Gazetteer
from laurier.reconcile.territory import Context, Segment, link

SOURCE = Path(__file__).resolve().parents[2] / "data/sources/pic-normandie/laureats-pic-normandie.txt"
NORMANDIE = Context(region="28", on=date(2020, 1, 1))
STATUSES = {"exact", "partie-de", "historique", "ambigu", "usage", "non-rapproche"}

#: The territories of the first source in order: (words, status, code, qualifier).
SEED: list[list[tuple[str, str, str, str | None]]] = [
    [("Intercom Bernay Terres de Normandie", "exact", "200066413", None)],
    [("département de l'Eure", "partie-de", "27", "dans les zones rurales")],
    [("Ville de Caen", "partie-de", "14118", "gare, hyper centre-ville et port")],
    [("région Normandie", "exact", "28", None)],
    [
        ("CA du Cotentin", "exact", "200067205", None),
        ("CC de la Baie du Cotentin", "exact", "200042729", None),
        ("CC Côte Ouest Centre Manche", "exact", "200067031", None),
        ("CC Baie du Cotentin", "exact", "200042729", None),
        ("CC Coutances Mer et Bocage", "exact", "200067023", None),
        ("CC Saint-Lô Agglo", "exact", "200066389", None),
        ("CODAH", "historique", "247600596", None),
        ("CA Caux Vallée de Seine", "exact", "200010700", None),
        ("Métropole Rouen Normandie", "exact", "200023414", None),
        ("CA Région Dieppoise", "exact", "247600786", None),
        ("CC des 4 rivières", "exact", "200069730", None),
    ],
    [
        (words, "exact", code, None)
        for words, code in (
            ("Cantleu", "76157"),
            ("Darnétal", "76212"),
            ("Elbeuf-sur-Seine", "76231"),
            ("Grand Couronne", "76319"),
            ("Le Trait", "76709"),
            ("Malaunay", "76402"),
            ("Maromme", "76410"),
            ("Petit-Couronne", "76497"),
            ("Petit-Quevilly", "76498"),
            ("Rouen", "76540"),
            ("Saint-Aubin-lès-Elbeuf", "76561"),
            ("Saint-Etienne-du-Rouvray", "76575"),
            ("Sotteville-lès-Rouen", "76681"),
            ("Sotteville-sous-le-Val", "76682"),
            ("Yainville", "76750"),
        )
    ],
    [(words, "exact", code, None) for words, code in zip(
        ("Rouen", "Elbeuf", "Dieppe", "Le Havre"), ("76540", "76231", "76217", "76351"), strict=True
    )],
    [("Manche", "partie-de", "50", "Centre")],
    [("Caen", "exact", "14118", None)],
    [("Fécamp", "exact", "76259", None)],
    [("Vernon", "exact", "27681", None)],
    [("Caen", "exact", "14118", None), ("Vallée Orne Odon", "exact", "200066728", None)],
    [
        ("Normandie", "exact", "28", None),
        ("Charente", "partie-de", "16", "Sud"),
        ("Bassin de Thau", "usage", "", None),
        ("Métropole Dijonnaise", "partie-de", "242100410", "Est"),
    ],
    [("Manche", "partie-de", "50", "Centre"), ("Vendée", "partie-de", "85", "Nord Est")],
    [("Le Havre", "exact", "76351", None)],
    [
        ("Rouen", "exact", "76540", None),
        ("Ile de France", "exact", "11", None),
        ("Marseille", "exact", "13055", None),
        ("Nice", "exact", "06088", None),
        ("Nantes", "exact", "44109", None),
        ("Amiens", "exact", "80021", None),
        ("Lyon", "exact", "69123", None),
        ("Strasbourg", "exact", "67482", None),
        ("Toulouse", "exact", "31555", None),
    ],
]  # fmt: skip


def told(segments: tuple[Segment, ...]) -> list[tuple[str, str, str, str | None]]:
    return [(s.text, s.status, s.unit.code if s.unit else "", s.qualifier) for s in segments]


def test_the_first_source_is_linked_place_by_place(gazetteer: Gazetteer) -> None:
    lines = [
        line.removeprefix("Territoire : ")
        for line in SOURCE.read_text(encoding="utf-8").splitlines()
        if line.startswith("Territoire : ")
    ]
    assert len(lines) == len(SEED) == 16
    for line, expected in zip(lines, SEED, strict=True):
        assert told(link(line, NORMANDIE, gazetteer)) == expected


@pytest.mark.parametrize(
    ("name", "context", "code"),
    [
        # One name, several communes: the context decides.
        ("Vernon", Context(region="28"), "27681"),
        ("Vernon", Context(departement="86"), "86284"),
        ("Vernon (07)", Context(region="28"), "07336"),
        ("Charleval (27)", Context(), "27151"),
        ("Charleval (Eure)", Context(), "27151"),
        ("Saint-Denis", Context(region="04"), "97411"),
        # A city is not its metropolis, nor the reverse.
        ("Lyon", Context(), "69123"),
        ("Métropole de Lyon", Context(), "200046977"),
        ("Grand Lyon", Context(), "200046977"),
        ("Métropole Rouen Normandie", Context(), "200023414"),
        ("Métropole de Rouen", Context(), "200023414"),
        # Départements and communes of one name.
        ("Paris", Context(), "75056"),
        ("PARIS", Context(departement="75"), "75056"),
        ("Département de Paris", Context(), "75"),
        ("la Mayenne", Context(region="52"), "53"),
        ("Nord Mayenne", Context(region="52"), "53"),
        ("la Creuse", Context(region="75"), "23"),
        ("Vienne", Context(region="84"), "38544"),
        ("Vienne", Context(region="75"), "86"),
        # Names that begin like an announcement.
        ("COMMUNE DE VILLE D'AVRAY", Context(departement="92"), "92077"),
        ("COMMUNE DE LA VILLE DU BOIS", Context(departement="91"), "91665"),
        ("BOURG LA REINE", Context(departement="92"), "92014"),
        # Vintages and former names.
        ("CC des 4 rivières", Context(region="28", on=date(2026, 1, 1)), "200069730"),
        ("Cherbourg", Context(region="28"), "50129"),
        ("Évry", Context(departement="91"), "91228"),
        ("Haute-Normandie", Context(), "23"),
        # A legal form printed wrong is no mismatch.
        ("CC Saint-Lô Agglo", Context(), "200066389"),
        ("COMMUNAUTE DE COMMUNES SEINE-EURE", Context(departement="27"), "200089456"),
        ("CA DE BLOIS", Context(departement="41"), "200030385"),
        ("MEL METROPOLE EUROPEENNE DE LILLE", Context(departement="59"), "200093201"),
        ("AGGLOPOLYS COMMUNAUTE D'AGGLOMERATION DE BLOIS", Context(departement="41"), "200030385"),
        # Declared names of beneficiaries.
        ("VILLE DE ST ETIENNE DU ROUVRAY", Context(departement="76"), "76575"),
        ("COMMUNE DES ANDELYS", Context(departement="27"), "27016"),
        ("HAVRE (LE)", Context(departement="76"), "76351"),
        ("ROUEN MAIRIE", Context(departement="76"), "76540"),
        ("76000 ROUEN", Context(), "76540"),
        ("MONSIEUR LE MAIRE DE ROUEN", Context(departement="76"), "76540"),
        ("COMMUNE DE SAINT REMY EN BOUZEMONT ST GENEST", Context(departement="51"), "51513"),
        ("Paris 18ème", Context(), "75118"),
        ("8e arrondissement de Lyon", Context(), "69388"),
    ],
)
def test_one_unit(gazetteer: Gazetteer, name: str, context: Context, code: str) -> None:
    segments = link(name, context, gazetteer)
    assert [segment.unit.code for segment in segments if segment.unit] == [code], told(segments)


@pytest.mark.parametrize(
    ("name", "context"),
    [
        ("Saint-Martin", Context()),
        ("Vernon", Context()),
        ("Mayenne", Context(region="52")),
        ("Port", Context(region="28")),
        ("Sotteville", Context(region="28")),  # Sotteville (Manche) or Sotteville-lès-Rouen?
        ("Pays de Bray", Context(region="28")),  # the CC of this name lies in the Oise
        ("COMMUNE DE CHATEAU-CHINON", Context(departement="58")),  # (Ville) or (Campagne)?
        ("CCAS DE CAEN", Context(departement="14")),
        ("VILLE DE CAEN - CCAS", Context(departement="14")),
        ("SIVOM DE FECAMP", Context(departement="76")),
        ("ROUEN HABITAT", Context(departement="76")),
        ("ASSOCIATION SPORTIVE DE ROUEN", Context(departement="76")),
        ("COMMUNAUTE DE COMMUNES DU PAYS DE HONFLEUR", Context(departement="14")),  # merged before 2019
        ("PORT DE ROUEN", Context(departement="76", kind="commune")),
        ("ENSEMBLE DE CAEN", Context(departement="14", kind="commune")),
        ("Bassin minier", Context(region="32")),
        ("Pays d'Auge", Context(region="28")),
        ("CAPSO", Context(region="32")),
        ("Xyzzy", Context(departement="76")),
        ("C d'Alençon", Context(departement="61")),
    ],
)
def test_it_abstains(gazetteer: Gazetteer, name: str, context: Context) -> None:
    segments = link(name, context, gazetteer)
    assert all(segment.unit is None for segment in segments), told(segments)
    assert {segment.status for segment in segments} <= {"ambigu", "usage", "non-rapproche"}


@pytest.mark.parametrize(
    ("name", "departement", "code"),
    [
        ("Cantleu", "76", "76157"),
        ("Malaunaay", "76", "76402"),
        ("Saint-Etienne-du-Rouvry", "76", "76575"),
        ("COMMUNE DE SOTTEVILLE LES ROEUN", "76", "76681"),
        ("CC de Londinière", "76", "247600604"),
        ("département de la Seine-Maritme", "76", "76"),
        ("Fontaine-la-M?llet", "76", "76270"),
    ],
)
def test_a_misspelling_inside_its_departement(gazetteer: Gazetteer, name: str, departement: str, code: str) -> None:
    segments = link(name, Context(departement=departement), gazetteer)
    assert [segment.unit.code for segment in segments if segment.unit] == [code], told(segments)


def test_a_misspelling_outside_any_context_is_left_open(gazetteer: Gazetteer) -> None:
    assert link("Malaunaay", Context(), gazetteer)[0].unit is None


@pytest.mark.parametrize(
    ("mention", "region", "expected"),
    [
        ("Dunkerque, Calais et Boulogne-sur-Mer", "32", ["59183", "62193", "62160"]),
        ("Roubaix-Tourcoing", "32", ["59512", "59599"]),
        ("Nord et Pas-de-Calais", "32", ["59", "62"]),
        ("Toulouse Métropole et Montauban", "76", ["243100518", "82121"]),
        ("Plaine Commune et Est Ensemble", "11", ["200057867", "200057875"]),
        ("93, 94, 95", "11", ["93", "94", "95"]),
        ("Loire (42), Haute-Loire (43)", "84", ["42", "43"]),
        ("Lot (46) et Tarn-et-Garonne (82)", "76", ["46", "82"]),
        ("Louviers/Val-de-Reuil", "28", ["27375", "27701"]),
        ("Évreux - Vernon - Les Andelys", "28", ["27229", "27681", "27016"]),
        ("Paris 18ème et 19ème arrondissements", "11", ["75118", "75119"]),
        ("Lot-et-Garonne (Agen, Marmande)", "75", ["47", "47001", "47157"]),
        ("Communes de Cholet, Saumur et Angers", "52", ["49099", "49328", "49007"]),
        ("CA de Béthune-Bruay, Artois-Lys Romane", "32", ["200072460"]),
        ("CC de Pont-Audemer / Val de Risle", "28", ["200065787"]),
        ("Ensemble du territoire régional", "28", ["28"]),
        ("CC des 4 rivières, Cantleu", "28", ["200069730", "76157"]),
        ("CC du Ternois", "28", ["200069672"]),
        ("France entière", "28", []),
    ],
)
def test_a_list_is_divided_with_the_gazetteer(
    gazetteer: Gazetteer, mention: str, region: str, expected: list[str]
) -> None:
    segments = link(mention, Context(region=region, on=date(2021, 1, 1)), gazetteer)
    assert [segment.unit.code for segment in segments if segment.unit] == expected, told(segments)


@pytest.mark.parametrize(
    ("mention", "region", "code", "qualifier"),
    [
        ("Nîmes (quartiers Pissevin et Valdegour)", "76", "30189", "quartiers Pissevin et Valdegour"),
        ("QPV de Maubeuge", "32", "59392", "QPV de"),
        ("Quartiers Nord de Marseille", "93", "13055", "Quartiers Nord de"),
        ("Bouches-du-Rhône hors Marseille", "93", "13", "hors Marseille"),
        ("Bordeaux Métropole - rive droite", "75", "243300316", "rive droite"),
        ("Finistère Sud", "53", "29", "Sud"),
        ("Département de l'Hérault : Béziers, Sète", "76", "34", "Béziers, Sète"),
    ],
)
def test_a_part_is_marked_so(gazetteer: Gazetteer, mention: str, region: str, code: str, qualifier: str) -> None:
    first = link(mention, Context(region=region), gazetteer)[0]
    assert first.unit is not None
    assert (first.status, first.unit.code, first.qualifier) == ("partie-de", code, qualifier)


def test_the_carrier_and_the_other_names_are_context(gazetteer: Gazetteer) -> None:
    assert link("Elbeuf-sur-Seine", Context(region="28"), gazetteer)[0].unit is None
    beside = Context(region="28", others=("Rouen, Maromme",))
    carried = Context(region="28", carrier="METROPOLE ROUEN")
    for context in (beside, carried):
        unit = link("Elbeuf-sur-Seine", context, gazetteer)[0].unit
        assert unit is not None
        assert unit.code == "76231"


def test_a_gone_unit_is_historical_and_says_what_it_became(gazetteer: Gazetteer) -> None:
    segment = link("CODAH", NORMANDIE, gazetteer)[0]
    assert segment.status == "historique"
    assert segment.unit is not None
    assert segment.unit.became[0].code == "200084952"
    assert "200084952" in segment.evidence_en
    assert "200084952" in segment.evidence_fr
    before = link("CODAH", Context(region="28", on=date(2018, 6, 1)), gazetteer)[0]
    assert before.status == "exact"


def test_candidates_are_handed_over(gazetteer: Gazetteer) -> None:
    segment = link("Vernon", Context(), gazetteer)[0]
    assert segment.status == "ambigu"
    assert {unit.code for unit in segment.candidates} >= {"27681", "86284", "07336"}
    assert segment.confidence == 0


def check(mention: str, segments: tuple[Segment, ...]) -> None:
    end = 0
    for segment in segments:
        assert mention[segment.start : segment.end] == segment.text
        assert segment.text.strip()
        assert segment.start >= end
        end = segment.end
        assert segment.status in STATUSES
        assert (segment.unit is not None) == (segment.status in ("exact", "partie-de", "historique"))
        assert (segment.confidence > 0) == (segment.unit is not None)
        assert all(segment.evidence)
        if segment.qualifier is not None:
            assert segment.qualifier in mention


WORDS = (
    "Rouen|CC du Ternois|et|,|/| - |(27)|Nord|Sud de|Saint|sur|-|Le Havre|quartiers|la|d'|Vallée|2|QPV|Ville de|:|\n"
)
MORE = "Métropole|Seine|Eure|(|)|hors|;|CCAS|93|é|?|Paris 18e|19e"
PIECES = st.sampled_from([*WORDS.split("|"), *MORE.split("|")])


def test_whatever_is_written_segments_quote_the_mention(gazetteer: Gazetteer) -> None:
    @given(st.lists(PIECES, max_size=12).map(" ".join))
    @settings(deadline=None, max_examples=400)
    def holds(mention: str) -> None:
        check(mention, link(mention, NORMANDIE, gazetteer))

    holds()


def test_any_text_is_read_without_fault(gazetteer: Gazetteer) -> None:
    @given(st.text(max_size=80))
    @settings(deadline=None, max_examples=300)
    def holds(mention: str) -> None:
        check(mention, link(mention, Context(region="28", departement="76"), gazetteer))

    holds()


@pytest.mark.parametrize("filler", [" ", ",", "(", ")", "a", "Rouen, ", "- ", "et ", "\n", "1 "])
def test_a_huge_wording_is_read_in_reasonable_steps(gazetteer: Gazetteer, filler: str) -> None:
    mention = filler * (20_000 // len(filler))
    check(mention, link(mention, NORMANDIE, gazetteer))


def test_linking_is_a_pure_function(gazetteer: Gazetteer) -> None:
    mention = "Rouen/Elbeuf, Dieppe et Le Havre"
    assert link(mention, NORMANDIE, gazetteer) == link(mention, NORMANDIE, gazetteer)


def test_letters_that_look_alike_are_not_taken_for_the_name_and_marks_of_direction_do_not_count(
    gazetteer: Gazetteer,
) -> None:
    scope = Context(region="28")
    for plain in ("C\u200eaen", "\u2066Caen\u2069"):
        [segment] = link(plain, scope, gazetteer)
        assert segment.unit is not None
        assert segment.unit.code == "14118"
    for false in ("C\u0430en", "\u202eneaC\u202c"):  # a Cyrillic a; the name written backwards
        assert all(segment.unit is None for segment in link(false, scope, gazetteer))
