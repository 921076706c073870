// Quantities as the page's language writes them. What is asked, linked and copied is canonical, as in the file: `1,200.5 t/yr`.
window.written = (() => {
  "use strict";
  const YEAR = /(?<![\p{L}\p{N}])(?:yr|years?)(?![\p{L}\p{N}])/gu;
  const YIL = /(?<![\p{L}\p{N}])(?:y[ıi]l|YIL)(?![\p{L}\p{N}])/gu;
  const SCALES = [["billion", "milyar"], ["bn", "milyar"], ["million", "milyon"], ["thousand", "bin"]];
  const scaled = (text, from, to) => {
    const pair = SCALES.find((pair) => text.match(/^\s*(\p{L}+)/u)?.[1] === pair[from]);
    return pair ? text.replace(pair[from], pair[to]) : text;
  };

  // Decimals behind a comma, points or spaces between thousands. A group of thousands has three digits, and none begins with 0:
  // `1.20` and `0.500` are refused, since they may be meant the English way.
  const turkish = {
    // `12.5 %` is written `%12,5`.
    show(text) {
      const parts = /^\s*([-+−]?)([\d,_]+)(?:\.([\d_]+))?([eE][-+]?\d+)?(.*)$/su.exec(text);
      if (!parts) return text;
      const [, sign, whole, decimals, power = "", rest] = parts;
      const number = whole.replaceAll("_", "").replaceAll(",", ".") + (decimals ? `,${decimals.replaceAll("_", "")}` : "") + power;
      const unit = scaled(rest, 0, 1).replace(YEAR, "yıl");
      const percent = /^\s*%(?![\p{L}\p{N}])(.*)$/su.exec(unit);
      return percent ? `${sign}%${number}${percent[1]}` : `${sign}${number}${unit}`;
    },
    // The canonical text, or what cannot be read and how it may be meant; what is no quantity is left to the server.
    read(typed) {
      const text = typed.trim().replace(/^(["'])(.*)\1$/su, "$2").trim();
      const parts = /^([-+−]?)\s*(%?)\s*([-+−]?)([\d.,_\s]*\d[\d.,_]*)([eE][-+]?\d+(?![\p{L}\p{N}]))?(.*)$/su.exec(text);
      if (!parts || (parts[1] && parts[3])) return { text };
      const [, before, percent, after, number, power = "", rest] = parts;
      const plain = number.replace(/(?<=\d)_(?=\d)/gu, "");
      const good = /^(\d+|[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d{0,2}(?:\s\d{3})+)(?:,(\d+))?$/u.exec(plain);
      if (!good) return { wrong: number, mended: mend(plain) };
      const canonical = good[1].replace(/[.\s]/gu, ",") + (good[2] ? `.${good[2]}` : "") + power;
      const unit = scaled(rest, 1, 0).replace(YIL, "yr");
      return { text: `${before || after}${canonical}${percent ? " %" : ""}${unit}` };
    },
  };
  // How a number that is not well written probably is: its last mark is that of decimals, unless it separates thousands.
  const mend = (number) => {
    const marks = number.match(/[.,]/gu) ?? [];
    const whole = (text) => (text.replace(/\D/gu, "").replace(/^0+(?=\d)/u, "") || "0").replace(/\B(?=(?:\d{3})+$)/gu, ".");
    if (marks.length === 0 || (marks.length > 1 && new Set(marks).size === 1)) return whole(number);
    const at = Math.max(number.lastIndexOf("."), number.lastIndexOf(","));
    return `${whole(number.slice(0, at))},${number.slice(at + 1).replace(/\D/gu, "") || "0"}`;
  };
  const english = { show: (text) => text, read: (typed) => ({ text: typed.trim() }) };
  return document.documentElement.lang === "tr" ? turkish : english;
})();
