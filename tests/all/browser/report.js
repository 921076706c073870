// What the tests ask of a page; evaluated in it once it is open.
var asked = (() => {
  const charts = () => JSON.parse(document.getElementById("charts").textContent).charts;

  const MARKS = ".sankey-link, .node-rect, .bars .point path, .waterfalllayer .point path, .scatterlayer .point, .scatterlayer .js-line";

  const seen = (box) => box.width > 0.5 || box.height > 0.5;

  // Of each chart: the marks that are seen, and the texts that are cut off at its edge by more than the room around their letters.
  const drawn = () => charts().map(({ id }) => {
    const plot = document.getElementById(id);
    const edge = plot.getBoundingClientRect();
    const marks = [...plot.querySelectorAll(MARKS)].filter((it) => seen(it.getBoundingClientRect()));
    const beyond = (box) =>
      Math.max(edge.left - box.left, box.right - edge.right, edge.top - box.top, box.bottom - edge.bottom);
    const texts = [...plot.querySelectorAll("svg text")].map((it) => [it.textContent, it.getBoundingClientRect()]);
    const cut = texts.filter(([text, box]) => text && seen(box) && beyond(box) > 4);
    return { id, marks: marks.length, cut: cut.map(([text, box]) => `${text}: ${beyond(box).toFixed(1)} px`) };
  });

  const shapes = (id) => [...document.querySelectorAll(`#${id} .sankey-link`)].map((it) => it.getAttribute("d")).join();

  // Red, green, blue and opacity of a computed colour.
  const parts = (colour) => {
    const [red = 0, green = 0, blue = 0, opacity = 1] = (colour.match(/[\d.]+/g) || []).map(Number);
    return [red, green, blue, opacity];
  };

  const over = ([red, green, blue, opacity], below) =>
    [red, green, blue].map((value, at) => value * opacity + below[at] * (1 - opacity));

  const behind = (element) => {
    const layers = [];
    for (let it = element; it; it = it.parentElement) {
      const layer = parts(getComputedStyle(it).backgroundColor);
      if (layer[3] > 0) layers.push(layer);
      if (layer[3] === 1) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };

  const luminance = (colour) => {
    const [red, green, blue] = colour.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };

  const ratio = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };

  // Texts that stand out too little from what is behind them (WCAG 2.2, 1.4.3: 4.5, large ones 3).
  const faint = () => {
    const found = [];
    for (const element of document.body.querySelectorAll("*")) {
      const own = [...element.childNodes].filter((it) => it.nodeType === 3).map((it) => it.data.trim()).join("");
      const style = getComputedStyle(element);
      if (!own || element.closest("script, style, noscript, option") || style.visibility === "hidden"
        || element.getClientRects().length === 0) continue;
      const drawn = element.ownerSVGElement;
      const colour = parts(drawn ? style.fill : style.color);
      colour[3] *= Number(style.opacity);
      // A number in a bar stands on the colour of the bar.
      const bar = element.closest(".bartext-inside")?.parentElement.querySelector("path");
      const ground = bar ? over(parts(getComputedStyle(bar).fill), behind(element)) : behind(element);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      const contrast = ratio(over(colour, ground), ground);
      if (contrast < (large ? 3 : 4.5)) found.push(`${contrast.toFixed(2)}: ${own.slice(0, 40)}`);
    }
    return found;
  };

  return { charts, drawn, shapes, faint, light: () => luminance(behind(document.body)) };
})();
