// Turns the text area of the SPARQL page into an editor with highlighting and completion of the ontology's terms.
// Without it the page works the same; nothing is fetched, and what is sent is the text area of the form.
import { autocompletion, completionKeymap, closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { sparql } from "codemirror-lang-sparql";

const KEYWORDS = ("SELECT CONSTRUCT ASK DESCRIBE WHERE FROM NAMED PREFIX BASE DISTINCT REDUCED OPTIONAL UNION MINUS " +
  "FILTER BIND VALUES GRAPH EXISTS NOT IN AS ORDER BY ASC DESC GROUP HAVING LIMIT OFFSET COUNT SUM MIN MAX AVG SAMPLE " +
  "GROUP_CONCAT STR LANG LANGMATCHES DATATYPE BOUND REGEX CONTAINS STRSTARTS STRENDS LCASE UCASE YEAR COALESCE IF").split(" ");

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--leaf)", fontWeight: "600" },
  { tag: [tags.string, tags.literal, tags.number, tags.bool], color: "var(--warn)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.variableName, tags.special(tags.variableName)], fontWeight: "600" },
]);

const look = EditorView.theme({
  "&": { color: "var(--ink)", background: "var(--paper)", border: "1px solid var(--edge)", borderRadius: ".4rem", fontSize: ".9rem" },
  "&.cm-focused": { outline: "3px solid var(--leaf)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "ui-monospace, 'Liberation Mono', Menlo, monospace", lineHeight: "1.55", minHeight: "18rem" },
  ".cm-gutters": { background: "var(--wash)", color: "var(--soft)", border: "0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { background: "var(--mark)" },
  ".cm-tooltip": { background: "var(--paper)", border: "1px solid var(--edge)", color: "var(--ink)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--leaf)", color: "var(--on-leaf)" },
});

// Writes a term, and declares its prefix first where the query does not.
function written(prefixes) {
  return (view, completion, from, to) => {
    const prefix = completion.label.split(":")[0];
    const declared = new RegExp(`\\bPREFIX\\s+${prefix}\\s*:`, "i").test(view.state.doc.toString());
    const head = declared || !prefixes[prefix] ? "" : `PREFIX ${prefix}: <${prefixes[prefix]}>\n`;
    view.dispatch({
      changes: [{ from: 0, insert: head }, { from, to, insert: completion.label }],
      selection: { anchor: from + head.length + completion.label.length },
      userEvent: "input.complete",
    });
  };
}

function completions(terms, prefixes) {
  const apply = written(prefixes);
  const known = [
    ...terms.map((label) => ({ label, type: "property", apply })),
    ...KEYWORDS.map((label) => ({ label, type: "keyword" })),
  ];
  return (context) => {
    const word = context.matchBefore(/[?$]?[\w-]*:?[\w-]*/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const names = new Set(context.state.doc.toString().match(/[?$]\w+/g) || []);
    names.delete(word.text);
    const variables = [...names].map((label) => ({ label, type: "variable" }));
    return { from: word.from, options: [...known, ...variables], validFor: /^[?$]?[\w-]*:?[\w-]*$/ };
  };
}

function enhance(area) {
  const form = area.form;
  const label = document.querySelector(`label[for="${area.id}"]`);
  const host = document.createElement("div");
  // In a shadow root the editor uses constructed style sheets, so that no inline style is needed in the page.
  const root = host.attachShadow({ mode: "open" });
  const submit = () => { area.value = view.state.doc.toString(); form.requestSubmit(); return true; };
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(),
        sparql(), syntaxHighlighting(colours), look, EditorView.lineWrapping,
        autocompletion({ override: [completions(area.dataset.terms.split(" ").filter(Boolean), JSON.parse(area.dataset.prefixes))] }),
        keymap.of([{ key: "Mod-Enter", run: submit }, ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
        EditorView.contentAttributes.of({ "aria-label": label ? label.textContent : "SPARQL", spellcheck: "false" }),
      ],
    }),
  });
  area.before(host);
  area.hidden = true;
  label?.addEventListener("click", () => view.focus());
  form.addEventListener("submit", () => { area.value = view.state.doc.toString(); });
  form.addEventListener("formdata", (event) => { event.formData.set(area.name, view.state.doc.toString()); });
}

for (const area of document.querySelectorAll("textarea[data-terms]")) enhance(area);
