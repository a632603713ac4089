// Draws the charts, adds copy buttons, the filter by verdict and the search. Every page can be read without it.
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

  const AXIS = 92; // a first guess of the room that a panel's axis and heading take beside it
  function fitted(chart, width, room) {
    const most = width < 480 ? Math.round(width / 3) : Infinity; // names beside a panel must leave it some room
    const spec = JSON.parse(chart, (key, value) => (key === "labelLimit" ? Math.min(value, most) : value));
    if (width < 480) spec.config.axis = { ...spec.config.axis, labelLimit: most };
    const panel = Math.max(160, width - room);
    spec.config.legend = { ...spec.config.legend, columns: Math.max(1, Math.floor(width / 150)) };
    if (spec.vconcat || (spec.concat && spec.columns === 1)) {
      for (const part of spec.vconcat || spec.concat) part.width = panel;
    } else if (spec.facet && !spec.facet.column) {
      if (spec.columns && width < 480) spec.columns = 1;
      const columns = spec.columns || 1;
      spec.spec.width = Math.max(160, (width - room) / columns - (columns > 1 ? 12 : 0));
    } else if (spec.encoding && spec.encoding.row && !spec.encoding.column) {
      spec.width = panel;
    } else if (!spec.facet && !spec.hconcat && !spec.concat && !spec.repeat && !(spec.encoding && (spec.encoding.column || spec.encoding.facet))) {
      spec.width = width;
      // Set on the compiled chart, as the compiler warns of it where the height follows the number of rows.
      return { spec, patch: (compiled) => ({ ...compiled, autosize: { type: "fit-x", contains: "padding" } }) };
    }
    return { spec };
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
    const spec = document.getElementById(canvas.dataset.chart).textContent;
    const embed = async (room) => {
      const { spec: chart, ...patch } = fitted(spec, width, room);
      const { view } = await vegaEmbed(canvas, chart, {
        ...patch, mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false, logLevel: 1,
        tooltip: { disableDefaultStyle: true },
      });
      return view;
    };
    try {
      if (before) before.view.finalize();
      let view = await embed(AXIS);
      const beyond = Math.ceil(canvas.querySelector("svg").width.baseVal.value) - width;
      if (Math.abs(beyond) > 2) {
        view.finalize();
        view = await embed(AXIS + beyond);
      }
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

  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const wordsOf = (field) => folded(field.value).split(/\s+/).filter(Boolean);
  const counted = (count, total, one) => (count === total ? `${total} ${one}s` : `${count} of ${total} ${one}s`);

  // The slash puts the cursor into the page's search field, Escape empties it.
  function searchable(field, apply) {
    field.addEventListener("input", apply);
    addEventListener("keydown", (event) => {
      const typing = /^(input|textarea|select)$/i.test(event.target.tagName);
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        field.focus();
      } else if (event.key === "Escape" && event.target === field) {
        field.value = "";
        apply();
      }
    });
  }

  const tools = document.querySelector("[data-tools]");
  if (tools) {
    const rows = [...document.querySelectorAll("[data-words]")];
    const texts = new Map(rows.map((row) => [row, folded(row.dataset.words)]));
    const filter = document.querySelector("[data-filter]");
    const search = tools.querySelector("input");
    const status = tools.querySelector(".shown");
    const untestable = document.querySelector(".untestable");
    let chosen = "";
    const show = () => {
      const words = wordsOf(search);
      const narrowed = Boolean(chosen || words.length);
      for (const row of rows) {
        row.hidden = Boolean(chosen && row.dataset.verdict !== chosen) || !words.every((word) => texts.get(row).includes(word));
      }
      const left = rows.filter((row) => !row.hidden);
      for (const part of document.querySelectorAll(".board tbody")) part.hidden = !part.querySelector("[data-words]:not([hidden])");
      document.querySelector(".board").hidden = !left.some((row) => row.closest(".board"));
      if (untestable) {
        const found = left.filter((row) => untestable.contains(row)).length;
        untestable.hidden = narrowed && !found;
        untestable.open = narrowed && found > 0;
      }
      for (const item of filter.querySelectorAll("[data-verdict]")) {
        item.firstChild.setAttribute("aria-pressed", String(item.dataset.verdict === chosen));
      }
      filter.classList.toggle("chosen", Boolean(chosen));
      status.textContent = counted(left.length, rows.length, "claim");
      document.querySelector(".nothing").hidden = left.length > 0;
      tools.querySelector("[data-all]").hidden = !narrowed;
      root.dataset.shown = left.length;
    };
    for (const item of filter.querySelectorAll("[data-verdict]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.title = "Show only these";
      button.append(...item.childNodes);
      item.append(button);
      button.addEventListener("click", () => {
        chosen = chosen === item.dataset.verdict ? "" : item.dataset.verdict;
        show();
      });
    }
    for (const button of document.querySelectorAll("[data-all]")) {
      button.addEventListener("click", () => {
        chosen = "";
        search.value = "";
        show();
        search.focus();
      });
    }
    searchable(search, show);
    tools.hidden = false;
    show();
  }

  const dictionary = document.querySelector("[data-dictionary]");
  if (dictionary) {
    const tables = [...document.querySelectorAll(".layer details")];
    const texts = new Map(tables.map((table) => [table, folded(table.textContent)]));
    const heads = new Map(tables.map((table) => [table, folded(table.querySelector("summary").textContent)]));
    const search = dictionary.querySelector("input");
    const status = dictionary.querySelector(".shown");
    const show = () => {
      const words = wordsOf(search);
      for (const table of tables) {
        table.hidden = !words.every((word) => texts.get(table).includes(word));
        table.open = words.length > 0 && !table.hidden && !words.every((word) => heads.get(table).includes(word));
        for (const row of table.querySelectorAll("tbody tr")) {
          row.classList.toggle("hit", words.length > 0 && words.every((word) => folded(row.textContent).includes(word)));
        }
      }
      const left = tables.filter((table) => !table.hidden).length;
      for (const layer of document.querySelectorAll(".layer")) layer.hidden = !layer.querySelector("details:not([hidden])");
      status.textContent = counted(left, tables.length, "table");
      document.querySelector(".nothing").hidden = left > 0;
      root.dataset.shown = left;
    };
    searchable(search, show);
    dictionary.hidden = false;
    show();
  }

  function unfold() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const holders = [];
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) holders.push(fold);
    if (holders.every((fold) => fold.open)) return;
    for (const fold of holders) fold.open = true;
    target.scrollIntoView();
  }
  addEventListener("hashchange", unfold);
  unfold();

  // Paper cannot be unfolded.
  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll(".untestable, .curve, .registration, .source")) fold.open = true;
  });
})();
