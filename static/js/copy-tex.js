// Formulas in what a reader copies are the TeX that they were made of.
document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (selection.isCollapsed || !event.clipboardData) return;
  const whole = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(".math");
  const range = selection.getRangeAt(0).cloneRange();
  const first = whole(range.startContainer), last = whole(range.endContainer);
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  const copied = document.createElement("div");
  copied.append(range.cloneContents());
  const formulas = [...copied.querySelectorAll(".math")];
  if (!formulas.length) return;
  const html = copied.innerHTML;
  for (const formula of formulas) {
    const tex = formula.querySelector("annotation[encoding='application/x-tex']")?.textContent;
    if (tex !== undefined) formula.replaceWith(formula.classList.contains("display") ? `$$${tex}$$` : `$${tex}$`);
  }
  const lines = "p,div,li,dt,dd,tr,pre,blockquote,figure,table,h1,h2,h3,h4,h5,h6,.display";
  for (const block of copied.querySelectorAll(lines)) block.append("\n\n");
  event.clipboardData.setData("text/plain", copied.textContent.replace(/\n{3,}/g, "\n\n").trim());
  event.clipboardData.setData("text/html", html);
  event.preventDefault();
});
