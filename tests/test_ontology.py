"""The ontology, its schemes and the shapes are complete in both languages, and agree with each other."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib

from laurier import files
from laurier.validation import reference
from laurier.validation.shapes import read
from laurier.vocabulary import ONTOLOGY, PREFIXES, PUBLICS, Vocabulary

FOLDERS = {name: sorted(files.folder(name).glob("*.ttl")) for name in ("ontology", "shapes")}
VOCABULARY = Vocabulary()
SHAPES = Vocabulary(FOLDERS["shapes"])
LAU, SH, RDF, RDFS, OWL, SKOS = (PREFIXES[p] for p in ("lau", "sh", "rdf", "rdfs", "owl", "skos"))
LAUSH = "https://w3id.org/laurier/shapes#"

TERMS = [LAU + name for name in VOCABULARY.lau]
CONCEPTS = VOCABULARY.instances(f"{SKOS}Concept")
SCHEMES = VOCABULARY.instances(f"{SKOS}ConceptScheme")
CLASSES = VOCABULARY.instances(f"{OWL}Class")
PROPERTIES = [*VOCABULARY.instances(f"{OWL}ObjectProperty"), *VOCABULARY.instances(f"{OWL}DatatypeProperty")]
PROPERTY_SHAPES = SHAPES.instances(f"{SH}PropertyShape")
REUSED = [s.value for s in {t.subject for t in VOCABULARY.by_file["reused.ttl"]} if isinstance(s, ox.NamedNode)]


def one(vocabulary: Vocabulary, subject: str, name: str) -> str | None:
    """The only value of a property in the namespace of SHACL."""
    values = [str(value) for value in vocabulary.values(subject, f"{SH}{name}")]
    assert len(values) <= 1, (subject, name)
    return values[0] if values else None


@pytest.mark.parametrize("term", [*TERMS, *CONCEPTS, *REUSED])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_term_has_a_label_and_a_definition(term: str, language: str) -> None:
    assert VOCABULARY.label(term, language)
    assert VOCABULARY.texts(term, f"{SKOS}prefLabel").get(language) or VOCABULARY.texts(term, f"{RDFS}label")[language]
    definition = VOCABULARY.definition(term, language)
    assert definition
    assert definition[0].isupper()
    assert definition.endswith((".", "…"))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_has_titles_and_its_top_concepts(scheme: str) -> None:
    for language in ("fr", "en"):
        assert VOCABULARY.texts(scheme, f"{PREFIXES['dcterms']}title")[language]
        assert VOCABULARY.texts(scheme, f"{PREFIXES['dcterms']}description")[language]
    top = {str(value) for value in VOCABULARY.values(scheme, f"{SKOS}hasTopConcept")}
    roots = {f"<{c}>" for c in VOCABULARY.in_scheme(scheme) if not VOCABULARY.values(c, f"{SKOS}broader")}
    assert top == roots


def test_broader_and_narrower_mirror_each_other() -> None:
    concepts = VOCABULARY.in_scheme(PUBLICS)
    broader = {(c, str(b)[1:-1]) for c in concepts for b in VOCABULARY.values(c, f"{SKOS}broader")}
    narrower = {(str(n)[1:-1], c) for c in concepts for n in VOCABULARY.values(c, f"{SKOS}narrower")}
    assert broader == narrower


def test_nothing_is_a_draft_and_versions_are_stated() -> None:
    for path in [*FOLDERS["ontology"], *FOLDERS["shapes"]]:
        assert "draft" not in path.read_text(encoding="utf-8").lower(), path
    for subject in (ONTOLOGY, *SCHEMES):
        assert VOCABULARY.texts(subject, f"{OWL}versionInfo") == {"": ["0.1.0"]}


def test_nothing_is_imported_and_nothing_entails_types() -> None:
    used = {t.predicate.value for t in VOCABULARY.triples}
    assert not used & {f"{OWL}imports", f"{RDFS}domain", f"{RDFS}range"}


def test_every_class_has_a_shape() -> None:
    targets = {
        str(value)[1:-1] for t in SHAPES.triples if t.predicate.value == f"{SH}targetClass" for value in [t.object]
    }
    own = {iri for iri in CLASSES if iri.startswith(LAU)}
    assert own <= targets
    named = {str(value)[1:-1] for value in SHAPES.values(f"{LAUSH}Named", f"{SH}targetClass")}
    assert named == own


def test_every_property_is_in_a_shape() -> None:
    paths = {
        step[1:-1] for target in read(FOLDERS["shapes"]) for shape in target.properties for step in shape.path or ()
    }
    assert {iri for iri in PROPERTIES if iri.startswith(LAU)} <= paths


def test_the_shapes_use_only_terms_that_exist() -> None:
    known = {f"<{s.value}>" for t in VOCABULARY.triples if isinstance(s := t.subject, ox.NamedNode)}
    for triple in SHAPES.triples:
        for term in (triple.subject, triple.predicate, triple.object):
            if str(term).startswith((f"<{LAU}", "<https://w3id.org/laurier/code/", f"<{PUBLICS}")):
                assert str(term) in known, term


def test_every_term_of_another_vocabulary_in_a_path_is_labelled() -> None:
    for target in read(FOLDERS["shapes"]):
        for shape in target.properties:
            for step in shape.path or ():
                assert VOCABULARY.label(step[1:-1], "fr"), step


def test_every_prefix_of_a_class_that_is_reused_is_known() -> None:
    for iri in REUSED:
        assert any(iri.startswith(namespace) for namespace in PREFIXES.values()), iri


@pytest.mark.parametrize("shape", PROPERTY_SHAPES)
def test_every_property_shape_lays_out_a_page(shape: str) -> None:
    assert shape.startswith(LAUSH)
    for name in ("name", "message"):
        texts = SHAPES.texts(shape, f"{SH}{name}")
        assert set(texts) == {"fr", "en"}, (shape, name)
        assert all(len(found) == 1 for found in texts.values()), (shape, name)
    group, order = one(SHAPES, shape, "group"), one(SHAPES, shape, "order")
    assert group in {f"<{g}>" for g in SHAPES.instances(f"{SH}PropertyGroup")}
    assert order is not None


@pytest.mark.parametrize("group", SHAPES.instances(f"{SH}PropertyGroup"))
def test_every_group_is_labelled_and_ordered(group: str) -> None:
    assert set(SHAPES.texts(group, f"{RDFS}label")) == {"fr", "en"}
    assert one(SHAPES, group, "order") is not None


def test_two_shapes_of_one_property_of_a_class_stand_in_one_place() -> None:
    for target in SHAPES.instances(f"{SH}NodeShape"):
        places: dict[str, set[tuple[str | None, ...]]] = {}
        for value in SHAPES.values(target, f"{SH}property"):
            if isinstance(value, ox.NamedNode) and (path := one(SHAPES, value.value, "path")) and path[0] == "<":
                place = (one(SHAPES, value.value, "group"), one(SHAPES, value.value, "order"))
                places.setdefault(path, set()).add(place)
        assert all(len(found) == 1 for found in places.values()), (target, places)


@pytest.mark.parametrize("shape", PROPERTY_SHAPES)
def test_every_message_gives_a_rule_and_a_remedy(shape: str) -> None:
    for language, colon in (("fr", " : "), ("en", ": ")):
        (message,) = SHAPES.texts(shape, f"{SH}message")[language]
        assert message[0].isupper() or message.startswith("lau:"), message
        assert message.endswith("."), message
        assert colon in message or message.count(". ") == 1, message
        if language == "fr":
            assert "'" not in message, message


def test_the_vocabulary_conforms_to_the_shapes(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.nt"
    nothing.write_text("")
    assert reference.results(nothing, FOLDERS["shapes"], FOLDERS["ontology"]) == []


@pytest.mark.filterwarnings("ignore")  # pyshacl reads its own shapes of shapes with a deprecated parser
def test_the_shapes_are_valid_shapes() -> None:
    shapes = rdflib.Graph()
    for path in FOLDERS["shapes"]:
        shapes.parse(path, format="turtle")
    conforms, _, text = pyshacl.validate(rdflib.Graph(), shacl_graph=shapes, meta_shacl=True)
    assert conforms, text


def test_the_json_ld_context_compacts_every_property() -> None:
    context = VOCABULARY.context
    for iri in PROPERTIES:
        assert iri.removeprefix(LAU) in context
    assert context["objective"] == "lau:objective"  # texts carry their language, not a datatype
    assert context["expectedBeneficiaries"] == {
        "@id": "lau:expectedBeneficiaries",
        "@type": f"{PREFIXES['xsd']}integer",
    }
