"""The pages of the site as pure functions: a snapshot and a request in, HTML text out.

What the HTTP layer needs to know:

* `site.Pages(snapshot, settings, vocabulary, theme=None)` is made once for each snapshot;
  it holds no open request state.
* `pages.page(language, path, params)` answers every address under `/fr/` and `/en/`. It returns a `Rendered` (status,
  language, body, headers to add) or None where there is no such page (then `pages.problem(404, ...)`). `path` is what
  follows `/fr/`, without a leading slash, percent-decoded; `params` is a list of
  (name, value) as parsed from the query.

  | path | page |
  |---|---|
  | `` | home: search, figures, entry points |
  | `laureats`, `porteurs`, `appels`, `programmes`, `territoires`, `publics`, `sources` | a list |
  | `doc/<kind>/<key>` | the document about a thing (also `doc/public/<key>`, a concept of the scheme of publics) |
  | `texte/<key>` | the reading text of a source with the passages that the graph cites |
  | `carte` | map and figures |
  | `sparql` | the query form (results: see `pages.sparql`) |
  | `donnees` | downloads and catalogue |
  | `qualite` | data quality |
  | `ontologie` | classes, properties, schemes |
  | `api`, `a-propos`, `mentions-legales`, `accessibilite`, `plan` | what they say |

* `pages.entity(iri, language)` is the same document by IRI: use it for the negotiated HTML of `/doc/<kind>/<key>`
  (language by Accept-Language). Its links are the same from any address.
* `pages.sparql(language, query, outcome)` renders the form with the answer of a query, for
  `/<language>/sparql?query=...`; `outcome` is None, a `LaurierError`, or the bytes of SPARQL JSON results, or of Turtle
  for a graph. The form sends downloads to `/sparql` itself, with `query` and `format`.
* `pages.problem(status, title, detail, language)` is the page of an error.
* `pages.static(name)` gives (bytes, media type) of `/static/<name>`, theme first; None if there is none.
* `pages.export(kind, suffix, params)` gives an `Export` (format, iterator of bytes, file name) for the list at
  `/<kind>.<suffix>` (`/laureats.csv?public=refugies`), with the parameters of its page; None when there is none.
* `pages.addresses(language)` lists the paths of all pages, for a static export and for a site map.

Links in pages start at the root of the server, so pages work on any host; IRIs of the data are shown as they are.
Pages hold no inline script and no style attribute: `default-src 'none'; style-src 'self'; script-src 'self';
img-src 'self'; form-action 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'` is enough.
"""
