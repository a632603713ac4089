// Draws the charts, adds copy buttons and the filter by verdict. Every page can be read without it.
(() => {
  const root = document.documentElement;
  const faults = [];
  const fault = (text) => {
    faults.push(String(text));
    root.dataset.faults = JSON.stringify(faults);
  };
  addEventListener("error", (event) => fault(event.message || `could not load ${event.target.src || event.target.href}`), true);
  addEventListener("unhandledrejection", (event) => fault(event.reason));
  document.addEventListener("securitypolicyviolation", (event) => fault(`${event.violatedDirective} ${event.blockedURI}`));

  const AXIS = 92; // room that a panel's axis and heading take beside it
  function fitted(chart, width) {
    const spec = structuredClone(chart);
    if (spec.vconcat || (spec.concat && spec.columns === 1)) {
      for (const part of spec.vconcat || spec.concat) part.width = Math.max(160, width - AXIS);
    } else if (spec.facet) {
      if (spec.columns && width < 480) spec.columns = 1;
      if (!spec.facet.column) spec.spec.width = Math.max(160, (width - AXIS) / (spec.columns || 1) - (spec.columns > 1 ? 12 : 0));
    } else if (spec.encoding && spec.encoding.row && !spec.encoding.column) {
      spec.width = Math.max(160, width - AXIS);
    } else if (!spec.hconcat && !spec.concat && !spec.repeat && !(spec.encoding && (spec.encoding.column || spec.encoding.facet))) {
      spec.width = width;
      spec.autosize = { type: "fit-x", contains: "padding" };
    }
    return spec;
  }

  const drawn = new Map();
  const queue = new Map();
  function draw(canvas) {
    queue.set(canvas, (queue.get(canvas) || Promise.resolve()).then(() => drawNow(canvas)));
  }
  async function drawNow(canvas) {
    const width = Math.floor(canvas.clientWidth);
    const before = drawn.get(canvas);
    if (!width || (before && before.width === width)) return;
    const spec = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
    try {
      if (before) before.view.finalize();
      const { view } = await vegaEmbed(canvas, fitted(spec, width), {
        mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false, logLevel: 1,
        tooltip: { disableDefaultStyle: true },
      });
      drawn.set(canvas, { width, view });
      canvas.dataset.drawn = "yes";
    } catch (error) {
      fault(error);
      const words = document.createElement("p");
      words.className = "problem";
      words.textContent = `The chart could not be drawn (${error}). Its data are below.`;
      canvas.replaceChildren(words);
    }
    root.dataset.charts = document.querySelectorAll("[data-drawn]").length;
  }
  const canvases = [...document.querySelectorAll("[data-chart]")];
  root.dataset.charts = 0;
  root.dataset.asked = canvases.length;
  canvases.forEach(draw);
  let waiting;
  const watch = new ResizeObserver(() => {
    clearTimeout(waiting);
    waiting = setTimeout(() => canvases.forEach(draw), 150);
  });
  canvases.forEach((canvas) => watch.observe(canvas));

  async function copy(text, holder) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      getSelection().selectAllChildren(holder);
      document.execCommand("copy");
    }
  }
  for (const holder of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await copy(holder.querySelector("code").textContent, holder.querySelector("code"));
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 1500);
    });
    holder.before(button);
  }

  const filter = document.querySelector("[data-filter]");
  const rows = [...document.querySelectorAll(".board tbody tr")];
  if (filter && rows.length) {
    let chosen = "";
    for (const item of filter.querySelectorAll("[data-verdict]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-pressed", "false");
      button.title = "Show only these";
      button.append(...item.childNodes);
      item.append(button);
      button.addEventListener("click", () => {
        chosen = chosen === item.dataset.verdict ? "" : item.dataset.verdict;
        for (const other of filter.querySelectorAll("[data-verdict]")) {
          other.firstChild.setAttribute("aria-pressed", String(other.dataset.verdict === chosen));
        }
        filter.classList.toggle("chosen", Boolean(chosen));
        for (const row of rows) row.hidden = Boolean(chosen) && row.dataset.verdict !== chosen;
        document.querySelector(".nothing").hidden = rows.some((row) => !row.hidden);
      });
    }
  }

  function unfold() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") target.open = true;
  }
  addEventListener("hashchange", unfold);
  unfold();
})();
