"""The rules by which Apache serves an export: a `.htaccess`, with mod_negotiation for the forms of a document."""

from __future__ import annotations

import re
from collections.abc import Iterable

from laurier import formats
from laurier.site.rules import FIELDS, PAGE
from laurier.web.pages.addresses import LISTS

# mod_negotiation multiplies what the client wants by these; equal wishes go to the first of the offers.
_QUALITIES = ("1.000", "0.999", "0.998", "0.997", "0.996")


def rules(moved: Iterable[tuple[str, str | None]], sparql: str) -> str:
    """The file, for the folder `public` (AllowOverride All, or its lines in a Directory block).

    Args:
        moved: paths of documents that are no more, each with the path it was merged into, or None.
        sparql: address of a SPARQL endpoint that `/sparql` leads to, or empty.
    """
    types = "".join(
        f'AddType "{form.media_type};qs={quality}" .{form.suffix}\n'
        for form, quality in zip(PAGE, _QUALITIES, strict=True)
    )
    others = (formats.TRIG, formats.N_QUADS, formats.N3, formats.CSV, formats.GEOJSON, formats.PARQUET, formats.SQLITE)
    # Lists as files lie beside documents of the same name (`/publics`), and are never what `*/*` means.
    types += "".join(f'AddType "{form.media_type};qs=0.100" .{form.suffix}\n' for form in others)
    gone = "".join(
        f"RewriteRule ^{re.escape(path[1:])}$ "
        + (f'"{target.replace("%", "%25")}" [R=301,L]\n' if target else "- [G]\n")
        for path, target in sorted(moved)
    )
    fields = "".join(f'Header always set {name} "{value}"\n' for name, value in FIELDS.items())
    query = f"RewriteRule ^sparql$ {sparql} [R=307,L]\n" if sparql else ""
    return _RULES.format(types=types, gone=gone, fields=fields, query=query, lists="|".join(sorted(LISTS)))


_RULES = """# Written by `laurier export`. Needs mod_rewrite, mod_negotiation, mod_mime, mod_headers, mod_deflate.
Options +MultiViews -Indexes +FollowSymLinks
DirectoryIndex disabled
DirectorySlash Off
FileETag MTime Size
ErrorDocument 404 /404.fr.html
ErrorDocument 410 /404.fr.html
AddDefaultCharset utf-8
AddCharset utf-8 .ttl .jsonld .nt .rdf .html .xml .csv .css .js .txt .nq
{types}AddType application/gzip .gz
RemoveEncoding .gz
AddType text/plain .txt
AddType text/css .css
AddType text/javascript .js
AddType image/svg+xml .svg
AddType application/xml .xml
AddLanguage fr .fr
AddLanguage en .en
LanguagePriority fr en
ForceLanguagePriority Prefer Fallback
{fields}Header edit Content-Type ";\\s*qs=[0-9.]+" ""
Header edit Content-Type "^(application/gzip);.*$" "$1"
Header always set Allow "GET, HEAD, OPTIONS" "expr=%{{REQUEST_STATUS}} =~ /^(204|405)$/"
# mod_deflate marks the ETag but does not know it again.
RequestHeader edit* If-None-Match "-gzip\\"" "\\""
AddOutputFilterByType DEFLATE text/turtle application/n-triples application/ld+json application/rdf+xml text/html
AddOutputFilterByType DEFLATE text/css text/javascript image/svg+xml application/xml text/plain
SetEnvIf Request_URI ^/dumps/ no-gzip
<Files "opensearch.xml">
ForceType application/opensearchdescription+xml
</Files>

RewriteEngine On
RewriteCond %{{REQUEST_METHOD}} =OPTIONS
RewriteRule ^ - [R=204,L]
RewriteCond %{{REQUEST_METHOD}} !^(GET|HEAD)$
RewriteRule ^ - [R=405,L]
{gone}{query}
# A thing leads to its document (Cool URIs).
RewriteCond %{{DOCUMENT_ROOT}}/doc/$1.ttl !-f
RewriteRule ^id/(.+)$ - [R=404,L]
RewriteRule ^id/(.+)$ /doc/$1 [R=303,L]

# The home page, in the language of the reader; a client that only reads RDF goes to the catalogue.
RewriteCond %{{HTTP_ACCEPT}} !(text/html|text/\\*|\\*/\\*|^$)
RewriteRule ^$ /catalogue [R=303,L]
RewriteCond %{{HTTP:Accept-Language}} ^\\s*en [NC]
RewriteRule ^$ en/index.html [L]
RewriteRule ^$ fr/index.html [L]
RewriteRule ^(fr|en)$ /$1/ [R=308,L]
RewriteRule ^(fr|en)/$ $1/index.html [L]
RewriteRule ^(fr|en)/doc/(.+)$ doc/$2.$1.html [L]

# A list is never shown in place of its filtered form (mod_negotiation may have found the whole one already).
RewriteCond %{{QUERY_STRING}} ^([A-Za-z0-9_=%+.~&-]+)$
RewriteRule ^((?:fr|en)/(?:{lists}))(?:\\.html)?$ $1@%1.html [B=%,QSD,L]
RewriteCond %{{QUERY_STRING}} .
RewriteRule ^(?:fr|en)/(?:{lists})(?:\\.html)?$ - [R=404,L]
RewriteCond %{{QUERY_STRING}} ^([A-Za-z0-9_=%+.~&-]+)$
RewriteRule ^([a-z]+)\\.(csv|jsonld|geojson|parquet)$ $1@%1.$2 [B=%,QSD,L]
RewriteCond %{{DOCUMENT_ROOT}}/$1.html -f
RewriteRule ^((?:fr|en)/.+)$ $1.html [L]

# Pages of the catalogue and of the feed, graphs.
RewriteCond %{{QUERY_STRING}} (?:^|&)page=0*([2-9]|[1-9][0-9]+)(?:&|$)
RewriteRule ^catalogue\\.(ttl|jsonld|nt|rdf)$ catalogue@page=%1.$1 [QSD,L]
RewriteCond %{{QUERY_STRING}} (?:^|&)page=0*([2-9]|[1-9][0-9]+)(?:&|$)
RewriteRule ^catalogue$ catalogue@negotiated@page=%1 [QSD,L]
RewriteCond %{{HTTP_ACCEPT}} text/html
RewriteCond %{{HTTP:Accept-Language}} ^\\s*en [NC]
RewriteRule ^feed$ /en/changements [R=303,L]
RewriteCond %{{HTTP_ACCEPT}} text/html
RewriteRule ^feed$ /fr/changements [R=303,L]
RewriteRule ^feed$ feed/1 [L]
RewriteRule ^graph/([^/]+)$ dumps/$1.ttl [L]

# One form by its suffix: the page in the language of the reader.
RewriteCond %{{DOCUMENT_ROOT}}/$1.fr.html -f
RewriteCond %{{HTTP:Accept-Language}} ^\\s*en [NC]
RewriteRule ^(.+)\\.html$ $1.en.html [L]
RewriteCond %{{DOCUMENT_ROOT}}/$1.fr.html -f
RewriteRule ^(.+)\\.html$ $1.fr.html [L]
"""
