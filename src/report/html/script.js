// Draws the charts: colours are names of custom properties, put in as they are in light and in dark.
(() => {
  "use strict";
  const { charts, separators } = JSON.parse(document.getElementById("charts").textContent);
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const narrow = window.matchMedia("(max-width: 40rem)");

  const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

  // The colour that a name such as `--series-1` or, with its opacity, `--series-1|66` stands for.
  const colour = (name) => {
    const [property, opacity = ""] = name.split("|");
    const value = getComputedStyle(root).getPropertyValue(property).trim();
    return value ? value + opacity : name;
  };

  const ink = (value) => {
    if (typeof value === "string") return value.startsWith("--") ? colour(value) : value;
    if (Array.isArray(value)) return value.map(ink);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, ink(part)]));
  };

  const merge = (base, part) => {
    if (!isObject(base) || !isObject(part)) return part === undefined ? base : part;
    const merged = { ...base };
    for (const [key, value] of Object.entries(part)) merged[key] = merge(base[key], value);
    return merged;
  };

  const axis = {
    gridcolor: "--grid", zerolinecolor: "--faint", linecolor: "--faint", automargin: true,
    exponentformat: "none", separatethousands: true, fixedrange: true,
  };

  const shared = () => ({
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: "--text", size: narrow.matches ? 11 : 13, family: getComputedStyle(document.body).fontFamily },
    hoverlabel: { bgcolor: "--panel", bordercolor: "--faint", font: { color: "--text" } },
    legend: { orientation: "h", traceorder: "normal", x: 0, xanchor: "left", y: 1.02, yanchor: "bottom" },
    margin: { l: 8, r: 16, t: 24, b: 8 },
    xaxis: axis,
    yaxis: axis,
    // What plotly.js chooses by itself is too faint in the dark.
    template: { data: { bar: [{ insidetextfont: { color: "--page" } }], waterfall: [{ insidetextfont: { color: "--page" } }] } },
    separators,
  });

  const draw = (chart, react) => {
    const list = document.getElementById(`${chart.id}-choice`);
    const chosen = chart.variants[list ? Number(list.value) : 0] || { data: [], layout: {} };
    const data = chart.data.map((trace, at) => merge(trace, chosen.data[at]));
    // The legend takes a line for each trace where there is little room.
    const legend = narrow.matches && data.length > 2 ? 16 * data.length : 0;
    document.getElementById(chart.id).style.height = `${chart.height + legend}px`;
    const layout = merge(merge(shared(), chart.layout), chosen.layout);
    const note = document.getElementById(`${chart.id}-note`);
    if (note) note.textContent = chosen.note || "";
    const config = { responsive: true, displayModeBar: false, displaylogo: false };
    return (react ? Plotly.react : Plotly.newPlot)(chart.id, ink(data), ink(layout), config);
  };

  const redraw = () => charts.forEach((chart) => draw(chart, true));

  for (const chart of charts) {
    draw(chart, false);
    const list = document.getElementById(`${chart.id}-choice`);
    if (list) list.addEventListener("change", () => draw(chart, true));
  }
  // A chart has a name as a whole, its parts have none.
  document.querySelectorAll(".plot svg, #js-plotly-tester").forEach((it) => it.setAttribute("aria-hidden", "true"));
  dark.addEventListener("change", redraw);
  narrow.addEventListener("change", redraw);

  // On paper: the colours of light, and all tables.
  let opened = [];
  window.addEventListener("beforeprint", () => {
    root.classList.add("printed");
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((details) => { details.open = true; });
    redraw();
  });
  window.addEventListener("afterprint", () => {
    root.classList.remove("printed");
    opened.forEach((details) => { details.open = false; });
    redraw();
  });
})();
