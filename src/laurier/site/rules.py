"""The rules by which nginx serves an export as the application would: negotiation, statuses and fields.

nginx has no content negotiation, so it is written as maps: each format gets four digits (weight in hundredths, then
specificity) from the Accept field, and the greatest wins, the first of the offers among equals (RFC 9110 section
12.5.1). What it leaves out: commas inside quoted parameters, and weights finer than a hundredth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from laurier import formats
from laurier.formats import Format

#: The serialisations that an export holds of each document.
RDF = (formats.TURTLE, formats.JSON_LD, formats.N_TRIPLES, formats.RDF_XML)
PAGE = (formats.TURTLE, formats.HTML, formats.JSON_LD, formats.N_TRIPLES, formats.RDF_XML)
HOME = (formats.HTML, *RDF)
_LETTERS = "abcdefgh"
_EXPOSED = "ETag, Link, Location, Content-Location, Content-Language, Last-Modified"
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def maps(moved: Iterable[tuple[str, str | None]]) -> str:
    """The maps, for the `http` context.

    Args:
        moved: paths of documents that are no more, each with the path it was merged into, or None.
    """
    parts = [
        "# Written by `laurier export`: include it in the http context.\n"
        'map $http_accept $laurier_accept {\n    "" "*/*";\n    default $http_accept;\n}\n'
        'map $http_accept_language $laurier_language {\n    default fr;\n    "~*^\\s*en" en;\n}\n'
        # The file of an address with a query; no other character ever reaches a path.
        'map $args $laurier_at {\n    "" "";\n    "~^[A-Za-z0-9_=%+.~&-]+$" "@$args";\n    default "@";\n}\n'
        'map $arg_page $laurier_number {\n    default "";\n    "~^0*1$" "";\n    "~^\\d+$" "@page=$arg_page";\n}\n'
        'map $request_uri $laurier_document {\n    default "";\n    "~^/id/(?<laurier_d>.*)$" "/doc/$laurier_d";\n}\n'
    ]
    parts += [_quality(form) for form in PAGE]
    parts += [_choice("page", PAGE), _choice("rdf", RDF), _choice("home", HOME)]
    parts.append(
        'map $laurier_page $laurier_tail {\n    "" "";\n    html ".$laurier_language.html";\n'
        '    default "$laurier_number.$laurier_page";\n}\n'
    )
    gone = "".join(f"    {_quoted(path)} {_quoted(target or 'gone')};\n" for path, target in sorted(moved))
    parts.append(f'map $uri $laurier_moved {{\n    default "";\n{gone}}}\n')
    return "\n".join(parts)


def _quality(form: Format) -> str:
    kind = form.media_type.partition("/")[0]
    lines = []
    # The media type itself, then its other names, then wildcards: the most specific that is there counts.
    sets = ((form.media_type,), 3), ((*form.generic, *form.obsolete), 3), ((f"{kind}/*",), 2), (("*/*",), 1)
    for names, rank in sets:
        if names:
            found = "|".join(re.escape(name).replace("\\-", "-") for name in names)
            start = f"~*(?:^|,)\\s*(?:{found})\\s*(?:;(?!\\s*q=)[^,;]*)*"
            tens, units = f"d{form.name[0]}{rank}", f"u{form.name[0]}{rank}"
            lines += [
                f'"{start};\\s*q=0?\\.(?<{tens}>\\d)(?<{units}>\\d)" "0${{{tens}}}${{{units}}}{rank}";',
                f'"{start};\\s*q=0?\\.(?<{tens}>\\d)(?!\\d)" "0${{{tens}}}0{rank}";',
                f'"{start};\\s*q=1" "100{rank}";',
                f'"{start};\\s*q=0" "000{rank}";',
                f'"{start}(?:,|$)" "100{rank}";',
            ]
    body = "".join(f"    {line}\n" for line in lines)
    return f'map $laurier_accept $laurier_q_{form.suffix} {{\n    default "0000";\n{body}}}\n'


def _choice(name: str, offers: Sequence[Format]) -> str:
    told = "".join(f"{letter}${{laurier_q_{form.suffix}}}" for letter, form in zip(_LETTERS, offers, strict=False))
    one, two, three = (f"$laurier_{name}_{digit}" for digit in (1, 2, 3))
    ten = [f"{number:02}" for number in range(10, -1, -1)]
    first = "".join(f'    "~[a-h]{pair}" "{pair}";\n' for pair in ten)
    second = "".join(f'    "~^(\\d\\d):.*[a-h]\\g{{1}}{digit}" "{digit}";\n' for digit in range(9, -1, -1))
    third = "".join(f'    "~^(\\d{{3}}):.*[a-h]\\g{{1}}{digit}" "{digit}";\n' for digit in range(3, -1, -1))
    last = "".join(
        f'    "~^(\\d{{4}}):.*{letter}\\g{{1}}" {form.suffix};\n'
        for letter, form in zip(_LETTERS, offers, strict=False)
    )
    return (
        f'map "{told}" {one} {{\n    default "00";\n{first}}}\n'
        f'map "{one}:{told}" {two} {{\n    default "0";\n{second}}}\n'
        f'map "{one}{two}:{told}" {three} {{\n    default "0";\n{third}}}\n'
        f'map "{one}{two}{three}:{told}" $laurier_{name} {{\n    default "";\n    "~^000" "";\n{last}}}\n'
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'


def server(sparql: str) -> str:
    """The locations, for the `server` context; `root` is the folder `public` of the export.

    Args:
        sparql: address of a SPARQL endpoint that `/sparql` leads to, or empty.
    """
    offers = ", ".join(f"{form.media_type} ({form.suffix})" for form in PAGE)
    query = f"return 307 {sparql}$is_args$args;" if sparql else "return 404;"
    types = "".join(
        f"    {form.media_type} {form.suffix};\n"
        for form in (*formats.PAGES, formats.CSV, formats.GEOJSON, formats.PARQUET, formats.SQLITE, formats.XML)
    )
    return _SERVER.format(
        types=types, common=_common(), offers=offers, query=query, links=_links(PAGE), rdf_links=_links(RDF)
    )


#: Fields of every answer, as the application sends them.
FIELDS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": _EXPOSED,
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=300",
}


def _common() -> str:
    return "".join(f'        add_header {name} "{value}" always;\n' for name, value in FIELDS.items())


def _links(offers: Iterable[Format]) -> str:
    return ", ".join(f'<$laurier_stem.{f.suffix}>; rel=\\"alternate\\"; type=\\"{f.media_type}\\"' for f in offers)


_SERVER = """# Written by `laurier export`: include it in a server block, after `root .../public;`.
charset utf-8;
charset_types text/css text/plain text/csv text/turtle application/n-triples application/ld+json
    application/rdf+xml application/xml application/n-quads application/trig text/n3 text/javascript;
types {{
{types}    text/css css;
    text/javascript js;
    image/svg+xml svg;
    text/plain txt;
    application/gzip gz;
    application/opensearchdescription+xml osdx;
}}
default_type application/octet-stream;
gzip on;
gzip_vary on;
gzip_min_length 1000;
gzip_types text/turtle application/n-triples application/ld+json application/rdf+xml text/css text/javascript
    image/svg+xml application/xml text/plain;
absolute_redirect off;
error_page 404 410 @missing;
error_page 405 @method;
error_page 406 @unacceptable;
error_page 418 = @options;
if ($request_method = OPTIONS) {{ return 418; }}
if ($request_method !~ ^(GET|HEAD)$) {{ return 405; }}

location @options {{
{common}        add_header Allow "GET, HEAD, OPTIONS" always;
        add_header Access-Control-Allow-Methods "GET, HEAD, OPTIONS" always;
        add_header Access-Control-Allow-Headers "Accept, Accept-Language, If-None-Match, If-Modified-Since" always;
        return 204;
}}
location @method {{
{common}        add_header Allow "GET, HEAD, OPTIONS" always;
        default_type text/plain;
        return 405 "Only GET, HEAD and OPTIONS are answered here.\\n";
}}
location @unacceptable {{
{common}        add_header Vary "Accept, Accept-Language" always;
        default_type text/plain;
        return 406 "Offered: {offers}.\\n";
}}
location @missing {{
{common}        add_header Vary "Accept, Accept-Language" always;
        try_files /404.$laurier_language.html =404;
}}

# A thing leads to its document (Cool URIs).
location ~ ^/id/(?<laurier_rest>.+)$ {{
{common}        add_header Vary "Accept" always;
        if ($laurier_moved = gone) {{ return 410; }}
        if ($laurier_moved) {{ return 301 $laurier_moved; }}
        if (!-f $document_root/doc/$laurier_rest.ttl) {{ return 404; }}
        return 303 $laurier_document;
}}

# One form of a document.
location ~ ^/catalogue\\.(?<laurier_form>ttl|jsonld|nt|rdf)$ {{
{common}        try_files /catalogue$laurier_number.$laurier_form =404;
}}
location ~ ^/(?:doc|dataset|ns|publics|code|feed|\\.well-known)\\b.*\\.(?:ttl|jsonld|nt|rdf)$ {{
{common}        try_files $uri =404;
}}
location ~ ^(?<laurier_stem>/(?:doc/.+|dataset/.+|catalogue|ns))\\.html$ {{
{common}        add_header Vary "Accept-Language" always;
        add_header Content-Language $laurier_language always;
        try_files $laurier_stem.$laurier_language.html =404;
}}

# A document, in the form that the client prefers.
location ~ ^(?<laurier_stem>/(?:doc/.+|dataset/.+|catalogue|ns|publics|code))$ {{
{common}        add_header Vary "Accept, Accept-Language" always;
        add_header Content-Location $laurier_stem.$laurier_page always;
        add_header Link "{links}" always;
        if ($laurier_moved = gone) {{ return 410; }}
        if ($laurier_moved) {{ return 301 $laurier_moved; }}
        if ($laurier_page = "") {{ return 406; }}
        try_files $laurier_stem@negotiated$laurier_tail $laurier_stem$laurier_tail =404;
}}
location ~ ^(?<laurier_stem>/(?:feed/\\d+|\\.well-known/void))$ {{
{common}        add_header Vary "Accept" always;
        add_header Link "{rdf_links}" always;
        if ($laurier_rdf = "") {{ return 406; }}
        try_files $laurier_stem.$laurier_rdf =404;
}}
location = /feed {{
{common}        add_header Vary "Accept, Accept-Language" always;
        if ($laurier_page = "") {{ return 406; }}
        if ($laurier_page = html) {{ return 303 /$laurier_language/changements; }}
        try_files /feed/1.$laurier_page =404;
}}
location /dumps/ {{
{common}        gzip off;
        try_files $uri =404;
}}

location = / {{
{common}        add_header Vary "Accept, Accept-Language" always;
        if ($laurier_home = "") {{ return 406; }}
        if ($laurier_home != html) {{ return 303 /catalogue.$laurier_home; }}
        try_files /$laurier_language/index.html =404;
}}
location ~ ^/(?<laurier_in>fr|en)/doc/(?<laurier_rest>.+)$ {{
{common}        add_header Content-Language $laurier_in always;
        try_files /doc/$laurier_rest.$laurier_in.html =404;
}}
# A list is never shown in place of its filtered form.
location ~ ^/(?<laurier_in>fr|en)/(?:laureats|porteurs|appels|programmes|territoires|publics|sources)$ {{
{common}        add_header Content-Language $laurier_in always;
        try_files $uri$laurier_at.html =404;
}}
location ~ ^/(?:fr|en)$ {{
        return 308 $uri/;
}}
location ~ ^/(?<laurier_in>fr|en)/ {{
{common}        add_header Content-Language $laurier_in always;
        add_header Link "</catalogue>; rel=\\"describedby\\", </.well-known/void>; rel=\\"describedby\\"" always;
        try_files $uri$laurier_at.html $uri.html ${{uri}}index.html =404;
}}
location ~ ^/(?<laurier_list>[a-z]+)\\.(?<laurier_form>csv|jsonld|geojson|parquet)$ {{
{common}        try_files /$laurier_list$laurier_at.$laurier_form =404;
}}
location ~ ^/graph/(?<laurier_rest>[^/]+)$ {{
{common}        try_files /dumps/$laurier_rest.ttl =404;
}}
location = /opensearch.xml {{
{common}        default_type application/opensearchdescription+xml;
        types {{ }}
        try_files $uri =404;
}}
location ~ /\\.ht {{
        return 404;
}}
location /sparql {{
{common}        {query}
}}
location / {{
{common}        try_files $uri =404;
}}
"""
