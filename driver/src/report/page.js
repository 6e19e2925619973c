"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const make = (name, className, text) => {
    const node = document.createElement(name);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  // Text in which `…` marks code.
  const fill = (node, text) => {
    text.split("`").forEach((part, i) => node.append(i % 2 ? make("code", "", part) : part));
    return node;
  };
  const many = (n, one, more) => n + " " + (n === 1 ? one : more);

  function panel(row) {
    const d = data[row.id];
    const status = [...row.classList].find((c) => c.startsWith("s-"));
    const node = make("div", "detail " + status);
    const facts = [many(d.bytes, "byte of machine code", "bytes of machine code"),
      many(d.counts, "count operation", "count operations"), many(d.tests, "type test", "type tests")];
    if (d.boxes) facts.push(many(d.boxes, "number is made an object (stored, or passed where any type may come)",
      "numbers are made objects (stored, or passed where any type may come)"));
    if (d.depth) facts.push("inside " + many(d.depth, "loop", "loops"));
    node.append(make("p", "dim", facts.join(" · ")));
    const list = make("ul");
    for (const [name, text, state, typed, reasons, hints] of d.ops) {
      const item = make("li", "s-" + state);
      item.append(make("span", "tag", state), " ");
      if (text) item.append(make("code", "", text), " ");
      item.append(make("span", "dim", name));
      for (const types of typed) item.append(make("br"), "for ", make("code", "", types));
      for (const reason of reasons) item.append(make("br"), fill(make("span"), reason));
      for (const hint of hints) item.append(make("br"), fill(make("span", "hint"), hint));
      list.append(item);
    }
    node.append(list);
    return node;
  }

  function toggle(row, open) {
    const is = row.getAttribute("aria-expanded") === "true";
    if (open === undefined) open = !is;
    if (open === is) return;
    row.setAttribute("aria-expanded", String(open));
    if (open) row.after(panel(row));
    else row.nextElementSibling.remove();
  }

  const main = document.querySelector("main");
  main.addEventListener("click", (event) => {
    const row = event.target.closest(".l[role]");
    if (row && String(getSelection()) === "") toggle(row);
  });

  const wanted = () => [...document.querySelectorAll(".l.s-generic, .l.s-mixed")];
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = document.activeElement.closest(".l[role]");
    if (row && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      toggle(row);
    } else if (event.key === "Escape") {
      document.querySelectorAll('.l[aria-expanded="true"]').forEach((r) => toggle(r, false));
    } else if (event.key === "j" || event.key === "k") {
      const rows = wanted();
      const after = (r) => row && (row.compareDocumentPosition(r) & Node.DOCUMENT_POSITION_FOLLOWING);
      const next = event.key === "j" ? rows.find((r) => !row || after(r)) : rows.filter((r) => row && r !== row && !after(r)).pop();
      if (next) { next.focus({ preventScroll: true }); next.scrollIntoView({ block: "center" }); }
    }
  });

  // A link to a line opens it.
  function target() {
    const row = location.hash && document.getElementById(location.hash.slice(1));
    if (!row || !row.matches(".l")) return;
    if (row.matches("[role]")) { toggle(row, true); row.focus({ preventScroll: true }); }
    row.scrollIntoView({ block: "center" });
  }
  addEventListener("hashchange", target);
  target();

  document.querySelectorAll(".key").forEach((key) => key.addEventListener("click", () => {
    const off = document.body.classList.toggle("no-" + key.dataset.status);
    key.setAttribute("aria-pressed", String(!off));
  }));
  document.querySelectorAll(".all").forEach((button) => button.addEventListener("click", () => {
    button.parentElement.classList.add("open");
    button.remove();
  }));
})();
