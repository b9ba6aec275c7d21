"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);
  const make = (tag, text = "", name = "") => {
    const element = document.createElement(tag);
    element.textContent = text;
    if (name) element.className = name;
    return element;
  };
  const counted = (number, noun) =>
    `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

  /* Findings: severity, rule and text together decide. */
  const filterFindings = (form) => {
    const name = form.dataset.for;
    const groups = all(".group", form.parentElement).map((group) => ({
      group,
      count: one("summary .count", group),
      items: all("li", group).map((item) => ({ item, text: item.textContent.toLowerCase() })),
    }));
    const total = groups.reduce((sum, { items }) => sum + items.length, 0);
    const boxes = all("input[type=checkbox]", form);
    const rule = one(`#${name}-rule`);
    const text = one(`#${name}-text`);
    const status = one("[role=status]", form);
    const update = () => {
      const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
      const wanted = text.value.trim().toLowerCase();
      let shown = 0;
      for (const { group, count, items } of groups) {
        let here = 0;
        for (const { item, text: content } of items) {
          const fits =
            severities.has(item.dataset.severity) &&
            (!rule.value || rule.value === item.dataset.rule) &&
            content.includes(wanted);
          item.hidden = !fits;
          here += fits ? 1 : 0;
        }
        group.hidden = !here;
        if (here && wanted) group.open = true;
        count.textContent = here.toLocaleString("en");
        shown += here;
      }
      status.textContent = `${shown.toLocaleString("en")} of ${counted(total, "finding")} shown`;
    };
    form.addEventListener("input", update);
    form.addEventListener("reset", () => setTimeout(update));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
    update();
  };

  /* Tables: hide what is equal. */
  const filterTables = (tables) => {
    const label = one("label", tables);
    label.hidden = false;
    one("input", label).addEventListener("input", (event) =>
      tables.classList.toggle("odd", event.target.checked),
    );
  };

  /* Custody: a list of files, and the links of the one that is picked. */
  const SIGNS = { holds: "✓", broken: "✗", "not needed": "–", "not checked": "?" };
  const MOST_OPTIONS = 500;

  /* The last part of a name tells files apart, its folder is long. */
  const labelled = (name) => {
    const at = name.lastIndexOf("\\");
    const label = at < 0 ? name : `${name.slice(at + 1)}  in ${name.slice(0, at)}`;
    return label.length < 58 ? label : `${label.slice(0, 34)}…${label.slice(-22)}`;
  };

  const showChain = (custody, chain, target) => {
    const { kinds, states, texts, links } = custody;
    const list = make("ol");
    let broken = "";
    for (const number of chain[2]) {
      const [kind, state, says, ...details] = links[number];
      const item = make("li", "", states[state].replace(" ", "-"));
      item.dataset.sign = SIGNS[states[state]];
      const head = make("p");
      head.append(make("span", kinds[kind], "kind"), " ", make("span", states[state], "state"));
      item.append(head, make("p", texts[says]));
      for (const detail of details) item.append(make("p", texts[detail], "detail"));
      list.append(item);
      if (states[state] === "broken" && !broken) broken = kinds[kind];
    }
    const title = make("p", texts[chain[0]] ? `${texts[chain[0]]} ▸ ${texts[chain[1]]}` : texts[chain[1]], "path");
    const verdict = make("p");
    verdict.append(
      make("span", broken ? `broken at ${broken}` : "unbroken", broken ? "chip error" : "chip ok"),
    );
    target.replaceChildren(title, verdict, list);
  };

  const pickCustody = (name, custody) => {
    const root = one(`#${name}-custody`);
    if (!root) return;
    const { states, texts, links } = custody;
    const find = one(`#${name}-find`);
    const files = one(`#${name}-file`);
    const only = one(`#${name}-broken`);
    const status = one("[role=status]", root);
    const target = one(".chain", root);
    const chains = custody.chains.map((chain, index) => ({
      index,
      label: labelled(texts[chain[1]]),
      text: [texts[chain[0]], texts[chain[1]], ...chain[2].map((link) => texts[links[link][2]])]
        .join("\n")
        .toLowerCase(),
      broken: chain[2].some((link) => states[links[link][1]] === "broken"),
    }));
    const show = () => {
      const index = Number(files.value);
      if (files.value !== "") showChain(custody, custody.chains[index], target);
      else target.replaceChildren();
    };
    const update = () => {
      const wanted = find.value.trim().toLowerCase().replaceAll("/", "\\");
      const plain = find.value.trim().toLowerCase();
      const found = chains.filter(
        ({ text, broken }) =>
          (text.includes(wanted) || text.includes(plain)) && (!only || !only.checked || broken),
      );
      const before = files.value;
      files.replaceChildren(
        ...found.slice(0, MOST_OPTIONS).map(({ index, label, broken }) => {
          const option = make("option", broken ? `✗ ${label}` : label);
          option.value = index;
          return option;
        }),
      );
      const more = found.length > MOST_OPTIONS ? `, the first ${MOST_OPTIONS} listed` : "";
      status.textContent = `${found.length.toLocaleString("en")} of ${counted(chains.length, "file")}${more}`;
      if (found.some(({ index }) => String(index) === before)) files.value = before;
      else files.selectedIndex = found.length ? 0 : -1;
      show();
    };
    find.addEventListener("input", update);
    if (only) only.addEventListener("input", update);
    files.addEventListener("input", show);
    root.hidden = false;
    one(`#${name}-plain`).hidden = true;
    update();
  };

  /* The graph: the view box is what is seen of it. */
  const drawGraph = (name, graph) => {
    const root = one(`#${name}-graph`);
    if (!root) return;
    const view = one(".view", root);
    const svg = one("svg", view);
    const details = one(".details", root);
    const controls = one(".controls", root);
    const find = one(`#${name}-node`);
    const status = one("[role=status]", controls);
    const parents = one("[data-do=parents]", controls);
    const edges = all(".edge", svg);
    const nodes = all(".node", svg).map((element, index) => {
      const [x, y] = element.getAttribute("transform").match(/\d+/g).map(Number);
      const box = one("rect", element);
      const size = ["width", "height"].map((side) => Number(box.getAttribute(side)));
      const [kind, full, here, facts] = graph.nodes[index];
      const text = [full, kind, ...facts.map((fact) => fact[1])].join("\n").toLowerCase();
      return { element, index, x, y, width: size[0], height: size[1], kind, full, here, facts, text };
    });
    let seen = { x: 0, y: 0, width: 1, height: 1 };
    let matches = [];
    let current = -1;

    const visible = (node) => node.kind !== "parent" || !svg.classList.contains("alone");
    const look = (box) => {
      seen = box;
      svg.setAttribute("viewBox", `${box.x} ${box.y} ${box.width} ${box.height}`);
    };
    const bounds = () => {
      const shown = nodes.filter(visible);
      const from = (of) => Math.min(...shown.map(of));
      const to = (of) => Math.max(...shown.map(of));
      const [x, y] = [from((n) => n.x) - 16, from((n) => n.y) - 16];
      const [right, below] = [to((n) => n.x + n.width), to((n) => n.y + n.height)];
      return { x, y, width: right + 16 - x, height: below + 16 - y };
    };
    const fit = () => {
      const box = bounds();
      view.style.height = `${Math.min(Math.max(box.height * Math.min(view.clientWidth / box.width, 1.1), 180), 560)}px`;
      const { clientWidth, clientHeight } = view;
      if (!clientWidth) return look(box);
      const scale = Math.min(clientWidth / box.width, clientHeight / box.height, 1.1);
      const [width, height] = [clientWidth / scale, clientHeight / scale];
      const [x, y] = [box.x + (box.width - width) / 2, box.y + (box.height - height) / 2];
      return look({ x, y, width, height });
    };
    const zoom = (factor, at = { x: 0.5, y: 0.5 }) => {
      const width = Math.min(Math.max(seen.width * factor, 200), 40 * view.clientWidth);
      const height = (width * view.clientHeight) / view.clientWidth;
      look({
        x: seen.x + (seen.width - width) * at.x,
        y: seen.y + (seen.height - height) * at.y,
        width,
        height,
      });
    };
    const pan = (x, y) => look({ ...seen, x: seen.x + x * seen.width, y: seen.y + y * seen.height });
    const centre = (node) => {
      const width = Math.min(seen.width, view.clientWidth * 1.1);
      const height = (width * view.clientHeight) / view.clientWidth;
      const [x, y] = [node.x + node.width / 2 - width / 2, node.y + node.height / 2 - height / 2];
      look({ x, y, width, height });
    };

    const describe = (node) => {
      const facts = make("dl");
      for (const [label, value] of [["kind", node.kind], ...node.facts]) {
        facts.append(make("dt", label), make("dd", value));
      }
      if (!node.here && node.kind !== "parent") facts.append(make("dt", "place"), make("dd", "elsewhere"));
      details.replaceChildren(make("p", node.full, "path"), facts);
      const ends = [
        ["Leads to", graph.edges.filter((edge) => edge[0] === node.index).map((edge) => edge[1])],
        ["Named by", graph.edges.filter((edge) => edge[1] === node.index).map((edge) => edge[0])],
      ];
      for (const [title, numbers] of ends) {
        if (!numbers.length) continue;
        const links = make("div", "", "links");
        for (const number of new Set(numbers)) {
          const button = make("button", nodes[number].full);
          button.type = "button";
          button.addEventListener("click", () => choose(nodes[number], true));
          links.append(button);
        }
        details.append(make("p", `${title} (${new Set(numbers).size})`), links);
      }
      details.hidden = false;
    };
    const choose = (node, moves) => {
      if (!visible(node) && parents) {
        parents.checked = true;
        svg.classList.remove("alone");
      }
      for (const element of [...nodes.map((n) => n.element), ...edges]) {
        element.classList.remove("chosen", "near");
      }
      svg.classList.add("picked");
      node.element.classList.add("chosen");
      graph.edges.forEach(([source, target], index) => {
        if (source !== node.index && target !== node.index) return;
        edges[index].classList.add("near");
        nodes[source].element.classList.add("near");
        nodes[target].element.classList.add("near");
      });
      if (moves) centre(node);
      describe(node);
    };
    const release = () => {
      svg.classList.remove("picked");
      for (const element of all(".chosen, .near", svg)) element.classList.remove("chosen", "near");
      details.hidden = true;
    };
    const search = () => {
      const wanted = find.value.trim().toLowerCase();
      matches = wanted ? nodes.filter((node) => node.text.includes(wanted)) : [];
      current = -1;
      const found = new Set(matches);
      for (const node of nodes) node.element.classList.toggle("match", found.has(node));
      status.textContent = wanted ? `${counted(matches.length, "match").replace("matchs", "matches")}` : "";
    };
    const next = () => {
      if (!matches.length) return;
      current = (current + 1) % matches.length;
      status.textContent = `match ${current + 1} of ${matches.length}`;
      choose(matches[current], true);
    };

    const acts = { in: () => zoom(0.7), out: () => zoom(1 / 0.7), fit, next };
    controls.addEventListener("click", (event) => acts[event.target.dataset.do]?.());
    parents?.addEventListener("input", () => {
      svg.classList.toggle("alone", !parents.checked);
      fit();
    });
    find.addEventListener("input", search);
    find.addEventListener("keydown", (event) => {
      if (event.key === "Enter") next();
    });
    const keys = {
      "+": acts.in, "=": acts.in, "-": acts.out, 0: fit,
      ArrowLeft: () => pan(-0.12, 0), ArrowRight: () => pan(0.12, 0),
      ArrowUp: () => pan(0, -0.12), ArrowDown: () => pan(0, 0.12),
      Escape: release,
    };
    view.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
    view.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey && document.activeElement !== view) return;
        event.preventDefault();
        const box = view.getBoundingClientRect();
        zoom(event.deltaY < 0 ? 0.85 : 1 / 0.85, {
          x: (event.clientX - box.left) / box.width,
          y: (event.clientY - box.top) / box.height,
        });
      },
      { passive: false },
    );
    let drag = null;
    view.addEventListener("pointerdown", (event) => {
      drag = { x: event.clientX, y: event.clientY, seen, moved: false };
    });
    view.addEventListener("pointermove", (event) => {
      if (!drag) return;
      const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
      if (!drag.moved && Math.hypot(x, y) < 4) return;
      if (!drag.moved) view.setPointerCapture(event.pointerId);
      drag.moved = true;
      const scale = drag.seen.width / view.clientWidth;
      look({ ...seen, x: drag.seen.x - x * scale, y: drag.seen.y - y * scale });
    });
    view.addEventListener("pointercancel", () => (drag = null));
    view.addEventListener("pointerup", (event) => {
      const moved = drag?.moved;
      drag = null;
      if (moved) return;
      const element = event.target.closest(".node");
      const node = nodes.find((candidate) => candidate.element === element);
      if (node) choose(node, false);
      else release();
    });
    root.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const target = link && one(link.getAttribute("href"), svg);
      const node = nodes.find((candidate) => candidate.element === target);
      if (!node) return;
      event.preventDefault();
      choose(node, true);
      view.focus({ preventScroll: true });
      view.scrollIntoView({ block: "center" });
    });
    if (parents) svg.classList.toggle("alone", !parents.checked);
    controls.hidden = false;
    one(".hint", root).hidden = false;
    fit();
    window.addEventListener("resize", () => {
      if (!svg.classList.contains("picked")) fit();
      else centre(nodes.find((node) => node.element.classList.contains("chosen")));
    });
    let before = null;
    window.addEventListener("beforeprint", () => {
      before = seen;
      look(bounds());
    });
    window.addEventListener("afterprint", () => before && look(before));
  };

  const chooseTheme = (select) => {
    select.parentElement.hidden = false;
    select.addEventListener("input", () => {
      if (select.value) document.documentElement.dataset.theme = select.value;
      else delete document.documentElement.dataset.theme;
    });
  };

  /* Paper has no folds: everything that fits the filters is printed. */
  const unfold = () => {
    let folded = [];
    window.addEventListener("beforeprint", () => {
      folded = all(".group:not([open])");
      for (const group of folded) group.open = true;
    });
    window.addEventListener("afterprint", () => {
      for (const group of folded) group.open = false;
    });
  };

  chooseTheme(one("#theme"));
  all("form.filters").forEach(filterFindings);
  all(".tables").forEach(filterTables);
  for (const part of JSON.parse(one("#data").textContent)) {
    if (!part) continue;
    pickCustody(part.name, part.custody);
    drawGraph(part.name, part.graph);
  }
  unfold();
})();
