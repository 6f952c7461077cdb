// Size of the notice's text, the print buttons, and a details element that opens when an address points at it.
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
}());
