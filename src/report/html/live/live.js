// Changes figures: what is changed stands in the address behind `#`, so that a link tells it, and is solved by the server anew.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const words = JSON.parse(byId("words").textContent);
  const say = (id, parts = {}) => Object.entries(parts).reduce((text, [name, part]) => text.replaceAll(`%${name}%`, part), words[id]);
  const POLL = 2000;
  const IDLE = 400;

  // What is asked: a scenario and figures by their path, as text.
  let asked = { scenario: "", set: new Map() };
  let answered = null;
  let revision = null;
  let unread = null;
  let edited = 0;
  // What is wrong with what was typed, by the path of its figure, if it cannot be read.
  const misread = new Map();

  // The address.
  const toFragment = ({ scenario, set }) => {
    const parts = new URLSearchParams();
    if (scenario) parts.set("scenario", scenario);
    for (const [path, text] of set) parts.append("set", `${path}=${text}`);
    return parts.toString();
  };
  const fromFragment = (fragment) => {
    const parts = new URLSearchParams(fragment.replace(/^#/, ""));
    const set = new Map();
    for (const part of parts.getAll("set")) {
      const at = part.indexOf("=");
      if (at > 0) set.set(part.slice(0, at), part.slice(at + 1));
    }
    return { scenario: parts.get("scenario") || "", set };
  };

  // Undo: addresses, kept while the tab is.
  const key = "reeflow-steps";
  const kept = JSON.parse(sessionStorage.getItem(key) || "null");
  const isKept = kept && kept.list[kept.at] === location.hash.replace(/^#/, "");
  let steps = isKept ? kept : { list: [location.hash.replace(/^#/, "")], at: 0 };
  const mark = () => {
    byId("undo").disabled = steps.at === 0;
    byId("redo").disabled = steps.at + 1 >= steps.list.length;
    byId("reset").disabled = !toFragment(asked);
    sessionStorage.setItem(key, JSON.stringify(steps));
  };
  const keep = () => {
    const fragment = toFragment(asked);
    if (fragment === steps.list[steps.at]) return;
    steps.list = [...steps.list.slice(0, steps.at + 1), fragment].slice(-200);
    steps.at = steps.list.length - 1;
    history.replaceState(null, "", fragment ? `#${fragment}` : location.pathname);
    mark();
  };
  const go = async (to) => {
    if (to < 0 || to >= steps.list.length) return;
    steps.at = to;
    const fragment = steps.list[to];
    history.replaceState(null, "", fragment ? `#${fragment}` : location.pathname);
    await take(fromFragment(fragment));
    mark();
  };

  // Fields.
  const fields = () => [...document.querySelectorAll(".field")];
  const fieldOf = (path) => fields().find((field) => field.dataset.path === path);
  const split = (text) => /^\s*([-+−]?[\d.,_]+(?:[eE][-+]?\d+)?)(.*)$/s.exec(text);
  const numberOf = (text) => {
    const parts = split(text);
    return parts ? Number(parts[1].replace(/[,_]/g, "").replace("−", "-")) : NaN;
  };
  const unitOf = (text) => (split(text) || [])[2]?.trim() ?? "";
  const parts = (field) => ({
    text: field.querySelector(".text"), slider: field.querySelector(".slider"), back: field.querySelector(".back"),
  });
  const fill = (field, value) => {
    const { text, slider, back } = parts(field);
    // What is being typed stays.
    if (document.activeElement !== text) text.value = written.show(value);
    if (slider) {
      // A value in another unit than the slider's does not move it.
      slider.dataset.ends ??= `${slider.min} ${slider.max}`;
      [slider.min, slider.max] = slider.dataset.ends.split(" ");
      const number = unitOf(value) === unitOf(text.defaultValue) ? numberOf(value) : NaN;
      // A value outside makes room for itself.
      if (number > Number(slider.max)) slider.max = String(number);
      if (number < Number(slider.min)) slider.min = String(number);
      if (Number.isFinite(number)) slider.value = String(number);
      slider.setAttribute("aria-valuetext", written.show(value));
    }
    const changed = value !== text.defaultValue;
    field.classList.toggle("changed", changed);
    back.hidden = !changed;
  };
  const valueOf = (field) => asked.set.get(field.dataset.path) ?? parts(field).text.defaultValue;
  const fillAll = () => {
    misread.clear();
    fields().forEach((field) => fill(field, valueOf(field)));
  };
  const change = (field, value) => {
    const path = field.dataset.path;
    misread.delete(path);
    if (value === parts(field).text.defaultValue || value === "") asked.set.delete(path); else asked.set.set(path, value);
    fill(field, valueOf(field));
    solve();
  };
  // What is typed is as the page's language writes it; what cannot be read so is not asked.
  const type = (field, typed) => {
    const { text, back } = parts(field);
    const read = typed === written.show(text.defaultValue) ? { text: "" } : written.read(typed);
    if (read.text !== undefined) { change(field, read.text); return; }
    misread.set(field.dataset.path, say("misread", { number: read.wrong, mended: read.mended }));
    back.hidden = false;
    tell(answered ? findingsOf(answered) : []);
    isStale(true);
    byId("status").textContent = say("stale");
  };

  // Findings: on the field that they are about, and above the report.
  // What stands between backticks is code.
  const prose = (text) => text.split("`").map((part, at) => {
    if (at % 2 === 0) return part;
    const code = document.createElement("code");
    code.textContent = part;
    return code;
  });
  const tell = (found) => {
    const findings = [...[...misread].map(([field, message]) => ({ severity: "error", message, field })), ...found];
    for (const field of fields()) {
      field.classList.remove("refused");
      field.querySelector(".wrong").textContent = "";
    }
    const list = document.createElement("ul");
    for (const { message, help, place, field: path, severity } of findings) {
      const field = path && severity === "error" && fieldOf(path);
      if (field) {
        field.classList.add("refused");
        const wrong = field.querySelector(".wrong");
        // What is long stands above the report.
        const hint = help && help.length < 160 ? ` – ${help}` : "";
        wrong.append(...(wrong.hasChildNodes() ? [" "] : []), ...prose(`${message}${hint}`));
        field.closest("details").open = true;
      }
      if (severity !== "error") continue;
      const item = document.createElement("li");
      item.append(...prose(message));
      for (const [name, text] of [["place", place], ["help", help]]) {
        if (!text) continue;
        const part = document.createElement("span");
        part.className = name;
        part.append(...prose(name === "place" ? ` ${text}` : text));
        item.append(part);
      }
      list.append(item);
    }
    byId("findings").replaceChildren(...(list.childElementCount ? [list] : []));
  };

  const morph = (element, markup, morphStyle = "innerHTML") => Idiomorph.morph(element, markup, {
    morphStyle,
    // What is being typed stays.
    ignoreActiveValue: true,
    callbacks: {
      // What is drawn, chosen or opened stays.
      beforeNodeMorphed: (node) => !(node.classList && node.classList.contains("plot")),
      beforeAttributeUpdated: (name) => name !== "open",
    },
  });
  const isStale = (stale) => ["lights", "head", "main", "foot"].forEach((id) => byId(id).classList.toggle("stale", stale));

  const findingsOf = (answer) => [...(answer.unread ? [{ severity: "error", message: answer.unread }] : []), ...answer.findings];
  const showAnswer = (answer) => {
    answered = answer;
    tell(findingsOf(answer));
    if (answer.parts) {
      const { lights, head, main, around, charts } = answer.parts;
      morph(byId("lights"), lights);
      morph(byId("head"), head);
      if (around) {
        morph(byId("main"), main);
        morph(byId("contents"), around.contents);
        morph(byId("foot"), around.foot);
      } else {
        const told = document.createElement("template");
        told.innerHTML = main;
        for (const section of [...told.content.children]) {
          const old = byId(section.id);
          if (old) morph(old, section, "outerHTML");
        }
      }
      window.reeflow.show(charts, { lazily: true, partly: !around });
    }
    isStale(!answer.parts || misread.size > 0);
    const news = Date.now() < edited ? `${say("edited")} ` : "";
    byId("status").textContent = answer.parts ? news + say("solved-in", { time: written.show(answer.milliseconds.toFixed(1)) }) : say(byId("main").childElementCount ? "stale" : "none");
    document.documentElement.style.setProperty("--bar", `${byId("lights").parentElement.offsetHeight}px`);
    document.body.dataset.solved = String(Number(document.body.dataset.solved || 0) + 1);
  };

  // One question at a time: what is changed meanwhile is asked next. When nothing moves any more, all is asked.
  let busy = false;
  let again = false;
  let idle = 0;
  const post = async (question) => {
    const response = await fetch("solve", {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(question),
    });
    const answer = await response.json();
    if (response.ok) return answer;
    throw new Error(answer.error);
  };
  const solve = async (brief = true) => {
    clearTimeout(idle);
    // How many answers are waited for, as tests ask.
    document.body.dataset.asked = "1";
    if (busy) { again = true; return; }
    busy = true;
    // While something moves, what is seen is enough.
    const seen = brief && byId("main").childElementCount ? window.reeflow.near("main > section").map(({ id }) => id) : null;
    const question = { scenario: asked.scenario || null, set: [...asked.set], brief, seen };
    try {
      const answer = await post(question);
      if (revision !== null && answer.revision !== revision) await reload();
      // Of a plan that is no longer asked for, only while it is not the whole answer that comes too late.
      if (!again || brief) showAnswer(answer);
      if (brief) idle = setTimeout(() => solve(false), IDLE);
    } catch (error) {
      byId("status").textContent = say("unreachable", { reason: error.message });
      isStale(true);
      idle = setTimeout(() => solve(brief), POLL);
    }
    busy = false;
    if (again) { again = false; solve(); } else if (!brief) document.body.dataset.asked = "0";
  };

  // Fields that could not be had are asked for again.
  const missed = (error) => {
    byId("status").textContent = say("unreachable", { reason: error.message });
    revision = 0;
  };

  // The fields, of the file as it is now.
  const reload = async () => {
    const response = await fetch(`panel?${new URLSearchParams(asked.scenario ? { scenario: asked.scenario } : {})}`);
    const panel = await response.json();
    if (!response.ok) throw new Error(panel.error);
    // It is told for a while.
    if (revision && panel.revision !== revision) edited = Date.now() + 10000;
    revision = panel.revision;
    if (panel.html !== null) {
      morph(byId("panel"), panel.html);
      for (const text of document.querySelectorAll(".field .text")) text.defaultValue = text.getAttribute("value");
    }
    fillAll();
    find();
  };
  const take = async (next) => {
    const other = next.scenario !== asked.scenario;
    asked = next;
    if (byId("scenario")) byId("scenario").value = asked.scenario;
    if (!other) fillAll(); else await reload().catch(missed);
    return solve();
  };
  const find = () => {
    const wanted = byId("find").value.trim().toLowerCase().split(/\s+/);
    const has = ({ dataset }) => wanted.every((word) => dataset.path.toLowerCase().includes(word));
    for (const field of fields()) field.hidden = !has(field);
    for (const group of document.querySelectorAll(".fields")) {
      const shown = group.querySelector(".field:not([hidden])") !== null;
      group.hidden = !shown;
      if (wanted[0] && shown) group.open = true;
    }
  };

  // What can be taken away: text, a link, a command.
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      byId("status").textContent = say("copied");
    } catch {
      window.prompt(say("copy-by-hand"), text);
    }
  };
  const save = () => {
    const name = window.prompt(say("scenario-name"), "what-if");
    if (!name || !answered) return;
    const text = answered.patch.replaceAll("[scenario.what-if]", `[scenario.${/^[\w-]+$/.test(name) ? name : JSON.stringify(name)}]`);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/toml" }));
    link.download = `${name.replace(/[^\w.-]+/g, "-")}.toml`;
    link.click();
    URL.revokeObjectURL(link.href);
    byId("status").textContent = say("saved", { file: link.download });
  };

  const panel = byId("panel");
  panel.addEventListener("input", ({ target }) => {
    const field = target.closest(".field");
    if (!field || !target.classList.contains("slider")) return;
    const unit = (split(parts(field).text.defaultValue) || [])[2] || "";
    change(field, `${Number(Number(target.value).toPrecision(4))}${unit}`);
  });
  panel.addEventListener("change", ({ target }) => {
    const field = target.closest(".field");
    if (!field) return;
    if (target.classList.contains("text")) type(field, target.value.trim());
    keep();
  });
  // How it was read is shown when it has been typed.
  panel.addEventListener("focusout", ({ target }) => {
    const field = target.closest(".field");
    if (field && target.classList.contains("text") && !misread.has(field.dataset.path)) target.value = written.show(valueOf(field));
  });
  panel.addEventListener("click", ({ target }) => {
    if (!target.classList.contains("back")) return;
    change(target.closest(".field"), "");
    keep();
  });
  byId("figures").addEventListener("submit", (event) => event.preventDefault());
  byId("find").addEventListener("input", find);
  byId("scenario")?.addEventListener("change", async ({ target }) => {
    await take({ scenario: target.value, set: asked.set });
    keep();
  });
  byId("undo").addEventListener("click", () => go(steps.at - 1));
  byId("redo").addEventListener("click", () => go(steps.at + 1));
  byId("reset").addEventListener("click", async () => { await take({ scenario: "", set: new Map() }); keep(); });
  byId("save").addEventListener("click", save);
  byId("copy-link").addEventListener("click", () => copy(location.href));
  byId("copy-command").addEventListener("click", () => answered && copy(answered.command));
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches("input[type=text], input[type=search]")) return;
    const name = event.key.toLowerCase();
    if (name !== "z" && name !== "y") return;
    event.preventDefault();
    go(name === "y" || event.shiftKey ? steps.at + 1 : steps.at - 1);
  });
  window.addEventListener("hashchange", async () => { await take(fromFragment(location.hash)); keep(); });

  // Whether the file was edited.
  setInterval(async () => {
    if (document.hidden || busy || revision === null) return;
    try {
      const now = await (await fetch("revision")).json();
      if (now.revision === revision && now.unread === unread) return;
      ({ unread } = now);
      await reload();
      solve();
    } catch (error) {
      byId("status").textContent = say("unreachable", { reason: error.message });
    }
  }, POLL);

  asked = fromFragment(location.hash);
  if (byId("scenario")) byId("scenario").value = asked.scenario;
  mark();
  if (window.matchMedia("(max-width: 60rem)").matches) byId("figures-fold").open = false;
  reload().catch(missed).then(() => solve());
})();
