"""Jena's SHACL over a release, as a peer: Debian's package, with the two files of messages that it lacks.

Jena allows a SPARQL constraint one message only, so that it is given the shapes with the French ones alone.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import rdflib
from servers import AbsentError, first_line

from laurier import files

_JARS = Path("/usr/share/java")
_SHACL = rdflib.Namespace("http://www.w3.org/ns/shacl#")
# Names of the libraries that Jena's commands need, as Debian calls their files.
_NEEDED = """jena-arq jena-base jena-cmds jena-core jena-dboe-base jena-dboe-index jena-dboe-storage
jena-dboe-trans-data jena-dboe-transaction jena-iri jena-rdfconnection jena-shacl jena-shex jena-tdb jena-tdb2
commons-cli commons-codec commons-compress commons-csv commons-io commons-lang3 dexx.collection gson guava httpclient
httpcore jackson-core jackson-databind jackson-annotations jakarta.json-api jsonld-java protobuf slf4j-api slf4j-simple
thrift titanium-json-ld jcl-over-slf4j""".split()  # noqa: SIM905
_KEYS = """BadMessageKey FormatFailed cvc-datatype-valid.1.2.1 cvc-datatype-valid.1.2.3 cvc-enumeration-valid
cvc-fractionDigits-valid cvc-length-valid cvc-maxExclusive-valid cvc-maxInclusive-valid cvc-maxLength-valid
cvc-minExclusive-valid cvc-minInclusive-valid cvc-minLength-valid cvc-pattern-valid cvc-totalDigits-valid""".split()  # noqa: SIM905


def command(triples: Path, folder: Path) -> tuple[str, list[str]]:
    """Its version, and the command that validates N-Triples together with the ontology.

    Args:
        triples: the data.
        folder: where what it needs is written.

    Raises:
        AbsentError: Java or Jena is not installed.
    """
    if shutil.which("java") is None or not (_JARS / "jena-shacl.jar").exists():
        raise AbsentError("Jena is not installed: apt-get install default-jre-headless libapache-jena-java")
    folder.mkdir(parents=True, exist_ok=True)
    messages = {"regex/message": [], "XMLSchemaMessages": _KEYS}
    for name, keys in messages.items():
        path = folder / "xerces" / "impl" / ("xpath" if "/" in name else "msg") / f"{name}.properties"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{key}={key}\n" for key in keys))
    shapes = rdflib.Graph()
    for source in sorted(files.folder("shapes").glob("*.ttl")):
        shapes.parse(source)
    for node in set(shapes.subjects(rdflib.RDF.type, _SHACL.SPARQLConstraint)):
        for message in list(shapes.objects(node, _SHACL.message)):
            if message.language != "fr":
                shapes.remove((node, _SHACL.message, message))
    shapes.serialize(folder / "shapes.ttl")
    with (folder / "data.nt").open("w", encoding="utf-8") as data:
        with triples.open(encoding="utf-8") as release:
            shutil.copyfileobj(release, data)
        for source in sorted(files.folder("ontology").glob("*.ttl")):
            data.write(rdflib.Graph().parse(source).serialize(format="nt"))
    jars = ":".join([str(folder), *(str(_JARS / f"{name}.jar") for name in _NEEDED)])
    java = ["java", "-Xmx8g", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp", jars]
    version = next((path.stem[11:] for path in _JARS.glob("jena-shacl-*.jar")), "")
    run = [*java, "shacl.shacl", "validate", "--shapes", str(folder / "shapes.ttl"), "--data", str(folder / "data.nt")]
    return f"Jena {version}, {first_line(['java', '-version'])}", run
