"use strict";
(() => {
  const tip = document.getElementById("tip");

  // Values come from data: they are written as text, never as markup.
  const showTip = (event, value) => {
    tip.replaceChildren(...Object.entries(value).map(([name, text]) => {
      const row = document.createElement("span");
      const label = document.createElement("b");
      label.textContent = name;
      row.append(label, String(text));
      return row;
    }));
    tip.hidden = false;
    const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
    const above = event.clientY - tip.offsetHeight - 14;
    tip.style.left = `${Math.max(left, 8)}px`;
    tip.style.top = `${above > 8 ? above : event.clientY + 18}px`;
  };
  const tooltip = (_handler, event, _item, value) => {
    if (value && typeof value === "object") showTip(event, value); else tip.hidden = true;
  };

  // The page already holds every chart as a still picture; each is replaced once its live one is ready.
  const enliven = async () => {
    const holder = document.getElementById("specs");
    const specs = holder ? JSON.parse(holder.textContent) : {};
    const options = { actions: false, ast: true, renderer: "svg", defaultStyle: false, tooltip };
    for (const place of document.querySelectorAll("[data-chart]")) {
      const live = document.createElement("div");
      await vegaEmbed(live, specs[place.dataset.chart], options);
      place.replaceChildren(live);
      place.dataset.live = "true";
    }
    document.documentElement.dataset.charts = "ready";
  };

  const keyOf = (row, column) => {
    const cell = row.cells[column];
    const number = Number(cell.dataset.sort);
    return cell.dataset.sort === undefined || Number.isNaN(number) ? cell.textContent : number;
  };
  const sortBy = (table, header, column) => {
    const up = header.getAttribute("aria-sort") !== "ascending";
    const rows = [...table.tBodies[0].rows];
    rows.sort((a, b) => {
      const [x, y] = [keyOf(a, column), keyOf(b, column)];
      const order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y));
      return up ? order : -order;
    });
    for (const other of header.parentNode.cells) other.setAttribute("aria-sort", "none");
    header.setAttribute("aria-sort", up ? "ascending" : "descending");
    table.tBodies[0].append(...rows);
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((header, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      button.addEventListener("click", () => sortBy(table, header, column));
      header.append(button);
    });
  }

  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("#reproduce details")) part.open = true;
  });
  enliven();
})();
