// Draws the charts: colours are names of custom properties, put in as they are in light and in dark.
(() => {
  "use strict";
  let charts = [];
  let separators = ".,";
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

  const choice = (chart) => {
    const list = document.getElementById(`${chart.id}-choice`);
    return list ? Number(list.value) : 0;
  };

  const draw = (chart) => {
    chart.stale = false;
    const chosen = chart.variants[choice(chart)] || { data: [], layout: {} };
    const data = chart.data.map((trace, at) => merge(trace, chosen.data[at]));
    // The legend takes a line for each trace where there is little room.
    const legend = narrow.matches && data.length > 2 ? 16 * data.length : 0;
    document.getElementById(chart.id).style.height = `${chart.height + legend}px`;
    const layout = merge(merge(shared(), chart.layout), chosen.layout);
    const note = document.getElementById(`${chart.id}-note`);
    if (note) note.textContent = chosen.note || "";
    const config = { responsive: true, displayModeBar: false, displaylogo: false };
    const drawn = Plotly.react(chart.id, ink(data), ink(layout), config);
    // A chart has a name as a whole, its parts have none.
    document.querySelectorAll(`#${chart.id} svg, #js-plotly-tester`).forEach((it) => it.setAttribute("aria-hidden", "true"));
    return drawn;
  };

  // A chart as a picture to be shown elsewhere: the colours of light on white, with its title, unit and legend.
  const picture = (chart, format) => {
    const at = choice(chart);
    const chosen = chart.variants[at];
    const printed = root.classList.contains("printed");
    root.classList.add("printed");
    const size = { width: 1600, height: Math.max(900, chart.height), scale: format === "png" ? 2 : 1 };
    const squares = chart.save.legend.map(([name, of]) => `<span style="color:${colour(of)}">■</span> ${name}`);
    const layout = ink(merge(merge(merge(shared(), chart.layout), chosen.layout), {
      paper_bgcolor: "--page",
      font: { size: 15, family: "Arial, Helvetica, sans-serif" },
      title: {
        text: chart.save.title, subtitle: { text: chart.save.subtitles[at], font: { size: 17 } },
        font: { size: 24 }, x: 0.015, xanchor: "left", y: 1 - 30 / size.height, yanchor: "top", yref: "container",
      },
      margin: { l: 24, r: 24, t: 104, b: 72 },
      annotations: [{
        text: squares.join("&nbsp;&nbsp; "), showarrow: false, font: { size: 15 },
        x: 0, xanchor: "left", xref: "paper", y: 0, yanchor: "top", yref: "paper", yshift: -24,
      }],
    }));
    const data = ink(chart.data.map((trace, at) => merge(merge(trace, chosen.data[at]), { textfont: { size: 14 } })));
    if (!printed) root.classList.remove("printed");
    return [{ data, layout }, { format, ...size }];
  };

  const save = ({ dataset }) => {
    const chart = charts.find(({ id }) => id === dataset.chart);
    const [figure, how] = picture(chart, dataset.save);
    const filename = chart.save.subtitles[choice(chart)].replace(/[^\p{L}\p{N}]+/gu, "-");
    return Plotly.downloadImage(figure, { ...how, filename });
  };

  const redraw = () => charts.forEach(draw);

  const isNear = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > -200 && top < window.innerHeight + 200;
  };
  const near = (selector) => [...document.querySelectorAll(selector)].filter(isNear);
  const drawNear = () => charts.filter((chart) => chart.stale && isNear(document.getElementById(chart.id))).forEach(draw);

  // Shows charts in the elements that are there for them: `lazily` only those that can be seen, the others when they can;
  // `partly` if charts that are not among them are still there.
  const show = (data, { lazily = false, partly = false } = {}) => {
    const told = new Set(data.charts.map(({ id }) => id));
    const kept = partly ? charts.filter(({ id }) => !told.has(id) && document.getElementById(id)) : [];
    for (const chart of data.charts) chart.stale = true;
    charts = [...kept, ...data.charts];
    ({ separators } = data);
    if (lazily) drawNear(); else redraw();
  };
  window.reeflow = { show, near };

  const embedded = document.getElementById("charts");
  const data = embedded ? JSON.parse(embedded.textContent) : { charts, separators };
  // Where a picture is all that is wanted, the page becomes its bytes, in hexadecimal digits.
  const wanted = root.dataset.picture;
  if (wanted) {
    ({ charts, separators } = data);
    const [figure, how] = picture(charts[0], wanted);
    const hex = (byte) => byte.toString(16).padStart(2, "0");
    Plotly.toImage(figure, { ...how, imageDataOnly: true }).then((made) => {
      const bytes = wanted === "png" ? Uint8Array.from(atob(made), (sign) => sign.charCodeAt(0)) : new TextEncoder().encode(made);
      document.body.textContent = Array.from(bytes, hex).join("");
    });
    return;
  }

  show(data);
  root.classList.add("scripted");
  document.addEventListener("change", ({ target }) => {
    const chart = charts.find(({ id }) => target.id === `${id}-choice`);
    if (chart) draw(chart);
  });
  document.addEventListener("click", ({ target }) => {
    if (target.dataset.save) save(target);
  });
  window.addEventListener("scroll", drawNear, { passive: true });
  window.addEventListener("resize", drawNear);
  dark.addEventListener("change", redraw);
  narrow.addEventListener("change", redraw);

  // On paper: the colours of light, and all tables that are not long.
  let opened = [];
  window.addEventListener("beforeprint", () => {
    root.classList.add("printed");
    opened = [...document.querySelectorAll("details:not([open]):not(.long)")];
    opened.forEach((details) => { details.open = true; });
    redraw();
  });
  window.addEventListener("afterprint", () => {
    root.classList.remove("printed");
    opened.forEach((details) => { details.open = false; });
    redraw();
  });
})();
