"use strict";
// Long tables get a box that hides the rows without the words typed. Without this the page loses nothing.
for (const table of document.querySelectorAll("table[data-filter]")) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  const count = document.createElement("span");
  input.type = "search";
  count.setAttribute("role", "status");
  label.className = "filter";
  label.append(table.dataset.filter + " ", input, " ", count);
  table.parentElement.before(label);
  const rows = [...table.tBodies[0].rows];
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = `${shown} / ${rows.length}`;
  });
}
