// TeX in, HTML or MathML out. One call makes a batch; what cannot be made comes back as the reason.
const OPTIONS = { throwOnError: true, strict: "ignore", trust: false, maxExpand: 1000 };
const ENGINES = {
  html: { engine: globalThis.katex, options: { ...OPTIONS, output: "htmlAndMathml", maxSize: 50 } },
  mathml: { engine: globalThis.temml, options: { ...OPTIONS, strict: false, maxSize: [50, 50] } },
};

function addBuiltIns(both, temmlOnly) {
  for (const [name, body] of both) {
    katex.__defineMacro(name, body);
    temml.__defineMacro(name, body);
  }
  for (const [name, body] of temmlOnly) temml.__defineMacro(name, body);
}

// KaTeX's HTML as the standards have it. In its MathML <mtd> has no width, and an operator's name with the sign of its
// application after it is one thing (without a row around them, \ell_{\max} has a script too many). In what is seen the
// bar of \neq is a character of its font for private use: the style sheet names it, so that no text holds it.
function mended(html) {
  const at = html.indexOf('<span class="katex-html"');
  if (at < 0) return html;
  return html.slice(0, at).replaceAll('<mtd width="50%">', "<mtd>")
    .replace(/(<mi[^>]*>[^<]*<\/mi>)<mo>\u2061<\/mo>/g, "<mrow>$1<mo>\u2061</mo></mrow>")
    + html.slice(at).replace(/[\ue006-\ue020]/g, char => `<span class="pua-${char.charCodeAt(0).toString(16)}"></span>`);
}

// The macros that these definitions make, or the reason why one cannot be made.
function defined(engine, options, definitions) {
  const macros = {};
  try {
    for (const definition of definitions) engine.__parse(definition, { ...options, macros, globalGroup: true });
  } catch (error) { return String(error.message) }
  return macros;
}

// batch: [output, sets of definitions, [TeX, display, index of its set]…] → results, joined by U+0001; a reason begins
// with U+0002. (JSON would escape every quote of the HTML.)
function makeBatch(batch) {
  const [output, sets, formulas] = JSON.parse(batch);
  const { engine, options } = ENGINES[output];
  const macros = sets.map(definitions => defined(engine, options, definitions));
  return formulas.map(([tex, display, set]) => {
    const known = macros[set];
    if (typeof known === "string") return "\u0002" + known;
    try {
      return mended(engine.renderToString(tex, { ...options, displayMode: display, macros: { ...known } }));
    } catch (error) { return "\u0002" + (error && error.message) }
  }).join("\u0001");
}
