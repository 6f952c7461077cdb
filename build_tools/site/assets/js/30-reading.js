// Size of the notice's text, the print buttons, and details that open for printing.
(function () {
  "use strict";
  var root = document.documentElement, key = "shenbao.text-size";

  function remember(size) {
    try { window.localStorage.setItem(key, size); } catch (error) { /* a browser may refuse to store */ }
  }

  function remembered() {
    try { return window.localStorage.getItem(key); } catch (error) { return null; }
  }

  function choose(size) {
    root.setAttribute("data-text-size", size);
    document.querySelectorAll("[data-size]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.size === size));
    });
  }

  document.querySelectorAll("[data-notice-tools], [data-tools]").forEach(function (tools) { tools.hidden = false; });
  document.querySelectorAll("[data-size]").forEach(function (button) {
    button.addEventListener("click", function () { choose(button.dataset.size); remember(button.dataset.size); });
  });
  if (document.querySelector("[data-size]")) { choose(remembered() || "medium"); }
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.addEventListener("click", function () { window.print(); });
  });

  function openTarget() {
    var target = window.location.hash && document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") { target.open = true; }
  }
  window.addEventListener("hashchange", openTarget);
  openTarget();

  var closed = [];
  window.addEventListener("beforeprint", function () {
    closed = Array.prototype.slice.call(document.querySelectorAll("details:not([open])"));
    closed.forEach(function (details) { details.open = true; });
  });
  window.addEventListener("afterprint", function () {
    closed.forEach(function (details) { details.open = false; });
  });
}());
