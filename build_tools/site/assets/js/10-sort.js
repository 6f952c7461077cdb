// Tables marked data-sortable: each head cell with data-sort becomes a button. Without script they stay tables.
(function () {
  "use strict";
  var collator = new Intl.Collator("zh-CN", { numeric: true });

  function value(row, index) {
    var cell = row.cells[index];
    return cell.dataset.value !== undefined ? cell.dataset.value : cell.textContent.trim();
  }

  function sort(table, head, index) {
    var descending = head.getAttribute("aria-sort") === "ascending";
    var numeric = head.dataset.sort === "number";
    var body = table.tBodies[0];
    var rows = Array.prototype.slice.call(body.rows);
    rows.sort(function (a, b) {
      var x = value(a, index), y = value(b, index);
      var order = numeric ? parseFloat(x) - parseFloat(y) : collator.compare(x, y);
      return descending ? -order : order;
    });
    rows.forEach(function (row) { body.appendChild(row); });
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell) {
      if (cell.dataset.sort) { cell.setAttribute("aria-sort", "none"); }
    });
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
  }

  document.querySelectorAll("table[data-sortable]").forEach(function (table) {
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, index) {
      if (!head.dataset.sort) { return; }
      var button = document.createElement("button");
      button.type = "button";
      while (head.firstChild) { button.appendChild(head.firstChild); }
      button.addEventListener("click", function () { sort(table, head, index); });
      head.appendChild(button);
      head.setAttribute("aria-sort", "none");
    });
  });
}());
