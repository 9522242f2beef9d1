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
      return engine.renderToString(tex, { ...options, displayMode: display, macros: { ...known } });
    } catch (error) { return "\u0002" + (error && error.message) }
  }).join("\u0001");
}
