// The page follows its sources: a style sheet is exchanged, all else loads the page again.
(() => {
  const { follow, at: made } = document.currentScript.dataset, here = `blogsite ${location.pathname}`;
  const blocks = "p,li,dt,dd,tr,pre,h1,h2,h3,h4,h5,h6,figure,blockquote,table,hr,details";
  let at = made, channel;
  document.body.style.setProperty("--out-of-sight", "visible"); // heights must be what they were

  const hash = (text) => [...text].reduce((sum, char) => (sum * 31 + char.codePointAt()) | 0, 0);
  const leaves = () => [...(document.querySelector(".e-content") || document.body).querySelectorAll(blocks)]
    .filter((block) => !block.querySelector(blocks));

  const again = () => {
    const seen = follow && leaves().map((block) => hash(block.outerHTML));
    sessionStorage.setItem(here, JSON.stringify({ y: scrollY, seen }));
    onpagehide = () => { history.scrollRestoration = "manual"; };
    if (location.search === "?last-good") location.replace(location.pathname); else location.reload();
  };

  const back = () => {
    addEventListener("pagehide", () => { history.scrollRestoration = "auto"; });
    const { y, seen } = JSON.parse(sessionStorage.getItem(here)) || {};
    if (y === undefined) return;
    sessionStorage.removeItem(here);
    const now = seen ? leaves() : [];
    const changed = now.find((block, i) => hash(block.outerHTML) !== seen[i]) || (now.length < seen?.length && now.at(-1));
    const go = () => changed
      ? changed.scrollIntoView({ block: "center", behavior: "instant" }) : scrollTo({ top: y, behavior: "instant" });
    go();
    addEventListener("load", go);
  };

  const exchange = (sheets) => {
    const now = (link) => sheets[decodeURI(new URL(link.href).pathname)];
    const links = [...document.querySelectorAll("link[rel~=stylesheet]")].filter(now);
    if (!links.length) again();
    for (const link of links) {
      const fresh = link.cloneNode();
      fresh.href = `${encodeURI(now(link))}?${at}`;
      fresh.onload = fresh.onerror = () => link.remove();
      link.after(fresh);
    }
  };

  const hear = (data) => {
    const news = JSON.parse(data), known = news.after === at;
    if (news.at === at) return;
    at = news.at;
    if (known && news.sheets) exchange(news.sheets); else again();
  };

  const listen = () => new Promise(() => {
    new EventSource("/_blogsite/changes").onmessage = ({ data }) => { channel?.postMessage(data); hear(data); };
  });

  // One tab listens for all: browsers open few connections to one server.
  if (navigator.locks && window.BroadcastChannel) {
    channel = new BroadcastChannel("blogsite");
    channel.onmessage = ({ data }) => hear(data);
    navigator.locks.request("blogsite", listen).catch(listen);
  } else listen();

  const ready = () => {
    back();
    const box = document.getElementById("blogsite-warnings");
    if (!box || sessionStorage.getItem("blogsite") === box.dataset.of) return;
    box.hidden = false;
    box.style.cssText = "all:initial;position:fixed;right:1em;bottom:1em;max-width:90vw;max-height:40vh;" +
      "overflow:auto;padding:1em;font:14px sans-serif;background:#ffd;color:#222;border:1px solid;z-index:9999";
    box.querySelector("button").onclick = () => { sessionStorage.setItem("blogsite", box.dataset.of); box.remove(); };
  };
  document.addEventListener("DOMContentLoaded", ready);
})();
