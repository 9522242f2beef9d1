// What the theme's pages can do besides being read. Every page is whole without it.
(() => {
  const root = document.documentElement, words = document.currentScript.dataset;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  const target = (link) => document.getElementById(decodeURIComponent(link.hash.slice(1)));

  // ── light, dark, or as the system has it ──

  const choice = document.querySelector(".scheme select");
  const comments = { giscus: ["https://giscus.app", "preferred_color_scheme", (theme) => ({ giscus: { setConfig: { theme } } })],
    utterances: ["https://utteranc.es", "preferred-color-scheme", (theme) => ({ type: "set-theme", theme: theme.replace(/^(light|dark)$/, "github-$1") })] };

  const paint = (scheme) => {
    root.dataset.theme = scheme;
    if (choice) choice.value = scheme;
    for (const [name, [origin, system, message]] of Object.entries(comments)) {
      for (const frame of all(`iframe.${name}-frame`)) frame.contentWindow.postMessage(message(scheme || system), origin);
    }
  };

  if (choice) {
    choice.value = root.dataset.theme;
    choice.addEventListener("change", () => {
      paint(choice.value);
      try { localStorage.setItem("theme", choice.value); } catch { /* it holds for this page alone */ }
    });
    addEventListener("storage", ({ key, newValue }) => { if (key === "theme") paint(newValue || ""); });
    // The frame of comments comes late, and tells when it is there.
    addEventListener("message", ({ origin }) => {
      if (root.dataset.theme && Object.values(comments).some(([known]) => known === origin)) paint(root.dataset.theme);
    }, { once: true });
  }

  // ── the contents follow the reader ──

  const contents = document.querySelector(".toc");
  if (contents) {
    const wide = matchMedia("(min-width: 78em)"), details = contents.querySelector("details");
    if (!CSS.supports("selector(::details-content)")) details.open = wide.matches;
    const links = all("a", contents).filter(target), targets = links.map(target);
    let current;
    const follow = () => {
      const atEnd = innerHeight + scrollY > root.scrollHeight - 4; // what is last there never comes up to the top
      const passed = atEnd ? links.length : targets.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 4).length;
      const link = links[Math.max(passed - 1, 0)];
      if (!link || link === current) return;
      current?.removeAttribute("aria-current");
      current = link;
      link.setAttribute("aria-current", "location");
      if (wide.matches && details.scrollHeight > details.clientHeight) {
        details.scrollTop = link.offsetTop - details.clientHeight / 2;
      }
    };
    let asked = false;
    const soon = () => {
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => { asked = false; follow(); });
    };
    addEventListener("scroll", soon, { passive: true });
    addEventListener("resize", soon);
    follow();
    // Folded on a phone, it folds again once something was chosen.
    contents.addEventListener("click", (event) => { if (event.target.closest("a") && !wide.matches) details.open = false; });
  }

  // ── code: its language, and a button that copies it ──

  const copy = async (code) => {
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch { // a page without https, an old browser
      getSelection().selectAllChildren(code);
      document.execCommand("copy");
      getSelection().removeAllRanges();
    }
  };

  for (const code of all(".highlight > pre > code, .cite pre > code")) {
    const language = /language-(\S+)/.exec(code.className)?.[1];
    const button = make("button", { type: "button", className: "copy", textContent: words.copy });
    button.addEventListener("click", async () => {
      await copy(code);
      button.textContent = words.copied;
      setTimeout(() => { button.textContent = words.copy; }, 2000);
    });
    button.setAttribute("aria-live", "polite");
    const bar = make("div", { className: "code-bar" });
    if (language && language !== "text") bar.append(make("span", { className: "code-language", textContent: language }));
    bar.append(button);
    const holder = code.closest(".highlight") || code.parentElement;
    holder.classList.add("has-bar");
    holder.append(bar);
  }

  // ── what is out of sight: laid out block by block in idle moments, so that nothing moves when the reader comes to it ──

  const regions = ":is(pre, table, .math.display, .katex-display)";
  const later = globalThis.requestIdleCallback || ((work) => setTimeout(() => work()));

  // A region that scrolls can be reached by the keyboard.
  const reach = (region) => {
    if (region.scrollWidth > region.clientWidth) region.tabIndex = 0; else region.removeAttribute("tabindex");
  };
  const unfold = (blocks) => later((idle) => {
    do {
      const block = blocks.shift();
      if (!block) { root.dataset.reachable = ""; return; }
      if (getComputedStyle(block).contentVisibility === "auto") block.style.contentVisibility = "visible";
      for (const region of [block, ...all(regions, block)]) if (region.matches(regions)) reach(region);
      block.getBoundingClientRect(); // lays it out
    } while (idle?.timeRemaining() > 10);
    unfold(blocks);
  });
  addEventListener("load", () => unfold(all(".text > *")));
  addEventListener("resize", () => later(() => all(`.text ${regions}`).forEach(reach)));

  // ── pictures at their full size ──

  const enlarge = (picture, opener) => {
    const close = make("button", { type: "button", className: "close", textContent: "×" });
    close.setAttribute("aria-label", words.close);
    const dialog = make("dialog", { className: "enlarged" }, make("img", { src: picture.src, alt: picture.alt }), close);
    dialog.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => { dialog.remove(); opener.focus(); });
    document.body.append(dialog);
    dialog.showModal();
  };

  for (const picture of all("figure > img")) {
    const caption = picture.parentElement.querySelector("figcaption")?.textContent.trim() || picture.alt;
    const button = make("button", { type: "button", className: "enlarge", textContent: "⤢" });
    button.setAttribute("aria-label", caption ? `${words.enlarge}: ${caption}` : words.enlarge);
    for (const part of [picture, button]) part.addEventListener("click", () => enlarge(picture, button));
    picture.parentElement.append(button);
  }

  // ── footnotes where they are referred to ──

  let shown, leaving;
  const hide = () => { clearTimeout(leaving); shown?.remove(); shown = undefined; };
  const leave = () => { clearTimeout(leaving); leaving = setTimeout(hide, 250); };

  const show = (link) => {
    const note = target(link);
    clearTimeout(leaving);
    if (!note || shown?.link === link) return;
    hide();
    shown = make("aside", { className: "note-preview text" }, ...[...note.cloneNode(true).childNodes]);
    shown.link = link;
    shown.setAttribute("aria-hidden", "true"); // those who hear the page follow the link
    for (const gone of all(".footnote-backref", shown)) gone.remove();
    for (const named of all("[id]", shown)) named.removeAttribute("id");
    for (const inner of all("a", shown)) inner.tabIndex = -1;
    shown.addEventListener("pointerenter", () => clearTimeout(leaving));
    shown.addEventListener("pointerleave", leave);
    link.closest(".text").append(shown);
    const at = link.getBoundingClientRect(), around = shown.offsetParent.getBoundingClientRect();
    const left = Math.min(Math.max(at.left - around.left - 24, 0), around.width - shown.offsetWidth);
    shown.style.left = `${left}px`;
    const below = at.bottom + shown.offsetHeight + 16 < innerHeight || at.top < shown.offsetHeight + 16;
    shown.style.top = `${(below ? at.bottom + 8 : at.top - shown.offsetHeight - 8) - around.top}px`;
  };

  for (const link of all(".footnote-ref")) {
    link.addEventListener("pointerenter", ({ pointerType }) => { if (pointerType === "mouse") show(link); });
    link.addEventListener("pointerleave", leave);
    link.addEventListener("focus", () => { if (link.matches(":focus-visible")) show(link); });
    link.addEventListener("blur", leave);
    link.addEventListener("click", hide);
  }
  addEventListener("keydown", ({ key }) => { if (key === "Escape") hide(); });
})();
